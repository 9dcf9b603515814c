from . import models  # first: reports extend them, and controllers call reports
from . import controllers
from . import report
from . import wizards
from . import stock_texts
from .hooks import post_init_hook, uninstall_hook

stock_texts.lend("loyalty_club", ["loyalty", "pos_loyalty", "sms"])

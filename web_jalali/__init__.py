from . import tools
from . import hooks
from . import models
from . import controllers
from . import wizards

from .hooks import post_init_hook, uninstall_hook

hooks.install()

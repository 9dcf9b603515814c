from . import models
from .hooks import post_init_hook

from odoo.addons.loyalty_club import stock_texts

stock_texts.lend("sale_loyalty_club", ["sale_loyalty"])

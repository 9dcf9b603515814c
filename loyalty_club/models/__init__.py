# People
from . import club
from . import club_names
from . import club_overview
from . import branch
from . import member
from . import member_overview

# The ledger: the only place that moves value
from . import fact
from . import wallet_kind
from . import wallet
from . import entry
from . import lot
from . import allocation
from . import debt
from . import audit
from . import outbox

# Measures
from . import purchase
from . import rfm_class
from . import rfm
from . import rfm_words

# Import of customers and their history
from . import import_customers

# Odoo's own models, one file each
from . import ir_module_module
from . import loyalty_program
from . import program_creation
from . import loyalty_rule
from . import loyalty_reward
from . import loyalty_card
from . import card_movements
from . import card_adoption
from . import loyalty_history
from . import pos_config
from . import pos_order
from . import pos_receipt
from . import pos_order_line
from . import res_config_settings
from . import res_partner
from . import stock_warehouse

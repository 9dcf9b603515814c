# What only our own code writes
from . import own_work
from . import approval_limit

# People
from . import club
from . import club_names
from . import club_overview
from . import club_sample
from . import branch
from . import member
from . import member_rights
from . import member_overview

# The ledger: the only place that moves value
from . import fact
from . import terms
from . import expiry_policy
from . import expiry_words
from . import wallet_kind
from . import wallet_kind_expiry
from . import wallet_rules
from . import wallet_kind_earning
from . import wallet
from . import wallet_refusals
from . import wallet_overview
from . import member_closing
from . import member_merge
from . import entry
from . import entry_document
from . import lot
from . import lot_change
from . import allocation
from . import hold
from . import hold_release
from . import debt
from . import anchor
from . import audit
from . import entry_receipt
from . import outbox
from . import wallet_kind_accounts
from . import club_accounts
from . import ledger_posting
from . import ledger_posting_jobs
from . import ledger_posting_line
from . import expiry
from . import expiry_notice
from . import approval
from . import adjustment
from . import conversion
from . import occasion_charge
from . import occasion_run
from . import rate_limit
from . import one_time_code
from . import wallet_kind_transfer
from . import transfer
from . import transfer_lock
from . import transfer_booking
from . import transfer_texts
from . import contact_freeze

# Measures
from . import purchase
from . import rfm_class
from . import rfm
from . import rfm_words

# Import of customers and their history
from . import import_customers

# Odoo's own models, one file each
from . import account_move
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
from . import pos_wallet
from . import pos_order
from . import pos_receipt
from . import pos_order_line
from . import res_config_settings
from . import res_partner
from . import stock_warehouse

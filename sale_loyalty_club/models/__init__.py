# The club's own
from . import purchase
from . import entry
from . import erasure

# Odoo's own models, one file each
from . import account_move
from . import account_move_club
from . import sale_fee
from . import loyalty_card
from . import loyalty_program
from . import pos_config
from . import pos_order
from . import pos_order_line
from . import sale_order
from . import sale_order_club
from . import sale_card
from . import sale_audience
from . import sale_rewards
from . import sale_share
from . import sale_taken
from . import sale_quote
from . import sale_grade
from . import sale_tier
from . import sale_order_coupon_points
from . import sale_order_line

from . import test_account_move
from . import test_pos_order
from . import test_purchase
from . import test_rewards
from . import test_sale_order
from . import test_sale_order_line
from . import test_stock_defects
from . import test_stored_value

from . import branch
from . import purchase
from . import sale_order
from . import website

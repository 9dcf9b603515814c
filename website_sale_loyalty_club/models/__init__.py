from . import branch
from . import product_template
from . import purchase
from . import rating_rating
from . import sale_order
from . import website

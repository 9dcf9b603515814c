from . import branch
from . import product_template
from . import product_promise
from . import purchase
from . import rating_rating
from . import sale_order
from . import website

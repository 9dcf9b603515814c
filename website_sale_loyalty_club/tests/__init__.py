from . import test_website_branch
from . import test_shop_join
from . import test_members_only
from . import test_product_promise
from . import test_early_access
from . import test_shop_audience
from . import test_rating_review

from . import test_website_branch
from . import test_shop_join
from . import test_members_only

from . import test_topup
from . import test_topup_portal

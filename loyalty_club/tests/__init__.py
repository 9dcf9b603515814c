from . import test_domain_codes
from . import test_domain_phone
from . import test_domain_rfm
from . import test_domain_rfm_sql
from . import test_sale_smoke

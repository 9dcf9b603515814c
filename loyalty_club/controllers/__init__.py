from . import portal
from . import till_wallet
from . import statement
from . import receipt_check
from . import transfer

from . import entry
from . import wallet_kind
from . import payment_transaction
from . import topup_return

from . import portal_topup

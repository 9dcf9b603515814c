"""Bugs that the portal's harness must find. Loaded by its own server only (`--load`), never sold.

Each replaces one method of the product while its name is switched on (`tests/support/planting.py`).
"""

from uuid import uuid4

from odoo.api import SUPERUSER_ID
from odoo.http import request

from odoo.addons.loyalty_club.controllers import till_wallet
from odoo.addons.loyalty_club.controllers.portal import CustomerPortalClub
from odoo.addons.loyalty_club.controllers.receipt_check import ReceiptCheck
from odoo.addons.loyalty_club.models.reward_taken import LoyaltyClubRewardTaken
from odoo.addons.loyalty_club.models.transfer import LoyaltyClubTransfer

from tests.support.planting import plant


def _plant(owner, method, *names):
    return plant(owner, method, *names, env_of=lambda _controller: request.env)


@_plant(CustomerPortalClub, "_club_account", "membership by id alone")
def _find_by_id_alone(original, controller, member_id):
    """The place of whoever is asked for, not only of who asks."""
    member = request.env["loyalty.club.member"].sudo().browse(member_id).exists()
    return controller._club_values(member, member.wallet_ids) if member else None


@plant(LoyaltyClubTransfer, "_request", "transfer without its key")
def _forget_the_key(original, transfer, wallet_id, receiver_id, amount, key):
    """A form that is sent twice sends twice."""
    return original(transfer, wallet_id, receiver_id, amount, f"{key}#{uuid4().hex[:8]}")


@_plant(ReceiptCheck, "receipt_check", "page that reads numbers only")
def _read_a_number(original, controller, code, **words):
    """What is typed is taken for a number before it is looked at."""
    int(code)
    return original(controller, code, **words)


@_plant(till_wallet, "till_of", "till for everybody")
def _lend_all_rights(original, config_id):
    """The till's door asks nobody for the right to use it."""
    return original(config_id).with_user(SUPERUSER_ID + 1)  # the administrator


@plant(LoyaltyClubRewardTaken, "_take", "reward without its key")
def _take_once_more(original, taken, member, reward, key):
    """A button that is pressed twice takes two."""
    return original(taken, member, reward, f"{key}#{uuid4().hex[:8]}")

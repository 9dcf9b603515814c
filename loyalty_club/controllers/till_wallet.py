from odoo import http

from .till_door import till_of

# What a till may say of a payment besides method, amount and key.
_PAYMENT = ("partner_id", "card", "goods", "up_to", "pin", "code")


class TillWallet(http.Controller):
    """Doors for tills: a customer's wallet while the customer waits.

    See :class:`~..models.pos_wallet.PosConfig` for arguments and answers.
    """

    @http.route("/loyalty_club/till/authorize", type="jsonrpc", auth="user")
    def authorize(self, config_id=None, wallet_id=None, amount=None, key=None, pin=None):
        """Hold value for a payment."""
        return till_of(config_id)._club_authorize(wallet_id, amount, key, pin)

    @http.route("/loyalty_club/till/pay", type="jsonrpc", auth="user")
    def pay(self, config_id=None, method_id=None, amount=None, key=None, **asked):
        """Hold what one payment takes; see :class:`~..models.pos_tender_door.PosConfig`."""
        known = {name: asked[name] for name in _PAYMENT if name in asked}
        return till_of(config_id)._club_pay(method_id, amount, key, **known)

    @http.route("/loyalty_club/till/payment_state", type="jsonrpc", auth="user")
    def payment_state(self, config_id=None, key=None):
        """Tell what became of a payment that was asked for."""
        return till_of(config_id)._club_payment_state(key)

    @http.route("/loyalty_club/till/offline", type="jsonrpc", auth="user")
    def offline(self, config_id=None, device=None):
        """Lend a device what it may take while it is offline; see
        :class:`~..models.offline_allowance.PosConfig`."""
        return till_of(config_id)._club_lend_offline(device)

    @http.route("/loyalty_club/till/capture", type="jsonrpc", auth="user")
    def capture(self, config_id=None, key=None, amount=None):
        """Take what was held, or a part of it."""
        return till_of(config_id)._club_capture(key, amount)

    @http.route("/loyalty_club/till/release", type="jsonrpc", auth="user")
    def release(self, config_id=None, key=None):
        """Let a hold go."""
        return till_of(config_id)._club_release(key)

    @http.route("/loyalty_club/till/charge", type="jsonrpc", auth="user")
    def charge(self, config_id=None, wallet_id=None, amount=None, key=None, pin=None):
        """Spend from a wallet at once."""
        return till_of(config_id)._club_charge(wallet_id, amount, key, pin)

    @http.route("/loyalty_club/till/refund", type="jsonrpc", auth="user")
    def refund(self, config_id=None, charge=None, amount=None, key=None):
        """Give back what was taken from a wallet."""
        return till_of(config_id)._club_refund(charge, amount, key)

    @http.route("/loyalty_club/till/identify", type="jsonrpc", auth="user")
    def identify(self, config_id=None, code=None):
        """Find the customer whom a code names; see :class:`~..models.pos_card.PosConfig`."""
        return till_of(config_id)._club_identify(code)

    @http.route("/loyalty_club/till/customer", type="jsonrpc", auth="user")
    def customer(self, config_id=None, partner_id=None, code=""):
        """Tell what goes for a customer's purchase: card, and programs for certain members."""
        return till_of(config_id)._club_customer(partner_id, code)

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..domain.codes import InputError, decimal_number
from .transfer_door import TransferDoor

_door = TransferDoor()


class TransferController(http.Controller):
    """Doors for members: send value to another, from a wallet of one's own. Each step is a
    transaction of its own.

    Every answer is an envelope, ``{"club": 1, "status", "message", …}``: status ``rejected``
    means that nothing happened, see :meth:`..models.transfer_texts._summary` for the others.
    Any other answer means "unknown": send the same request with the same key again.
    """

    @http.route("/loyalty_club/transfer/request", type="jsonrpc", auth="user")
    def transfer_request(self, wallet_id=None, receiver=None, amount=None, key=None):
        """Ask to send ``amount`` (decimal number as text) to a member.

        :param wallet_id: a wallet of the signed-in person.
        :param receiver: membership number or phone number.
        :param key: made by the client before it asks, 8 to 128 characters.
        """
        return self._answered(self._request, wallet_id, receiver, amount, key)

    @http.route("/loyalty_club/transfer/confirm", type="jsonrpc", auth="user")
    def transfer_confirm(self, reference=None, code=None):
        """Say yes with the code that was sent, as sender or as receiver."""
        return self._answered(_door.confirm, reference, code)

    @http.route("/loyalty_club/transfer/code", type="jsonrpc", auth="user")
    def transfer_code(self, reference=None):
        """Have a new code sent to the signed-in person."""
        return self._answered(_door.take, reference, "_resend")

    @http.route("/loyalty_club/transfer/cancel", type="jsonrpc", auth="user")
    def transfer_cancel(self, reference=None):
        """Call a transfer off before it is booked, as sender or as receiver."""
        return self._answered(_door.take, reference, "_cancel")

    @http.route("/loyalty_club/transfer/status", type="jsonrpc", auth="user", readonly=True)
    def transfer_status(self, reference=None):
        """Where a transfer stands."""
        return self._answered(lambda: _door.transfer(reference)._summary())

    # === HOW IT IS ANSWERED === #

    def _answered(self, step, *args):
        try:
            return {"club": 1, **step(*args)}
        except UserError as error:  # a refusal; faults of the machine stay errors
            return {"club": 1, "status": "rejected", "message": str(error)}

    def _request(self, wallet_id, receiver, amount, key):
        wallet = _door.wallet(self._id(wallet_id))
        _door.check_key(key)
        return _door.request(wallet, receiver, self._amount(amount), key)

    def _id(self, value):
        return value if type(value) is int and 0 < value < 2**31 else 0

    def _amount(self, text):
        try:
            return decimal_number(text if isinstance(text, str) else "")
        except InputError as error:
            raise UserError(
                request.env._("“%(text)s” is not an amount: enter digits.", text=text)
            ) from error

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..domain.codes import InputError, decimal_number, is_request_key

_LOOKUPS = (20, 3600)  # requests of one person that came to nothing


class TransferController(http.Controller):
    """Doors for members: send value to another, from a wallet of one's own.

    Portal users have no rights on the club's models. Wallets and transfers are found by
    domains that name the signed-in person; of what is not hers the answer is that of what
    does not exist. Each step is a transaction of its own.

    Every answer is an envelope, ``{"club": 1, "status", "message", …}``: status ``rejected``
    means that nothing happened, see :meth:`..models.transfer_texts._summary` for the others.
    Any other answer means "unknown": send the same request with the same key again.
    """

    @http.route("/loyalty_club/transfer/request", type="jsonrpc", auth="user")
    def transfer_request(self, wallet_id, receiver, amount, key):
        """Ask to send ``amount`` (decimal number as text) to a member.

        :param wallet_id: a wallet of the signed-in person.
        :param receiver: membership number or phone number.
        :param key: made by the client before it asks, 8 to 128 characters.
        """
        return self._answered(self._request, wallet_id, receiver, amount, key)

    @http.route("/loyalty_club/transfer/confirm", type="jsonrpc", auth="user")
    def transfer_confirm(self, reference, code):
        """Say yes with the code that was sent, as sender or as receiver."""
        return self._answered(self._confirm, reference, code)

    @http.route("/loyalty_club/transfer/code", type="jsonrpc", auth="user")
    def transfer_code(self, reference):
        """Have a new code sent to the signed-in person."""
        return self._answered(self._with_transfer, reference, "_resend")

    @http.route("/loyalty_club/transfer/cancel", type="jsonrpc", auth="user")
    def transfer_cancel(self, reference):
        """Call a transfer off before it is booked, as sender or as receiver."""
        return self._answered(self._with_transfer, reference, "_cancel")

    @http.route("/loyalty_club/transfer/status", type="jsonrpc", auth="user", readonly=True)
    def transfer_status(self, reference):
        """Where a transfer stands."""
        return self._answered(lambda: self._own_transfer(reference)._summary())

    # === HOW IT IS ANSWERED === #

    def _answered(self, step, *args):
        try:
            return {"club": 1, **step(*args)}
        except UserError as error:  # a refusal; faults of the machine stay errors
            return {"club": 1, "status": "rejected", "message": str(error)}

    def _request(self, wallet_id, receiver, amount, key):
        # sudo: portal users read no wallets; the domain names the signed-in person
        wallet = (
            request.env["loyalty.club.wallet"]
            .sudo()
            .search(
                [
                    ("id", "=", self._id(wallet_id)),
                    ("member_id.partner_id", "=", request.env.user.partner_id.id),
                ]
            )
        )
        if not wallet:
            raise UserError(request.env._("You have no such wallet."))
        if not is_request_key(key):
            raise UserError(request.env._("The request has no proper key. Begin a new transfer."))
        amount = self._amount(amount)
        limits, bucket = self._take_try()
        found = self._receiver(wallet.club_id, receiver)
        answer = request.env["loyalty.club.transfer"]._step(
            "_request", wallet.id, found.id, amount, key
        )
        limits._give_back(*bucket)
        return answer

    def _confirm(self, reference, code):
        if not isinstance(code, str):
            raise UserError(request.env._("Enter the code that was sent to you."))
        return self._with_transfer(reference, "_confirm", code)

    def _plain(self, text):
        """``text`` if it is one of printable ASCII characters, as references are."""
        return text if isinstance(text, str) and text.isascii() and text.isprintable() else ""

    def _id(self, value):
        return value if type(value) is int and 0 < value < 2**31 else 0

    def _amount(self, text):
        try:
            return decimal_number(text if isinstance(text, str) else "")
        except InputError as error:
            raise UserError(
                request.env._("“%(text)s” is not an amount: enter digits.", text=text)
            ) from error

    def _take_try(self):
        """Take a try before anything is looked up; who only tries numbers has to wait.

        A request that became a transfer gives its try back.
        """
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"transfer-receiver:{request.env.uid}", *_LOOKUPS)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        return limits, bucket

    def _receiver(self, club, text):
        """The member meant."""
        text = text if isinstance(text, str) and text.isprintable() else ""
        # sudo: portal users read no members; of this one a short name is shown
        found = request.env["loyalty.club.transfer"].sudo()._find_receiver(club, text)
        if not found:
            raise UserError(
                request.env._(
                    "No member has this number. Ask the receiver for the membership number."
                )
            )
        return found

    def _own_transfer(self, reference):
        me = request.env.user.partner_id.id
        # sudo: portal users read no transfers; the domain names the signed-in person
        transfer = (
            request.env["loyalty.club.transfer"]
            .sudo()
            .search(
                [
                    ("reference", "=", self._plain(reference)),
                    "|",
                    ("sender_id.partner_id", "=", me),
                    ("receiver_id.partner_id", "=", me),
                ]
            )
        )
        # One whom the sender has not confirmed yet is nobody else's business.
        if transfer.state == "waiting_sender" and transfer.sender_id.partner_id.id != me:
            transfer = transfer.browse()
        if not transfer:
            raise UserError(request.env._("There is no such transfer."))
        return transfer

    def _with_transfer(self, reference, step, *args):
        transfer = self._own_transfer(reference)
        mine = transfer.sender_id.partner_id == request.env.user.partner_id
        if step != "_cancel":
            args = ("sender" if mine else "receiver", *args)
        return request.env["loyalty.club.transfer"]._step(step, transfer.reference, *args)

"""The steps of a transfer as a member may take them, for whatever door she comes through.

Portal users have no rights on the club's models. Wallets and transfers are found by domains
that name the signed-in person; of what is not hers the answer is that of what does not exist.
"""

from odoo.exceptions import UserError
from odoo.http import request

from ..domain.codes import is_request_key

_LOOKUPS = (20, 3600)  # requests of one person that came to nothing


class TransferDoor:
    """What the signed-in person may do; each step raises a UserError that says why not."""

    def wallet(self, wallet_id):
        """Her wallet with this id (int)."""
        # sudo: portal users read no wallets; the domain names the signed-in person
        wallet = (
            request.env["loyalty.club.wallet"]
            .sudo()
            .search(
                [
                    ("id", "=", wallet_id),
                    ("member_id.partner_id", "=", request.env.user.partner_id.id),
                ]
            )
        )
        if not wallet:
            raise UserError(request.env._("You have no such wallet."))
        return wallet

    def check_key(self, key):
        """Refuse a request without a proper key."""
        if not is_request_key(key):
            raise UserError(request.env._("The request has no proper key. Begin a new transfer."))

    def preview(self, wallet, receiver, amount):
        """What sending would be; looking counts as a try."""
        self._take_try()
        found = self._receiver(wallet.club_id, receiver)
        # sudo: as in wallet(); of the receiver a short name is shown
        return request.env["loyalty.club.transfer"].sudo()._preview(wallet, found, amount)

    def request(self, wallet, receiver, amount, key):
        """Ask for it; a request that becomes a transfer gives its try back.

        :param wallet: from :meth:`wallet`.
        :param receiver: membership number or phone number, as a person typed it.
        :param amount: Decimal in the wallet's unit.
        :returns: what became of it, see :meth:`..models.transfer_texts._summary`.
        """
        limits, bucket = self._take_try()
        found = self._receiver(wallet.club_id, receiver)
        answer = request.env["loyalty.club.transfer"]._step(
            "_request", wallet.id, found.id, amount, key
        )
        limits._give_back(*bucket)
        return answer

    def confirm(self, reference, code):
        """Say yes with the code that was sent."""
        if not isinstance(code, str):
            raise UserError(request.env._("Enter the code that was sent to you."))
        return self.take(reference, "_confirm", code)

    def take(self, reference, step, *args):
        """Take a step of a transfer of hers."""
        transfer = self.transfer(reference)
        if step != "_cancel":
            args = (self.side(transfer), *args)
        return request.env["loyalty.club.transfer"]._step(step, transfer.reference, *args)

    def transfer(self, reference):
        """The transfer of this reference that she takes part in."""
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
        confirmed = transfer.sender_confirmed_at or transfer.undoes_id
        if not confirmed and transfer.sender_id.partner_id.id != me:
            transfer = transfer.browse()
        if not transfer:
            raise UserError(request.env._("There is no such transfer."))
        return transfer

    def side(self, transfer):
        """Whether she is the ``sender`` or the ``receiver``."""
        mine = transfer.sender_id.partner_id == request.env.user.partner_id
        return "sender" if mine else "receiver"

    # --- mechanics -------------------------------------------------------------------

    def _plain(self, text):
        """``text`` if it is one of printable ASCII characters, as references are."""
        return text if isinstance(text, str) and text.isascii() and text.isprintable() else ""

    def _take_try(self):
        """Take a try before anything is looked up; who only tries numbers has to wait."""
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

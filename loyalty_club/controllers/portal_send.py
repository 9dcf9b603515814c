from uuid import uuid4

from odoo.exceptions import UserError
from odoo.http import request, route

from .portal_profile import PortalProfile
from .transfer_door import TransferDoor

_LATEST = 10  # transfers shown below the form
_door = TransferDoor()


class PortalSend(PortalProfile):
    """A member sends value to another: whom and how much, a look at it, a code, the outcome.

    Each step is one of :class:`TransferDoor`, as for programs; looking at what would be sent
    changes nothing, and what changes something is answered by a redirect.
    """

    @route(
        "/my/club/<int:member_id>/send",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_send(self, member_id, wallet="", **_kwargs):
        """The form, and the latest transfers.

        :param wallet: id of the wallet that is chosen to begin with.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._send_page(account, {"wallet": wallet})

    @route(
        "/my/club/<int:member_id>/send/review",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_send_review(self, member_id, **form):
        """Whom it would reach and what it would cost; nothing is sent yet.

        With ``again`` the form is shown once more, with what was typed.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        if form.get("again"):
            return self._send_page(account, form)
        try:
            wallet, amount = self._send_asked(account, form)
            preview = _door.preview(wallet, form.get("receiver", ""), amount)
        except UserError as error:
            return self._send_page(account, form, str(error))
        values = {
            "page_name": "club_send",
            "account": account,
            "wallet": wallet,
            "preview": preview,
            "form": form,
            "key": uuid4().hex,
            "club_title": request.env._("Is this right?"),
        }
        return self._club_render("loyalty_club.portal_my_club_send_review", values)

    @route(
        "/my/club/<int:member_id>/send/ask",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_send_ask(self, member_id, key="", **form):
        """Ask for the transfer: a code is sent, or it is done; the same form twice is one."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        try:
            wallet, amount = self._send_asked(account, form)
            _door.check_key(key)
            answer = _door.request(wallet, form.get("receiver", ""), amount, key)
        except UserError as error:
            return self._send_page(account, form, str(error))
        return request.redirect(f"/my/club/{member_id}/send/{answer['reference']}")

    @route(
        "/my/club/<int:member_id>/send/<string:reference>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_transfer(self, member_id, reference, **_kwargs):
        """Where one transfer stands, and what is to be done."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._transfer_page(account, reference)

    @route(
        "/my/club/<int:member_id>/send/<string:reference>/confirm",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_transfer_confirm(self, member_id, reference, code="", **_kwargs):
        """Say yes with the code, as sender or receiver; twice is once."""
        return self._transfer_step(member_id, reference, lambda: _door.confirm(reference, code))

    @route(
        "/my/club/<int:member_id>/send/<string:reference>/code",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_transfer_code(self, member_id, reference, **_kwargs):
        """Have a new code sent; the one before is void."""
        said = request.env._("A new code is on its way. The one before is no longer valid.")
        return self._transfer_step(
            member_id, reference, lambda: _door.take(reference, "_resend"), said
        )

    @route(
        "/my/club/<int:member_id>/send/<string:reference>/cancel",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_transfer_cancel(self, member_id, reference, **_kwargs):
        """Call it off before it is booked; twice is once."""
        return self._transfer_step(member_id, reference, lambda: _door.take(reference, "_cancel"))

    # === MECHANICS === #

    def _club_pages(self, account):
        """Without the page for sending where nothing may be sent."""
        pages = super()._club_pages(account)
        if any(wallet.transferable for wallet in account["wallets"]):
            return pages
        return [page for page in pages if page.name != "club_send"]

    def _send_asked(self, account, form):
        """The wallet and the amount that a form names.

        :raises UserError: when there is no such wallet, or the amount is none.
        """
        purses = self._send_purses(account)
        wallet = purses.filtered(lambda one: str(one.id) == form.get("wallet"))
        if not wallet:
            raise UserError(request.env._("Choose what you want to send."))
        return wallet, wallet.kind_id._read_shown(form.get("amount", ""))

    def _send_purses(self, account):
        return account["wallets"].filtered("transferable")

    def _send_page(self, account, form, error=""):
        member, purses = account["member"], self._send_purses(account)
        chosen = purses.filtered(lambda one: str(one.id) == form.get("wallet")) or purses
        # sudo: portal users read no transfers; these are the signed-in person's
        transfers = request.env["loyalty.club.transfer"].sudo()._of_member(member, _LATEST)
        values = {
            "page_name": "club_send",
            "account": account,
            "purses": purses,
            "chosen": chosen[:1],
            "form": form,
            "transfers": transfers,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_send", values)
        response.status_code = 422 if error else 200
        return response

    def _transfer_step(self, member_id, reference, step, said=""):
        """Take a step of a transfer, and show where it stands then."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        if not self._transfer_of(account, reference):
            return request.redirect(f"/my/club/{member_id}/send")
        try:
            step()
        except UserError as error:
            return self._transfer_page(account, reference, str(error))
        return self._club_done(account["member"], f"send/{reference}", said)

    def _transfer_of(self, account, reference):
        """The transfer of this membership, or None: another's is not found."""
        try:
            transfer = _door.transfer(reference)
        except UserError:
            return None
        return transfer if account["member"] in transfer.sender_id | transfer.receiver_id else None

    def _transfer_page(self, account, reference, error=""):
        transfer = self._transfer_of(account, reference)
        if not transfer:
            return request.redirect(f"/my/club/{account['member'].id}/send")
        transfer.invalidate_recordset()  # the step was a transaction of its own
        side = _door.side(transfer)
        values = {
            "page_name": "club_send",
            "account": account,
            "transfer": transfer,
            "side": side,
            "told": transfer._told(side),
            "my_turn": transfer.state == f"waiting_{side}",
            "entry": transfer.out_entry_id if side == "sender" else transfer.in_entry_id,
            "club_title": request.env._("Transfer"),
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_transfer", values)
        response.status_code = 422 if error else 200
        return response

from decimal import Decimal

from odoo.http import request, route

from .portal_profile import PortalProfile

_DAYS = 6  # dates on which something expires that are shown; what comes later is one sum


class PortalWallet(PortalProfile):
    """What a member has: every kind of value, what is free, and what becomes of it."""

    @route(
        "/my/club/<int:member_id>/wallet",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_wallet(self, member_id, **_kwargs):
        """All wallets of the membership, with what expires, waits, is held and is owed."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        values = {
            "page_name": "club_wallet",
            "account": account,
            "purses": self._wallet_rows(account),
            "waiting": self._wallet_waiting(account["member"]),
            **self._club_said(),
        }
        return self._club_render("loyalty_club.portal_my_club_wallet", values)

    def _wallet_rows(self, account):
        """What the page says of each wallet: list of dicts, what is owed last."""
        member = account["member"]
        shown = account["wallets"].filtered(
            lambda wallet: wallet.balance or (wallet.kind_id.active and not wallet.debt)
        )
        schedules = shown._schedules()
        # sudo: rates are what the club offers to all its members
        rates = request.env["loyalty.club.conversion"].sudo()._for_member_herself(member)
        active = member.state == "active"
        return [
            {
                "wallet": wallet,
                "shown": wallet.kind_id._format_shown,
                "free": wallet.available,
                "schedule": schedules[wallet.id],
                "soon": schedules[wallet.id].expiring[:_DAYS],
                "later": sum(
                    (amount for _day, amount in schedules[wallet.id].expiring[_DAYS:]), Decimal(0)
                ),
                "told": wallet._use_told(),
                "send": active and wallet.transferable and wallet.available > 0,
                "convert": active and wallet.available > 0 and wallet.kind_id in rates.from_kind_id,
            }
            for wallet in shown
        ]

    def _wallet_waiting(self, member):
        """Transfers that wait for this member's own code, the latest first."""
        # sudo: portal users read no transfers; these are the signed-in person's
        found = request.env["loyalty.club.transfer"].sudo()._of_member(member, limit=20)
        return found.filtered(
            lambda transfer: transfer.state == "waiting_receiver" and transfer.receiver_id == member
        )

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..clock import today_in
from ..movement import Movement

CLOSING_POLICIES = [
    ("keep", "Keep it blocked"),
    ("forfeit", "Forfeit it"),
    ("payout", "Pay out credit, forfeit the rest"),
]


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    closing_policy = fields.Selection(
        CLOSING_POLICIES,
        string="What a closed membership leaves",
        required=True,
        default="keep",
        help="Proposed when a membership is closed. Kept blocked, it can be used again when the "
        "membership is reopened. Only what was paid in is paid out; bonus and other gifts of the "
        "club are forfeited.",
    )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    closed_on = fields.Date(string="Closed on", readonly=True, copy=False)
    close_reason = fields.Char(string="Reason for closing", readonly=True, copy=False)

    def action_close(self):
        """Ask what becomes of the value, then close the membership.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.ensure_one()
        self._check_status_right({"state": "closed"})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close membership"),
            "res_model": "loyalty.club.member.close",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def _close(self, reason, fates=None):
        """Close the membership: from now on it neither earns nor spends.

        Its wallets and their entries stay. Closing it twice changes nothing.

        :param reason: why, in words.
        :param fates: dict of wallet (loyalty.club.wallet) to ``keep``, ``forfeit`` or
            ``payout``; wallets left out are kept, blocked.
        :raises AccessError: when somebody without the rights asks: closing takes a club
            marketer, forfeiting and paying out a club manager.
        :raises UserError: when value is on hold, or something shall be paid out that was
            never paid in.
        """
        self.ensure_one()
        self._check_status_right({"state": "closed"})
        if self.state == "closed":
            return
        # sudo: ledger's door; the right was checked, and is checked again for what moves value
        member = self.sudo()
        member._check_nothing_held(member.wallet_ids)
        movements = member._closing_movements(fates or {}, reason)
        if movements:
            self._check_closing_right()
            self.env["loyalty.club.wallet"].sudo()._post_or_raise(movements)
        member._write_closed(reason)

    def _write_closed(self, reason, **values):
        """The one place that closes a membership, for callers who checked everything."""
        self.write(
            {
                "state": "closed",
                "closed_on": today_in(self.company_id),
                "close_reason": reason,
                **values,
            }
        )

    def _check_closing_right(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_manager")):
            raise AccessError(
                self.env._(
                    "Only a club manager forfeits or pays out what a member has. Keep it blocked, "
                    "or ask a manager."
                )
            )

    def _check_nothing_held(self, wallets):
        """Value on hold has been promised to a till: that comes to its end first.

        :raises UserError: naming what is held.
        """
        held = wallets.filtered("held")
        if held:
            holds = [
                self.env._(
                    "%(amount)s of “%(kind)s” for %(member)s",
                    amount=wallet.kind_id._format(wallet.held),
                    kind=wallet.kind_id.name,
                    member=wallet.member_id.display_name,
                )
                for wallet in held
            ]
            raise UserError(
                self.env._(
                    "A payment is under way: %(holds)s on hold. Let it finish or release it, then "
                    "try again.",
                    holds=holds,
                )
            )

    def _closing_movements(self, fates, reason):
        """Movements that empty the wallets which are not kept."""
        movements = []
        for wallet, left, paid in self._left_to_close():
            fate = fates.get(wallet, "keep")
            if fate == "keep":
                continue
            if fate == "payout" and wallet.type != "ewallet":
                raise UserError(
                    self.env._(
                        "“%(kind)s” was never paid in and is not paid out. Forfeit it or keep it.",
                        kind=wallet.kind_id.name,
                    )
                )
            parts = {"payout": paid} if fate == "payout" else {}
            parts["forfeit"] = left - sum(parts.values())
            movements += [
                Movement(
                    wallet_id=wallet.id,
                    amount=-amount,
                    kind=kind,
                    # After a reopening the same wallet may be emptied again, later in its chain.
                    key=f"close:{wallet.id}:{wallet.seq}:{kind}",
                    origin=(self._name, self.id),
                    note=reason,
                )
                for kind, amount in parts.items()
                if amount
            ]
        return movements

    def _left_to_close(self):
        """What the wallets hold that hold something.

        Only what was paid in is paid out: top-ups, opening balances and adjustments, also when
        they came here by a merge or from another member. Bonus, grants, cashback, converted
        points and whatever else the club gave are not.

        :returns: list of wallet, balance, and how much of it can be paid out: what was paid in,
            has not expired, is not pending and is bound to no conditions; both exact Decimals.
        """
        self.env["loyalty.club.wallet"].flush_model()
        today = today_in(self.company_id)
        self.env.cr.execute(
            SQL(
                """
                SELECT w.id, w.balance::text,
                       COALESCE(SUM(l.remaining) FILTER (
                           WHERE l.paid_in AND l.terms_id IS NULL
                             AND COALESCE(l.expires_on, %(today)s) >= %(today)s
                             AND COALESCE(l.available_on, %(today)s) <= %(today)s), 0)::text
                  FROM loyalty_club_wallet w
                  LEFT JOIN loyalty_club_lot l ON l.wallet_id = w.id AND l.remaining > 0
                 WHERE w.member_id = %(member)s AND w.balance > 0
                 GROUP BY w.id ORDER BY w.id
                """,
                today=today,
                member=self.id,
            )
        )
        Wallet = self.env["loyalty.club.wallet"]
        return [
            (Wallet.browse(wallet), Decimal(left), Decimal(paid))
            for wallet, left, paid in self.env.cr.fetchall()
        ]

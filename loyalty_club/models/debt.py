from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..movement import Movement


class LoyaltyClubDebt(models.AbstractModel):
    """What happens when points to be taken back are already spent."""

    _name = "loyalty.club.debt"
    _description = "Points Owed"

    @api.model
    def _take_back(self, entry, excess, common, key):
        """Take back ``excess`` points of an earn entry, by the club's policy.

        :param entry: loyalty.club.entry of kind ``earn``.
        :param excess: positive Decimal, in points.
        :param common: origin, branch and note of the movements.
        :param key: start of the idempotency keys.
        :raises UserError: when the policy is to refuse and not enough is left.
        """
        Wallet = self.env["loyalty.club.wallet"]
        movement = Movement(
            wallet_id=entry.wallet_id.id,
            amount=-excess,
            kind="refund_earn",
            key=f"{key}:unearn:{entry.id}",
            reverses_id=entry.id,
            **common,
        )
        outcome = Wallet._post([movement])[0]
        if outcome.ok:
            return
        club = entry.club_id
        if club.clawback_policy == "refuse":
            raise UserError(
                self.env._(
                    "This return takes back %(excess)s, but only %(left)s are left. The club's "
                    "terms do not allow the return until the member has them again.",
                    excess=entry.kind_id._format(excess),
                    left=entry.kind_id._format(outcome.balance),
                )
            )
        left = max(outcome.balance, Decimal(0))
        movements = []
        if left:
            movements.append(self._part(movement, left))
        if club.clawback_policy == "debt":
            movements.append(self._owed(entry, excess - left, common, key))
        Wallet._post_or_raise(movements)

    @api.model
    def _part(self, movement, amount):
        return Movement(
            wallet_id=movement.wallet_id,
            amount=-amount,
            kind=movement.kind,
            key=movement.key,
            origin=movement.origin,
            branch_id=movement.branch_id,
            reverses_id=movement.reverses_id,
            note=movement.note,
        )

    @api.model
    def _owed(self, entry, amount, common, key):
        kind = entry.club_id.debt_kind_id
        wallet = kind._wallets_of(entry.member_id)[entry.member_id.id]
        return Movement(
            wallet_id=wallet.id,
            amount=-amount,
            kind="debt",
            key=f"{key}:owe:{entry.id}",
            reverses_id=entry.id,
            **common,
        )

    @api.model
    def _settle(self, member, common, key):
        """Let what a member has just earned pay what is owed, as far as it goes.

        Costs one query when nothing is owed.
        """
        debt = self.env["loyalty.club.wallet"].search_fetch(
            [("member_id", "=", member.id), ("debt", "=", True), ("balance", "<", 0)], ["balance"]
        )
        if not debt:
            return
        points = member.club_id.points_kind_id._wallets_of(member)[member.id]
        owed, left = Decimal(str(-debt.balance)), Decimal(str(points.balance - points.held))
        amount = min(owed, left)
        if amount > 0:
            self.env["loyalty.club.wallet"]._post_or_raise(
                Movement(
                    wallet_id=wallet.id,
                    amount=signed,
                    kind="debt_settle",
                    key=f"{key}:settle:{wallet.id}",
                    **common,
                )
                for wallet, signed in ((points, -amount), (debt, amount))
            )

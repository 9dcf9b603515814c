from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..domain.earning import round_to
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
        movement = Movement(
            wallet_id=entry.wallet_id._successor().id,
            amount=-excess,
            kind="refund_earn",
            key=f"{key}:unearn:{entry.id}",
            reverses_id=entry.id,
            **common,
        )
        taken, club = self._take(movement), entry.club_id
        if taken == excess:
            return
        if club.clawback_policy == "refuse":
            raise UserError(
                self.env._(
                    "This return takes back %(excess)s, but only %(left)s are left. The club's "
                    "terms do not allow the return until the member has them again.",
                    excess=entry.kind_id._format(excess),
                    left=entry.kind_id._format(taken),
                )
            )
        if club.clawback_policy == "debt":
            self.env["loyalty.club.wallet"]._post_or_raise(
                [self._owed(entry, excess - taken, common, key)]
            )

    @api.model
    def _take(self, movement):
        """Book a debit as far as there is something to take.

        :returns: the positive amount that was taken.
        """
        Wallet = self.env["loyalty.club.wallet"]
        part = -movement.amount
        step = Decimal(str(Wallet.browse(movement.wallet_id).kind_id.rounding))
        while part > 0:
            outcome = Wallet._post([self._part(movement, part)])[0]
            if outcome.ok:
                return part
            # Of what the balance would give, a part may be pending, lapsed or promised.
            part = min(outcome.balance, part - step)
        return Decimal(0)

    @api.model
    def _net(self, entry):
        """What is left of an earn entry after what was taken back, or is owed, for it.

        :returns: Decimal in the unit of the entry; what is owed for cashback counts as the money
            for which it was booked, whatever a point is worth by now.
        """
        total = Decimal(str(entry.amount))
        for reversal in entry.reversal_ids:
            owed = reversal.kind == "debt" and entry.kind_id.currency_id
            total += -self._owed_money(reversal) if owed else Decimal(str(reversal.amount))
        return total

    @api.model
    def _owed_money(self, debt):
        """The money for which points are owed: the end of the entry's key, which is sealed."""
        return Decimal(debt.idempotency_key.rpartition(":")[2])

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
        club, kind = entry.club_id, entry.club_id.debt_kind_id
        key = f"{key}:owe:{entry.id}"
        if entry.kind_id.currency_id:  # cashback: owed in points, at the value of a point today
            key = f"{key}:{amount}"
            amount = round_to(
                amount / Decimal(str(club.point_value)), Decimal(str(kind.rounding)), "up"
            )
        member = entry.member_id._survivor()
        wallet = kind._wallets_of(member)[member.id]
        return Movement(
            wallet_id=wallet.id,
            amount=-amount,
            kind="debt",
            key=key,
            reverses_id=entry.id,
            **common,
        )

    @api.model
    def _settle(self, member, common, key, purses=None):
        """Let what a member has just earned pay what is owed, as far as it goes.

        Costs one query when nothing is owed.

        :param purses: the member's wallets, where they were read already; without one for what is
            owed it costs none.
        """
        if purses and not purses.filtered("debt"):
            return
        debt = self.env["loyalty.club.wallet"].search_fetch(
            [("member_id", "=", member.id), ("debt", "=", True), ("balance", "<", 0)], ["balance"]
        )
        if not debt:
            return
        points = member.club_id.points_kind_id._wallets_of(member)[member.id]
        owed, left = Decimal(str(-debt.balance)), Decimal(str(points.available))
        while (amount := min(owed, left)) > 0:
            outcomes = self.env["loyalty.club.wallet"]._post_together(
                Movement(
                    wallet_id=wallet.id,
                    amount=signed,
                    kind="debt_settle",
                    key=f"{key}:settle:{wallet.id}",
                    **common,
                )
                for wallet, signed in ((points, -amount), (debt, amount))
            )
            if outcomes[0].ok:
                return
            # A part of what is shown as available has lapsed.
            left = min(outcomes[0].balance, amount - Decimal(str(points.kind_id.rounding)))

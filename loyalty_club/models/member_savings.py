"""What membership has been worth to a member, and what she did with it lately."""

from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL, format_amount

from ..clock import today_in
from ..domain.earning import round_to

_SPENT = ("spend", "capture", "refund_spend")
_SOON = 5  # lots about to expire that a page names
_REWARDS = 8  # that a page names


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    saved_amount = fields.Monetary(
        string="Saved so far",
        compute="_compute_saved_amount",
        help="What the member has paid less than somebody who is no member: points at today's "
        "value of a point, and credit that she was given.",
    )

    # === COMPUTE METHODS === #

    def _compute_saved_amount(self):
        """Work out from the ledger what members have saved, in the club's currency.

        saved = points spent × value of a point
              + credit spent out of lots that nobody has paid for

        Spent is what left the wallet for a purchase, less what came back with returned goods.
        Prepaid credit and gift cards that somebody paid for save nothing; their bonus,
        cashback and credit that the club gave do. One statement for all members.
        """
        self.env["loyalty.club.entry"].flush_model()
        self.env["loyalty.club"].flush_model(["point_value"])
        self.env.cr.execute(
            SQL(
                """
                SELECT entry.member_id,
                       SUM(CASE WHEN kind.type = 'points' THEN -entry.amount * club.point_value
                                ELSE gift.amount END)
                  FROM loyalty_club_entry entry
                  JOIN loyalty_club_wallet wallet ON wallet.id = entry.wallet_id
                  JOIN loyalty_club_wallet_kind kind ON kind.id = wallet.kind_id
                  JOIN loyalty_club club ON club.id = entry.club_id
                  LEFT JOIN LATERAL (
                      SELECT SUM(allocation.amount) AS amount
                        FROM loyalty_club_allocation allocation
                        JOIN loyalty_club_lot lot ON lot.id = allocation.lot_id
                       WHERE allocation.entry_id = entry.id AND NOT lot.paid_in
                         AND kind.type <> 'points') gift ON TRUE
                 WHERE entry.member_id = ANY(%s) AND entry.kind = ANY(%s)
                   AND kind.type IN ('points', 'ewallet', 'cashback', 'gift_card')
                 GROUP BY entry.member_id
                """,
                list(self._origin.ids),
                list(_SPENT),
            )
        )
        saved = dict(self.env.cr.fetchall())
        for member in self:
            member.saved_amount = max(saved.get(member._origin.id) or 0, 0)

    # === BUSINESS METHODS === #

    def _activity(self):
        """What the member's own page says about the last twelve months.

        :returns: dict of ``purchases`` (their number), ``last`` (date of the latest one ever,
            or None), and ``expiring``, a list of dicts of ``wallet``, ``day`` and ``amount`` of
            what is left of lots that expire first.
        """
        self.ensure_one()
        member = self.sudo()  # sudo: her own; the caller has found her
        since = today_in(member.company_id) - relativedelta(months=12)
        self.env["loyalty.club.purchase"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT COUNT(*) FILTER (WHERE NOT refund AND amount > 0 AND date >= %s),"
                " MAX(date) FILTER (WHERE NOT refund AND amount > 0)"
                " FROM loyalty_club_purchase WHERE member_id = %s",
                since,
                member.id,
            )
        )
        purchases, last = self.env.cr.fetchone()
        return {
            "purchases": purchases,
            "last": last,
            "expiring": member._expiring_first(),
        }

    def _expiring_first(self):
        """What of the member's value expires first, by wallet and day."""
        groups = self.env["loyalty.club.lot"]._read_group(
            [
                ("wallet_id", "in", self.wallet_ids.ids),
                ("remaining", ">", 0),
                ("expires_on", ">=", today_in(self.company_id)),
            ],
            ["wallet_id", "expires_on:day"],
            ["remaining:sum"],
        )
        rows = [
            {"wallet": wallet, "day": fields.Date.to_date(day), "amount": amount}
            for wallet, day, amount in groups
        ]
        return sorted(rows, key=lambda row: row["day"])[:_SOON]

    def _rewards_in_reach(self):
        """What points can be spent on, the cheapest first.

        :returns: list of dicts of ``text``, ``cost`` in words and ``ready``, whether there are
            points enough.
        """
        self.ensure_one()
        club = self.sudo().club_id  # sudo: the club's rewards are for its members' eyes
        kind, points = club.points_kind_id, self.sudo().points_balance
        share = float(1 - self._reward_percent() / 100)
        rewards = club.program_id.reward_ids.filtered("active")
        # Those that she cannot choose, not even in her own shop, would only disappoint her.
        member = self.sudo()  # sudo: her own level and shop decide it
        others = rewards._club_obstacles(member, member.branch_id, fields.Datetime.now())
        rewards = rewards.filtered(lambda reward: reward.id not in others)
        return [
            {
                "text": reward.description,
                "cost": self._reward_cost(reward, kind, share),
                "ready": points >= reward.required_points * share,
            }
            for reward in rewards.sorted("required_points")[:_REWARDS]
        ]

    def _reward_cost(self, reward, kind, share):
        """What a reward costs; of one that takes any number of points, what they give.

        :param share: part of a point that the member pays where others pay a whole one.
        """
        if reward.reward_type != "discount" or reward.discount_mode != "per_point":
            step = Decimal(str(kind.rounding))
            return kind._format(round_to(Decimal(str(reward.required_points * share)), step, "up"))
        club = kind.club_id
        points = max(reward.required_points, 1)
        return self.env._(
            "%(points)s = %(amount)s",
            points=kind._format(points),
            amount=format_amount(self.env, points / share * reward.discount, club.currency_id),
        )

"""What membership has been worth to a member, and what she can have for her points."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

_SPENT = ("spend", "capture", "refund_spend")
_READY, _COMING = 4, 3  # rewards that a page names: to be had at once, and those that come next


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
        saved = (
            dict(self.env.execute_query(self._saved_sql(self._origin.ids))) if self._origin else {}
        )
        for member in self:
            member.saved_amount = max(saved.get(member._origin.id) or 0, 0)

    # === BUSINESS METHODS === #

    @api.model
    def _saved_sql(self, ids):
        """Rows of member and what she has saved, see :meth:`_compute_saved_amount`."""
        self.env["loyalty.club.entry"].flush_model()
        self.env["loyalty.club"].flush_model(["point_value"])
        return SQL(
            """
            SELECT entry.member_id,
                   SUM(CASE WHEN kind.type = 'points' THEN -entry.amount * club.point_value
                            ELSE gift.amount END) AS amount
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
            list(ids),
            list(_SPENT),
        )

    def _rewards_in_reach(self, wallet=None, audience=None, claimed=None):
        """What points can be spent on: the dearest that there are points enough for, and those
        that come next; the cheapest first.

        :param wallet: her points (loyalty.club.wallet), where they are at hand.
        :param audience: called for her levels and segments, where they are at hand.
        :param claimed: what of rewards was given, where it is at hand.
        :returns: list of dicts of ``id``, ``text``, ``cost`` in words, ``ready``, whether there are
            points enough, and of what comes next the ``share`` that is there, in per cent, and
            what is ``missing`` in words.
        """
        self.ensure_one()
        member = self.sudo()  # sudo: rewards are for members' eyes, and the balance is her own
        wallet = wallet or member.wallet_ids.filtered(lambda one: one.type == "points")
        points = Decimal(str(wallet.available or 0))
        rewards = member._rewards_on_offer()
        # Those that she cannot choose, not even in her own shop, would only disappoint her.
        others = rewards._club_obstacles(
            member,
            member.branch_id,
            fields.Datetime.now(),
            audience=audience,
            claimed=claimed,
        )
        rewards = rewards.filtered(lambda reward: reward.id not in others)
        ready = rewards.filtered(lambda reward: points >= member._reward_price(reward))
        part = float(1 - member._reward_percent() / 100)
        return [
            {
                "id": reward.id,
                "text": reward.description,
                "cost": member._reward_cost(reward, wallet.kind_id, part),
                "ready": reward in ready,
                **member._reward_way(reward, wallet.kind_id, points),
            }
            for reward in ready[-_READY:] | (rewards - ready)[:_COMING]
        ]

    def _reward_way(self, reward, kind, points):
        """How far ``points`` are on the way to a reward."""
        price = self._reward_price(reward)
        if points >= price or reward.discount_mode == "per_point":
            return {"share": 100, "missing": ""}
        missing = self.env._("%(points)s to go", points=kind._format(price - points))
        return {"share": int(100 * points / price), "missing": missing}

    def _reward_cost(self, reward, kind, share):
        """What a reward costs; of one that takes any number of points, what they give.

        :param share: part of a point that the member pays where others pay a whole one.
        """
        if reward.reward_type != "discount" or reward.discount_mode != "per_point":
            return kind._format(self._reward_price(reward))
        club = kind.club_id
        points = max(reward.required_points, 1)
        return self.env._(
            "%(points)s = %(amount)s",
            points=kind._format(points),
            amount=club._money_text(points / share * reward.discount),
        )

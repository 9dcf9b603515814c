"""Who chose which reward, where a reward is there only so many times."""

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from .append_only import freeze_table


class LoyaltyClubRewardClaim(models.Model):
    """One unit of a limited reward that a member chose: by an order, a sale or on her page.

    Of a reward that is there ``n`` times, units have numbers of 1 to ``n``, and none is given
    twice: that is what keeps two tills from giving the last one both. Which number a unit
    gets is left to chance, so that tills seldom want the same one at the same moment; a till
    that does is made to try again. What came back frees its number.
    """

    _name = "loyalty.club.reward.claim"
    _inherit = ["loyalty.club.fact"]
    _description = "Reward Chosen"
    _order = "id desc"
    _rec_name = "reward_id"
    _repointable = frozenset({"returned_on"})

    reward_id = fields.Many2one(
        "loyalty.reward", required=True, readonly=True, ondelete="restrict", index=True
    )
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(
        "loyalty.club.branch", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    date = fields.Datetime(required=True, readonly=True)
    number = fields.Integer(
        readonly=True, aggregator=False, help="Which of them it is, where there are only so many."
    )
    origin_model = fields.Char(string="Document type", required=True, readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", required=True, readonly=True
    )
    returned_on = fields.Datetime(string="Given back on", readonly=True)

    _origin_index = models.Index("(origin_model, origin_id)")
    _number_unique = models.UniqueIndex(
        "(reward_id, number) WHERE number IS NOT NULL AND returned_on IS NULL",
        "This one of the reward is given already.",
    )

    def init(self):
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document with which the reward was chosen."""
        return self._open_origin(
            self.env._("The document with which this reward was chosen is gone.")
        )

    # === BUSINESS METHODS === #

    @api.model
    def _given(self, reward_ids, member=None, origin=None):
        """How many of rewards are given and not back: one query, along indexes.

        :param member: loyalty.club.member; what memberships had that were merged into hers is
            hers.
        :param origin: model and id of a document whose own claims do not count.
        :returns: two dicts of reward id to number: of all members, where there are only so many,
            and of this one.
        """
        if not reward_ids:
            return {}, {}
        rows = self.env.execute_query(self._given_sql(reward_ids, member, origin))
        return self._given_of(rows)

    @api.model
    def _given_of(self, rows):
        """The two dicts of :meth:`_given` from its rows."""
        given, mine = {}, {}
        for is_mine, reward_id, count in rows:
            (mine if is_mine else given)[reward_id] = count
        return given, mine

    @api.model
    def _given_sql(self, reward_ids, member=None, origin=None):
        """Rows of :meth:`_given`: whether it is hers, reward, number."""
        self.flush_model()
        return SQL(
            """
            SELECT FALSE AS mine, claim.reward_id, COUNT(*) AS number
              FROM loyalty_club_reward_claim claim
             WHERE claim.reward_id = ANY(%(rewards)s) AND claim.number IS NOT NULL
               AND claim.returned_on IS NULL
               AND (claim.origin_model, claim.origin_id) <> (%(model)s, %(id)s)
             GROUP BY claim.reward_id
             UNION ALL
            SELECT TRUE, claim.reward_id, COUNT(*)
              FROM loyalty_club_reward_claim claim
             WHERE claim.member_id IN (
                   SELECT %(member)s
                    UNION
                   SELECT id FROM loyalty_club_member WHERE merged_into_id = %(member)s)
               AND claim.reward_id = ANY(%(rewards)s) AND claim.returned_on IS NULL
               AND (claim.origin_model, claim.origin_id) <> (%(model)s, %(id)s)
             GROUP BY claim.reward_id
            """,
            member=member.id if member else 0,
            rewards=list(reward_ids),
            model=origin[0] if origin else "",
            id=origin[1] if origin else 0,
        )

    @api.model
    def _bring_in_line(self, origin, member, branch, moment, times):
        """Let the claims of a document be what it takes now; a repeat changes nothing.

        :param origin: model and id of the document.
        :param member: loyalty.club.member.
        :param branch: loyalty.club.branch or none.
        :param moment: naive UTC datetime.
        :param times: dict of reward id to how many the document takes in all.
        :raises UserError: when one cannot be chosen.
        """
        counted = self.env["loyalty.reward"]._club_counted()
        if not counted:
            return
        own = self.search(
            [
                ("origin_model", "=", origin[0]),
                ("origin_id", "=", origin[1]),
                ("returned_on", "=", False),
            ]
        )
        by_reward = own.grouped(lambda claim: claim.reward_id.id)
        back, more = self.browse(), {}
        for reward_id in (times.keys() | by_reward.keys()) & counted:
            claims = by_reward.get(reward_id, self.browse())
            wanted = times.get(reward_id, 0) - len(claims)
            if wanted < 0:
                back |= claims[:-wanted]
            elif wanted:
                more[reward_id] = wanted
        if back:
            back._give_back()
        if more:
            self._take(origin, member, branch, moment, more)

    def _give_back(self):
        """Note that these came back: past the ORM, which would write who did it into a fact."""
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_club_reward_claim SET returned_on = %s WHERE id = ANY(%s)"
                " RETURNING id",
                fields.Datetime.now(),
                self.ids,
            )
        )
        self.invalidate_recordset(["returned_on"])

    @api.model
    def _take(self, origin, member, branch, moment, wanted):
        """Note units of limited rewards, each under a free number: one statement.

        :param wanted: dict of reward id to how many.
        :raises ConcurrencyError: when another transaction took one of the numbers at the same
            moment; the request is then tried again, and counts what that one took.
        """
        terms = self.env["loyalty.reward"]._club_all_terms()
        self.flush_model()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO loyalty_club_reward_claim (
                       reward_id, number, member_id, club_id, company_id, branch_id, date,
                       origin_model, origin_id, create_uid, create_date)
                SELECT asked.reward_id, unit.number, %(member)s, %(club)s, %(company)s, %(branch)s,
                       %(date)s, %(model)s, %(id)s, %(user)s, NOW() AT TIME ZONE 'UTC'
                  FROM unnest(%(rewards)s::int[], %(times)s::int[], %(quantities)s::int[])
                       AS asked (reward_id, times, quantity)
                 CROSS JOIN LATERAL (
                       (SELECT free.number
                          FROM generate_series(1, asked.quantity) AS free (number)
                         WHERE NOT EXISTS (
                               SELECT FROM loyalty_club_reward_claim taken
                                WHERE taken.reward_id = asked.reward_id
                                  AND taken.number = free.number AND taken.returned_on IS NULL)
                         ORDER BY RANDOM() LIMIT asked.times)
                       UNION ALL
                       SELECT NULL FROM generate_series(1, asked.times) WHERE asked.quantity = 0
                       ) AS unit
                ON CONFLICT DO NOTHING RETURNING id
                """,
                member=member.id,
                club=member.club_id.id,
                company=member.company_id.id,
                branch=branch.id or None,
                date=moment,
                model=origin[0],
                id=origin[1],
                user=self.env.uid,
                rewards=list(wanted),
                times=list(wanted.values()),
                quantities=[terms[reward_id].quantity for reward_id in wanted],
            )
        )
        if len(inserted) < sum(wanted.values()):
            raise ConcurrencyError("another transaction took the same unit of a reward")

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AGE_GROUPS, AMOUNT_DIGITS, MEMBER_KINDS, REWARDS, SEXES
from .value_rows import unit_values


class LoyaltyClubRewardUse(models.Model):
    """What members spend their value on, beside what they say they like to get.

    One row per entry by which a member spent or converted something.
    """

    _name = "loyalty.club.reward.use"
    _description = "Use of Rewards"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", string="Shop", readonly=True)
    date = fields.Datetime(readonly=True)
    used = fields.Selection(REWARDS, string="Spent on", readonly=True)
    preferred = fields.Selection(REWARDS, string="Says she likes", readonly=True)
    as_preferred = fields.Boolean(
        string="What she likes", readonly=True, help="Spent on what she says she likes."
    )
    sex = fields.Selection(SEXES, readonly=True)
    age_group = fields.Selection(AGE_GROUPS, readonly=True)
    member_kind = fields.Selection(MEMBER_KINDS, readonly=True)
    area_id = fields.Many2one("loyalty.club.area", readonly=True)
    units = fields.Float(digits=AMOUNT_DIGITS, readonly=True, aggregator=None)
    amount = fields.Monetary(
        string="Worth today",
        readonly=True,
        help="In the company's currency: points at the club's value of a point.",
    )

    _depends = {
        "loyalty.club.entry": ["wallet_id", "member_id", "kind", "amount", "branch_id", "date"],
        "loyalty.club.wallet": ["kind_id", "club_id"],
        "loyalty.club.wallet.kind": ["type", "club_id", "currency_id"],
        "loyalty.club.member": [
            "preferred_reward", "sex", "age_group", "kind", "area_id", "company_id",
        ],
        "loyalty.club": ["point_value"],
        "pos.order.line": ["reward_id", "order_id"],
        "loyalty.reward": ["reward_type"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT spent.*, spent.used = spent.preferred AS as_preferred
              FROM (
                SELECT e.id, e.member_id, w.club_id, m.company_id, company.currency_id,
                       e.branch_id, e.date, %(used)s AS used, m.preferred_reward AS preferred,
                       m.sex, m.age_group, m.kind AS member_kind, m.area_id, -e.amount AS units,
                       -e.amount * worth.value AS amount
                  FROM loyalty_club_entry e
                  JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                  JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                  JOIN loyalty_club_member m ON m.id = e.member_id
                  JOIN res_company company ON company.id = m.company_id
                  JOIN %(worth)s AS worth(kind_id, value) ON worth.kind_id = w.kind_id
                 WHERE e.kind IN ('spend', 'capture', 'convert_out')
              ) AS spent
            """,
            used=self._used(),
            worth=unit_values(self.env),
        )

    @api.model
    def _used(self):
        """What an entry (alias ``e``, its kind of value ``k``) was spent on: key of REWARDS."""
        return SQL(
            "CASE WHEN e.kind = 'convert_out' OR k.type <> 'points' THEN 'credit'"
            " WHEN %s THEN 'gift' ELSE 'discount' END",
            self._was_gift(),
        )

    @api.model
    def _was_gift(self):
        """Whether the sale behind an entry gave a product for it; other addons add their sales."""
        return SQL(
            "(e.origin_model = 'pos.order' AND EXISTS ("
            " SELECT FROM pos_order_line l JOIN loyalty_reward r ON r.id = l.reward_id"
            " WHERE l.order_id = e.origin_id AND r.reward_type = 'product'))"
        )

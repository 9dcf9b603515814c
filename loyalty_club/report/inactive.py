from odoo import fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS, MEMBER_KINDS

# Days without a sign from which a member counts as away for so long.
STEPS = (30, 60, 90, 180, 365)


class LoyaltyClubInactive(models.Model):
    """Members by how long they have used nothing of the club: one row per open membership.

    A sign of life is a purchase, or value that the member herself spent, paid in or handed on.
    """

    _name = "loyalty.club.inactive"
    _description = "Inactive Members"
    _auto = False
    _order = "days_idle desc, id"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    member_kind = fields.Selection(MEMBER_KINDS, readonly=True)
    phone = fields.Char(related="partner_id.phone")
    class_id = fields.Many2one("loyalty.club.rfm.class", readonly=True)
    lifecycle_id = fields.Many2one("loyalty.club.lifecycle", string="Stage", readonly=True)
    join_date = fields.Date(string="Joined on", readonly=True)
    last_purchase_on = fields.Date(string="Last purchase", readonly=True)
    last_use_on = fields.Date(
        string="Last use of value",
        readonly=True,
        help="The last day on which the member spent, paid in or handed on value herself.",
    )
    last_sign_on = fields.Date(
        string="Last sign",
        readonly=True,
        help="The later of last purchase and last use of value; the day of joining without either.",
    )
    days_idle = fields.Integer(string="Days idle", readonly=True, aggregator="avg")
    idle = fields.Selection(
        [
            ("0", "Active: less than 30 days"),
            ("30", "30 to 59 days"),
            ("60", "60 to 89 days"),
            ("90", "90 to 179 days"),
            ("180", "180 to 364 days"),
            ("365", "A year and longer"),
        ],
        string="Idle for",
        readonly=True,
    )
    points = fields.Float(
        string="Points held", digits=AMOUNT_DIGITS, readonly=True, help="What waits to be spent."
    )

    _depends = {
        "loyalty.club.member": [
            "partner_id", "club_id", "company_id", "branch_id", "kind", "join_date", "state",
            "merged_into_id", "rfm_id",
        ],
        "loyalty.club.rfm": ["last_purchase_on", "class_id", "lifecycle_id"],
        "loyalty.club.entry": ["member_id", "kind", "date"],
        "loyalty.club.wallet": ["member_id", "kind_id", "balance"],
    }  # fmt: skip

    @property
    def _table_query(self):
        """Of the entries only the last own one of each wallet is looked for, by its index."""
        return SQL(
            """
            SELECT idle.*, %(step)s AS idle
              FROM (
                SELECT m.id, m.id AS member_id, m.partner_id, m.club_id, m.company_id, m.branch_id,
                       m.kind AS member_kind, v.class_id, v.lifecycle_id, m.join_date,
                       v.last_purchase_on, used.last_use_on, used.points,
                       COALESCE(GREATEST(v.last_purchase_on, used.last_use_on), m.join_date)
                           AS last_sign_on,
                       %(today)s::date - COALESCE(
                           GREATEST(v.last_purchase_on, used.last_use_on), m.join_date)
                           AS days_idle
                  FROM loyalty_club_member m
                  LEFT JOIN loyalty_club_rfm v ON v.id = m.rfm_id
                  LEFT JOIN LATERAL (
                        SELECT MAX(last.date)::date AS last_use_on,
                               SUM(w.balance) FILTER (WHERE k.type = 'points') AS points
                          FROM loyalty_club_wallet w
                          JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                          LEFT JOIN LATERAL (
                                SELECT e.date FROM loyalty_club_entry e
                                 WHERE e.wallet_id = w.id
                                   AND e.kind IN ('spend', 'capture', 'topup', 'transfer_out',
                                                  'convert_out')
                                 ORDER BY e.seq DESC LIMIT 1) last ON TRUE
                         WHERE w.member_id = m.id
                       ) used ON TRUE
                 WHERE m.merged_into_id IS NULL AND m.state <> 'closed'
              ) AS idle
            """,
            step=self._step(),
            today=today_in(self.env.company),
        )

    def _step(self):
        """In which of :data:`STEPS` the days of a row (alias ``idle``) are."""
        cases = SQL(" ").join(
            SQL("WHEN idle.days_idle >= %s THEN %s", step, str(step)) for step in STEPS[::-1]
        )
        return SQL("CASE %s ELSE '0' END", cases)

    # === ACTION METHODS === #

    def action_view_members(self):
        """Open these members where they can be chosen for a segment or a charge."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        return dict(action, domain=[("id", "in", self.member_id.ids)], context={})

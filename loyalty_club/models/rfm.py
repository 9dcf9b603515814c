from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in, zone_of
from ..const import AMOUNT_DIGITS
from ..domain.rfm import sql_score_expression

# A purchase with a negative amount undoes an earlier one, for example an invoice reset to draft.
_FREQUENCY = SQL("SUM(CASE WHEN p.refund THEN 0 WHEN p.amount < 0 THEN -1 ELSE 1 END)")


class LoyaltyClubRfm(models.Model):
    """Recency, frequency and monetary value of a member, with scores, total and class.

    Kept beside the member in a narrow table: it is rewritten often, the member is not.
    """

    _name = "loyalty.club.rfm"
    _inherit = ["loyalty.club.fact"]
    _description = "RFM Value"
    _order = "total desc, id"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(related="member_id.branch_id")
    member_kind = fields.Selection(related="member_id.kind")
    member_state = fields.Selection(related="member_id.state", string="Status")
    join_date = fields.Date(related="member_id.join_date")
    recency = fields.Integer(
        string="Recency (days)",
        readonly=True,
        aggregator="avg",
        help="Days from the last purchase to the day of the analysis.",
    )
    frequency = fields.Integer(readonly=True, help="Number of purchases in the window.")
    monetary = fields.Float(
        string="Monetary value",
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="Money spent in the window, returns deducted.",
    )
    r = fields.Integer(readonly=True, aggregator="avg")
    f = fields.Integer(readonly=True, aggregator="avg")
    m = fields.Integer(readonly=True, aggregator="avg")
    scores = fields.Char(compute="_compute_scores", string="R-F-M")
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    class_id = fields.Many2one(
        "loyalty.club.rfm.class", readonly=True, ondelete="set null", index=True
    )

    _member_unique = models.UniqueIndex("(member_id)", "A member has one RFM value.")
    _club_total_index = models.Index("(club_id, total)")

    @api.depends("r", "f", "m")
    def _compute_scores(self):
        for value in self:
            value.scores = f"{value.r}-{value.f}-{value.m}" if value.r else False

    @api.model
    def _fact_refusal(self):
        return self.env._("RFM values are computed from purchases, not typed.")

    @api.model
    def _cron_rebuild(self):
        """Rebuild the values of all clubs, one after the other."""
        for club in self.env["loyalty.club"].search([("active", "=", True)]):
            self._rebuild(club)
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _rebuild(self, clubs, today=None):
        """Compute recency, frequency, monetary value, scores and classes, set-based.

        Scores are quintiles by the average percentile rank of equal values among the
        members with a purchase in the window (:mod:`..domain.rfm` has the rule and its
        SQL twin). Members without one keep a row without scores. Only rows that differ
        are written.

        :param clubs: loyalty.club.
        :param today: day of the analysis (date); today in the company's time zone when None.
        """
        for name in ("loyalty.club.member", "loyalty.club", "loyalty.club.rfm.class"):
            self.env[name].flush_model()
        for club in clubs:
            day = today or today_in(club.company_id)
            self._rebuild_club(club, day)
            # sudo: the time of the last analysis is recorded whoever asked for it
            club.sudo().rfm_computed_on = fields.Datetime.now()
        self.invalidate_model()
        self.env["loyalty.club.member"].invalidate_model(["rfm_id"])

    def _rebuild_club(self, club, day):
        zone = zone_of(club.company_id)
        first = day - timedelta(days=club.rfm_window_days - 1)
        self.env.cr.execute(
            SQL(
                """
                WITH bought AS (
                    SELECT p.member_id,
                           %(day)s - MAX((p.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date)
                               FILTER (WHERE NOT p.refund) AS recency,
                           %(frequency)s AS frequency,
                           SUM(p.amount) AS monetary
                      FROM loyalty_club_purchase p
                     WHERE p.club_id = %(club)s AND p.member_id IS NOT NULL
                       AND p.date >= (%(first)s::timestamp AT TIME ZONE %(zone)s) AT TIME ZONE 'UTC'
                       AND p.date < ((%(day)s + 1)::timestamp AT TIME ZONE %(zone)s)
                                    AT TIME ZONE 'UTC'
                     GROUP BY p.member_id
                    HAVING %(frequency)s > 0
                ), scored AS (
                    SELECT b.*, %(r)s AS r, %(f)s AS f, %(m)s AS m FROM bought b
                ), totalled AS (
                    SELECT s.*, 10 * (%(wr)s * r + %(wf)s * f + %(wm)s * m) AS total
                      FROM scored s
                ), valued AS (
                    SELECT mem.id AS member_id, mem.club_id, t.recency, t.frequency, t.monetary,
                           t.r, t.f, t.m, t.total,
                           (SELECT c.id FROM loyalty_club_rfm_class c
                             WHERE c.club_id = mem.club_id
                               AND (t.total > c.lower_bound
                                    OR c.inclusive AND t.total = c.lower_bound)
                             ORDER BY c.lower_bound DESC, c.inclusive LIMIT 1) AS class_id
                      FROM loyalty_club_member mem
                      LEFT JOIN totalled t ON t.member_id = mem.id
                     WHERE mem.club_id = %(club)s AND mem.merged_into_id IS NULL
                ), stored AS (
                    INSERT INTO loyalty_club_rfm AS old
                           (member_id, club_id, recency, frequency, monetary, r, f, m, total,
                            class_id)
                    SELECT * FROM valued ORDER BY member_id
                    ON CONFLICT (member_id) DO UPDATE
                       SET recency = EXCLUDED.recency, frequency = EXCLUDED.frequency,
                           monetary = EXCLUDED.monetary, r = EXCLUDED.r, f = EXCLUDED.f,
                           m = EXCLUDED.m, total = EXCLUDED.total, class_id = EXCLUDED.class_id
                     WHERE (old.recency, old.frequency, old.monetary, old.r, old.f, old.m,
                            old.total, old.class_id)
                           IS DISTINCT FROM
                           (EXCLUDED.recency, EXCLUDED.frequency, EXCLUDED.monetary, EXCLUDED.r,
                            EXCLUDED.f, EXCLUDED.m, EXCLUDED.total, EXCLUDED.class_id)
                    RETURNING id, member_id
                )
                UPDATE loyalty_club_member mem SET rfm_id = stored.id FROM stored
                 WHERE mem.id = stored.member_id AND mem.rfm_id IS DISTINCT FROM stored.id
                """,
                club=club.id,
                frequency=_FREQUENCY,
                day=day,
                first=first,
                zone=zone,
                r=SQL(sql_score_expression("b.recency", reverse=True)),
                f=SQL(sql_score_expression("b.frequency")),
                m=SQL(sql_score_expression("b.monetary")),
                wr=_weight(club.rfm_weight_recency),
                wf=_weight(club.rfm_weight_frequency),
                wm=_weight(club.rfm_weight_monetary),
            )
        )


def _weight(value):
    return SQL("%s::numeric", str(value))

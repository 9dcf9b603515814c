from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS

# Longer than any transaction: awards of that age and their ids are all there.
_SETTLED = timedelta(hours=1)


class LoyaltyClubEarnTotal(models.Model):
    """What a rule with a limit for all members together had given up to some award.

    A sale adds what came since, so that it never sums up a whole campaign. Nobody's sale writes
    here: tills do not wait for each other.
    """

    _name = "loyalty.club.earn.total"
    _inherit = ["loyalty.club.own.work"]
    _description = "What a Limited Rule Has Given"
    _log_access = False
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "loyalty.club.earn.rule", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True, precompute=True)
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    up_to = fields.Integer(
        string="Up to award", required=True, readonly=True, aggregator=None, help="Its number."
    )
    seen = fields.Integer(string="Newest award seen", required=True, readonly=True, aggregator=None)
    seen_on = fields.Datetime(required=True, readonly=True)

    _rule_unique = models.UniqueIndex("(rule_id)", "There is one total for each rule.")

    @api.model
    def _cron_sum_up(self):
        """Add what was given since the last time, for all rules with a limit, by one statement.

        What is added are awards that had been seen the time before: those of transactions under
        way then are there by now.
        """
        self.env["loyalty.club.earn.rule"].flush_model(["cap_rule_total", "company_id"])
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_earn_total AS t
                            (rule_id, company_id, amount, up_to, seen, seen_on)
                SELECT r.id, r.company_id, 0, 0, newest.id, %(now)s
                  FROM loyalty_club_earn_rule r,
                       (SELECT COALESCE(MAX(id), 0) AS id FROM loyalty_club_earn_award) AS newest
                 WHERE r.cap_rule_total > 0
                ON CONFLICT (rule_id) DO UPDATE
                   SET amount = t.amount + (
                           SELECT COALESCE(SUM(a.amount), 0) FROM loyalty_club_earn_award a
                            WHERE a.rule_id = t.rule_id AND a.id > t.up_to AND a.id <= t.seen),
                       up_to = t.seen,
                       seen = EXCLUDED.seen,
                       seen_on = EXCLUDED.seen_on
                 WHERE t.seen_on <= %(settled)s
                """,
                now=now,
                settled=now - _SETTLED,
            )
        )
        self.invalidate_model(flush=False)

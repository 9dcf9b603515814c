from odoo import fields, models
from odoo.tools import SQL

# A fee that is paid again so many days after its end is still a renewal.
_LATE_DAYS = 30


class LoyaltyClubFeeReport(models.Model):
    """What paid membership and bought levels bring in, and how many go on.

    One row per payment of a fee, or per fee that was given back.
    """

    _name = "loyalty.club.fee.report"
    _description = "Fees: Cash and Renewals"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    tier_id = fields.Many2one(
        "loyalty.club.tier", string="Level", readonly=True, help="Empty: membership itself."
    )
    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [("first", "For the first time"), ("renewal", "Renewal"), ("back", "Given back")],
        string="Paid",
        readonly=True,
    )
    quantity = fields.Integer(string="Fees", readonly=True)
    months = fields.Integer(readonly=True)
    amount = fields.Monetary(
        string="Cash", readonly=True, help="Without tax, less what was given back."
    )
    covers_until = fields.Date(string="Paid until", readonly=True)
    due = fields.Integer(
        string="Ended",
        readonly=True,
        help="Fees whose time is over, and that were not given back.",
    )
    renewed = fields.Integer(
        readonly=True, help="Of those, how many were paid again, at the latest 30 days later."
    )
    renewal_rate = fields.Float(
        string="Renewal rate (%)",
        readonly=True,
        aggregator="avg",
        help="How many of the fees whose time is over were paid again.",
    )

    _depends = {
        "loyalty.club.fee.payment": [
            "member_id", "club_id", "company_id", "tier_id", "date", "quantity", "months",
            "amount", "covers_until", "origin_model", "origin_id", "product_id",
        ],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["tz"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT paid.*, CASE WHEN due = 1 THEN renewed * 100.0 END AS renewal_rate
              FROM (
                SELECT p.id, p.member_id, p.club_id, p.company_id, company.currency_id,
                       p.tier_id, p.date, p.quantity, p.months, p.amount, p.covers_until,
                       CASE WHEN p.quantity < 0 THEN 'back'
                            WHEN before.paid THEN 'renewal' ELSE 'first' END AS kind,
                       due.due, CASE WHEN due.due = 1 AND after.paid THEN 1 ELSE 0 END AS renewed
                  FROM loyalty_club_fee_payment p
                  JOIN res_company company ON company.id = p.company_id
                  JOIN res_partner home ON home.id = company.partner_id
                  JOIN LATERAL (
                    SELECT EXISTS (
                        SELECT FROM loyalty_club_fee_payment b
                         WHERE b.member_id = p.member_id AND b.quantity > 0 AND b.id < p.id
                           AND b.tier_id IS NOT DISTINCT FROM p.tier_id) AS paid
                  ) before ON TRUE
                  JOIN LATERAL (
                    SELECT EXISTS (
                        SELECT FROM loyalty_club_fee_payment a
                         WHERE a.member_id = p.member_id AND a.quantity > 0 AND a.id > p.id
                           AND a.tier_id IS NOT DISTINCT FROM p.tier_id
                           AND a.date <= p.covers_until + %(late)s) AS paid
                  ) after ON TRUE
                  JOIN LATERAL (
                    SELECT CASE WHEN p.quantity > 0 AND SUM(d.quantity) > 0
                                 AND p.covers_until
                                     < (NOW() AT TIME ZONE COALESCE(home.tz, 'UTC'))::date
                                THEN 1 ELSE 0 END AS due
                      FROM loyalty_club_fee_payment d
                     WHERE d.origin_model = p.origin_model AND d.origin_id = p.origin_id
                       AND d.product_id = p.product_id
                  ) due ON TRUE
              ) AS paid
            """,
            late=_LATE_DAYS,
        )

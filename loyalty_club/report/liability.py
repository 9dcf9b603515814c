from odoo import fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS, ENTRY_KINDS
from .value_rows import unit_values

AGES = [
    ("1", "Up to 30 days"),
    ("2", "31 to 90 days"),
    ("3", "91 to 180 days"),
    ("4", "181 to 365 days"),
    ("5", "Older than a year"),
]


class LoyaltyClubLiabilityReport(models.Model):
    """What a club owes at this moment: one row for each lot that still holds something,
    and one, below zero, for each member who owes points."""

    _name = "loyalty.club.liability.report"
    _description = "Liability"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "wallet_id"

    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind_id = fields.Many2one("loyalty.club.wallet.kind", string="Kind of value", readonly=True)
    unit = fields.Char(related="kind_id.unit")
    wallet_id = fields.Many2one("loyalty.club.wallet", readonly=True)
    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    branch_id = fields.Many2one(
        "loyalty.club.branch", readonly=True, help="Where the value came in."
    )
    source = fields.Selection(
        ENTRY_KINDS, string="Came in as", readonly=True, help="The entry that brought it."
    )
    date = fields.Datetime(string="Came in on", readonly=True)
    age = fields.Selection(AGES, readonly=True)
    expires_on = fields.Date(string="Expires on", readonly=True)
    lapsed = fields.Boolean(readonly=True, help="Expired, but not taken from the wallet yet.")
    units = fields.Float(digits=AMOUNT_DIGITS, readonly=True)
    amount = fields.Monetary(
        string="Owed",
        readonly=True,
        help="In the company's currency: points at the club's value of a point, money at "
        "today's rate.",
    )

    _depends = {
        "loyalty.club.lot": ["wallet_id", "entry_id", "date", "remaining", "expires_on"],
        "loyalty.club.wallet": ["balance", "debt", "kind_id", "club_id", "company_id", "member_id"],
        "loyalty.club.entry": ["branch_id", "kind"],
        "loyalty.club.wallet.kind": ["club_id", "currency_id"],
        "loyalty.club": ["point_value"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT part.*, part.units * worth.value AS amount, company.currency_id,
                   CASE WHEN part.date >= %(now)s - INTERVAL '30 days' THEN '1'
                        WHEN part.date >= %(now)s - INTERVAL '90 days' THEN '2'
                        WHEN part.date >= %(now)s - INTERVAL '180 days' THEN '3'
                        WHEN part.date >= %(now)s - INTERVAL '365 days' THEN '4'
                        ELSE '5' END AS age,
                   COALESCE(part.expires_on < %(today)s, FALSE) AS lapsed
              FROM (
                SELECT l.id, w.id AS wallet_id, w.kind_id, w.club_id, w.company_id, w.member_id,
                       e.branch_id, e.kind AS source, l.date, l.expires_on, l.remaining AS units
                  FROM loyalty_club_lot l
                  JOIN loyalty_club_wallet w ON w.id = l.wallet_id
                  JOIN loyalty_club_entry e ON e.id = l.entry_id
                 WHERE l.remaining > 0
                UNION ALL
                SELECT -w.id, w.id, w.kind_id, w.club_id, w.company_id, w.member_id,
                       last.branch_id, last.kind, last.date, NULL, w.balance
                  FROM loyalty_club_wallet w
                  JOIN loyalty_club_entry last ON last.wallet_id = w.id AND last.seq = w.seq
                 WHERE w.debt AND w.balance < 0
              ) AS part
              JOIN res_company company ON company.id = part.company_id
              JOIN %(worth)s AS worth(kind_id, value) ON worth.kind_id = part.kind_id
            """,
            now=fields.Datetime.now(),
            today=fields.Date.context_today(self),
            worth=unit_values(self.env),
        )

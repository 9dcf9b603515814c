from odoo import fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS, ENTRY_KINDS
from ..domain.posting import COUNTER_ROLES, ROLES, SALE_MODELS, counter_role
from .value_rows import unit_values


def _role_case():
    """SQL twin of ``domain.posting.counter_role``, made from its table."""
    sold = SQL("e.origin_model IN %s", SALE_MODELS)
    whens = [
        SQL("WHEN e.kind = %s AND %s THEN %s", kind, sold, counter_role(kind, True))
        for kind in COUNTER_ROLES
        if counter_role(kind, True) != counter_role(kind)
    ]
    whens += [SQL("WHEN e.kind = %s THEN %s", kind, role) for kind, role in COUNTER_ROLES.items()]
    return SQL("CASE %s END", SQL(" ").join(whens))


class LoyaltyClubMovementReport(models.Model):
    """Ledger entries in money: what rewards cost, what lapsed, what was sold and spent."""

    _name = "loyalty.club.movement.report"
    _description = "Value Movement"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one("loyalty.club.entry", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind_id = fields.Many2one("loyalty.club.wallet.kind", string="Kind of value", readonly=True)
    unit = fields.Char(related="kind_id.unit")
    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True)
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(ENTRY_KINDS, string="Reason", readonly=True)
    role = fields.Selection(
        ROLES,
        string="Account",
        readonly=True,
        help="What stands against the entry in the general ledger.",
    )
    units = fields.Float(digits=AMOUNT_DIGITS, readonly=True)
    amount = fields.Monetary(
        string="Worth today",
        readonly=True,
        help="In the company's currency, at today's value of a point and today's rates. The "
        "journal entries have the values of their days.",
    )

    _depends = {
        "loyalty.club.entry": ["wallet_id", "amount", "kind", "branch_id", "date", "origin_model"],
        "loyalty.club.wallet": ["kind_id"],
        "loyalty.club.wallet.kind": ["club_id", "currency_id"],
        "loyalty.club": ["point_value"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT e.id, e.id AS entry_id, e.club_id, e.company_id, company.currency_id,
                   w.kind_id, e.member_id, e.branch_id, e.date, e.kind, %(role)s AS role,
                   e.amount AS units, e.amount * worth.value AS amount
              FROM loyalty_club_entry e
              JOIN loyalty_club_wallet w ON w.id = e.wallet_id
              JOIN res_company company ON company.id = e.company_id
              JOIN %(worth)s AS worth(kind_id, value) ON worth.kind_id = w.kind_id
            """,
            role=_role_case(),
            worth=unit_values(self.env),
        )

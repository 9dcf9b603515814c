from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS
from .append_only import freeze_table

_COLUMNS = SQL(
    "entry_id, version_id, rule_id, member_id, club_id, company_id, kind_id, date, amount, base,"
    " quantity, exact, capped"
)
CAPS = [
    ("sale", "Most for one purchase"),
    ("member_day", "Most for a member in a day"),
    ("member_month", "Most for a member in a month"),
    ("member_total", "Most for a member in all"),
    ("rule_total", "Most for all members together"),
]


class LoyaltyClubEarnAward(models.Model):
    """What one rule gave for one sale: the parts of an earned entry, with the numbers.

    Goods that come back take their part back by rows with negative amounts, dated as the sale,
    so that the sum of a rule, of a day or of a month is what it gave for what was kept.
    """

    _name = "loyalty.club.earn.award"
    _inherit = ["loyalty.club.fact"]
    _description = "What an Earning Rule Gave"
    _order = "id desc"
    _log_access = False
    _rec_name = "version_id"
    _repointable = frozenset({"member_id"})

    entry_id = fields.Many2one(
        "loyalty.club.entry",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="What was earned by the sale, also where a part of it was taken back.",
    )
    version_id = fields.Many2one(
        "loyalty.club.earn.version",
        string="Terms",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    rule_id = fields.Many2one("loyalty.club.earn.rule", readonly=True, ondelete="restrict")
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kind of value",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    unit = fields.Char(related="kind_id.unit")
    date = fields.Datetime(required=True, readonly=True, help="When the goods were bought.")
    amount = fields.Float(
        digits=AMOUNT_DIGITS,
        required=True,
        readonly=True,
        help="Negative: taken back for goods that came back.",
    )
    base = fields.Float(
        string="Amount of the goods", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    quantity = fields.Float(string="Units", digits=AMOUNT_DIGITS, readonly=True, aggregator=None)
    exact = fields.Float(
        string="Before rounding and limits", digits=(20, 6), readonly=True, aggregator=None
    )
    capped = fields.Selection(CAPS, string="Cut by", readonly=True)
    explanation = fields.Char(
        string="What it gave and why", compute="_compute_explanation", compute_sudo=True
    )

    # A sale that is sent again adds nothing; goods may come back in several parts.
    _once = models.UniqueIndex(
        "(entry_id, version_id) WHERE amount > 0", "What this rule gave is noted already."
    )
    _entry_index = models.Index("(entry_id)")
    _member_index = models.Index("(member_id, rule_id, date) INCLUDE (amount)")
    _rule_index = models.Index("(rule_id, id) INCLUDE (amount) WHERE rule_id IS NOT NULL")

    def init(self):
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    # === COMPUTE METHODS === #

    @api.depends("version_id", "amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for award, text in zip(self, self._explain(), strict=True):
            award.explanation = text

    # === CRUD METHODS === #

    @api.model
    def _fact_refusal(self):
        return self.env._(
            "What a rule gave for a sale is a fact. Take goods back, or adjust the balance."
        )

    # === BUSINESS METHODS === #

    @api.model
    def _insert(self, rows):
        """Write what rules gave, by one statement; what is noted already stays.

        :param rows: list of dicts with the columns.
        """
        if not rows:
            return
        types = {"date": "timestamp", "amount": "numeric", "base": "numeric", "capped": "text",
                 "exact": "numeric", "quantity": "numeric"}  # fmt: skip
        names = [name.strip() for name in _COLUMNS.code.split(",")]
        arrays = SQL(", ").join(
            SQL("%s::" + types.get(name, "int") + "[]", [row.get(name) for row in rows])
            for name in names
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_earn_award (%s) SELECT * FROM unnest(%s)"
                " ON CONFLICT (entry_id, version_id) WHERE amount > 0 DO NOTHING",
                _COLUMNS,
                arrays,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _net_of(self, entries):
        """What each rule gave for the sales behind ``entries``, and what is left of it.

        :returns: dict of entry id to dict of version id to a row: ``given`` and ``left``
            (Decimals), ``kind_id``, ``rule_id``, ``member_id``, ``club_id``, ``company_id``
            and ``date``.
        """
        found = {}
        if not entries:
            return found
        self.env.cr.execute(
            SQL(
                """
                SELECT entry_id, version_id, kind_id, rule_id, member_id, club_id, company_id,
                       MIN(date), SUM(amount) FILTER (WHERE amount > 0)::text, SUM(amount)::text
                  FROM loyalty_club_earn_award
                 WHERE entry_id = ANY(%s)
                 GROUP BY entry_id, version_id, kind_id, rule_id, member_id, club_id, company_id
                 ORDER BY MIN(id)
                """,
                entries.ids,
            )
        )
        for (
            entry,
            version,
            kind,
            rule,
            member,
            club,
            company,
            day,
            given,
            left,
        ) in self.env.cr.fetchall():
            found.setdefault(entry, {})[version] = {
                "kind_id": kind,
                "rule_id": rule,
                "member_id": member,
                "club_id": club,
                "company_id": company,
                "date": day,
                "given": Decimal(given or 0),
                "left": Decimal(left),
            }
        return found


class LoyaltyClubMember(models.Model):
    """What rules gave counts for whom a membership was merged into: her caps do not begin anew."""

    _inherit = "loyalty.club.member"

    def _move_journal(self, survivor):
        result = super()._move_journal(survivor)
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_earn_award SET member_id = %s WHERE member_id = %s",
                survivor.id,
                self.id,
            )
        )
        self.env["loyalty.club.earn.award"].invalidate_model(["member_id"], flush=False)
        return result

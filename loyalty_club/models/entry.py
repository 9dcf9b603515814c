from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS, ENTRY_KINDS
from .append_only import freeze_table


class LoyaltyClubEntry(models.Model):
    """One movement of value in one wallet. Written by the ledger, never changed again."""

    _name = "loyalty.club.entry"
    _inherit = ["loyalty.club.fact"]
    _description = "Ledger Entry"
    _order = "id desc"
    _log_access = False  # date and user are facts of the entry itself
    _erasable = frozenset({"note"})

    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict"
    )
    kind_id = fields.Many2one(related="wallet_id.kind_id")
    unit = fields.Char(related="kind_id.unit")
    member_id = fields.Many2one(
        "loyalty.club.member", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(
        "loyalty.club.branch", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    seq = fields.Integer(string="No.", required=True, readonly=True, aggregator=False)
    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(ENTRY_KINDS, string="Reason", required=True, readonly=True)
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    balance_after = fields.Float(
        string="Balance after", digits=AMOUNT_DIGITS, required=True, readonly=True, aggregator=False
    )
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    note = fields.Char(readonly=True)
    idempotency_key = fields.Char(
        required=True,
        readonly=True,
        # Who knows a key could ask a till's door for what was booked under it.
        groups="loyalty_club.group_manager,loyalty_club.group_auditor",
    )
    reverses_id = fields.Many2one(
        "loyalty.club.entry", string="Takes back", readonly=True, ondelete="restrict"
    )
    reversal_ids = fields.One2many("loyalty.club.entry", "reverses_id", readonly=True)
    allocation_ids = fields.One2many("loyalty.club.allocation", "entry_id", readonly=True)
    lot_ids = fields.One2many("loyalty.club.lot", "entry_id", readonly=True)
    seal = fields.Char(required=True, readonly=True)
    key_id = fields.Char(required=True, readonly=True, help="Which secret key sealed it.")

    _key_unique = models.Constraint("UNIQUE (idempotency_key)", "This movement was already booked.")
    _not_zero = models.Constraint("CHECK (amount <> 0)", "An entry moves something.")
    _seq_unique = models.UniqueIndex("(wallet_id, seq)", "Entries of a wallet are numbered.")
    _origin_index = models.Index("(origin_model, origin_id)")
    _reverses_index = models.Index("(reverses_id) WHERE reverses_id IS NOT NULL")
    _report_index = models.Index("(company_id, date)")

    def init(self):
        freeze_table(self.env.cr, self._table, erasable=sorted(self._erasable))

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "seq")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.wallet_id.display_name} #{entry.seq}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise UserError(
                self.env._("Entries are made by the ledger itself. Use “Adjust balance” instead.")
            )
        return super().create(vals_list)

    @api.model
    def _fact_refusal(self):
        return self.env._(
            "A ledger entry is never changed or deleted. Book another one that takes it back."
        )

    # === BUSINESS METHODS === #

    def _lapsed(self):
        """How much of what these credits brought in has expired.

        :returns: dict of entry id to positive Decimal; entries of which nothing has are missing.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT l.entry_id, SUM(a.amount)::text
                  FROM loyalty_club_lot l
                  JOIN loyalty_club_allocation a ON a.lot_id = l.id
                  JOIN loyalty_club_entry e ON e.id = a.entry_id
                 WHERE l.entry_id = ANY(%s) AND e.kind = 'expire'
                 GROUP BY l.entry_id
                """,
                self.ids,
            )
        )
        return {entry: Decimal(amount) for entry, amount in self.env.cr.fetchall()}

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document behind the entry.

        :raises UserError: when the entry has none, or it is gone.
        """
        return self._open_origin(self.env._("No document stands behind this entry."))

from odoo import api, fields, models

from ..const import AMOUNT_DIGITS
from ..domain.posting import ROLES
from .wallet_kind_accounts import VALUE_DIGITS


class LoyaltyClubLedgerPostingLine(models.Model):
    """What a posting books on one account for one kind of value.

    The closing line of a kind stands for its liability account and says what the wallets
    held when the day was over.
    """

    _name = "loyalty.club.ledger.posting.line"
    _inherit = ["loyalty.club.own.work"]
    _description = "General Ledger Posting Line"
    _order = "posting_id desc, kind_id, id"

    posting_id = fields.Many2one(
        "loyalty.club.ledger.posting", required=True, readonly=True, ondelete="cascade", index=True
    )
    club_id = fields.Many2one(related="posting_id.club_id")
    company_id = fields.Many2one(related="posting_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="posting_id.date")
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kind of value",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    unit = fields.Char(related="kind_id.unit")
    role = fields.Selection(ROLES, required=True, readonly=True)
    account_id = fields.Many2one("account.account", readonly=True, ondelete="restrict")
    units = fields.Float(
        digits=AMOUNT_DIGITS, readonly=True, help="What moved since the posting before."
    )
    value = fields.Float(
        string="Unit value",
        digits=VALUE_DIGITS,
        readonly=True,
        help="Money that one unit was worth when the day was over.",
    )
    balance = fields.Monetary(readonly=True, help="Debit less credit.")
    debit = fields.Monetary(string="Account debit", compute="_compute_debit_credit")
    credit = fields.Monetary(string="Account credit", compute="_compute_debit_credit")

    closing = fields.Boolean(readonly=True)
    closing_units = fields.Float(string="In wallets", digits=AMOUNT_DIGITS, readonly=True)
    closing_amount = fields.Monetary(
        string="Owed", readonly=True, help="What the club owes after this posting."
    )

    # --- the reconciliation, now, of the club's last posting
    wallets_amount = fields.Monetary(
        string="Wallets",
        compute="_compute_reconciliation",
        help="What the wallets were worth when the day was over.",
    )
    account_amount = fields.Monetary(
        string="On the account",
        compute="_compute_reconciliation",
        help="What the liability account says is owed.",
    )
    other_amount = fields.Monetary(
        string="Other entries",
        compute="_compute_reconciliation",
        help="Part of it that other journal entries brought to the account. Move it elsewhere.",
    )
    later_amount = fields.Monetary(
        string="Not posted yet",
        compute="_compute_reconciliation",
        help="Came in after this posting, or was reversed. The next posting books it.",
    )
    difference = fields.Monetary(
        compute="_compute_reconciliation", help="Account less wallets. Nothing when all is well."
    )

    # === COMPUTE METHODS === #

    @api.depends("balance")
    def _compute_debit_credit(self):
        for line in self:
            line.debit = max(line.balance, 0.0)
            line.credit = max(-line.balance, 0.0)

    @api.depends("kind_id.name", "role", "units")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{line.kind_id.name} · {roles.get(line.role, '')}"

    def _compute_reconciliation(self):
        clubs = self.filtered(lambda line: line.closing and line.posting_id.latest).club_id
        found = {
            (row.posting.id, row.kind.id): row
            for row in self.env["loyalty.club.ledger.posting"]._reconcile(clubs)
        }
        for line in self:
            row = found.get((line.posting_id.id, line.kind_id.id)) if line.closing else None
            line.wallets_amount = row and float(row.wallets)
            line.account_amount = row and float(row.account)
            line.other_amount = row and float(row.other)
            line.later_amount = row and float(row.later)
            line.difference = row and float(row.difference)

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from ..domain import posting
from ..domain.posting import last_period_end
from .wallet_kind_accounts import ACCOUNT_FIELDS

# What “Set up accounts” makes: the type of the account, and where its code starts when the
# chart has none of that type.
_PRESETS = {
    posting.LIABILITY: ("liability_current", "210000"),
    posting.COST: ("expense", "600000"),
    posting.CLEARING: ("asset_current", "110000"),
    posting.BREAKAGE: ("income_other", "450000"),
    posting.FEE: ("income_other", "450000"),
}


class LoyaltyClub(models.Model):
    """How a club's value comes onto the books of its company."""

    _inherit = "loyalty.club"
    _check_company_auto = True

    ledger_journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('type', '=', 'general')]",
        help="Journal of the entries by which the general ledger follows the wallets.",
    )
    ledger_period = fields.Selection(
        [
            ("none", "By hand"),
            ("daily", "Every day"),
            ("monthly", "Every month"),
            ("jalali", "Every month of the Persian calendar"),
        ],
        string="Post to the general ledger",
        required=True,
        default="none",
        help="When a period has ended, what moved in it is posted in the following night.",
    )
    ledger_problem = fields.Text(
        string="Not posted", readonly=True, copy=False, help="Why the last night posted nothing."
    )
    ledger_posting_count = fields.Integer(compute="_compute_ledger_posting_count")

    # === COMPUTE METHODS === #

    def _compute_ledger_posting_count(self):
        # sudo: how many there are is no secret of those who may see the club
        counts = dict(
            self.env["loyalty.club.ledger.posting"]
            .sudo()
            ._read_group([("club_id", "in", self.ids)], ["club_id"], ["__count"])
        )
        for club in self:
            club.ledger_posting_count = counts.get(club, 0)

    # === ACTION METHODS === #

    def action_set_up_accounts(self):
        """Make the accounts and the journal that are still missing, and choose them.

        Each kind of value gets a liability account; the others are shared. Products that sell
        stored value, and those that stand for discounts paid with it, get the clearing
        account as their income account, where they have none of their own.

        :raises AccessError: for anyone who may not make accounts, or change the club.
        :raises UserError: when the company has no chart of accounts.
        """
        self.ensure_one()
        self.check_access("write")
        club = self.with_company(self.company_id)
        if not club.env["account.account"].has_access("create"):
            raise AccessError(
                self.env._(
                    "New accounts are made by an accountant. Ask one who is also a manager of the "
                    "club, or choose existing accounts on the kinds of value."
                )
            )
        if not club.env["account.account"].search_count(
            [("company_ids", "parent_of", club.company_id.id)], limit=1
        ):
            raise UserError(
                self.env._(
                    "%(company)s has no chart of accounts yet. Install one in the settings of "
                    "Invoicing first.",
                    company=club.company_id.name,
                )
            )
        if not club.ledger_journal_id:
            club.ledger_journal_id = club._find_or_make_journal()
        club._fill_accounts()
        club._route_products()
        return True

    # === BUSINESS METHODS === #

    def _ledger_day_due(self, today):
        """Last day of the period that is to be posted now, or None.

        :param today: the date in the company's time zone.
        """
        self.ensure_one()
        return None if self.ledger_period == "none" else last_period_end(self.ledger_period, today)

    def _find_or_make_journal(self):
        Journal = self.env["account.journal"]
        code = "CLUB"
        return Journal.search(
            [("company_id", "=", self.company_id.id), ("code", "=", code)], limit=1
        ) or Journal.create(
            {
                "name": self.env._("Customer club"),
                "code": code,
                "type": "general",
                "company_id": self.company_id.id,
            }
        )

    def _fill_accounts(self):
        """Give every kind of value the accounts it lacks."""
        kinds = self.with_context(active_test=False).kind_ids
        names = self._account_names()
        for role in _PRESETS:
            field = ACCOUNT_FIELDS[role]
            lacking = kinds.filtered(lambda kind, f=field: not kind[f])
            if role == posting.LIABILITY:
                for kind in lacking:
                    kind[field] = self._make_account(role, kind)
            elif lacking:
                shared = kinds[field][:1] or self._make_account(role, kinds[:0], names[role])
                lacking.write({field: shared.id})

    def _account_names(self):
        return {
            posting.COST: self.env._("Customer club: reward cost"),
            posting.CLEARING: self.env._("Customer club: clearing"),
            posting.BREAKAGE: self.env._("Customer club: breakage"),
            posting.FEE: self.env._("Customer club: fees"),
        }

    def _make_account(self, role, kind, name=None):
        """A new account behind the last one of its type.

        :param kind: the kind of value it is for, or none when it is shared.
        """
        Account = self.env["account.account"]
        account_type, start = _PRESETS[role]
        if kind.type == "debt":
            account_type, start = _PRESETS[posting.CLEARING]
        last = Account.search(
            [
                ("company_ids", "parent_of", self.company_id.id),
                ("account_type", "=", account_type),
                ("code", "!=", False),
            ],
            order="code desc",
            limit=1,
        )
        return Account.create(
            {
                "name": name or self.env._("Customer club: %(kind)s", kind=kind.name),
                "code": Account._search_new_account_code(last.code or start),
                "account_type": account_type,
                "company_ids": [Command.link(self.company_id.id)],
            }
        )

    def _route_products(self):
        """Let sales of stored value, and discounts paid with it, meet the wallets on the
        clearing account."""
        # sudo: the accounts of the club's own products; who may make accounts may say so
        for kind in self.sudo().kind_ids:
            programs = kind.program_ids
            products = programs.reward_ids.discount_line_product_id
            if kind.type != "points":
                products |= programs.rule_ids.product_ids
            products.filtered(
                lambda product: not product.property_account_income_id
            ).property_account_income_id = kind.clearing_account_id

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import AMOUNT_DIGITS
from .wallet_posting import Posting

# What only the ledger's own door may set.
LEDGER_FIELDS = {"balance", "held", "pending", "seq", "head", "kind_id", "member_id", "debt"}


class _Together(Exception):
    """One movement of several was refused: none is booked."""


class LoyaltyClubWallet(models.Model):
    """Value of one kind that belongs to one member, or to the bearer of a card.

    ``balance`` is moved by :meth:`_post` alone, and is at any time the sum of the
    wallet's entries and of what is left in its lots.
    """

    _name = "loyalty.club.wallet"
    _inherit = ["loyalty.club.own.work"]
    _description = "Wallet"
    _order = "id desc"

    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", required=True, readonly=True, ondelete="restrict", index=True
    )
    type = fields.Selection(related="kind_id.type")
    club_id = fields.Many2one(
        related="kind_id.club_id", store=True, precompute=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="kind_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="kind_id.currency_id")
    unit = fields.Char(related="kind_id.unit")
    member_id = fields.Many2one(
        "loyalty.club.member",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the value belongs to whoever holds the card.",
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    debt = fields.Boolean(compute="_compute_debt", store=True, precompute=True, readonly=True)
    balance = fields.Float(digits=AMOUNT_DIGITS, readonly=True, default=0.0)
    held = fields.Float(digits=AMOUNT_DIGITS, readonly=True, default=0.0)
    pending = fields.Float(
        string="Pending value",
        digits=AMOUNT_DIGITS,
        readonly=True,
        default=0.0,
        help="Earned, and to be used when the time for returns is over.",
    )
    available = fields.Float(
        compute="_compute_available",
        digits=AMOUNT_DIGITS,
        help="What can be used now: the balance without what is held and pending.",
    )
    seq = fields.Integer(string="Entries", readonly=True, default=0)
    head = fields.Char(readonly=True, help="Seal of the last entry.")
    state = fields.Selection(
        [("active", "Active"), ("blocked", "Blocked")],
        string="Status",
        required=True,
        readonly=True,
        default="active",
    )
    valid_until = fields.Date(
        string="Valid until", readonly=True, help="Last day on which it may be spent."
    )
    card_ids = fields.One2many("loyalty.card", "club_wallet_id", string="Cards", readonly=True)
    entry_ids = fields.One2many("loyalty.club.entry", "wallet_id", readonly=True)
    lot_ids = fields.One2many("loyalty.club.lot", "wallet_id", readonly=True)
    hold_ids = fields.One2many("loyalty.club.hold", "wallet_id", readonly=True)

    _balance_sound = models.Constraint(
        "CHECK (CASE WHEN debt THEN balance <= 0 AND held = 0 AND pending = 0"
        " ELSE balance >= 0 AND held >= 0 AND held <= balance AND pending >= 0 END)",
        "A wallet cannot go below zero.",
    )
    _one_per_member = models.UniqueIndex(
        "(member_id, kind_id) WHERE member_id IS NOT NULL",
        "A member has one wallet of each kind.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind_id.type")
    def _compute_debt(self):
        for wallet in self:
            wallet.debt = wallet.kind_id.type == "debt"

    @api.depends("balance", "held", "pending")
    def _compute_available(self):
        for wallet in self:
            free = wallet.balance - wallet.held - wallet.pending
            # Lots whose day has come pay at once, though they are shown as pending until the
            # cron has run: for so long more may be held than is shown as available.
            wallet.available = free if wallet.debt else max(free, 0.0)

    @api.depends("kind_id.name", "member_id.number")
    def _compute_display_name(self):
        for wallet in self:
            holder = wallet.member_id.number or self.env._("Bearer %(id)s", id=wallet.id)
            wallet.display_name = f"{wallet.kind_id.name} · {holder}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any({"balance", "held", "pending", "seq", "head"} & vals.keys() for vals in vals_list):
            raise UserError(self.env._("A wallet starts empty; value enters it as ledger entries."))
        return super().create(vals_list)

    def write(self, vals):
        if LEDGER_FIELDS & vals.keys():
            raise UserError(
                self.env._("Balances move only by ledger entries. Use “Adjust balance” instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if any(wallet.seq for wallet in self):
            raise UserError(self.env._("A wallet with entries is kept. Block it instead."))

    # === ACTION METHODS === #

    def action_view_entries(self):
        """Open the wallet's entries."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        return dict(action, domain=[("wallet_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    @api.model
    def _post(self, movements):
        """The ledger's one door: book ``movements``, each at most once.

        The movements of one wallet in one call stand or fall together; within a wallet
        debits come before credits. Costs 2 statements for credits, 1 more for debits; where
        another transaction may overtake ours 1 more, and a savepoint for debits; whatever the
        number of movements. Takes row locks on the wallets in id order and keeps them until
        the transaction ends.

        :param movements: iterable of :class:`~..movement.Movement`.
        :returns: list of :class:`~..movement.Outcome`, in the same order. A business
            refusal (too little, blocked, expired, key reused) is an outcome, not an error.
        :raises ValueError: for a movement that no caller should ask for (zero, an
            unknown kind, a fraction of the smallest step, an unknown wallet).
        :raises ConcurrencyError: when another transaction posted the same key at the
            same moment; the request is then tried again and finds the answer.
        """
        return Posting(self.env, list(movements)).run()

    def _post_or_raise(self, movements):
        """As :meth:`_post`, for documents that must not go on when one part is refused.

        :raises UserError: with the reason, when any movement is refused; the caller's
            transaction is then rolled back as a whole.
        """
        movements = list(movements)
        outcomes = self._post(movements)
        refusal = self._refusal_text_in(movements, outcomes)
        if refusal:
            raise UserError(refusal)
        return outcomes

    @api.model
    def _refusal_text_in(self, movements, outcomes):
        """A sentence for the first of ``outcomes`` that is refused for a reason of its own;
        None when nothing is."""
        for movement, outcome in zip(movements, outcomes, strict=True):
            if not outcome.ok and outcome.reason != "together":
                wallet = self.browse(movement.wallet_id)
                return wallet._refusal_text_of(outcome.reason, outcome.balance)
        return None

    @api.model
    def _post_together(self, movements):
        """As :meth:`_post`, but all or nothing over several wallets.

        :returns: list of outcomes; when one is refused, all are: the others with the reason
            ``together`` and nothing booked.
        """
        movements = list(movements)
        try:
            with self.env.cr.savepoint():
                outcomes = self._post(movements)
                if not all(outcome.ok for outcome in outcomes):
                    raise _Together
        except _Together:
            self.env.invalidate_all(flush=False)
            outcomes = [
                outcome._replace(status="refused", reason="together", entry_id=None)
                if outcome.status == "posted"
                else outcome
                for outcome in outcomes
            ]
        return outcomes

    @api.model
    def _audit_report(self):
        """Audit the whole ledger for the command line.

        :returns: dict with ``ok`` and ``text``.
        """
        return self.env["loyalty.club.audit"]._run()

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CARD_DISCOUNT_MODES, CARD_TYPES

_OPENINGS = 100


class LoyaltyClubCardIssue(models.TransientModel):
    """Issue cards: one to a member, one to each of many, or a batch for stock."""

    _name = "loyalty.club.card.issue"
    _description = "Issue Cards"

    target = fields.Selection(
        [("members", "Members"), ("stock", "Stock")], string="For", required=True, default="members"
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        compute="_compute_club_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    member_ids = fields.Many2many(
        "loyalty.club.member",
        string="Members",
        domain="[('club_id', '=', club_id), ('state', '!=', 'closed')]",
    )
    member_count = fields.Integer(compute="_compute_member_count")
    type = fields.Selection(CARD_TYPES, required=True, default="physical")
    branch_id = fields.Many2one(
        "loyalty.club.branch",
        ondelete="cascade",
        domain="[('club_id', '=', club_id)]",
        help="The shop that issues the cards, or has them in stock. Empty: the member's home shop.",
    )
    number = fields.Char(
        string="Card number",
        help="Scan or type the number of a card in stock. Empty: a new number is made.",
    )
    register = fields.Boolean(
        string="Take a number the club does not know",
        help="For cards that were printed elsewhere.",
    )
    uid = fields.Char(string="Chip", help="Hold the card to the reader.")
    expires_on = fields.Date(string="Valid until", help="Empty: as the club says.")
    discount_percent = fields.Float(
        string="Discount (%)",
        digits=(5, 2),
        compute="_compute_discount",
        store=True,
        readonly=False,
    )
    discount_mode = fields.Selection(
        CARD_DISCOUNT_MODES,
        string="The discount is",
        compute="_compute_discount",
        store=True,
        readonly=False,
    )
    reason = fields.Char()

    # --- an opening amount
    currency_id = fields.Many2one(related="club_id.currency_id")
    opening_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kind of credit",
        ondelete="cascade",
        domain="[('club_id', '=', club_id), ('type', 'in', ('ewallet', 'cashback'))]",
    )
    opening_amount = fields.Float(
        string="Opening amount", digits=(20, 3), help="Credit that each of the members gets."
    )

    # --- a batch
    name = fields.Char(string="Batch")
    numbering = fields.Selection(
        [("own", "New numbers of the club"), ("printed", "Numbers that are printed already")],
        string="Numbers",
        required=True,
        default="own",
    )
    count = fields.Integer(string="How many", default=100)
    first_number = fields.Char(string="First number")
    last_number = fields.Char(string="Last number")

    # === COMPUTE METHODS === #

    @api.depends("member_ids")
    def _compute_club_id(self):
        for wizard in self:
            own = self.env["loyalty.club"]._for_company(self.env.company)
            wizard.club_id = wizard.member_ids.club_id[:1] or wizard.club_id or own

    @api.depends("club_id")
    def _compute_discount(self):
        for wizard in self:
            wizard.discount_mode = wizard.club_id.card_discount_mode or "none"
            wizard.discount_percent = wizard.club_id.card_discount_percent

    @api.depends("member_ids")
    def _compute_member_count(self):
        for wizard in self:
            wizard.member_count = len(wizard.member_ids)

    # === ACTION METHODS === #

    def action_issue(self):
        """Issue the cards, and show them.

        :raises AccessError: for anyone but a club user; discounts, opening amounts and batches
            are a club manager's.
        :raises UserError: when something is missing or cannot be had.
        """
        self.ensure_one()
        self.club_id.check_access("read")
        if self.target == "stock":
            return self._shown("loyalty.club.card.batch", self._make_batch())
        cards = self._issue_to_members()
        self.uid = False  # a card keeps it sealed; here it has done its work
        self._give_opening()
        return self._shown("loyalty.club.card", cards)

    # === BUSINESS METHODS === #

    def _issue_to_members(self):
        if not self.member_ids:
            raise UserError(self.env._("Choose the members who get a card."))
        if len(self.member_ids) > 1 and (self.number or self.uid):
            raise UserError(self.env._("One number or chip is one member's card."))
        return self.env["loyalty.club.card"]._issue(
            self.club_id,
            self.member_ids,
            type=self.type,
            number=self.number,
            uid=self.uid,
            branch=self.branch_id,
            register=self.register and bool(self.number),
            reason=self.reason,
            **self._terms(),
        )

    def _make_batch(self):
        printed = self.numbering == "printed"
        if printed and not (self.first_number and self.last_number):
            raise UserError(self.env._("Enter the first and the last number of the cards."))
        return self.env["loyalty.club.card.batch"]._make(
            self.club_id,
            self.name or self.env._("Cards of %(day)s", day=fields.Date.context_today(self)),
            count=self.count,
            first=self.first_number if printed else None,
            last=self.last_number if printed else None,
            branch=self.branch_id,
            type=self.type,
            **self._terms(),
        )

    def _terms(self):
        mode = self.discount_mode or "none"
        discount = self.discount_percent if mode != "none" else 0
        usual = self.club_id._card_defaults()
        chosen = {"discount_percent": discount, "discount_mode": mode} if discount else {}
        if self.target != "stock" and chosen == usual:
            return {"expires_on": self.expires_on}
        return {
            "expires_on": self.expires_on,
            "discount_percent": discount,
            "discount_mode": mode if discount else "none",
        }

    def _give_opening(self):
        """Ask for the opening amount of each member, as any adjustment is asked for."""
        if not self.opening_amount:
            return
        if not self.opening_kind_id or self.opening_kind_id.club_id != self.club_id:
            raise UserError(self.env._("Choose the kind of credit that is put on the cards."))
        if len(self.member_ids) > _OPENINGS:
            raise UserError(
                self.env._(
                    "At most %(count)s members get an opening amount at a time. For more use an "
                    "occasion charge.",
                    count=_OPENINGS,
                )
            )
        adjustments = self.env["loyalty.club.adjustment"]
        adjustments._check_manager(self.env._("Only a club manager puts credit on cards."))
        kind = self.opening_kind_id
        wallets = kind.sudo()._wallets_of(self.member_ids)  # sudo: wallets are opened by our code
        # sudo: as for the wallets; through these cards tills see them
        self.env["loyalty.card"].sudo()._club_create_for(kind.sudo(), wallets.values())
        reason = self.reason or self.env._("Opening amount of a card")
        for wallet in wallets.values():
            adjustments._request(wallet.sudo(False), Decimal(str(self.opening_amount)), reason)

    def _shown(self, model, records):
        one = len(records) == 1
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cards"),
            "res_model": model,
            "res_id": records.id if one else False,
            "views": [(False, "form")] if one else [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
        }

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..const import AMOUNT_DIGITS
from ..movement import Authority, authority

MOST_CARDS = 1000
_BEARER = ("gift_card", "voucher")


class LoyaltyClubWalletKindPreset(models.TransientModel):
    """A new kind of value in one step, with what usually belongs to it: expiry, conditions,
    bonus, and the program through which tills sell and accept it."""

    _name = "loyalty.club.wallet.kind.preset"
    _description = "New Kind of Value"

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    preset = fields.Selection(
        [
            ("cash", "Cash credit"),
            ("prepaid", "Credit sold in advance, with a bonus"),
            ("cashback", "Cashback on purchases"),
            ("granted", "Credit as a gift, for purchases on conditions"),
            ("gift_card", "Gift cards"),
            ("voucher", "Vouchers of an organisation"),
        ],
        string="What kind",
        required=True,
        default="cash",
    )
    name = fields.Char(
        compute="_compute_name", store=True, precompute=True, readonly=False, required=True
    )
    pays = fields.Monetary(
        string="Who pays", compute="_compute_amounts", store=True, readonly=False
    )
    gets = fields.Monetary(string="gets", compute="_compute_amounts", store=True, readonly=False)
    percent = fields.Float(string="Percent of purchases", digits=(16, 3), default=5.0)
    valid_days = fields.Integer(
        string="Valid for (days)",
        compute="_compute_valid_days",
        store=True,
        readonly=False,
        help="From the day it comes in. 0: for ever.",
    )
    notice_days = fields.Integer(
        string="Notice (days)",
        default=7,
        help="So many days before it expires the member is told.",
    )
    minimum_basket = fields.Float(
        string="Smallest purchase",
        digits=AMOUNT_DIGITS,
        help="It pays for purchases from this amount on. 0: for any.",
    )
    pending_days = fields.Integer(
        string="Pending for (days)",
        help="Cashback can be used after so many days, when the time for returns is over.",
    )

    organisation_id = fields.Many2one(
        "res.partner",
        ondelete="set null",
        help="Whose staff or customers get the vouchers. It stands with each in the ledger.",
    )
    card_count = fields.Integer(
        string="How many", default=50, help="More can be made later from the program."
    )
    card_worth = fields.Monetary(
        string="Worth each", compute="_compute_amounts", store=True, readonly=False
    )

    _cards_sound = models.Constraint(
        f"CHECK (card_count BETWEEN 0 AND {MOST_CARDS} AND card_worth >= 0)",
        f"At most {MOST_CARDS} vouchers are made at a time, each worth something.",
    )

    # === COMPUTE METHODS === #

    @api.depends("preset", "organisation_id")
    def _compute_name(self):
        names = {
            "cash": self.env._("Credit"),
            "prepaid": self.env._("Prepaid credit"),
            "cashback": self.env._("Cashback"),
            "granted": self.env._("Gift credit"),
            "gift_card": self.env._("Gift card"),
            "voucher": self.env._("Voucher"),
        }
        for wizard in self:
            wizard.name = names[wizard.preset]
            if wizard.preset == "voucher" and wizard.organisation_id:
                wizard.name = self.env._("Voucher of %s", wizard.organisation_id.name)

    @api.depends("preset", "club_id")
    def _compute_amounts(self):
        """An offer to start from: a tenth on top of a round amount of the currency."""
        for wizard in self:
            large = wizard.currency_id.decimal_places == 0
            wizard.pays = 1000000.0 if large else 100.0
            wizard.gets = wizard.pays * 1.1
            wizard.card_worth = wizard.pays

    @api.depends("preset")
    def _compute_valid_days(self):
        days = {"cashback": 60, "granted": 30, "gift_card": 365, "voucher": 180}
        for wizard in self:
            wizard.valid_days = days.get(wizard.preset, 0)

    # === ACTION METHODS === #

    def action_create(self):
        """Make the kind of value with all that belongs to it, and open it.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager decides what the club keeps."))
        kind = self.env["loyalty.club.wallet.kind"].create(self._kind_values())
        program = self.env["loyalty.program"]._club_create_stored_value_program(
            kind, sold=False if self.preset == "voucher" else None
        )
        if self.preset == "voucher" and self._vouchers(program).has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "name": kind.name,
                "res_model": "loyalty.card",
                "domain": [("program_id", "=", program.id)],
                "views": [(False, "list"), (False, "form")],
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.wallet.kind",
            "res_id": kind.id,
            "views": [(False, "form")],
        }

    def _vouchers(self, program):
        """The cards themselves, each with a code that tills read as a coupon's."""
        note = self.organisation_id.name or self.name
        values = {"program_id": program.id, "points": self.card_worth}
        granted = Authority("issue", "issue", f"vouchers:{program.id}", note=note)
        # sudo: a club manager was asked for; cards belong to sales and tills
        cards = self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True)
        with authority(granted):
            return cards.create([dict(values) for _card in range(self.card_count)]).sudo(False)

    def _kind_values(self):
        types = {
            "cash": "ewallet", "prepaid": "ewallet", "granted": "cashback", "voucher": "gift_card"
        }  # fmt: skip
        values = {
            "name": self.name,
            "type": types.get(self.preset, self.preset),
            "club_id": self.club_id.id,
            "currency_id": self.currency_id.id,
            "rounding": self.currency_id.rounding,
            "expiry_policy_id": self._expiry_policy().id,
            "terms_id": self._terms().id,
        }
        if self.preset == "prepaid":
            offer = {"pays": self.pays, "gets": self.gets}
            values["topup_offer_ids"] = [Command.create(offer)]
        if self.preset == "cashback":
            values |= {"cashback_percent": self.percent, "pending_days": self.pending_days}
        return values

    def _expiry_policy(self):
        Policy = self.env["loyalty.club.expiry.policy"]
        if self.preset not in ("cashback", "granted", *_BEARER) or not self.valid_days:
            return Policy
        return Policy.create(
            {
                "name": self.env._("%(kind)s: %(days)s days", kind=self.name, days=self.valid_days),
                "club_id": self.club_id.id,
                "rule": "after",
                "number": self.valid_days,
                "unit": "day",
                "notice_days": 0 if self.preset in _BEARER else self.notice_days,
            }
        )

    def _terms(self):
        Terms = self.env["loyalty.club.terms"]
        if self.preset not in ("cashback", "granted") or not self.minimum_basket:
            return Terms
        return Terms.create(
            {
                "name": self.name,
                "club_id": self.club_id.id,
                "minimum_basket": self.minimum_basket,
            }
        )

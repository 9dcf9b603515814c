from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import AMOUNT_DIGITS
from ..domain.earning import points_for_amount, round_to
from ..domain.lots import ZERO

PERCENT = Decimal(100)


class LoyaltyClubWalletKind(models.Model):
    """What purchases and top-ups bring in, besides what is paid: cashback and bonus."""

    _inherit = "loyalty.club.wallet.kind"

    cashback_percent = fields.Float(
        string="Percent of purchases",
        digits=(16, 3),
        required=True,
        default=0.0,
        help="So much of every purchase is given back as value of this kind, rounded down. "
        "0: it is only granted by hand or by offers.",
    )
    topup_offer_ids = fields.One2many(
        "loyalty.club.topup.offer",
        "kind_id",
        string="Bonus on top-ups",
        help="Whoever pays at least this much gets more than that.",
    )

    _cashback_sound = models.Constraint(
        "CHECK (cashback_percent >= 0 AND cashback_percent <= 100)",
        "Cashback is between 0 and 100 percent of a purchase.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("cashback_percent", "currency_id", "type")
    def _check_cashback(self):
        for kind in self.filtered("cashback_percent"):
            if kind.type != "cashback" or kind.currency_id != kind.club_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” cannot give back a percentage of purchases: only cashback "
                        "in the club's currency, %(currency)s, can.",
                        kind=kind.name,
                        currency=kind.club_id.currency_id.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _earned_for(self, amount):
        """What a purchase earns of this kind.

        :param amount: Decimal, net of returns, in the club's currency and basis.
        :returns: Decimal, a whole number of the kind's steps; zero for kinds that are not
            earned.
        """
        self.ensure_one()
        if self.type == "points":
            return self.club_id._points_for(amount)
        percent = Decimal(str(self.cashback_percent))
        return points_for_amount(amount, percent, PERCENT, Decimal(str(self.rounding)))

    def _bonus_for(self, paid):
        """What comes on top of a top-up of ``paid``: by the highest offer it reaches.

        :param paid: Decimal in the kind's unit.
        """
        self.ensure_one()
        offer = self._offer_for(paid)
        return Decimal(str(offer.gets)) - Decimal(str(offer.pays)) if offer else ZERO

    def _offer_for(self, paid):
        reached = self.topup_offer_ids.filtered(lambda offer: Decimal(str(offer.pays)) <= paid)
        return reached.sorted("pays")[-1:]


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _earning_kinds(self):
        """The kinds of value that purchases earn: points, and cashback by percentage."""
        self.ensure_one()
        return self.points_kind_id | self.kind_ids.filtered("cashback_percent")


class LoyaltyClubTopupOffer(models.Model):
    """Credit sold in advance with a bonus: pay 1,000,000 and get 1,100,000."""

    _name = "loyalty.club.topup.offer"
    _description = "Top-up Offer"
    _order = "kind_id, pays"
    _rec_name = "pays"

    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True)
    unit = fields.Char(related="kind_id.unit")
    pays = fields.Float(
        string="Who pays at least", digits=AMOUNT_DIGITS, required=True, help="In one top-up."
    )
    gets = fields.Float(
        string="gets for that amount",
        digits=AMOUNT_DIGITS,
        required=True,
        help="The difference is the bonus; what is paid beyond comes without one.",
    )
    expiry_policy_id = fields.Many2one(
        "loyalty.club.expiry.policy",
        string="Expiry of the bonus",
        ondelete="restrict",
        help="Empty: as the rest of this kind.",
    )

    _sound = models.Constraint(
        "CHECK (pays > 0 AND gets > pays)", "An offer gives more than is paid for it."
    )
    _once = models.UniqueIndex("(kind_id, pays)", "There is an offer for this amount already.")

    @api.constrains("pays", "gets", "kind_id")
    def _check_offer(self):
        for offer in self:
            step = Decimal(str(offer.kind_id.rounding))
            bonus = Decimal(str(offer.gets)) - Decimal(str(offer.pays))
            if offer.kind_id.type != "ewallet" or bonus != round_to(bonus, step):
                raise ValidationError(
                    self.env._(
                        "A bonus belongs to credit, and is a whole number of its smallest step, "
                        "%(step)s.",
                        step=offer.kind_id._format(step),
                    )
                )

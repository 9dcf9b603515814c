"""Levels for a fee: bought at the till or by an invoice, for some months."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..clock import day_at, today_in, zone_of

_TERMS = frozenset({"fee_product_id", "active"})


class LoyaltyClubTier(models.Model):
    """A level may be bought: one that is for a fee alone, or one that is reached as well."""

    _inherit = "loyalty.club.tier"

    fee_product_id = fields.Many2one(
        "product.product",
        string="Fee",
        copy=False,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service'), ('sale_ok', '=', True)]",
        help="Product by which the level is sold at the till or on a sales order. It earns "
        "nothing. Empty: the level is not for sale.",
    )
    fee_months = fields.Integer(
        string="Paid for (months)", required=True, default=12, help="What one fee pays for."
    )
    fee_remind_days = fields.Integer(
        string="Remind (days before)",
        required=True,
        default=14,
        help="Members are told so many days before what they paid for ends. 0: they are not.",
    )
    fee_refund_days = fields.Integer(
        string="Taken back within (days)",
        required=True,
        default=14,
        help="So many days after it was sold the till gives the fee back, and the level ends. "
        "Later only an accountant does, by a credit note.",
    )
    fee_credit_unused = fields.Boolean(
        string="Credit the rest of a lower level",
        default=True,
        help="Whoever has paid for a lower level and buys this one gets what is left of it in "
        "days of this level, as many as the same money buys. Otherwise both run side by side.",
    )

    _fee_sound = models.Constraint(
        "CHECK (fee_months > 0 AND fee_remind_days >= 0 AND fee_refund_days >= 0)",
        "A fee pays for at least a month; days are not negative.",
    )
    _fee_product_unique = models.UniqueIndex(
        "(fee_product_id) WHERE fee_product_id IS NOT NULL",
        "This product is the fee of another level. Each level has one of its own.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("fee_product_id")
    def _check_fee_product(self):
        stored_value = self.env["loyalty.program"]._club_stored_value_products()
        # sudo: archived levels and those of other companies have their fees, too
        clubs = self.env["loyalty.club"].sudo().with_context(active_test=False)
        joining = clubs.search([("fee_product_id", "in", self.fee_product_id.ids)])
        taken = {*stored_value, *joining.fee_product_id.ids}
        for tier in self:
            if tier.fee_product_id.id in taken:
                raise ValidationError(
                    self.env._(
                        "“%(product)s” sells credit, gift cards or the membership itself. Choose "
                        "another product as the fee of “%(tier)s”.",
                        product=tier.fee_product_id.display_name,
                        tier=tier.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        if tiers.fee_product_id:
            self.env.registry.clear_cache()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if _TERMS & vals.keys():
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    @ormcache()
    def _by_fee(self):
        """Levels that are or were for sale: dict of the fee's product id to the level's id."""
        # sudo: the answer is the same for everyone and is kept for all
        tiers = self.sudo().with_context(active_test=False)
        return {
            tier.fee_product_id.id: tier.id
            for tier in tiers.search([("fee_product_id", "!=", False)])
        }

    @api.model
    def _of_fee(self, product):
        """The level that ``product`` is the fee of, as superuser, or none."""
        # sudo: as in _by_fee
        return self.sudo().browse(self._by_fee().get(product.id))

    def _check_fee_return(self, order):
        """Refuse to give the fee of this level back at the till when its time is over.

        :param order: pos.order by which it was sold.
        :raises UserError: naming the last day.
        """
        self.ensure_one()
        sold = day_at(order.date_order, zone_of(self.company_id))
        last = sold + timedelta(days=self.fee_refund_days)
        if today_in(self.company_id) > last:
            raise UserError(
                self.env._(
                    "The fee of the level “%(tier)s” could be given back until %(day)s. Leave it "
                    "out of the return; an accountant may make a credit note instead.",
                    tier=self.name,
                    day=self.env["loyalty.club.tier.notice"]._day_text(self.env, last),
                )
            )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    @api.model
    def _fee_products(self):
        return frozenset(super()._fee_products() | self.env["loyalty.club.tier"]._by_fee().keys())

    def _fees_sold(self):
        """Products by which this club sells membership and levels."""
        self.ensure_one()
        tiers = self.env["loyalty.club.tier"].sudo()  # sudo: a ladder is there to be seen
        for_sale = tiers.search([("club_id", "=", self.id), ("fee_product_id", "!=", False)])
        return self.fee_product_id | for_sale.fee_product_id

    @api.model
    def _of_fee(self, product):
        """The club that sells membership, or one of its levels, by ``product``."""
        club = self.search([("fee_product_id", "=", product.id)], limit=1)
        return club or self.env["loyalty.club.tier"]._of_fee(product).club_id

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_list

from ..const import AMOUNT_DIGITS
from ..domain.lots import ZERO


class LoyaltyClubTerms(models.Model):
    """Conditions on which value may be spent: a smallest basket, categories, shops.

    They stand on lots: a member may hold cashback for shoes beside cashback for anything.
    """

    _name = "loyalty.club.terms"
    _description = "Conditions of Use"
    _order = "club_id, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    minimum_basket = fields.Float(
        digits=AMOUNT_DIGITS,
        help="Smallest purchase, tax included, of which it may pay a part. 0: any.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="It pays for goods of these categories, and those below them. Empty: any goods.",
    )
    branch_ids = fields.Many2many(
        "loyalty.club.branch",
        string="Branches",
        domain="[('club_id', '=', club_id)]",
        help="It is accepted in these shops. Empty: in all.",
    )
    summary = fields.Char(compute="_compute_summary", help="The conditions in words.")

    _minimum_sound = models.Constraint(
        "CHECK (minimum_basket >= 0)", "The smallest basket cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("minimum_basket", "category_ids.name", "branch_ids.name")
    @api.depends_context("lang")
    def _compute_summary(self):
        for terms in self:
            parts = []
            if terms.minimum_basket:
                least = format_amount(self.env, terms.minimum_basket, terms.currency_id)
                parts.append(self.env._("purchases from %(amount)s", amount=least))
            if terms.category_ids:
                names = format_list(self.env, terms.category_ids.mapped("name"))
                parts.append(self.env._("only for %(categories)s", categories=names))
            if terms.branch_ids:
                names = format_list(self.env, terms.branch_ids.mapped("name"))
                parts.append(self.env._("only at %(branches)s", branches=names))
            terms.summary = " · ".join(parts) or self.env._("no conditions")

    # === CONSTRAINT METHODS === #

    @api.constrains("branch_ids", "club_id")
    def _check_branches(self):
        for terms in self:
            foreign = terms.branch_ids.filtered(lambda b, club=terms.club_id: b.club_id != club)
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is not a branch of %(club)s.",
                        branch=foreign[0].name,
                        club=terms.club_id.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _caps(self, basket):
        """How much value under each of these conditions can pay of ``basket``.

        :param basket: :class:`~..movement.Basket`, or None when nothing is known of it:
            then value that is given on conditions pays nothing.
        :returns: dict of terms id to the highest amount (Decimal), None for no limit.
        """
        return {terms.id: terms._cap(basket) for terms in self.sudo()}  # sudo: whoever pays

    def _cap(self, basket):
        unconditional = not (self.minimum_basket or self.category_ids or self.branch_ids)
        if unconditional:
            return None
        if (
            basket is None
            or basket.amount < Decimal(str(self.minimum_basket))
            or (self.branch_ids and basket.branch_id not in self.branch_ids.ids)
        ):
            return ZERO
        if not self.category_ids:
            return None
        wanted = self.env["product.category"].search([("id", "child_of", self.category_ids.ids)])
        goods = sum((basket.by_category.get(category, ZERO) for category in wanted.ids), ZERO)
        return max(goods - basket.paid.get(self.id, ZERO), ZERO)

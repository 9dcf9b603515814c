from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import today_in
from .member_measures import COMPARE


class LoyaltyClubMember(models.Model):
    """The member's own rhythm and stage, for her form, for segments and for rules.

    "Came within 20 days of the last visit" asks for the days since the last purchase
    (``days_since_purchase``). "Came 20 days earlier than usual" asks for ``days_to_expected``:
    who comes every 45 days is expected in 20 or more of them until the 25th day.
    """

    _inherit = "loyalty.club.member"

    rfm_scale = fields.Integer(related="club_id.rfm_scale")
    lifecycle_id = fields.Many2one(related="rfm_id.lifecycle_id")
    lifecycle_color = fields.Integer(related="lifecycle_id.color", string="Color of the stage")
    mean_gap = fields.Float(related="rfm_id.mean_gap")
    gap_spread = fields.Float(related="rfm_id.gap_spread")
    mean_basket = fields.Float(related="rfm_id.mean_basket")
    spending_trend = fields.Float(related="rfm_id.trend")
    behaviour = fields.Selection(related="rfm_id.behaviour")
    visits = fields.Integer(related="rfm_id.visits")
    expected_on = fields.Date(related="rfm_id.expected_on")
    days_to_expected = fields.Integer(
        string="Days to the expected visit",
        compute="_compute_days_to_expected",
        search="_search_days_to_expected",
        help="By the member's own rhythm; negative: the visit is overdue.",
    )
    last_category_id = fields.Many2one(
        "product.category",
        string="Last bought",
        compute="_compute_last_category_id",
        help="The category on which most was spent at the last purchase.",
    )

    # Members whose first values are still to be computed.
    _without_rfm_index = models.Index("(club_id) WHERE rfm_id IS NULL AND merged_into_id IS NULL")

    # === COMPUTE METHODS === #

    @api.depends("expected_on")
    def _compute_days_to_expected(self):
        for company, members in self.grouped("company_id").items():
            today = today_in(company)
            for member in members:
                expected = member.expected_on
                member.days_to_expected = (expected - today).days if expected else 0

    def _compute_last_category_id(self):
        """Of the tills' and the invoiced sales; an import knows no goods."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, goods.categ_id
                  FROM loyalty_club_member m
                  JOIN LATERAL (
                        SELECT p.origin_model, p.origin_id FROM loyalty_club_purchase p
                         WHERE p.member_id = m.id AND NOT p.refund AND p.amount >= 0
                         ORDER BY p.date DESC, p.id DESC LIMIT 1) last ON TRUE
                  JOIN LATERAL (%s) goods ON TRUE
                 WHERE m.id = ANY(%s)
                """,
                self._last_category_sql(),
                self._origin.ids,
            )
        )
        # sudo: the name of a category, which till and marketing see on every product
        categories = self.env["product.category"].sudo()
        found = {member: categories.browse(category) for member, category in rows}
        for member in self:
            member.last_category_id = found.get(member._origin.id, categories)

    @api.model
    def _last_category_sql(self):
        """SELECT of the category of the document ``last`` on which most was spent."""
        for name in ("pos.order.line", "account.move.line"):
            self.env[name].flush_model(["product_id"])
        return SQL(
            """
            SELECT t.categ_id
              FROM (SELECT l.product_id, l.price_subtotal FROM pos_order_line l
                     WHERE last.origin_model = 'pos.order' AND l.order_id = last.origin_id
                     UNION ALL
                    SELECT l.product_id, l.price_subtotal FROM account_move_line l
                     WHERE last.origin_model = 'account.move' AND l.move_id = last.origin_id
                       AND l.display_type = 'product') line
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template t ON t.id = product.product_tmpl_id
             WHERE t.categ_id IS NOT NULL
             GROUP BY t.categ_id ORDER BY SUM(line.price_subtotal) DESC, t.categ_id LIMIT 1
            """
        )

    # === SEARCH METHODS === #

    @api.model
    def _search_days_to_expected(self, operator, value):
        """Members with a rhythm, who are expected in so many days."""
        today = today_in(self.env.company)
        if operator == "in":
            days = [today + timedelta(days=count) for count in value if count is not False]
            return Domain("expected_on", "in", days)
        if operator not in COMPARE:
            return NotImplemented
        return Domain("expected_on", operator, today + timedelta(days=value))

from odoo import api, models

# Fields by which a line changes what it takes from, or puts onto, a card.
WATCHED = {
    "coupon_id",
    "discount",
    "order_id",
    "points_cost",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "reward_id",
    "reward_identifier_code",
    "tax_ids",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Lines added to a confirmed order change what the order takes and puts."""
        with self.env["sale.order"]._club_settled():
            lines = super().create(vals_list)
            lines._club_report()
        return lines

    def write(self, vals):
        if not WATCHED & vals.keys():
            return super().write(vals)
        with self.env["sale.order"]._club_settled():
            self._club_report()
            result = super().write(vals)
            self._club_report()
        return result

    def unlink(self):
        with self.env["sale.order"]._club_settled():
            self._club_report()
            return super().unlink()

    # === BUSINESS METHODS === #

    def _club_report(self):
        """Have the confirmed orders settled whose lines of interest to the club change."""
        # sudo: whether cards and programs are managed does not depend on who asks
        confirmed = self.sudo().filtered(lambda line: line.order_id.state == "sale")
        lines = confirmed.filtered(lambda line: line._club_claims() or line._club_stored_value())
        lines.order_id._club_ask_settlement()

    def _club_claims(self):
        """Whether the line takes points of a managed card, or says so."""
        return bool(self.coupon_id.club_wallet_id or self.reward_id.program_id.club_wallet_kind_id)

    def _club_stored_value(self):
        """The managed gift card or prepaid credit program whose product the line sells."""
        Program = self.env["loyalty.program"]
        by_company = Program._club_stored_value_products().get(self.product_id.id, {})
        program_id, managed = by_company.get(
            self.company_id.id, by_company.get(False, (None, False))
        )
        return Program.browse(program_id if managed and not self.reward_id else ())

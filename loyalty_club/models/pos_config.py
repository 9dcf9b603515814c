from odoo import api, fields, models


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_branch_id = fields.Many2one(
        "loyalty.club.branch",
        string="Club branch",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The shop this till stands in. It decides which customer club its sales belong to.",
    )

    @api.model
    def _club_uncounted(self):
        """Names of the fields here whose products are no purchase, and earn nothing."""
        return ["tip_product_id"]

    def _club(self):
        """The customer club that this till serves, or an empty recordset."""
        self.ensure_one()
        return self.club_branch_id.club_id or self.env["loyalty.club"]._for_company(self.company_id)

    def use_coupon_code(self, code, creation_date, partner_id, pricelist_id):
        """Look a typed code up; whoever is wrong too often has to wait."""
        limits = self.env["loyalty.club.rate.limit"]
        if refusal := limits._code_refusal():
            return {"successful": False, "payload": {"error_message": refusal}}
        result = super().use_coupon_code(code, creation_date, partner_id, pricelist_id)
        if result["successful"]:
            limits._code_found()
        else:
            limits._code_wrong()
        return result

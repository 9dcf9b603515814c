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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """A new till stands in the shop of its company, where there is but one."""
        here = self.env.company.id
        homeless = {vals.get("company_id") or here for vals in vals_list if _is_homeless(vals)}
        if homeless:
            # sudo: whoever sets tills up need not see the club's branches
            branches = self.env["loyalty.club.branch"].sudo()
            found = branches.search([("company_id", "in", list(homeless))]).grouped("company_id")
            shops = {company.id: some.id for company, some in found.items() if len(some) == 1}
            vals_list = [
                {**vals, "club_branch_id": shops.get(vals.get("company_id") or here, False)}
                if _is_homeless(vals)
                else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    # === BUSINESS METHODS === #

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


def _is_homeless(vals):
    return "club_branch_id" not in vals

from odoo.http import request, route

from odoo.addons.website_sale.controllers.variant import WebsiteSaleVariantController


class ClubVariantController(WebsiteSaleVariantController):
    """Another variant or quantity brings something else."""

    @route()
    def get_combination_info_website(
        self, product_template_id, product_id, combination, add_qty, **kwargs
    ):
        info = super().get_combination_info_website(
            product_template_id, product_id, combination, add_qty, **kwargs
        )
        product = request.env["product.template"].browse(info["product_template_id"])
        info["club_promise"] = product._club_promise(info, float(add_qty or 1))
        return info

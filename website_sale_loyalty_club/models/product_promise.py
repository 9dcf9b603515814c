"""What buying a product brings, told on its page before it is in the cart."""

from odoo import fields, models
from odoo.http import request

from odoo.addons.loyalty_club.domain.sale import Sale, SaleLine
from odoo.addons.loyalty_club.models.pos_stamps import categories
from odoo.addons.sale_loyalty_club.models.sale_lines import exact

_MOST = 10_000  # that a page reckons with


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _club_promise(self, info, quantity=1):
        """What this would earn whoever looks at it, if she bought it now and nothing else.

        :param info: what :meth:`_get_combination_info` says of the chosen variant.
        :param quantity: how many of it.
        :returns: a sentence, empty where there is nothing to tell.
        """
        self.ensure_one()
        website = self.env["website"].get_current_website()
        club = website._club()
        member = website._club_member(club)
        open_to = member.state == "active" if member else club.open_to_join
        product = self._club_variant(info)
        if not open_to or not product or not 0 < quantity <= _MOST:
            return ""
        sale = self._club_sale(website, club, product, info["price"], quantity)
        engine = self.env["loyalty.club.earn.engine"]
        gain = ", ".join(row["text"] for row in engine._quote(club, member, sale)["earned"])
        if not gain:
            return ""
        if member:
            return self.env._("It brings you %(gain)s.", gain=gain)
        return self.env._("Members get %(gain)s for it.", gain=gain)

    def _club_variant(self, info):
        """The chosen variant, as superuser, or none that earns."""
        # sudo: visitors read products through the shop alone; this one is on their screen
        template = self.sudo()
        products = template.env["product.product"]
        product = products.browse(info.get("product_id") or ()) or template.product_variant_id
        stored_value = template.env["loyalty.program"]._club_stored_value_products()
        left_out = stored_value.keys() | template.env["loyalty.club"]._fee_products()
        return products if product.id in left_out else product

    def _club_sale(self, website, club, product, price, quantity):
        """The sale that buying it alone would be."""
        engine = self.env["loyalty.club.earn.engine"]
        now = fields.Datetime.now()
        needs = engine._needs(engine._rules(club, now))
        amount = exact(self._club_price(website, club, product, price) * quantity)
        line = SaleLine(
            product.id,
            product.product_tmpl_id.id,
            categories(product) if "goods" in needs else frozenset(),
            frozenset(product.all_product_tag_ids.ids) if "tags" in needs else frozenset(),
            exact(quantity),
            amount,
        )
        branch = website.sudo().club_branch_id  # sudo: which shop it is, is no secret
        paid = {"method:0": amount} if "paid" in needs else {}
        return Sale(engine._clock(club, now), "website", branch.id or None, (line,), paid)

    def _club_price(self, website, club, product, price):
        """``price`` as the shop shows it, in the club's currency, with or without tax as the club
        counts purchases."""
        shown, counted = website.show_line_subtotals_tax_selection, club.earn_basis
        if shown != counted:
            taxes = product.taxes_id._filter_taxes_by_company(website.company_id)
            taxes = request.fiscal_position.map_tax(taxes) if taxes else taxes
            included = "total_included" if counted == "tax_included" else "total_excluded"
            taxes = taxes.with_context(force_price_include=shown == "tax_included")
            price = taxes.compute_all(price, website.currency_id, 1, product)[included]
        return website.currency_id._convert(
            price, club.currency_id, website.company_id, fields.Date.today(), round=False
        )

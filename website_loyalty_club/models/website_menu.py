from odoo import models


class WebsiteMenu(models.Model):
    _inherit = "website.menu"

    def _compute_visible(self):
        """The club stands in the menu where there is one to show."""
        result = super()._compute_visible()
        for menu in self:
            if menu.url == "/club" and menu.is_visible and not self.env.user._is_internal():
                menu.is_visible = not menu.website_id or menu.website_id._has_club()
        return result

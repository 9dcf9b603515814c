from odoo import models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _load_module_terms(self, modules, langs, overwrite=False):
        """A language that is installed, or better translated, reaches what set-up has named."""
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        if "loyalty_club" in modules:
            self.env["loyalty.club"]._translate_default_names()
        return result

from odoo import api, models
from odoo.exceptions import UserError


class LoyaltyClubFact(models.AbstractModel):
    """Records that state what happened: they are added by our own code, never changed or
    deleted by anyone. Triggers say the same to whoever goes around the ORM."""

    _name = "loyalty.club.fact"
    _inherit = ["loyalty.club.own.work"]
    _description = "Fact"

    # Fields that may still change: whose fact it is, not what it says.
    _repointable = frozenset()
    # Columns with somebody's own words: they are wiped when the person is erased.
    _erasable = frozenset()

    def write(self, vals):
        if vals.keys() - self._repointable:
            raise UserError(self._fact_refusal())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._fact_refusal())

    @api.model
    def _fact_refusal(self):
        """A sentence for a person: why not, and what to do instead."""
        return self.env._("This is kept by the club itself and is not changed by hand.")

    def _open_origin(self, none_text):
        """Open the document that ``origin_model`` and ``origin_id`` name.

        :param none_text: what to say when there is none, or it is gone.
        :raises UserError: with that text.
        """
        self.ensure_one()
        known = self.origin_id and self.origin_model in self.env
        if not known or not self.env[self.origin_model].browse(self.origin_id).exists():
            raise UserError(none_text)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }

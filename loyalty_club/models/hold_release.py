from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LoyaltyClubHold(models.Model):
    """Who let a hold go by hand, and why; and the way from a hold to its document."""

    _inherit = "loyalty.club.hold"

    released_by_id = fields.Many2one(
        "res.users", string="Released by", readonly=True, ondelete="restrict"
    )
    release_reason = fields.Char(string="Reason of release", readonly=True)

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document on whose behalf the value is held.

        :raises UserError: when there is none, or it is gone.
        """
        self.ensure_one()
        known = self.origin_id and self.origin_model in self.env
        if not known or not self.env[self.origin_model].browse(self.origin_id).exists():
            raise UserError(self.env._("No document stands behind this hold."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _note_release(self, reason):
        """Keep why these released holds were let go, and by whom: once, and never again.

        Holds are not edited by the ORM, as everything that the ledger's doors write.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_hold SET release_reason = %s, released_by_id = %s"
                " WHERE id IN %s AND state = 'released' AND released_by_id IS NULL",
                reason,
                self.env.uid,
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["release_reason", "released_by_id"])

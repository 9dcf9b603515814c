from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyClubStampPrint(models.TransientModel):
    """Asks whose stamp cards are printed, and fetches the file; nothing is kept."""

    _name = "loyalty.club.stamp.print"
    _description = "Print Stamp Cards"

    program_id = fields.Many2one(
        "loyalty.club.stamp.program", string="Stamp card", required=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="program_id.club_id", related_sudo=False)
    member_ids = fields.Many2many(
        "loyalty.club.member",
        string="For members",
        domain="[('club_id', '=', club_id)]",
        help="Their cards carry name and barcode.",
    )
    blank = fields.Integer(
        string="Blank cards", default=10, help="To write a name on; ten go onto a sheet."
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.user.lang,
    )

    def action_download(self):
        """Fetch the file.

        :raises UserError: when nothing would be printed, or too much.
        """
        self.ensure_one()
        most = self.env["loyalty.club.stamp.sheet"]._most()
        if not 0 < len(self.member_ids) + max(self.blank, 0) <= most:
            raise UserError(self.env._("One document holds 1 to %(most)s stamp cards.", most=most))
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/stamps/{self.id}",
            "target": "download",
        }

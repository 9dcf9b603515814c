from odoo import fields, models


class LoyaltyClubSetup(models.TransientModel):
    """Makes a club of one of the usual types, ready to work."""

    _name = "loyalty.club.setup"
    _description = "New Club"

    name = fields.Char(required=True)
    type = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.club"]._fields["type"]._description_selection(self.env)
        ),
        string="What kind of club it is",
        required=True,
        default="loyalty",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    def action_create_club(self):
        """Make the club, and open it.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        self.env["loyalty.club"].check_access("create")
        club = self.env["loyalty.club"].create(
            {"name": self.name, "type": self.type, "company_id": self.company_id.id}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club",
            "res_id": club.id,
            "views": [(False, "form")],
        }

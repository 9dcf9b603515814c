from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyClubMember(models.Model):
    """The cards of a member."""

    _inherit = "loyalty.club.member"

    card_ids = fields.One2many("loyalty.club.card", "member_id", string="Cards", readonly=True)
    card_count = fields.Integer(compute="_compute_card_count")

    # Whose cards serve a membership: its own, or those of the one it was merged into.
    _holder_index = models.Index("(COALESCE(merged_into_id, id))")

    # === COMPUTE METHODS === #

    def _compute_card_count(self):
        counts = dict(
            self.env["loyalty.club.card"]._read_group(
                [("member_id", "in", self.ids)], ["member_id"], ["__count"]
            )
        )
        for member in self:
            member.card_count = counts.get(member, 0)

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name == "card_ids" or super()._is_own_field(name)

    def _joined(self):
        """Give new members of clubs that do so a virtual card, all at once."""
        result = super()._joined()
        # sudo: enrolling is allowed to the cashier, making cards is ours
        equipped = self.sudo().filtered("club_id.auto_card")
        self.env["loyalty.club.card"].sudo()._make_virtual(equipped)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_holds_no_cards(self):
        """Cards of a membership that is deleted stay known, and can no longer be used."""
        # sudo: part of the deletion; whether it is allowed is decided elsewhere
        self.env["loyalty.club.card"].sudo()._turn(
            SQL("SELECT id FROM loyalty_club_card WHERE member_id = ANY(%s)", self.ids),
            "blocked",
            self.env._("The membership was deleted."),
            to_state="blocked",
            member_id=None,
        )

    # === ACTION METHODS === #

    def action_view_cards(self):
        """Open the member's cards."""
        return self._action_of("loyalty_club.card_action")

    # === BUSINESS METHODS === #

    def _move_journal(self, survivor):
        """Cards follow to the membership that stays, with numbers, states and terms."""
        result = super()._move_journal(survivor)
        self.env["loyalty.club.card"]._turn(
            SQL(
                "SELECT id FROM loyalty_club_card WHERE member_id = ANY(%s) FOR NO KEY UPDATE",
                self.ids,
            ),
            "moved",
            self.env._("Merged into %(member)s", member=survivor.number),
            member_id=survivor.id,
        )
        return result

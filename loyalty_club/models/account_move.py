from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entries behind a club's postings are reversed as a whole or left alone: then what is
    booked is known, and the next posting books what is due."""

    _inherit = "account.move"

    def _club_postings(self):
        """Postings that these entries stand behind."""
        # sudo: an accountant need not see the club to be told that an entry is its own
        return self.env["loyalty.club.ledger.posting"].sudo().search([("move_id", "in", self.ids)])

    @api.depends("state")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        kept = set(self._club_postings().move_id.ids)
        for move in self:
            if move._origin.id in kept:
                move.show_reset_to_draft_button = False
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club_posting(self):
        self._club_refuse(self._club_postings())

    def _check_draftable(self):
        self._club_refuse(self._club_postings())
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        again = self.reversed_entry_id._club_postings()
        again |= self._club_postings().filtered(
            lambda posting: posting.move_id.reversal_move_ids.filtered(
                lambda move: move.state != "cancel"
            )
        )
        if again:
            raise UserError(
                self.env._(
                    "“%(posting)s” is reversed already. Make a new posting of the club: it books "
                    "what is due.",
                    posting=again[:1].display_name,
                )
            )
        return super()._reverse_moves(default_values_list, cancel)

    def _club_refuse(self, postings):
        if postings:
            raise UserError(
                self.env._(
                    "This entry belongs to the club's posting “%(posting)s” and stays as it is. "
                    "Reverse it, then make a new posting of the club: it books what is due.",
                    posting=postings[:1].display_name,
                )
            )

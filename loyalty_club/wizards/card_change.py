from odoo import fields, models

from ..const import CARD_TYPES


class LoyaltyClubCardChange(models.TransientModel):
    """Say why a card is blocked, lost, replaced or activated again."""

    _name = "loyalty.club.card.change"
    _description = "Change Card"

    act = fields.Selection(
        [
            ("block", "Block"),
            ("lost", "Report lost"),
            ("replace", "Replace"),
            ("reactivate", "Activate again"),
            ("take_back", "Take back into stock"),
        ],
        required=True,
        readonly=True,
    )
    card_ids = fields.Many2many("loyalty.club.card", string="Cards", required=True, readonly=True)
    reason = fields.Char(required=True)
    lost = fields.Boolean(string="The old card is lost")
    number = fields.Char(
        string="New card",
        help="Scan or type the number of a card in stock. Empty: a new number is made.",
    )
    uid = fields.Char(string="Chip", help="Hold the new card to the reader.")
    type = fields.Selection(CARD_TYPES, string="Kind of card", help="Empty: as the old one.")

    # === ACTION METHODS === #

    def action_change(self):
        """Do what was asked for.

        :raises AccessError: for anyone but a club user; activating again is a marketer's.
        :raises UserError: when a card's state does not allow it, or the new card is not to be
            had.
        """
        self.ensure_one()
        close = {"type": "ir.actions.act_window_close"}
        if self.act == "block":
            self.card_ids._block(self.reason)
        elif self.act == "lost":
            self.card_ids._report_lost(self.reason)
        elif self.act == "reactivate":
            self.card_ids._reactivate(self.reason)
        elif self.act == "take_back":
            self.card_ids._take_back(self.reason)
        else:
            new = self.card_ids._replace(
                self.reason, number=self.number, uid=self.uid, type=self.type, lost=self.lost
            )
            self.uid = False  # a card keeps it sealed; here it has done its work
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("New card"),
                "res_model": "loyalty.club.card",
                "res_id": new.id,
                "views": [(False, "form")],
            }
        return close

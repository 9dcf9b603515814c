from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubCardPin(models.TransientModel):
    """Set the PIN of a card, typed twice. What is typed is never stored, only its hash."""

    _name = "loyalty.club.card.pin"
    _description = "Set PIN"

    card_ids = fields.Many2many("loyalty.club.card", required=True, readonly=True)
    pin = fields.Char(string="New PIN", compute="_compute_pin", readonly=False)
    pin_again = fields.Char(string="Once more", compute="_compute_pin", readonly=False)
    digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    # === COMPUTE METHODS === #

    def _compute_pin(self):
        """A PIN is typed and never shown again."""
        self.pin = self.pin_again = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the hash of what was typed.

        :raises UserError: when it is no PIN, or the two differ.
        """
        typed = [(vals.pop("pin", None), vals.pop("pin_again", None)) for vals in vals_list]
        for vals in vals_list:
            vals.pop("digest", None)
        wizards = super().create(vals_list)
        for wizard, (pin, again) in zip(wizards, typed, strict=True):
            wizard._keep(pin, again)
        return wizards

    def write(self, vals):
        """As :meth:`create`."""
        vals = dict(vals)
        typed = "pin" in vals or "pin_again" in vals
        pin, again = vals.pop("pin", None), vals.pop("pin_again", None)
        if not self.env.su:  # written by our own code alone
            vals.pop("digest", None)
        result = super().write(vals)
        if typed:
            for wizard in self:
                wizard._keep(pin, again)
        return result

    # === ACTION METHODS === #

    def action_set(self):
        """Give the card the PIN that was typed.

        :raises AccessError: for anyone but a club user.
        :raises UserError: when none was typed, or the card cannot be used.
        """
        self.ensure_one()
        digest = self.sudo().digest  # sudo: read by our own code alone
        if not digest:
            raise UserError(self.env._("Type the PIN twice."))
        self.card_ids._keep_pin(digest)
        self.sudo().write({"digest": False})  # sudo: as above
        return {"type": "ir.actions.act_window_close"}

    def action_remove(self):
        """Let the card be used without a PIN.

        :raises AccessError: for anyone but a club marketer.
        """
        self.ensure_one()
        self.card_ids._remove_pin()
        return {"type": "ir.actions.act_window_close"}

    def _keep(self, pin, again):
        if not pin and not again:
            return
        if pin != again:
            raise UserError(self.env._("The two PINs differ. Type the same one twice."))
        digest = self.card_ids._pin_digest(pin)
        self.sudo().write({"digest": digest})  # sudo: as in action_set

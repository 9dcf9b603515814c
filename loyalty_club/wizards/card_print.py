from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubCardPrint(models.TransientModel):
    """Asks which cards are printed and how, and fetches the file.

    The file is made when its address is asked for; nothing is kept.
    """

    _name = "loyalty.club.card.print"
    _description = "Print Cards"

    batch_id = fields.Many2one("loyalty.club.card.batch", ondelete="cascade")
    card_ids = fields.Many2many("loyalty.club.card", string="Cards")
    layout = fields.Selection(
        [
            ("a4", "Sheets A4, ten cards each, to cut"),
            ("cr80", "Plastic cards (CR80), a page each"),
            ("xlsx", "List of the numbers (xlsx)"),
        ],
        string="As",
        required=True,
        default="a4",
    )
    first = fields.Integer(string="From card", default=1)
    last = fields.Integer(
        string="to card",
        compute="_compute_last",
        store=True,
        precompute=True,
        readonly=False,
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.user.lang,
    )
    lang_count = fields.Integer(compute="_compute_lang_count")

    # === COMPUTE METHODS === #

    @api.depends("batch_id", "card_ids", "layout")
    def _compute_last(self):
        limit = self.env["loyalty.club.card.sheet"]._most()
        for wizard in self:
            count = wizard.batch_id.count or len(wizard.card_ids)
            wizard.last = count if wizard.layout == "xlsx" else min(count, limit)

    def _compute_lang_count(self):
        self.lang_count = len(self.env["res.lang"].get_installed())

    # === ACTION METHODS === #

    def action_download(self):
        """Fetch the file.

        :raises UserError: when no card is chosen.
        """
        self.ensure_one()
        if not self._cards():
            raise UserError(self.env._("Choose cards that there are."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/cards/{self.id}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _cards(self):
        """The cards that were chosen, in the order of their numbers."""
        if self.batch_id:
            return self.env["loyalty.club.card"].search(
                [("batch_id", "=", self.batch_id.id)],
                order="serial, number",
                offset=max(self.first - 1, 0),
                limit=max(self.last - max(self.first, 1) + 1, 0) or None,
            )
        return self.card_ids[max(self.first - 1, 0) : self.last]

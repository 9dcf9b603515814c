from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import CARD_DISCOUNT_MODES, CARD_TYPES
from ..domain import card_number
from ..domain.codes import InputError


class LoyaltyClubCardBatch(models.Model):
    """Cards that were made together for stock: a range of numbers, to be printed."""

    _name = "loyalty.club.card.batch"
    _inherit = ["loyalty.club.own.work"]
    _description = "Batch of Cards"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    branch_id = fields.Many2one(
        "loyalty.club.branch", readonly=True, ondelete="restrict", help="Where the cards lie."
    )
    type = fields.Selection(CARD_TYPES, required=True, readonly=True, default="physical")
    count = fields.Integer(string="Cards", required=True, readonly=True)
    first_number = fields.Char(string="First number", readonly=True)
    last_number = fields.Char(string="Last number", readonly=True)
    expires_on = fields.Date(string="Valid until", readonly=True)
    # What each was made with: a card that is taken back into stock has it again.
    discount_percent = fields.Float(string="Discount (%)", digits=(5, 2), readonly=True)
    discount_mode = fields.Selection(
        CARD_DISCOUNT_MODES, string="The discount is", default="none", readonly=True
    )
    create_uid = fields.Many2one("res.users", string="Made by", readonly=True)
    create_date = fields.Datetime(string="Made on", readonly=True)
    card_ids = fields.One2many("loyalty.club.card", "batch_id", readonly=True)
    stock_count = fields.Integer(string="In stock", compute="_compute_stock_count")

    _club_index = models.Index("(club_id)")

    # === COMPUTE METHODS === #

    def _compute_stock_count(self):
        counts = dict(
            self.env["loyalty.club.card"]._read_group(
                [("batch_id", "in", self.ids), ("state", "=", "stock")], ["batch_id"], ["__count"]
            )
        )
        for batch in self:
            batch.stock_count = counts.get(batch, 0)

    # === ACTION METHODS === #

    def action_view_cards(self):
        """Open the cards of the batch."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.card_action")
        return dict(action, domain=[("batch_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    @api.model
    def _make(self, club, name, count=0, first=None, last=None, branch=None, **terms):
        """Make a batch of cards for stock.

        :param club: loyalty.club, one record.
        :param name: what the batch is called.
        :param count: how many cards with numbers of the club's own; or
        :param first: first number of cards that came printed, with
        :param last: the last one.
        :param branch: loyalty.club.branch where the cards lie.
        :param terms: ``type``, ``expires_on``, ``discount_percent``, ``discount_mode`` of each.
        :returns: the batch.
        :raises AccessError: for anyone but a club manager.
        :raises UserError: for a range that is none, too long, or has cards of the club in it.
        """
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_manager")):
            raise AccessError(self.env._("Only a club manager has cards made for stock."))
        # sudo: cards and batches are written by their own code alone
        cards = self.env["loyalty.club.card"].sudo()
        rows = self._rows(club, count, first, last)
        common = {**terms, "branch_id": branch.id if branch else None}
        numbers = [row["number"] for row in rows]
        batch = self.sudo().create(
            {
                "name": name,
                "club_id": club.id,
                "branch_id": common["branch_id"],
                "type": terms.get("type") or "physical",
                "count": len(rows),
                "first_number": numbers[0],
                "last_number": numbers[-1],
                "expires_on": terms.get("expires_on"),
                "discount_percent": terms.get("discount_percent") or 0,
                "discount_mode": terms.get("discount_mode") or "none",
            }
        )
        cards._make(club.sudo(), [{**common, **row, "batch_id": batch.id} for row in rows], name)
        return batch.sudo(self.env.su)

    @api.model
    def _rows(self, club, count, first, last):
        """Numbers, and serials of the club's own, of the cards to be made."""
        if not first:
            if not 0 < count <= card_number.RANGE_MAX:
                raise UserError(
                    self.env._(
                        "Say how many cards: at least one, at most %(limit)s at a time.",
                        limit=card_number.RANGE_MAX,
                    )
                )
            taken = club.sudo()._next_card_numbers(count)  # sudo: as in _make
            return [{"serial": serial, "number": number} for serial, number in taken]
        try:
            numbers = card_number.printed_numbers(first, last or first)
        except InputError as error:
            raise UserError(self.env["loyalty.club.card"]._number_text(error)) from error
        # sudo: numbers that are taken are refused, whoever may see the cards
        taken = self.env["loyalty.club.card"].sudo()
        taken = taken.search([("club_id", "=", club.id), ("number", "in", numbers)], limit=1)
        if taken:
            raise UserError(
                self.env._(
                    "Card %(number)s of this range is one of the club's already.",
                    number=card_number.grouped(taken.number),
                )
            )
        return [{"number": number} for number in numbers]

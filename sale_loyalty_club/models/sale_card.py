"""Cards of the club on sales orders: a percentage off, or the same as credit."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare
from odoo.tools.sql import column_exists, create_column

DIGITS = 2  # of a percentage
_OPEN = (False, "draft", "sent")  # orders whose prices are not agreed yet


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_card_id = fields.Many2one(
        "loyalty.club.card",
        string="Club card",
        compute="_compute_club_card_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('partner_id', '=', partner_id), ('state', '=', 'active')]",
        help="The customer's card whose percentage goes for this order. Empty: none.",
    )

    def _auto_init(self):
        """Orders that are there already have no card: none is looked up for them."""
        if not column_exists(self.env.cr, "sale_order", "club_card_id"):
            create_column(self.env.cr, "sale_order", "club_card_id", "int4")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "warehouse_id", "company_id")
    def _compute_club_card_id(self):
        """The card that brings the customer most; an order that stands keeps what it has."""
        open_orders = self.filtered(lambda order: order.state in _OPEN)
        places = {order: order._club_place()[1] for order in open_orders}
        # sudo: whoever sells to a customer may give what the customer's card gives
        members = (
            self.env["loyalty.club.member"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "in", open_orders.partner_id.ids),
                    ("club_id", "in", [club.id for club in places.values()]),
                    ("merged_into_id", "=", False),
                ],
                ["partner_id", "club_id"],
            )
        )
        best = self.env["loyalty.club.card"].sudo()._best_of(members)
        found = {
            (member.partner_id.id, member.club_id.id): best.get(member.id) for member in members
        }
        for order in self:
            if order in places:
                card = found.get((order.partner_id._origin.id, places[order].id))
                order.club_card_id = card.id if card else False
            else:
                order.club_card_id = order.club_card_id

    # === CONSTRAINT METHODS === #

    @api.onchange("club_card_id")
    def _onchange_club_card_id(self):
        """Say at once why a card that was chosen cannot be used."""
        refusal = self.club_card_id and self.club_card_id._refusal()
        if refusal:
            self.club_card_id = False
            return {"warning": {"title": self.env._("Club card"), "message": refusal}}
        return None

    @api.constrains("club_card_id")
    def _check_club_card_id(self):
        for order in self.filtered("club_card_id"):
            if not order._club_owns_card():
                raise ValidationError(
                    self.env._(
                        "The club card of %(order)s is not one of %(customer)s's. Choose another "
                        "card, or none.",
                        order=order.name,
                        customer=order.partner_id.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _club_card_percent(self):
        """What the order's card takes off prices; somebody else's card takes off nothing."""
        return self._club_card_in_use()._discount()

    def _club_card_in_use(self):
        """The card that goes for the order: the chosen one, or, when that was lost or replaced
        since, the best that the customer has now.

        :returns: loyalty.club.card, one record or none, that can be used.
        """
        self.ensure_one()
        # sudo: as in _compute_club_card_id
        card = self.sudo().club_card_id
        if not card or not self._club_owns_card():
            return card.browse()
        member = card.member_id
        return card if card.in_force else card._best_of(member).get(member.id, card.browse())

    def _club_owns_card(self):
        """Whether the order's card is the customer's, in the club that serves the order."""
        _branch, club = self._club_place()
        # sudo: as in _compute_club_card_id
        card, members = self.sudo().club_card_id, self.env["loyalty.club.member"].sudo()
        return card.club_id == club and card.member_id == members._find(
            club, self.partner_id._origin
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    club_card_discount = fields.Float(
        string="Card discount (%)",
        compute="_compute_discount",
        digits=(5, DIGITS),
        store=True,
        precompute=True,
        copy=False,
        help="The discount of this line, where it is that of the customer's card.",
    )

    def _auto_init(self):
        """Lines that are there already keep their discount: nothing is worked out for them."""
        if not column_exists(self.env.cr, "sale_order_line", "club_card_discount"):
            create_column(self.env.cr, "sale_order_line", "club_card_discount", "numeric")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("order_id.club_card_id")
    def _compute_discount(self):
        """The card's percentage, unless more is taken off already.

        What it took off when the order was confirmed was agreed, whatever became of the card.
        """
        cards = {line: line.club_card_discount for line in self}
        result = super()._compute_discount()
        for order, lines in self.grouped("order_id").items():
            percent = order._club_card_percent() if order else 0.0
            agreed = order.club_card_id and order.state not in _OPEN
            for line in lines:
                before = cards[line]
                line._club_take_off(before if agreed and before else percent, before)
        return result

    # === BUSINESS METHODS === #

    def _club_take_off(self, percent, before):
        """Take ``percent`` off, unless more is; what the card took off ``before`` is no more."""
        own = self.discount
        if before and not float_compare(own, before, DIGITS):
            own = 0.0
        wanted = percent if self._club_takes_card() and percent > own else 0.0
        if self.discount != (wanted or own):
            self.discount = wanted or own
        self.club_card_discount = wanted

    def _club_takes_card(self):
        """Whether a card's percentage is taken off this line at all."""
        return bool(
            self.product_id
            and not self.display_type
            and not self.reward_id
            and not self.is_downpayment
            and not self._is_delivery()
            and self.price_unit >= 0
            and not self._club_stored_value()
        )

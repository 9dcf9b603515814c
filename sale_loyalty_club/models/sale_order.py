"""Stock's doors: around what stock does with rewards, the order is kept on the ledger."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import Command, models

from odoo.addons.loyalty_club.domain.earning import round_to
from odoo.addons.loyalty_club.movement import Authority, authority

from .sale_lines import exact
from .sale_settlement import SaleSettlement

# Orders that the settlement in force still has to look at: id -> whether claims on cards
# or stored value sold may have changed. None: no settlement is in force.
_pending: ContextVar[dict | None] = ContextVar("sale_loyalty_club_pending", default=None)


class SaleOrder(models.Model):
    """Stock moves points here and there while it works on an order. For managed cards these
    writes are absorbed, and when stock's code has finished, the ledger is brought in line
    with what the order then says: see :class:`SaleSettlement`."""

    _inherit = "sale.order"

    # === CRUD METHODS === #

    def write(self, vals):
        """An order confirmed or cancelled by writing its state is settled as well."""
        if "state" not in vals:
            return super().write(vals)
        before = self.filtered(lambda order: order.state == "sale")
        result = super().write(vals)
        now = self.filtered(lambda order: order.state == "sale")
        changed = (before | now) - (before & now)
        with changed._club_settled():
            changed._club_ask_settlement()
        return result

    # === ACTION METHODS === #

    def action_confirm(self):
        """Book what the orders take from cards and put onto them.

        :raises UserError: when a card has too little, or a reward takes too few points; the
            order then stays as it was.
        """
        with self._club_settled():
            self._club_ask_settlement()
            return super().action_confirm()

    def _action_cancel(self):
        with self._club_settled():
            self._club_ask_settlement()
            return super()._action_cancel()

    # === BUSINESS METHODS - STOCK'S DOORS === #

    def _update_programs_and_rewards(self):
        with self._club_settled():
            self._club_confirmed()._club_ask_settlement()
            return super()._update_programs_and_rewards()

    def _try_apply_code(self, code):
        """Look a typed code up; whoever is wrong too often has to wait."""
        limits = self.env["loyalty.club.rate.limit"]
        if refusal := limits._code_refusal():
            return {"error": refusal}
        result = super()._try_apply_code(code)
        if result.get("not_found"):
            limits._code_wrong()
        else:
            limits._code_found()
        return result

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._club_settled():
            return super()._apply_program_reward(reward, coupon, **kwargs)

    def _add_points_for_coupon(self, coupon_points):
        with self._club_settled():
            return super()._add_points_for_coupon(coupon_points)

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """Points are charged in whole steps of the wallet, and not less than the discount is
        worth. Stock rounds them to the nearest, as if they were money."""
        values = super()._get_reward_values_discount(reward, coupon, **kwargs)
        kind = coupon.sudo().club_wallet_id.kind_id  # sudo: a rule, not someone's value
        charged = [vals for vals in values if vals["points_cost"]]
        per_point = reward.discount_mode == "per_point" and not reward.clear_wallet
        if kind.type == "points" and per_point and charged:
            given = -sum(self._club_value_of(vals) for vals in values)
            given = self.currency_id._convert(given, reward.currency_id, self.company_id)
            step = exact(kind.rounding)
            cost = round_to(exact(given) / exact(reward.discount), step, "up")
            available = exact(self._get_real_points_for_coupon(coupon))
            charged[0]["points_cost"] = float(min(cost, round_to(available, step, "down")))
        return values

    def _club_value_of(self, vals):
        """Total, tax included, of the reward line that ``vals`` will make."""
        tax_ids = []
        for command in vals.get("tax_ids", ()):
            tax_ids += command[2] if command[0] == Command.SET else [command[1]]
        taxes = self.env["account.tax"].browse(filter(None, tax_ids))
        total = taxes.compute_all(
            vals["price_unit"], self.currency_id, vals["product_uom_qty"], partner=self.partner_id
        )
        return total["total_included"]

    def _update_loyalty_history(self, coupon_id, points):
        """The ledger writes the history of managed cards."""
        if coupon_id.club_wallet_id:
            return None
        return super()._update_loyalty_history(coupon_id, points)

    def _program_check_compute_points(self, programs):
        """Managed points programs stay open for their rewards; an order itself earns nothing.

        Points are earned by the club's terms when the order is invoiced. Credit is topped up
        for members: a quotation does not enrol anyone, its confirmation does.
        """
        result = super()._program_check_compute_points(programs)
        for program, status in result.items():
            kind = program.sudo().club_wallet_kind_id  # sudo: a rule, not someone's value
            if not kind or "points" not in status:
                continue
            if kind.type == "points" or (kind.type == "ewallet" and not self._club_member(kind)):
                status["points"] = [0]
        return result

    def _club_member(self, kind):
        """The customer's membership in the club of ``kind``."""
        # sudo: whoever sells to a customer may sell to the member
        return self.env["loyalty.club.member"].sudo()._find(kind.club_id, self.partner_id)

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """On a confirmed order stock reads the card and expects it to have moved with each
        line. A managed card moves when all is done: what the lines of this moment take is
        worked out against what the ledger says the order took."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        if self.state == "sale" and coupon.club_wallet_id:
            points += float(SaleSettlement(self).uncommitted(coupon))
        return points

    # === BUSINESS METHODS - SETTLEMENT === #

    def _club_confirmed(self):
        return self.filtered(lambda order: order.state == "sale")

    @contextmanager
    def _club_settled(self):
        """Let stock's code run with managed cards held still, then settle what was asked.

        Within another one it only opens the door: the outermost settles.
        """
        if _pending.get() is not None:
            yield
            return
        pending = {}
        token = _pending.set(pending)
        try:
            with authority(Authority("adjust", "adjust", "so", absorb=True)):
                yield
                while pending:  # settling may touch lines or cards, and so ask again
                    order_id, changed = pending.popitem()
                    order = self.browse(order_id).exists()
                    if order:
                        SaleSettlement(order).run(changed)
        finally:
            _pending.reset(token)

    def _club_ask_settlement(self, changed=True):
        """Have these orders settled when the outermost settlement ends.

        :param changed: whether what they claim or sell may have changed, and not only what
            was invoiced or returned.
        """
        pending = _pending.get()
        for order_id in self.ids:
            pending[order_id] = pending.get(order_id, False) or changed

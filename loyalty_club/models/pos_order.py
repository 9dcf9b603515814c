from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..clock import today_in
from .pos_lines import money
from .pos_settlement import PosSettlement


class PosOrder(models.Model):
    _inherit = "pos.order"

    # === ACTION METHODS === #

    def action_pos_order_paid(self):
        """Book what the order means for the club, in the order's own transaction.

        Costs a fixed number of queries, whatever the number of lines, rules or members.

        :raises UserError: when the order spends what is not there; the order is then not
            saved at all, and the till shows the reason.
        """
        result = super().action_pos_order_paid()
        PosSettlement(self).run()
        return result

    def action_view_club_entries(self):
        """Open the ledger entries of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        domain = [("origin_model", "=", "pos.order"), ("origin_id", "=", self.id)]
        return dict(action, domain=domain, context={})

    # === BUSINESS METHODS - STOCK'S DOORS === #

    def _club_check_till(self):
        """Stop whoever is no cashier before a card is looked at with more than her rights.

        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers use customers' cards at a till."))
        self.check_access("read")

    def validate_coupon_programs(self, point_changes, new_codes):
        """Besides stock's checks, tell the till about managed cards that cannot be used."""
        self._club_check_till()
        needed = {int(key): -change for key, change in point_changes.items() if change < 0}
        # The cashier's own rights find the cards: those of her company.
        known = self.env["loyalty.card"].search_fetch([("id", "in", list(needed))])
        # sudo: of these cards the wallet is read
        cards = known.sudo().filtered("club_wallet_id")
        for card in cards:
            message = self._club_refusal(card, card._club_amount(needed[card.id]))
            if message:
                return {
                    "successful": False,
                    "payload": {
                        "message": message,
                        "updated_points": {card.id: card.points for card in cards},
                    },
                }
        return super().validate_coupon_programs(point_changes, new_codes)

    @api.model
    def _club_refusal(self, card, amount):
        """Why ``amount`` of a managed card's value cannot be used now, or None when it can."""
        wallet = card.club_wallet_id
        usable = money(wallet.available)
        if wallet.state != "active":
            reason = "blocked"
        elif wallet.valid_until and wallet.valid_until < today_in(wallet.company_id):
            reason = "expired"
        elif usable < amount:
            reason = "insufficient"
        else:
            return None
        return wallet._refusal_text_of(reason, usable)

    def confirm_coupon_programs(self, coupon_data):
        """Harmless for managed programs: their movements were booked with the order.

        The numbers a till sends for them are ignored; it is told what the ledger says.
        """
        self._club_check_till()
        self.ensure_one()
        managed, rest = self._club_split(coupon_data)
        result = (
            super().confirm_coupon_programs(rest)
            if rest or not managed
            else {
                "coupon_updates": [],
                "program_updates": [],
                "new_coupon_info": [],
                "coupon_report": {},
            }
        )
        if managed:
            self._club_answer(managed, result)
        return result

    @api.model
    def _club_split(self, coupon_data):
        """Part a till's coupon data into that of managed programs and the rest."""
        # sudo: whether a program or card is managed does not depend on who asks
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False)
        asked = {vals["program_id"] for vals in coupon_data.values() if vals.get("program_id")}
        programs = programs.search_fetch([("id", "in", list(asked))])
        ids = programs.filtered("club_wallet_kind_id").ids
        managed = {key: vals for key, vals in coupon_data.items() if vals.get("program_id") in ids}
        return managed, {key: vals for key, vals in coupon_data.items() if key not in managed}

    def _club_answer(self, managed, result):
        """Tell the till the true cards and balances behind the ones it made up."""
        # sudo: the till learns of the cards of its own order and partner
        Card = self.env["loyalty.card"].sudo()
        programs = Card.program_id.browse({vals["program_id"] for vals in managed.values()})
        cards = Card.search_fetch(
            Domain("club_wallet_id", "!=", False)
            & (
                Domain("source_pos_order_id", "=", self.id)
                | Domain("program_id", "in", programs.filtered("is_nominative").ids)
                & Domain("partner_id", "=", self.partner_id.id or -1)
            )
        )
        own = cards.filtered(lambda card: card.partner_id and card.partner_id == self.partner_id)
        own = own.grouped("program_id")
        sold = cards.filtered(lambda card: card.source_pos_order_id == self).grouped("program_id")
        for key, vals in managed.items():
            program = programs.browse(vals["program_id"])
            if program.is_nominative:
                result["coupon_updates"] += [
                    {
                        "old_id": int(key),
                        "id": card.id,
                        "points": card.points,
                        "code": card.code,
                        "program_id": program.id,
                        "partner_id": card.partner_id.id,
                    }
                    for card in own.get(program, Card)[:1]
                ]
            elif program in sold and program.pos_report_print_id:
                report = program.pos_report_print_id.id
                printed = result["coupon_report"].setdefault(report, [])
                printed += [card_id for card_id in sold[program].ids if card_id not in printed]

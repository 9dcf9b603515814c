"""Programs for certain members on sales orders and in the web shop."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === BUSINESS METHODS - STOCK'S DOORS === #

    def _get_program_domain(self):
        """What is for certain members is not there for other customers."""
        domain = super()._get_program_domain()
        refused = self._club_refused_programs()
        # A list: where the web shop's code comes after this, it looks for a term in it.
        return [*domain, ("id", "not in", sorted(refused))] if refused else domain

    def _try_apply_code(self, code):
        """A code for certain members says so; it was not mistyped.

        The limit on guesses counts it all the same: the sentence tells that there is such a code.
        """
        program = self._club_refused_by_code(code)
        if not program:
            return super()._try_apply_code(code)
        limits = self.env["loyalty.club.rate.limit"]
        if refusal := limits._code_refusal():
            return {"error": refusal}
        limits._code_wrong()
        return {"error": program._club_audience_text()}

    def _get_claimable_rewards(self, forced_coupons=None):
        """Coupons that somebody else left on the order bring nothing."""
        claimable = super()._get_claimable_rewards(forced_coupons)
        refused = self._club_refused_programs() if claimable else set()
        for coupon in [card for card in claimable if card.program_id.id in refused]:
            del claimable[coupon]
        return claimable

    # === BUSINESS METHODS === #

    def _club_refused_programs(self):
        """Ids of the programs that are for members among whom the customer is not.

        What a confirmed order got was agreed, whatever became of the customer since.
        """
        self.ensure_one()
        refused = self.env["loyalty.program"]._club_refused_to(self.partner_id)
        if refused and self.state == "sale":
            # sudo: whose program a reward is does not depend on who asks
            refused -= set(self.sudo().order_line.reward_id.program_id.ids)
        return refused

    def _club_refused_by_code(self, code):
        """The program for other customers that ``code`` stands for, in sudo, or none."""
        Program = self.env["loyalty.program"].sudo()  # sudo: its name is told to who has its code
        refused = code and self._club_refused_programs()
        if not refused:
            return Program
        rule = Program.env["loyalty.rule"].search(
            [("mode", "=", "with_code"), ("code", "=", code), ("program_id", "in", list(refused))],
            limit=1,
        )
        card = Program.env["loyalty.card"].search(
            [("code", "=", code), ("program_id", "in", list(refused))], limit=1
        )
        return rule.program_id or card.program_id

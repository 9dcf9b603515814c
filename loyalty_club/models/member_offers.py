"""What a member's own page says about her orders, and what is offered to her alone."""

from odoo import models

from ..clock import today_in

_ORDERS = 3  # that the page shows


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _offers(self):
        """Discounts and promotions that hold now for this member, and not for everybody.

        :returns: list of dicts of ``name`` and ``until`` (last day, or False). A fixed number
            of queries; none where no program is for certain members.
        """
        self.ensure_one()
        # sudo: what is offered to the member herself; the caller has found her
        programs = self.env["loyalty.program"].sudo()
        programs = programs.browse(programs._club_open_to(self.partner_id))
        today = today_in(self.company_id)
        return [
            {"name": program.name, "until": program.date_to}
            for program in programs
            if program.active
            and self.club_id in (program.club_tier_ids.club_id | program.club_segment_ids.club_id)
            and (not program.date_from or program.date_from <= today)
            and (not program.date_to or program.date_to >= today)
        ]

    def _latest_purchases(self):
        """Her latest purchases on all channels, the newest first: loyalty.club.purchase."""
        self.ensure_one()
        # sudo: her own; the caller has found her
        purchases = self.env["loyalty.club.purchase"].sudo()
        return purchases.search_fetch(
            [("member_id", "=", self.id)],
            ["date", "amount", "refund", "branch_id", "channel", "company_id"],
            limit=_ORDERS,
        )

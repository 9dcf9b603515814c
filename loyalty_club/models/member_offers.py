"""What is offered to a member alone."""

from functools import partial

from odoo import models

from ..clock import today_in


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _offers(self, audience=None):
        """Discounts and promotions that hold now for this member, and not for everybody.

        :param audience: called for her levels and segments, where they are at hand.
        :returns: list of dicts of ``name`` and ``until`` (last day, or False). A fixed number
            of queries; none where no program is for certain members.
        """
        self.ensure_one()
        # sudo: what is offered to the member herself; the caller has found her
        programs = self.env["loyalty.program"].sudo()
        audience = audience or partial(self._audience_of, self.partner_id)
        open_to = programs._club_audiences().keys() - programs._club_refused_by(audience)
        programs = programs.browse(sorted(open_to))
        today = today_in(self.company_id)
        return [
            {"name": program.name, "until": program.date_to}
            for program in programs
            if program.active
            and self.club_id in (program.club_tier_ids.club_id | program.club_segment_ids.club_id)
            and (not program.date_from or program.date_from <= today)
            and (not program.date_to or program.date_to >= today)
        ]

from odoo import models
from odoo.exceptions import AccessError, UserError


class LoyaltyClubMember(models.Model):
    """What of a membership is changed by whom."""

    _inherit = "loyalty.club.member"

    def _check_own_fields(self, vals):
        """That a membership ends, and how, is written by the code that ends it alone.

        :raises UserError: when somebody else writes it.
        """
        own = {"merged_into_id", "closed_on", "close_reason"} & vals.keys()
        if not self.env.su and (own or vals.get("state") == "closed"):
            raise UserError(
                self.env._(
                    "A membership ends by “Close”, which asks what becomes of the value that is "
                    "left, or by a merge."
                )
            )
        if not self.env.su and "contact_changed_at" in vals:
            raise UserError(
                self.env._("When a contact last changed is noted by the club itself, not by hand.")
            )

    def _check_join_right(self, vals):
        """How long somebody has been a member decides what she may send to others.

        :raises AccessError: when a club user without the marketer's right changes it.
        """
        if "join_date" in vals and not (
            self.env.su or self.env.user.has_group("loyalty_club.group_marketer")
        ):
            raise AccessError(
                self.env._("Since when somebody is a member is corrected by a club marketer.")
            )

    def _check_status_right(self, vals):
        """Whoever enrols members does not lift a suspension.

        :raises AccessError: when a club user without the marketer's right changes the status.
        :raises UserError: when a merged membership is opened again.
        """
        if "state" in vals and not (
            self.env.su or self.env.user.has_group("loyalty_club.group_marketer")
        ):
            raise AccessError(
                self.env._(
                    "A membership is activated, suspended or closed by a club marketer or manager."
                )
            )
        if vals.get("state", "closed") != "closed" and self.merged_into_id:
            raise UserError(
                self.env._(
                    "%(member)s was merged into %(other)s and stays closed.",
                    member=self.filtered("merged_into_id")[:1].display_name,
                    other=self.merged_into_id[:1].display_name,
                )
            )

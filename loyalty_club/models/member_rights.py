from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..clock import today_in

# Written by a client only on purpose and by right: no default of hers says it.
_BY_RIGHT = frozenset({"state", "join_date", "channel"})
# Doors at which staff enrols; how else somebody came the product itself knows.
_STAFF_DOORS = {"backend", "pos"}


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

    @api.model
    def _has_own_default(self, name):
        return name in _BY_RIGHT or super()._has_own_default(name)

    @api.model
    def _as_enrolled(self, vals):
        """``vals`` of a new membership, without what is usual anyway: forms send that as well.

        :raises AccessError: when somebody enrols another way than she may.
        """
        if self.env.su:
            return vals
        club = self.env["loyalty.club"].browse(vals.get("club_id"))
        today = today_in(club.company_id or self.env.company)
        usual = {
            "state": vals.get("state") == "active",
            "join_date": fields.Date.to_date(vals.get("join_date")) == today,
        }
        vals = {name: value for name, value in vals.items() if not usual.get(name)}
        self._check_status_right(vals)
        self._check_join_right({name: vals[name] for name in vals if name != "channel"})
        marketer = self.env.user.has_group("loyalty_club.group_marketer")
        if not marketer and vals.get("channel", "backend") not in _STAFF_DOORS:
            raise AccessError(
                self.env._("Through which door somebody came is noted by the club itself.")
            )
        return vals

    def _check_join_right(self, vals):
        """How long somebody has been a member decides what she may send to others.

        :raises AccessError: when a club user without the marketer's right changes it.
        :raises UserError: when anybody changes how somebody joined.
        """
        if "channel" in vals and not self.env.su:
            raise UserError(
                self.env._("Through which door somebody came is noted by the club itself.")
            )
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

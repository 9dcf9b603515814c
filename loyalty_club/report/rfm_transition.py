from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..domain.periods import month_label

# What the picture may show: the field of the history, the model of what it names.
_SUBJECTS = {
    "lifecycle_id": "loyalty.club.lifecycle",
    "class_id": "loyalty.club.rfm.class",
}


class LoyaltyClubRfmHistory(models.Model):
    """How members moved between stages, or classes, from one month's end to another."""

    _inherit = "loyalty.club.rfm.history"

    @api.model
    def get_transitions(self, club_id=None, subject="lifecycle_id", first=None, last=None):
        """Everything the picture of moves shows: the choices there are, and the numbers.

        :param club_id: id of a loyalty.club; the company's when left out.
        :param subject: ``lifecycle_id`` or ``class_id``.
        :param first: month's end (ISO date) from which, the last but one when left out.
        :param last: month's end up to which, the last when left out.
        :returns: dict with ``clubs``, ``months``, ``groups`` in their order (id 0: none), and
            ``counts``: list of (id before, id after, members); id -1 before: not yet there.
        :raises UserError: for another subject.
        """
        if subject not in _SUBJECTS:
            raise UserError(self.env._("Moves are shown between stages or between classes."))
        self.check_access("read")
        clubs = self.env["loyalty.club"].search([("active", "=", True)])
        club = clubs.filtered(lambda item: item.id == club_id) or clubs[:1]
        months = self._months(club)
        first, last = self._chosen(months, first, last)
        return {
            "clubs": [{"id": item.id, "name": item.name} for item in clubs],
            "club_id": club.id,
            "subject": subject,
            "months": [
                {
                    "day": fields.Date.to_string(day),
                    "label": month_label(day, jalali=club.rfm_calendar == "jalali"),
                    "title": format_date(self.env, day),
                }
                for day in months
            ],
            "first": fields.Date.to_string(first) if first else False,
            "last": fields.Date.to_string(last) if last else False,
            "groups": self._groups(club, subject),
            "counts": self._counts(club, subject, first, last) if last else [],
        }

    @api.model
    def get_members_action(self, club_id, subject, first, last, before, after):
        """Open the members who moved from one group to another, as the numbers of the picture.

        :param before: id of the group at ``first``; 0: in none, -1: not yet there.
        :param after: id of the group at ``last``; 0: in none.
        """
        if subject not in _SUBJECTS:
            raise UserError(self.env._("Moves are shown between stages or between classes."))
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        domain = [
            ("club_id", "=", club_id),
            ("rfm_history_ids", "any", self._at(last, subject, after)),
        ]
        if before == -1:
            domain += ["!", ("rfm_history_ids", "any", self._at(first))]
        else:
            domain += [("rfm_history_ids", "any", self._at(first, subject, before))]
        return dict(action, domain=domain, context={})

    @api.model
    def _at(self, day, subject=None, group=None):
        """Domain over the history: what was so at ``day``, in a group of ``subject`` if given."""
        domain = [("since", "<=", day), "|", ("until", "=", False), ("until", ">", day)]
        return [*domain, (subject, "=", group or False)] if subject else domain

    @api.model
    def _months(self, club):
        """The month's ends at which somebody in ``club`` moved, the first of all first."""
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT since FROM loyalty_club_rfm_history WHERE club_id = %s"
                    " ORDER BY since",
                    club.id or 0,
                )
            )
        ]

    @api.model
    def _chosen(self, months, first, last):
        """The two months to compare, in their order; the last two where nothing is chosen."""
        if not months:
            return None, None
        last = fields.Date.to_date(last) or months[-1]
        before = [day for day in months if day < last]
        first = fields.Date.to_date(first) or (before[-1] if before else last)
        return min(first, last), max(first, last)

    @api.model
    def _groups(self, club, subject):
        records = self.env[_SUBJECTS[subject]].with_context(active_test=False)
        groups = [
            {"id": record.id, "name": record.name, "color": record.color}
            for record in records.search([("club_id", "=", club.id)])
        ]
        return [*groups, {"id": 0, "name": self.env._("None"), "color": 0}]

    @api.model
    def _counts(self, club, subject, first, last):
        group = SQL.identifier(subject)
        return [
            list(row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT CASE WHEN a.id IS NULL THEN -1 ELSE COALESCE(a.%(group)s, 0) END,
                           COALESCE(b.%(group)s, 0), COUNT(*)
                      FROM loyalty_club_rfm_history b
                      LEFT JOIN loyalty_club_rfm_history a
                        ON a.member_id = b.member_id AND a.since <= %(first)s
                       AND (a.until IS NULL OR a.until > %(first)s)
                     WHERE b.club_id = %(club)s AND b.since <= %(last)s
                       AND (b.until IS NULL OR b.until > %(last)s)
                     GROUP BY 1, 2
                    """,
                    group=group,
                    first=first,
                    last=last,
                    club=club.id,
                )
            )
        ]

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..clock import today_in
from ..domain.profile import jalali_month_day
from ..domain.yearly import days_until
from .act_batch import ActDone

_CODE = "birthday"
_LATE_DAYS = 3  # a night on which no job ran takes nobody's birthday away
_BATCH = 1000


class LoyaltyClubActKind(models.Model):
    """Birthdays are acts that nobody has to report: the club knows them."""

    _inherit = "loyalty.club.act.kind"

    @api.model
    def _cron_birthdays(self):
        """Give members what their club gives for a birthday: once a year, on the day itself.

        Days are those of the club's calendar of acts. A day that this year does not have is kept
        on the one after it.
        """
        Cron = self.env["ir.cron"]
        rules = self.env["loyalty.club.act.rule"]
        for kind in self.search([("code", "=", _CODE), ("rule_ids", "!=", False)]):
            today = today_in(kind.company_id)
            if not rules._in_force(kind, today):
                continue
            for late in range(_LATE_DAYS, -1, -1):
                members = kind._with_birthday(today - timedelta(days=late))
                while members:
                    kind._celebrate(members[:_BATCH], today - timedelta(days=late))
                    if Cron._commit_progress(len(members[:_BATCH])) <= 0:
                        return
                    members = members[_BATCH:]

    def _with_birthday(self, day):
        """Active members whose birthday is kept on ``day`` and who were not asked about before."""
        self.ensure_one()
        calendar = self.club_id.act_calendar
        ahead = days_until(day, jalali=calendar == "jalali")
        numbers = [number for number, days in ahead.items() if not days]
        members = self.env["loyalty.club.member"]
        members.flush_model()
        self.env["loyalty.club.act"].flush_model()
        # sudo: the club's own job; nobody is shown whose birthday it is
        query = members.sudo()._search(
            [
                ("club_id", "=", self.club_id.id),
                ("state", "=", "active"),
                ("join_date", "<=", day),
                (f"birth_{calendar}", "in", numbers),
            ],
            order="id",
        )
        query.add_where(
            SQL(
                "NOT EXISTS (SELECT FROM loyalty_club_act a WHERE a.member_id = %(member)s"
                " AND a.key = %(prefix)s || %(member)s)",
                member=SQL.identifier(query.table, "id"),
                prefix=f"{self.club_id.id}:{_CODE}:{self._year(day)}:",
            )
        )
        return members.browse(query.get_result_ids())

    def _celebrate(self, members, day):
        year = self._year(day)
        self.env["loyalty.club.member"]._earn_acts(
            _CODE, [ActDone(member, f"{year}:{member.id}") for member in members]
        )

    def _year(self, day):
        """The year of the club's calendar in which ``day`` lies."""
        if self.club_id.act_calendar == "gregorian":
            return day.year
        # The Persian year began in the Gregorian year before, from January to Esfand.
        return day.year - 621 - (day.month < 4 and jalali_month_day(day) > 900)

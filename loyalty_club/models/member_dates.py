from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AGE_GROUPS
from ..domain import profile

_BATCH = 5000


class LoyaltyClubMember(models.Model):
    """Birthday and wedding anniversary, with what of them everybody may read."""

    _inherit = "loyalty.club.member"

    age_group = fields.Selection(AGE_GROUPS, string="Age group", readonly=True, copy=False)

    anniversary = fields.Date(
        string="Wedding anniversary",
        compute="_compute_anniversary",
        search="_search_anniversary",
        readonly=False,
        copy=False,
    )
    anniversary_hint = fields.Char(
        string="Wedding anniversary (day)", compute="_compute_anniversary_hint"
    )
    anniversary_plain = fields.Date(
        string="Wedding anniversary, not sealed", readonly=True, copy=False
    )
    anniversary_sealed = fields.Char(readonly=True, copy=False, prefetch=False)
    anniversary_gregorian = fields.Integer(
        string="Anniversary's month and day",
        readonly=True,
        copy=False,
        index="btree_not_null",
        aggregator=None,
    )
    anniversary_jalali = fields.Integer(
        string="Anniversary's month and day (Persian calendar)",
        readonly=True,
        copy=False,
        index="btree_not_null",
        aggregator=None,
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("anniversary_plain", "anniversary_sealed")
    def _compute_anniversary(self):
        self._compute_one_date("anniversary")

    @api.depends_context("lang")
    @api.depends("anniversary_plain", "anniversary_gregorian", "anniversary_jalali")
    def _compute_anniversary_hint(self):
        self._compute_one_hint("anniversary", "anniversary")

    @api.model
    def _search_anniversary(self, operator, value):
        return self._search_one_date("anniversary", "anniversary", operator, value)

    # === BUSINESS METHODS === #

    @api.model
    def _refresh_ages(self, club, after, up_to):
        """Put members whose birthday came after one day, up to another, into their age groups.

        :returns: how many members had a birthday.
        """
        self.flush_model()
        days = sorted(profile.days_of_year_between(after, up_to))
        last = count = 0
        while last is not None:
            rows = self._born_on(club, days, last)
            groups = []
            for row, number, plain, sealed in rows:
                text = plain or (sealed and self._unsealed("birthday_sealed", number, sealed))
                if day := fields.Date.to_date(text):
                    groups.append((row, profile.age_group(day, up_to)))
            self._store_rows(("age_group",), groups)
            last = rows[-1][0] if rows else None
            count += len(groups)
        return count

    @api.model
    def _born_on(self, club, days, after):
        """The next members of a club whose birthday is on one of these days of the year."""
        self.env.cr.execute(
            SQL(
                "SELECT id, number, birthday_plain, birthday_sealed FROM loyalty_club_member"
                " WHERE club_id = %s AND birth_gregorian = ANY(%s) AND id > %s"
                " ORDER BY id LIMIT %s",
                club.id,
                days,
                after,
                _BATCH,
            )
        )
        return self.env.cr.fetchall()

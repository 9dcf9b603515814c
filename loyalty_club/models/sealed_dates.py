from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import today_in
from ..domain import profile

_COMPARED = {"=", "!=", "<", "<=", ">", ">=", "in", "not in"}


class LoyaltyClubSealedDates(models.AbstractModel):
    """Dates of persons that are kept plain, or sealed where the club marks them sensitive.

    For each date ``x`` in ``_dates`` there are the columns ``x_plain`` and ``x_sealed``, of which
    one is filled, and the mirrors ``y_gregorian`` and ``y_jalali``: month and day as one number,
    which say when to congratulate, and not how old somebody is. The mirrors stay readable.
    The field ``x`` itself gives a sealed date to our own code only.
    """

    _name = "loyalty.club.sealed.dates"
    _inherit = ["loyalty.club.sealed"]
    _description = "Records with Sealed Dates"

    # Date → beginning of the names of its mirrors.
    _dates = {}

    # === COMPUTE METHODS === #

    def _compute_one_date(self, name):
        """Fill the field ``name``: what is sealed opens for our own code (``su``) alone."""
        for record in self:
            day = record[f"{name}_plain"]
            if not day and self.env.su and record[f"{name}_sealed"]:
                day = record._unseal(f"{name}_sealed")
            record[name] = day or False

    def _compute_one_hint(self, name, mirror):
        """Fill ``<name>_hint``: what of a date everybody may read who sees the record."""
        for record in self:
            day = record[f"{name}_plain"]
            if day:
                text = fields.Date.to_string(day)
            else:
                text = self._day_text(record[f"{mirror}_gregorian"], record[f"{mirror}_jalali"])
            record[f"{name}_hint"] = text

    @api.model
    def _day_text(self, gregorian, jalali):
        """Day and month, in the calendar of the reader's language, without a year."""
        number = jalali if (self.env.lang or "").startswith("fa") else gregorian
        return f"••••-{number // 100:02d}-{number % 100:02d}" if number else False

    # === SEARCH METHODS === #

    @api.model
    def _search_one_date(self, name, mirror, operator, value):
        """Compare whole dates where they are plain; whether there is one can always be asked.

        :raises UserError: where the dates are sealed.
        """
        if operator not in _COMPARED:
            return NotImplemented
        asked = {value} if isinstance(value, (str, bool)) or value is None else value
        if operator in ("=", "!=", "in", "not in") and not any(asked):
            known = operator in ("!=", "not in")
            return Domain(f"{mirror}_gregorian", "!=" if known else "=", False)
        if self._is_sealed_somewhere(name):
            raise UserError(
                self.env._(
                    "“%(field)s” is sealed in this club and is not compared as a whole date. "
                    "Search by month and day instead: “%(gregorian)s” or “%(jalali)s”, as a "
                    "number such as 321 for month 3, day 21; or by age group.",
                    field=self._fields[name]._description_string(self.env),
                    gregorian=self._fields[f"{mirror}_gregorian"]._description_string(self.env),
                    jalali=self._fields[f"{mirror}_jalali"]._description_string(self.env),
                )
            )
        return Domain(f"{name}_plain", operator, value)

    @api.model
    def _is_sealed_somewhere(self, name):
        """Whether a club that the user sees keeps this date sealed."""
        # sudo: what a club marks as sensitive binds whoever searches
        clubs = (
            self.env["loyalty.club"].sudo().search([("company_id", "in", self.env.companies.ids)])
        )
        return any(self._sensitive_code(name) in club._sensitive_codes() for club in clubs)

    # === BUSINESS METHODS === #

    @api.model
    def _sensitive_code(self, name):
        """The profile field by which a club marks the date ``name`` as sensitive."""
        return name

    @api.model
    def _date_columns(self, name, value, holder, club):
        """What is kept of a date.

        :param value: a date, its ISO text, or nothing.
        :param holder: to whom a sealed value is bound.
        :param club: loyalty.club that says whether it is sensitive.
        :returns: dict of columns.
        :raises ValidationError: for a day on which nobody alive was born.
        """
        mirror = self._dates[name]
        day = fields.Date.to_date(value)
        if day:
            self._check_day(name, day, club)
        sealed = bool(day) and self._sensitive_code(name) in club._sensitive_codes()
        return {
            f"{name}_plain": False if sealed else day,
            f"{name}_sealed": sealed and self._seal(f"{name}_sealed", holder, day.isoformat()),
            f"{mirror}_gregorian": day and profile.month_day(day),
            f"{mirror}_jalali": day and profile.jalali_month_day(day),
        }

    def _without_unseen(self, vals):
        """Nothing, written to a sealed date by somebody who sees nothing there (a file that was
        exported and comes back), does not empty it."""
        if self.env.su:
            return vals
        unseen = {
            name
            for name in self._dates.keys() & vals.keys()
            if not vals[name] and self._is_sealed(name)
        }
        return {name: value for name, value in vals.items() if name not in unseen}

    def _is_sealed(self, name):
        return bool(self.sudo()[f"{name}_sealed"])  # sudo: whether there is one, not what it says

    @api.model
    def _check_day(self, name, day, club):
        if not profile.is_plausible(day, today_in(club.company_id)):
            raise ValidationError(
                self.env._(
                    "%(field)s: %(day)s is in the future or too long ago. Enter the day as it was.",
                    field=self._fields[name]._description_string(self.env),
                    day=fields.Date.to_string(day),
                )
            )

    @api.model
    def _reseal_batch(self, name, club, after, limit):
        """Bring dates of a club into the form that it wants today: sealed, or plain.

        :param after: id after which to begin.
        :param limit: how many rows at most.
        :returns: id of the last row seen (None: no more), how many changed, how many did not open.
        """
        sealing = self._sensitive_code(name) in club._sensitive_codes()
        plain, sealed = f"{name}_plain", f"{name}_sealed"
        rows = self._rows_of(club, plain if sealing else sealed, after, limit)
        changed = []
        for row, holder, text in rows:
            if sealing:
                changed.append((row, None, self._seal(sealed, holder, text)))
            elif opened := self._unsealed(sealed, holder, text):
                changed.append((row, opened, None))
        self._store_rows((plain, sealed), changed)
        return rows[-1][0] if rows else None, len(changed), len(rows) - len(changed)

    @api.model
    def _rows_of(self, club, column, after, limit):
        """The next rows of a club of which ``column`` is filled: id, holder, value; locked."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id, %(holder)s, %(column)s::text FROM %(table)s"
                " WHERE club_id = %(club)s AND id > %(after)s AND %(column)s IS NOT NULL"
                " ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE",
                holder=self._holder_sql(),
                column=SQL.identifier(column),
                table=SQL.identifier(self._table),
                club=club.id,
                after=after,
                limit=limit,
            )
        )
        return self.env.cr.fetchall()

from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names

from odoo import api, models
from odoo.tools import format_date, format_time
from odoo.tools.misc import babel_locale_parse, get_lang


class LoyaltyClubEarnSentence(models.AbstractModel):
    """When a rule counts, in words."""

    _inherit = "loyalty.club.earn.sentence"

    # === BUSINESS METHODS === #

    @api.model
    def _when(self, spec, names):
        when = spec["when"]
        yield from self._on_days(when)
        yield from self._on_occasions(when, names)
        yield from self._by_rhythm(when)

    @api.model
    def _on_days(self, when):
        first, last = (
            format_date(self.env, date.fromisoformat(when[name])) if when[name] else None
            for name in ("from", "until")
        )
        if first and last:
            yield self.env._("From %(first)s to %(last)s.", first=first, last=last)
        elif first:
            yield self.env._("From %(first)s on.", first=first)
        elif last:
            yield self.env._("Until %(last)s.", last=last)
        if when["weekdays"]:
            locale = babel_locale_parse(get_lang(self.env).code)
            days = get_day_names("wide", locale=locale)
            yield self.env._(
                "On %(days)s.", days=self._either([days[number] for number in when["weekdays"]])
            )
        if (float(when["hour_from"]), float(when["hour_until"])) != (0, 24):
            yield self.env._(
                "Between %(first)s and %(last)s.",
                first=self._hour(when["hour_from"]),
                last=self._hour(when["hour_until"]),
            )

    @api.model
    def _on_occasions(self, when, names):
        texts = [
            self._occasion(occasion, names[occasion["occasion"], "loyalty.club.occasion"])
            for occasion in when["occasions"]
        ]
        if texts:
            yield self.env._("On %(occasions)s.", occasions=self._either(texts))

    @api.model
    def _occasion(self, occasion, name):
        before, after = occasion["before"], occasion["after"]
        if before and after:
            return self.env._(
                "“%(occasion)s”, %(before)s days before it and %(after)s days after it",
                occasion=name,
                before=self._plain(before),
                after=self._plain(after),
            )
        if before:
            return self.env._(
                "“%(occasion)s” and %(before)s days before it",
                occasion=name,
                before=self._plain(before),
            )
        if after:
            return self.env._(
                "“%(occasion)s” and %(after)s days after it",
                occasion=name,
                after=self._plain(after),
            )
        return f"“{name}”"

    @api.model
    def _by_rhythm(self, when):
        if when["nth"] == 1:
            yield self.env._("Only for a member's first purchase.")
        elif when["nth"]:
            yield self.env._(
                "Only for a member's purchase number %(number)s.",
                number=self._plain(when["nth"]),
            )
        if when["every_nth"]:
            yield self.env._(
                "Once in every %(number)s purchases of a member.",
                number=self._plain(when["every_nth"]),
            )
        if when["within_days"] is not None:
            yield self.env._(
                "If the last purchase was at most %(days)s days ago.",
                days=self._plain(when["within_days"]),
            )
        if when["first_after"] is not None:
            yield self.env._(
                "If the last purchase was at least %(days)s days ago.",
                days=self._plain(when["first_after"]),
            )
        if when["streak"]:
            texts = {
                "day": self.env._("For a purchase on each of %(count)s days in a row."),
                "week": self.env._("For a purchase in each of %(count)s weeks in a row."),
                "month": self.env._("For a purchase in each of %(count)s months in a row."),
            }
            count = self._plain(when["streak"]["count"])
            yield texts[when["streak"]["unit"]] % {"count": count}

    @api.model
    def _hour(self, hour):
        """An hour of the day as people write it; the end of the day is midnight."""
        minutes = round(float(hour) * 60) % (24 * 60)
        moment = (datetime.combine(date.min, time.min) + timedelta(minutes=minutes)).time()
        return format_time(self.env, moment, time_format="short")

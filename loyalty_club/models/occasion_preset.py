"""The occasions that every company with a club begins with; each may be changed or archived."""

from odoo import Command, api, models

# Key of the name in ``_default_names``, and what differs from a single day.
PRESETS = [
    ("occasion_nowruz", {"calendar": "jalali", "month": 1, "day": 1, "after": 12}),
    ("occasion_nowruz_shopping", {"calendar": "jalali", "month": 1, "day": 1, "before": 20}),
    ("occasion_school", {"calendar": "jalali", "month": 7, "day": 1, "before": 20}),
    ("occasion_yalda", {"calendar": "jalali", "month": 9, "day": 30, "before": 3}),
    ("occasion_teacher", {"calendar": "jalali", "month": 2, "day": 12}),
    ("occasion_valentine", {"calendar": "gregorian", "month": 2, "day": 14}),
    ("occasion_new_year", {"calendar": "gregorian", "month": 1, "day": 1, "before": 7}),
    (
        "occasion_black_friday",
        {"calendar": "dates", "dates": ("2026-11-27", "2027-11-26", "2028-11-24")},
    ),
    ("occasion_birthday", {"calendar": "birthday"}),
    ("occasion_birthday_week", {"calendar": "birthday", "before": 3, "after": 3}),
    ("occasion_anniversary", {"calendar": "anniversary"}),
]
# Besides, of companies in Iran.
PRESETS_IRAN = [
    ("occasion_mother", {"calendar": "lunar", "month": 6, "day": 20, "before": 7}),
    ("occasion_father", {"calendar": "lunar", "month": 7, "day": 13, "before": 7}),
    ("occasion_ramadan", {"calendar": "lunar", "month": 9, "day": 1, "after": 28}),
    ("occasion_fitr", {"calendar": "lunar", "month": 10, "day": 1, "after": 1}),
]


class LoyaltyClubOccasion(models.Model):
    """What a new club's company gets."""

    _inherit = "loyalty.club.occasion"

    @api.model
    def _create_defaults(self, company):
        """Make the usual occasions of ``company`` (res.company), unless it has some."""
        # sudo: a new club comes with what it needs
        occasions = self.sudo().with_context(active_test=False)
        if occasions.search_count([("company_id", "=", company.id)], limit=1):
            return
        names = self.env["loyalty.club"]._default_names()
        presets = PRESETS + (PRESETS_IRAN if company.country_id.code == "IR" else [])
        occasions.create(
            [
                {
                    "name": names[key],
                    "company_id": company.id,
                    "sequence": 10 * number,
                    "date_ids": [Command.create({"date": day}) for day in preset.get("dates", ())],
                    **{name: value for name, value in preset.items() if name != "dates"},
                }
                for number, (key, preset) in enumerate(presets, 1)
            ]
        )

    @api.model
    def _create_missing(self):
        """Give companies with clubs of before there were occasions theirs."""
        clubs = self.env["loyalty.club"].with_context(active_test=False)
        for (company,) in clubs._read_group([], ["company_id"]):
            self._create_defaults(company)
        clubs._translate_default_names()


class LoyaltyClub(models.Model):
    """A new club's company has occasions."""

    _inherit = "loyalty.club"

    @api.model
    def _default_names(self):
        """The occasions as well."""
        return {
            **super()._default_names(),
            "occasion_nowruz": self.env._("Nowruz holidays"),
            "occasion_nowruz_shopping": self.env._("Shopping before Nowruz"),
            "occasion_school": self.env._("Beginning of school"),
            "occasion_yalda": self.env._("Yalda"),
            "occasion_teacher": self.env._("Teacher's Day"),
            "occasion_valentine": self.env._("Valentine's Day"),
            "occasion_new_year": self.env._("New Year"),
            "occasion_black_friday": self.env._("Black Friday"),
            "occasion_mother": self.env._("Mother's Day"),
            "occasion_father": self.env._("Father's Day"),
            "occasion_ramadan": self.env._("Ramadan"),
            "occasion_fitr": self.env._("Eid al-Fitr"),
            "occasion_birthday": self.env._("Birthday"),
            "occasion_birthday_week": self.env._("Birthday week"),
            "occasion_anniversary": self.env._("Wedding anniversary"),
        }

    def _set_up(self):
        result = super()._set_up()
        self.env["loyalty.club.occasion"]._create_defaults(self.company_id)
        return result

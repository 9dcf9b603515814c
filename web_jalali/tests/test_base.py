"""Groups by Jalali periods: right to the second, and only where the web client asks for them."""

from datetime import date

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.web_jalali.tests.common import JalaliCase

PERIODS = ("month", "quarter", "year")


@tagged("post_install", "-at_install")
class TestBase(JalaliCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env["res.currency"].create({"name": "XJL", "symbol": "J"})

    def people(self, *moments):
        """Contacts that were made at these moments (UTC)."""
        partners = self.env["res.partner"].create([{"name": moment} for moment in moments])
        partners.flush_recordset()
        for partner in partners:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET create_date = name::timestamp WHERE id = %s", partner.id
                )
            )
        partners.invalidate_recordset(flush=False)
        return partners

    def rates(self, *days):
        return self.env["res.currency.rate"].create(
            [
                {"name": day, "rate": number + 1.0, "currency_id": self.currency.id}
                for number, day in enumerate(days)
            ]
        )

    def groups(self, records, spec, env=None, **context):
        model = records.with_env(env or self.persian).with_context(**context)
        found = model.formatted_read_group([("id", "in", records.ids)], [spec], ["__count"])
        for group in found:
            domain = [("id", "in", records.ids), *group["__extra_domain"]]
            self.assertEqual(model.search_count(domain), group["__count"], group)
        self.assertEqual(sum(group["__count"] for group in found), len(records))
        return [(group[spec], group["__count"]) for group in found]

    def test_moments_fall_in_the_period_of_the_users_zone(self):
        people = self.people("2026-03-20 20:29:59", "2026-03-20 20:30:00")
        for period, texts in (
            ("month", ("اسفند ۱۴۰۴", "فروردین ۱۴۰۵")),
            ("quarter", ("زمستان ۱۴۰۴", "بهار ۱۴۰۵")),
            ("year", ("۱۴۰۴", "۱۴۰۵")),
        ):
            found = self.groups(people, f"create_date:{period}")
            self.assertEqual([label for (_start, label), _count in found], list(texts))
            self.assertEqual(found[1][0][0], "2026-03-20 20:30:00")
            found = self.groups(people, f"create_date:{period}", tz="UTC")
            self.assertEqual([(label, count) for (_start, label), count in found], [(texts[0], 2)])

    def test_summer_time_is_part_of_the_zone(self):
        people = self.people("2021-06-21 19:29:59", "2021-06-21 19:30:00", "2021-03-21 20:30:00")
        found = self.groups(people, "create_date:month")
        self.assertEqual(
            found,
            [
                (("2021-03-20 20:30:00", "فروردین ۱۴۰۰"), 1),
                (("2021-05-21 19:30:00", "خرداد ۱۴۰۰"), 1),
                (("2021-06-21 19:30:00", "تیر ۱۴۰۰"), 1),
            ],
        )

    def test_days(self):
        rates = self.rates("2025-03-20", "2025-03-21", "2026-03-20", "2026-03-21")
        self.assertEqual(
            self.groups(rates, "name:year"),
            [
                (("2024-03-20", "۱۴۰۳"), 1),
                (("2025-03-21", "۱۴۰۴"), 2),
                (("2026-03-21", "۱۴۰۵"), 1),
            ],
        )
        labels = {
            "day": "۲۹ اسفند ۱۴۰۴",
            "week": "هفته ۵۳، ۱۴۰۴",
            "month": "اسفند ۱۴۰۴",
            "quarter": "زمستان ۱۴۰۴",
        }
        for period, label in labels.items():
            found = [text for (_start, text), _count in self.groups(rates, f"name:{period}")]
            self.assertIn(label, found)

    def test_weeks_begin_on_saturday(self):
        rates = self.rates("2026-11-20", "2026-11-21", "2026-11-27")
        self.assertEqual(
            self.groups(rates, "name:week"),
            [(("2026-11-14", "هفته ۳۵، ۱۴۰۵"), 1), (("2026-11-21", "هفته ۳۶، ۱۴۰۵"), 2)],
        )

    def test_hours_and_days_of_moments(self):
        people = self.people("2026-03-20 20:29:59", "2026-03-20 20:30:00")
        labels = [text for (_s, text), _c in self.groups(people, "create_date:hour")]
        self.assertEqual(labels, ["۲۹ اسفند ۲۳:۰۰", "۱ فروردین ۰۰:۰۰"])
        labels = [text for (_s, text), _c in self.groups(people, "create_date:day")]
        self.assertEqual(labels, ["۲۹ اسفند ۱۴۰۴", "۱ فروردین ۱۴۰۵"])

    def test_a_path_through_another_record(self):
        people = self.people("2026-03-20 20:29:59", "2026-03-20 20:30:00")
        banks = self.env["res.partner.bank"].create(
            [{"acc_number": f"J{person.id}", "partner_id": person.id} for person in people]
        )
        labels = [text for (_s, text), _c in self.groups(banks, "partner_id.create_date:month")]
        self.assertEqual(labels, ["اسفند ۱۴۰۴", "فروردین ۱۴۰۵"])

    def test_records_without_a_date_are_a_group_of_their_own(self):
        people = self.people("2026-03-20 20:30:00", "2026-03-20 20:30:00")
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = NULL WHERE id = %s", [people[0].id]
        )
        people.invalidate_recordset()
        found = self.groups(people, "create_date:month")
        self.assertEqual([value and value[1] for value, _count in found], ["فروردین ۱۴۰۵", False])

    def test_periods_without_records_are_filled(self):
        rates = self.rates("2026-01-10", "2026-05-10")
        found = self.groups(rates, "name:month", fill_temporal=True)
        self.assertEqual(
            [(label, count) for (_start, label), count in found],
            [
                ("دی ۱۴۰۴", 1),
                *((f"{month} ۱۴۰۴", 0) for month in ("بهمن", "اسفند")),
                ("فروردین ۱۴۰۵", 0),
                ("اردیبهشت ۱۴۰۵", 1),
            ],
        )
        bounds = {"fill_from": "2025-12-25", "fill_to": "2026-01-01", "min_groups": 4}
        found = self.groups(rates, "name:month", fill_temporal=bounds)
        self.assertEqual(
            [label for (_start, label), _count in found],
            ["دی ۱۴۰۴", "بهمن ۱۴۰۴", "اسفند ۱۴۰۴", "فروردین ۱۴۰۵", "اردیبهشت ۱۴۰۵"],
        )
        people = self.people("2026-01-10 00:00:00", "2026-05-10 00:00:00")
        found = self.groups(people, "create_date:quarter", fill_temporal=True)
        self.assertEqual(
            [value for value, _count in found],
            [("2025-12-21 20:30:00", "زمستان ۱۴۰۴"), ("2026-03-20 20:30:00", "بهار ۱۴۰۵")],
        )

    def test_pager_and_pivot_agree_with_the_groups(self):
        rates = self.rates("2026-03-20", "2026-03-21")
        model = rates.with_env(self.persian)
        domain = [("id", "in", rates.ids)]
        listed = model.web_read_group(domain, ["name:month"], limit=1)
        self.assertEqual(listed["length"], 2)
        self.assertEqual(listed["groups"][0]["name:month"][1], "اسفند ۱۴۰۴")
        by_month, everything = model.formatted_read_grouping_sets(
            domain, [["name:month"], []], ["__count"]
        )
        self.assertEqual(len(by_month), 2)
        self.assertEqual(everything[0]["__count"], 2)
        bar = model.read_progress_bar(
            domain, "name:month", {"field": "company_id", "colors": {False: "muted"}}
        )
        self.assertLessEqual(set(bar), {"2026-02-20", "2026-03-21"})

    def test_opened_groups_hold_their_records(self):
        rates = self.rates("2026-03-20", "2026-03-21", "2026-03-22")
        listed = rates.with_env(self.persian).web_read_group(
            [("id", "in", rates.ids)],
            ["name:month"],
            auto_unfold=True,
            unfold_read_specification={"name": {}},
        )
        days = [[record["name"] for record in group["__records"]] for group in listed["groups"]]
        self.assertEqual(
            [sorted(group) for group in days],
            [[date(2026, 3, 20)], [date(2026, 3, 21), date(2026, 3, 22)]],
        )

    def test_programs_group_by_the_gregorian_calendar(self):
        rates = self.rates("2026-03-20", "2026-03-21")
        model = rates.with_env(self.persian)
        domain = [("id", "in", rates.ids)]
        self.assertEqual(model._read_group(domain, ["name:month"]), [(date(2026, 3, 1),)])
        found = self.groups(rates, "name:month", jalali_groups=False)
        self.assertEqual([value[0] for value, _count in found], ["2026-03-01"])

    def test_a_record_of_a_group_computes_in_the_gregorian_calendar(self):
        rates = self.rates("2026-03-20")
        seen = []
        read = type(rates)._compute_display_name

        def spy(records):
            seen.append(records.env.context.get("jalali_groups"))
            return read(records)

        self.patch(type(rates), "_compute_display_name", spy)
        rates.invalidate_recordset()
        rates.with_env(self.persian).web_read_group(
            [("id", "in", rates.ids)],
            ["name:month"],
            auto_unfold=True,
            unfold_read_specification={"display_name": {}},
        )
        self.assertEqual(seen, [None])

    def test_other_languages_group_as_ever(self):
        rates = self.rates("2026-03-20", "2026-03-21")
        people = self.people("2026-03-20 20:29:59", "2026-03-20 20:30:00")
        for records, field in ((rates, "name"), (people, "create_date")):
            for period in (*PERIODS, "week", "day"):
                model = records.with_env(self.english)
                domain = [("id", "in", records.ids)]
                self.assertEqual(
                    model.formatted_read_group(domain, [f"{field}:{period}"], ["__count"]),
                    model.with_context(jalali_groups=False).formatted_read_group(
                        domain, [f"{field}:{period}"], ["__count"]
                    ),
                )
        self.assertEqual(
            self.groups(rates, "name:month", self.english), [(("2026-03-01", "March 2026"), 2)]
        )

    def test_every_stored_date_of_the_database(self):
        """Each group's domain finds what the group counts, whatever the model."""
        checked = 0
        for model_name, field in self._stored_dates():
            model = self.persian[model_name].sudo().with_context(active_test=False)
            spec = f"{field.name}:month"
            groups = model.formatted_read_group([], [spec], ["__count"])
            self.assertEqual(
                sum(group["__count"] for group in groups), model.search_count([]), (model, spec)
            )
            for group in groups[:4]:
                count = model.search_count(group["__extra_domain"])
                self.assertEqual(count, group["__count"], (model, spec, group))
            checked += 1
        self.assertGreater(checked, 100)

    def _stored_dates(self):
        for name, cls in self.env.registry.items():
            if cls._abstract or cls._transient or not cls._auto or not cls._log_access:
                continue
            for field in cls._fields.values():
                if field.type in ("date", "datetime") and field.store and not field.inherited:
                    yield name, field

    def test_days_of_no_calendar_keep_odoos_label(self):
        rates = self.rates("9999-06-01")
        (((start, label), count),) = self.groups(rates, "name:day")
        self.assertEqual((start, count), ("9999-06-01", 1))
        self.assertTrue(label)

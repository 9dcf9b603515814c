from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .rfm_common import TODAY, RfmCommon


@tagged("post_install", "-at_install")
class TestKpiWindow(RfmCommon):
    """The window says what the measures count."""

    def setUp(self):
        super().setUp()
        self.club.rfm_calendar = "gregorian"
        self.Window = self.env["loyalty.club.kpi.window"]
        self.env["loyalty.club.member"].search([("club_id", "=", self.club.id)]).write(
            {"join_date": "2025-01-01"}
        )

    def open(self, **values):
        return self.Window.create({"club_id": self.club.id, **values})

    @freeze_time("2025-07-20 12:00:00")
    def test_periods_are_whole_months_or_days_up_to_today(self):
        found = {}
        for period in ("last_month", "this_month", "days_90", "days_365"):
            window = self.open(period=period)
            found[period] = (window.first, window.last)
        today = date(2025, 7, 20)
        self.assertEqual(
            found,
            {
                "last_month": (date(2025, 6, 1), date(2025, 6, 30)),
                "this_month": (date(2025, 7, 1), today),
                "days_90": (today - timedelta(days=89), today),
                "days_365": (today - timedelta(days=364), today),
            },
        )

    @freeze_time("2025-07-20 12:00:00")
    def test_months_are_those_of_the_clubs_calendar(self):
        self.club.rfm_calendar = "jalali"
        window = self.open()
        self.assertEqual((window.first, window.last), (date(2025, 5, 22), date(2025, 6, 21)))

    def test_figures_say_what_they_are_made_of(self):
        stranger = self.env["res.partner"].create({"name": "A"})
        for member in self.members[:3]:
            self.buy(member, 5, 10)
        self.buy(self.env["loyalty.club.member"], 5, 10, partner=stranger)
        window = self.open(period="own", first=date(2025, 6, 1), last=TODAY)
        self.assertEqual(window.activation, "75.0%")
        self.assertEqual(window.activation_of, "3 of 4 buyers whom the club wants are members.")
        self.assertEqual(window.retention, "No figure yet")
        self.assertIn("3 members spent", window.value_delta_of)

    def test_days_change_the_figures(self):
        self.buy(self.members[0], 5, 10)
        with Form(self.Window.with_context(default_club_id=self.club.id)) as form:
            form.period = "own"
            form.first, form.last = date(2025, 6, 1), TODAY
            self.assertIn("1 of 1", form.activation_of)
            form.last = date(2025, 6, 2)
            self.assertIn("0 of 0", form.activation_of)
            form.first = TODAY
            self.assertFalse(form.activation)
            form.first = date(2025, 6, 1)

    def test_a_cashier_asks_for_no_figures(self):
        with self.assertRaises(AccessError):
            self.Window.with_user(self.cashier).create({"club_id": self.club.id})
        marketer = new_test_user(self.env, "kpi_marketer", groups="loyalty_club.group_marketer")
        window = self.Window.with_user(marketer).create({"club_id": self.club.id})
        self.assertTrue(window.activation)

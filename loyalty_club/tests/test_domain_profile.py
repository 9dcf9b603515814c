from datetime import date, timedelta

import jdatetime
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain import identity, profile
from ..domain.codes import InputError

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
CODES = st.sets(st.sampled_from("abcdefgh"))


@tagged("post_install", "-at_install")
class TestDomainProfile(BaseCase):
    """Age, days that come back, and how complete a profile is."""

    @given(DAYS)
    def test_both_mirrors_name_a_day_of_their_calendar(self, day):
        self.assertEqual(divmod(profile.month_day(day), 100), (day.month, day.day))
        jalali = jdatetime.date.fromgregorian(date=day)
        self.assertEqual(divmod(profile.jalali_month_day(day), 100), (jalali.month, jalali.day))

    @given(DAYS, st.integers(0, 120))
    def test_age_grows_by_one_on_the_birthday_and_on_no_other_day(self, birthday, years):
        day = birthday + timedelta(days=round(years * 365.25) + 3)
        before = day - timedelta(days=1)
        grown = profile.age_on(birthday, day) - profile.age_on(birthday, before)

        came = profile.month_day(birthday) in profile.days_of_year_between(before, day)

        self.assertEqual(grown, int(came))

    @given(DAYS, st.integers(0, 800), st.integers(0, 800))
    def test_age_group_changes_only_for_those_whom_the_daily_job_looks_at(self, birthday, one, two):
        since = birthday + timedelta(days=6000 + one)
        today = since + timedelta(days=two)

        changed = profile.age_group(birthday, since) != profile.age_group(birthday, today)

        if changed:
            days = profile.days_of_year_between(since, today)
            self.assertIn(profile.month_day(birthday), days)

    @given(CODES, CODES)
    def test_a_profile_is_complete_when_all_that_counts_is_filled(self, counted, filled):
        percent = profile.completion(counted, filled)

        self.assertEqual(percent == 100, bool(counted) and counted <= filled)
        self.assertTrue(0 <= percent <= 100)

    def test_a_day_in_the_future_or_before_anybody_alive_is_refused(self):
        today = date(2026, 11, 22)

        self.assertFalse(profile.is_plausible(date(2026, 11, 23), today))
        self.assertFalse(profile.is_plausible(date(1369, 1, 1), today), "a Persian year")
        self.assertTrue(profile.is_plausible(today, today))

    @given(st.text(max_size=20))
    def test_a_mask_keeps_the_length_and_shows_two_characters_at_most(self, text):
        masked = profile.mask(text)

        self.assertEqual(len(masked), len(text))
        hidden = len(text) - 2 if len(text) >= 8 else len(text)
        self.assertEqual(masked[:hidden], "*" * hidden)


@tagged("post_install", "-at_install")
class TestDomainIdentity(BaseCase):
    """One person's code has one form, however it is written."""

    def test_national_codes_are_one_in_every_writing(self):
        for text in ("0499370899", "۰۴۹۹۳۷۰۸۹۹", "499370899", " 049-937-0899 ", "٠٤٩٩٣٧٠٨٩٩"):
            with self.subTest(text=text):
                self.assertEqual(identity.normalise_identity(text, "national"), "0499370899")
                self.assertIn("0499370899", identity.identity_forms(text))

    @given(st.from_regex("[A-Za-z0-9]{5,12}", fullmatch=True))
    def test_a_foreign_document_is_found_by_whatever_it_was_kept_as(self, text):
        kept = identity.normalise_identity(text, "foreign")

        self.assertIn(kept, identity.identity_forms(f" {text.lower()} "))

    def test_a_wrong_check_digit_is_refused_of_iranians_and_doubted_of_foreigners(self):
        for kind, text in (("national", "0499370898"), ("legal", "10380284791")):
            with self.subTest(kind=kind), self.assertRaises(InputError):
                identity.normalise_identity(text, kind)
            self.assertTrue(identity.is_doubtful(identity.normalise_identity(text, "foreign")))

    def test_a_bank_cards_number_is_never_kept(self):
        with self.assertRaises(InputError) as refused:
            identity.normalise_identity("6037-9912-3456-7893", "foreign")

        self.assertEqual(refused.exception.code, "payment_card")

from contextlib import suppress
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import rate_limit
from .profile_common import NATIONAL, OTHER_NATIONAL, ProfileCommon

BIRTHDAY = date(1990, 3, 21)  # 1 Farvardin 1369


@tagged("post_install", "-at_install")
class TestIdentityCode(ProfileCommon):
    """An identity code is sealed, masked, unique, and finds its member."""

    def test_reads_masked_for_everybody_and_stands_nowhere_in_clear(self):
        self.member.with_user(self.cashier).identity_code = "۰۴۹۹-۳۷۰۸۹۹"

        for user in (self.cashier, self.manager, self.env.user):
            read = self.member.with_user(user).read(["identity_code", "identity_type"])[0]
            self.assertEqual(read["identity_code"], "********99")
            self.assertEqual(read["identity_type"], "national")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(m)::text FROM loyalty_club_member m WHERE id = %s", [self.member.id]
        )
        self.assertNotIn(NATIONAL, self.env.cr.fetchone()[0])
        self.assertEqual(self.member._plain_value("identity_code"), NATIONAL)

    def test_finds_its_member_in_every_writing_and_only_as_a_whole(self):
        self.member.identity_code = NATIONAL
        Member = self.Member.with_user(self.cashier)

        for text in (NATIONAL, "۴۹۹۳۷۰۸۹۹", "049 937 0899"):
            with self.subTest(text=text):
                found = Member.search(
                    [("identity_code", "=", text), ("club_id", "=", self.club.id)]
                )
                self.assertEqual(found, self.member)
                self.assertEqual(Member._by_identity(self.club, text), self.member)
        for text in (OTHER_NATIONAL, "0899", "", "******0899", None):
            with self.subTest(text=text):
                self.assertFalse(Member._by_identity(self.club, text))
        self.assertFalse(Member.search([("identity_code", "ilike", "0899")]))

    def test_codes_are_looked_up_one_at_a_time(self):
        self.member.identity_code = NATIONAL
        Member = self.Member.with_user(self.cashier)
        both = [NATIONAL, OTHER_NATIONAL]

        for domain in (
            [("identity_code", "in", both)],
            [("identity_code", "not in", both)],
            ["|", *(("identity_code", "=", code) for code in both)],
        ):
            with self.subTest(domain=domain), self.assertRaisesRegex(UserError, "one at a time"):
                Member.search(domain)
        self.assertEqual(self.Member.sudo().search([("identity_code", "in", both)]), self.member)

    def test_looking_codes_up_is_counted_for_each_person(self):
        self.member.identity_code = NATIONAL
        Member = self.Member.with_user(self.cashier)
        with patch.object(rate_limit, "_IDENTITIES_OF_ONE", (3, 3600)):
            self.assertEqual(Member.search([("identity_code", "=", NATIONAL)]), self.member)
            self.assertEqual(Member._locate(self.club, NATIONAL), self.member)
            self.env["res.partner"].with_user(self.cashier)._club_named_at_till(
                self.till.id, OTHER_NATIONAL
            )

            self.assertFalse(Member._locate(self.club, NATIONAL))
            self.assertFalse(
                self.env["res.partner"]
                .with_user(self.cashier)
                ._club_named_at_till(self.till.id, NATIONAL)
            )
            with self.assertRaisesRegex(UserError, "Too many"):
                Member.search([("identity_code", "=", NATIONAL)])
            self.assertEqual(self.Member.sudo()._locate(self.club, NATIONAL), self.member)

    def test_what_is_no_code_or_names_somebody_is_not_counted(self):
        self.member.partner_id.phone = "09121234567"
        Member = self.Member.with_user(self.cashier)
        refuse = patch.object(type(self.env["loyalty.club.rate.limit"]), "_identity_refusal")
        with refuse as counted:
            for text in (self.member.number, "09121234567", "0912123", "Sara", "2"):
                Member._locate(self.club, text)

            counted.assert_not_called()

    def test_members_without_a_code_are_found(self):
        other = self.new_member("Other", identity_code=NATIONAL)

        without = self.Member.search([("identity_code", "=", False)])
        having = self.Member.search([("identity_code", "!=", False)])

        self.assertIn(self.member, without)
        self.assertNotIn(other, without)
        self.assertIn(other, having)
        self.assertNotIn(self.member, having)

    def test_a_code_belongs_to_one_member_and_the_refusal_names_nobody(self):
        self.member.identity_code = NATIONAL
        other = self.new_member("Other")

        with self.assertRaises(ValidationError) as refused:
            other.with_user(self.cashier).identity_code = "۴۹۹۳۷۰۸۹۹"
        self.assertNotIn("Sara", str(refused.exception))
        self.assertNotIn(self.member.number, str(refused.exception))

        with self.assertRaises(ValidationError) as refused:
            other.with_user(self.manager).identity_code = NATIONAL
        self.assertIn("Sara", str(refused.exception))
        with self.assertRaises(ValidationError):
            self.new_member("Third", identity_code=NATIONAL)

    def test_a_taken_code_is_noted_for_the_staff(self):
        self.member.identity_code = NATIONAL
        other = self.new_member("Other")

        with suppress(ValidationError):  # no rollback: the note is written apart from the refusal
            other.with_user(self.cashier).identity_code = NATIONAL

        pair = self.env["loyalty.club.duplicate"].search([("reason", "=", "identity")], limit=1)
        self.assertEqual(pair.member_id | pair.other_id, self.member | other)

    def test_two_new_members_with_one_code_are_refused_by_the_database(self):
        partners = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])

        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.Member.create(
                [
                    {"partner_id": partner.id, "club_id": self.club.id, "identity_code": NATIONAL}
                    for partner in partners
                ]
            )

    def test_a_code_may_be_a_members_of_each_club(self):
        club = self.env["loyalty.club"].create({"name": "Second"})
        self.member.identity_code = NATIONAL

        second = self.new_member("Sara", club_id=club.id, identity_code=NATIONAL)

        self.assertEqual(self.Member._by_identity(club, NATIONAL), second)
        self.assertEqual(self.Member._by_identity(self.club, NATIONAL), self.member)

    def test_kinds_are_told_apart_and_checked(self):
        self.member.identity_code = "10380284790"
        self.assertEqual(self.member.identity_type, "legal")
        for values in (
            {"identity_type": "national", "identity_code": "0499370898"},
            {"identity_type": "legal", "identity_code": "10380284791"},
            {"identity_type": "foreign", "identity_code": "??"},
            {"identity_type": "foreign", "identity_code": "6037991234567893"},
            {"identity_code": "******4790x"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.member.write(values)

    def test_a_foreigners_document_is_warned_of_not_refused(self):
        self.member.write({"identity_type": "foreign", "identity_code": "0499370898"})
        self.assertIn("check digit", self.member.identity_warning)

        self.member.write({"identity_type": "foreign", "identity_code": "K 1234567"})

        self.assertFalse(self.member.identity_warning)
        self.assertEqual(self.Member._by_identity(self.club, "k1234567"), self.member)

    def test_writing_the_mask_back_changes_nothing_and_nothing_clears_it(self):
        self.member.identity_code = NATIONAL
        sealed = self.column("identity_sealed")

        self.member.write({"identity_code": self.member.identity_code})
        self.assertEqual(self.member._plain_value("identity_code"), NATIONAL)
        self.assertTrue(sealed)

        self.member.identity_code = False
        self.assertFalse(self.member.identity_code)
        self.assertIsNone(self.column("identity_index"))

    def test_a_value_copied_to_another_member_does_not_open(self):
        self.member.identity_code = NATIONAL
        other = self.new_member("Other")

        other.sudo().write({"identity_sealed": self.column("identity_sealed")})

        with mute_logger("odoo.addons.loyalty_club.models.sealed"):
            self.assertIsNone(other._plain_value("identity_code"))
            self.assertEqual(other.identity_code, "?")

    def test_nobody_reads_writes_or_searches_what_is_kept(self):
        self.member.identity_code = NATIONAL
        member = self.member.with_user(self.manager)

        for name in ("identity_sealed", "identity_index", "birthday_sealed"):
            with self.subTest(name=name):
                self.assertNotIn(name, member.fields_get())
                with self.assertRaises(AccessError):
                    member.read([name])
                with self.assertRaises(AccessError):
                    member.search([(name, "!=", False)])
        for values in ({"identity_index": "x"}, {"birth_jalali": 101}, {"age_group": "18_24"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                member.write(values)

    def test_a_merge_hands_the_code_over_sealed_for_its_new_holder(self):
        twin = self.new_member("Sara again", identity_code=NATIONAL, birthday=BIRTHDAY)

        twin._merge_into(self.member)

        self.assertEqual(self.member._plain_value("identity_code"), NATIONAL)
        self.assertEqual(self.member.sudo().birthday, BIRTHDAY)
        self.assertEqual(self.Member._by_identity(self.club, NATIONAL), self.member)


@tagged("post_install", "-at_install")
class TestSealedDates(ProfileCommon):
    """Dates are sealed where the club marks them so; day and month stay readable."""

    def test_a_sealed_birthday_opens_for_our_own_code_alone(self):
        self.member.with_user(self.cashier).birthday = BIRTHDAY

        for user in (self.cashier, self.manager):
            self.assertFalse(self.member.with_user(user).birthday)
        self.assertEqual(self.member.sudo().birthday, BIRTHDAY)
        self.assertIsNone(self.column("birthday_plain"))
        self.assertNotIn("1990", self.column("birthday_sealed"))

    def test_day_month_and_age_group_stay_readable_and_are_found(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.member.birthday = BIRTHDAY
        member = self.member.with_user(self.cashier)

        self.assertEqual((member.birth_gregorian, member.birth_jalali), (321, 101))
        self.assertEqual(member.birthday_hint, "••••-03-21")
        self.assertEqual(member.with_context(lang="fa_IR").birthday_hint, "••••-01-01")
        for domain in (
            [("birth_jalali", "=", 101)],
            [("birth_gregorian", ">=", 301), ("birth_gregorian", "<=", 331)],
            [("age_group", "=", member.age_group)],
            [("birthday", "!=", False)],
        ):
            with self.subTest(domain=domain):
                self.assertIn(member, member.search(domain))
        self.assertNotIn(member, member.search([("birthday", "=", False)]))

    def test_a_search_by_the_whole_sealed_date_says_what_to_search_instead(self):
        with self.assertRaises(UserError) as refused:
            self.Member.search([("birthday", ">", "1980-01-01")])

        for name in ("birth_gregorian", "birth_jalali"):
            label = self.Member._fields[name]._description_string(self.env)
            self.assertIn(label, str(refused.exception))

    def test_a_birthday_that_is_not_sensitive_is_plain_and_searched_as_a_whole(self):
        self.env["loyalty.club"].search([]).profile_field_ids.filtered(
            lambda field: field.code == "birthday"
        ).sensitive = False

        self.member.birthday = BIRTHDAY

        member = self.member.with_user(self.cashier)
        self.assertEqual(member.birthday, BIRTHDAY)
        self.assertEqual(self.column("birthday_plain"), BIRTHDAY)
        self.assertIsNone(self.column("birthday_sealed"))
        self.assertIn(member, member.search([("birthday", "<", "1990-03-22")]))
        self.assertNotIn(member, member.search([("birthday", ">", "1990-03-22")]))

    def test_marking_a_date_sensitive_seals_all_values_and_unmarking_opens_them(self):
        field = self.asked("birthday", sensitive=False)
        self.member.birthday = BIRTHDAY
        other = self.new_member("Other", birthday="2001-12-30")

        field.sensitive = True

        self.assertEqual((field.reseal_state, field.reseal_count), ("done", 2))
        for member, day in ((self.member, BIRTHDAY), (other, date(2001, 12, 30))):
            self.assertIsNone(self.column("birthday_plain", member))
            self.assertEqual(member.sudo().birthday, day)

        field.sensitive = False

        self.assertEqual(self.column("birthday_plain", other), date(2001, 12, 30))
        self.assertIsNone(self.column("birthday_sealed", other))
        self.assertEqual(other.birth_jalali, 1009)

    def test_many_values_follow_in_batches_of_the_job(self):
        field = self.asked("birthday", sensitive=False)
        members = [self.new_member(f"M{i}", birthday=BIRTHDAY) for i in range(5)]

        with patch("odoo.addons.loyalty_club.models.profile_jobs._BATCH", 2):
            field.sensitive = True
            self.assertEqual((field.reseal_state, field.reseal_count), ("running", 2))
            self.assertEqual(len([m for m in members if self.column("birthday_plain", m)]), 3)
            late = self.new_member("Late", birthday=BIRTHDAY)
            self.assertIsNone(self.column("birthday_plain", late), "in the new form at once")
            looked_at = [field._reseal_batch(2) for _time in range(2)]

        self.assertEqual((looked_at, field.reseal_state), ([2, 1], "done"))
        self.assertFalse([m for m in members if self.column("birthday_plain", m)])

    def test_what_does_not_open_is_left_and_shown(self):
        field = self.asked("birthday", sensitive=True)
        self.member.birthday = BIRTHDAY
        broken = self.column("birthday_sealed").replace("v1.", "v1.x")
        self.member.sudo().write({"birthday_sealed": broken})

        with mute_logger("odoo.addons.loyalty_club.models.sealed"):
            field.sensitive = False

        self.assertEqual((field.reseal_state, field.reseal_failed), ("failed", 1))
        self.assertEqual(self.column("birthday_sealed"), broken)

    def test_an_impossible_day_is_refused(self):
        for day in ("2999-01-01", "1369-01-01"):
            with self.subTest(day=day), self.assertRaises(ValidationError):
                self.member.birthday = day

    def test_a_family_is_sealed_like_the_member(self):
        self.member.family_ids = [(0, 0, {"name": "Ali", "birthday": "2015-03-21"})]
        relative = self.member.family_ids

        self.assertEqual(relative.sudo().birthday, date(2015, 3, 21))
        self.assertFalse(relative.with_user(self.manager).birthday)
        self.assertEqual(relative.birth_jalali, 101)
        self.asked("family_ids", sensitive=False)
        self.assertEqual(self.column("birthday_plain", relative), date(2015, 3, 21))

    def test_people_grow_older_by_the_daily_job(self):
        self.member.birthday = BIRTHDAY
        self.member.sudo().age_group = "under_18"
        other = self.new_member("Other", birthday=date(1990, 3, 23))
        other.sudo().age_group = "under_18"

        looked_at = self.Member._refresh_ages(self.club, date(2026, 3, 19), date(2026, 3, 21))

        self.assertEqual((looked_at, self.member.age_group), (1, "35_44"))
        self.assertEqual(other.age_group, "under_18")

    def test_another_key_seals_everything_again_and_finds_it_as_before(self):
        self.member.write({"identity_code": NATIONAL, "birthday": BIRTHDAY})
        self.member.family_ids = [(0, 0, {"name": "Ali", "birthday": "2015-03-21"})]
        self.env.flush_all()
        before = self.column("identity_sealed")
        mark = "odoo.addons.loyalty_club.vault.newest_mark"
        with self.subTest("nothing to do"):
            self.assertFalse(sum(done for done, _failed in self.Member._reseal_all(2)))

        with self.patched_mark(mark):
            changed = [pair for pair in self.Member._reseal_all(2) if any(pair)]

        self.assertGreaterEqual(sum(done for done, _failed in changed), 3)
        self.assertFalse(sum(failed for _done, failed in changed))
        self.assertNotEqual(self.column("identity_sealed"), before)
        self.assertEqual(self.member._plain_value("identity_code"), NATIONAL)
        self.assertEqual(self.Member._by_identity(self.club, NATIONAL), self.member)
        self.assertEqual(self.member.family_ids.sudo().birthday, date(2015, 3, 21))

    def patched_mark(self, name):
        """Let every value look as if an older key had sealed it."""
        return patch(name, return_value="v1.none.")

    def test_lost_indexes_are_made_anew(self):
        self.member.identity_code = NATIONAL
        index = self.column("identity_index")
        self.member.sudo().identity_index = "lost"

        done = list(self.Member._reindex_identities(10))

        self.assertGreaterEqual(sum(count for count, _failed in done), 1)
        self.assertEqual(self.column("identity_index"), index)

    def test_domains_of_sealed_dates_combine(self):
        self.member.birthday = BIRTHDAY

        found = self.Member.search(
            Domain("birthday", "!=", False) & Domain("club_id", "=", self.club.id)
        )

        self.assertEqual(found, self.member)

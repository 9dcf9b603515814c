from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..domain import profile
from ..models.profile_field import KNOWN
from .profile_common import NATIONAL, ProfileCommon

ANSWERS = {
    "birthday": "1990-03-21",
    "anniversary": "2015-06-01",
    "identity_code": NATIONAL,
    "sex": "female",
    "education": "master",
    "occupation": "Baker",
    "preferred_channel": "sms",
    "preferred_reward": "gift",
}


@tagged("post_install", "-at_install")
class TestProfile(ProfileCommon):
    """A club asks what it wants, and sees how complete the answers are."""

    def test_a_new_club_has_every_field_once_and_asks_by_step(self):
        club = self.env["loyalty.club"].create({"name": "Fresh"})

        self.assertEqual(set(club.profile_field_ids.mapped("code")), set(KNOWN))
        enrol, join, later = (
            club._profile_fields(step).mapped("code") for step in ("enrol", "join", "profile")
        )
        self.assertEqual(enrol, ["name"])
        self.assertEqual(join[: len(enrol)], enrol)
        self.assertTrue(set(join) < set(later))
        self.assertNotIn("education", later, "not asked by itself")

    def test_the_order_is_the_clubs(self):
        self.asked("sex", step="join", sequence=1)

        self.assertEqual(self.club._profile_fields("join")[0].code, "sex")

    def test_missing_are_mandatory_fields_without_an_answer(self):
        self.asked("sex", step="join", mandatory=True)
        self.asked("email", step="join", mandatory=True)
        self.asked("education", step="profile", mandatory=True)

        self.assertEqual(self.member._missing_fields("join").mapped("code"), ["email", "sex"])
        self.member.sex = "other"
        self.member.partner_id.email = "sara@example.com"
        self.assertFalse(self.member._missing_fields("join"))
        self.assertEqual(self.member._missing_fields().mapped("code"), ["education"])

    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.sets(st.sampled_from(sorted(KNOWN))), st.sets(st.sampled_from(sorted(ANSWERS))))
    def test_completion_is_what_the_rule_says(self, counted, answered):
        self.only_counts(*counted)
        self.member.write({code: code in answered and ANSWERS[code] for code in ANSWERS})

        filled = {code for code in KNOWN if self.member._is_filled(code)}

        self.assertEqual(self.member.profile_completion, profile.completion(counted, filled))
        self.assertEqual(filled & set(ANSWERS), answered)

    def test_completion_follows_contact_interests_family_and_configuration(self):
        self.only_counts("email", "interest_ids", "family_ids", "address")
        steps = [self.member.profile_completion]
        interest = self.env["loyalty.club.interest"].create(
            {"name": "Tea", "club_id": self.club.id}
        )

        self.member.partner_id.email = "sara@example.com"
        steps.append(self.member.profile_completion)
        self.member.interest_ids = interest
        steps.append(self.member.profile_completion)
        self.member.family_ids = [Command.create({"name": "Ali"})]
        steps.append(self.member.profile_completion)
        self.member.family_ids.unlink()
        steps.append(self.member.profile_completion)
        self.only_counts("email", "interest_ids")
        steps.append(self.member.profile_completion)

        self.assertEqual(steps, [0, 25, 50, 75, 50, 100])

    def test_whoever_completes_gets_the_gift_once(self):
        self.only_counts("sex", "education")
        self.club.write(
            {"completion_kind_id": self.club.points_kind_id.id, "completion_amount": 50}
        )

        self.member.sex = "female"
        self.assertPoints(0)
        self.member.education = "master"
        self.assertPoints(50)
        self.member.education = False
        self.member.education = "doctor"

        self.assertPoints(50)
        self.assertTrue(self.member.completion_given)
        self.assertLedgerSound()

    def test_the_gift_is_of_a_kind_that_members_hold_in_whole_steps(self):
        points = self.club.points_kind_id
        self.club.write({"completion_kind_id": points.id, "completion_amount": 50})
        other = self.env["loyalty.club"].create({"name": "Other"})
        stamps = self.env["loyalty.club.wallet.kind"].create(
            {"name": "Stamps", "type": "stamp", "club_id": self.club.id, "rounding": 1}
        )

        for values in (
            {"completion_amount": 0.5},
            {"completion_kind_id": self.new_kind("gift_card").id},
            {"completion_kind_id": stamps.id},
            {"completion_kind_id": other.points_kind_id.id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.club.write(values)

    def test_whoever_is_complete_already_gets_a_gift_that_comes_later(self):
        self.only_counts("sex")
        self.member.sex = "female"
        pending = self.new_member("Pending", sex="male", state="pending")

        self.club.write(
            {"completion_kind_id": self.club.points_kind_id.id, "completion_amount": 50}
        )

        self.assertPoints(50)
        self.assertFalse(pending.completion_given)
        pending.state = "active"
        self.assertTrue(pending.completion_given)

    def test_completion_costs_the_same_for_one_and_for_many(self):
        self.only_counts("sex", "email", "interest_ids")
        few = self.new_member("A") | self.new_member("B")
        many = few | self.Member.union(*(self.new_member(f"M{i}") for i in range(30)))
        self.env.flush_all()
        counts = []

        for members in (few, many):
            members._refresh_completion()
            before = self.env.cr.sql_log_count
            members._refresh_completion()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])

    def test_the_member_tells_birthday_and_code_once_and_staff_corrects(self):
        self.asked("identity_code")
        self.member._save_own_profile({"birthday": "1990-03-21", "identity_code": NATIONAL})

        self.member._save_own_profile({"birthday": "1990-03-21", "identity_code": NATIONAL})
        for values in ({"birthday": "1990-03-22"}, {"identity_code": "0084575948"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.member._save_own_profile(values)
        self.member.with_user(self.cashier).birthday = "1990-03-22"

        self.assertEqual(str(self.member.sudo().birthday), "1990-03-22")

    def test_the_member_tells_only_what_the_club_asks(self):
        self.member._save_own_profile(
            {
                "education": "master",
                "sex": "female",
                "state": "closed",
                "email": "sara@example.com",
                "city": "Isfahan",
            }
        )

        self.assertEqual((self.member.education, self.member.sex), (False, "female"))
        self.assertEqual(self.member.state, "active")
        self.assertEqual(self.member.partner_id.email, "sara@example.com")
        self.assertFalse(self.member.partner_id.city, "no address is asked")

    def test_areas_and_interests_are_the_clubs_own(self):
        club = self.env["loyalty.club"].create({"name": "Second"})
        area = self.env["loyalty.club.area"].create({"name": "Far away", "club_id": club.id})

        with self.assertRaises(ValidationError):
            self.member.area_id = area

    def test_an_area_is_searched_with_its_parts(self):
        area = self.env["loyalty.club.area"].create({"name": "Isfahan", "club_id": self.club.id})
        part = area.create({"name": "Jolfa", "club_id": self.club.id, "parent_id": area.id})
        self.member.area_id = part

        self.assertEqual(part.complete_name, "Isfahan / Jolfa")
        self.assertIn(self.member, self.Member.search([("area_id", "child_of", area.id)]))

    def test_what_is_used_most_stands_beside_what_is_said(self):
        self.member.preferred_reward = "experience"
        self.assertFalse(self.member.preferred_reward_used)
        card = self.give_points(50)

        self.sell([self.line(qty=2), self.reward_line(card, 20)], self.member.partner_id)

        self.env.invalidate_all()
        self.assertEqual(self.member.preferred_reward_used, "discount")
        self.assertEqual(self.member.preferred_reward, "experience")

    def test_only_dates_and_codes_can_be_sealed(self):
        with self.assertRaises(UserError):
            self.asked("sex", sensitive=True)
        with self.assertRaises(UserError):
            self.asked("identity_code", sensitive=False)

    def test_a_merge_takes_over_what_the_survivor_does_not_say(self):
        self.member.sex = "female"
        twin = self.new_member("Sara again", sex="male", education="master")
        twin.family_ids = [Command.create({"name": "Ali", "birthday": "2015-03-21"})]

        twin._merge_into(self.member)

        self.assertEqual((self.member.sex, self.member.education), ("female", "master"))
        self.assertEqual(self.member.family_ids.name, "Ali")
        self.assertEqual(str(self.member.family_ids.sudo().birthday), "2015-03-21")

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import Error

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..clock import today_in
from ..domain.places import Position
from ..models import place as place_module
from .act_common import ActWords


@tagged("post_install", "-at_install")
class TestActCode(ActWords):
    """A code counts once for each member, while it is valid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule("social", 5)
        cls.code = cls.env["loyalty.club.act.code"].create(
            {"code": "story 12", "kind_id": cls.kind("social").id, "note": "Story"}
        )

    def use(self, text, member=None):
        return self.env["loyalty.club.act.code"]._use(member or self.member, text)

    def test_it_counts_once_however_it_is_typed(self):
        self.assertEqual(self.code.code, "STORY12")
        self.assertEqual(self.use(" Story ۱۲").status, "given")
        self.assertEqual(self.use("STORY12").status, "repeated")
        self.assertPoints(5)
        self.assertEqual(self.code.use_count, 1)

    def test_a_merged_membership_uses_no_code_again(self):
        twin = self.new_member("Twin")
        self.use("STORY12", twin)
        twin._merge_into(self.member)

        self.assertEqual(self.use("STORY12").status, "repeated")
        self.assertPoints(5)

    def test_whatever_does_not_count_is_refused_alike(self):
        def refusal(text):
            with self.assertRaises(UserError) as caught:
                self.use(text)
            return str(caught.exception)

        answers = {refusal("NEVER99"), refusal(""), refusal("x" * 500)}
        self.code.date_until = "2020-01-01"
        answers.add(refusal("STORY12"))
        self.code.write({"date_until": False, "active": False})
        answers.add(refusal("STORY12"))

        self.assertEqual(len(answers), 1, answers)
        self.assertFalse(self.acts())

    def test_a_code_of_another_club_is_none(self):
        other = self.env["loyalty.club"].create({"name": "Other", "number_prefix": "Q"})
        stranger = self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": other.id}
        )

        with self.assertRaises(UserError):
            self.use("STORY12", stranger)

    def test_a_code_for_the_first_is_used_up(self):
        self.code.most_uses = 1
        self.use("STORY12")

        with self.assertRaises(UserError):
            self.use("STORY12", self.new_member("Reza"))
        self.assertEqual(self.use("STORY12").status, "repeated")

    def test_after_many_wrong_codes_none_is_looked_up(self):
        limits = type(self.env["loyalty.club.rate.limit"])
        refused = patch.object(limits, "_code_refusal", lambda _self: "Wait")
        with refused, self.assertRaisesRegex(UserError, "Wait"):
            self.use("STORY12")
        self.assertFalse(self.acts())

    def test_a_code_that_cannot_be_typed_is_refused(self):
        for text in ("AB", "no-dash", "x" * 40):
            with self.subTest(text), self.assertRaises(ValidationError):
                self.code.code = text
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.env["loyalty.club.act.code"].create({"kind_id": self.kind("survey").id})

    def test_a_used_code_is_archived_not_deleted(self):
        self.use("STORY12")

        with self.assertRaises(UserError):
            self.code.unlink()


@tagged("post_install", "-at_install")
class TestPlace(ActWords):
    """A check-in counts once in the place's time, for who is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule("checkin", 3)
        cls.place = cls.env["loyalty.club.place"].create(
            {
                "name": "Trailhead",
                "club_id": cls.club.id,
                "check": "both",
                "latitude": 35.7,
                "longitude": 51.4,
                "radius": 200,
            }
        )

    HERE = Position(35.7001, 51.4, 20)
    AWAY = Position(35.75, 51.4, 20)

    def check_in(self, position=HERE, place=None, member=None):
        return (place or self.place)._check_in(member or self.member, position)

    def test_who_is_there_is_rewarded_once_a_day(self):
        self.assertEqual(self.check_in().status, "given")
        self.assertEqual(self.check_in().status, "repeated")
        self.assertPoints(3)
        self.assertEqual(self.place.checkin_count, 1)

    def test_the_next_day_counts_again(self):
        self.check_in()
        with patch.object(place_module, "today_in", lambda _company: self.tomorrow()):
            self.assertEqual(self.check_in().status, "given")

    def tomorrow(self):
        return today_in(self.company) + timedelta(days=1)

    def test_each_place_counts_for_itself(self):
        other = self.place.copy({"name": "Summit"})

        self.check_in()

        self.assertNotEqual(other.token, self.place.token)
        self.assertEqual(self.check_in(place=other).status, "given")

    def test_who_is_not_there_gets_nothing(self):
        for position, words in (
            (self.AWAY, "too far"),
            (None, "Let your telephone tell"),
            (self.HERE._replace(accuracy=5000), "does not know well enough"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.check_in(position)
        self.assertFalse(self.acts())

    def test_a_qr_code_alone_asks_for_no_position(self):
        self.place.check = "qr"

        self.assertEqual(self.check_in(None).status, "given")

    def test_places_without_a_code_are_found_by_where_one_is(self):
        places = self.env["loyalty.club.place"]
        self.assertFalse(places._near(self.club, self.HERE))
        self.place.check = "near"

        self.assertEqual(places._near(self.club, self.HERE), self.place)
        self.assertFalse(places._near(self.club, self.AWAY))

    def test_a_place_must_lie_somewhere(self):
        for values in ({"latitude": 0, "longitude": 0}, {"latitude": 91}, {"longitude": 200}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.place.write(values)

    def test_a_new_code_ends_the_old_one(self):
        old = self.place.token
        self.place.with_user(self.manager).action_new_code()

        self.assertNotEqual(self.place.token, old)
        self.assertFalse(self.place._of_token(old))
        with self.assertRaises(AccessError):
            self.place.with_user(self.cashier).action_new_code()
        with self.assertRaises(UserError):
            self.place.with_user(self.manager).token = "known"


@tagged("post_install", "-at_install")
class TestAssessment(ActWords):
    """A score on weighted criteria becomes points, once, and stays as it was confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule("assessment", 0.5, per_score=True)
        cls.index = cls.env["loyalty.club.index"].create(
            {
                "name": "Display",
                "club_id": cls.club.id,
                "criterion_ids": [
                    Command.create({"name": "Window", "weight": 3, "highest_score": 5}),
                    Command.create({"name": "Staff", "weight": 1, "highest_score": 10}),
                ],
            }
        )

    def assess(self, window, staff):
        with Form(self.env["loyalty.club.assessment"].with_user(self.manager)) as form:
            form.index_id = self.index
            form.member_id = self.member
            for place, score in enumerate((window, staff)):
                with form.line_ids.edit(place) as line:
                    line.score = score
        return form.save()

    def test_the_weighted_score_becomes_points(self):
        assessment = self.assess(5, 5)
        self.assertEqual(assessment.score, 87.5)
        self.assertFalse(self.acts())

        assessment.action_confirm()
        assessment.action_confirm()

        self.assertPoints(43)
        self.assertRecordValues(
            assessment, [{"state": "done", "assessor_id": self.manager.id, "score": 87.5}]
        )
        self.assertIn("43 points", assessment.answer)

    def test_a_criterion_that_changes_later_changes_no_score(self):
        assessment = self.assess(5, 0)
        self.index.criterion_ids[0].weight = 100

        self.assertEqual(assessment.score, 75)

    def test_what_cannot_be_scored_so(self):
        with self.assertRaisesRegex(ValidationError, "from 0 to 5"), self.env.cr.savepoint():
            self.assess(6, 0)
        with mute_logger("odoo.sql_db"), self.assertRaises(Error), self.env.cr.savepoint():
            self.assess(-1, 0)
            self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.env["loyalty.club.index"].create({"name": "Empty", "club_id": self.club.id})

    def test_a_confirmed_score_stays(self):
        assessment = self.assess(5, 5)
        assessment.action_confirm()

        for change in ({"line_ids": [Command.clear()]}, {"member_id": self.new_member("R").id}):
            with self.assertRaises(UserError):
                assessment.write(change)
        with self.assertRaises(UserError):
            assessment.line_ids[0].with_user(self.manager).score = 1
        with self.assertRaises(UserError):
            assessment.line_ids.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            assessment.unlink()

    def test_nobody_writes_the_score_itself(self):
        assessment = self.assess(5, 5)
        marketer = new_test_user(self.env, "acts_scorer", groups="loyalty_club.group_marketer")
        mine = assessment.with_user(marketer)

        with self.assertRaises(UserError):
            mine.score = 100000
        for change in ({"weight": 1000}, {"highest_score": 1}):
            with self.assertRaises(UserError):
                mine.line_ids[0].write(change)
        with self.assertRaises(UserError):
            mine.create({"index_id": self.index.id, "member_id": self.member.id, "score": 100000})

    def test_no_criterion_is_left_out(self):
        assessment = self.assess(5, 5)
        assessment.line_ids[1].unlink()

        with self.assertRaisesRegex(UserError, "Staff"):
            assessment.action_confirm()

    def test_nobody_confirms_by_writing(self):
        assessment = self.assess(5, 5)

        with self.assertRaises(UserError):
            assessment.with_user(self.manager).state = "done"
        with self.assertRaises(AccessError):
            assessment.with_user(self.cashier).action_confirm()


@tagged("post_install", "-at_install")
class TestReview(ActWords):
    """What a member hands in is scored by staff; the score becomes points by the rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule("review", 2, per_score=True)
        cls.rule("share", 10)

    def hand_in(self, text="Good tea", code="review", **values):
        return self.env["loyalty.club.review"]._hand_in(
            self.member, self.kind(code), text, **values
        )

    def test_points_come_with_the_score_and_once(self):
        review = self.hand_in().with_user(self.manager)
        self.assertFalse(self.acts())

        review._accept(4)
        review._accept(5)

        self.assertPoints(8)
        self.assertRecordValues(
            review, [{"state": "accepted", "score": 4, "judge_id": self.manager.id}]
        )

    def test_the_window_scores_several(self):
        reviews = self.hand_in() | self.hand_in("More tea")
        action = reviews.with_user(self.manager).action_judge()
        wizard = (
            self.env["loyalty.club.review.judge"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"score": 3})
        )

        wizard.action_accept()

        self.assertPoints(12)
        self.assertEqual(set(reviews.mapped("state")), {"accepted"})

    def test_a_score_there_is_not(self):
        with self.assertRaisesRegex(UserError, "from 0 to 5"):
            self.hand_in().with_user(self.manager)._accept(6)

    def test_refused_with_a_reason_the_member_reads(self):
        review = self.hand_in().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Write why not"):
            review.action_refuse()
        review.reason = "Says nothing of our tea"

        review.action_refuse()
        review._accept(5)

        self.assertEqual(review.state, "refused")
        self.assertFalse(self.acts())

    def test_a_link_is_handed_in_once(self):
        self.hand_in("", "share", link="https://example.com/post/1")

        with self.assertRaisesRegex(UserError, "already"):
            self.hand_in("", "share", link="https://example.com/post/1")
        for link in ("javascript:alert(1)", "ftp://example.com"):
            with self.subTest(link), self.assertRaises(ValidationError):
                self.hand_in("", "share", link=link)

    def test_who_hands_in_too_much_waits(self):
        for number in range(10):
            self.hand_in(f"Tea {number}")

        with self.assertRaisesRegex(UserError, "Wait until"):
            self.hand_in("One more")

    def test_only_marketers_and_managers_judge_and_nobody_by_writing(self):
        review = self.hand_in()
        with self.assertRaises(AccessError):
            review.with_user(self.cashier)._accept(5)
        with self.assertRaises(UserError):
            review.with_user(self.manager).write({"state": "accepted", "score": 5})

    def test_nothing_is_handed_in_for_other_kinds(self):
        with self.assertRaises(ValidationError):
            self.hand_in(code="survey")


@tagged("post_install", "-at_install")
class TestActRecord(ActWords):
    """Staff record by hand what the system cannot notice."""

    def wizard(self, user=None, members=None, **values):
        return (
            self.env["loyalty.club.act.record"]
            .with_user(user or self.manager)
            .create(
                {
                    "club_id": self.club.id,
                    "member_ids": [Command.set((members or self.member).ids)],
                    "kind_id": self.kind("packaging").id,
                    "note": "Six jars",
                    **values,
                }
            )
        )

    def test_packaging_brought_back(self):
        self.rule("packaging", 2, times_day=1)
        other = self.new_member("Reza")
        wizard = self.wizard(members=self.member | other)

        wizard.action_record()
        wizard.action_record()

        self.assertPoints(2)
        self.assertPoints(2, other)
        self.assertEqual(self.acts().note, "Six jars")
        self.assertEqual(self.acts().user_id, self.manager)
        self.assertIn("2 points", wizard.result)

    def test_limits_hold_by_hand_as_well(self):
        self.rule("packaging", 2, times_day=1)
        self.wizard().action_record()
        second = self.wizard()

        second.action_record()

        self.assertPoints(2)
        self.assertIn("Limit of the day", second.result)

    def test_a_score_where_the_rule_asks_for_one(self):
        self.rule("second_hand", 2, per_score=True)
        wizard = self.wizard(kind_id=self.kind("second_hand").id, score=3)
        self.assertTrue(wizard.scored)

        wizard.action_record()

        self.assertPoints(6)
        with self.assertRaises(UserError):
            self.wizard(kind_id=self.kind("second_hand").id, score=1e6).action_record()

    def test_what_is_handed_in_is_scored_no_higher_by_hand(self):
        self.rule("review", 2, per_score=True)
        wizard = self.wizard(kind_id=self.kind("review").id, score=6)

        with self.assertRaisesRegex(UserError, "from 0 to 5"):
            wizard.action_record()

    def test_a_click_is_limited_also_by_a_rule_that_is_taken_up_again(self):
        rule = self.rule("packaging", 2)
        rule.active = False
        rule.kind_id.proof = "visit"

        with self.assertRaisesRegex(ValidationError, "click"):
            rule.active = True

    def test_cashiers_record_nothing(self):
        marketer = new_test_user(self.env, "acts_marketer", groups="loyalty_club.group_marketer")
        self.rule("packaging", 2)
        self.wizard(marketer).action_record()

        with self.assertRaises(AccessError):
            self.wizard(self.cashier)

    def test_the_clubs_own_gifts_are_not_recorded(self):
        with self.assertRaises(UserError):
            self.wizard(kind_id=self.kind("signup").id).action_record()

    def test_erasing_forgets_the_words_and_keeps_the_facts(self):
        self.rule("packaging", 2)
        self.wizard().action_record()
        self.env["loyalty.club.review"]._hand_in(self.member, self.kind("review"), "My secret tea")

        self.member._erase("membership", "forfeit")

        self.assertNotIn("jars", self.acts().note)
        self.assertEqual(self.acts().amount, 2)
        self.assertFalse(
            self.env["loyalty.club.review"].search([("member_id", "=", self.member.id)])
        )

    def test_a_copy_of_her_data_tells_what_she_did(self):
        self.rule("packaging", Decimal(2))
        self.wizard().action_record()

        data = self.member._export_data()

        self.assertEqual([row["amount"] for row in data["acts"]], [2])

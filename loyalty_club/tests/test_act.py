from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import Error

from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import act_batch
from ..models.act_batch import ActDone
from .act_common import ActWords


@tagged("post_install", "-at_install")
class TestAct(ActWords):
    """An act is rewarded once, as often as its rule allows, through the ledger."""

    def do(self, code, key, member=None, **values):
        return (member or self.member)._earn_act(code, key, **values)

    def on(self, day):
        """Let the shop's calendar show ``day`` while acts are judged."""
        return patch.object(act_batch, "day_at", lambda _moment, _zone: day)

    def test_an_act_is_rewarded_once_and_answered_alike_for_ever(self):
        self.rule("survey", 5)

        first = self.do("survey", "answer-1")
        again = self.do("survey", "answer-1")

        self.assertEqual((first.status, first.amount), ("given", 5))
        self.assertEqual((again.status, again.amount), ("repeated", 5))
        self.assertEqual(again.act_id, first.act_id)
        self.assertPoints(5)
        self.assertEqual(len(self.acts()), 1)
        self.assertLedgerSound()

    def test_the_movement_says_what_it_was_for(self):
        self.rule("event", 2, per_score=True)

        act = self.acts().browse(self.do("event", "fair", score=Decimal(4)).act_id)

        self.assertEqual(act.amount, 8)
        self.assertEqual(act.entry_id.kind, "bonus")
        for words in ("Event", "8 points", "score 4", "2 points"):
            self.assertIn(words, act.entry_id.explanation)

    def test_anothers_key_brings_nothing_and_tells_nothing(self):
        self.rule("survey", 5)
        other = self.new_member("Reza")
        self.do("survey", "shared")

        outcome = self.do("survey", "shared", other)

        self.assertEqual((outcome.status, outcome.amount, outcome.act_id), ("repeated", 0, None))
        self.assertPoints(0, other)

    def test_limits_of_day_month_and_life(self):
        self.rule("survey", 1, times_day=1, times_month=2, times_total=3)
        days = [date(2026, 1, 5)] * 2 + [date(2026, 1, 6), date(2026, 1, 7)]
        days += [date(2026, 2, 1), date(2026, 3, 1)]
        found = []
        for number, day in enumerate(days):
            with self.on(day):
                outcome = self.do("survey", f"limit-{number}")
            found.append((outcome.refused, outcome.again))

        self.assertEqual(
            found,
            [
                (None, None),
                ("day", date(2026, 1, 6)),
                (None, None),
                ("month", date(2026, 2, 1)),
                (None, None),
                ("total", None),
            ],
        )
        self.assertPoints(3)

    def test_persian_months_where_the_club_counts_so(self):
        self.club.act_calendar = "jalali"
        self.rule("survey", 1, times_month=1)

        with self.on(date(2026, 11, 21)):  # the last of Aban
            self.do("survey", "aban")
        with self.on(date(2026, 11, 22)):
            outcome = self.do("survey", "azar")

        self.assertEqual(outcome.status, "given")

    def test_a_pause_lies_between_two(self):
        self.rule("event", 5, pause_days=7)
        with self.on(date(2026, 1, 1)):
            self.do("event", "one")
        with self.on(date(2026, 1, 7)):
            soon = self.do("event", "two")
        with self.on(date(2026, 1, 8)):
            later = self.do("event", "two")

        self.assertEqual((soon.refused, soon.again), ("pause", date(2026, 1, 8)))
        self.assertEqual(later.status, "given")  # what was refused may be tried again
        self.assertPoints(10)

    def test_what_was_refused_is_kept_once_a_day(self):
        for _try in range(3):
            self.assertEqual(self.do("survey", "no-rule").refused, "rule")

        self.assertRecordValues(self.acts(), [{"refused": "rule", "amount": 0, "seq": 0}])

    def test_the_first_rule_for_the_member_counts(self):
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        segment._add(self.member)
        stranger = self.new_member("Reza")
        self.rule("survey", 20, sequence=1, segment_ids=segment.ids)
        self.rule("survey", 5, sequence=2)

        self.do("survey", "one")
        self.do("survey", "two", stranger)

        self.assertPoints(20)
        self.assertPoints(5, stranger)

    def test_a_rule_for_an_archived_segment_is_for_nobody_else(self):
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        self.rule("survey", 20, segment_ids=segment.ids)
        segment.active = False

        self.assertEqual(self.do("survey", "one").refused, "rule")

    def test_a_rule_for_a_tier(self):
        tiers = self.env["loyalty.club.tier"].search([("club_id", "=", self.club.id)])
        if not tiers:
            tiers = self.env["loyalty.club.tier"].create(
                {"name": "Members", "club_id": self.club.id}
            )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_member SET tier_id = %s WHERE id = %s",
            (tiers[0].id, self.member.id),
        )
        self.env.invalidate_all()
        stranger = self.new_member("Reza")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_member SET tier_id = NULL WHERE id = %s", (stranger.id,)
        )
        self.env.invalidate_all()
        self.rule("survey", 7, tier_ids=tiers[0].ids)

        self.assertEqual(self.do("survey", "one").amount, 7)
        self.assertEqual(self.do("survey", "two", stranger).refused, "rule")

    def test_the_clubs_limit_a_year_cuts_and_then_refuses(self):
        self.club.act_year_points = 12
        self.rule("survey", 5)
        self.rule("event", 4)
        with self.on(date(2026, 5, 1)):
            given = [self.do("survey", "1"), self.do("event", "2"), self.do("survey", "3")]
            over = self.do("event", "4")
        with self.on(date(2027, 1, 1)):
            fresh = self.do("event", "4")

        self.assertEqual([outcome.amount for outcome in given], [5, 4, 3])
        self.assertEqual((over.refused, over.again), ("room", date(2027, 1, 1)))
        self.assertEqual(fresh.amount, 4)
        self.assertEqual(self.acts().filtered("cut").cut, 2)

    def test_scores_that_are_too_low(self):
        self.rule("review", 0.5, per_score=True, minimum_score=1)

        self.assertEqual(self.do("review", "1").refused, "score")
        self.assertEqual(self.do("review", "2", score=Decimal(1)).refused, "nothing")
        self.assertEqual(self.do("review", "3", score=Decimal(5)).amount, 2)

    def test_members_who_are_not_active_get_nothing(self):
        self.rule("survey", 5)
        self.member.action_suspend()

        self.assertEqual(self.do("survey", "one").refused, "inactive")

    def test_a_rule_has_its_days(self):
        self.rule("survey", 5, date_from="2026-02-01", date_until="2026-02-28")
        found = []
        for number, day in enumerate((31, 32, 59, 60)):
            with self.on(date(2025, 12, 31) + timedelta(days=day)):
                found.append(self.do("survey", str(number)).status)

        self.assertEqual(found, ["refused", "given", "given", "refused"])

    def test_an_archived_kind_and_one_that_never_was(self):
        self.rule("survey", 5)
        self.kind("survey").active = False

        self.assertEqual(self.do("survey", "one").refused, "unknown")
        self.assertEqual(self.do("nonsense", "one").refused, "unknown")
        self.assertFalse(self.acts())

    def test_a_club_that_lacks_a_usual_kind_gets_it(self):
        self.kind("survey").unlink()

        self.assertEqual(self.do("survey", "one").refused, "rule")

        self.assertTrue(self.kind("survey"))

    def test_many_acts_cost_as_many_statements_as_one(self):
        self.rule("survey", 5, times_total=1)
        members = [self.new_member(f"M {number}") for number in range(12)]
        self.do("survey", "warm")

        def statements(some, name):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            done = [ActDone(member, f"{name}-{member.id}") for member in some]
            outcomes = self.env["loyalty.club.member"]._earn_acts("survey", done)
            self.assertEqual({outcome.status for outcome in outcomes}, {"given"})
            return self.env.cr.sql_log_count - before

        few = statements(members[:2], "few")
        many = statements(members[2:], "many")

        self.assertLessEqual(many, few)

    def test_in_one_batch_a_member_has_her_limits_and_a_key_its_one_reward(self):
        self.rule("survey", 5, times_day=2)
        done = [ActDone(self.member, key) for key in ("a", "a", "b", "c")]

        outcomes = self.env["loyalty.club.member"]._earn_acts("survey", done)

        self.assertEqual(
            [outcome.status for outcome in outcomes], ["given", "repeated", "given", "refused"]
        )
        self.assertPoints(10)
        self.assertEqual(self.acts().filtered("seq").mapped("seq"), [1, 2])

    def test_two_at_once_for_one_member_meet_at_the_number(self):
        """Another transaction has counted the same acts: its number is taken."""
        self.rule("survey", 5, times_day=1)
        self.do("survey", "first")
        nothing = patch.object(act_batch.ActBatch, "_tallies", lambda _batch, _members: {})
        with self.assertRaises(ConcurrencyError), nothing, self.env.cr.savepoint():
            self.do("survey", "second")
        self.env.invalidate_all()

        self.assertPoints(5)

    # --- whose it is ------------------------------------------------------------------

    def test_acts_follow_a_merged_membership(self):
        self.rule("survey", 5, times_total=3)
        twin = self.new_member("Sara again")
        for number, member in enumerate((self.member, twin, twin)):
            self.do("survey", str(number), member)

        twin._merge_into(self.member)
        self.env.invalidate_all()

        self.assertEqual(self.acts().mapped("seq"), [1, 2, 3])
        self.assertEqual(self.do("survey", "3", twin).refused, "total")

    @mute_logger("odoo.sql_db")
    def test_acts_are_facts(self):
        self.rule("survey", 5)
        act = self.acts().browse(self.do("survey", "one").act_id)

        for change in ({"amount": 9}, {"kind_id": self.kind("event").id}):
            with self.assertRaises(UserError):
                act.write(change)
        with self.assertRaises(UserError):
            act.unlink()
        with self.assertRaises(Error), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE loyalty_club_act SET amount = 9 WHERE id = %s", [act.id])
        with self.assertRaises(Error), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM loyalty_club_act WHERE id = %s", [act.id])

    def test_a_rule_that_gave_something_can_go(self):
        rule = self.rule("survey", 5)
        act = self.acts().browse(self.do("survey", "one").act_id)

        rule.unlink()
        self.env.invalidate_all()

        self.assertFalse(act.rule_id)
        self.assertIn("5 points", act.explanation)

    # --- the club's own gifts ---------------------------------------------------------

    def test_the_welcome_gift_counts_as_an_act(self):
        self.club.welcome_amount = 30

        newcomer = self.new_member("Nasrin")

        self.assertRecordValues(
            self.acts(newcomer),
            [{"kind_id": self.kind("signup").id, "amount": 30, "refused": False, "seq": 1}],
        )
        self.assertEqual(self.acts(newcomer).entry_id.amount, 30)

    def test_the_clubs_own_gifts_take_no_room(self):
        self.club.write({"welcome_amount": 30, "act_year_points": 5})
        self.rule("survey", 5)

        self.assertEqual(self.do("survey", "one", self.new_member("Nasrin")).amount, 5)

    def test_a_complete_profile_counts_as_an_act(self):
        kind = self.club.points_kind_id
        self.club.write({"completion_kind_id": kind.id, "completion_amount": 10})

        self.member.profile_completion = 100
        self.member._give_for_completion()
        self.member._give_for_completion()

        self.assertEqual(self.acts().kind_id, self.kind("profile"))
        self.assertPoints(10)

    # --- what can be done -------------------------------------------------------------

    def test_ways_to_earn_say_what_is_left(self):
        self.rule("survey", 5, times_total=1)
        self.rule("event", 3, pause_days=3)
        self.do("survey", "one")

        ways = {way["kind"].code: way for way in self.member._acts_possible()}

        self.assertEqual(set(ways), {"survey", "event"})
        self.assertFalse(ways["survey"]["open"])
        self.assertTrue(ways["event"]["open"])
        self.assertEqual(ways["event"]["gives"], "3 points")
        self.assertEqual(ways["event"]["limits"], "3 days apart")

    def test_two_clicks_at_once_are_one_visit(self):
        self.rule("visit", 1, times_day=2)
        kind = self.kind("visit")
        before = self.member._act_tallies
        with patch.object(type(self.member), "_act_tallies", lambda _member, _day: {}):
            outcomes = [self.member._visit(kind) for _click in range(2)]
        self.assertEqual([outcome.status for outcome in outcomes], ["given", "repeated"])
        self.assertTrue(before)

        self.assertEqual(self.member._visit(kind).status, "given")
        self.assertEqual(self.member._visit(kind).refused, "day")
        self.assertPoints(2)


@tagged("post_install", "-at_install")
class TestActRule(ActWords):
    """A rule that cannot work is refused when it is saved, with the reason."""

    def assertRefused(self, words, code="survey", **values):
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            self.rule(code, **values)

    def test_rules_that_cannot_work(self):
        other = self.env["loyalty.club"].create({"name": "Other", "number_prefix": "Q"})
        foreign = self.env["loyalty.club.segment"].search([("club_id", "=", other.id)], limit=1)
        points = other.points_kind_id.id
        self.assertRefused("whole steps", amount=0.5)
        self.assertRefused("longer one", times_day=3, times_month=2)
        self.assertRefused("once a day", pause_days=2, times_day=2)
        self.assertRefused("another club|of another club", segment_ids=foreign.ids)
        self.assertRefused("points or credit", wallet_kind_id=points)
        self.assertRefused("points or credit", wallet_kind_id=self.club.debt_kind_id.id)
        self.assertRefused("welcome gift", code="signup")
        self.assertRefused("how often a day", code="visit")

    @mute_logger("odoo.sql_db")
    def test_figures_that_make_no_sense(self):
        for values in (
            {"amount": 0},
            {"amount": -1},
            {"times_day": -1},
            {"pause_days": -1},
            {"date_from": "2026-02-01", "date_until": "2026-01-01"},
        ):
            with self.subTest(values), self.assertRaises(Error), self.env.cr.savepoint():
                self.rule("survey", **values)
                self.env.flush_all()

    def test_a_kind_that_becomes_a_click_needs_a_limit_first(self):
        kind = self.kind("survey")
        self.rule("survey", 5)

        with self.assertRaisesRegex(ValidationError, "how often a day"):
            kind.proof = "visit"

    def test_a_rule_reads_as_a_sentence(self):
        rule = self.rule("review", 2, per_score=True, times_month=3, minimum_score=2)

        self.assertEqual(
            rule.sentence,
            "Review: 2 points for each point of the score, at most 3 a month, from a score of 2",
        )

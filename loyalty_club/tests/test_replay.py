from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..clock import today_in
from ..models import replay_run
from .common import ClubCommon

OWN_TABLES = {"loyalty_club_replay", "loyalty_club_replay_result", "loyalty_club_replay_line"}


class ReplayCommon(ClubCommon):
    """The test club with a journal, and words to ask what if."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = today_in(cls.company)
        cls.Rule = cls.env["loyalty.club.earn.rule"]
        cls.number = 0

    @classmethod
    def bought(cls, amount, days_ago=10, member=None, refund=False, **values):
        """A row of the journal, without a document."""
        cls.number += 1
        member = member or cls.member
        moment = datetime.combine(cls.today, datetime.min.time()) + timedelta(hours=12)
        cls.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "club_id": cls.club.id,
                    "company_id": cls.company.id,
                    "channel": "import",
                    "date": fields.Datetime.to_string(moment - timedelta(days=days_ago)),
                    "amount": amount,
                    "refund": refund,
                    "origin_key": f"test:{cls.number}",
                    **values,
                }
            ]
        )

    @classmethod
    def rule(cls, **values):
        """A draft of the test club: 5 points a purchase."""
        values = {"name": "Draft", "type": "per_visit", "points": 5, **values}
        return cls.Rule.create({"club_id": cls.club.id, **values})

    def ask(self, **values):
        """Ask, and wait for the answer."""
        what_if = self.question(**values)
        what_if.action_start()
        while what_if.state == "running":
            what_if.action_step()
        return what_if

    def question(self, **values):
        return self.env["loyalty.club.replay"].create(
            {
                "name": "Test",
                "club_id": self.club.id,
                "date_from": self.today - timedelta(days=100),
                "date_until": self.today,
                **values,
            }
        )

    def results(self, what_if):
        return self.env["loyalty.club.replay.result"].search([("replay_id", "=", what_if.id)])


@tagged("post_install", "-at_install")
class TestReplay(ReplayCommon):
    """1 point per 10 is in force, and a point is worth 0.1."""

    # === WHAT IT COSTS === #

    def test_a_draft_costs_what_it_would_have_given(self):
        self.bought(100)
        self.bought(200)

        what_if = self.ask(rule_ids=self.rule().ids)

        self.assertEqual(what_if.state, "done")
        self.assertEqual((what_if.purchase_count, what_if.member_count), (2, 1))
        self.assertEqual(what_if.turnover, 300)
        self.assertAlmostEqual(what_if.before_value, 3)  # 30 points
        self.assertAlmostEqual(what_if.after_value, 4)  # and twice 5
        self.assertAlmostEqual(what_if.cost, 1)
        self.assertAlmostEqual(what_if.cost_percent, 0.33)

    def test_other_terms_of_the_club_are_tried(self):
        self.bought(100)

        what_if = self.ask(earn_per_amount=5, point_value=0.2)

        self.assertAlmostEqual(what_if.before_value, 1)
        self.assertAlmostEqual(what_if.after_value, 4)
        self.assertEqual(self.club.earn_per_amount, 10)

    def test_a_rule_in_force_is_left_out(self):
        rule = self.rule()
        rule.action_activate()
        self.bought(100)

        what_if = self.ask(without_ids=rule.ids)

        self.assertAlmostEqual(what_if.before_value, 1.5)
        self.assertAlmostEqual(what_if.after_value, 1)
        self.assertEqual((what_if.winner_count, what_if.loser_count), (0, 1))

    def test_a_draft_takes_the_place_of_the_rule_that_it_replaces(self):
        rule = self.rule()
        rule.action_activate()
        draft = rule.copy({"replaces_id": rule.id, "points": 6})
        self.bought(100)

        what_if = self.ask(rule_ids=draft.ids)

        self.assertAlmostEqual(what_if.after_value - what_if.before_value, 0.1)

    def test_a_draft_counts_all_through_the_period_or_on_its_own_days(self):
        self.bought(100)
        tomorrow = self.today + timedelta(days=1)
        draft = self.rule(date_from=tomorrow)

        self.assertAlmostEqual(self.ask(rule_ids=draft.ids).cost, 0.5)
        self.assertAlmostEqual(self.ask(rule_ids=draft.ids, ignore_dates=False).cost, 0)

    def test_purchases_beside_the_period_are_not_judged(self):
        self.bought(100, days_ago=101)
        self.bought(100, days_ago=100)
        self.bought(100, days_ago=0)

        what_if = self.ask(date_until=self.today - timedelta(days=1))

        self.assertEqual(what_if.purchase_count, 1)

    def test_what_came_back_costs_nothing(self):
        self.bought(100, days_ago=20)
        self.bought(-100, days_ago=19, refund=True)
        self.bought(50, days_ago=18)

        what_if = self.ask(rule_ids=self.rule().ids)

        self.assertAlmostEqual(what_if.turnover, 50)
        self.assertAlmostEqual(what_if.after_value, 1)

    def test_earlier_purchases_make_this_one_the_third(self):
        for days_ago in (300, 200, 10):
            self.bought(100, days_ago=days_ago)

        self.assertAlmostEqual(self.ask(rule_ids=self.rule(nth=3).ids).cost, 0.5)
        self.assertAlmostEqual(self.ask(rule_ids=self.rule(nth=2).ids).cost, 0)

    def test_rules_are_told_apart(self):
        self.bought(100)

        what_if = self.ask(rule_ids=self.rule().ids)

        self.assertEqual(
            sorted(what_if.line_ids.mapped(lambda line: (line.side, line.name, line.units))),
            [("after", "Draft", 5), ("after", "Terms of the club", 10),
             ("before", "Terms of the club", 10)],
        )  # fmt: skip
        self.assertEqual(set(what_if.line_ids.mapped("times")), {1})

    # === WHAT IS OWED === #

    def test_what_has_expired_by_the_last_day_is_not_owed(self):
        self.club.points_kind_id.expiry_policy_id = self.env["loyalty.club.expiry.policy"].create(
            {"name": "30 days", "club_id": self.club.id, "number": 30, "unit": "day"}
        )
        self.bought(100, days_ago=60)
        self.bought(200, days_ago=20)

        what_if = self.ask(earn_points=2)

        self.assertAlmostEqual(what_if.before_owed, 2)
        self.assertAlmostEqual(what_if.after_owed, 4)
        self.assertAlmostEqual(what_if.liability, 2)

    # === FOR WHOM === #

    def test_winners_and_losers_are_named_and_sorted_into_bands(self):
        poor, same = self.new_member("Reza"), self.new_member("Ali")
        self.bought(100)
        self.bought(1000, member=poor)
        self.bought(9, member=same)

        what_if = self.ask(earn_points=0, rule_ids=self.rule(points=11, minimum_amount=10).ids)

        found = {result.member_id: result for result in self.results(what_if)}
        self.assertAlmostEqual(found[self.member].difference, 0.1)
        self.assertAlmostEqual(found[poor].difference, -8.9)
        self.assertEqual(found[self.member].band, "4_more")
        self.assertEqual(found[poor].band, "2_less")
        self.assertEqual(found[same].band, "3_same")
        self.assertEqual((what_if.winner_count, what_if.loser_count), (1, 1))
        winners = what_if.action_view_winners()
        self.assertEqual(winners["domain"], [("replay_id", "=", what_if.id)])

    def test_rules_for_a_segment_are_for_those_who_are_in_it_today(self):
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        other = self.new_member("Reza")
        segment._add(self.member)
        self.bought(100)
        self.bought(100, member=other)

        what_if = self.ask(rule_ids=self.rule(segment_ids=[Command.set(segment.ids)]).ids)

        self.assertAlmostEqual(what_if.cost, 0.5)
        self.assertEqual(what_if.winner_count, 1)

    def test_points_move_members_to_other_tiers(self):
        self.club.tier_period = "ever"
        bronze, gold = self.env["loyalty.club.tier"].create(
            [
                {"name": "Test bronze", "club_id": self.club.id, "sequence": 1},
                {"name": "Test gold", "club_id": self.club.id, "sequence": 2, "min_points": 15},
            ]
        )
        self.bought(100)

        what_if = self.ask(rule_ids=self.rule().ids)

        result = self.results(what_if)
        self.assertEqual((result.tier_before_id, result.tier_after_id), (bronze, gold))
        self.assertEqual((what_if.up_count, what_if.down_count), (1, 0))
        self.assertEqual(self.ask(earn_points=1).up_count, 0)

    # === SALES OF THE TILL === #

    def test_the_rules_in_force_give_what_the_till_gave(self):
        rule = self.rule(type="multiplier", factor=2, cap_member_day=12)
        rule.product_tmpl_ids = self.tea.product_tmpl_id
        rule.action_activate()
        bread = self.product("Bread", 37.0)
        order = self.sell([self.line(), self.line(bread, qty=2)], self.member.partner_id)
        self.sell([self.line()], self.member.partner_id)
        self.sync(self.payload([self.return_line(order.lines[1])], self.member.partner_id))
        points = self.points_card().points

        what_if = self.ask()

        self.assertAlmostEqual(what_if.before_value, points * self.club.point_value)
        self.assertAlmostEqual(what_if.cost, 0)
        self.assertEqual(what_if.unknown_count, 0)

    def test_rules_about_goods_know_what_the_till_sold_and_say_what_they_do_not_know(self):
        self.sell([self.line(qty=2)], self.member.partner_id)
        self.bought(100)
        draft = self.rule(
            type="per_unit", product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)]
        )

        what_if = self.ask(rule_ids=draft.ids)

        self.assertAlmostEqual(what_if.cost, 1)  # 2 × 5 points
        self.assertEqual(what_if.unknown_count, 1)

    def test_margin_is_told_where_the_cost_was_recorded(self):
        self.tea.standard_price = 60
        order = self.sell([self.line()], self.member.partner_id)
        order.lines.write({"total_cost": 60, "is_total_cost_computed": True})
        self.bought(100)

        what_if = self.ask(rule_ids=self.rule(points=50).ids)

        self.assertAlmostEqual(what_if.margin_turnover, 100)
        self.assertAlmostEqual(what_if.margin, 40)
        self.assertAlmostEqual(what_if.before_margin_percent, 39)
        self.assertAlmostEqual(what_if.after_margin_percent, 34)

    # === NO TRACE === #

    def checksums(self):
        """A sum over all rows of each of the club's tables, and of what others count."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'loyalty%'"
            " OR relname LIKE 'pos_order%' OR relname IN ('res_partner', 'mail_message'))"
        )
        tables = sorted({name for (name,) in self.env.cr.fetchall()} - OWN_TABLES)
        tables = [name for name in tables if not name.startswith("loyalty_club_replay")]
        found = {}
        for table in tables:
            self.env.cr.execute(
                SQL(
                    "SELECT COUNT(*), SUM(hashtextextended(t::text, 0)) FROM %s t",
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchone()
        return found

    def test_it_leaves_no_trace(self):
        self.sell([self.line()], self.member.partner_id)
        self.bought(100)
        draft = self.rule()
        before = self.checksums()

        what_if = self.ask(rule_ids=draft.ids)

        self.assertEqual(self.checksums(), before)
        self.assertIn("loyalty_club_entry", before)
        self.assertIn("loyalty_club_purchase", before)
        gone = what_if.id
        self.assertTrue(self.results(what_if) and what_if.line_ids)
        what_if.unlink()
        for table in sorted(OWN_TABLES):
            column = "id" if table == "loyalty_club_replay" else "replay_id"
            self.env.cr.execute(
                SQL(
                    "SELECT COUNT(*) FROM %s WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    gone,
                )
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), table)

    # === STEP BY STEP === #

    def test_many_steps_find_what_one_step_finds(self):
        members = [self.new_member(f"M{number}") for number in range(5)]
        for number, member in enumerate(members):
            self.bought(50 + number, member=member)
            self.bought(70, member=member)
        draft = self.rule(cap_rule_total=23)
        whole = self.ask(rule_ids=draft.ids)

        with patch.object(replay_run, "_STEP", 3):
            parts = self.ask(rule_ids=draft.ids)

        self.assertEqual(len(whole.plan), 1)
        self.assertGreater(len(parts.plan), 2)
        for name in parts._figures():
            self.assertAlmostEqual(parts[name], whole[name], msg=name)
        self.assertAlmostEqual(parts.cost, 2.3)
        self.assertEqual((parts.done_count, parts.progress), (10, 100))

    def test_the_job_goes_on_where_the_form_was_left(self):
        for number in range(4):
            self.bought(100, member=self.new_member(f"M{number}"))
        with patch.object(replay_run, "_STEP", 1):
            what_if = self.question()
            what_if.action_start()
        self.assertEqual(what_if.action_step()["progress"], 25)

        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=60) as commits:
            self.env["loyalty.club.replay"]._cron_run()

        self.assertEqual(commits.call_count, 3)

        self.assertEqual((what_if.state, what_if.purchase_count), ("done", 4))

    def test_who_cancels_gets_the_question_back_and_nothing_else(self):
        self.bought(100)
        self.bought(100, member=self.new_member("Reza"))
        with patch.object(replay_run, "_STEP", 1):
            what_if = self.question()
            what_if.action_start()
        what_if.action_step()

        what_if.action_cancel()

        self.assertEqual((what_if.state, what_if.done_count), ("draft", 0))
        self.assertFalse(self.results(what_if))
        self.assertEqual(what_if.action_step()["state"], "draft")
        self.assertFalse(self.results(what_if))

    def test_no_purchases_is_an_answer_too(self):
        what_if = self.ask()

        self.assertEqual((what_if.state, what_if.purchase_count, what_if.cost), ("done", 0, 0))

    def test_a_rule_that_fails_is_named_and_nothing_is_kept_of_it(self):
        self.bought(100)
        what_if = self.question(rule_ids=self.rule().ids)
        what_if.action_start()

        with patch.object(replay_run.ReplayJudge, "run", side_effect=ValueError("no such type")):
            what_if.action_step()

        self.assertEqual((what_if.state, what_if.error), ("failed", "no such type"))
        what_if.action_start()
        what_if.action_step()
        self.assertEqual((what_if.state, what_if.error), ("done", False))

    def test_a_step_costs_the_same_number_of_queries_however_many_members(self):
        def queries(count):
            for number in range(count):
                self.bought(100, member=self.new_member(f"M{self.number}-{number}"))
            what_if = self.question(rule_ids=self.rule(nth=1).ids)
            what_if.action_start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            what_if._step()
            return self.env.cr.sql_log_count - before

        queries(1)
        few = queries(2)
        self.assertEqual(queries(30), few)

    # === WHO, AND WHAT NOT === #

    def test_nobody_knows_what_will_be_bought(self):
        with self.assertRaisesRegex(ValidationError, "Nobody knows"):
            self.question(date_until=self.today + timedelta(days=1))

    def test_rules_of_another_club_are_refused(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        foreign = self.Rule.create({"name": "Foreign", "club_id": other.id, "type": "per_visit"})

        with self.assertRaisesRegex(ValidationError, "Only rules of"):
            self.question(rule_ids=foreign.ids)

    def test_an_answer_is_not_edited_and_its_question_neither(self):
        self.bought(100)
        marketer = new_test_user(self.env, "club_asks", groups="loyalty_club.group_marketer")
        what_if = self.ask().with_user(marketer)

        with self.assertRaisesRegex(UserError, "belongs to the question"):
            what_if.earn_points = 3
        with self.assertRaisesRegex(UserError, "belongs to the question"):
            what_if.before_value = 3
        what_if.name = "Renamed"
        what_if.action_cancel()
        what_if.earn_points = 3

    def test_a_cashier_asks_nothing(self):
        what_if = self.question()

        with self.assertRaises(AccessError):
            what_if.with_user(self.cashier).action_start()
        with self.assertRaises(AccessError):
            what_if.with_user(self.cashier).action_step()

    def test_a_marketer_asks_without_help(self):
        self.sell([self.line()], self.member.partner_id)
        marketer = new_test_user(self.env, "club_asks", groups="loyalty_club.group_marketer")
        draft = self.rule()
        what_if = self.question(rule_ids=draft.ids).with_user(marketer)

        what_if.action_start()
        what_if.action_step()

        self.assertEqual((what_if.state, what_if.user_id), ("done", marketer))
        self.assertTrue(self.results(what_if).with_user(marketer).mapped("difference"))

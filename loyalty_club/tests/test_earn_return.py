"""What returns leave of what rules gave, and why: the awards beside the ledger."""

from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .earn_engine_common import EarnEngineCommon


@tagged("post_install", "-at_install")
class TestEarnReturn(EarnEngineCommon):
    """Earned less taken back is what the rules of the sale give for what is kept."""

    def test_each_rule_keeps_its_share(self):
        self.active(name="Unit", type="per_unit", points=2)
        self.active(
            name="Double", type="multiplier", factor=2, category_ids=[Command.set(self.drinks.ids)]
        )
        order = self.sell([self.line(qty=3), self.line(self.bread)], self.partner)
        self.assertKept(order, 34 + 8 + 30)

        self.sell([self.return_line(order.lines[0])], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 24, "Unit": 6, "Double": 20})
        self.assertKept(order, 24 + 6 + 20)
        self.sell([self.return_line(order.lines[1])], self.partner)
        self.assertKept(order, 20 + 4 + 20)
        self.sell([self.return_line(order.lines[0], qty=2)], self.partner)
        self.assertKept(order, 0)
        self.assertFigures(0)

    def test_what_held_at_the_sale_still_holds(self):
        """Neither the member's segments of today, nor the hour, nor newer terms matter."""
        rule = self.active(
            name="Friends",
            type="per_unit",
            segment_ids=[Command.set(self.friends.ids)],
            nth=1,
        )
        self.friends._add(self.member)
        order = self.sell([self.line(qty=2)], self.partner)
        self.friends._remove(self.member)
        rule.points = 50
        self.club.earn_points = 7
        self.sell(partner=self.partner)

        self.sell([self.return_line(order.lines)], self.partner)

        self.assertKept(order, 10 + 5)

    def test_rule_that_the_rest_is_too_small_for_takes_all_back(self):
        self.active(name="Large", minimum_amount=150)
        order = self.sell([self.line(qty=2)], self.partner)

        self.sell([self.return_line(order.lines)], self.partner)

        self.assertKept(order, 10)

    def test_what_a_cap_cut_is_not_paid_out_by_a_return(self):
        self.active(name="Unit", type="per_unit", cap_member_day=8)
        self.sell(partner=self.partner)
        order = self.sell([self.line(qty=3)], self.partner)
        self.assertKept(order, 30 + 3)

        self.sell([self.return_line(order.lines)], self.partner)

        self.assertKept(order, 20 + 3)

    def test_basic_terms_come_in_where_a_method_no_longer_holds(self):
        self.active(
            name="Method",
            type="per_amount",
            points=3,
            per_amount=10,
            minimum_amount=150,
            stacking="replaces_basic",
        )
        order = self.sell([self.line(qty=2)], self.partner)
        self.assertKept(order, 60)

        self.sell([self.return_line(order.lines)], self.partner)

        self.assertKept(order, 10)
        self.assertEqual(self.awards(order), {"Method": 0, "Terms of the club": 10})
        self.sell([self.return_line(order.lines)], self.partner)
        self.assertKept(order, 0)

    def test_spent_points_are_owed_by_the_whole_of_what_rules_gave(self):
        self.active(name="Visit")
        order = self.sell(partner=self.partner)
        self.post(-12)

        self.sell([self.return_line(order.lines)], self.partner)

        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 12)
        self.assertEqual(self.awards(order), {"Terms of the club": 0, "Visit": 0})

    def test_sale_of_before_there_were_awards_comes_back_as_ever(self):
        with patch.object(type(self.env["loyalty.club.earn.engine"]), "_note_awards"):
            order = self.sell([self.line(qty=2)], self.partner)

        self.sell([self.return_line(order.lines)], self.partner)

        self.assertEqual(self.env["loyalty.club.debt"]._net(self.entries(order)), 10)


@tagged("post_install", "-at_install")
class TestEarnAward(EarnEngineCommon):
    """What was given and why stands beside the ledger, for ever."""

    def test_explanation_has_the_numbers(self):
        self.active(name="Double", type="multiplier", factor=2)
        order = self.sell(partner=self.partner)

        text = self.entries(order).explanation.replace("\N{NO-BREAK SPACE}", " ")

        self.assertIn("Terms of the club: 10 ", text)
        self.assertIn("1 for each 10 of $ 100.00 comes to 10.", text)
        self.assertIn("2 times the basic points of goods for $ 100.00: 10 on top.", text)

    def test_explanation_names_the_cap(self):
        self.active(name="Unit", type="per_unit", cap_member_day=8)
        order = self.sell([self.line(qty=3)], self.partner)

        text = self.entries(order).explanation

        self.assertIn("5 for each of 3 units comes to 15. A day brings no more than 8", text)

    def test_what_was_taken_back_says_so(self):
        order = self.sell([self.line(qty=2)], self.partner)
        back = self.sell([self.return_line(order.lines)], self.partner)
        entry = self.env["loyalty.club.entry"].search(
            [("origin_id", "=", back.id), ("kind", "=", "refund_earn")]
        )

        self.assertIn("taken back for goods that came back", entry.explanation)

    def test_awards_are_facts(self):
        self.sell(partner=self.partner)
        award = self.env["loyalty.club.earn.award"].search([("member_id", "=", self.member.id)])

        for act in (lambda: award.write({"amount": 1}), award.unlink):
            with self.assertRaises(UserError):
                act()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.RaiseException),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE loyalty_club_earn_award SET amount = 1")

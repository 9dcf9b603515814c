"""Sales that bring their customer nothing, members added afterwards, and alarms of tills."""

import doctest
import random
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from ..domain import till_alarms
from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestPosWithheld(LedgerCommon):
    """A till whose customer is fixed when payment begins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.member.partner_id
        cls.manager = new_test_user(
            cls.env,
            "club_shop_manager",
            groups="point_of_sale.group_pos_manager,loyalty_club.group_user",
        )

    def sell_late(self, fixed=None, **values):
        """A sale whose payment began when ``fixed`` was its customer, or nobody."""
        return self.sell(
            partner=self.partner,
            club_payment_begun=True,
            club_fixed_customer=fixed.id if fixed else 0,
            **values,
        )

    def colleague(self):
        """Another cashier."""
        groups = "base.group_user,point_of_sale.group_pos_user"
        return new_test_user(self.env, "colleague", groups=groups)

    def journal(self, *orders):
        """Members and amounts of these orders in the journal."""
        rows = self.env["loyalty.club.purchase"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "in", [o.id for o in orders])],
            order="id",
        )
        return rows.mapped(lambda row: (row.member_id, row.amount))

    def attach(self, order, member=None, reason="Forgot the card", user=None):
        order = order.with_user(user or self.manager)
        return order._club_attach(member or self.member, reason)

    # --- chosen late --------------------------------------------------------------------

    def test_customer_chosen_in_time_earns(self):
        order = self.sell_late(fixed=self.partner)
        self.assertFalse(order.club_withheld)
        self.assertPoints(10)
        self.assertEqual(self.journal(order), [(self.member, 100)])

    def test_customer_chosen_late_earns_nothing_and_it_is_said_why(self):
        other = self.new_member("Other").partner_id
        for fixed in (None, other):
            order = self.sell_late(fixed=fixed)
            with self.subTest(fixed=fixed):
                self.assertEqual(order.club_withheld, "late")
                self.assertIn("after payment had begun", order.club_explanation)
                self.assertFalse(self.journal(order))
        self.assertPoints(0)

    def test_switched_off_or_unknown_the_customer_earns(self):
        self.sell(partner=self.partner)
        self.till.club_fix_customer = False
        self.sell_late()
        self.assertPoints(20)

    def test_late_customer_may_spend(self):
        card = self.give_points(100)
        order = self.sell_late(
            lines=[self.line(), self.reward_line(card, 100)], fixed=self.new_member("X").partner_id
        )
        self.assertEqual(order.club_withheld, "late")
        self.assertPoints(0)
        self.assertLedgerSound()

    def test_what_did_not_count_does_not_count_when_it_comes_back(self):
        order = self.sell_late()
        back = self.sync(self.payload([self.return_line(order.lines)], self.partner))
        self.assertEqual(back.club_withheld, "late")
        self.assertFalse(self.journal(order, back))
        self.assertPoints(0)

    def test_a_till_cannot_say_what_the_server_found_out(self):
        order = self.sell_late()
        order.with_user(self.cashier).write({"club_withheld": False})
        self.assertEqual(order.club_withheld, "late")

    # --- one's own account ---------------------------------------------------------------

    def test_nobody_earns_by_what_she_sells_herself(self):
        own = self.env["loyalty.club.member"].create(
            {"partner_id": self.cashier.partner_id.id, "club_id": self.club.id}
        )
        order = self.sell(partner=own.partner_id)
        self.assertEqual(order.club_withheld, "own")
        self.assertIn("sells herself", order.club_explanation)
        self.assertPoints(0, own)
        colleague = self.colleague()
        payload = self.payload([self.line()], own.partner_id, user_id=colleague.id)
        self.sync(payload, colleague)
        self.assertPoints(10, own)

    def test_another_contact_with_the_cashiers_mobile_is_hers(self):
        self.cashier.partner_id.phone = "0912 123 4567"
        self.partner.phone = "+989121234567"
        self.assertEqual(self.sell(partner=self.partner).club_withheld, "own")

    # --- added afterwards ------------------------------------------------------------------

    def test_manager_adds_a_forgotten_member_with_a_reason(self):
        order = self.sell()
        record = self.attach(order)
        self.assertEqual(order.partner_id, self.partner)
        self.assertEqual(
            (record.user_id, record.seller_id, record.reason),
            (self.manager, self.cashier, "Forgot the card"),
        )
        self.assertPoints(10)
        entry = self.env["loyalty.club.entry"].search([("origin_id", "=", order.id)], limit=1)
        self.assertEqual(entry.branch_id, self.branch)
        self.assertEqual(self.journal(order), [(self.member, 100)])
        self.assertLedgerSound()
        with self.assertRaises(UserError):
            self.attach(order)

    def test_late_customer_can_be_added(self):
        order = self.sell_late()
        self.assertTrue(order.club_can_attach)
        self.attach(order)
        self.assertFalse(order.club_withheld)
        self.assertFalse(order.club_can_attach)
        self.assertPoints(10)

    def test_what_came_back_meanwhile_earns_nothing(self):
        order = self.sell([self.line(qty=3)])
        back = self.sync(self.payload([self.return_line(order.lines)]))
        self.attach(order)
        self.assertPoints(20)
        self.assertEqual(self.journal(order, back), [(self.member, 300), (self.member, -100)])
        self.sync(self.payload([self.return_line(order.lines, 2)], self.partner))
        self.assertPoints(0)
        self.assertLedgerSound()

    def test_only_managers_and_only_with_a_reason(self):
        order = self.sell()
        with self.assertRaises(AccessError):
            self.attach(order, user=self.cashier)
        for reason in ("", "  ", None):
            with self.assertRaises(UserError):
                self.attach(order, reason=reason)

    def test_neither_to_the_seller_nor_to_the_manager(self):
        order = self.sell()
        for user in (self.cashier, self.manager):
            own = self.env["loyalty.club.member"].create(
                {"partner_id": user.partner_id.id, "club_id": self.club.id}
            )
            with self.assertRaises(UserError):
                self.attach(order, own)
        self.assertFalse(order.partner_id)

    def test_not_what_counts_already_is_old_or_is_no_sale(self):
        counted = self.sell(partner=self.partner)
        old = self.sell()
        old.date_order = fields.Datetime.now() - timedelta(days=8)
        back = self.sync(self.payload([self.return_line(counted.lines)], self.partner))
        for order in (counted, old, back):
            with self.subTest(order=order), self.assertRaises(UserError):
                self.attach(order, self.new_member("Other"))
        suspended = self.new_member("Suspended")
        suspended.action_suspend()
        with self.assertRaises(UserError):
            self.attach(self.sell(), suspended)

    def test_wizard_adds_the_member(self):
        order = self.sell().with_user(self.manager)
        action = order.action_club_attach()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create(
            {"member_id": self.member.id, "reason": "Test"}
        )
        self.assertEqual(wizard.club_id, self.club)
        wizard.action_attach()
        self.assertPoints(10)

    # --- alarms --------------------------------------------------------------------------

    def watch(self, day=None):
        return self.env["loyalty.club.till.alarm"]._watch(self.club, day or today_in(self.company))

    def test_a_member_who_earns_often_at_one_till_is_marked_once(self):
        self.club.alarm_earnings = 2
        for _sale in range(3):
            self.sell(partner=self.partner)
        alarm = self.watch()
        self.assertEqual(
            alarm.mapped(lambda a: (a.kind, a.member_id, a.config_id, a.count)),
            [("often", self.member, self.till, 3)],
        )
        self.assertFalse(self.watch(), "once is enough")
        self.assertEqual(self.orders_behind(alarm), 3)
        self.club.alarm_earnings = 0
        self.assertFalse(self.watch())

    def orders_behind(self, alarm):
        return self.env["pos.order"].search_count(alarm.action_view_orders()["domain"])

    def test_a_cashier_whose_customers_come_late_is_marked(self):
        colleague = self.colleague()
        for _sale in range(8):
            self.sync(self.payload([self.line()], user_id=colleague.id), colleague)
            self.sell_late()
        alarm = self.watch().filtered(lambda a: a.kind == "late")
        self.assertEqual((alarm.user_id, alarm.count, alarm.expected), (self.cashier, 8, 0))
        self.assertEqual(self.orders_behind(alarm), 8)
        self.assertFalse(self.watch(today_in(self.company) - timedelta(days=1)))

    def test_a_member_of_one_cashier_alone_is_marked(self):
        self.club.write({"alarm_one_cashier": 8, "alarm_earnings": 0})
        colleague = self.colleague()
        others = [self.new_member(f"Other {number}").partner_id for number in range(3)]
        for sale in range(21):  # each of them one seventh with the cashier
            seller = self.cashier if sale < 3 else colleague
            self.sync(self.payload([self.line()], others[sale % 3], user_id=seller.id), seller)
        for _sale in range(8):
            self.sell(partner=self.partner)
        alarm = self.watch()
        self.assertEqual(
            alarm.mapped(lambda a: (a.kind, a.member_id, a.user_id, a.count)),
            [("one_cashier", self.member, self.cashier, 8)],
        )

    def test_managers_note_that_they_looked(self):
        alarm = self.env["loyalty.club.till.alarm"].create(
            {
                "club_id": self.club.id,
                "kind": "often",
                "day": today_in(self.company),
                "since": today_in(self.company),
            }
        )
        boss = new_test_user(self.env, "boss", groups="loyalty_club.group_manager")
        with self.assertRaises(UserError):
            alarm.with_user(boss).write({"count": 0})
        with self.assertRaises(AccessError):
            alarm.with_user(self.manager).action_seen()
        alarm.with_user(boss).action_seen("Staff party")
        self.assertEqual((alarm.state, alarm.seen_by_id, alarm.note), ("seen", boss, "Staff party"))

    def test_every_night_every_club_is_looked_at(self):
        Alarm = self.env["loyalty.club.till.alarm"]
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", return_value=60),
            patch.object(type(Alarm), "_watch") as watch,
        ):
            Alarm._cron_watch()
        self.assertIn(self.club, [call.args[0] for call in watch.call_args_list])

    def test_a_year_of_500_cashiers_finds_the_planted_ones(self):
        """Twenty of them choose somebody late for 2 % of their sales, the others for 0.3 %."""
        self.assertFalse(doctest.testmod(till_alarms).failed)
        chance = random.Random(20260101)
        planted = set(range(20))
        found = set()
        for _month in range(12):
            cashiers = {}
            for cashier in range(500):
                sales = chance.randint(800, 2500)
                rate = 0.02 if cashier in planted else 0.003
                late = sum(chance.random() < rate for _sale in range(sales))
                cashiers[cashier] = till_alarms.Late(sales, late)
            found |= till_alarms.too_late(cashiers, 4, 5).keys()
        self.assertGreaterEqual(len(found & planted), 19)
        self.assertLessEqual(len(found - planted), 5)

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestLotChange(ExpiryCommon):
    """A manager gives value more time or brings it back, and the books say who and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "expiry_manager", groups="loyalty_club.group_manager")

    def setUp(self):
        super().setUp()
        self.terms("after", number=30, unit="day")
        self.changes = self.env["loyalty.club.lot.change"].with_user(self.manager)

    def extend(self, lots, day, reason="Closed"):
        return self.changes._extend(lots.with_user(self.manager), day, reason)

    def reinstate(self, amount, key="again", **values):
        values = {"expires_on": None, "reason": "Sorry", **values}
        entry = self.expired().with_user(self.manager)
        return (
            self.env["loyalty.club.expiry"]
            .with_user(self.manager)
            ._reinstate(entry, Decimal(amount), key=key, **values)
        )

    def test_an_extended_lot_lives_on_and_says_why(self):
        lot = self.earn(50, "2025-01-01")
        self.on("2025-01-20")

        self.assertEqual(self.extend(lot, date(2025, 3, 31)), 1)

        self.assertDay(lot, "2025-03-31")
        self.assertRecordValues(
            lot.change_ids,
            [
                {
                    "kind": "extended",
                    "from_day": date(2025, 1, 31),
                    "to_day": date(2025, 3, 31),
                    "reason": "Closed",
                    "user_id": self.manager.id,
                }
            ],
        )
        self.night("2025-02-01")
        self.assertUsable(50, "2025-03-31")

    def test_on_the_screen_chosen_lots_are_extended(self):
        lots = self.earn(50, "2025-01-01") | self.earn(20)
        wizards = self.env["loyalty.club.lot.extend"].with_user(self.manager)
        with Form(
            wizards.with_context(active_model="loyalty.club.lot", active_ids=lots.ids)
        ) as form:
            self.assertEqual(form.lot_count, 2)
            form.day = date(2025, 6, 30)
            form.reason = "Closed"

        form.save().action_extend()

        self.assertEqual(lots.mapped("expires_on"), [date(2025, 6, 30)] * 2)

    def test_lots_that_need_no_extension_are_left(self):
        soon = self.earn(50, "2025-01-01")
        late = self.earn(50, expires_on=date(2026, 1, 1))
        empty = self.earn(7, expires_on=date(2025, 1, 3))
        self.spend(7)

        self.assertEqual(self.extend(soon | late | empty, date(2025, 6, 30)), 1)

        self.assertDay(late, "2026-01-01")
        self.assertDay(empty, "2025-01-03")

    def test_an_extension_is_later_and_has_a_reason(self):
        lot = self.earn(50, "2025-01-01")
        self.on("2025-01-20")
        for day, reason in (
            (date(2025, 1, 31), "Closed"),
            (date(2025, 1, 25), "Closed"),
            (date(2025, 1, 19), "Closed"),
            (date(2025, 3, 31), "  "),
        ):
            with self.subTest(day=day, reason=reason), self.assertRaises(UserError):
                self.extend(lot, day, reason)

    def test_only_a_manager_extends_or_brings_back(self):
        lot = self.earn(50, "2025-01-01")
        marketer = new_test_user(self.env, "lot_marketer", groups="loyalty_club.group_marketer")

        with self.assertRaises(AccessError):
            self.changes.with_user(marketer)._extend(lot, date(2025, 6, 30), "Mine")
        self.night("2025-02-01")
        with self.assertRaises(AccessError):
            self.env["loyalty.club.expiry"].with_user(marketer)._reinstate(
                self.expired(), Decimal(50), None, "Mine", "mine"
            )

    def test_a_change_is_a_fact(self):
        lot = self.earn(50, "2025-01-01")
        self.extend(lot, date(2025, 6, 30))

        with self.assertRaises(UserError):
            lot.change_ids.reason = "Other"
        with self.assertRaises(UserError):
            lot.change_ids.unlink()

    # --- bringing back -------------------------------------------------------------------

    def test_expired_value_comes_back_as_a_new_lot(self):
        self.earn(50, "2025-01-01")
        self.night("2025-02-01")

        outcome = self.reinstate(50)

        entry = self.env["loyalty.club.entry"].browse(outcome.entry_id)
        self.assertRecordValues(
            entry,
            [
                {
                    "kind": "reinstate",
                    "amount": 50,
                    "reverses_id": self.expired().id,
                    "note": "Sorry",
                    "user_id": self.manager.id,
                }
            ],
        )
        self.assertDay(entry.lot_ids, "2025-03-03")
        self.assertPoints(50)
        self.assertLedgerSound()

    def test_never_more_than_expired_comes_back(self):
        self.earn(50, "2025-01-01")
        self.night("2025-02-01")
        self.reinstate(30, "first", expires_on=date(2025, 2, 10))

        for amount in (21, 0, -5):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.reinstate(amount, f"again {amount}")
        self.reinstate(20, "second")

        self.assertPoints(50)
        with self.assertRaises(UserError):
            self.reinstate(1, "third")

    def test_what_came_back_expires_again_and_may_come_back_again(self):
        self.earn(50, "2025-01-01")
        self.night("2025-02-01")
        self.reinstate(50, expires_on=date(2025, 2, 5))

        self.night("2025-02-06")

        self.assertEqual(self.expired().mapped("amount"), [-50, -50])
        self.assertPoints(0)

    def test_only_expired_value_is_brought_back_and_with_a_reason(self):
        lot = self.earn(50, "2025-01-01")
        service = self.env["loyalty.club.expiry"].with_user(self.manager)
        with self.assertRaises(UserError):
            service._reinstate(
                lot.entry_id.with_user(self.manager), Decimal(50), None, "Sorry", "k"
            )
        self.night("2025-02-01")
        with self.assertRaises(UserError):
            self.reinstate(50, reason=" ")
        with self.assertRaises(UserError):
            self.reinstate(50, expires_on=date(2025, 1, 31))

    def test_on_the_screen_what_is_left_is_proposed(self):
        self.earn(50, "2025-01-01")
        self.night("2025-02-01")
        self.reinstate(30)
        wizards = self.env["loyalty.club.entry.reinstate"].with_user(self.manager)
        with Form(wizards.with_context(default_entry_id=self.expired().id)) as form:
            self.assertEqual((form.left, form.amount), (20, 20))
            form.reason = "Was in hospital"

        form.save().action_reinstate()

        self.assertPoints(50)

    def test_managers_of_another_company_bring_nothing_back(self):
        lot = self.earn(50, "2025-01-01")
        self.night("2025-02-01")
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "expiry_stranger",
            groups="loyalty_club.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

        with self.assertRaises(AccessError):
            self.env["loyalty.club.expiry"].with_user(stranger)._reinstate(
                self.expired().with_user(stranger), Decimal(50), None, "Mine", "mine"
            )
        with self.assertRaises(AccessError):
            self.changes.with_user(stranger)._extend(
                lot.with_user(stranger), date(2025, 6, 30), "Mine"
            )

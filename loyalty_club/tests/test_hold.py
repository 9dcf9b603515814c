from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from ..movement import Basket
from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestHold(LedgerCommon):
    """Value promised to a payment: set aside at once, taken or let go exactly once."""

    def authorize(self, amount, key="hold-1", **details):
        return self.Hold._authorize(self.wallet.id, Decimal(amount), key, **details)

    def hold(self, key="hold-1"):
        return self.Hold.search([("key", "=", key)])

    # --- authorise -------------------------------------------------------------------

    def test_held_value_cannot_be_used_for_anything_else(self):
        self.post(100)

        outcome = self.authorize(60)

        self.assertEqual((outcome.status, outcome.available), ("open", 40))
        self.assertFigures(100, held=60)
        self.assertEqual(self.post(-41).reason, "insufficient")
        self.assertTrue(self.post(-40).ok)
        self.assertLedgerSound()

    def test_hold_of_more_than_is_free_is_refused_and_sets_nothing_aside(self):
        self.post(100)
        self.authorize(60)

        outcome = self.authorize(41, "hold-2")

        self.assertEqual(
            (outcome.status, outcome.reason, outcome.available), ("refused", "insufficient", 40)
        )
        self.assertFigures(100, held=60)
        self.assertFalse(self.hold("hold-2"))

    def test_same_request_is_answered_the_same_way(self):
        self.post(100)
        first = self.authorize(60)

        again = self.authorize(60)
        other = self.authorize(50)

        self.assertEqual(
            (again.status, again.hold_id, again.replayed), ("open", first.hold_id, True)
        )
        self.assertEqual((other.status, other.reason), ("refused", "key_reused"))
        self.assertFigures(100, held=60)

    def test_blocked_wallet_holds_nothing(self):
        self.post(100)
        self.wallet.state = "blocked"

        self.assertEqual(self.authorize(10).reason, "blocked")
        self.assertFigures(100)

    def test_expired_value_is_not_held(self):
        self.post(30, expires_on=today_in(self.company) - timedelta(days=1))
        self.post(20)

        outcome = self.authorize(21)

        self.assertEqual((outcome.reason, outcome.available), ("expired", 20))
        self.assertTrue(self.authorize(20, "hold-2").ok)
        self.assertFigures(50, held=20)

    def test_held_value_is_not_spent_through_lots_that_are_valid(self):
        """Balance would do, but what is still valid is promised already."""
        self.post(30, expires_on=today_in(self.company) - timedelta(days=1))
        self.post(20)
        self.authorize(20)

        self.assertFalse(self.post(-10).ok)

    def test_no_fraction_no_zero_no_unknown_wallet(self):
        for amount in ("0", "-5", "0.5", "NaN"):
            with self.subTest(amount), self.assertRaises(ValueError):
                self.authorize(amount)
        with self.assertRaises(ValueError):
            self.Hold._authorize(0, Decimal(1), "hold-x")

    # --- capture ---------------------------------------------------------------------

    def test_capture_takes_what_was_held(self):
        self.post(100)
        self.authorize(60, origin=("res.partner", self.member.partner_id.id), note="Till 1")

        outcome = self.Hold._capture("hold-1")

        self.assertEqual((outcome.status, outcome.available), ("captured", 40))
        entry = self.hold().entry_id
        self.assertEqual(
            (entry.amount, entry.kind, entry.origin_model, entry.note),
            (-60, "capture", "res.partner", "Till 1"),
        )
        self.assertFigures(40)
        self.assertLedgerSound()

    def test_capture_of_a_part_lets_the_rest_go(self):
        self.post(100)
        self.authorize(60)

        self.Hold._capture("hold-1", Decimal(25))

        self.assertEqual(self.hold().captured, 25)
        self.assertFigures(75)

    def test_hold_is_captured_once(self):
        self.post(100)
        self.authorize(60)
        self.Hold._capture("hold-1", Decimal(25))

        again = self.Hold._capture("hold-1", Decimal(25))
        other = self.Hold._capture("hold-1", Decimal(30))

        self.assertEqual((again.status, again.replayed), ("captured", True))
        self.assertEqual((other.status, other.reason), ("refused", "key_reused"))
        self.assertFigures(75)

    def test_never_more_is_captured_than_held(self):
        self.post(100)
        self.authorize(60)

        self.assertEqual(self.Hold._capture("hold-1", Decimal(61)).reason, "too_much")
        self.assertEqual(self.Hold._capture("hold-1", Decimal(0)).reason, "too_much")
        self.assertFigures(100, held=60)

    def test_capture_uses_value_that_expired_after_it_was_held(self):
        today = today_in(self.company)
        self.post(50, expires_on=today)
        self.authorize(50, minutes=60 * 24 * 3)

        with freeze_time(today + timedelta(days=1, hours=12)):
            outcome = self.Hold._capture("hold-1")

        self.assertEqual(outcome.status, "captured")
        self.assertFigures(0)
        self.assertLedgerSound()

    def test_blocking_a_wallet_does_not_undo_what_was_authorised(self):
        self.post(50)
        self.authorize(50)
        self.wallet.state = "blocked"

        self.assertEqual(self.Hold._capture("hold-1").status, "captured")

    # --- release and expiry ----------------------------------------------------------

    def test_released_value_is_available_again(self):
        self.post(100)
        self.authorize(60)

        first, again = self.Hold._release("hold-1"), self.Hold._release("hold-1")

        self.assertEqual((first.status, first.replayed), ("released", False))
        self.assertEqual((again.status, again.replayed), ("released", True))
        self.assertFigures(100)

    def test_ended_hold_does_not_end_again_another_way(self):
        self.post(100)
        self.authorize(10, "captured")
        self.Hold._capture("captured")
        self.authorize(10, "released")
        self.Hold._release("released")

        self.assertEqual(self.Hold._release("captured").reason, "over")
        self.assertEqual(self.Hold._capture("released").reason, "over")
        self.assertEqual(self.Hold._capture("nobody").reason, "unknown")
        self.assertFigures(90)

    def test_hold_that_nobody_captures_is_let_go(self):
        self.post(100)
        self.authorize(60)
        self.authorize(10, "later", minutes=60)

        with freeze_time(fields.Datetime.now() + timedelta(minutes=20)):
            self.Hold._cron_expire()

        self.assertEqual(self.hold().state, "expired")
        self.assertEqual(self.hold("later").state, "open")
        self.assertFigures(100, held=10)

    # --- limits and conditions -------------------------------------------------------

    def test_what_is_held_counts_for_the_limit_of_the_day(self):
        self.points.spend_limit_day = 50
        self.post(100)
        self.authorize(30)

        refused = self.authorize(21, "hold-2")

        self.assertEqual((refused.reason, refused.available), ("limit_day", 20))
        self.assertEqual(self.post(-21).reason, "limit_day")
        self.assertTrue(self.authorize(20, "hold-3").ok)
        self.assertEqual(self.Hold._capture("hold-3").status, "captured")

    def test_value_on_conditions_is_not_held(self):
        terms = self.env["loyalty.club.terms"].create(
            {"name": "From 200", "club_id": self.club.id, "minimum_basket": 200}
        )
        self.post(100, terms_id=terms.id)

        self.assertEqual(self.authorize(10).reason, "conditions")
        self.post(30)
        self.assertTrue(self.authorize(30, "hold-2").ok)
        self.assertEqual(self.authorize(1, "hold-3").reason, "conditions")
        self.Hold._capture("hold-2")

        self.assertEqual(self.wallet.lot_ids.filtered("terms_id").remaining, 100)

    def test_value_on_conditions_is_no_cover_for_what_is_held(self):
        terms = self.env["loyalty.club.terms"].create(
            {"name": "From 200", "club_id": self.club.id, "minimum_basket": 200}
        )
        today = today_in(self.company)
        self.post(100, terms_id=terms.id, expires_on=today + timedelta(days=9))
        self.post(100, expires_on=today + timedelta(days=5))
        self.authorize(100)

        self.assertFalse(self.post(-1).ok)
        large = Basket(Decimal(500))
        self.assertTrue(self.post(-100, basket=large).ok, "conditional value pays instead")
        self.assertEqual(self.Hold._capture("hold-1").status, "captured")
        self.assertFigures(0)

    # --- rights ----------------------------------------------------------------------

    def test_holds_are_not_made_or_edited_by_hand(self):
        self.post(100)
        self.authorize(60)

        with self.assertRaises(UserError):
            self.Hold.create({"key": "x", "wallet_id": self.wallet.id, "amount": 1})
        with self.assertRaises(UserError):
            self.hold().write({"state": "released"})
        with self.assertRaises(UserError):
            self.hold().unlink()

    def test_manager_lets_a_hold_go(self):
        self.post(100)
        self.authorize(60)
        marketer = new_test_user(self.env, "hold_marketer", groups="loyalty_club.group_marketer")
        manager = new_test_user(self.env, "hold_manager", groups="loyalty_club.group_manager")

        with self.assertRaises(AccessError):
            self.hold().with_user(marketer)._release_by_hand()
        self.hold().with_user(manager)._release_by_hand()

        self.assertEqual(self.hold().state, "released")
        self.assertFigures(100)

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..clock import end_of, today_in
from .test_rate_limit import HOUR
from .transfer_common import TransferWords


@tagged("post_install", "-at_install")
class TestTransfer(TransferWords):
    """Both entries or none, once, and only with the sender's code."""

    def test_value_moves_when_the_sender_has_confirmed(self):
        transfer = self.ask(30)
        self.assertEqual(transfer.state, "waiting_sender")
        self.assertBalances(100, 0)

        self.confirm(transfer)

        self.assertEqual(transfer.state, "done")
        self.assertBalances(70, 30)
        entries = transfer.out_entry_id | transfer.in_entry_id
        self.assertEqual(entries.mapped("kind"), ["transfer_out", "transfer_in"])
        self.assertEqual(set(entries.mapped("origin_id")), {transfer.id})

    def test_a_wrong_code_moves_nothing(self):
        transfer = self.ask(30)
        code = self.code_of(self.sara.partner_id)

        with self.assertRaisesRegex(UserError, "not the code"):
            self.confirm(transfer, code=self.wrong(code))

        self.assertBalances(100, 0)
        self.confirm(transfer, code=code)
        self.assertBalances(70, 30)

    def test_the_code_of_another_transfer_moves_nothing(self):
        first = self.ask(30)
        code = self.code_of(self.sara.partner_id)
        second = self.ask(40)
        if code == self.code_of(self.sara.partner_id):
            return  # one in a million

        with self.assertRaises(UserError):
            self.confirm(second, code=code)

        self.confirm(first, code=code)

        self.assertBalances(70, 30)

    def test_asked_twice_it_is_one_transfer(self):
        first = self.ask(30, key="same-key")
        again = self.ask(30, key="same-key")

        self.assertEqual(first, again)
        self.confirm(first)
        self.assertEqual(self.ask(30, key="same-key").state, "done")
        self.assertBalances(70, 30)

    def test_one_key_does_not_ask_for_two_things(self):
        self.ask(30, key="same-key")

        with self.assertRaisesRegex(UserError, "other figures"):
            self.ask(31, key="same-key")

    def test_keys_of_two_senders_do_not_meet(self):
        self.put(self.reza, 10)
        mine = self.ask(30, key="same-key")

        other = self.ask(5, sender=self.reza, receiver=self.sara, key="same-key")

        self.assertNotEqual(mine, other)

    def test_confirmed_twice_it_moves_once(self):
        transfer = self.ask(30)
        code = self.code_of(self.sara.partner_id)

        self.confirm(transfer, code=code)
        self.confirm(transfer, code=code)

        self.assertBalances(70, 30)

    def test_lots_keep_their_expiry(self):
        today = fields.Date.today()
        self.put(self.sara, 20, expires_on=today + timedelta(days=10))
        self.put(self.sara, 20, expires_on=today + timedelta(days=20))

        self.send(30)

        lots = self.purse(self.reza).lot_ids.sorted("expires_on")
        self.assertEqual(
            [(lot.remaining, lot.expires_on) for lot in lots],
            [(20, today + timedelta(days=10)), (10, today + timedelta(days=20))],
        )
        self.assertLedgerSound()

    def test_the_sender_pays_the_fee(self):
        self.kind.write({"transfer_fee_fixed": 1, "transfer_fee_percent": 5})

        transfer = self.send(30)

        self.assertEqual(transfer.fee, 3)  # 1 + 1.5, in whole points
        self.assertEqual(transfer.fee_entry_id.kind, "fee")
        self.assertBalances(67, 30)

    def test_the_fee_must_be_there_too(self):
        self.kind.transfer_fee_fixed = 1

        with self.assertRaisesRegex(UserError, "101.*only 100"):
            self.ask(100)

    def test_both_are_told(self):
        transfer = self.send(30)

        for member, kind in ((self.sara, "transfer_sent"), (self.reza, "transfer_received")):
            message = self.messages(member.partner_id, kind)
            self.assertIn("30 points", message.body)
        self.assertNotIn("Karimi", self.messages(self.sara.partner_id, "transfer_sent").body)
        self.assertEqual(transfer.code_to, False)

    def test_what_is_confirmed_stands_in_the_message(self):
        self.ask(30)

        body = self.messages(self.sara.partner_id, "one_time_code").body

        self.assertIn("30 points to Reza K", body)

    def test_a_wallet_is_made_for_a_receiver_who_has_none(self):
        credit = self.new_kind("ewallet")
        credit.write({"transferable": True, "transfer_freeze_hours": 0})
        with patch.object(type(self), "kind", credit):
            credit._wallets_of(self.sara)
            self.put(self.sara, 50)

            self.send(20)

            self.assertBalances(30, 20)

    def test_a_transfer_is_never_edited_or_deleted(self):
        transfer = self.send(30)
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")

        with self.assertRaises(AccessError):
            transfer.with_user(manager).amount = 50
        with self.assertRaises(UserError):
            transfer.unlink()

    def test_a_refused_booking_leaves_the_code_valid(self):
        transfer = self.ask(100)
        code = self.code_of(self.sara.partner_id)
        self.give_points(-50, self.sara)

        with self.assertRaisesRegex(UserError, "Only 50"):
            self.confirm(transfer, code=code)
        self.give_points(50, self.sara)
        self.confirm(transfer, code=code)

        self.assertBalances(0, 100)

    def test_an_unconfirmed_request_lapses(self):
        transfer = self.ask(30)
        code = self.code_of(self.sara.partner_id)
        transfer.expires_at = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "lapsed"):
            self.confirm(transfer, code=code)

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
            self.transfers._cron_expire()

        self.assertEqual(transfer.state, "expired")

    def test_requests_that_nobody_confirmed_hold_nothing(self):
        self.ask(80)

        self.assertEqual(self.purse(self.sara).available, 100)


@tagged("post_install", "-at_install")
class TestTransferRefusals(TransferWords):
    """What is not allowed is refused with a reason, and nothing moves."""

    def assertRefused(self, pattern, amount=10, **values):
        with self.assertRaisesRegex(UserError, pattern):
            self.send(amount, **values)
        self.assertBalances(100, 0)

    def test_not_to_oneself(self):
        self.assertRefused("Sender and receiver", receiver=self.sara)

    def test_not_to_another_club(self):
        club = self.env["loyalty.club"].create({"name": "Other"})
        stranger = self.env["loyalty.club.member"].create(
            {"partner_id": self.reza.partner_id.id, "club_id": club.id}
        )
        self.assertRefused("not a member of Test Club", receiver=stranger)

    def test_not_to_or_from_a_membership_that_is_not_active(self):
        for state in ("pending", "suspended", "closed"):
            self.reza.state = state
            with self.subTest(state):
                self.assertRefused("receiver's membership")
        self.reza.state = "active"
        self.sara.state = "suspended"
        self.assertRefused("not active")

    def test_not_a_kind_that_is_not_transferable(self):
        self.kind.transferable = False
        self.assertRefused("cannot be sent")

    def test_gift_cards_and_debts_cannot_be_made_transferable(self):
        for kind in (self.new_kind("gift_card"), self.club.debt_kind_id):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                kind.transferable = True

    def test_not_more_than_there_is(self):
        self.assertRefused("Only 100", 101)

    def test_not_what_is_held(self):
        self.env["loyalty.club.hold"]._authorize(self.purse(self.sara).id, Decimal(95), "test-hold")
        self.assertRefused("Only 5 ")

    def test_not_nothing_less_or_a_fraction(self):
        for amount in (0, -5, "0.5"):
            with self.subTest(amount):
                self.assertRefused("positive amount", amount)

    def test_not_below_the_minimum(self):
        self.kind.transfer_minimum = 20
        self.assertRefused("At least 20")

    def test_not_what_has_expired(self):
        lots = self.purse(self.sara).lot_ids
        lots.flush_recordset()
        self.env.cr.execute(
            "UPDATE loyalty_club_lot SET expires_on = %s WHERE id IN %s",
            [date(2020, 1, 1), tuple(lots.ids)],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.send(10)

    def test_not_before_one_has_been_a_member_long_enough(self):
        self.kind.transfer_member_days = 30
        self.assertRefused("after 30 days of membership")

        self.sara.join_date -= timedelta(days=30)
        self.send(10)

    def test_not_value_that_has_just_come_in(self):
        self.kind.transfer_value_hours = 24
        self.assertRefused("24 hours")

        self.env.cr.execute("UPDATE loyalty_club_lot SET date = date - interval '25 hours'")
        self.env.invalidate_all()
        self.send(10)

        with self.assertRaisesRegex(UserError, "24 hours"):  # not from hand to hand
            self.send(10, sender=self.reza, receiver=self.sara)

    def test_not_while_the_contact_is_new(self):
        self.kind.transfer_freeze_hours = 24
        self.sara.partner_id.phone = "09123333333"
        self.assertRefused("changed lately")

        self.sara.contact_changed_at -= timedelta(hours=25)
        self.send(10)

    def test_not_without_a_way_to_reach_the_sender(self):
        self.sara.partner_id.write({"phone": False, "email": False})
        self.assertRefused("neither a mobile number")

    def test_limits_of_a_day(self):
        for values, error in (
            ({"transfer_day_count": 2}, "No more than 2"),
            ({"transfer_day_amount": 25}, "Only 5 points more"),
            ({"transfer_received_count": 2}, "receiver has had as many"),
            ({"transfer_received_amount": 25}, "receiver would get more"),
        ):
            with self.subTest(values), self.env.cr.savepoint() as undone:
                self.kind.write(values)
                self.send(10)
                self.send(10)
                with self.assertRaisesRegex(UserError, error):
                    self.send(10)
                undone.rollback()
                self.later(24 * HOUR)

    def test_limits_are_judged_again_when_the_code_comes(self):
        self.kind.transfer_day_count = 1
        first, second = self.ask(10), None
        code = self.code_of(self.sara.partner_id)
        second = self.ask(20)
        self.confirm(second)

        with self.assertRaisesRegex(UserError, "No more than 1"):
            self.confirm(first, code=code)

        self.assertBalances(80, 20)

    def test_requests_do_not_use_up_the_limit_of_others(self):
        self.kind.transfer_received_count = 1
        self.ask(10)
        other = self.reachable("Nasrin", "09124444444")
        self.put(other, 10)

        self.send(10, sender=other)

        self.assertBalances(100, 10)

    def test_yesterday_does_not_count(self):
        self.kind.transfer_day_count = 1
        sent = self.send(10)
        sent.date -= timedelta(days=1)
        sent.sender_confirmed_at -= timedelta(days=1)

        self.send(10)

        self.assertBalances(80, 20)

    def test_what_was_asked_before_midnight_and_confirmed_after_counts(self):
        self.kind.transfer_day_count = 1
        today = end_of(self.company, today_in(self.company) - timedelta(days=1))
        transfer = self.ask(10)
        transfer.date = today - timedelta(minutes=20)
        self.confirm(transfer)

        with self.assertRaisesRegex(UserError, "No more than 1"):
            self.send(10)

        self.assertBalances(90, 10)


@tagged("post_install", "-at_install")
class TestTransferWaiting(TransferWords):
    """While somebody has to say yes, the value is set aside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "loyalty_club.group_manager"
        cls.maker = new_test_user(cls.env, "maker", groups=groups)
        cls.checker = new_test_user(cls.env, "checker", groups=groups)

    def decide(self, transfer, act, reason="A mistake", user=None):
        decisions = self.env["loyalty.club.transfer.decision"].with_user(user or self.checker)
        values = {"transfer_id": transfer.id, "act": act, "reason": reason}
        decisions.create(values).action_decide()
        self.env.invalidate_all()

    def test_the_receiver_confirms_too(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.send(30)
        self.assertEqual(transfer.state, "waiting_receiver")
        self.assertEqual(self.purse(self.sara).available, 70)
        self.assertBalances(100, 0)

        self.confirm(transfer, "receiver")

        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.purse(self.sara).held, 0)
        self.assertBalances(70, 30)

    def test_the_senders_code_is_not_the_receivers(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.ask(30)
        code = self.code_of(self.sara.partner_id)
        self.confirm(transfer, code=code)
        if code == self.code_of(self.reza.partner_id):
            return  # one in a million

        with self.assertRaises(UserError):
            self.confirm(transfer, "receiver", code=code)

    def test_a_receiver_nobody_can_reach_is_known_before(self):
        self.kind.transfer_receiver_confirms = True
        self.reza.partner_id.write({"phone": False, "email": False})

        with self.assertRaisesRegex(UserError, "has to confirm, but"):
            self.ask(30)

    def test_who_waits_too_long_gets_nothing(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.send(30)
        transfer.expires_at = fields.Datetime.now()

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
            self.transfers._cron_expire()

        self.assertEqual((transfer.state, self.purse(self.sara).held), ("expired", 0))
        self.assertBalances(100, 0)

    def test_what_expires_while_it_waits_still_arrives(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.send(100)
        hold = self.env["loyalty.club.hold"].search([("key", "=", transfer.hold_key)])
        yesterday = fields.Date.today() - timedelta(days=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_lot SET expires_on = %s WHERE wallet_id = %s",
            [yesterday, self.purse(self.sara).id],
        )
        self.env.cr.execute(
            "UPDATE loyalty_club_hold SET date = date - interval '1 day', day = %s WHERE id = %s",
            [yesterday, hold.id],
        )
        self.env.invalidate_all()

        self.confirm(transfer, "receiver")

        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.purse(self.reza).lot_ids.expires_on, yesterday)

    def test_what_expires_after_its_hold_was_released_by_hand_does_not_arrive(self):
        self.kind.transfer_approval_above = 20
        self.give_points(-100)
        lot = self.put(self.sara, 30, expires_on=fields.Date.today()).lot_ids
        transfer = self.send(30, user=self.maker)
        self.env["loyalty.club.hold"]._release(transfer.hold_key)
        self.env.cr.execute(
            "UPDATE loyalty_club_lot SET expires_on = expires_on - 2 WHERE id = %s", [lot.id]
        )
        self.env.cr.execute(
            "UPDATE loyalty_club_hold SET day = day - 2 WHERE key = %s", [transfer.hold_key]
        )

        with self.assertRaisesRegex(UserError, "expired"):
            transfer.with_user(self.checker).action_approve()

        self.assertEqual(self.balances(self.sara, self.reza), [30, 0])

    def test_undoing_takes_from_a_suspended_receiver_with_a_second_manager(self):
        transfer = self.send(30)
        self.kind.transfer_approval_above = 20
        self.reza.action_suspend()

        self.decide(transfer, "undo", user=self.maker)
        transfer.undone_by_ids.with_user(self.checker).action_approve()

        self.assertBalances(100, 0)

    def test_cancelling_frees_the_value(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.send(30)

        self.transfers._step("_cancel", transfer.reference)
        self.transfers._step("_cancel", transfer.reference)

        self.assertEqual(self.found({"reference": transfer.reference}).state, "cancelled")
        self.assertEqual(self.purse(self.sara).available, 100)
        with self.assertRaisesRegex(UserError, "cancelled"):
            self.confirm(transfer, "receiver")

    def test_what_is_booked_cannot_be_cancelled(self):
        transfer = self.send(30)

        with self.assertRaisesRegex(UserError, "was sent to"):
            self.transfers._step("_cancel", transfer.reference)

    def test_large_transfers_wait_for_a_manager(self):
        self.kind.transfer_approval_above = 20
        transfer = self.send(30, user=self.maker)
        self.assertEqual(transfer.state, "waiting_approval")
        self.assertBalances(100, 0)

        transfer.with_user(self.checker).action_approve()

        self.env.invalidate_all()
        self.assertEqual((transfer.state, transfer.checker_id), ("done", self.checker))
        self.assertBalances(70, 30)

    def test_up_to_the_limit_nobody_is_asked(self):
        self.kind.transfer_approval_above = 30

        self.assertEqual(self.send(30).state, "done")

    def test_who_asked_for_it_does_not_approve_it(self):
        self.kind.transfer_approval_above = 20
        transfer = self.send(30, user=self.maker)

        with self.assertRaises(UserError):
            transfer.with_user(self.maker).action_approve()
        self.assertFalse(transfer.with_user(self.maker).can_decide)

    def test_who_gets_it_does_not_approve_it(self):
        self.kind.transfer_approval_above = 20
        transfer = self.send(30, user=self.maker)
        self.checker.partner_id = self.reza.partner_id

        with self.assertRaises(UserError):
            transfer.with_user(self.checker).action_approve()

    def test_only_managers_approve(self):
        self.kind.transfer_approval_above = 20
        transfer = self.send(30)
        marketer = new_test_user(self.env, "promoter", groups="loyalty_club.group_marketer")

        with self.assertRaises(AccessError):
            transfer.with_user(marketer).action_approve()

    def test_refused_with_a_reason(self):
        self.kind.transfer_approval_above = 20
        transfer = self.send(30, user=self.maker)

        self.decide(transfer, "refuse", "Looks like fraud")

        self.assertEqual((transfer.state, transfer.reason), ("refused", "Looks like fraud"))
        self.assertEqual(self.purse(self.sara).available, 100)

    def test_a_mistake_is_sent_back_with_its_fee(self):
        self.kind.transfer_fee_fixed = 2
        today = fields.Date.today()
        self.put(self.sara, 20, expires_on=today + timedelta(days=10))
        transfer = self.send(30)

        self.decide(transfer, "undo")

        undo = transfer.undone_by_ids
        self.assertEqual((undo.state, undo.reason, transfer.state), ("done", "A mistake", "done"))
        self.assertEqual(undo.out_entry_id.reverses_id, transfer.in_entry_id)
        self.assertBalances(120, 0)
        lots = self.purse(self.sara).lot_ids.filtered("expires_on")
        self.assertEqual(sum(lots.mapped("remaining")), 20)

    def test_undone_twice_it_goes_back_once(self):
        transfer = self.send(30)

        self.decide(transfer, "undo")
        self.decide(transfer, "undo")

        self.assertBalances(100, 0)
        with self.assertRaises(UserError):
            self.decide(transfer.undone_by_ids, "undo")

    def test_what_was_spent_cannot_be_sent_back(self):
        transfer = self.send(30)
        self.give_points(-10, self.reza)

        with self.assertRaises(UserError):
            self.decide(transfer, "undo")

        self.assertBalances(70, 20)

    def test_undoing_much_needs_a_second_manager(self):
        transfer = self.send(30)
        self.kind.transfer_approval_above = 20

        self.decide(transfer, "undo", user=self.maker)
        undo = transfer.undone_by_ids
        self.assertEqual(undo.state, "waiting_approval")
        undo.with_user(self.checker).action_approve()

        self.assertBalances(100, 0)

    def test_who_takes_part_does_not_undo(self):
        for member in (self.sara, self.reza):
            transfer = self.send(30)
            self.checker.partner_id = member.partner_id

            with (
                self.subTest(member.partner_id.name),
                self.assertRaisesRegex(UserError, "yourself"),
            ):
                self.decide(transfer, "undo", user=self.checker)

        self.assertBalances(40, 60)

    def test_only_managers_undo(self):
        transfer = self.send(30)
        marketer = new_test_user(self.env, "promoter", groups="loyalty_club.group_marketer")

        with self.assertRaises(AccessError):
            self.decide(transfer, "undo", user=marketer)


@tagged("post_install", "-at_install")
class TestTransferAtTheCounter(TransferWords):
    """The wizard: the sender reads the code out, nobody skips it."""

    def wizard(self, user=None):
        wizards = self.env["loyalty.club.wallet.transfer"].with_user(user or self.cashier)
        with Form(wizards.with_context(default_member_id=self.sara.id)) as form:
            form.receiver_id = self.reza
            form.amount = 30
        return form.save()

    def test_a_cashier_transfers_with_the_senders_code(self):
        wizard = self.wizard()
        wizard.action_request()
        self.assertEqual(wizard.status, "waiting_sender")
        wizard.code = self.code_of(self.sara.partner_id)

        wizard.action_confirm()

        self.assertEqual(wizard.status, "done")
        self.assertIn("30 points was sent to Reza K", wizard.message)
        self.assertBalances(70, 30)

    def test_no_manager_does_without_the_code(self):
        self.kind.transfer_free_amount = 1000
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")
        wizard = self.wizard(manager)

        wizard.action_request()

        self.assertEqual(wizard.status, "waiting_sender")
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertBalances(100, 0)

    def test_the_fee_is_shown_before(self):
        self.kind.transfer_fee_percent = 10

        self.assertEqual(self.wizard().fee, 3)

    def test_a_new_code_can_be_sent_and_the_transfer_cancelled(self):
        wizard = self.wizard()
        wizard.action_request()
        before = self.messages(self.sara.partner_id, "one_time_code")

        wizard.action_resend()

        self.assertEqual(len(self.messages(self.sara.partner_id, "one_time_code") - before), 1)
        wizard.action_cancel()
        self.assertEqual(wizard.status, "cancelled")

    def test_one_wizard_does_not_touch_the_transfers_of_others(self):
        other = self.ask(5)
        self.put(self.reza, 10)
        wizard = self.wizard()
        wizard.wallet_id = self.purse(self.reza)
        wizard.member_id = self.reza
        wizard.reference = other.reference

        for action in (wizard.action_cancel, wizard.action_resend, wizard.action_confirm):
            with self.assertRaisesRegex(UserError, "no such transfer"):
                action()


@tagged("post_install", "-at_install")
class TestContactFreeze(TransferWords):
    """Whoever takes an account over cannot empty it at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sara.contact_changed_at = False

    def test_changes_of_contact_are_noticed(self):
        for values in ({"phone": "09125555555"}, {"email": "new@example.com"}):
            self.sara.contact_changed_at = False
            self.sara.partner_id.write(values)
            with self.subTest(values):
                self.assertTrue(self.sara.contact_changed_at)

    def test_another_spelling_is_no_change(self):
        self.sara.partner_id.write({"phone": "+98 912 111 1111", "name": "Sara A"})

        self.assertFalse(self.sara.contact_changed_at)

    def test_the_old_address_is_told(self):
        self.sara.partner_id.phone = "09125555555"

        message = self.messages(self.sara.partner_id, "contact_changed")

        self.assertEqual(message.address, "+989121111111")

    def test_a_new_password_counts_the_first_one_not(self):
        self.sara.partner_id.email = "sara@example.com"
        self.sara.contact_changed_at = False
        user = new_test_user(
            self.env,
            "sara.x",
            groups="base.group_portal",
            partner_id=self.sara.partner_id.id,
            email="sara@example.com",
        )
        self.assertFalse(self.sara.contact_changed_at)
        self.env["res.users.log"].with_user(user).sudo().create({})

        user.password = "another secret"

        self.assertTrue(self.sara.contact_changed_at)

    def test_another_pin_counts_the_first_one_not(self):
        card = self.env["loyalty.club.card"]._issue(self.club, self.sara)
        card._set_pin("2741")
        self.assertFalse(self.sara.contact_changed_at)

        card._set_pin("8350")

        self.assertTrue(self.sara.contact_changed_at)

    def test_clubs_without_transfers_do_not_bother(self):
        self.kind.transferable = False

        self.sara.partner_id.phone = "09125555555"

        self.assertFalse(self.messages(self.sara.partner_id, "contact_changed"))

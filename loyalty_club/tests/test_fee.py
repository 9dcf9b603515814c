from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from ..domain.fee import paid_until
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestFee(ClubCommon):
    """Whoever pays the fee is a member for its months, whichever way it was paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls.product("Membership", 50.0, type="service")
        cls.club.write({"fee_product_id": cls.fee.id, "welcome_amount": 10})
        cls.company.partner_id.tz = "Asia/Tehran"  # the shop's day, whoever asks
        cls.today = today_in(cls.company)
        cls.year = paid_until([(cls.today, 12)])
        cls.newcomer = cls.new_member("Mina", channel="pos")
        cls.newcomer.partner_id.email = "mina@example.com"

    def pay(self, partner=None, qty=1, **values):
        partner = self.newcomer.partner_id if partner is None else partner
        return self.sell([self.line(self.fee, qty=qty)], partner, **values)

    def standing(self, member=None):
        member = member or self.newcomer
        member.invalidate_recordset()
        return member.state, member.paid_until, member.fee_open

    def set_paid(self, days, member=None):
        """As if the fee had been paid until so many days from now."""
        member = member or self.newcomer
        member.write(
            {
                "state": "active",
                "fee_open": False,
                "paid_until": self.today + timedelta(days=days),
            }
        )

    def night(self):
        """What the nightly job does, without its commits."""
        members = self.env["loyalty.club.member"]
        while members._remind(self.club) or members._lapse(self.club):
            pass
        self.env["account.move"]._club_check_fees()

    # --- at the till -----------------------------------------------------------------

    def test_new_members_wait_until_they_have_paid(self):
        self.assertEqual(self.standing(), ("pending", False, True))
        self.assertPoints(0, self.newcomer)

        self.pay()

        self.assertEqual(self.standing(), ("active", self.year, False))
        self.assertPoints(10, self.newcomer)  # the welcome gift alone: a fee earns nothing

    def test_a_cashier_enrols_nobody_past_the_fee(self):
        Member = self.env["loyalty.club.member"].with_user(self.cashier)
        partner = self.env["res.partner"].create({"name": "Friend"})
        usual = {
            "club_id": self.club.id,
            "partner_id": partner.id,
            "state": "active",
            "channel": "backend",
            "join_date": self.today,
        }
        earlier = self.today - timedelta(days=400)

        for values in ({"state": "suspended"}, {"join_date": earlier}, {"channel": "import"}):
            with self.subTest(values), self.assertRaises(AccessError):
                Member.create({**usual, **values})

        told = {"state": "suspended", "join_date": str(earlier), "channel": "import"}
        member = Member.with_context(**{f"default_{name}": told[name] for name in told}).create(
            {"club_id": self.club.id, "partner_id": partner.id}
        )
        self.assertEqual(self.standing(member), ("pending", False, True))
        self.assertEqual((member.channel, member.join_date), ("backend", usual["join_date"]))

        other = self.env["res.partner"].create({"name": "Other"})
        from_form = Member.create({**usual, "partner_id": other.id})
        self.assertEqual(self.standing(from_form), ("pending", False, True))

    def test_how_somebody_joined_is_not_changed(self):
        boss = new_test_user(self.env, "fee_boss", groups="loyalty_club.group_manager")

        with self.assertRaisesRegex(UserError, "by the club itself"):
            self.member.with_user(boss).channel = "import"

    def test_those_who_were_members_before_the_fee_go_on(self):
        self.assertEqual(self.standing(self.member), ("active", False, False))

        self.night()

        self.assertEqual(self.standing(self.member)[0], "active")

    def test_imported_members_do_not_wait(self):
        imported = self.new_member("Old customer", channel="import")

        self.assertEqual(imported.state, "active")

    def test_only_imported_members_are_made_as_copies(self):
        values = {"partner_id": self.newcomer.partner_id.id, "club_id": self.club.id}

        with self.assertRaises(ValueError):
            self.env["loyalty.club.member"]._create_many([{**values, "channel": "backend"}])

    def test_goods_beside_the_fee_earn(self):
        self.sell([self.line(self.fee), self.line()], self.newcomer.partner_id)

        self.assertPoints(20, self.newcomer)

    def test_the_same_order_again_pays_nothing_more(self):
        order = self.pay()

        order.action_pos_order_paid()

        self.assertEqual(self.standing(), ("active", self.year, False))
        self.assertEqual(len(self.newcomer.fee_payment_ids), 1)

    def test_the_next_fee_goes_on_where_the_first_one_ends(self):
        self.pay()
        self.pay()

        self.assertEqual(self.standing()[1], paid_until([(self.today, 12), (self.today, 12)]))

    def test_a_return_takes_it_back_once(self):
        order = self.pay()
        line = order.lines

        self.sync(self.payload([self.return_line(line)], self.newcomer.partner_id))

        state, until, _open = self.standing()
        self.assertLess(until, self.today)
        self.assertEqual(sum(self.newcomer.fee_payment_ids.mapped("months")), 0)
        self.assertEqual(state, "active", "days of grace")
        self.club.fee_grace_days = 0
        self.night()
        self.assertEqual(self.standing()[0], "suspended")

    def test_a_return_of_one_of_two_keeps_the_other(self):
        order = self.pay(qty=2)

        self.sync(self.payload([self.return_line(order.lines)], self.newcomer.partner_id))

        self.assertEqual(self.standing(), ("active", self.year, False))

    def test_terms_that_changed_since_do_not_change_what_was_paid(self):
        order = self.pay()
        self.club.fee_months = 1

        self.sync(self.payload([self.return_line(order.lines)], self.newcomer.partner_id))

        self.assertEqual(sum(self.newcomer.fee_payment_ids.mapped("months")), 0)

    def test_whoever_pays_the_fee_becomes_a_member(self):
        guest = self.env["res.partner"].create({"name": "Guest"})

        self.pay(guest)

        member = self.env["loyalty.club.member"]._find(self.club, guest)
        self.assertEqual(self.standing(member), ("active", self.year, False))

    def test_a_fee_is_not_sold_to_nobody(self):
        with self.assertRaises(UserError):
            self.pay(self.env["res.partner"])

    def test_a_fee_is_not_sold_for_a_closed_membership(self):
        self.newcomer._close("Moved away")

        with self.assertRaisesRegex(UserError, "Reopen it instead"):
            self.pay()

    def test_a_fee_that_was_noted_stays_when_the_membership_is_closed_since(self):
        order = self.pay()
        self.newcomer._close("Moved away")

        order.action_pos_order_paid()

        self.assertEqual(len(self.newcomer.fee_payment_ids), 1)

    def test_a_fee_is_no_purchase(self):
        self.pay()

        self.assertFalse(self.newcomer.purchase_count)

    # --- by invoice ------------------------------------------------------------------

    def invoice(self, partner=None, qty=1):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.newcomer.partner_id).id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.fee.id, "quantity": qty, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def pay_invoice(self, invoice):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({})._create_payments()

    def test_an_invoice_counts_from_when_it_is_paid(self):
        invoice = self.invoice()
        self.assertEqual(self.standing()[0], "pending")

        self.pay_invoice(invoice)

        self.assertEqual(self.standing(), ("active", self.year, False))
        self.assertEqual(len(self.newcomer.fee_payment_ids), 1)

    def test_a_credit_note_takes_it_back(self):
        invoice = self.invoice()
        self.pay_invoice(invoice)

        invoice._reverse_moves(cancel=False).action_post()

        self.assertEqual(sum(self.newcomer.fee_payment_ids.mapped("months")), 0)
        self.assertLess(self.standing()[1], self.today)

    def test_a_payment_that_is_undone_is_found_at_night(self):
        invoice = self.invoice()
        self.pay_invoice(invoice)
        invoice.line_ids.remove_move_reconcile()

        self.night()

        self.assertEqual(sum(self.newcomer.fee_payment_ids.mapped("months")), 0)

    def test_an_invoice_to_a_stranger_makes_a_member(self):
        guest = self.env["res.partner"].create({"name": "Guest"})

        self.pay_invoice(self.invoice(guest))

        member = self.env["loyalty.club.member"]._find(self.club, guest)
        self.assertEqual(self.standing(member), ("active", self.year, False))

    # --- when it ends ----------------------------------------------------------------

    def test_members_are_told_once_before_it_ends(self):
        self.set_paid(10)

        self.night()
        self.night()

        texts = self.env["loyalty.club.outbox"].search(
            [("partner_id", "=", self.newcomer.partner_id.id), ("kind", "=", "notice")]
        )
        self.assertEqual(len(texts), 1)

    def test_nobody_is_told_long_before(self):
        self.set_paid(15)

        self.night()

        self.assertFalse(self.newcomer.fee_reminded_for)

    def test_it_is_suspended_after_the_days_of_grace_and_opens_when_paid(self):
        self.set_paid(-7)
        self.night()
        self.assertEqual(self.standing()[0], "active")

        self.set_paid(-8)
        self.night()
        self.assertEqual((self.standing()[0], self.newcomer.fee_open), ("suspended", True))
        self.pay()

        self.assertEqual(self.standing()[0], "active")

    def test_a_club_may_let_it_go_on(self):
        self.club.fee_lapse = "keep"
        self.set_paid(-100)

        self.night()

        self.assertEqual(self.standing()[0], "active")

    def test_a_suspension_by_hand_is_not_lifted_by_a_fee(self):
        self.set_paid(10)
        self.newcomer.action_suspend()

        self.pay()

        self.assertEqual(self.standing()[0], "suspended")

    def test_a_suspension_by_hand_goes_before_that_for_the_fee(self):
        self.set_paid(-8)
        self.night()
        self.newcomer.action_suspend()

        self.pay()

        self.assertEqual(self.standing(), ("suspended", self.year, False))

    def test_a_membership_that_was_opened_by_hand_runs_out_like_others(self):
        self.set_paid(-8)
        self.night()
        self.newcomer.action_activate()
        self.assertEqual(self.standing()[0], "active")

        self.night()

        self.assertEqual((self.standing()[0], self.newcomer.fee_open), ("suspended", True))

    def test_what_was_paid_follows_a_merge(self):
        self.pay()

        self.newcomer._merge_into(self.member)

        self.assertEqual(self.member.paid_until, self.year)

    # --- rules -----------------------------------------------------------------------

    def test_nobody_writes_by_hand_until_when_it_is_paid(self):
        with self.assertRaises(UserError):
            self.newcomer.with_user(self.cashier).write({"paid_until": fields.Date.today()})
        self.pay()
        with self.assertRaises(UserError):
            self.newcomer.fee_payment_ids.write({"months": 99})

    def test_a_product_that_sells_credit_is_no_fee(self):
        product = self.product("Top-up", 10, type="service")
        self.new_program("ewallet", product, self.new_kind("ewallet"))

        with self.assertRaises(ValidationError):
            self.club.fee_product_id = product

    def test_periods(self):
        first = date(2026, 1, 31)

        self.assertEqual(paid_until([(first, 1)]), date(2026, 2, 27))
        self.assertIsNone(paid_until([]))


@tagged("post_install", "-at_install")
class TestCost(ClubCommon):
    """What running a club costs is noted, and summed by year."""

    def test_costs_of_this_year_are_summed(self):
        today = fields.Date.context_today(self.club)
        self.env["loyalty.club.cost"].create(
            [
                {"name": "SMS", "amount": 30, "date": today, "club_id": self.club.id},
                {"name": "Cards", "amount": 12, "date": today, "club_id": self.club.id},
                {"name": "Old", "amount": 5, "date": "2020-01-01", "club_id": self.club.id},
            ]
        )

        self.assertEqual(self.club.cost_this_year, 42)
        self.assertEqual(self.club.with_user(self.cashier).cost_this_year, 0)

    def test_a_shop_of_another_club_is_refused(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.env["loyalty.club.cost"].create(
                {"name": "X", "amount": 1, "club_id": other.id, "branch_id": self.branch.id}
            )

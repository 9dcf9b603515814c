"""Cards of the club at the till: whom they name, what they bring, when they are refused."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .ledger_common import LedgerCommon

CHIP = "04:A2:24:5B:6C:1D:80"


@tagged("post_install", "-at_install")
class TestPosCard(LedgerCommon):
    """A till whose customer Sara has cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Card = cls.env["loyalty.club.card"]
        cls.cashback = cls.new_kind("cashback")

    def card(self, member=None, **terms):
        return self.Card._issue(self.club, member or self.member, **terms)

    def discount_card(self, percent=10.0, member=None, **terms):
        return self.card(member, discount_percent=percent, discount_mode="discount", **terms)

    def credit_card(self, percent=5.0, **terms):
        return self.card(discount_percent=percent, discount_mode="credit", **terms)

    def cheaper(self, percent, product=None, qty=1, **values):
        """A line from which the till took a card's percentage."""
        product = product or self.tea
        total = qty * product.list_price * (1 - percent / 100)
        values = {
            "discount": percent,
            "club_card_discount": percent,
            "price_subtotal": total,
            "price_subtotal_incl": total,
            **values,
        }
        return self.line(product, qty, **values)

    def till_of(self, user=None):
        return self.till.with_user(user or self.cashier)

    def named(self, code):
        return (
            self.env["loyalty.card"].with_user(self.cashier).get_loyalty_card_partner_by_code(code)
        )

    def credit(self):
        return self.wallet_of(self.member, self.cashback).balance

    # --- whom a card names --------------------------------------------------------------

    def test_card_number_is_found_however_it_is_typed(self):
        number = self.card().number
        persian = number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

        for code in (number, persian, f"{number[:5]} {number[5:]}"):
            self.assertEqual(self.named(code), self.member.partner_id, code)

    def test_chip_is_found_as_any_reader_writes_it(self):
        self.card(type="rfid", uid=CHIP)

        for code in (CHIP, "04A2245B6C1D80", "801d6c5b24a204"):
            self.assertEqual(self.named(code), self.member.partner_id, code)

    def test_member_number_still_names_the_member(self):
        self.assertEqual(self.named(self.member.number), self.member.partner_id)

    def test_stopped_cards_are_refused_with_a_sentence(self):
        for act, words in (("_report_lost", "reported lost"), ("_block", "is blocked")):
            card = self.card()
            getattr(card, act)("Test")
            with self.subTest(act), self.assertRaisesRegex(UserError, words):
                self.named(card.number)

        answer = self.till_of()._club_identify(card.number)
        self.assertFalse(answer["partner_id"])
        self.assertIn("is blocked", answer["message"])

    def test_replaced_card_says_so_and_the_new_one_works(self):
        old = self.card()
        new = old._replace("Worn")

        with self.assertRaisesRegex(UserError, "replaced"):
            self.named(old.number)
        self.assertEqual(self.named(new.number), self.member.partner_id)

    def test_card_of_another_companys_club_names_nobody(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        club = self.env["loyalty.club"].create({"name": "Elsewhere", "company_id": other.id})
        partner = self.env["res.partner"].create({"name": "Foreign"})
        member = self.env["loyalty.club.member"]._enrol(club, partner)

        self.assertFalse(self.named(self.Card._issue(club, member).number))

    def test_till_learns_what_the_card_takes_off(self):
        card = self.discount_card(12.5)

        answer = self.till_of()._club_identify(card.number)

        self.assertEqual(answer["partner_id"], self.member.partner_id.id)
        self.assertEqual(
            answer["card"], {"number": card.number, "percent": 12.5, "shown": card.number}
        )

    def test_customer_chosen_by_name_gets_what_her_best_card_gives(self):
        self.card()
        best = [self.discount_card(percent) for percent in (5, 15, 10)][1]
        self.discount_card(50)._block("Test")
        self.discount_card(60, expires_on="2020-01-01")

        terms = self.till_of()._club_customer(self.member.partner_id.id)["card"]

        self.assertEqual(terms, {"number": best.number, "percent": 15.0, "shown": False})

    def test_shown_card_goes_before_a_better_one(self):
        self.discount_card(15)
        shown = self.discount_card(5)

        terms = self.till_of()._club_customer(self.member.partner_id.id, shown.number)["card"]

        self.assertEqual(terms["number"], shown.number)

    def test_card_without_terms_does_not_cost_the_discount(self):
        plain, best = self.card(), self.discount_card(15)

        terms = self.till_of()._club_customer(self.member.partner_id.id, plain.number)["card"]

        self.assertEqual(terms["number"], best.number)

    # --- percentage off -----------------------------------------------------------------

    def test_order_keeps_the_card_that_went_for_it(self):
        card = self.discount_card()

        order = self.sell([self.cheaper(10)], self.member.partner_id, club_card_code=card.number)

        self.assertEqual(order.club_card_id, card)
        self.assertEqual(order.amount_total, 90)
        self.assertPoints(9)

    def test_till_cannot_name_the_card_of_an_order_itself(self):
        stranger = self.discount_card(member=self.new_member("Stranger"))

        order = self.sell([self.line()], self.member.partner_id, club_card_id=stranger.id)

        self.assertNotEqual(order.club_card_id, stranger)

    def test_line_cannot_take_off_more_than_the_card_gives(self):
        card = self.discount_card(10)

        with self.assertRaisesRegex(UserError, "it gives 10 %"):
            self.sell([self.cheaper(20)], self.member.partner_id, club_card_code=card.number)

    def test_card_of_somebody_else_takes_nothing_off(self):
        card = self.discount_card(member=self.new_member("Stranger"))

        with self.assertRaisesRegex(UserError, "does not give it"):
            self.sell([self.cheaper(10)], self.member.partner_id, club_card_code=card.number)
        with self.assertRaisesRegex(UserError, "does not give it"):
            self.sell([self.cheaper(10)], club_card_code=card.number)

    def test_lost_card_takes_nothing_off_from_that_moment(self):
        card = self.discount_card()
        card._report_lost("Test")
        card.sudo().ended_on = "2026-01-01 12:00:00"
        order = {"partner": self.member.partner_id, "club_card_code": card.number}

        with self.assertRaisesRegex(UserError, "does not give it"):
            self.sell([self.cheaper(10)], **order)

        with self.assertRaisesRegex(UserError, "does not give it"):  # the session began later
            self.sell([self.cheaper(10)], **order, date_order="2026-01-01 11:59:00")
        self.till.current_session_id.start_at = "2026-01-01 08:00:00"
        sold = self.sell([self.cheaper(10)], **order, date_order="2026-01-01 11:59:00")
        self.assertEqual(sold.club_card_id, card, "sold before, at a till that was offline")

    def test_a_till_that_was_offline_takes_off_what_the_card_gave_then_and_no_more(self):
        card = self.discount_card(30)
        now = fields.Datetime.now()
        self.till.current_session_id.start_at = fields.Datetime.subtract(now, hours=2)
        card.discount_percent = 10
        self.history(card, hours=(5, 1))
        order = {"partner": self.member.partner_id, "club_card_code": card.number}
        then = fields.Datetime.to_string(fields.Datetime.subtract(now, minutes=90))
        long_ago = fields.Datetime.to_string(fields.Datetime.subtract(now, hours=4))

        sold = self.sell([self.cheaper(30)], **order, date_order=then)
        self.assertEqual(sold.club_card_id, card)
        with self.assertRaisesRegex(UserError, "it gives 30 %"):
            self.sell([self.cheaper(100)], **order, date_order=then)
        with self.assertRaisesRegex(UserError, "it gives 10 %"):
            self.sell([self.cheaper(30)], **order)

        self.history(card, hours=(5, 3))  # before the session began
        with self.assertRaisesRegex(UserError, "it gives 10 %"):
            self.sell([self.cheaper(30)], **order, date_order=long_ago)

    def history(self, card, hours):
        """As if what happened to ``card`` had happened so many hours ago."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE loyalty_club_card_event DISABLE TRIGGER USER")
        for event, ago in zip(card.event_ids.sorted("id"), hours, strict=True):
            self.env.cr.execute(
                "UPDATE loyalty_club_card_event SET date = now() AT TIME ZONE 'UTC'"
                " - make_interval(hours => %s) WHERE id = %s",
                [ago, event.id],
            )
        self.env.cr.execute("ALTER TABLE loyalty_club_card_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_order_of_a_member_who_was_suspended_since_is_taken_but_earns_nothing(self):
        discount, credit = self.discount_card(), self.credit_card()
        self.member.action_suspend()

        for card, line in ((discount, self.cheaper(10)), (credit, self.line())):
            order = self.sell([line], self.member.partner_id, club_card_code=card.number)
            self.assertEqual(order.club_card_id, card)

        self.assertEqual(self.credit(), 0)
        self.assertPoints(0)

    def test_card_takes_nothing_off_rewards_and_stored_value(self):
        card = self.discount_card()
        kind = self.new_kind("gift_card")
        voucher = self.product("Gift", 50.0)
        self.new_program("gift_card", voucher, kind)

        with self.assertRaisesRegex(UserError, "does not give it"):
            self.sell(
                [self.cheaper(10, voucher)], self.member.partner_id, club_card_code=card.number
            )

    def test_what_a_cashier_takes_off_by_her_own_right_is_not_asked_about(self):
        line = self.cheaper(50, club_card_discount=0)

        self.assertEqual(self.sell([line], self.member.partner_id).amount_total, 50)

    # --- percentage as credit -------------------------------------------------------------

    def test_percentage_is_charged_as_credit(self):
        card = self.credit_card(5)

        order = self.sell([self.line(qty=2)], self.member.partner_id)

        self.assertEqual(order.club_card_id, card)
        self.assertEqual(self.credit(), 10)
        self.assertPoints(20)
        self.assertLedgerSound()

    def test_return_takes_the_credit_back_by_the_percentage_of_the_day_of_sale(self):
        card = self.credit_card(5)
        order = self.sell([self.line(qty=4)], self.member.partner_id)
        card.discount_percent = 50

        self.sell([self.return_line(order.lines)], self.member.partner_id)
        self.assertEqual(self.credit(), 15)

        card._block("Test")
        self.sell([self.return_line(order.lines, 3)], self.member.partner_id)
        self.assertEqual(self.credit(), 0)
        self.assertLedgerSound()

    def test_credit_comes_beside_cashback_of_the_same_kind(self):
        self.credit_card(5)
        self.cashback.cashback_percent = 2

        order = self.sell([self.line(qty=2)], self.member.partner_id)
        self.assertEqual(self.credit(), 14)

        self.sell([self.return_line(order.lines)], self.member.partner_id)
        self.assertEqual(self.credit(), 7)

    def test_card_that_takes_off_charges_nothing(self):
        self.discount_card(10)

        self.sell([self.cheaper(10)], self.member.partner_id)

        self.assertEqual(self.credit(), 0)

    def test_club_chooses_what_its_cards_charge(self):
        prepaid = self.new_kind("ewallet")
        self.club.card_credit_kind_id = prepaid
        self.credit_card(5)

        self.sell([self.line()], self.member.partner_id)

        self.assertEqual(self.wallet_of(self.member, prepaid).balance, 5)
        self.assertEqual(self.credit(), 0)

    def test_one_receipt_mixes_discount_points_and_credit(self):
        """CARD-05: the one card's percentage, its holder's points, in one order."""
        card = self.discount_card(10)
        points = self.give_points(100)

        order = self.sell(
            [self.cheaper(10), self.reward_line(points, 100)],
            self.member.partner_id,
            club_card_code=card.number,
        )

        self.assertEqual(order.amount_total, 80)
        self.assertPoints(8)
        self.assertEqual(order.date_order.date(), fields.Date.today())

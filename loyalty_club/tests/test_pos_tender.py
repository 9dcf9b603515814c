from datetime import timedelta
from uuid import uuid4

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .ledger_common import LedgerCommon


class TenderCommon(LedgerCommon):
    """A till that takes credit, gift cards and points, and a member who has 100 of credit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit_kind = cls.new_kind("ewallet")
        cls.gift_kind = cls.new_kind("gift_card")
        cls.credit_kind.name, cls.gift_kind.name = "Credit", "Gift card"
        cls.club.point_value = 0.1
        cls.credit, cls.gift, cls.by_points = (
            cls.method(kind) for kind in (cls.credit_kind, cls.gift_kind, cls.points)
        )
        methods = cls.bank_method | cls.credit | cls.gift | cls.by_points
        state, cls.till_session.state = cls.till_session.state, "closed"
        cls.till.payment_method_ids = methods  # chosen before a till is opened
        cls.till_session.state = state
        cls.purse = cls.wallet_of(cls.member, cls.credit_kind)
        cls.config = cls.till.with_user(cls.cashier)

    @classmethod
    def method(cls, kind):
        return cls.env["pos.payment.method"].create(
            {
                "name": kind.name,
                "journal_id": cls.bank_method.journal_id.id,
                "payment_method_type": "terminal",
                "use_payment_terminal": "club_wallet",
                "club_wallet_kind_id": kind.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.post(100, wallet=self.purse)

    def hold(self, amount, method=None, partner=None, **asked):
        """Ask for a payment as a till does; its key and the answer."""
        key = asked.pop("key", None) or str(uuid4())
        partner = partner or self.member.partner_id
        answer = self.config._club_pay(
            (method or self.credit).id, amount, key, partner_id=partner.id, **asked
        )
        return key, answer

    def paid_by(self, *parts):
        """Payments as the till sends them: method, amount and key of each."""
        return [
            Command.create(
                {
                    "amount": amount,
                    "payment_method_id": method.id,
                    "uuid": str(uuid4()),
                    "club_key": key,
                    "name": fields.Datetime.to_string(fields.Datetime.now()),
                }
            )
            for method, amount, key in parts
        ]

    def sell_by(self, *parts, lines=None, partner=None, **values):
        """Sell, paid as given."""
        partner = self.member.partner_id if partner is None else partner
        return self.sell(lines, partner, payment_ids=self.paid_by(*parts), **values)

    def give_back(self, order, *parts, qty=1, **values):
        """Take goods of the first line back, paid back as given (positive amounts)."""
        parts = [(method, -amount, None) for method, amount in parts]
        line = self.return_line(order.lines[0], qty)
        return self.sync(
            self.payload([line], order.partner_id, payment_ids=self.paid_by(*parts), **values)
        )


@tagged("post_install", "-at_install")
class TestPosTender(TenderCommon):
    """Orders that are paid out of the club's wallets."""

    # --- held and taken ---------------------------------------------------------------

    def test_what_was_held_is_taken_with_the_order(self):
        key, answer = self.hold("60")
        self.assertEqual(
            (answer["status"], answer["pays"], answer["left"]), ("open", "60.00", "40.00")
        )
        self.assertFigures(100, held=60, wallet=self.purse)

        order = self.sell_by((self.credit, 60, key), (self.bank_method, 40, None))

        self.assertFigures(40, wallet=self.purse)
        payment = order.payment_ids.filtered("club_key")
        self.assertEqual(payment.club_wallet_id, self.purse)
        entry = payment.club_entry_id
        self.assertEqual((entry.kind, entry.amount), ("capture", -60))
        self.assertEqual((entry.origin_model, entry.origin_id), ("pos.order", order.id))
        self.assertEqual(entry.branch_id, self.branch)
        hold = self.Hold.search([("key", "=", f"till:{key}")])
        self.assertEqual((hold.state, hold.entry_id), ("captured", entry))
        self.assertLedgerSound()

    def test_less_is_held_where_there_is_less(self):
        _key, answer = self.hold("150", up_to=True)
        self.assertEqual((answer["status"], answer["pays"]), ("open", "100.00"))

        refused = self.hold("1", up_to=True)[1]

        self.assertEqual((refused["status"], refused["reason"]), ("refused", "insufficient"))
        self.assertIn("only", refused["message"])

    def test_limit_of_the_day_leaves_a_part(self):
        self.credit_kind.spend_limit_day = 30

        self.assertEqual(self.hold("60")[1]["reason"], "limit_day")
        self.assertEqual(self.hold("60", up_to=True)[1]["pays"], "30.00")

    def test_the_same_key_gets_the_same_answer(self):
        key, first = self.hold("60")
        _key, again = self.hold("60", key=key)
        self.assertEqual((again["status"], again["pays"]), (first["status"], "60.00"))
        self.assertFigures(100, held=60, wallet=self.purse)
        self.assertEqual(self.config._club_payment_state(key)["status"], "open")
        self.assertEqual(self.config._club_payment_state(str(uuid4()))["status"], "unknown")

        self.config._club_release(key)

        self.assertEqual(self.config._club_payment_state(key)["status"], "released")
        self.assertEqual(self.hold("60", key=key)[1]["reason"], "over")

    def test_order_arrives_twice_and_takes_once(self):
        key, _answer = self.hold("100")
        payload = self.payload(
            [self.line()],
            self.member.partner_id,
            payment_ids=self.paid_by((self.credit, 100, key)),
        )
        self.sync(dict(payload))
        self.sync(dict(payload))

        self.assertFigures(0, wallet=self.purse)
        self.assertLedgerSound()

    def test_discount_credit_and_points_stand_on_one_receipt(self):
        """One card, any mix: its discount, points and credit, and the rest by bank."""
        card = self.env["loyalty.club.card"]._issue(
            self.club, self.member, discount_percent=10, discount_mode="discount"
        )
        self.post(200)
        line = self.line(price=100, discount=10, club_card_discount=10)
        line["price_subtotal"] = line["price_subtotal_incl"] = 90
        by_credit, _answer = self.hold("30")
        by_points, answer = self.hold("20", self.by_points)
        self.assertEqual((answer["pays"], answer["left"]), ("20.00", "0.00"))

        order = self.sell_by(
            (self.credit, 30, by_credit),
            (self.by_points, 20, by_points),
            (self.bank_method, 40, None),
            lines=[line],
        )

        self.assertFigures(70, wallet=self.purse)
        points = order.payment_ids.club_entry_id.filtered(lambda e: e.kind_id == self.points)
        self.assertEqual(points.amount, -200, "200 points of 0.1 pay 20")
        self.assertEqual(order.club_card_id, card)
        self.assertLedgerSound()

    def test_points_pay_what_they_are_converted_for(self):
        self.env["loyalty.club.conversion"].create(
            {
                "club_id": self.club.id,
                "from_kind_id": self.points.id,
                "to_kind_id": self.credit_kind.id,
                "from_amount": 3,
                "to_amount": 1,
            }
        )
        self.post(100)
        key, answer = self.hold("50", self.by_points, up_to=True)

        self.assertEqual((answer["status"], answer["pays"]), ("open", "33.33"))
        hold = self.Hold.search([("key", "=", f"till:{key}")])
        self.assertEqual(hold.amount, 100, "99.99 points: the hundredth is begun")

    # --- what is refused --------------------------------------------------------------

    def test_payment_that_was_never_held_is_refused(self):
        for key in (None, str(uuid4())):
            with self.subTest(key), self.assertRaisesRegex(UserError, "never held"):
                self.sell_by((self.credit, 100, key))
        self.assertFigures(100, wallet=self.purse)

    def test_amount_is_what_was_held(self):
        key, _answer = self.hold("60")
        with self.assertRaisesRegex(UserError, "not what was held"):
            self.sell_by((self.credit, 61, key), (self.bank_method, 39, None))
        self.assertFigures(100, held=60, wallet=self.purse)

    def test_a_key_pays_once(self):
        key, _answer = self.hold("50")
        with self.assertRaisesRegex(UserError, "Two payments"):
            self.sell_by((self.credit, 50, key), (self.credit, 50, key))
        self.sell_by((self.credit, 50, key), (self.bank_method, 50, None))
        with self.assertRaisesRegex(UserError, "not what was held"):
            self.sell_by((self.credit, 50, key), (self.bank_method, 50, None))
        self.assertFigures(50, wallet=self.purse)

    def test_another_customers_wallet_does_not_pay(self):
        other = self.new_member("Reza")
        key, _answer = self.hold("100")
        with self.assertRaisesRegex(UserError, "another customer"):
            self.sell_by((self.credit, 100, key), partner=other.partner_id)

    def test_kind_of_the_hold_is_that_of_the_method(self):
        self.post(1000)
        key, _answer = self.hold("100", self.by_points)
        with self.assertRaisesRegex(UserError, "another customer"):
            self.sell_by((self.credit, 100, key))

    def test_value_buys_neither_cash_nor_other_value(self):
        self.new_program("gift_card", self.product("Gift card", 50), self.gift_kind)
        gift = self.env["product.product"].search([("name", "=", "Gift card")], limit=1)
        key, _answer = self.hold("50")
        with self.assertRaisesRegex(UserError, "neither cash nor gift cards"):
            self.sell_by((self.credit, 50, key), lines=[self.line(gift, price=50)])
        more, _answer = self.hold("50")
        with self.assertRaisesRegex(UserError, "neither cash nor gift cards"):
            self.sell_by(
                (self.credit, 50, more),
                (self.bank_method, -10, None),
                lines=[self.line(price=40)],
            )

    def test_a_till_says_nothing_about_what_was_booked(self):
        key, _answer = self.hold("100")
        payments = self.paid_by((self.credit, 100, key))
        payments[0][2]["club_entry_id"] = self.purse.entry_ids.ids[0]
        order = self.sell(None, self.member.partner_id, payment_ids=payments)
        self.assertEqual(order.payment_ids.club_entry_id.kind, "capture")

    def test_only_cashiers_of_the_till_ask(self):
        staff = new_test_user(self.env, "tender_staff", groups="loyalty_club.group_user")
        with self.assertRaises(AccessError):
            self.till.with_user(staff)._club_pay(self.credit.id, "5", str(uuid4()))
        with self.assertRaises(UserError):
            self.config._club_pay(self.bank_method.id, "5", str(uuid4()))
        for amount in ("0", "-1", "NaN", "0.001", 5, None):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.hold(amount)

    def test_method_and_terminal_go_together(self):
        for values in ({"use_payment_terminal": False}, {"club_wallet_kind_id": False}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.credit.copy(values)

    # --- holds that are over -------------------------------------------------------------

    def expire(self, key):
        hold = self.Hold.search([("key", "=", f"till:{key}")])
        self.Hold.sudo()._release(hold.key, "expired")

    def test_expired_hold_is_charged_again(self):
        key, _answer = self.hold("100")
        self.expire(key)

        order = self.sell_by((self.credit, 100, key))

        self.assertEqual(order.payment_ids.club_entry_id.kind, "spend")
        self.assertFigures(0, wallet=self.purse)

    def test_expired_hold_is_refused_while_the_customer_is_there(self):
        key, _answer = self.hold("100")
        self.expire(key)
        self.post(-50, wallet=self.purse)

        with self.assertRaisesRegex(UserError, "only"):
            self.sell_by((self.credit, 100, key))

    def test_what_is_missing_when_goods_are_gone_is_never_silent(self):
        key, _answer = self.hold("100")
        self.expire(key)
        self.post(-70, wallet=self.purse)
        earlier = fields.Datetime.now() - timedelta(hours=1)

        order = self.sell_by((self.credit, 100, key), date_order=fields.Datetime.to_string(earlier))

        self.assertEqual(order.state, "paid")
        self.assertEqual(order.payment_ids.club_entry_id.amount, -30)
        self.assertFigures(0, wallet=self.purse)
        missing = self.env["loyalty.club.shortfall"].search([("order_id", "=", order.id)])
        self.assertEqual((missing.amount, missing.units, missing.state), (70, 70, "open"))
        with self.assertRaisesRegex(UserError, "only"):
            missing.action_collect()
        self.post(80, wallet=self.purse)
        missing.action_collect()
        self.assertEqual(missing.state, "collected")
        self.assertFigures(10, wallet=self.purse)
        with self.assertRaisesRegex(UserError, "decided before"):
            missing.action_write_off()
        self.give_back(order, (self.credit, 100))
        self.assertFigures(110, wallet=self.purse)
        self.assertLedgerSound()

    def test_points_that_paid_and_points_of_a_reward_come_back_each_by_its_own_way(self):
        card = self.give_points(300)
        key, _answer = self.hold("10", self.by_points)
        self.expire(key)
        order = self.sell_by(
            (self.by_points, 10, key),
            (self.bank_method, 80, None),
            lines=[self.line(), self.reward_line(card, 100)],
        )
        self.assertEqual(self.wallet.balance, 100 + self.earned(order))
        lines = [self.return_line(line) for line in order.lines]
        parts = [(self.by_points, -10, None), (self.bank_method, -80, None)]
        back = self.payload(lines, order.partner_id, payment_ids=self.paid_by(*parts))
        self.sync(back)

        self.assertFigures(300)
        self.assertLedgerSound()

    def earned(self, order):
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        return sum(entries.filtered(lambda entry: entry.kind == "earn").mapped("amount"))

    def test_late_order_with_another_hold_is_charged_anew(self):
        """An answer was lost, the till went on offline with another amount."""
        key, _answer = self.hold("30")
        earlier = fields.Datetime.to_string(fields.Datetime.now() - timedelta(hours=1))

        order = self.sell_by((self.credit, 100, key), date_order=earlier)

        self.assertEqual(order.payment_ids.club_entry_id.amount, -100)
        self.assertFigures(0, wallet=self.purse)
        self.assertEqual(self.Hold.search([("wallet_id", "=", self.purse.id)]).state, "released")

    # --- value on conditions -----------------------------------------------------------

    def test_value_on_conditions_pays_for_what_meets_them(self):
        fruit = self.env["product.category"].create({"name": "Fruit"})
        apple = self.product("Apple", 40, categ_id=fruit.id)
        terms = self.env["loyalty.club.terms"].create(
            {"name": "Fruit", "club_id": self.club.id, "category_ids": [Command.set(fruit.ids)]}
        )
        self.post(-100, wallet=self.purse)
        self.post(70, wallet=self.purse, terms_id=terms.id)
        lines = [self.line(), self.line(apple)]
        self.assertEqual(self.hold("140", up_to=True)[1]["status"], "refused")

        key, answer = self.hold("140", up_to=True, goods=lines)

        self.assertEqual((answer["status"], answer["pays"]), ("open", "40.00"))
        with self.assertRaisesRegex(UserError, "onditions"), self.env.cr.savepoint():
            self.sell_by((self.credit, 40, key), (self.bank_method, 60, None))
        self.sell_by((self.credit, 40, key), (self.bank_method, 100, None), lines=lines)
        self.assertFigures(30, wallet=self.purse)
        self.assertLedgerSound()

    def test_late_order_without_a_hold_takes_no_value_behind_a_pin(self):
        self.env["loyalty.club.card"]._issue(self.club, self.member)._set_pin("2741")
        earlier = fields.Datetime.to_string(fields.Datetime.now() - timedelta(hours=1))

        order = self.sell_by((self.credit, 100, None), date_order=earlier)

        self.assertFigures(100, wallet=self.purse)
        missing = self.env["loyalty.club.shortfall"].search([("order_id", "=", order.id)])
        self.assertEqual(missing.amount, 100)

    def test_late_order_without_a_hold_takes_what_is_there(self):
        earlier = fields.Datetime.to_string(fields.Datetime.now() - timedelta(hours=1))

        order = self.sell_by((self.credit, 100, None), date_order=earlier)

        self.assertFigures(0, wallet=self.purse)
        self.assertFalse(self.env["loyalty.club.shortfall"].search([("order_id", "=", order.id)]))

    # --- PIN and code -----------------------------------------------------------------

    def test_pin_is_asked_for_once(self):
        self.env["loyalty.club.card"]._issue(self.club, self.member)._set_pin("2741")
        key, asked = self.hold("60")
        self.assertEqual((asked["status"], asked["reason"]), ("refused", "pin"))

        _key, held = self.hold("60", key=key, pin="۲۷۴۱")
        _key, again = self.hold("60", key=key)

        self.assertEqual((held["status"], again["status"]), ("open", "open"))

    def test_code_is_asked_for_above_the_amount_of_a_day(self):
        self.member.partner_id.phone = "+989121234567"
        self.credit_kind.code_above = 50
        self.assertEqual(self.hold("30")[1]["status"], "open")

        key, asked = self.hold("30")
        self.assertEqual((asked["status"], asked["reason"]), ("refused", "code"))
        self.assertIn("sent to", asked["message"])
        code = self.last_code()
        _key, wrong = self.hold("30", key=key, code="000000" if code != "000000" else "111111")
        self.assertEqual(wrong["reason"], "code")
        _key, held = self.hold("30", key=key, code=code)

        self.assertEqual(held["status"], "open")
        self.assertFigures(100, held=60, wallet=self.purse)

    def test_no_code_is_sent_for_what_is_not_there(self):
        self.member.partner_id.phone = "+989121234567"
        self.credit_kind.code_above = 50
        before = self.env["loyalty.club.outbox"].search_count([])

        self.assertEqual(self.hold("101")[1]["reason"], "insufficient")

        self.assertEqual(self.env["loyalty.club.outbox"].search_count([]), before)

    def last_code(self):
        text = self.env["loyalty.club.outbox"].search(
            [("kind", "=", "one_time_code")], order="id desc", limit=1
        )
        return "".join(c for c in text.body.split("code:")[1][:8] if c.isdigit())

    # --- gift cards -------------------------------------------------------------------

    def gift_card(self, amount):
        program = self.new_program("gift_card", self.product("Gift card", 50), self.gift_kind)
        gift = program.rule_ids.product_ids
        self.sell([self.line(gift, price=amount)])
        return program.coupon_ids

    def test_whoever_has_the_code_pays(self):
        card = self.gift_card(80)
        answer = self.config._club_pay(self.gift.id, "100", str(uuid4()), card="nonsense")
        self.assertIn("no “Gift card”", answer["message"])
        key = str(uuid4())
        answer = self.config._club_pay(self.gift.id, "100", key, card=card.code, up_to=True)
        self.assertEqual((answer["status"], answer["pays"]), ("open", "80.00"))

        order = self.sell(
            None,
            None,
            payment_ids=self.paid_by((self.gift, 80, key), (self.bank_method, 20, None)),
        )

        self.assertFigures(0, wallet=card.club_wallet_id)
        back = self.give_back(order, (self.gift, 80), (self.bank_method, 20))
        self.assertFigures(80, wallet=card.club_wallet_id)
        self.assertEqual(back.amount_total, -100)
        self.assertLedgerSound()

    # --- given back -------------------------------------------------------------------

    def test_return_goes_to_the_very_lots(self):
        lots = self.open_lots(self.purse)
        key, _answer = self.hold("60")
        order = self.sell_by(
            (self.credit, 60, key),
            (self.bank_method, 40, None),
            lines=[self.line(qty=2, price=50)],
        )
        self.give_back(order, (self.credit, 50))
        self.assertFigures(90, wallet=self.purse)
        too_much = self.assertRaisesRegex(UserError, r"only \$\s60.00 was paid so")
        with too_much, self.env.cr.savepoint():
            self.give_back(order, (self.credit, 50))
        self.give_back(order, (self.credit, 10), (self.bank_method, 40))

        self.assertFigures(100, wallet=self.purse)
        self.assertEqual((lots.remaining, self.open_lots(self.purse)), (100, lots))
        self.assertLedgerSound()

    def test_value_does_not_become_cash(self):
        key, _answer = self.hold("60")
        order = self.sell_by((self.credit, 60, key), (self.bank_method, 40, None))
        with self.assertRaisesRegex(UserError, "in money"):
            self.give_back(order, (self.bank_method, 100))
        with self.assertRaisesRegex(UserError, "in money"):
            self.give_back(order, (self.bank_method, 45), (self.credit, 55))

    def test_nothing_goes_back_to_a_wallet_that_did_not_pay(self):
        order = self.sell(None, self.member.partner_id)
        with self.assertRaisesRegex(UserError, "only"):
            self.give_back(order, (self.credit, 100))

    def test_points_come_back_whole(self):
        self.post(1000)
        self.club.point_value = 7  # 99 cost 15 points: the last is begun
        key, _answer = self.hold("99", self.by_points)
        order = self.sell_by((self.by_points, 99, key), lines=[self.line(qty=9, price=11)])
        for quantity in (4, 4, 1):
            self.give_back(order, (self.by_points, 11 * quantity), qty=quantity)

        spent = order.payment_ids.club_entry_id
        self.assertEqual(spent.amount, -15)
        self.assertEqual(spent.reversal_ids.sorted("id").mapped("amount"), [7, 6, 2])
        self.assertLedgerSound()

    def test_earning_knows_what_was_paid_with_value(self):
        """Rules that count what is paid in money do not count the club's own value."""
        from ..models.pos_sale import _by_method

        key, _answer = self.hold("60")
        order = self.sell_by((self.credit, 60, key), (self.bank_method, 40, None))

        paid = {
            f"kind:{self.credit_kind.id}": 60,
            f"method:{self.bank_method.id}": 40,
        }
        self.assertEqual(_by_method(order), paid)

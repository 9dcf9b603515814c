from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .tier_benefit_common import BenefitCommon


@tagged("post_install", "-at_install")
class TestTierFee(BenefitCommon):
    """A level that was bought is there while it is paid, whichever way it was paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver_fee = cls.product("Silver year", 365.0, type="service")
        cls.gold_fee = cls.product("Gold year", 730.0, type="service")
        cls.silver.fee_product_id = cls.silver_fee
        cls.gold.fee_product_id = cls.gold_fee
        cls.partner.email = "sara@example.com"
        cls.year = cls.today + relativedelta(years=1, days=-1)
        cls.standings = cls.env["loyalty.club.tier.standing"]

    def buy(self, product=None, qty=1, partner=None):
        return self.sell([self.line(product or self.gold_fee, qty=qty)], partner or self.partner)

    def take_back(self, order, qty=1):
        return self.sync(self.payload([self.return_line(order.lines, qty)], self.partner))

    def until(self):
        self.env.invalidate_all()
        standing = self.standings.search([("member_id", "=", self.member.id)])
        return standing.granted_tier_id, standing.granted_until

    def later(self, days):
        """As if everything that was paid had been paid so many days earlier."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_fee_payment DISABLE TRIGGER USER;"
            "UPDATE loyalty_club_fee_payment SET date = date - %(days)s,"
            "       covers_until = covers_until - %(days)s;"
            "ALTER TABLE loyalty_club_fee_payment ENABLE TRIGGER USER;"
            "UPDATE loyalty_club_member SET tier_paid_until = tier_paid_until - %(days)s;"
            "UPDATE loyalty_club_tier_standing SET granted_until = granted_until - %(days)s;"
            "UPDATE pos_order SET date_order = date_order - %(days)s * INTERVAL '1 day'",
            {"days": days},
        )
        self.env.invalidate_all()

    def night(self):
        """What the nightly jobs do, without their commits."""
        self.gold._recompute(self.club)
        while self.env["loyalty.club.member"]._follow_ended_fees(100):
            pass
        self.env["loyalty.club.member"]._grant_bought_again()

    # --- at the till -----------------------------------------------------------------

    def test_who_pays_has_the_level_at_once_and_earns_nothing_by_it(self):
        self.buy()

        self.assertEqual(self.level(), self.gold)
        self.assertEqual(self.until(), (self.gold, self.year))
        self.assertEqual((self.member.paid_tier_id, self.member.tier_paid_until),
                         (self.gold, self.year))  # fmt: skip
        self.assertPoints(0)

    def test_a_fee_is_no_purchase(self):
        self.buy()

        self.assertFalse(
            self.env["loyalty.club.purchase"].search(
                [("member_id", "=", self.member.id), ("amount", "!=", 0)]
            )
        )

    def test_who_pays_becomes_a_member(self):
        stranger = self.env["res.partner"].create({"name": "New", "phone": "+989121112244"})

        self.buy(partner=stranger)

        member = self.env["loyalty.club.member"]._find(self.club, stranger)
        self.assertEqual(self.level(member), self.gold)

    def test_nobody_buys_a_level_for_nobody(self):
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self.sell([self.line(self.gold_fee)])

    def test_the_same_order_again_pays_nothing_more(self):
        order = self.buy()

        order.action_pos_order_paid()

        self.assertEqual(self.until(), (self.gold, self.year))
        self.assertEqual(len(self.member.fee_payment_ids), 1)

    def test_the_next_fee_goes_on_where_the_first_one_ends(self):
        self.buy()
        self.buy()

        self.assertEqual(self.until()[1], self.today + relativedelta(years=2, days=-1))

    def test_the_membership_fee_is_another_matter(self):
        joining = self.product("Membership", 50.0, type="service")
        self.club.fee_product_id = joining

        self.sell([self.line(joining), self.line(self.gold_fee)], self.partner)

        self.env.invalidate_all()
        self.assertEqual(self.member.paid_until, self.year)
        self.assertEqual(self.level(), self.gold)
        self.assertEqual(self.member.tier_paid_until, self.year)

    # --- proration -------------------------------------------------------------------

    def test_the_rest_of_a_lower_level_becomes_days_of_the_higher_one(self):
        self.silver_fee.list_price = 365
        self.buy(self.silver_fee)

        self.buy(self.gold_fee)

        days = (self.year - self.today).days + 1
        self.assertEqual(
            self.until(), (self.gold, self.year + timedelta(days=int(365 / (730 / days))))
        )

    def test_or_it_runs_on_beside_it(self):
        self.gold.fee_credit_unused = False
        self.gold.fee_months = 3
        self.buy(self.silver_fee)
        self.buy(self.gold_fee)
        self.assertEqual(self.level(), self.gold)

        self.later(100)
        self.night()

        self.assertEqual(self.level(), self.silver)
        self.assertEqual(self.until(), (self.silver, self.year - timedelta(days=100)))

    # --- giving back -----------------------------------------------------------------

    def test_a_fee_that_is_given_back_ends_the_level(self):
        order = self.buy()

        self.take_back(order)

        self.assertEqual(self.level(), self.basic)
        self.assertEqual(self.until(), (self.env["loyalty.club.tier"], False))
        self.assertFalse(self.member.paid_tier_id)
        self.assertEqual(sum(self.member.fee_payment_ids.mapped("amount")), 0)

    def test_who_deserves_a_level_keeps_that(self):
        order = self.buy()
        self.sell([self.line(qty=6)], self.partner)

        self.take_back(order)

        self.assertEqual(self.level(), self.silver)

    def test_one_of_two_that_is_given_back_keeps_the_other(self):
        order = self.buy(qty=2)
        self.assertEqual(self.until()[1], self.today + relativedelta(years=2, days=-1))

        self.take_back(order)

        self.assertEqual(self.until(), (self.gold, self.year))
        self.assertEqual(self.level(), self.gold)

    def test_an_upgrade_that_is_given_back_leaves_the_level_that_stays_paid(self):
        self.buy(self.silver_fee)
        upgrade = self.buy(self.gold_fee)

        self.take_back(upgrade)

        self.assertEqual(self.level(), self.silver)
        self.assertEqual(self.until(), (self.silver, self.year))

    def test_a_higher_level_that_was_given_survives_a_fee_that_came_back(self):
        self.buy(self.silver_fee)
        self.gold._grant(self.member, self.gold, until=self.year)
        upgrade = self.buy(self.silver_fee)

        self.take_back(upgrade)

        self.assertEqual(self.until(), (self.gold, self.year))

    def test_a_product_that_sold_membership_before_gives_membership_back(self):
        joining = self.product("Membership", 50.0, type="service")
        self.club.fee_product_id = joining
        order = self.buy(joining)
        self.club.fee_product_id = False
        self.env["loyalty.club.tier"].create(
            {
                "name": "Club",
                "club_id": self.club.id,
                "sequence": 4,
                "entry": "paid",
                "fee_product_id": joining.id,
            }
        )

        self.take_back(order)

        self.assertFalse(self.member.fee_payment_ids.tier_id)
        self.assertEqual(sum(self.member.fee_payment_ids.mapped("months")), 0)

    def test_after_its_time_the_till_takes_no_fee_back(self):
        order = self.buy()
        self.gold.fee_refund_days = 14
        self.later(15)

        with self.assertRaisesRegex(UserError, "could be given back until"):
            self.take_back(order)

        self.assertEqual(self.level(), self.gold)

    def test_on_the_last_day_it_does(self):
        order = self.buy()
        self.gold.fee_refund_days = 14
        self.later(14)

        self.take_back(order)

        self.assertEqual(self.level(), self.basic)

    def test_a_level_given_for_longer_outlives_the_fee(self):
        order = self.buy()
        long = self.year + timedelta(days=100)
        self.gold._grant(self.member, self.gold, until=long)

        self.take_back(order)

        self.assertEqual(self.until(), (self.gold, long))

    def test_a_level_given_for_less_long_does_not_outlive_the_fee(self):
        order = self.buy()
        self.gold._grant(self.member, self.gold, until=self.today + timedelta(days=30))

        self.take_back(order)

        self.assertEqual(self.level(), self.basic)

    # --- the end ---------------------------------------------------------------------

    def test_when_it_is_over_she_is_where_her_figures_put_her(self):
        self.buy()
        self.sell([self.line(qty=6)], self.partner)
        self.later(366)

        self.night()

        self.assertEqual(self.level(), self.silver)
        self.assertFalse(self.member.tier_paid_until)
        change = self.env["loyalty.club.tier.change"].search(
            [("member_id", "=", self.member.id)], order="id desc", limit=1
        )
        self.assertEqual(change.reason, "expired")

    def test_a_level_for_points_does_not_eat_the_one_that_was_bought(self):
        self.buy(self.silver_fee)
        self.gold._grant(self.member, self.gold, "reward", until=self.today)
        self.assertEqual(self.level(), self.gold)

        self.gold._recompute(self.club, today=self.today + timedelta(days=1))
        self.env["loyalty.club.member"]._grant_bought_again()

        self.assertEqual(self.level(), self.silver)

    def test_members_are_reminded_once(self):
        self.gold.fee_remind_days = 14
        self.buy()
        self.later((self.year - self.today).days - 14)
        notices = self.env["loyalty.club.tier.notice"]
        outbox = self.env["loyalty.club.outbox"]
        before = outbox.search_count([])

        for _night in range(2):
            notices._note_ending_fees()
            notices._tell(100)

        sent = outbox.search([], order="id desc", limit=1)
        self.assertEqual(outbox.search_count([]), before + 1)
        self.assertIn("Gold", sent.sudo().body)

    def test_nobody_is_reminded_too_early(self):
        self.gold.fee_remind_days = 14
        self.buy()
        self.later((self.year - self.today).days - 15)

        self.env["loyalty.club.tier.notice"]._note_ending_fees()

        self.assertFalse(
            self.env["loyalty.club.tier.notice"].search([("member_id", "=", self.member.id)])
        )

    def test_what_was_paid_follows_a_merge(self):
        other = self.new_member("Sara again")
        self.buy()

        self.member._merge_one_into(other, "the same person")

        self.env.invalidate_all()
        self.assertEqual(self.level(other), self.gold)
        self.assertEqual(other.tier_paid_until, self.year)

    # --- what is refused -------------------------------------------------------------

    def test_a_product_sells_one_thing(self):
        self.club.fee_product_id = self.product("Membership", 50.0, type="service")

        with self.assertRaises(ValidationError):
            self.silver.fee_product_id = self.club.fee_product_id

    def test_nobody_writes_down_what_was_bought(self):
        boss = new_test_user(self.env, "level_boss", groups="loyalty_club.group_manager")

        with self.assertRaisesRegex(UserError, "follows from sales"):
            self.member.with_user(boss).tier_paid_until = self.year

    # --- invoices --------------------------------------------------------------------

    def paid_invoice(self, product):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": product.id, "quantity": 1, "price_unit": 730, "tax_ids": []}
                    )
                ],
            }
        )
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        return invoice

    def test_an_invoice_that_is_paid_brings_the_level(self):
        self.paid_invoice(self.gold_fee)

        self.assertEqual(self.until(), (self.gold, self.year))
        self.assertEqual(self.member.fee_payment_ids.amount, 730)

    def test_a_credit_note_takes_it_back_at_any_time(self):
        invoice = self.paid_invoice(self.gold_fee)
        self.later(100)

        invoice._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=False).action_post()

        self.assertEqual(self.level(), self.basic)

    # --- the report ------------------------------------------------------------------

    def report(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["loyalty.club.fee.report"].search(
            [("club_id", "=", self.club.id)], order="id"
        )

    def test_the_report_tells_cash_and_renewals(self):
        self.buy()
        other = self.new_member("Mina")
        self.buy(partner=other.partner_id)
        back = self.buy(self.silver_fee, partner=self.new_member("Lale").partner_id)
        self.sync(self.payload([self.return_line(back.lines)], back.partner_id))
        self.later(370)
        self.buy()

        rows = self.report()

        self.assertEqual(rows.mapped("kind"), ["first", "first", "first", "back", "renewal"])
        self.assertEqual(sum(rows.mapped("amount")), 3 * 730)
        self.assertEqual(rows.mapped("due"), [1, 1, 0, 0, 0])
        self.assertEqual(rows.mapped("renewed"), [1, 0, 0, 0, 0])
        groups = self.env["loyalty.club.fee.report"]._read_group(
            [("club_id", "=", self.club.id)], [], ["renewal_rate:avg"]
        )
        self.assertEqual(groups, [(50.0,)])

    def test_a_renewal_that_comes_too_late_is_none(self):
        self.buy()
        self.later(366 + 31)
        self.buy()

        self.assertEqual(self.report().mapped("renewed"), [0, 0])

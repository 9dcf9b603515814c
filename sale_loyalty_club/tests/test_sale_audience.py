"""Discounts for certain members on sales orders: offered to them, and to nobody else."""

from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.test_program_audience import AudienceCommon

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleAudience(SaleClubCommon, AudienceCommon):
    """Orders of Sara, who is a regular, and of a stranger."""

    def code_promotion(self, code="REGULARS"):
        return self.promotion(
            "Code of the regulars",
            program_type="promo_code",
            trigger="with_code",
            rule={"mode": "with_code", "code": code},
            club_segment_ids=self.regulars.ids,
        )

    def test_it_is_offered_to_members_of_the_segment_alone(self):
        self.assertIn(self.promo.reward_ids, self.offered(self.order()))
        self.assertNotIn(self.promo.reward_ids, self.offered(self.order(partner=self.stranger)))

    def test_percentages_differ_by_group_with_a_program_for_each(self):
        dealers = self.segment("Dealers")
        omid = self.new_member("Omid")
        dealers._add(omid)
        for_dealers = self.promotion("Dealers' thirty", 30, club_segment_ids=dealers.ids)

        regular, dealer = self.order(), self.order(partner=omid.partner_id)
        self.assertEqual(self.offered(regular), self.promo.reward_ids)
        self.assertEqual(self.offered(dealer), for_dealers.reward_ids)
        self.redeem(regular, self.promo.reward_ids)
        self.redeem(dealer, for_dealers.reward_ids)

        self.assertEqual((regular.amount_total, dealer.amount_total), (90, 70))

    def test_another_customer_on_the_quotation_loses_it_at_the_latest_when_confirmed(self):
        order = self.order()
        self.redeem(order, self.promo.reward_ids)
        self.assertEqual(order.amount_total, 90)

        order.partner_id = self.stranger
        order.action_confirm()

        self.assertEqual(order.amount_total, 100)

    def test_confirmed_order_keeps_what_was_agreed(self):
        order = self.confirmed(reward=self.promo.reward_ids)
        self.regulars._remove(self.member)

        order._update_programs_and_rewards()

        self.assertEqual(order.amount_total, 90)

    def test_code_for_certain_members_says_so_to_others(self):
        program = self.code_promotion()

        mine = self.order()._try_apply_code("REGULARS")
        theirs = self.order(partner=self.stranger)._try_apply_code("REGULARS")

        self.assertIn(program.reward_ids, next(iter(mine.values())))
        self.assertIn("certain members", theirs["error"])

    def test_coupon_for_certain_members_says_so_to_others(self):
        program = self.promotion(
            "Coupons",
            program_type="coupons",
            trigger="with_code",
            club_segment_ids=self.regulars.ids,
        )
        coupon = self.env["loyalty.card"].create({"program_id": program.id, "points": 1})

        theirs = self.order(partner=self.stranger)._try_apply_code(coupon.code)
        self.assertIn("certain members", theirs["error"])
        mine = self.order()._try_apply_code(coupon.code)
        self.assertIn(program.reward_ids, next(iter(mine.values())))

    def test_coupon_left_on_the_order_brings_others_nothing(self):
        program = self.code_promotion()
        order = self.order()
        order._try_apply_code("REGULARS")

        order.partner_id = self.stranger

        self.assertNotIn(program.reward_ids, self.offered(order))

    # --- discount, points and cashback of one purchase --------------------------------------

    def test_one_purchase_brings_discount_points_and_cashback(self):
        cashback = self.new_kind("cashback")
        cashback.cashback_percent = 5
        order = self.order((self.tea, 2))
        self.redeem(order, self.promo.reward_ids)
        order.action_confirm()
        self.assertEqual(order.amount_total, 180)

        invoice = self.invoice(order)

        self.assertEqual(
            sorted((entry.kind_id.type, entry.kind, entry.amount) for entry in self.entries(order)),
            [("cashback", "earn", 9), ("points", "earn", 18)],
        )
        self.credit(invoice)
        wallets = self.member.wallet_ids.filtered(lambda w: w.type in ("points", "cashback"))
        self.assertEqual(wallets.mapped("balance"), [0, 0])

"""A cashier at a real till in a real browser; what counts is what the database says after."""

from odoo import Command
from odoo.tests import tagged

from .till_common import TillBrowserCommon


@tagged("post_install", "-at_install")
class TestTill(TillBrowserCommon):
    """One till of the test shop, seen through a browser by a cashier without club rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sugar = cls.product("Sugar", 5.0, pos_categ_ids=[Command.set(cls.category.ids)])

    def orders(self):
        """Orders of the test shop, oldest first."""
        return self.env["pos.order"].search(
            [("config_id.club_branch_id", "=", self.branch.id)], order="id"
        )

    def entry_kinds(self, orders):
        """Kinds and amounts that the ledger holds for ``orders``, in their order."""
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "in", orders.ids)], order="id"
        )
        return entries.mapped(lambda entry: (entry.kind, entry.amount))

    def assertSold(self, *totals):
        """Exactly these orders were stored, each paid."""
        orders = self.orders()
        self.assertEqual(orders.mapped("amount_total"), list(totals))
        self.assertEqual(set(orders.mapped("state")), {"paid"})
        return orders

    # --- points -----------------------------------------------------------------------

    def test_sale_earns_and_the_receipt_shows_what_the_server_booked(self):
        self.give_points(40)

        self.cashier_does("ClubTillEarn")

        orders = self.assertSold(100, 5, 100)
        self.assertEqual(self.entry_kinds(orders), [("earn", 10)])
        self.assertEqual(orders[1].club_member_number, self.member.number)
        self.assertPoints(50)
        self.assertLedgerSound()

    def test_receipt_tells_level_stamps_and_what_expires_as_far_as_its_till_prints_it(self):
        self.env["loyalty.club.tier"].create(
            [
                {"name": "Basic", "club_id": self.club.id, "sequence": 1},
                {"name": "Silver", "club_id": self.club.id, "sequence": 2, "min_visits": 5},
            ]
        )
        self.env["loyalty.club.tier"]._recompute(self.club)
        self.env["loyalty.club.stamp.program"].create(
            {
                "name": "Fifth tea",
                "club_id": self.club.id,
                "stamps_needed": 5,
                "reward_amount": 50,
                "product_ids": [Command.set(self.tea.ids)],
            }
        )
        self.club.points_kind_id.expiry_policy_id = self.env["loyalty.club.expiry.policy"].create(
            {"name": "Soon", "club_id": self.club.id, "rule": "after", "number": 9, "unit": "day"}
        )
        plain = self.new_till("Plain Till")
        plain.write(
            {
                "limit_categories": True,
                "iface_available_categ_ids": [Command.set(self.category.ids)],
                "club_receipt_points": False,
                "club_receipt_tier": False,
                "club_receipt_stamps": False,
                "club_receipt_expiry_days": 0,
                "club_receipt_check": "none",
            }
        )

        self.cashier_does("ClubTillReceipt")
        self.start_tour(
            f"/pos/ui/{plain.id}",
            "ClubTillPlainReceipt",
            login="till_user",
            cookies={"club_member": self.member.number},
        )

        self.assertSold(100, 100)
        self.assertPoints(20)

    def test_full_return_restores_the_lots_that_paid(self):
        lot = self.give_points(100).club_wallet_id.lot_ids
        self.assertEqual(lot.remaining, 100)

        self.cashier_does("ClubTillRedeemAndReturn")

        orders = self.assertSold(90, -90)
        self.assertEqual(self.entry_kinds(orders[0]), [("spend", -100), ("earn", 9)])
        self.assertEqual(
            sorted(self.entry_kinds(orders[1])), [("refund_earn", -9), ("refund_spend", 100)]
        )
        self.assertEqual(lot.remaining, 100)
        self.assertPoints(100)
        self.assertLedgerSound()

    def test_points_are_settled_by_the_order_alone(self):
        self.give_points(100)

        self.cashier_does("ClubTillAsksOnce")

        order = self.assertSold(90)
        self.assertEqual(self.entry_kinds(order), [("spend", -100), ("earn", 9)])
        self.assertPoints(9)
        self.assertLedgerSound()

    def test_offline_sale_earns_when_it_arrives(self):
        self.give_points(100)

        self.cashier_does("ClubTillOffline")

        order = self.assertSold(100)
        self.assertEqual(order.partner_id, self.member.partner_id)
        self.assertEqual(self.entry_kinds(order), [("earn", 10)])
        self.assertPoints(110)
        self.assertLedgerSound()

    def test_points_are_not_spent_offline(self):
        self.give_points(100)

        self.cashier_does("ClubTillOfflineSpending")

        order = self.assertSold(90)
        self.assertEqual(self.entry_kinds(order), [("spend", -100), ("earn", 9)])
        self.assertPoints(9)
        self.assertLedgerSound()

    def test_second_till_is_refused_with_a_reason_and_can_go_on(self):
        self.give_points(100)
        self.new_till("Second Till")

        self.cashier_does("ClubTillOvertaken")

        first, second = self.assertSold(90, 99.1)
        self.assertEqual(first.config_id.name, "Second Till")
        self.assertEqual(self.entry_kinds(first), [("spend", -100), ("earn", 9)])
        self.assertEqual(self.entry_kinds(second), [("spend", -9), ("earn", 9)])
        self.assertPoints(9)
        self.assertLedgerSound()

    def test_second_till_is_told_why_it_cannot_spend(self):
        self.give_points(100)
        self.new_till("Second Till")

        self.cashier_does("ClubTillTooLate")

        orders = self.orders()
        sold = orders.filtered(lambda order: order.state == "paid")
        self.assertEqual(sold.mapped("amount_total"), [90])
        self.assertEqual(sold.config_id.name, "Second Till")
        # What is still to be paid is not sold, whether its till has sent it as a draft or not.
        self.assertLessEqual(set((orders - sold).mapped("state")), {"draft"})
        self.assertFalse(self.entry_kinds(orders - sold))
        self.assertPoints(9)
        self.assertLedgerSound()

    def test_order_refused_after_payment_is_reported(self):
        self.give_points(100)
        self.new_till("Second Till")

        self.cashier_does("ClubTillRefusedLater")

        order = self.assertSold(90)
        self.assertEqual(order.config_id.name, "Second Till")
        self.assertPoints(9)
        self.assertLedgerSound()

    def test_free_products_cost_what_the_reward_says(self):
        self.give_points(100)
        self.reward.active = False
        self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": self.sugar.id,
                "required_points": 30,
            }
        )

        self.cashier_does("ClubTillFreeProduct")

        order = self.assertSold(100)
        self.assertEqual(self.entry_kinds(order), [("spend", -60), ("earn", 10)])
        self.assertPoints(50)

    # --- prepaid credit and gift cards --------------------------------------------------

    def stored_value_program(self, program_type, product):
        """A managed program as stock's own template makes it, sold with ``product``."""
        Program = self.env["loyalty.program"].with_context(active_test=False)
        program = Program.browse(Program.create_from_template(program_type)["res_id"])
        program.write({"name": product.name, "company_id": self.company.id})
        program.rule_ids.product_ids = product
        program.trigger_product_ids = product
        program.club_wallet_kind_id = self.new_kind(program_type)
        product.pos_categ_ids = self.category
        return program

    def test_physical_gift_card_is_issued_spent_and_given_back(self):
        program = self.stored_value_program("gift_card", self.product("Gift Card", 50))

        self.cashier_does("ClubTillGiftCard")

        sale, spending, refund = self.assertSold(60, 40, -40)
        card = program.coupon_ids
        self.assertEqual(card.mapped("code"), ["PLASTIC-0042"])
        self.assertEqual(card.source_pos_order_id, sale)
        self.assertTrue(card.expiration_date, "the day the cashier saw and left as it was")
        self.assertEqual(self.entry_kinds(sale), [("issue", 60)])
        self.assertEqual(self.entry_kinds(spending), [("spend", -60)])
        self.assertEqual(self.entry_kinds(refund), [("refund_spend", 60)])
        self.assertEqual((card.points, card.club_wallet_id.balance), (60, 60))
        self.assertLedgerSound()

    def test_prepaid_credit_is_bought_and_spent(self):
        program = self.stored_value_program("ewallet", self.product("Top-up", 50))

        self.cashier_does("ClubTillCredit")

        topup, spending = self.assertSold(50, 50)
        self.assertEqual(self.entry_kinds(topup), [("topup", 50)])
        self.assertEqual(sorted(self.entry_kinds(spending)), [("earn", 5), ("spend", -50)])
        self.assertEqual(program.coupon_ids.points, 0)
        self.assertPoints(5)
        self.assertLedgerSound()

    # --- who the customer is --------------------------------------------------------------

    def test_customer_is_found_by_anything_or_enrolled(self):
        self.member.partner_id.phone = "09121234567"
        first = self.new_member("Mina Amini")
        self.new_member("Mina Bahar")
        Card = self.env["loyalty.club.card"]
        card = Card._issue(self.club, first)
        lost = Card._issue(self.club, self.member)
        lost._report_lost("Test")

        self.cashier_does(
            "ClubTillFind",
            club_first=first.number,
            club_card=card.number,
            club_lost=lost.number,
        )

        orders = self.assertSold(100, 100)
        self.assertEqual(orders.partner_id, first.partner_id | self.member.partner_id)
        self.assertEqual(orders.mapped("club_withheld"), [False, "late"])
        self.assertPoints(10, first)
        self.assertPoints(0)
        new = self.env["loyalty.club.member"].search([("mobile", "=", "+989351112233")])
        self.assertEqual((new.channel, new.branch_id), ("pos", self.branch))
        self.assertLedgerSound()

    # --- cards of the club ---------------------------------------------------------------

    def test_cards_choose_the_customer_and_take_their_percentage_off(self):
        Card = self.env["loyalty.club.card"]
        card = Card._issue(
            self.club,
            self.member,
            type="rfid",
            uid="11223344",
            discount_percent=10,
            discount_mode="discount",
        )
        lost = Card._issue(self.club, self.member)
        lost._report_lost("Test")

        self.cashier_does("ClubTillCard", club_card=card.number, club_lost=lost.number)

        orders = self.assertSold(180, 90, 90)
        self.assertEqual(orders.club_card_id, card)
        self.assertEqual(orders.lines.mapped("club_card_discount"), [10, 10, 10])
        self.assertPoints(36)
        self.assertLedgerSound()

    def test_discount_for_certain_members_is_there_for_them_alone(self):
        regulars = self.env["loyalty.club.segment"].create(
            {"name": "Regulars", "kind": "manual", "club_id": self.club.id}
        )
        regulars._add(self.member)
        self.env["loyalty.program"].create(
            {
                "name": "Regulars' ten",
                "program_type": "promotion",
                "applies_on": "current",
                "trigger": "auto",
                "company_id": self.company.id,
                "club_segment_ids": [Command.set(regulars.ids)],
                "rule_ids": [
                    Command.clear(),
                    Command.create({"reward_point_mode": "order", "reward_point_amount": 1}),
                ],
                "reward_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "percent",
                            "discount": 10,
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    ),
                ],
            }
        )

        self.cashier_does("ClubTillAudience")

        self.assertSold(90)
        self.assertPoints(9)

    # --- the member's panel ----------------------------------------------------------------

    def test_panel_quote_and_a_part_of_the_points(self):
        self.give_points(100)
        Tier = self.env["loyalty.club.tier"]
        Tier.create(
            [
                {"name": "Blue", "club_id": self.club.id, "sequence": 1},
                {"name": "Silver", "club_id": self.club.id, "sequence": 2, "min_spend": 500},
            ]
        )
        Tier._recompute(self.club)
        self.env["loyalty.club.card"]._issue(self.club, self.member)._report_lost("Test")
        self.reward.copy(
            {
                "description": "Five off",
                "discount_mode": "per_order",
                "discount": 5,
                "club_until": "2020-01-01",
            }
        )

        self.cashier_does("ClubTillPanel")

        order = self.assertSold(297.5)
        self.assertEqual(sorted(self.entry_kinds(order)), [("earn", 29), ("spend", -25)])
        self.assertPoints(104)
        self.assertLedgerSound()

    def test_no_more_points_than_the_order_costs(self):
        self.give_points(100)

        self.cashier_does("ClubTillAllPoints")

        self.assertPoints(100)

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestLoyaltyProgram(ClubCommon):
    """Programs that a club keeps, made by it or taken over from stock."""

    def stock_cards(self, points):
        program = self.new_program("ewallet", self.product("Top-up", 50))
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(len(points))])
        cards = self.env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": partner.id, "points": amount}
                for partner, amount in zip(partners, points, strict=True)
            ]
        )
        return program, cards

    def test_club_makes_its_points_program(self):
        program = self.club.program_id
        self.assertEqual(program.club_wallet_kind_id, self.club.points_kind_id)
        self.assertEqual((program.program_type, program.applies_on), ("loyalty", "future"))
        self.assertTrue(program.is_nominative)
        self.assertEqual(program.reward_ids.discount, self.club.point_value)

    def test_kind_of_money_makes_its_program_ready_to_sell(self):
        for name in ("ewallet", "gift_card"):
            kind = self.new_kind(name)
            program = self.env["loyalty.program"].browse(kind.action_create_program()["res_id"])

            self.assertEqual(program.club_wallet_kind_id, kind)
            product = program.rule_ids.product_ids
            self.sell([self.line(product, price=30)], self.member.partner_id)
            self.assertEqual(program.coupon_ids.mapped("points"), [30])
            with self.assertRaises(UserError):
                kind.action_create_program()
        self.new_till("Till that sells them").current_session_id.ensure_one()
        with self.assertRaises(UserError):
            self.club.points_kind_id.action_create_program()
        self.assertLedgerSound()

    def test_cards_are_taken_over_with_their_balances(self):
        program, cards = self.stock_cards([100.5, 0, 20])
        known = self.env["loyalty.club.member"]._enrol(self.club, cards[2].partner_id)

        program.club_wallet_kind_id = self.new_kind("ewallet")

        self.env.invalidate_all()
        self.assertEqual(cards.mapped("points"), [100.5, 0, 20])
        self.assertEqual(cards.club_wallet_id.mapped("balance"), [100.5, 0, 20])
        self.assertEqual(cards[2].club_wallet_id.member_id, known)
        entries = cards.club_wallet_id.entry_ids
        self.assertEqual(set(entries.mapped("kind")), {"opening"})
        self.assertEqual(len(entries), 2)
        self.assertLedgerSound()

    def test_two_cards_of_one_person_become_one_wallet(self):
        program, cards = self.stock_cards([100, 30])
        cards[1].partner_id = cards[0].partner_id

        program.club_wallet_kind_id = self.new_kind("ewallet")

        self.env.invalidate_all()
        self.assertEqual(cards.filtered("active").mapped("points"), [130])
        self.assertEqual(sum(cards.mapped("points")), 130)
        self.assertLedgerSound()

    def test_cards_below_zero_stop_the_take_over(self):
        program, cards = self.stock_cards([100, -5])

        with self.assertRaisesRegex(ValidationError, cards[1].code), self.env.cr.savepoint():
            program.club_wallet_kind_id = self.new_kind("ewallet")

        self.assertFalse(program.club_wallet_kind_id)

    def test_gift_cards_belong_to_their_bearer(self):
        program = self.new_program("gift_card", self.product("Gift", 50))
        partner = self.member.partner_id
        card = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "points": 40,
                "partner_id": partner.id,
                "expiration_date": "2099-01-01",
            }
        )

        program.club_wallet_kind_id = self.new_kind("gift_card")

        wallet = card.club_wallet_id
        self.assertFalse(wallet.member_id)
        self.assertEqual((wallet.balance, str(wallet.valid_until)), (40, "2099-01-01"))

    def test_points_of_a_sale_never_pay_for_that_sale(self):
        self.env["loyalty.club.wallet.kind"].search([("club_id", "=", self.club.id)])
        club = self.env["loyalty.club"].create({"name": "Second", "sequence": 98})
        club.program_id.club_wallet_kind_id = False
        program = self.new_program("loyalty", applies_on="both")

        program.club_wallet_kind_id = club.points_kind_id

        self.assertEqual(program.applies_on, "future")

    def test_program_with_movements_stays_with_the_club(self):
        self.give_points(10)
        with self.assertRaisesRegex(ValidationError, "can no longer"):
            self.program.club_wallet_kind_id = False

    def test_unused_program_goes_back_to_stock_with_its_cards(self):
        program = self.new_program(
            "gift_card", self.product("Gift", 50), self.new_kind("gift_card")
        )
        card = self.env["loyalty.card"].create({"program_id": program.id})
        wallet = card.club_wallet_id
        self.assertTrue(wallet)

        program.club_wallet_kind_id = False

        card.with_user(self.cashier).points = 5
        self.assertEqual((card.points, wallet.exists()), (5, wallet.browse()))

    def test_kind_must_fit_the_program(self):
        program = self.new_program("ewallet", self.product("Top-up", 50))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            program.club_wallet_kind_id = self.club.points_kind_id

    def test_one_product_feeds_one_program(self):
        product = self.product("Top-up", 50)
        self.new_program("ewallet", product)
        with self.assertRaisesRegex(ValidationError, "same product"), self.env.cr.savepoint():
            self.new_program("ewallet", product, self.new_kind("ewallet"))

    def test_member_cannot_get_a_second_card(self):
        with self.assertRaisesRegex(Exception, "already has a card"):
            self.env["loyalty.card"].with_user(self.env.ref("base.user_admin")).create(
                {"program_id": self.program.id, "partner_id": self.member.partner_id.id}
            )

    def test_usage_is_counted_for_limited_programs_only(self):
        card = self.give_points(50)
        self.sell([self.line(), self.reward_line(card, 50)], self.member.partner_id)
        self.assertEqual(self.program.total_order_count, 0)

        self.program.write({"limit_usage": True, "max_usage": 5})

        self.program.invalidate_recordset(["total_order_count"])
        self.assertEqual(self.program.total_order_count, 1)

    def test_balance_wizard_is_an_adjustment_with_its_reason(self):
        card = self.points_card()
        wizard = (
            self.env["loyalty.card.update.balance"]
            .with_user(self.env.ref("base.user_admin"))
            .create({"card_id": card.id, "new_balance": 25, "description": "Kind gesture"})
        )

        wizard.action_update_card_point()

        entry = card.club_wallet_id.entry_ids
        self.assertEqual((entry.kind, entry.note, entry.amount), ("adjust", "Kind gesture", 25))
        self.assertPoints(25)

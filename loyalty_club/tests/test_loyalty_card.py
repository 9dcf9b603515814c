from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..movement import Authority, authority
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestLoyaltyCard(ClubCommon):
    """Cards of managed programs: made with a wallet, moved by authority only."""

    def test_card_for_someone_who_is_no_member_enrols(self):
        partner = self.env["res.partner"].create({"name": "Omid"})

        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": partner.id, "points": 25}
        )

        member = partner.club_member_ids
        self.assertEqual(member.club_id, self.club)
        self.assertEqual(self.points_card(member), card)
        self.assertPoints(25, member)

    def test_card_belongs_to_the_home_shop_or_the_one_that_issued_it(self):
        gift = self.product("Gift", 50)
        program = self.new_program("gift_card", gift, self.new_kind("gift_card"))
        self.assertFalse(self.points_card().club_branch_id)

        self.member.branch_id = self.branch
        self.sell([self.line(gift)])

        self.assertEqual(self.points_card().club_branch_id, self.branch)
        self.assertEqual(program.coupon_ids.club_branch_id, self.branch)

    def test_wallet_of_an_unused_gift_card_goes_with_it(self):
        program = self.new_program("gift_card", self.tea, self.new_kind("gift_card"))
        card = self.env["loyalty.card"].create({"program_id": program.id})
        wallet = card.club_wallet_id

        card.unlink()

        self.assertFalse(wallet.exists())

    def test_nobody_hangs_a_card_on_a_wallet(self):
        owner = self.give_points(10).club_wallet_id
        kind = self.new_kind("gift_card")
        managed = self.new_program("gift_card", kind=kind)
        stock = self.new_program("gift_card")
        seller = new_test_user(
            self.env,
            "seller",
            groups="sales_team.group_sale_manager,point_of_sale.group_pos_manager",
        )
        wallet = self.env["loyalty.club.wallet"].create({"kind_id": kind.id})
        Card = self.env["loyalty.card"].with_user(seller)

        for program in (managed, stock):
            with self.subTest(program.name), self.assertRaises(AccessError):
                Card.create({"program_id": program.id, "club_wallet_id": wallet.id})
        card = Card.with_context(default_club_wallet_id=wallet.id).create({"program_id": stock.id})
        self.assertFalse(card.club_wallet_id)
        for values in ({"club_wallet_id": wallet.id}, {"program_id": managed.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                card.write(values)

        self.assertFalse(wallet.card_ids)
        self.assertEqual(owner.card_ids, self.points_card())

    def test_not_even_a_manager_chooses_a_cards_wallet(self):
        kind = self.new_kind("gift_card")
        program = self.new_program("gift_card", kind=kind)
        wallet = self.env["loyalty.club.wallet"].create({"kind_id": kind.id})
        manager = new_test_user(
            self.env, "boss", groups="loyalty_club.group_manager,sales_team.group_sale_manager"
        )

        with self.assertRaisesRegex(AccessError, "chosen by the club"):
            self.env["loyalty.card"].with_user(manager).create(
                {"program_id": program.id, "club_wallet_id": wallet.id}
            )

    def test_absorbing_authority_moves_nothing_and_opens_nothing(self):
        card = self.give_points(10)
        seller = new_test_user(self.env, "seller", groups="point_of_sale.group_pos_user")
        stranger = self.new_member("Omid").partner_id
        held = card.with_user(seller)

        with authority(Authority("adjust", "adjust", "x", absorb=True)):
            held.points += 90
            with self.assertRaises(AccessError):
                held.partner_id = stranger
            with self.assertRaises(AccessError):
                held.write({"points": 5, "expiration_date": "2099-01-01"})

        self.assertPoints(10)

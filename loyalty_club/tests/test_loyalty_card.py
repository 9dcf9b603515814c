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

from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.test_rate_limit import HOUR, LimitWords

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestTypedCodes(LimitWords, SaleClubCommon):
    """Codes typed into an order or a cart cannot be found by trying."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        program = cls.new_program("gift_card", kind=cls.new_kind("gift_card"))
        cls.gift = cls.env["loyalty.card"].create({"program_id": program.id, "points": 50})

    def test_wrong_codes_come_to_an_end(self):
        order = self.order()
        for number in range(20):
            self.assertTrue(order._try_apply_code(f"044wrong{number}")["not_found"])

        answer = order._try_apply_code(self.gift.code)

        self.assertIn("Too many tries", answer["error"])
        self.later(HOUR)
        self.assertNotIn("error", order._try_apply_code(self.gift.code))

    def test_right_codes_do_not_count(self):
        for _number in range(25):
            self.assertNotIn("error", self.order()._try_apply_code(self.gift.code))

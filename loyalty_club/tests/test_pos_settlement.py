from unittest.mock import patch

from odoo.tests import tagged

from ..models.pos_settlement import PosSettlement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPosSettlement(ClubCommon):
    """What the club adds to a sale costs the same, however much is sold."""

    def statements(self, lines):
        """SQL statements by which the club books a sale of ``lines``."""
        counts = []
        run = PosSettlement.run

        def counted(settlement):
            # As little is known as in the request of a till.
            settlement.env.invalidate_all()
            before = settlement.env.cr.sql_log_count
            run(settlement)
            counts.append(settlement.env.cr.sql_log_count - before)

        with patch.object(PosSettlement, "run", counted):
            self.sell(lines, self.member.partner_id)
        return counts[0]

    def test_long_sale_costs_as_many_statements_as_a_short_one(self):
        products = [self.product(f"Tea {number}", 10.0 + number) for number in range(20)]
        self.statements([self.line()])  # what is remembered between sales is remembered now

        short = self.statements([self.line()])
        long = self.statements([self.line(product) for product in products])

        self.assertEqual(long, short)
        self.assertLess(short, 28)

    def test_redeeming_costs_as_many_statements_in_a_long_sale(self):
        card = self.give_points(1000)
        reward_line = self.reward_line
        self.statements([self.line(), reward_line(card, 10)])

        short = self.statements([self.line(), reward_line(card, 10)])
        long = self.statements([self.line(qty=3) for _ in range(20)] + [reward_line(card, 10)])

        self.assertEqual(long, short)

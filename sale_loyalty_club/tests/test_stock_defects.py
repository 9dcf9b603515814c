"""Defects of stock's points on sales orders, each told once and run twice.

The letters are the rows of the list of proofs this product was built on. On programs the
club keeps the scenarios hold; on stock programs they must fail, so that each is known to
see its defect.
"""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SaleClubCommon


class Scenarios(SaleClubCommon):
    """The scenarios, on programs that ``managed`` says are kept by the club or not."""

    managed = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topup = cls.product("Top-up", 50)
        kind = cls.new_kind("ewallet") if cls.managed else None
        cls.credit_program = cls.new_program("ewallet", cls.topup, kind)
        if not cls.managed:
            cls.program.active = False
            cls.program = cls.new_program("loyalty", applies_on="both")
            cls.program.rule_ids.reward_point_amount = 0.1
            cls.reward = cls.program.reward_ids
            cls.reward.discount = 0.1

    def card(self, program, points=0):
        """The customer's card of ``program``, with ``points``."""
        Card = self.env["loyalty.card"].with_user(self.env.ref("base.user_admin"))
        card = Card.search(
            [("program_id", "=", program.id), ("partner_id", "=", self.partner.id)]
        ) or Card.create({"program_id": program.id, "partner_id": self.partner.id})
        card.points = points
        return card

    def rpc(self, call, *args):
        """One request: done, or refused as a whole."""
        try:
            with self.env.cr.savepoint():
                return call(*args)
        except (UserError, AccessError):
            self.env.invalidate_all()
            return None

    # --- scenarios -------------------------------------------------------------------

    def row_i(self):
        """Quantity 1 becomes 10 after confirmation, the reward wizard is opened, then the
        order is cancelled."""
        card = self.card(self.program)
        order = self.confirmed(self.tea)

        order.order_line.product_uom_qty = 10
        order.action_open_reward_wizard()
        order._action_cancel()

        self.assertEqual(card.points, 0)

    def row_i_topup(self):
        """The same with a top-up of prepaid credit, of which some was there before."""
        card = self.card(self.credit_program, 500)
        order = self.confirmed(self.topup)

        order.order_line.product_uom_qty = 10
        order.action_open_reward_wizard()
        order._action_cancel()

        self.assertEqual(card.points, 500)

    def row_i_history(self):
        """The history still tells what happened when an order is cancelled."""
        card = self.card(self.program, 100)
        order = self.confirmed(self.tea, reward=self.reward)
        order._action_cancel()

        told = self.env["loyalty.history"].search(
            [
                ("card_id", "=", card.id),
                ("order_model", "=", "sale.order"),
                ("order_id", "=", order.id),
            ]
        )
        self.assertEqual(sum(told.mapped("used")), 100)

    def row_j(self):
        """An order is invoiced and credited in full."""
        card = self.card(self.program)
        order = self.confirmed(self.tea)
        invoice = self.invoice(order)
        self.assertTrue(card.points)

        self.credit(invoice)

        self.env.invalidate_all()
        self.assertEqual(card.points, 0)

    def row_j_part(self):
        """One of three pieces is credited."""
        card = self.card(self.program)
        invoice = self.invoice(self.confirmed((self.tea, 3)))

        self.credit(invoice, Tea=1)

        self.env.invalidate_all()
        self.assertEqual(card.points, 20)

    def row_mint_cost(self):
        """A salesperson writes a negative cost on a reward line by RPC."""
        card = self.card(self.program, 100)
        order = self.confirmed(self.tea, reward=self.reward)

        line = order.order_line.filtered("reward_id")
        self.rpc(line.write, {"points_cost": -5000})

        self.env.invalidate_all()
        self.assertLessEqual(card.points, 10)

    def row_mint_state(self):
        """An order is confirmed by writing its state by RPC, and then cancelled."""
        card = self.card(self.program, 100)
        order = self.order(self.tea)
        self.redeem(order)

        self.rpc(order.write, {"state": "sale"})
        self.rpc(order._action_cancel)

        self.env.invalidate_all()
        self.assertEqual(card.points, 100)

    # --- what stock does right, and stays right --------------------------------------

    def same_credit_on_two_orders(self):
        """Two orders spend the same prepaid credit: the second is refused."""
        card = self.card(self.credit_program, 100)
        orders = [self.order(self.tea) for _order in range(2)]
        for order in orders:
            self.redeem(order, self.credit_program.reward_ids)
        orders[0].action_confirm()

        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            orders[1].action_confirm()

        self.env.invalidate_all()
        self.assertEqual([order.state for order in orders], ["sale", "draft"])
        self.assertEqual(orders[1].amount_total, 0)
        self.assertEqual(card.points, 0)


ROWS = [name for name in dir(Scenarios) if name.startswith("row_")]


@tagged("post_install", "-at_install")
class TestClubHolds(Scenarios):
    """On programs kept by the club every scenario ends as a shop may expect."""

    managed = True

    def test_same_credit_on_two_orders(self):
        self.same_credit_on_two_orders()


@tagged("post_install", "-at_install")
class TestStockFails(Scenarios):
    """The same scenarios fail on stock programs: each sees the defect it is about."""

    managed = False

    def test_same_credit_on_two_orders(self):
        self.same_credit_on_two_orders()


def _holds(row):
    return lambda self: getattr(self, row)()


def _fails(row):
    def test(self):
        with self.assertRaises(AssertionError):
            getattr(self, row)()

    return test


for row in ROWS:
    setattr(TestClubHolds, f"test_{row}", _holds(row))
    setattr(TestStockFails, f"test_stock_{row}", _fails(row))

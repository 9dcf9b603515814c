"""Defects of stock loyalty that cost money, each told once and run twice.

The letters are the rows of the list of proofs this product was built on. Every scenario
ends in assertions about what a shop may rely on. On programs the club keeps they hold; on
stock programs the same scenario must fail, so that each is known to see its defect.
"""

from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClubCommon


class Scenarios(ClubCommon):
    """The scenarios, on programs that ``managed`` says are kept by the club or not."""

    managed = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topup = cls.product("Top-up", 50)
        cls.gift = cls.product("Gift Card", 50)
        kinds = {
            name: cls.new_kind(name) if cls.managed else None for name in ("ewallet", "gift_card")
        }
        cls.credit_program = cls.new_program("ewallet", cls.topup, kinds["ewallet"])
        cls.gift_program = cls.new_program("gift_card", cls.gift, kinds["gift_card"])
        if not cls.managed:
            cls.program.active = False
            cls.program = cls.new_program("loyalty", applies_on="both")
            cls.program.rule_ids.reward_point_amount = 0.1
            cls.program.reward_ids.discount = 0.1
        cls.partner = cls.member.partner_id
        cls.admin = cls.env.ref("base.user_admin")

    # --- what a till does ------------------------------------------------------------

    def card(self, program, points, partner=None):
        """A card of ``program`` with ``points``, as a manager would give it."""
        values = {"program_id": program.id, "points": points}
        if partner:
            values["partner_id"] = partner.id
        Card = self.env["loyalty.card"].with_user(self.admin)
        existing = program == self.club.program_id and self.points_card()
        if existing:
            existing.with_user(self.admin).points = points
            return existing
        card = Card.create(values)
        if not self.managed:
            history = {"card_id": card.id, "description": "Opening", "issued": points}
            self.env["loyalty.history"].create(history)
        return card

    def rpc(self, call, *args):
        """One request of the till: done, or refused as a whole."""
        try:
            with self.env.cr.savepoint():
                return call(*args)
        except (UserError, AccessError):
            return None

    def orders(self):
        return self.env["pos.order"].with_user(self.cashier)

    def changes(self, card, points, program=None, **values):
        program = program or card.program_id
        data = {
            "points": points,
            "program_id": program.id,
            "coupon_id": card.id if card else -1,
            "barcode": False,
            **values,
        }
        if program.is_nominative:
            data["partner_id"] = self.partner.id
        return {str(card.id if card else -1): data}

    def spend_at_two_tills(self, card, points):
        """Both tills check, then both sell, then both confirm. Returns accepted orders."""
        for _till in range(2):
            self.rpc(self.orders().validate_coupon_programs, {str(card.id): -points}, [])
        partner = card.partner_id
        accepted = [
            self.rpc(self.sell, [self.line(), self.reward_line(card, points)], partner)
            for _till in range(2)
        ]
        accepted = [order for order in accepted if order]
        for order in accepted:
            order = order.with_user(self.cashier)
            self.rpc(order.confirm_coupon_programs, self.changes(card, -points))
        self.env.invalidate_all()
        return accepted

    def at_the_same_moment(self):
        """What a request sees that runs beside another one: none of its effects yet."""
        order = type(self.env["pos.order"])
        return (
            patch.object(order, "_check_existing_loyalty_cards", lambda *args: None),
            patch.object(order, "_remove_duplicate_coupon_data", lambda *args: None),
        )

    # --- scenarios -------------------------------------------------------------------

    def row_a(self):
        """One prepaid credit of 100 pays 100 at two tills."""
        card = self.card(self.credit_program, 100, self.partner)

        accepted = self.spend_at_two_tills(card, 100)

        self.assertEqual((len(accepted), card.points), (1, 0))

    def row_a2(self):
        """One gift card of 100 pays 100 at two tills."""
        card = self.card(self.gift_program, 100)

        accepted = self.spend_at_two_tills(card, 100)

        self.assertEqual((len(accepted), card.points), (1, 0))

    def row_c(self):
        """A customer's first two purchases happen at two tills at the same moment."""
        orders = [self.sell(partner=self.partner) for _till in range(2)]
        check, duplicate = self.at_the_same_moment()
        with check, duplicate:
            for order in orders:
                data = self.changes(None, 10, self.program)
                self.rpc(order.with_user(self.cashier).confirm_coupon_programs, data)
        self.env.invalidate_all()

        cards = self.env["loyalty.card"].search(
            [("program_id", "=", self.program.id), ("partner_id", "=", self.partner.id)]
        )
        self.assertEqual(cards.mapped("points"), [20])

    def row_d(self):
        """One order is confirmed twice at once: the till timed out and tried again."""
        order = self.sell(partner=self.partner).with_user(self.cashier)
        check, duplicate = self.at_the_same_moment()
        with check, duplicate:
            for _try in range(2):
                data = self.changes(None, 10, self.program)
                self.rpc(order.confirm_coupon_programs, data)
        self.env.invalidate_all()

        cards = self.env["loyalty.card"].search(
            [("program_id", "=", self.program.id), ("partner_id", "=", self.partner.id)]
        )
        self.assertEqual(sum(cards.mapped("points")), 10)

    def row_e(self):
        """The connection is lost after the order was saved, before it was confirmed."""
        card = self.card(self.credit_program, 100, self.partner)

        self.sell([self.line(), self.reward_line(card, 100)], self.partner)

        self.assertEqual(card.points, 0)

    def row_f(self):
        """The customer was chosen while the till was offline: it never computed points."""
        card = self.card(self.program, 0, self.partner)

        self.sell(partner=self.partner)

        self.assertEqual(card.points, 10)

    def row_g(self):
        """An order that used 100 points and earned 30 is returned in full."""
        card = self.card(self.program, 100, self.partner)
        order = self.sell([self.line(qty=4), self.reward_line(card, 100)], self.partner)
        order.with_user(self.cashier).confirm_coupon_programs(self.changes(card, -100 + 39))

        back = [self.return_line(line, line.qty) for line in order.lines]
        refund = self.sell(back, self.partner)
        refund.with_user(self.cashier).confirm_coupon_programs(self.changes(card, 0))

        self.assertEqual(card.points, 100)

    def row_h(self):
        """A cashier writes a balance by RPC."""
        card = self.card(self.credit_program, 10, self.partner)

        self.rpc(card.with_user(self.cashier).write, {"points": 999999})

        self.assertEqual(card.points, 10)

    def row_h1(self):
        """A till confirms five million points for a small sale."""
        card = self.card(self.program, 0, self.partner)
        order = self.sell(partner=self.partner)

        self.rpc(
            order.with_user(self.cashier).confirm_coupon_programs, self.changes(card, 5_000_000)
        )

        self.assertEqual(card.points, 10)

    def row_h2(self):
        """A cashier edits, adds and deletes lines of the history."""
        card = self.card(self.program, 10, self.partner)
        history = card.history_ids.with_user(self.cashier)
        before = history.sudo().read(["issued", "description"])

        self.rpc(history.write, {"issued": 1, "description": "edited"})
        self.rpc(history.create, {"card_id": card.id, "issued": 5, "description": "x"})
        self.rpc(history.sudo().unlink)

        self.env.invalidate_all()
        self.assertEqual(card.history_ids.read(["issued", "description"]), before)

    def row_k(self):
        """The contact of a card with a balance is deleted."""
        card = self.card(self.credit_program, 77, self.env["res.partner"].create({"name": "K"}))
        owner = card.partner_id

        self.rpc(owner.unlink)

        self.env.invalidate_all()
        self.assertEqual(card.partner_id, owner)

    def row_l(self):
        """The database itself refuses a balance below zero and a second card."""
        card = self.card(self.credit_program, 10, self.partner)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE loyalty_card SET points = -5 WHERE id = %s", [card.id])

        second = self.rpc(self.card, self.credit_program, 10, self.partner)
        self.assertFalse(second)

    def row_m(self):
        """The history of a gift card that paid 30 of its 100 adds up to its balance."""
        card = self.card(self.gift_program, 100)
        order = self.sell([self.line(), self.reward_line(card, 30)], self.partner)
        order.with_user(self.cashier).confirm_coupon_programs(self.changes(card, -30))

        self.env.invalidate_all()
        told = sum(card.history_ids.mapped(lambda line: line.issued - line.used))
        self.assertEqual((told, card.points), (70, 70))

    def row_n(self):
        """Expired credit is shown to the till as spendable, and spent."""
        card = self.card(self.credit_program, 100, self.partner)
        card.with_user(self.admin).expiration_date = "2020-01-01"

        answer = self.orders().validate_coupon_programs({str(card.id): -100}, [])
        order = self.rpc(self.sell, [self.line(), self.reward_line(card, 100)], self.partner)

        self.assertFalse(answer["successful"])
        self.assertFalse(order)

    def row_o(self):
        """The e-mail or PDF that goes with a new gift card fails."""
        order = self.sell([self.line(self.gift)], self.partner)
        fault = patch.object(
            type(self.env["loyalty.card"]),
            "_send_creation_communication",
            side_effect=UserError("no printer of PDFs"),
        )
        with fault:
            data = self.changes(None, 50, self.gift_program)
            self.rpc(order.with_user(self.cashier).confirm_coupon_programs, data)
            for message in self.env["loyalty.club.outbox"].search([]):
                message._send()

        cards = self.env["loyalty.card"].search([("program_id", "=", self.gift_program.id)])
        self.assertEqual(cards.mapped("points"), [50])


ROWS = [name for name in dir(Scenarios) if name.startswith("row_")]


@tagged("post_install", "-at_install")
class TestClubHolds(Scenarios):
    """On programs kept by the club every scenario ends as a shop may expect."""

    managed = True

    def tearDown(self):
        self.assertLedgerSound()
        super().tearDown()


@tagged("post_install", "-at_install")
class TestStockFails(Scenarios):
    """The same scenarios fail on stock programs: each sees the defect it is about."""

    managed = False


def _holds(row):
    return lambda self: getattr(self, row)()


def _fails(row):
    def test(self):
        with self.assertRaises(AssertionError):
            getattr(self, row)()

    return test


for row in ROWS:
    setattr(TestClubHolds, f"test_{row}", _holds(row))
    setattr(TestStockFails, f"test_{row}", _fails(row))

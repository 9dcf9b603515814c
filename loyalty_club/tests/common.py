"""Words in which the club's tests speak: a club, a till, members, sales, returns."""

from uuid import uuid4

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class ClubCommon(TransactionCase):
    """A club of the main company that grants 1 point per 10 and whose points are worth 0.1,
    with one open till of its own and nothing sold yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.ref("base.main_company")
        # The shop's day is that of Date.today(), whoever asks and at whatever hour tests run.
        cls.company.partner_id.tz = "UTC"
        cls.env["loyalty.program"].search([]).active = False
        cls.club = cls.env["loyalty.club"].create({"name": "Test Club", "sequence": 1})
        cls.branch = cls.env["loyalty.club.branch"].create(
            {"name": "Test Shop", "club_id": cls.club.id, "code": "TS"}
        )
        cls.program = cls.club.program_id
        cls.reward = cls.program.reward_ids
        cls.tea = cls.product("Tea", 100.0)
        cls.bank_method = cls.env["pos.payment.method"].create(
            {
                "name": "Card machine",
                "journal_id": cls.env["account.journal"]
                .search([("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1)
                .id,
            }
        )
        cls.cashier = new_test_user(
            cls.env,
            "club_cashier",
            groups="point_of_sale.group_pos_user,loyalty_club.group_user",
        )
        cls.till = cls.new_till("Test Till")
        cls.till_session = cls.till.current_session_id  # `session` is HttpCase's
        cls.member = cls.new_member("Sara")

    @classmethod
    def new_till(cls, name):
        """A till of the test shop, open."""
        till = cls.env["pos.config"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "club_branch_id": cls.branch.id,
                "payment_method_ids": [Command.set(cls.bank_method.ids)],
            }
        )
        till.with_user(cls.env.ref("base.user_admin")).open_ui()
        till.current_session_id.action_pos_session_open()
        return till

    @classmethod
    def product(cls, name, price, **values):
        """A product sold at the till, without tax."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "available_in_pos": True,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def new_member(cls, name, **values):
        """An active member with a contact of that name."""
        partner = cls.env["res.partner"].create({"name": name})
        return cls.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": cls.club.id, **values}
        )

    @classmethod
    def new_kind(cls, kind_type):
        """A kind of money of the test club: prepaid credit or gift cards."""
        return cls.env["loyalty.club.wallet.kind"].create(
            {
                "name": kind_type,
                "type": kind_type,
                "club_id": cls.club.id,
                "currency_id": cls.company.currency_id.id,
                "rounding": 0.01,
            }
        )

    @classmethod
    def five_off(cls, **values):
        """A reward of the club's points: 10 of them take 5 off."""
        return cls.env["loyalty.reward"].create(
            {
                "program_id": cls.program.id,
                "reward_type": "discount",
                "discount_mode": "per_order",
                "discount": 5,
                "required_points": 10,
                "description": "Five off",
                **values,
            }
        )

    @classmethod
    def new_program(cls, program_type, product=None, kind=None, **values):
        """A program whose points are worth money; kept by the club when ``kind`` is given."""
        rule = {"reward_point_mode": "money"}
        if product:
            rule["product_ids"] = [Command.set(product.ids)]
        reward = {
            "reward_type": "discount",
            "discount_mode": "per_point",
            "discount": 1,
            "discount_applicability": "order",
            "required_points": 1,
        }
        return cls.env["loyalty.program"].create(
            {
                "name": program_type,
                "program_type": program_type,
                "applies_on": "future",
                "trigger": "auto",
                "company_id": cls.company.id,
                "club_wallet_kind_id": kind.id if kind else False,
                "rule_ids": [Command.create(rule)],
                "reward_ids": [Command.create(reward)],
                **values,
            }
        )

    # --- what a till sends -----------------------------------------------------------

    def line(self, product=None, qty=1, price=None, **values):
        """A sold line as the till sends it."""
        product = product or self.tea
        price = product.list_price if price is None else price
        return {
            "product_id": product.id,
            "qty": qty,
            "price_unit": price,
            "price_subtotal": qty * price,
            "price_subtotal_incl": qty * price,
            "discount": 0,
            "tax_ids": [],
            "pack_lot_ids": [],
            "uuid": str(uuid4()),
            **values,
        }

    def reward_line(self, card, points, reward=None, value=None, **values):
        """The line by which a till redeems ``points`` of ``card``."""
        reward = reward or card.program_id.reward_ids[:1]
        value = points * reward.discount if value is None else value
        return self.line(
            reward.discount_line_product_id,
            price=-value,
            is_reward_line=True,
            reward_id=reward.id,
            coupon_id=card.id,
            points_cost=points,
            reward_identifier_code=uuid4().hex[:6],
            **values,
        )

    def return_line(self, line, qty=1):
        """The line by which a till takes ``qty`` of a sold pos.order.line back.

        Like the stock till it copies product, price and taxes only.
        """
        return self.line(
            line.product_id, qty=-qty, price=line.price_unit, refunded_orderline_id=line.id
        )

    def payload(self, lines, partner=None, till=None, **values):
        """An order as the till sends it to ``sync_from_ui``, paid by card."""
        session = (till or self.till).current_session_id
        total = sum(line["price_subtotal_incl"] for line in lines)
        is_refund = any(line.get("refunded_orderline_id") for line in lines)
        if is_refund:  # the till turns the sign of all subtotals of such an order
            for line in lines:
                line["price_subtotal"] *= -1
                line["price_subtotal_incl"] *= -1
        now = fields.Datetime.to_string(fields.Datetime.now())
        payment = {
            "amount": total,
            "name": now,
            "payment_method_id": self.bank_method.id,
            "uuid": str(uuid4()),
        }
        return {
            "uuid": str(uuid4()),
            "name": "Test order",
            "session_id": session.id,
            "partner_id": partner.id if partner else False,
            "user_id": self.cashier.id,
            "company_id": self.company.id,
            "pricelist_id": session.config_id.pricelist_id.id,
            "fiscal_position_id": False,
            "sequence_number": 1,
            "tracking_number": "1",
            "date_order": now,
            "amount_total": total,
            "amount_tax": 0,
            "amount_paid": total,
            "amount_return": 0,
            "is_refund": is_refund,
            "state": "paid",
            "lines": [Command.create(line) for line in lines],
            "payment_ids": [Command.create(payment)] if total else [],
            **values,
        }

    def sync(self, payload, user=None):
        """Send an order to the server as a cashier and return it."""
        orders = self.env["pos.order"].with_user(user or self.cashier)
        orders.sync_from_ui([payload])
        return self.env["pos.order"].search([("uuid", "=", payload["uuid"])])

    def sell(self, lines=None, partner=None, **values):
        """Sell at the till; one tea by default."""
        return self.sync(self.payload(lines or [self.line()], partner, **values))

    # --- what must hold --------------------------------------------------------------

    def points_card(self, member=None):
        """The stock card that mirrors a member's points."""
        member = member or self.member
        return member.wallet_ids.filtered(lambda wallet: wallet.type == "points").card_ids

    def give_points(self, points, member=None):
        """Put points into a member's wallet through the ledger."""
        card = self.points_card(member)
        card.with_user(self.env.ref("base.user_admin")).points += points
        return card

    def assertPoints(self, points, member=None):
        """The wallet, the stock card and the stock history agree on ``points``."""
        self.env.invalidate_all()
        card = self.points_card(member)
        history = sum(card.history_ids.mapped(lambda line: line.issued - line.used))
        self.assertEqual(
            (card.club_wallet_id.balance, card.points, history), (points, points, points)
        )

    def assertLedgerSound(self):
        """The audit of the whole ledger finds nothing."""
        result = self.env["loyalty.club.audit"]._run()
        self.assertFalse(result["faults"], result["text"])

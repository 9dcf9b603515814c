"""A till sale that earns points, uses some and is paid in part from a wallet, against stock's.

Ours: the payment is held (`pay`), then the order is sent; besides these two calls our till only
pings the server (`/pos/ping`, no statement of SQL). Stock: a points program and an eWallet that no
club keeps, by its three calls, in a database where our addons are not installed. The figure is the
server's time for all calls of one order, each with a cursor and a commit of its own; both kinds
of sale take turns.
"""

from decimal import Decimal
from uuid import uuid4

from bench_till_earn import ORDERS, ClubLane, StockLane, _race
from clubtool.bench import Result

from tests.support.orders import paid_order, redeemed, sold

PLENTY = 1_000_000
POINTS, CREDIT = 50, 20
GOODS = 174.5


def run(context):
    """Measure both sides; the ratio of the medians."""
    ours, stock = _race(context, WalletLane, EwalletLane)
    return Result("till_sale", ours.median(), stock.median(), "ms", ORDERS)


class Sale:
    """What both sides sell: the same goods, the same points, the same credit."""

    def sell(self, number):
        """As in the other benchmark, but with points and credit."""
        self.number = number
        super().sell(number)

    def order_of(self, partner, lines):
        """An order with these lines besides the goods."""
        goods = [sold(product) for product in self.products]
        return paid_order(self.till, [*goods, *lines], partner)


class WalletLane(Sale, ClubLane):
    """A member with points and credit on the ledger."""

    label = database = "sale"
    points = 0

    def open_till(self, shop, cashier):
        """A till that is paid with the club's credit as well."""
        env = shop.env
        self.club = env["loyalty.club"]._for_company(shop.company)
        self.kind = env["loyalty.club.wallet.kind"].create(
            {
                "name": "Bench credit",
                "club_id": self.club.id,
                "type": "ewallet",
                "currency_id": shop.company.currency_id.id,
                "rounding": 1,
            }
        )
        method = env["pos.payment.method"].create(
            {
                "name": "Bench credit",
                "journal_id": shop.payment_method.journal_id.id,
                "payment_method_type": "terminal",
                "use_payment_terminal": "club_wallet",
                "club_wallet_kind_id": self.kind.id,
            }
        )
        self.method_id = method.id
        methods = shop.payment_method | method
        return shop.till("Bench till", cashier, payment_method_ids=[(6, 0, methods.ids)])

    def give_cards(self, shop):
        """Points and credit for everybody."""
        from odoo.addons.loyalty_club.movement import Movement

        cards = super().give_cards(shop)
        env = shop.env
        members = env["loyalty.club.member"].browse(self.members)
        purses = self.kind._wallets_of(members)
        wallets = self.club.points_kind_id._wallets_of(members)
        env["loyalty.club.wallet"]._post_or_raise(
            Movement(wallet.id, Decimal(PLENTY), "opening", f"bench:open:{wallet.id}")
            for wallet in (*purses.values(), *wallets.values())
        )
        self.reward = shop.reward(self.club.program_id)
        by_member = {member.id: member.partner_id.id for member in members}
        self.card_of = {by_member[key]: wallet.card_ids.id for key, wallet in wallets.items()}
        self.purses = [wallet.id for wallet in purses.values()]
        del self.club, self.kind
        return cards

    def calls(self, order, partner, call):
        """Hold, then sell: the till neither asks about points before nor confirms them."""
        card = self.card_of[partner]
        order = self.order_of(partner, [redeemed(card, self.reward, POINTS)])
        key = str(uuid4())
        till = self.till["config_id"]
        held = call(
            *("_club_pay", self.method_id, str(CREDIT), key),
            ids=[till],
            model="pos.config",
            partner_id=partner,
        )
        assert held["status"] == "open", held
        (payment,) = order["payment_ids"]
        by_credit = {
            **payment[2],
            "uuid": str(uuid4()),
            "amount": CREDIT,
            "club_key": key,
            "payment_method_id": self.method_id,
        }
        payment[2]["amount"] -= CREDIT
        order["payment_ids"].append([0, 0, by_credit])
        call("sync_from_ui", [order])

    def check(self, orders):
        """Every order was paid from the wallet, once."""
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT SUM(%s - balance) FROM loyalty_club_wallet WHERE id = ANY(%s)",
                [PLENTY, self.purses],
            )
            (spent,) = cursor.fetchone()
        assert spent == orders * CREDIT, f"{spent} was paid, not {orders * CREDIT}"


class EwalletLane(Sale, StockLane):
    """The same with programs of stock's."""

    label = database = "stock_sale"

    def give_cards(self, shop):
        """Points and an eWallet for everybody."""
        cards = super().give_cards(shop)
        env = shop.env
        env["loyalty.card"].browse(cards).points = PLENTY
        self.reward = shop.reward(env["loyalty.program"].browse(self.program_id))
        made = env["loyalty.program"].create_from_template("ewallet")
        wallet = env["loyalty.program"].browse(made["res_id"])
        self.ewallet = shop.reward(wallet)
        purses = env["loyalty.card"].create(
            [
                {"program_id": wallet.id, "partner_id": partner.id, "points": PLENTY}
                for partner in self.partners
            ]
        )
        self.purse_of = {card.partner_id.id: card.id for card in purses}
        self.purses = purses.ids
        return cards

    def calls(self, order, partner, call):
        """Check, sell, confirm."""
        card, purse = self.card_of[partner], self.purse_of[partner]
        paid = redeemed(purse, {**self.ewallet, "point_value": 1}, CREDIT)
        order = self.order_of(partner, [redeemed(card, self.reward, POINTS), paid])
        changes = {card: (self.program_id, self.points - POINTS)}
        changes[purse] = (self.ewallet["program_id"], -CREDIT)
        data = {
            str(key): {
                "points": points,
                "program_id": program,
                "coupon_id": key,
                "barcode": False,
                "partner_id": partner,
            }
            for key, (program, points) in changes.items()
        }
        call("validate_coupon_programs", {key: value["points"] for key, value in data.items()}, [])
        result = call("sync_from_ui", [order])
        order_id = result["pos.order"][0]["id"]
        call("confirm_coupon_programs", data, ids=[order_id])

    def check(self, orders):
        """Every order was paid from the eWallet."""
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT SUM(%s - points) FROM loyalty_card WHERE id = ANY(%s)",
                [PLENTY, self.purses],
            )
            (spent,) = cursor.fetchone()
        assert spent == orders * CREDIT, f"{spent} was paid, not {orders * CREDIT}"

"""What a till asks while a customer pays with value of the club."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from ..domain.codes import typed
from ..domain.lots import ZERO
from ..movement import Basket
from ..transaction import in_short_transaction
from .hold import HoldOutcome
from .pos_card import LONGEST_CODE
from .pos_lines import money

_MOST_LINES = 500
# What a payment asks of the kind that pays
_KIND = ("name", "club_id", "company_id", "currency_id", "rounding", "type", "bearer", "code_above")
_LESS_WILL_DO = frozenset({"insufficient", "limit_day", "limit_month", "minimum", "conditions"})


class Asked(NamedTuple):
    """A payment that a till asks for.

    :param amount: money to be paid, a Decimal in the till's currency.
    :param up_to: whether less is taken when there is less.
    :param pin: of the customer's card, as she typed it.
    :param code: the one-time code that was sent to her, as she said it.
    :param basket: what is bought, as the till says: value on conditions asks for it.
    """

    method: object
    wallet: object
    amount: Decimal
    key: str
    up_to: bool = False
    pin: str | None = None
    code: str | None = None
    basket: Basket | None = None


class PosConfig(models.Model):
    """Payment methods that pay from the club's wallets. What is paid is held at once, in a
    transaction of its own, and taken when the order arrives."""

    _inherit = "pos.config"

    def _club_pay(self, method_id, amount, key, *, partner_id=False, card="", goods=(), **asked):
        """Hold what one payment of an order takes.

        :param method_id: id of a payment method of this till that pays from the club.
        :param amount: decimal number as text, in the till's currency.
        :param key: made and kept by the till before it asks. The same key is answered the same.
        :param partner_id: the order's customer.
        :param card: code of a gift card, as it was scanned or typed.
        :param goods: what is bought: dicts with ``product_id``, ``price_subtotal_incl``.
        :param asked: ``up_to`` (less will do when there is less), ``pin``, ``code``.
        :returns: the envelope of :class:`~.pos_wallet.PosConfig`, with ``pays`` (money that is
            held, as text) and ``left`` (money the customer can still pay with this method). When
            refused for the reason ``pin`` or ``code`` the till asks the customer for it and tries
            again with the same key.
        :raises UserError: for what is no payment of this till.
        """
        self._club_check_cashier()
        method = self._club_method(method_id)
        amount, key = self._club_price(amount), self._club_till_key(key)
        wallet, message = self._club_purse(method, partner_id, card)
        if not wallet:
            refused = HoldOutcome("refused", "insufficient", None, ZERO)
            return self._club_in_money(method, self._club_answer(refused, message))
        if earlier := self._club_earlier(key):
            return self._club_again(method, wallet, earlier)
        basket = self._club_basket(goods)
        return self._club_hold(Asked(method, wallet, amount, key, basket=basket, **asked))

    def _club_payment_state(self, key):
        """What became of a payment that a till asked for before it was reloaded.

        :returns: dict with ``status`` (of the hold, or ``unknown``) and ``pays``.
        :raises UserError: for a payment of another club.
        """
        self._club_check_cashier()
        hold = self._club_earlier(self._club_till_key(key))
        if not hold:
            return {"club": 1, "status": "unknown", "pays": self._club_text(ZERO)}
        self._club_wallet(hold.wallet_id.id)
        return {"club": 1, "status": hold.state, "pays": self._club_text(self._club_pays(hold))}

    # --- what is asked ---------------------------------------------------------------

    def _club_method(self, method_id):
        # sudo: what a method of her own till pays with is no secret to the cashier
        found = (
            self.env["pos.payment.method"]
            .sudo()
            .search_fetch(
                [
                    ("id", "=", self._club_id(method_id)),
                    ("config_ids", "in", self.ids),
                    ("club_wallet_kind_id", "!=", False),
                ],
                ["club_wallet_kind_id"],
            )
        )
        found.club_wallet_kind_id.fetch(_KIND)
        if not found or found.club_wallet_kind_id.club_id != self.sudo()._club():
            raise UserError(
                self.env._("This till's club is not paid with by that method. Reload the till.")
            )
        return found

    def _club_price(self, text):
        """``text`` as a positive amount of money in the till's currency.

        :raises UserError: when it is not.
        """
        try:
            amount = Decimal(text) if isinstance(text, str) and len(text) < 30 else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        step = Decimal(str(self.currency_id.rounding))
        if not amount.is_finite() or not 0 < amount < 10**15 or amount % step:
            raise UserError(self.env._("Enter an amount above zero, then try again."))
        return amount

    def _club_basket(self, goods):
        """What is bought, as far as the till says; the order is judged by its own lines."""
        lines = [line for line in goods or () if isinstance(line, dict)][:_MOST_LINES]
        lines = [line for line in lines if not line.get("reward_id")]
        ids = [self._club_id(line.get("product_id")) for line in lines]
        # sudo: categories of the products of the cashier's own till
        products = self.env["product.product"].sudo().browse(ids).exists()
        categories = {product.id: product.categ_id.id for product in products}
        by_category = {}
        for product, line in zip(ids, lines, strict=True):
            worth = line.get("price_subtotal_incl")
            if product in categories and isinstance(worth, int | float):
                category = categories[product]
                by_category[category] = by_category.get(category, ZERO) + money(worth)
        total = sum(by_category.values(), ZERO)
        return Basket(total, self.club_branch_id.id or None, by_category)

    def _club_purse(self, method, partner_id, card):
        """The wallet that is to pay.

        :returns: wallet, and where there is none a sentence for the cashier.
        """
        if method.club_bearer:
            return self._club_bearer_wallet(method, card)
        kind = method.club_wallet_kind_id
        # sudo: the till looks its own customer up
        partner = self.env["res.partner"].sudo().browse(self._club_id(partner_id) or ())
        member = partner.env["loyalty.club.member"]._find(kind.club_id, partner)
        if not member and not partner.exists():
            return None, self.env._("Choose the customer who pays with “%s” first.", kind.name)
        wallet = partner.env["loyalty.club.wallet"]
        wallet = member and wallet.search_fetch(
            [("kind_id", "=", kind.id), ("member_id", "=", member.id)], limit=1
        )
        if not wallet:
            return None, self.env._(
                "%(customer)s has nothing in “%(kind)s” yet.", customer=partner.name, kind=kind.name
            )
        return wallet, None

    def _club_bearer_wallet(self, method, card):
        limits = self.env["loyalty.club.rate.limit"]
        code = typed(card).strip() if isinstance(card, str) and len(card) <= LONGEST_CODE else ""
        if not code:
            return None, self.env._("Scan or type the code of the gift card.")
        if refusal := limits._code_refusal():
            return None, refusal
        kind = method.club_wallet_kind_id
        # sudo: whoever has the code has the card
        found = (
            self.env["loyalty.card"]
            .sudo()
            .search([("code", "=", code), ("club_wallet_id.kind_id", "=", kind.id)], limit=1)
        )
        if not found:
            limits._code_wrong()
            return None, self.env._("There is no “%(kind)s” with this code.", kind=kind.name)
        limits._code_found()
        return found.club_wallet_id, None

    # --- holding ---------------------------------------------------------------------

    def _club_earlier(self, key):
        # sudo: as for wallets; the hold's wallet is checked by who calls
        return (
            self.env["loyalty.club.hold"]
            .sudo()
            .search_fetch([("key", "=", key)], ("wallet_id", "state", "pays"))
        )

    def _club_again(self, method, wallet, hold):
        """The answer to a key that was asked with before: whatever was lost is told again."""
        free = self.env["loyalty.club.hold"].sudo()._available(wallet.id)  # sudo: as above
        if hold.wallet_id != wallet:
            outcome = HoldOutcome("refused", "key_reused", hold.id, free)
        elif hold.state in ("open", "captured"):
            outcome = HoldOutcome(hold.state, None, hold.id, free, True)
        else:
            outcome = HoldOutcome("refused", "over", hold.id, free)
        return self._club_in_money(
            method, self._club_envelope(wallet, outcome), self._club_pays(hold)
        )

    def _club_hold(self, asked):
        """Ask for the PIN and the code where they are needed, then set the value aside."""
        method, wallet = asked.method, asked.wallet
        rate = method._club_rate(self.currency_id)
        if not rate:
            raise UserError(
                self.env._(
                    "The club does not say what “%s” is worth in money, so nobody can pay with it.",
                    method.club_wallet_kind_id.name,
                )
            )
        if refusal := self._club_pin_refusal(wallet, asked.pin):
            return self._club_in_money(method, refusal)
        free = money(wallet.available)
        pays, units = self._club_part(asked, rate, free)
        if units and units <= free and (refusal := self._club_code_refusal(asked, units, free)):
            return self._club_in_money(method, refusal)
        outcome = self._club_set_aside(asked, units, pays)
        if asked.up_to and outcome.reason in _LESS_WILL_DO and ZERO < outcome.available < units:
            pays, units = self._club_part(asked, rate, outcome.available)
            outcome = self._club_set_aside(asked, units, pays)
        if outcome.replayed:  # the same request came in twice at one moment
            pays = self._club_pays(self._club_earlier(asked.key))
        return self._club_in_money(method, self._club_envelope(wallet, outcome), pays)

    def _club_part(self, asked, rate, free):
        """Money and units of the payment: all that is asked, or what ``free`` units pay for."""
        units = asked.method._club_units(asked.amount, rate)
        if units <= free or not asked.up_to:
            return asked.amount, units
        pays = asked.method._club_money(free, rate, self.currency_id)
        return pays, asked.method._club_units(pays, rate)

    def _club_set_aside(self, asked, units, pays):
        if not units:
            return HoldOutcome("refused", "insufficient", None, ZERO)
        details = {
            "origin": (self._name, self.id),
            "branch_id": self.club_branch_id.id or None,
            "note": self.name,
            "pays": pays,
            "basket": asked.basket,
        }
        wallet_id, key = asked.wallet.id, asked.key
        return in_short_transaction(
            self.env,
            lambda env: (
                env["loyalty.club.hold"]
                .sudo()  # sudo: the till was checked; the ledger books for it
                ._authorize(wallet_id, units, key, **details)
            ),
        )

    def _club_code_refusal(self, asked, units, free):
        """The envelope that asks for the code that was sent; None when it may go on."""
        kind, member = asked.method.club_wallet_kind_id, asked.wallet.member_id
        if not kind._needs_code(asked.wallet, units):
            return None
        # sudo: the till was checked; the code is sent to the wallet's holder alone
        codes = self.env["loyalty.club.one.time.code"].sudo()
        purpose = "till_payment"
        if asked.code:
            answer = codes._check(purpose, asked.key, str(asked.code)[:20])
            if answer == "ok":
                return None
            message = codes._check_text(answer)
        else:
            told = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
            about = told._(
                "%(shop)s: pay with %(amount)s.", shop=self.name, amount=kind._format(units)
            )
            place = codes._issue(
                purpose, member.partner_id, asked.key, about=about, company=self.company_id
            )
            message = self.env._(
                "A code was sent to %(place)s. Let the customer tell it to you.", place=place
            )
        return self._club_answer(HoldOutcome("refused", "code", None, free), message)

    # --- answers ---------------------------------------------------------------------

    @staticmethod
    def _club_pays(hold):
        return Decimal(str(hold.pays))

    def _club_in_money(self, method, answer, pays=ZERO):
        """The envelope with what it means in money."""
        rate, free = method._club_rate(self.currency_id), Decimal(answer["available"])
        left = method._club_money(free, rate, self.currency_id)
        return answer | {"pays": self._club_text(pays), "left": self._club_text(left)}

    def _club_text(self, amount):
        return f"{amount:.{self.currency_id.decimal_places}f}"

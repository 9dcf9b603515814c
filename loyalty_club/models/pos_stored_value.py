"""The part of a till order that sells, or returns, gift cards and prepaid credit."""

from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import UserError

from ..clock import today_in
from ..domain.earning import refunded_share, round_to
from ..domain.lots import ZERO
from ..movement import Authority, Movement, authority
from .pos_lines import money, returns_of, worth


class PosStoredValue:
    """Stored value is booked from the lines that sell it, in the order's transaction."""

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.products = self.env["loyalty.program"]._club_stored_value_products()

    def _program(self, line):
        """The managed gift card or prepaid credit program whose product the line sells."""
        by_company = self.products.get(line.product_id.id, {})
        program_id, managed = by_company.get(
            self.order.company_id.id, by_company.get(False, (None, False))
        )
        return self.env["loyalty.program"].browse(program_id if managed else ())

    # --- sold ------------------------------------------------------------------------

    def sold(self):
        """Movements for what was bought; new gift cards are made here, once per order."""
        lines = self.settlement.sold.filtered(
            lambda line: (
                self._program(line)
                and line.qty > 0
                and not line.is_reward_line
                and not line._club_of_other_document()
            )
        )
        if not lines:
            return []
        made_before = self.env["loyalty.card"].search_count(
            [("source_pos_order_id", "=", self.order.id), ("club_wallet_id", "!=", False)], limit=1
        )
        movements = []
        for line in lines:
            program = self._program(line)
            if not program.club_wallet_kind_id.bearer:
                movements += self._top_up(line, program.club_wallet_kind_id)
            elif not made_before:
                movements += self._gift_cards(line, program)
        return movements

    def _top_up(self, line, kind):
        """Credit bought at the till goes to the buyer's own wallet, with its bonus.

        :raises UserError: when no customer is on the order, or what is paid is less than the
            smallest amount that can be kept.
        """
        if not line.price_subtotal_incl:  # given away: there is nothing to book
            return []
        partner = self.order.partner_id
        if not partner:
            raise UserError(
                self.env._("Choose the customer whose “%(kind)s” is topped up.", kind=kind.name)
            )
        member = self.env["loyalty.club.member"]._enrol(
            kind.club_id, partner, channel="pos", branch=self.settlement.branch
        )
        wallet = kind._wallets_of(member)[member.id]
        self.env["loyalty.card"]._club_create_for(kind, wallet)
        paid = self._movement(wallet, "topup", worth(line), line.uuid)
        if paid.amount <= 0:
            raise UserError(
                self.env._(
                    "%(paid)s is too little to top up “%(kind)s”: the smallest amount is "
                    "%(step)s. Change the price of the line, or remove it.",
                    paid=self.order.currency_id.format(float(worth(line))),
                    kind=kind.name,
                    step=kind._format(kind.rounding),
                )
            )
        offer = kind._offer_for(paid.amount)
        if not offer:
            return [paid]
        bonus = self._movement(wallet, "bonus", kind._bonus_for(paid.amount), f"{line.uuid}:bonus")
        expires_on = offer.expiry_policy_id._expires_on(today_in(kind.company_id)) or None
        return [paid, replace(bonus, expires_on=expires_on)]

    def _gift_cards(self, line, program):
        """One card per unit sold, each worth what was paid for it.

        :raises UserError: when part of a card is sold.
        """
        self._check_whole(line)
        step = Decimal(str(program.club_wallet_kind_id.rounding))
        each = round_to(worth(line) / money(line.qty), step, "down")
        movements = []
        granted = Authority("issue", "issue", self.settlement.key, origin=self.settlement.origin)
        with authority(granted):
            for unit in range(int(line.qty)):
                card = self._gift_card(line, program, unit)
                missing = each - money(card.points)
                if missing > 0:
                    part = f"{line.uuid}:{unit}"
                    movements.append(self._movement(card.club_wallet_id, "issue", missing, part))
        return movements

    def _gift_card(self, line, program, unit):
        """The card sold: the plastic one whose code was read, or a new one.

        :raises UserError: when the plastic card was sold before.
        """
        code = False if unit else line.club_gift_code
        Card = self.env["loyalty.card"]
        card = Card.search([("code", "=", code)], limit=1) if code else Card
        if card and (card.program_id != program or card.source_pos_order_id or card.use_count):
            raise UserError(
                self.env._("The gift card %(code)s was sold before. Take another.", code=code)
            )
        if card:
            card.source_pos_order_id = self.order
            return card
        values = {"program_id": program.id, "source_pos_order_id": self.order.id}
        if code:
            values |= {"code": code, "expiration_date": line.club_gift_valid_until}
        card = Card.with_context(loyalty_no_mail=True, tracking_disable=True).create(values)
        self.env["loyalty.club.outbox"]._queue_new_card(card)
        return card

    def _movement(self, wallet, kind, amount, part):
        return Movement(
            wallet_id=wallet.id,
            amount=round_to(amount, Decimal(str(wallet.kind_id.rounding)), "down"),
            kind=kind,
            key=f"{self.settlement.key}:stored:{part}",
            **self.settlement.common(),
        )

    # --- returned --------------------------------------------------------------------

    def taken_back(self):
        """Take back what returned gift cards or top-ups were worth.

        What is taken back in all follows from all that has come back of a line so far, at any
        till. Refused by the ledger when some of it was already spent.

        :raises UserError: when more comes back than was sold, or is there to be taken back.
        """
        movements = []
        lines = self.settlement.returned.filtered(self._program)
        for sold in lines.refunded_orderline_id:
            program = self._program(sold)
            back = -sum((money(line.qty) for line in self._returns(sold)), ZERO)
            if back > money(sold.qty):
                self._refuse_return(sold)
            entries = self._entries(sold)
            if program.club_wallet_kind_id.bearer:
                for line in lines.filtered(lambda line, s=sold: line.refunded_orderline_id == s):
                    self._check_whole(line)
                movements += self._cards_back(sold, entries, int(back))
            else:
                movements += self._credit_back(sold, entries, back)
        return movements

    def _returns(self, sold):
        return returns_of(sold.order_id).filtered(lambda line: line.refunded_orderline_id == sold)

    def _cards_back(self, sold, entries, back):
        """Whole gift cards: those not taken back yet, the first sold first."""
        opened = entries.filtered(lambda entry: not entry.reversal_ids)
        due = back - len(entries.filtered(self._given_up))
        if due > len(opened) and self._step_of(sold) <= worth(sold) / money(sold.qty):
            self._refuse_return(sold)
        return [self._reverse(entry, money(entry.amount)) for entry in opened[: max(due, 0)]]

    def _credit_back(self, sold, entries, back):
        """The returned share of a top-up, and the bonus that what is kept does not earn."""
        step = self._step_of(sold)
        if not entries and worth(sold) >= step:
            self._refuse_return(sold)
        lapsed = entries._lapsed()
        movements = []
        kept = ZERO
        for entry in entries:  # the top-up comes before its bonus
            amount = money(entry.amount)
            if entry.kind == "bonus":
                due = amount - min(amount, entry.kind_id._bonus_for(kept))
                due = min(due, amount - lapsed.get(entry.id, ZERO))
            else:
                due = refunded_share(amount, money(sold.qty), back, step)
                kept = amount - due
            due -= self._given_up(entry)
            if due > 0:
                movements.append(self._reverse(entry, due))
        return movements

    @staticmethod
    def _given_up(entry):
        """What returns have taken back of an entry so far, a Decimal."""
        returns = entry.reversal_ids.filtered(lambda e: e.kind in ("refund_topup", "bonus"))
        return -sum((money(part.amount) for part in returns), ZERO)

    def _step_of(self, line):
        return money(self._program(line).club_wallet_kind_id.rounding)

    def _entries(self, sold):
        """Entries by which the sold line put value into wallets, as they were booked."""
        prefix = f"pos:{sold.order_id.uuid}:stored:{sold.uuid}"
        return self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "=", sold.order_id.id),
                ("idempotency_key", "=like", f"{prefix}%"),
            ],
            order="id",
        )

    def _reverse(self, entry, amount):
        return Movement(
            # where a merge has moved the value to
            wallet_id=entry.wallet_id._successor().id,
            amount=-amount,
            kind="bonus" if entry.kind == "bonus" else "refund_topup",
            key=f"{self.settlement.key}:stored:{entry.id}",
            reverses_id=entry.id,
            **self.settlement.common(),
        )

    # --- refusals --------------------------------------------------------------------

    def _check_whole(self, line):
        if money(line.qty) % 1:
            raise UserError(
                self.env._(
                    "“%(product)s” is sold and returned one by one. Enter a whole number.",
                    product=line.product_id.display_name,
                )
            )

    def _refuse_return(self, sold):
        raise UserError(
            self.env._(
                "So much of “%(product)s” cannot be returned for %(order)s: it has come back "
                "already, or its value was not booked with that sale. Ask a club manager.",
                product=sold.product_id.display_name,
                order=sold.order_id.name,
            )
        )

"""The part of a till order that sells, or returns, gift cards and prepaid credit."""

from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import UserError

from ..clock import today_in
from ..domain.earning import round_to
from ..movement import Authority, Movement, authority
from .pos_lines import money, worth


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

        :raises UserError: when no customer is on the order.
        """
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
        offer = kind._offer_for(paid.amount)
        if not offer:
            return [paid]
        bonus = self._movement(wallet, "bonus", kind._bonus_for(paid.amount), f"{line.uuid}:bonus")
        expires_on = offer.expiry_policy_id._expires_on(today_in(kind.company_id)) or None
        return [paid, replace(bonus, expires_on=expires_on)]

    def _gift_cards(self, line, program):
        """One card per unit sold, each worth what was paid for it."""
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

        Refused by the ledger when some of it was already spent.
        """
        movements = []
        for line in self.settlement.returned.filtered(self._program):
            entries = self._open_entries(line.refunded_orderline_id)
            topups = entries.filtered(lambda entry: entry.kind in ("topup", "bonus"))
            for entry in topups or entries[: int(-line.qty)]:
                movements.append(self._reverse(line, entry))
        return movements

    def _open_entries(self, sold_line):
        """Entries by which the sold line put value into wallets, not yet taken back."""
        prefix = f"pos:{sold_line.order_id.uuid}:stored:{sold_line.uuid}"
        entries = self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "=", sold_line.order_id.id),
                ("idempotency_key", "=like", f"{prefix}%"),
            ],
            order="id",
        )
        return entries.filtered(lambda entry: not entry.reversal_ids)

    def _reverse(self, line, entry):
        return Movement(
            wallet_id=entry.wallet_id.id,
            amount=-money(entry.amount),
            kind="bonus" if entry.kind == "bonus" else "refund_topup",
            key=f"{self.settlement.key}:stored:{line.uuid}:{entry.id}",
            reverses_id=entry.id,
            **self.settlement.common(),
        )

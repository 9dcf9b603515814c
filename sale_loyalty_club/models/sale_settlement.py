"""What a sales order means for the cards on it: the ledger is brought in line with it.

An order says what it takes from cards (its reward lines) and what it puts onto them (gift
cards and credit it sells). What the ledger has booked for it so far is known from its
entries. Only the difference is posted, whatever stock did in between: a repeat posts
nothing, a cancelled order gives everything back.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.loyalty_club.clock import today_in
from odoo.addons.loyalty_club.domain.earning import refunded_share, round_to
from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.models.loyalty_program import STORED_VALUE
from odoo.addons.loyalty_club.movement import Authority, Movement

from .sale_claims import check_claims
from .sale_lines import basket_of, exact, returned, total
from .sale_rewards import settle_rewards
from .sale_taken import SaleTaken

SPENDING = ("spend", "refund_spend")
PUTTING = ("topup", "issue", "refund_topup")
BONUS = ("bonus",)


class SaleSettlement:
    """One order against what the ledger has booked for it."""

    def __init__(self, order):
        # sudo: who sells, buys or invoices; the ledger books on the club's behalf
        self.order = order.sudo()
        self.env = self.order.env
        self.origin = ("sale.order", order.id)
        self.confirmed = self.order.state == "sale"
        self.taken = SaleTaken(self.order)

    def run(self, changed):
        """Post the difference between what the order says and what is booked.

        :param changed: check the claims, and work out anew what is sold.
        :raises UserError: when something is refused; the caller's transaction is undone.
        """
        if self.confirmed and changed:
            check_claims(self.order)
            self._renew_stored_value()
        self.taken.collect()
        settle_rewards(self.order, self.taken.collected())
        spent, put = self._booked()
        granted = self._authority()
        movements = self._spending(spent, granted) + self._putting(put, granted)
        self._post(sorted(movements, key=lambda movement: movement.amount > 0))

    def uncommitted(self, card):
        """Points of ``card`` that the order has booked and its lines take no longer."""
        spent, _put = self._booked()
        return -spent[card.club_wallet_id.id] - self._costs().get(card, ZERO)

    # --- what is booked --------------------------------------------------------------

    def _booked(self):
        """Net amounts the ledger has booked for the order, by wallet id.

        What was taken back counts for the wallet that had got it, also where a merge has moved
        the value to another one since.

        :returns: two dicts: what was spent (negative), and what was put onto cards.
        """
        spent, put = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        self.env.cr.execute(
            SQL(
                "SELECT COALESCE(r.wallet_id, e.wallet_id), e.kind IN %s, SUM(e.amount)::text"
                "  FROM loyalty_club_entry e"
                "  LEFT JOIN loyalty_club_entry r ON r.id = e.reverses_id"
                " WHERE e.origin_model = %s AND e.origin_id = %s AND e.kind IN %s GROUP BY 1, 2",
                SPENDING,
                *self.origin,
                SPENDING + PUTTING,
            )
        )
        for wallet_id, spending, amount in self.env.cr.fetchall():
            (spent if spending else put)[wallet_id] = Decimal(amount)
        return spent, put

    def _cards(self, wallet_ids):
        """The cards of these wallets, archived ones as well, by wallet id."""
        Card = self.env["loyalty.card"].with_context(active_test=False)
        cards = Card.search([("club_wallet_id", "in", list(wallet_ids))]) if wallet_ids else Card
        return {card.club_wallet_id.id: card for card in cards}

    def _authority(self):
        branch, _club = self.order._club_place()
        return Authority(
            "refund_spend",
            "spend",
            key=f"so:{self.order.id}",
            origin=self.origin,
            branch_id=branch.id or None,
            note=self.order.name,
            basket=basket_of(self.order, branch),
        )

    # --- what the order takes from cards ---------------------------------------------

    def _costs(self):
        """What the order's rewards take from each card, less the part that came back."""
        costs = defaultdict(lambda: ZERO)
        for line in self.order.order_line if self.confirmed else ():
            if line.coupon_id.club_wallet_id and line.points_cost and line.product_uom_qty:
                step = exact(line.coupon_id.club_wallet_id.kind_id.rounding)
                cost = round_to(exact(line.points_cost), step, "up")
                ordered, back = returned(line)
                if back:
                    cost -= refunded_share(cost, ordered, back, step)
                costs[line.coupon_id] += cost
        for card, less in self.taken.relief().items() if costs else ():
            costs[card] = max(costs[card] - less, ZERO)
        return costs

    def _spending(self, booked, granted):
        targets = {card.club_wallet_id.id: cost for card, cost in self._costs().items()}
        cards = self._cards(booked.keys() | targets.keys())
        movements = []
        for wallet_id, card in cards.items():
            delta = -booked[wallet_id] - targets.get(wallet_id, ZERO)
            if delta:
                movements += card._club_movements(delta, granted)
        return movements

    # --- what the order puts onto cards ----------------------------------------------

    def _stored_rows(self):
        """Rows in which stock keeps what the order puts onto managed cards."""
        return self.order.coupon_point_ids.filtered(
            lambda row: (
                row.coupon_id.club_wallet_id
                and row.coupon_id.program_id.program_type in STORED_VALUE
            )
        )

    def _renew_stored_value(self):
        """Let the value of gift cards and credit sold follow the order's lines."""
        order, rows = self.order, self._stored_rows()
        programs = rows.coupon_id.program_id
        for line in order.order_line:
            programs |= line._club_stored_value()
        if not programs:
            return
        self._enrol_buyer(programs)
        status = order._program_check_compute_points(programs)
        before = order.coupon_point_ids.coupon_id
        for program, found in status.items():
            values = [points for points in found.get("points", ()) if points]
            mine = rows.filtered(lambda row, p=program: row.coupon_id.program_id == p)
            if mine:
                self._renew(mine, program, values)
            elif values:
                order._try_apply_program(program)
        new = order.coupon_point_ids.coupon_id - before
        self.env["loyalty.club.outbox"]._queue_new_card(new)

    def _enrol_buyer(self, programs):
        """Credit belongs to a member: whoever buys it becomes one."""
        branch, _club = self.order._club_place()
        website = "website_id" in self.order._fields and self.order.website_id
        kinds = programs.club_wallet_kind_id.filtered(lambda kind: not kind.bearer)
        for club in kinds.club_id:
            self.env["loyalty.club.member"]._enrol(
                club,
                self.order.partner_id,
                channel="website" if website else "sale",
                branch=branch if branch.club_id == club else None,
            )

    def _renew(self, rows, program, values):
        """One value per card of ``program``; cards for further values are made."""
        for row, value in zip_longest(rows, values[: len(rows)], fillvalue=0):
            if row.points != value:
                row.points = value
        missing = values[len(rows) :]
        Card = self.env["loyalty.card"].with_context(loyalty_no_mail=True, tracking_disable=True)
        cards = Card.create(
            [{"program_id": program.id, "order_id": self.order.id} for _value in missing]
        )
        if cards:
            self.order._add_points_for_coupon(dict(zip(cards, missing, strict=True)))

    def _values(self):
        """What the order puts onto each wallet, less what credit notes brought back.

        Cards that still hold most are reduced first: they are the ones nobody has used.
        """
        values = {}
        if not self.confirmed:
            return values
        for program, rows in self._stored_rows().grouped(lambda r: r.coupon_id.program_id).items():
            step = exact(program.club_wallet_kind_id.rounding)
            worth = {row: round_to(exact(row.points), step, "down") for row in rows}
            back = self._returned_value(program, sum(worth.values(), ZERO), step)
            for row in rows.sorted(lambda row: (-row.coupon_id.points, row.id)):
                part = min(back, worth[row])
                values[row.coupon_id.club_wallet_id.id] = worth[row] - part
                back -= part
        return values

    def _returned_value(self, program, worth, step):
        lines = self.order.order_line.filtered(lambda line: line._club_stored_value() == program)
        ordered = total(lines)
        back = sum((returned(line)[1] for line in lines), ZERO)
        return refunded_share(worth, ordered, back, step) if ordered and back else ZERO

    def _putting(self, booked, granted):
        values = self._values()
        cards = self._cards(booked.keys() | values.keys())
        movements = []
        for wallet_id, card in cards.items():
            delta = values.get(wallet_id, ZERO) - booked[wallet_id]
            if delta:
                movements += self._change(card, granted, delta, "refund_topup")
                movements += self._bonus(card, granted, values.get(wallet_id, ZERO))
        return movements

    def _change(self, card, granted, delta, undone):
        """Movements that put ``delta`` onto a card, or take it back by entries of ``undone``."""
        if delta < 0:
            return self._taken_back(card, granted, -delta, undone)
        kind = "issue" if card.club_wallet_id.kind_id.bearer else "topup"
        return [self._movement(card, granted, delta, undone if undone in BONUS else kind)]

    def _bonus(self, card, granted, value):
        """What comes on top of credit worth ``value``, less the bonus booked already."""
        kind = card.club_wallet_id.kind_id
        entries = self._entries(card, BONUS)
        booked = sum((exact(entry.amount) for entry in entries), ZERO)
        offer = kind._offer_for(value)
        delta = (kind._bonus_for(value) if offer else ZERO) - booked
        if not delta:
            return []
        movements = self._change(card, granted, delta, "bonus")
        if delta > 0 and offer.expiry_policy_id:
            last_day = offer.expiry_policy_id._expires_on(today_in(kind.company_id)) or None
            movements = [replace(movement, expires_on=last_day) for movement in movements]
        return movements

    def _entries(self, card, kinds):
        """Entries of ``kinds`` that this order booked on the card's wallet, or took back from the
        one that followed it, newest first."""
        booked = Domain(
            [
                ("origin_model", "=", "sale.order"),
                ("origin_id", "=", self.order.id),
                ("kind", "in", kinds),
            ]
        )
        wallet = card.club_wallet_id.id
        mine = Domain("reverses_id.wallet_id", "=", wallet)
        mine |= Domain("wallet_id", "=", wallet) & Domain("reverses_id", "=", False)
        return self.env["loyalty.club.entry"].search(booked & mine)

    def _taken_back(self, card, granted, amount, kind):
        """Take ``amount`` back from the credits of this order, the newest first.

        Bonus that has expired is gone already.
        """
        credited = BONUS if kind in BONUS else ("topup", "issue")
        entries = self._entries(card, credited).filtered(lambda entry: entry.amount > 0)
        lapsed = entries._lapsed() if kind in BONUS else {}
        movements = []
        for entry in entries:
            left = sum((exact(part.amount) for part in entry | entry.reversal_ids), ZERO)
            left -= lapsed.get(entry.id, ZERO)
            part = min(amount, left)
            if part > 0:
                movements.append(self._movement(card, granted, -part, kind, entry.id))
                amount -= part
        return movements

    def _movement(self, card, granted, amount, kind, reverses_id=None):
        wallet = card.club_wallet_id
        return Movement(
            wallet_id=(wallet._successor() if reverses_id else wallet).id,
            amount=amount,
            kind=kind,
            key=card._club_key(granted),
            origin=self.origin,
            branch_id=granted.branch_id,
            reverses_id=reverses_id,
            note=granted.note,
        )

    # --- the ledger ------------------------------------------------------------------

    def _post(self, movements):
        Wallet = self.env["loyalty.club.wallet"]
        for movement, outcome in zip(movements, Wallet._post(movements), strict=True):
            if outcome.ok:
                continue
            wallet = Wallet.browse(movement.wallet_id)
            if movement.kind == "refund_topup":
                raise UserError(
                    self.env._(
                        "%(amount)s of “%(kind)s” that was bought with %(order)s cannot be taken "
                        "back: only %(left)s of it is left, the rest was used.",
                        amount=wallet.kind_id._format(-movement.amount),
                        kind=wallet.kind_id.name,
                        order=self.order.name,
                        left=wallet.kind_id._format(outcome.balance),
                    )
                )
            raise UserError(wallet._refusal_text_of(outcome.reason, outcome.balance))

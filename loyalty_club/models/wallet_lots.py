"""Which lots a batch of movements empties, refills or opens."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..const import CLEARING_OUT_KINDS, PAID_IN_KINDS
from ..domain import lots
from ..statement import Statement

_OPEN_LOTS = Statement("""
    SELECT wallet_id, id, remaining::text, expires_on, available_on, terms_id, by_policy, paid_in
      FROM loyalty_club_lot WHERE wallet_id = ANY(%(wallets)s) AND remaining > 0
""")


class NewLot(NamedTuple):
    """A lot that a credit opens.

    :param key: the credit's idempotency key.
    :param by_policy: its last day is the expiry policy's, not one given with the value.
    :param paid_in: its holder, or who passed it on, has paid for it.
    """

    wallet_id: int
    key: str
    amount: Decimal
    expires_on: date | None
    available_on: date | None
    pending: bool
    terms_id: int | None
    by_policy: bool
    paid_in: bool


class LotBook:
    """The lots behind one batch, under the wallets' row locks.

    :param facts: what is known of each wallet, see :class:`~.wallet_rules.Facts`.
    """

    def __init__(self, env, facts):
        self.env = env
        self.cr = env.cr
        self.facts = facts
        self.takes = {}  # movement key -> lots it takes from, or (negative) refills
        self.lots = {}  # lots met, by id, as they were found

    def choose(self, accepted, rows):
        """Choose lots for debits and restorations.

        :param accepted: movements by wallet, as the guard let them through.
        :param rows: the wallets as :class:`~.wallet_gate.Row`; debts have no lots.
        :returns: dict of wallet id to reason and what its usable lots would give, for the
            wallets whose balance would do but whose lots would not.
        """
        debits = {
            wallet: [movement for movement in group if movement.amount < 0]
            for wallet, group in accepted.items()
            if not rows[wallet].debt
        }
        debits = {wallet: group for wallet, group in debits.items() if group}
        own = self._own_lots(debits)
        short = {}
        for wallet, found in self.open_lots(debits).items():
            refusal = self._allocate(debits[wallet], found, own, rows[wallet].held)
            if refusal is not None:
                short[wallet] = refusal
        return short | self._over_taken(debits) | self._restore(accepted)

    def _over_taken(self, debits):
        """Credits of which more would be taken back than they brought.

        :returns: dict of wallet id to reason and what could still be taken back.
        """
        asked = {
            movement.reverses_id: movement
            for group in debits.values()
            for movement in group
            if movement.reverses_id
        }
        if not asked:
            return {}
        self.cr.execute(
            SQL(
                """
                SELECT o.id, (o.amount + COALESCE(SUM(r.amount), 0))::text
                  FROM loyalty_club_entry o
                  LEFT JOIN loyalty_club_entry r ON r.reverses_id = o.id AND r.kind <> 'debt'
                 WHERE o.id = ANY(%s) AND o.amount > 0 GROUP BY o.id
                """,
                list(asked),
            )
        )
        left = {entry: Decimal(amount) for entry, amount in self.cr.fetchall()}
        return {
            movement.wallet_id: ("over_refund", left[entry])
            for entry, movement in asked.items()
            if entry in left and -movement.amount > left[entry]
        }

    def _allocate(self, group, found, own, held):
        """Allocate the debits of one wallet; None, or why it does not do and what would."""
        for movement in group:
            need = self._need(movement, found, own.get(movement.reverses_id, ()), held)
            takes = self._take(movement, found, need)
            if takes is None:
                for undone in group:
                    self.takes.pop(undone.key, None)
                return self._short(movement, found, need)
            self.takes[movement.key] = takes
            taken = {take.lot_id: take.amount for take in takes}
            found = [
                lot._replace(remaining=lot.remaining - taken.get(lot.id, lots.ZERO))
                for lot in found
            ]
        return None

    def _need(self, movement, found, own, held):
        caps = None
        if movement.by_holder or movement.as_of or movement.basket:
            caps = self.caps(found, movement.basket)
        # What was authorised was reserved then; what is promised to others was too.
        reserve = lots.ZERO if movement.as_of else held
        return lots.Need(
            -movement.amount,
            self.facts[movement.wallet_id].today,
            own,
            reserve,
            caps,
            movement.as_of,
            self.bound(found) if reserve else frozenset(),
        )

    def _take(self, movement, found, need):
        """Lots for one debit, by what kind of debit it is."""
        if movement.older_than:
            young = self.younger(found, movement.older_than)
            found = [lot for lot in found if lot.id not in young]
        if movement.kind == "expire":
            return lots.allocate_expired(found, need)
        if movement.kind in CLEARING_OUT_KINDS:
            return lots.allocate_all(found, need.amount)
        return lots.allocate(found, need)

    @staticmethod
    def _short(movement, found, need):
        if movement.kind == "expire":
            dead = (lot.remaining for lot in found if not lot.alive(need.today))
            return "insufficient", sum(dead, lots.ZERO)
        return lots.shortage(found, need)

    def caps(self, found, basket):
        """How much lots of each conditions of use can pay of ``basket``; see lots.Need."""
        terms = {lot.terms_id for lot in found if lot.terms_id}
        return self.env["loyalty.club.terms"].browse(terms)._caps(basket)

    def bound(self, found):
        """Conditions of use that a payment of which nothing is known does not meet: value on
        them is no cover for what is held."""
        return frozenset(terms for terms, cap in self.caps(found, None).items() if cap is not None)

    def younger(self, found, moment):
        """Ids of the lots that were opened at ``moment`` or later."""
        self.cr.execute(
            SQL(
                "SELECT id FROM loyalty_club_lot WHERE id = ANY(%s) AND date >= %s",
                [lot.id for lot in found],
                moment,
            )
        )
        return {row[0] for row in self.cr.fetchall()}

    def open_lots(self, wallets):
        """Lots with something left of these wallets, by wallet."""
        found = {wallet: [] for wallet in wallets}
        if found:
            for wallet, lot_id, remaining, *rest in _OPEN_LOTS.run(self.cr, wallets=list(found)):
                lot = lots.Lot(lot_id, Decimal(remaining), *rest)
                self.lots[lot_id] = lot
                found[wallet].append(lot)
        return found

    def _own_lots(self, debits):
        """Lots that the reversed credits opened, by entry: taking a credit back empties
        its own lots first."""
        entries = {
            movement.reverses_id
            for group in debits.values()
            for movement in group
            if movement.reverses_id
        }
        own = defaultdict(set)
        if entries:
            self.cr.execute(
                SQL(
                    "SELECT entry_id, id FROM loyalty_club_lot WHERE entry_id = ANY(%s)",
                    list(entries),
                )
            )
            for entry_id, lot_id in self.cr.fetchall():
                own[entry_id].add(lot_id)
        return own

    # --- giving back -----------------------------------------------------------------

    def _restore(self, accepted):
        """Give back to the very lots that the reversed debits emptied.

        :returns: dict of wallet id to reason and what could still be given back.
        """
        restored = [m for group in accepted.values() for m in group if m.restore]
        net = self._net_takes({movement.reverses_id for movement in restored})
        refused = {}
        for movement in restored:
            taken = net[movement.reverses_id]
            takes = lots.restore(taken, movement.amount)
            if takes is None:
                left = sum((take.amount for take in taken), lots.ZERO)
                refused[movement.wallet_id] = ("over_refund", left)
            else:
                self.takes[movement.key] = takes
        return refused

    def forget(self, group):
        """Leave the lots alone that were chosen for movements which are refused after all."""
        for movement in group:
            self.takes.pop(movement.key, None)

    def _net_takes(self, entry_ids):
        """What each debit took from each lot, less what reversals already gave back."""
        net = defaultdict(list)
        if entry_ids:
            self.cr.execute(
                SQL(
                    """
                    SELECT COALESCE(e.reverses_id, e.id), a.lot_id, SUM(a.amount)::text
                      FROM loyalty_club_allocation a
                      JOIN loyalty_club_entry e ON e.id = a.entry_id
                     WHERE e.id IN %(ids)s OR e.reverses_id IN %(ids)s
                     GROUP BY 1, 2 ORDER BY MIN(a.id)
                    """,
                    ids=tuple(entry_ids),
                )
            )
            for entry_id, lot_id, amount in self.cr.fetchall():
                net[entry_id].append(lots.Take(lot_id, Decimal(amount)))
        return net

    # --- writing ---------------------------------------------------------------------

    def opened(self, credits_):
        """The lots that credits open, in order.

        :param credits_: movements that open lots.
        :returns: list of :class:`NewLot`.
        """
        return [lot for movement in credits_ for lot in self._new_lots(movement)]

    def taken(self):
        """What is taken from lots or (negative) given back: list of key, lot id, amount."""
        return [
            (key, take.lot_id, take.amount) for key, takes in self.takes.items() for take in takes
        ]

    def _new_lots(self, movement):
        """The lots one credit opens: one of its own, or those it carries over."""
        facts = self.facts[movement.wallet_id]
        if movement.carries:
            return [
                NewLot(
                    movement.wallet_id,
                    movement.key,
                    take.amount,
                    lot.expires_on,
                    lot.available_on,
                    bool(lot.available_on and lot.available_on > facts.today),
                    lot.terms_id,
                    lot.by_policy,
                    lot.paid_in,
                )
                for take in self.takes[movement.carries]
                for lot in (self.lots[take.lot_id],)
            ]
        starts = movement.available_on
        if not starts and movement.kind == "earn" and facts.pending_days:
            starts = facts.today + timedelta(days=facts.pending_days)
        starts = starts if starts and starts > facts.today else None
        return [
            NewLot(
                movement.wallet_id,
                movement.key,
                movement.amount,
                movement.expires_on or self._policy_date(facts),
                starts,
                bool(starts),
                movement.terms_id or facts.terms_id,
                movement.expires_on is None,
                movement.kind in PAID_IN_KINDS,
            )
        ]

    def _policy_date(self, facts):
        if not facts.expiry_policy_id:
            return None
        policy = self.env["loyalty.club.expiry.policy"].browse(facts.expiry_policy_id)
        return policy._expires_on(facts.today) or None

    def keep_alive(self):
        """Value given back into lots that have expired since: the kind's policy may grant
        days of grace."""
        lot_ids = [lot_id for _key, lot_id, amount in self.taken() if amount < 0]
        todays = {
            wallet: facts.today for wallet, facts in self.facts.items() if facts.expiry_policy_id
        }
        if lot_ids and todays:
            self.env["loyalty.club.expiry.policy"]._give_grace(lot_ids, todays)

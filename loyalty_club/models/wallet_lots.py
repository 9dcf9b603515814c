"""Which lots a batch of movements empties, refills or opens."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..const import CLEARING_OUT_KINDS, HOLDER_KINDS
from ..domain import lots


class NewLot(NamedTuple):
    """A lot that a credit opens; the columns of ``loyalty_club_lot``."""

    wallet_id: int
    entry_id: int
    amount: Decimal
    expires_on: date | None
    available_on: date | None
    pending: bool
    terms_id: int | None


class LotBook:
    """The lots behind one batch, under the wallets' row locks.

    :param facts: what is known of each wallet, see :class:`~.wallet_posting.Facts`.
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
        return short | self._restore(accepted)

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
        today = self.facts[movement.wallet_id].today
        caps = None
        if movement.kind in HOLDER_KINDS or movement.basket:
            caps = self.caps(found, movement.basket)
        # What was authorised was reserved then; what is promised to others was too.
        reserve = lots.ZERO if movement.as_of else held
        return lots.Need(-movement.amount, today, own, reserve, caps, movement.as_of)

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
            self.cr.execute(
                SQL(
                    "SELECT wallet_id, id, remaining::text, expires_on, available_on, terms_id"
                    " FROM loyalty_club_lot WHERE wallet_id = ANY(%s) AND remaining > 0",
                    list(found),
                )
            )
            for wallet, lot_id, remaining, *rest in self.cr.fetchall():
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

    def record(self, credits_, ids, now):
        """Open lots for credits and record what was taken or given back.

        :param credits_: movements that open lots.
        :param ids: entry id by idempotency key.
        :param now: moment of the posting.
        :returns: how much more (or, negative, less) each wallet has pending.
        """
        pending = defaultdict(lambda: lots.ZERO)
        new = [lot for movement in credits_ for lot in self._new_lots(movement, ids)]
        if new:
            self._open(new, now)
        for lot in new:
            if lot.pending:
                pending[lot.wallet_id] += lot.amount
        rows = [
            (ids[key], take.lot_id, take.amount)
            for key, takes in self.takes.items()
            for take in takes
        ]
        if rows:
            for wallet, amount in self._allocated(rows):
                pending[wallet] -= Decimal(amount)
        refilled = [lot_id for _entry_id, lot_id, amount in rows if amount < 0]
        if refilled:
            self._keep_alive(refilled)
        return pending

    def _new_lots(self, movement, ids):
        """The lots one credit opens: one of its own, or those it carries over."""
        entry_id, facts = ids[movement.key], self.facts[movement.wallet_id]
        if movement.carries:
            return [
                NewLot(
                    movement.wallet_id,
                    entry_id,
                    take.amount,
                    lot.expires_on,
                    lot.available_on,
                    bool(lot.available_on and lot.available_on > facts.today),
                    lot.terms_id,
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
                entry_id,
                movement.amount,
                movement.expires_on or self._policy_date(facts),
                starts,
                bool(starts),
                movement.terms_id or facts.terms_id,
            )
        ]

    def _policy_date(self, facts):
        if not facts.expiry_policy_id:
            return None
        policy = self.env["loyalty.club.expiry.policy"].browse(facts.expiry_policy_id)
        return policy._expires_on(facts.today) or None

    def _open(self, new, now):
        columns = [list(column) for column in zip(*new, strict=True)]
        self.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_lot
                       (wallet_id, entry_id, amount, remaining, expires_on, available_on,
                        pending, terms_id, date)
                SELECT v.wallet_id, v.entry_id, v.amount, v.amount, v.expires_on,
                       v.available_on, v.pending, v.terms_id, %s
                  FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::date[], %s::date[],
                              %s::bool[], %s::int[])
                    AS v(wallet_id, entry_id, amount, expires_on, available_on, pending, terms_id)
                """,
                now,
                *columns,
            )
        )

    def _allocated(self, rows):
        """Write the allocations and what they leave in the lots.

        :returns: wallet and amount of what was taken from lots that were pending.
        """
        entry_ids, lot_ids, amounts = (list(column) for column in zip(*rows, strict=True))
        self.cr.execute(
            SQL(
                """
                WITH v AS (
                    SELECT * FROM unnest(%s::int[], %s::int[], %s::numeric[])
                        AS v(entry_id, lot_id, amount)
                ), moved AS (
                    UPDATE loyalty_club_lot l SET remaining = l.remaining - s.amount
                      FROM (SELECT lot_id, SUM(amount) AS amount FROM v GROUP BY lot_id) s
                     WHERE l.id = s.lot_id
                    RETURNING l.wallet_id, l.pending, s.amount
                ), written AS (
                    INSERT INTO loyalty_club_allocation (entry_id, lot_id, amount)
                    SELECT entry_id, lot_id, amount FROM v
                )
                SELECT wallet_id, amount::text FROM moved WHERE pending
                """,
                entry_ids,
                lot_ids,
                amounts,
            )
        )
        return self.cr.fetchall()

    def _keep_alive(self, lot_ids):
        """Value given back into lots that have expired since: the kind's policy may grant
        days of grace."""
        todays = {
            wallet: facts.today for wallet, facts in self.facts.items() if facts.expiry_policy_id
        }
        if todays:
            self.env["loyalty.club.expiry.policy"]._give_grace(lot_ids, todays)

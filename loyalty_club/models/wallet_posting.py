"""The mechanics of the ledger's one door; :meth:`loyalty.club.wallet._post` is its handle."""

from collections import defaultdict
from decimal import Decimal
from operator import attrgetter

from odoo import fields
from odoo.exceptions import ConcurrencyError

from ..const import ACTIVITY_KINDS, SPENDING_KINDS
from ..domain.lots import ZERO
from ..movement import Outcome
from ..statement import Statement
from ..transaction import is_short
from .wallet_books import KINDS, EntryBook
from .wallet_gate import LOCK, Gate, Row
from .wallet_limits import over_limit
from .wallet_lots import LotBook
from .wallet_rules import Facts

# What keys booked before, and each wallet's kind.
_LOOK_UP = """
    WITH asked AS MATERIALIZED (
        SELECT a.key, a.wallet_id, e.id AS entry_id, e.balance_after::text,
               e.wallet_id AS booked, e.kind, e.amount::text, e.reverses_id
          FROM unnest(%(keys)s::text[], %(wallets)s::int[]) AS a(key, wallet_id)
          LEFT JOIN loyalty_club_entry e ON e.idempotency_key = a.key
    ){locked}
    SELECT w.kind_id, asked.*{columns}
      FROM asked LEFT JOIN loyalty_club_wallet w ON w.id = asked.wallet_id{join}
"""
_READ = Statement(_LOOK_UP.format(locked="", columns="", join=""))
# Where no snapshot can be overtaken, the wallets that are to be moved are locked by the way.
_READ_AND_LOCK = Statement(
    _LOOK_UP.format(
        locked=", locked AS MATERIALIZED ({})".format(
            LOCK.format(wallets="ARRAY(SELECT wallet_id FROM asked WHERE entry_id IS NULL)")
        ),
        columns=", locked.*",
        join=" LEFT JOIN locked ON locked.id = asked.wallet_id",
    )
)


class Posting:
    """One call of the door: a batch of movements, booked in a fixed number of statements."""

    def __init__(self, env, movements):
        self.env = env
        self.cr = env.cr
        self.movements = movements
        self.outcomes = {}
        self.facts = {}
        self.locked = {}
        self.now = fields.Datetime.now()

    def run(self):
        """Book what can be booked and return the outcomes in the order asked."""
        if not self.movements:
            return []
        self.env["loyalty.club.wallet"].flush_model()
        self._check()
        self._look_up(self.movements)
        groups = self._groups()
        gate = Gate(self.env, self.facts, self.locked)
        rows = gate.move(groups)
        for wallet, (reason, free) in gate.refused.items():
            self._answer_refusal(groups[wallet], reason, free)
        accepted = {wallet: groups[wallet] for wallet in rows}
        if accepted:
            self._book(accepted, rows)
        self._answer_repeats()
        return [self.outcomes[movement.key] for movement in self.movements]

    # --- what is asked ---------------------------------------------------------------

    def _check(self):
        """Refuse what no caller may ask: these are defects, not business refusals."""
        if len({movement.key for movement in self.movements}) < len(self.movements):
            raise ValueError("one idempotency key is used twice in a batch")
        restored = [movement.reverses_id for movement in self.movements if movement.restore]
        if len(set(restored)) < len(restored) or None in restored:
            raise ValueError("a restoration names one entry, and no two the same")
        for movement in self.movements:
            if movement.kind not in KINDS:
                raise ValueError(f"unknown kind of entry: {movement.kind}")
            amount = movement.amount
            if not isinstance(amount, Decimal) or not amount.is_finite() or not amount:
                raise ValueError(f"not an amount: {amount!r}")

    def _look_up(self, movements):
        """Read each movement's wallet, and what its key booked before, by one statement.

        Keys that were booked before are answered as they were answered then.
        """
        asked = {movement.key: movement for movement in movements}
        rows = (_READ_AND_LOCK if is_short() else _READ).run(
            self.cr,
            keys=list(asked),
            wallets=[movement.wallet_id for movement in asked.values()],
        )
        kinds = {}
        for kind_id, key, wallet_id, entry_id, balance, *rest in rows:
            movement = asked[key]
            if kind_id is None:
                raise ValueError(f"there is no wallet {wallet_id}")
            if kind_id not in kinds:
                kinds[kind_id] = Facts.of(self.env, self.now, kind_id)
            self.facts[wallet_id] = kinds[kind_id]
            step = kinds[kind_id].step
            if movement.amount % step:
                raise ValueError(f"{movement.amount} is not a whole number of {step}")
            booked, locked = rest[:4], rest[4:]
            if entry_id:
                self.outcomes[key] = self._replayed(movement, entry_id, Decimal(balance), booked)
            elif locked:
                self.locked[wallet_id] = Row.of(locked[1:])

    @staticmethod
    def _replayed(movement, entry_id, balance, booked):
        wallet_id, kind, amount, reverses_id = booked
        if movement.fingerprint == (wallet_id, kind, Decimal(amount), reverses_id):
            return Outcome("replayed", None, entry_id, balance)
        return Outcome("refused", "key_reused", entry_id, balance)

    def _answer_repeats(self):
        """A repeat that waited at the wallet while the first was booked may have been refused
        for want of what the first had taken: it gets the first's answer."""
        refused = [
            movement
            for movement in self.movements
            if self.outcomes[movement.key].reason not in (None, "key_reused")
        ]
        if refused and is_short():
            self._look_up(refused)

    def _groups(self):
        """Movements still to be booked, by wallet in id order, debits first in each."""
        groups = defaultdict(list)
        for movement in sorted(self.movements, key=attrgetter("wallet_id")):
            if movement.key not in self.outcomes:
                group = groups[movement.wallet_id]
                if group and group[-1].amount > 0 > movement.amount:
                    raise ValueError("debits of a wallet come before its credits")
                group.append(movement)
        return groups

    def _answer_refusal(self, group, reason, balance):
        for movement in group:
            self.outcomes[movement.key] = Outcome("refused", reason, None, balance)

    # --- the books -------------------------------------------------------------------

    def _book(self, accepted, rows):
        """Choose lots, write entries, lots and allocations, move the wallets."""
        lot_book = LotBook(self.env, self.facts)
        refused = self._over_limit(accepted)
        refused |= lot_book.choose(
            {wallet: group for wallet, group in accepted.items() if wallet not in refused}, rows
        )
        refused |= self._left_alone(accepted, refused)
        for wallet, (reason, free) in refused.items():
            group = accepted.pop(wallet)
            lot_book.forget(group)
            self._answer_refusal(group, reason, free)
        if not accepted:
            return
        book = EntryBook(self.env, self.now)
        entries, heads = book.seal(accepted, rows)
        credits_ = [
            movement
            for wallet, group in accepted.items()
            for movement in group
            if movement.amount > 0 and not movement.restore and not rows[wallet].debt
        ]
        ids = book.record(entries, heads, lot_book.opened(credits_), lot_book.taken())
        if len(ids) < len(entries):
            raise ConcurrencyError("the same movement is being posted at this moment")
        lot_book.keep_alive()
        for entry in entries:
            key = entry["idempotency_key"]
            self.outcomes[key] = Outcome("posted", None, ids[key], entry["balance_after"])
        self._touch(accepted)
        self._forget_caches(heads)

    @staticmethod
    def _left_alone(accepted, refused):
        """Wallets whose credit would carry over lots that a refused debit does not give.

        :returns: dict of wallet id to reason and what is free.
        """
        left = {wallet: group for wallet, group in accepted.items() if wallet not in refused}
        alone = {}
        while True:
            given = {m.key for group in left.values() for m in group if m.amount < 0}
            lost = [
                wallet
                for wallet, group in left.items()
                if any(m.carries and m.carries not in given for m in group)
            ]
            if not lost:
                return alone
            for wallet in lost:  # what it would have passed on is missing elsewhere
                alone[wallet] = ("together", ZERO)
                del left[wallet]

    def _over_limit(self, accepted):
        asked = {
            wallet: -sum(
                (m.amount for m in group if m.kind in SPENDING_KINDS and m.amount < 0), ZERO
            )
            for wallet, group in accepted.items()
            # what was authorised was counted then
            if any(m.by_holder for m in group)
        }
        return over_limit(self.cr, asked, self.facts)

    def _touch(self, accepted):
        """Use of a wallet keeps alive what would lapse by inactivity."""
        active = defaultdict(list)
        for wallet, group in accepted.items():
            facts = self.facts[wallet]
            if facts.lapses_unused and any(m.kind in ACTIVITY_KINDS for m in group):
                active[facts.today].append(wallet)
        for today, wallets in active.items():
            self.env["loyalty.club.expiry.policy"]._touch(wallets, today)

    def _forget_caches(self, wallet_ids):
        wallets = self.env["loyalty.club.wallet"].browse(wallet_ids)
        wallets.modified(["balance", "pending"])  # what members and cards show is read again
        if not any(self.env.transaction.field_data.values()):
            return  # nothing was read yet
        wallets.invalidate_recordset(
            ["balance", "pending", "available", "seq", "head", "entry_ids", "lot_ids"]
        )
        self.env["loyalty.club.lot"].invalidate_model(["remaining"])
        self.env["loyalty.club.entry"].invalidate_model(
            ["reversal_ids", "allocation_ids", "lot_ids"]
        )
        self.env["loyalty.card"].invalidate_model(["points", "history_ids"])

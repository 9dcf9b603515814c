"""Writing the entries of a batch: sealed, numbered, and mirrored on the stock cards."""

import functools
from collections import Counter, defaultdict

from odoo import fields

from .. import keyring
from ..const import ENTRY_KINDS
from ..domain import chain, lots
from ..movement import current_branch
from ..statement import Statement
from .wallet_lots import NewLot

# What is written of an entry, and as which type.
_COLUMNS = {
    "wallet_id": "int",
    "seq": "int",
    "kind": "text",
    "amount": "numeric",
    "balance_after": "numeric",
    "idempotency_key": "text",
    "reverses_id": "int",
    "origin_model": "text",
    "origin_id": "int",
    "branch_id": "int",
    "note": "text",
    "seal": "text",
    "key_id": "text",
}

# A take that empties a pending lot leaves less pending.
_WAITING = """
    - COALESCE((SELECT SUM(m.amount) FROM moved m
                 WHERE m.wallet_id = w.id AND m.pending), 0)"""

_OPEN = """, opened AS (
    INSERT INTO loyalty_club_lot
           (wallet_id, entry_id, amount, remaining, expires_on, available_on, pending,
            terms_id, by_policy, paid_in, date)
    SELECT n.wallet_id, e.id, n.amount, n.amount, n.expires_on, n.available_on, n.pending,
           n.terms_id, n.by_policy, n.paid_in, %(now)s::timestamp
      FROM unnest(%(lot_wallet_id)s::int[], %(lot_key)s::text[], %(lot_amount)s::numeric[],
                  %(lot_expires_on)s::date[], %(lot_available_on)s::date[],
                  %(lot_pending)s::bool[], %(lot_terms_id)s::int[], %(lot_by_policy)s::bool[],
                  %(lot_paid_in)s::bool[]) WITH ORDINALITY
        AS n(wallet_id, key, amount, expires_on, available_on, pending, terms_id, by_policy,
             paid_in, place)
      JOIN e ON e.idempotency_key = n.key
     ORDER BY n.place
)"""

_TAKE = """, take AS (
    SELECT * FROM unnest(%(take_keys)s::text[], %(take_lots)s::int[],
                         %(take_amounts)s::numeric[]) WITH ORDINALITY
        AS take(key, lot_id, amount, place)
), moved AS (
    UPDATE loyalty_club_lot l SET remaining = l.remaining - s.amount
      FROM (SELECT lot_id, SUM(amount) AS amount FROM take GROUP BY lot_id) s
     WHERE l.id = s.lot_id
    RETURNING l.wallet_id, l.pending, s.amount
), allocated AS (
    INSERT INTO loyalty_club_allocation (entry_id, lot_id, amount)
    SELECT e.id, take.lot_id, take.amount
      FROM take JOIN e ON e.idempotency_key = take.key ORDER BY take.place
)"""

# Entries; their lots; the wallets' balances and heads; and the stock cards with their history,
# which mirror the wallets.
_WRITE = """
WITH e AS (
    INSERT INTO loyalty_club_entry ({names}, date, user_id, club_id, company_id, member_id)
    SELECT v.*, %(now)s::timestamp, %(user)s::int, w.club_id, w.company_id, w.member_id
      FROM unnest({arrays}) AS v({names}) JOIN loyalty_club_wallet w ON w.id = v.wallet_id
     ORDER BY v.wallet_id, v.seq
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, idempotency_key, wallet_id, amount, origin_model, origin_id
){lots}, head AS (
    UPDATE loyalty_club_wallet w
       SET balance = w.balance + v.net, seq = w.seq + v.entries, head = v.head,
           pending = w.pending + v.pending {waiting}
      FROM unnest(%(wallets)s::int[], %(nets)s::numeric[], %(counts)s::int[], %(heads)s::text[],
                  %(pending)s::numeric[]) AS v(wallet_id, net, entries, head, pending)
     WHERE w.id = v.wallet_id
    RETURNING w.id, GREATEST(w.balance - w.held - w.pending, 0) AS available
), card AS (
    UPDATE loyalty_card c SET points = head.available, write_date = %(now)s::timestamp
      FROM head WHERE c.club_wallet_id = head.id
    RETURNING c.id, head.id AS wallet_id
), history AS (
    INSERT INTO loyalty_history
           (card_id, description, issued, used, order_model, order_id,
            create_uid, write_uid, create_date, write_date)
    SELECT card.id, t.text, GREATEST(e.amount, 0), GREATEST(-e.amount, 0),
           e.origin_model, e.origin_id, %(user)s::int, %(user)s::int,
           %(now)s::timestamp, %(now)s::timestamp
      FROM unnest(%(idempotency_key)s::text[], %(texts)s::text[]) AS t(key, text)
      JOIN e ON e.idempotency_key = t.key
      JOIN card ON card.wallet_id = e.wallet_id
     ORDER BY e.id
)
SELECT idempotency_key, id FROM e
"""


@functools.cache
def _write(opens, takes):
    """The statement that writes a batch.

    :param opens: whether it opens lots.
    :param takes: whether it empties or refills lots.
    """
    return Statement(
        _WRITE.format(
            names=", ".join(_COLUMNS),
            arrays=", ".join(f"%({name})s::{type_}[]" for name, type_ in _COLUMNS.items()),
            lots=(_OPEN if opens else "") + (_TAKE if takes else ""),
            waiting=_WAITING if takes else "",
        )
    )


class EntryBook:
    """Entries of one batch, under the wallets' row locks."""

    def __init__(self, env, now):
        self.env = env
        self.cr = env.cr
        self.now = now

    def seal(self, accepted, rows):
        """Number the movements, run the balances and seal each entry onto its chain.

        :param accepted: movements by wallet.
        :param rows: the wallets as :class:`~.wallet_gate.Row`.
        :returns: list of column dicts, and each wallet's new head.
        """
        key_id, secret = keyring.current_key(self.cr.dbname)
        sealer = chain.Sealer(secret)
        date = fields.Datetime.to_string(self.now)
        entries, heads = [], {}
        for wallet, group in accepted.items():
            row = rows[wallet]
            balance, seq, head = row.balance, row.seq, row.head
            for movement in group:
                balance += movement.amount
                seq += 1
                fact = self._fact(movement, seq, balance, row, date)
                head = sealer.seal(head, chain.fact_text(fact))
                entries.append(self._columns(movement, seq, balance, head, key_id))
            heads[wallet] = head
        return entries, heads

    def _fact(self, movement, seq, balance, row, date):
        """What the entry of ``movement`` will state."""
        origin_model, origin_id = movement.origin or (None, None)
        return chain.Fact(
            wallet_id=movement.wallet_id,
            seq=seq,
            kind_id=row.kind_id,
            member_id=row.member_id,
            company_id=row.company_id,
            amount=movement.amount,
            balance_after=balance,
            date=date,
            reverses_id=movement.reverses_id,
            branch_id=movement.branch_id or current_branch(),
            user_id=self.env.uid,
            origin_id=origin_id,
            origin_model=origin_model,
            kind=movement.kind,
            key=movement.key,
        )

    @staticmethod
    def _columns(movement, seq, balance, seal, key_id):
        origin_model, origin_id = movement.origin or (None, None)
        return {
            "wallet_id": movement.wallet_id,
            "seq": seq,
            "kind": movement.kind,
            "amount": movement.amount,
            "balance_after": balance,
            "idempotency_key": movement.key,
            "reverses_id": movement.reverses_id,
            "origin_model": origin_model,
            "origin_id": origin_id,
            "branch_id": movement.branch_id or current_branch(),
            "note": movement.note,
            "seal": seal,
            "key_id": key_id,
        }

    def record(self, entries, heads, opened, takes):
        """Write a batch by one statement: each costs a till more than what it does.

        :param entries: sealed entries, as :meth:`seal` gives them.
        :param heads: the wallets' new heads.
        :param opened: :class:`~.wallet_lots.NewLot` of the credits.
        :param takes: key, lot id and amount of what is taken from lots or (negative) given
            back to them.
        :returns: entry id by idempotency key; a key that another transaction took at this
            moment is missing, and the caller has to give up.
        """
        columns = {name: [entry[name] for entry in entries] for name in _COLUMNS}
        pending, nets = defaultdict(lambda: lots.ZERO), defaultdict(lambda: lots.ZERO)
        for lot in opened:
            pending[lot.wallet_id] += lot.amount if lot.pending else lots.ZERO
        for entry in entries:
            nets[entry["wallet_id"]] += entry["amount"]
        counts = Counter(columns["wallet_id"])
        return dict(
            _write(bool(opened), bool(takes)).run(
                self.cr,
                **columns,
                **self._lots(opened, takes),
                now=self.now,
                user=self.env.uid,
                texts=[entry["note"] or self._label(entry["kind"]) for entry in entries],
                wallets=list(heads),
                nets=[nets[wallet] for wallet in heads],
                counts=[counts[wallet] for wallet in heads],
                heads=list(heads.values()),
                pending=[pending[wallet] for wallet in heads],
            )
        )

    def _label(self, kind):
        """What a kind of entry is called in the language of who books."""
        field = self.env["loyalty.club.entry"]._fields["kind"]
        return dict(field._description_selection(self.env))[kind]

    @staticmethod
    def _lots(opened, takes):
        """The values of the lots that are opened, emptied and refilled."""
        values = {}
        if opened:
            for name, column in zip(NewLot._fields, zip(*opened, strict=True), strict=True):
                values[f"lot_{name}"] = list(column)
        if takes:
            keys, lot_ids, amounts = zip(*takes, strict=True)
            values |= {
                "take_keys": list(keys),
                "take_lots": list(lot_ids),
                "take_amounts": list(amounts),
            }
        return values


KINDS = frozenset(kind for kind, _label in ENTRY_KINDS)

"""Writing the entries of a batch: sealed, numbered, and mirrored on the stock cards."""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL

from .. import keyring
from ..const import ENTRY_KINDS
from ..domain import chain, lots

_TYPES = {
    "wallet_id": "int",
    "seq": "int",
    "amount": "numeric",
    "balance_after": "numeric",
    "reverses_id": "int",
    "origin_id": "int",
    "branch_id": "int",
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
           n.terms_id, n.by_policy, n.paid_in, %s
      FROM unnest(%s::int[], %s::text[], %s::numeric[], %s::date[], %s::date[], %s::bool[],
                  %s::int[], %s::bool[], %s::bool[]) WITH ORDINALITY
        AS n(wallet_id, key, amount, expires_on, available_on, pending, terms_id, by_policy,
             paid_in, place)
      JOIN e ON e.idempotency_key = n.key
     ORDER BY n.place
)"""

_TAKE = """, take AS (
    SELECT * FROM unnest(%s::text[], %s::int[], %s::numeric[]) WITH ORDINALITY
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

# Entries; their lots; the wallets' new heads; and the stock cards with their history, which
# mirror the wallets.
_WRITE = """
WITH e AS (
    INSERT INTO loyalty_club_entry (%(names)s, date, user_id, club_id, company_id, member_id)
    SELECT v.*, %(now)s, %(user)s, w.club_id, w.company_id, w.member_id
      FROM unnest(%(arrays)s) AS v(%(names)s) JOIN loyalty_club_wallet w ON w.id = v.wallet_id
     ORDER BY v.wallet_id, v.seq
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, idempotency_key, wallet_id, amount, origin_model, origin_id
)%(lots)s, head AS (
    UPDATE loyalty_club_wallet w
       SET head = v.head, pending = w.pending + v.pending %(waiting)s
      FROM unnest(%(wallets)s::int[], %(heads)s::text[], %(pending)s::numeric[])
        AS v(wallet_id, head, pending)
     WHERE w.id = v.wallet_id
    RETURNING w.id, GREATEST(w.balance - w.held - w.pending, 0) AS available
), card AS (
    UPDATE loyalty_card c SET points = head.available, write_date = %(now)s
      FROM head WHERE c.club_wallet_id = head.id
    RETURNING c.id, head.id AS wallet_id
), history AS (
    INSERT INTO loyalty_history
           (card_id, description, issued, used, order_model, order_id,
            create_uid, write_uid, create_date, write_date)
    SELECT card.id, t.text, GREATEST(e.amount, 0), GREATEST(-e.amount, 0),
           e.origin_model, e.origin_id, %(user)s, %(user)s, %(now)s, %(now)s
      FROM unnest(%(keys)s::text[], %(texts)s::text[]) AS t(key, text)
      JOIN e ON e.idempotency_key = t.key
      JOIN card ON card.wallet_id = e.wallet_id
     ORDER BY e.id
)
SELECT idempotency_key, id FROM e
"""


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
            balance, seq, head = rows[wallet][:3]
            balance -= sum((movement.amount for movement in group), lots.ZERO)
            seq -= len(group)
            for movement in group:
                balance += movement.amount
                seq += 1
                fact = self._fact(movement, seq, balance, rows[wallet], date)
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
            branch_id=movement.branch_id,
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
            "branch_id": movement.branch_id,
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
        pending = defaultdict(lambda: lots.ZERO)
        for lot in opened:
            pending[lot.wallet_id] += lot.amount if lot.pending else lots.ZERO
        labels = dict(
            self.env["loyalty.club.entry"]._fields["kind"]._description_selection(self.env)
        )
        self.cr.execute(
            SQL(
                _WRITE,
                names=SQL(", ").join(map(SQL.identifier, entries[0])),
                arrays=SQL(", ").join(
                    SQL(
                        "%s::" + _TYPES.get(name, "text") + "[]", [entry[name] for entry in entries]
                    )
                    for name in entries[0]
                ),
                now=self.now,
                user=self.env.uid,
                texts=[entry["note"] or labels[entry["kind"]] for entry in entries],
                keys=[entry["idempotency_key"] for entry in entries],
                wallets=list(heads),
                heads=list(heads.values()),
                pending=[pending[wallet] for wallet in heads],
                lots=self._lots(opened, takes),
                waiting=SQL(_WAITING) if takes else SQL(""),
            )
        )
        return dict(self.cr.fetchall())

    def _lots(self, opened, takes):
        """The part of the statement that opens, empties and refills lots."""
        parts = []
        if opened:
            columns = [list(column) for column in zip(*opened, strict=True)]
            parts.append(SQL(_OPEN, self.now, *columns))
        if takes:
            columns = [list(column) for column in zip(*takes, strict=True)]
            parts.append(SQL(_TAKE, *columns))
        return SQL("").join(parts)


KINDS = frozenset(kind for kind, _label in ENTRY_KINDS)

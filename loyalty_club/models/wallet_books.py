"""Writing the entries of a batch: sealed, numbered, and mirrored on the stock cards."""

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

    def insert(self, entries):
        """Insert sealed entries by one statement.

        :returns: entry id by idempotency key; a key that another transaction took at this
            moment is missing.
        """
        arrays = SQL(", ").join(
            SQL("%s::" + _TYPES.get(name, "text") + "[]", [entry[name] for entry in entries])
            for name in entries[0]
        )
        names = SQL(", ").join(SQL.identifier(name) for name in entries[0])
        self.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_entry (%s, date, user_id, club_id, company_id, member_id)
                SELECT v.*, %s, %s, w.club_id, w.company_id, w.member_id
                  FROM unnest(%s) AS v(%s) JOIN loyalty_club_wallet w ON w.id = v.wallet_id
                 ORDER BY v.wallet_id, v.seq
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING idempotency_key, id
                """,
                names,
                self.now,
                self.env.uid,
                arrays,
                names,
            )
        )
        return dict(self.cr.fetchall())

    def close(self, entries, ids, heads, pending):
        """Store the new heads, and let stock cards and their history mirror the wallets.

        :param pending: how much more (or less) each wallet has pending.
        """
        labels = dict(
            self.env["loyalty.club.entry"]._fields["kind"]._description_selection(self.env)
        )
        texts = [entry["note"] or labels[entry["kind"]] for entry in entries]
        self.cr.execute(
            SQL(
                """
                WITH v AS (
                    SELECT * FROM unnest(%s::int[], %s::text[], %s::numeric[])
                        AS v(wallet_id, head, pending)
                ), head AS (
                    UPDATE loyalty_club_wallet w
                       SET head = v.head, pending = w.pending + v.pending
                      FROM v WHERE w.id = v.wallet_id
                    RETURNING w.id, GREATEST(w.balance - w.held - w.pending, 0) AS available
                ), card AS (
                    UPDATE loyalty_card c SET points = head.available, write_date = %s
                      FROM head WHERE c.club_wallet_id = head.id
                    RETURNING c.id, head.id AS wallet_id
                )
                INSERT INTO loyalty_history
                       (card_id, description, issued, used, order_model, order_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT card.id, t.text, GREATEST(e.amount, 0), GREATEST(-e.amount, 0),
                       e.origin_model, e.origin_id, e.user_id, e.user_id, e.date, e.date
                  FROM unnest(%s::int[], %s::text[]) AS t(entry_id, text)
                  JOIN loyalty_club_entry e ON e.id = t.entry_id
                  JOIN card ON card.wallet_id = e.wallet_id
                 ORDER BY e.id
                """,
                list(heads),
                list(heads.values()),
                [pending.get(wallet, lots.ZERO) for wallet in heads],
                self.now,
                [ids[entry["idempotency_key"]] for entry in entries],
                texts,
            )
        )


KINDS = frozenset(kind for kind, _label in ENTRY_KINDS)

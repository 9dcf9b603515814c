"""Recomputing the chains: each entry must fit its seal, and each follow the one before."""

from odoo.tools import SQL

from .. import keyring
from ..domain import chain
from ..streams import rows_in_chunks
from .audit_checks import Fault

_TEXT = SQL(chain.sql_fact_text("e", "w"))


class ChainWalk:
    """One walk along the entries of all wallets, or of one wallet from an entry on.

    PostgreSQL writes each entry's text and looks whether number and balance follow from the
    entry before; here it is only sealed, some 100,000 entries a second.

    :param first: number at which the wallet's entries begin to be of interest; what is before
        the entry ``first - 1`` is taken as sound.
    """

    def __init__(self, env, wallet_id=None, first=1):
        self.cr = env.cr
        self.wallet_id = wallet_id
        self.first = first
        self.entries = 0
        self.last = None  # number and seal of the entry where the walk is
        self._sealers = {
            key_id: chain.Sealer(secret)
            for key_id, secret in keyring.chain_keys(env.cr.dbname).items()
        }

    def faults(self):
        """Walk; yields a :class:`Fault` for each entry that does not fit."""
        wallet, previous = None, ""
        for rows in self._chunks():
            self.entries += len(rows)
            for row in rows:
                # Spelled out: this loop runs once for every entry there is.
                if row[0] != wallet:
                    wallet, previous = row[0], ""
                    if row[1] < self.first:
                        previous = row[3]
                        self.entries -= 1
                        continue
                key_id, seal, text, follows = row[2:6]
                sealer = self._sealers.get(key_id)
                if sealer is None or sealer.seal(previous, text) != seal or not follows:
                    yield self._fault(row, previous)
                previous = seal
            self.last = row[1], row[3]

    def _fault(self, row, previous):
        wallet, seq, key_id, seal, text, _follows = row
        sealer = self._sealers.get(key_id)
        if sealer is None:
            what = "sealed with a key this server does not hold"
        elif sealer.seal(previous, text) != seal:
            what = "does not fit its seal"
        else:
            what = "does not follow from the entry before it"
        return Fault("chain", wallet, seq, what)

    def _chunks(self):
        """The entries by wallet and number, in chunks, however many there are."""
        where = SQL("TRUE")
        if self.wallet_id is not None:
            where = SQL("e.wallet_id = %s AND e.seq >= %s", self.wallet_id, self.first - 1)
        return rows_in_chunks(
            self.cr,
            SQL(
                """
                SELECT e.wallet_id, e.seq, e.key_id, e.seal, %s,
                       e.seq = COALESCE(lag(e.seq) OVER chain, 0) + 1
                       AND e.balance_after = COALESCE(lag(e.balance_after) OVER chain, 0) + e.amount
                  FROM loyalty_club_entry e
                  LEFT JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                 WHERE %s
                WINDOW chain AS (PARTITION BY e.wallet_id ORDER BY e.seq)
                 ORDER BY e.wallet_id, e.seq
                """,
                _TEXT,
                where,
            ),
        )

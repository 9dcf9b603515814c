"""What must hold in the books at any moment, as SQL that finds whatever breaks it.

Each query selects the id of a wallet and a few words, among the wallets ``%(wallets)s``. Keys of
movements that belong together begin with the same word before a colon.
"""

import hashlib
import hmac
from decimal import Decimal

from odoo.addons.loyalty_club import keyring

RATE = 10  # units of money that a point is worth where the tests convert

INVARIANTS = {
    "I1 balance = entries, numbered without gaps": """
        SELECT w.id, 'balance ' || w.balance || ' seq ' || w.seq || ', entries ' || COUNT(e.id)
               || ' sum ' || COALESCE(SUM(e.amount), 0) || ' last ' || COALESCE(MAX(e.seq), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id
         WHERE w.id = ANY(%(wallets)s)
         GROUP BY w.id
        HAVING w.balance <> COALESCE(SUM(e.amount), 0)
            OR w.seq <> COUNT(e.id) OR w.seq <> COALESCE(MAX(e.seq), 0)""",
    "I1 balance after = running sum": """
        SELECT e.wallet_id, 'entry ' || e.seq || ' says ' || e.balance_after
          FROM (SELECT wallet_id, seq, balance_after,
                       SUM(amount) OVER (PARTITION BY wallet_id ORDER BY seq) AS running
                  FROM loyalty_club_entry WHERE wallet_id = ANY(%(wallets)s)) e
         WHERE e.balance_after <> e.running""",
    "I2 never below zero, debt never above": """
        SELECT id, balance || ' held ' || held || ' pending ' || pending FROM loyalty_club_wallet
         WHERE id = ANY(%(wallets)s)
           AND CASE WHEN debt THEN balance > 0 OR held <> 0 OR pending <> 0
                    ELSE balance < 0 OR held < 0 OR pending < 0 OR held > balance END""",
    "I3 what only moves about sums to zero": """
        SELECT MIN(e.wallet_id), MIN(split_part(e.idempotency_key, ':', 1)) || ' makes '
               || SUM(CASE e.kind WHEN 'convert_out' THEN e.amount * %(rate)s ELSE e.amount END)
          FROM loyalty_club_entry e
         WHERE e.wallet_id = ANY(%(wallets)s)
           AND e.kind IN ('transfer_out', 'transfer_in', 'fee', 'convert_out', 'convert_in',
                          'merge_out', 'merge_in', 'debt_settle')
         GROUP BY split_part(e.idempotency_key, ':', 1)
        HAVING COUNT(*) < 2
            OR SUM(CASE e.kind WHEN 'convert_out' THEN e.amount * %(rate)s ELSE e.amount END) <>
               SUM(CASE WHEN e.kind = 'fee' THEN e.amount ELSE 0 END)""",
    "I6 taken back at most what was booked": """
        SELECT o.wallet_id, 'entry ' || o.seq || ' of ' || o.amount || ' took back '
               || SUM(r.amount)
          FROM loyalty_club_entry o JOIN loyalty_club_entry r ON r.reverses_id = o.id
         WHERE o.wallet_id = ANY(%(wallets)s)
         GROUP BY o.id
        HAVING sign(SUM(r.amount)) = sign(o.amount) OR ABS(SUM(r.amount)) > ABS(o.amount)""",
    "I8 lots hold the balance": """
        SELECT w.id, 'balance ' || w.balance || ' pending ' || w.pending || ', lots '
               || COALESCE(SUM(l.remaining), 0)
               || ' pending ' || COALESCE(SUM(l.remaining) FILTER (WHERE l.pending), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_lot l ON l.wallet_id = w.id
         WHERE w.id = ANY(%(wallets)s) AND NOT w.debt
         GROUP BY w.id
        HAVING w.balance <> COALESCE(SUM(l.remaining), 0)
            OR w.pending <> COALESCE(SUM(l.remaining) FILTER (WHERE l.pending), 0)""",
    "I8 a lot holds what allocations left": """
        SELECT l.wallet_id, 'lot ' || l.id || ' of ' || l.amount || ' holds ' || l.remaining
          FROM loyalty_club_lot l LEFT JOIN loyalty_club_allocation a ON a.lot_id = l.id
         WHERE l.wallet_id = ANY(%(wallets)s)
         GROUP BY l.id
        HAVING l.remaining <> l.amount - COALESCE(SUM(a.amount), 0)
            OR l.remaining < 0 OR l.remaining > l.amount""",
    "I8 every entry fills or empties lots of its own wallet by its amount": """
        SELECT e.wallet_id, 'entry ' || e.seq || ' of ' || e.amount || ' moved '
               || COALESCE(o.opened, 0) - COALESCE(t.taken, 0) || ' in lots'
          FROM loyalty_club_entry e
          JOIN loyalty_club_wallet w ON w.id = e.wallet_id AND NOT w.debt
          LEFT JOIN LATERAL (SELECT SUM(l.amount) AS opened,
                                    BOOL_OR(l.wallet_id <> e.wallet_id) AS stray
                               FROM loyalty_club_lot l WHERE l.entry_id = e.id) o ON TRUE
          LEFT JOIN LATERAL (SELECT SUM(a.amount) AS taken,
                                    BOOL_OR(l.wallet_id <> e.wallet_id) AS stray
                               FROM loyalty_club_allocation a
                               JOIN loyalty_club_lot l ON l.id = a.lot_id
                              WHERE a.entry_id = e.id) t ON TRUE
         WHERE e.wallet_id = ANY(%(wallets)s)
           AND (e.amount <> COALESCE(o.opened, 0) - COALESCE(t.taken, 0)
                OR o.stray OR t.stray)""",
    "I8 nothing lapsed or pending is spent, nothing valid expires": """
        SELECT e.wallet_id, 'entry ' || e.seq || ' ' || e.kind || ' of ' || e.date
               || ' took from a lot until ' || COALESCE(l.expires_on::text, 'ever')
          FROM loyalty_club_allocation a
          JOIN loyalty_club_entry e ON e.id = a.entry_id
          JOIN loyalty_club_lot l ON l.id = a.lot_id
          LEFT JOIN loyalty_club_hold h ON h.entry_id = e.id
         WHERE l.wallet_id = ANY(%(wallets)s) AND a.amount > 0
           AND CASE WHEN e.kind = 'expire'
                    THEN COALESCE(l.expires_on >= e.date::date, TRUE)
                    WHEN l.entry_id = e.reverses_id OR e.kind = 'merge_out' THEN FALSE
                    ELSE l.expires_on < COALESCE(h.date, e.date)::date
                      OR l.available_on > e.date::date END""",
    "I10 a hold ends once, the wallet holds the open ones": """
        SELECT w.id, 'held ' || w.held || ', open holds '
               || COALESCE(SUM(h.amount) FILTER (WHERE h.state = 'open'), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_hold h ON h.wallet_id = w.id
          LEFT JOIN loyalty_club_entry e ON e.id = h.entry_id
         WHERE w.id = ANY(%(wallets)s)
         GROUP BY w.id
        HAVING w.held <> COALESCE(SUM(h.amount) FILTER (WHERE h.state = 'open'), 0)
            OR BOOL_OR(h.captured < 0 OR h.captured > h.amount
                       OR (h.state = 'captured') <> (h.captured > 0)
                       OR (h.state = 'captured') <> (h.entry_id IS NOT NULL)
                       OR (h.state = 'open') <> (h.closed_at IS NULL)
                       OR h.captured <> COALESCE(-e.amount, 0))""",
    "I10 a hold is captured by one entry": """
        SELECT e.wallet_id, 'entry ' || e.seq || ' captures ' || COUNT(h.id) || ' holds'
          FROM loyalty_club_entry e LEFT JOIN loyalty_club_hold h ON h.entry_id = e.id
         WHERE e.wallet_id = ANY(%(wallets)s) AND e.kind = 'capture'
         GROUP BY e.id HAVING COUNT(h.id) <> 1""",
}

_ALL = " UNION ALL ".join(
    f"SELECT '{name}', found.* FROM ({query}) AS found(wallet, what)"
    for name, query in INVARIANTS.items()
)

_NEW_ENTRIES = """
    SELECT e.id, e.wallet_id, e.seq, w.kind_id, e.member_id, e.company_id, e.amount::text,
           e.balance_after::text, to_char(e.date, 'YYYY-MM-DD HH24:MI:SS'), e.reverses_id,
           e.branch_id, e.user_id, e.origin_id, e.origin_model, e.kind, e.idempotency_key,
           e.key_id, e.seal
      FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
     WHERE e.wallet_id = ANY(%s) AND e.id > %s ORDER BY e.id
"""


def broken(cr, wallets):
    """What is broken in the books of ``wallets`` (ids): list of (rule, wallet, words)."""
    cr.execute(_ALL, {"wallets": wallets, "rate": RATE})
    return cr.fetchall()


class Chain:
    """I13: the chain of each wallet, recomputed entry by entry as the entries come."""

    def __init__(self, cr, wallets):
        self.cr = cr
        self.wallets = wallets
        self.heads = dict.fromkeys(wallets, "")
        self.last = 0

    def broken(self):
        """Check what came since the last call: list of (rule, wallet, words)."""
        self.cr.execute(_NEW_ENTRIES, [self.wallets, self.last])
        faults = []
        for entry_id, wallet, *fact, key_id, seal in self.cr.fetchall():
            self.last = entry_id
            if seal != self._seal(key_id, wallet, fact):
                faults.append(("I13 chain", wallet, f"entry {fact[0]} does not fit its seal"))
            self.heads[wallet] = seal
        self.cr.execute(
            "SELECT id, head FROM loyalty_club_wallet WHERE id = ANY(%s)", [self.wallets]
        )
        faults += [
            ("I13 chain", wallet, "the head is not the last seal")
            for wallet, head in self.cr.fetchall()
            if (head or "") != self.heads[wallet]
        ]
        return faults

    def _seal(self, key_id, wallet, fact):
        """Figures as they are written by hand; texts say their length first."""
        amounts = (f"{Decimal(text).normalize():f}" for text in fact[4:6])
        figures = [wallet, *fact[:4], *amounts, *fact[6:11]]
        words = ["" if figure is None else str(figure) for figure in figures]
        words += [":" if text is None else f"{len(text.encode())}:{text}" for text in fact[11:]]
        text = "".join(f"{word}|" for word in words) + self.heads[wallet]
        secret = keyring.chain_keys(self.cr.dbname)[key_id]
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()

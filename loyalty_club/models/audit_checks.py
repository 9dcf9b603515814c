"""What must agree in the ledger's tables, as queries: each selects what does not."""

from typing import NamedTuple

from odoo.tools import SQL

# Faults of one check that are named; the others are only counted.
NAMED = 200


class Fault(NamedTuple):
    """Something in the ledger that cannot be.

    :param check: which rule is broken.
    :param wallet_id: the wallet it is found in, or None.
    :param seq: number of the entry in that wallet, or None.
    :param text: what was found, in English.
    """

    check: str
    wallet_id: int | None
    seq: int | None
    text: str

    def __str__(self):
        """One line of the report."""
        wallet = f" wallet {self.wallet_id}:" if self.wallet_id else ""
        entry = f" entry {self.seq}:" if self.seq else ""
        return f"{self.check}:{wallet}{entry} {self.text}"


# Each selects wallet, number of the entry (or NULL), and what is wrong.
CHECKS = {
    "balance": """
        SELECT w.id, NULL::int, 'balance ' || w.balance || ', entries say ' || COALESCE(e.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(amount) AS total FROM loyalty_club_entry GROUP BY wallet_id
               ) e ON e.wallet_id = w.id
         WHERE w.balance <> COALESCE(e.total, 0)""",
    "sequence": """
        SELECT w.id, NULL::int, 'numbered up to ' || w.seq || ', found ' || COALESCE(e.n, 0)
               || ' entries up to ' || COALESCE(e.last, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, COUNT(*) AS n, MAX(seq) AS last FROM loyalty_club_entry
                GROUP BY wallet_id) e ON e.wallet_id = w.id
         WHERE w.seq <> COALESCE(e.n, 0) OR w.seq <> COALESCE(e.last, 0)""",
    "head": """
        SELECT w.id, w.seq, 'its seal is not the wallet''s head'
          FROM loyalty_club_wallet w
          LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id AND e.seq = w.seq
         WHERE COALESCE(w.head, '') <> COALESCE(e.seal, '')""",
    "owner": """
        SELECT e.wallet_id, e.seq, 'says another member, club or company than its wallet'
          FROM loyalty_club_entry e LEFT JOIN loyalty_club_wallet w ON w.id = e.wallet_id
         WHERE e.member_id IS DISTINCT FROM w.member_id
            OR e.club_id IS DISTINCT FROM w.club_id
            OR e.company_id IS DISTINCT FROM w.company_id""",
    "reversal": """
        SELECT e.wallet_id, e.seq, 'moved ' || e.amount || ', taken back ' || r.total
          FROM loyalty_club_entry e JOIN (
               SELECT back.reverses_id, SUM(back.amount) AS total
                 FROM loyalty_club_entry back
                 JOIN loyalty_club_entry o ON o.id = back.reverses_id
                 JOIN loyalty_club_wallet w ON w.id = o.wallet_id
                 JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                -- what is owed for money is kept in points: another unit
                WHERE back.kind <> 'debt' OR k.currency_id IS NULL
                GROUP BY back.reverses_id) r ON r.reverses_id = e.id
         WHERE r.total * SIGN(e.amount) > 0 OR ABS(r.total) > ABS(e.amount)""",
    "lots": """
        SELECT w.id, NULL::int, 'balance ' || w.balance || ', lots hold ' || COALESCE(l.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(remaining) AS total FROM loyalty_club_lot GROUP BY wallet_id
               ) l ON l.wallet_id = w.id
         WHERE NOT w.debt AND w.balance <> COALESCE(l.total, 0)""",
    "pending": """
        SELECT w.id, NULL::int, 'pending ' || w.pending || ', pending lots hold '
               || COALESCE(l.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(remaining) AS total FROM loyalty_club_lot
                WHERE pending GROUP BY wallet_id) l ON l.wallet_id = w.id
         WHERE w.pending <> COALESCE(l.total, 0)""",
    "held": """
        SELECT w.id, NULL::int, 'held ' || w.held || ', open holds say ' || COALESCE(h.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(amount) AS total FROM loyalty_club_hold
                WHERE state = 'open' GROUP BY wallet_id) h ON h.wallet_id = w.id
         WHERE w.held <> COALESCE(h.total, 0)""",
    "hold": """
        SELECT h.wallet_id, e.seq, 'hold ' || h.id || ' of ' || h.amount || ' is ' || h.state
               || ' and captured ' || h.captured || ', its entry says ' || COALESCE(-e.amount, 0)
          FROM loyalty_club_hold h LEFT JOIN loyalty_club_entry e ON e.id = h.entry_id
         WHERE h.captured > h.amount OR h.captured <> COALESCE(-e.amount, 0)
            OR (h.state = 'captured') <> (h.captured > 0)
            OR e.wallet_id <> h.wallet_id
         UNION ALL
        SELECT e.wallet_id, e.seq, 'captures ' || COUNT(h.id) || ' holds'
          FROM loyalty_club_entry e LEFT JOIN loyalty_club_hold h ON h.entry_id = e.id
         WHERE e.kind = 'capture' GROUP BY e.id HAVING COUNT(h.id) <> 1""",
    "lot": """
        SELECT l.wallet_id, e.seq, 'lot ' || l.id || ' holds ' || l.remaining || ' of ' || l.amount
               || ', allocations took ' || COALESCE(a.total, 0)
          FROM loyalty_club_lot l LEFT JOIN (
               SELECT lot_id, SUM(amount) AS total FROM loyalty_club_allocation GROUP BY lot_id
               ) a ON a.lot_id = l.id LEFT JOIN loyalty_club_entry e ON e.id = l.entry_id
         WHERE l.remaining <> l.amount - COALESCE(a.total, 0)
            OR e.wallet_id IS DISTINCT FROM l.wallet_id""",
    "allocation": """
        SELECT e.wallet_id, e.seq, 'moved ' || e.amount || ', its lots say ' || COALESCE(l.total, 0)
          FROM loyalty_club_entry e
          JOIN loyalty_club_wallet w ON w.id = e.wallet_id AND NOT w.debt
          LEFT JOIN (
               SELECT entry_id, SUM(amount) AS total FROM (
                      SELECT entry_id, amount FROM loyalty_club_lot
                       UNION ALL SELECT entry_id, -amount FROM loyalty_club_allocation) m
                GROUP BY entry_id) l ON l.entry_id = e.id
         WHERE e.amount <> COALESCE(l.total, 0)""",
    "card": """
        SELECT w.id, NULL::int, 'card shows ' || c.points || ', wallet has '
               || GREATEST(w.balance - w.held - w.pending, 0)
          FROM loyalty_card c JOIN loyalty_club_wallet w ON w.id = c.club_wallet_id
         WHERE c.points::numeric <> GREATEST(w.balance - w.held - w.pending, 0)""",
}


def faults_of(cr, check):
    """Run one of :data:`CHECKS`.

    :returns: list of :class:`Fault`, at most :data:`NAMED`, and how many there are.
    """
    cr.execute(
        SQL(
            "SELECT COUNT(*) OVER (), f.* FROM (%s) f(wallet, seq, text) LIMIT %s",
            SQL(CHECKS[check]),
            NAMED,
        )
    )
    rows = cr.fetchall()
    return [Fault(check, *row[1:]) for row in rows], rows[0][0] if rows else 0

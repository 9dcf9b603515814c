"""The judge: reads what stands in PostgreSQL, past all code, and holds it against the answers.

lost    acknowledged, but it is not in the books
double  one key with more than one effect, or an effect that nobody was told of
half    an entry without its lots, allocations, balance, hold, card or order
chain   numbers with gaps or balances that do not follow (seals: the ledger's own audit)
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

COUNTED = ("lost", "double", "half", "chain")

# Each selects the wallets of a list that break a rule, and says how.
HALF = {
    "balance is not the sum of its entries": """
        SELECT w.id, w.balance || ' / ' || COALESCE(SUM(e.amount), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id
         WHERE w.id = ANY(%s) GROUP BY w.id HAVING w.balance <> COALESCE(SUM(e.amount), 0)""",
    "balance is not what its lots hold": """
        SELECT w.id, w.balance || ' / ' || COALESCE(SUM(l.remaining), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_lot l ON l.wallet_id = w.id
         WHERE w.id = ANY(%s) AND NOT w.debt
         GROUP BY w.id HAVING w.balance <> COALESCE(SUM(l.remaining), 0)""",
    "a lot does not hold what its allocations left": """
        SELECT l.wallet_id, 'lot ' || l.id || ': ' || l.remaining
          FROM loyalty_club_lot l LEFT JOIN loyalty_club_allocation a ON a.lot_id = l.id
         WHERE l.wallet_id = ANY(%s) GROUP BY l.id
        HAVING l.remaining <> l.amount - COALESCE(SUM(a.amount), 0)""",
    "an entry has not taken or given what it says": """
        SELECT e.wallet_id, 'entry ' || e.seq || ': ' || e.amount
          FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
         WHERE e.wallet_id = ANY(%s) AND NOT w.debt AND e.amount <>
               (SELECT COALESCE(SUM(l.amount), 0) FROM loyalty_club_lot l WHERE l.entry_id = e.id)
             - (SELECT COALESCE(SUM(a.amount), 0) FROM loyalty_club_allocation a
                 WHERE a.entry_id = e.id)""",
    "held is not the sum of its open holds": """
        SELECT w.id, w.held || ' / ' || COALESCE(SUM(h.amount), 0)
          FROM loyalty_club_wallet w
          LEFT JOIN loyalty_club_hold h ON h.wallet_id = w.id AND h.state = 'open'
         WHERE w.id = ANY(%s) GROUP BY w.id HAVING w.held <> COALESCE(SUM(h.amount), 0)""",
    "a hold and its entry disagree": """
        SELECT h.wallet_id, 'hold ' || h.id || ' ' || h.state || ': ' || h.captured
          FROM loyalty_club_hold h LEFT JOIN loyalty_club_entry e ON e.id = h.entry_id
         WHERE h.wallet_id = ANY(%s)
           AND (COALESCE(-e.amount, 0) <> h.captured OR h.captured > h.amount
                OR (h.state = 'captured') <> (h.captured > 0))""",
    "its card shows something else": """
        SELECT w.id, c.points || ' / ' || w.balance - w.held - w.pending
          FROM loyalty_club_wallet w JOIN loyalty_card c ON c.club_wallet_id = w.id
         WHERE w.id = ANY(%s) AND c.points::numeric <> w.balance - w.held - w.pending""",
    "more was expired, spent or held than there was": """
        SELECT w.id, w.balance || ' / ' || w.held FROM loyalty_club_wallet w
         WHERE w.id = ANY(%s) AND NOT w.debt AND (w.held < 0 OR w.balance < w.held)""",
}
CHAIN = {
    "entries are not numbered without gaps": """
        SELECT w.id, w.seq || ' / ' || COUNT(e.id) || ' / ' || COALESCE(MAX(e.seq), 0)
          FROM loyalty_club_wallet w LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id
         WHERE w.id = ANY(%s) GROUP BY w.id
        HAVING w.seq <> COUNT(e.id) OR w.seq <> COALESCE(MAX(e.seq), 0)
            OR COUNT(e.id) <> COUNT(DISTINCT e.seq)""",
    "a balance does not follow from the one before": """
        SELECT r.wallet_id, 'entry ' || r.seq || ': ' || r.balance_after
          FROM (SELECT e.*, SUM(e.amount) OVER (PARTITION BY e.wallet_id ORDER BY e.seq) AS running
                  FROM loyalty_club_entry e WHERE e.wallet_id = ANY(%s)) r
         WHERE r.balance_after <> r.running""",
    "its head is not the seal of its last entry": """
        SELECT w.id, 'seq ' || w.seq FROM loyalty_club_wallet w
          LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id AND e.seq = w.seq
         WHERE w.id = ANY(%s) AND COALESCE(w.head, '') <> COALESCE(e.seal, '')""",
}
# Of each order: how often it is stored as paid, how often it is in the purchase journal.
ORDERS = """
    SELECT asked.uuid, COUNT(DISTINCT o.id), COUNT(p.id)
      FROM unnest(%s::text[]) AS asked(uuid)
      LEFT JOIN pos_order o ON o.uuid = asked.uuid AND o.state = 'paid'
      LEFT JOIN loyalty_club_purchase p
             ON p.origin_model = 'pos.order' AND p.origin_id = o.id
     GROUP BY asked.uuid"""

STORED = """
    SELECT uuid, EXTRACT(EPOCH FROM create_date)::float FROM pos_order WHERE uuid = ANY(%s)
     UNION ALL
    SELECT reference, EXTRACT(EPOCH FROM create_date)::float FROM loyalty_club_transfer
     WHERE reference = ANY(%s)"""


@dataclass
class Verdict:
    """What the judge found; ``texts`` says each fault in words."""

    counts: Counter = field(default_factory=Counter)
    texts: list = field(default_factory=list)

    def add(self, sort, text):
        """One more fault."""
        self.counts[sort] += 1
        self.texts.append(f"{sort}: {text}")

    def __bool__(self):
        return bool(self.texts)

    def __add__(self, other):
        return Verdict(self.counts + other.counts, self.texts + other.texts)


class Judge:
    """Holds the books against what clients were told.

    :param books: :class:`tests.support.books.Books`.
    """

    def __init__(self, books):
        self.books = books

    def verdict(self, wallets, replies):
        """All faults of some wallets after a load.

        :param wallets: ids; nothing but the jobs of ``replies`` has moved them since they
            were opened.
        :param replies: list of :class:`tests.fault.load.Reply`, one to each job that was sent.
        """
        verdict = self.soundness(wallets)
        self._compare_entries(verdict, wallets, replies)
        self._compare_orders(verdict, replies)
        return verdict

    def stored_before(self, replies):
        """How many orders and transfers were stored by a try whose answer was lost.

        The answers to them do not say so; the time at which they were stored does.
        """
        asked_at = {
            reply.job.order or reply.answer.result["reference"]: reply.asked_at
            for reply in replies
            if reply.done and (reply.job.order or reply.job.name == "transfer")
        }
        stored = self.books.rows(STORED, list(asked_at), list(asked_at))
        return sum(moment < asked_at[name] for name, moment in stored)

    def soundness(self, wallets):
        """The faults that the books show by themselves."""
        verdict = Verdict()
        for sort, rules in (("half", HALF), ("chain", CHAIN)):
            for rule, query in rules.items():
                for wallet, found in self.books.rows(query, list(wallets)):
                    verdict.add(sort, f"wallet {wallet}: {rule} ({found})")
        return verdict

    def _compare_entries(self, verdict, wallets, replies):
        booked = {
            key: (wallet, Decimal(amount))
            for key, wallet, amount in self.books.rows(
                "SELECT idempotency_key, wallet_id, amount::text FROM loyalty_club_entry"
                " WHERE wallet_id = ANY(%s) AND kind <> 'opening'",
                list(wallets),
            )
        }
        for reply in replies:
            for key, (wallet, amount) in reply.entries.items():
                found = booked.pop(key, None)
                if reply.done and not found:
                    verdict.add("lost", f"{key} was acknowledged")
                elif reply.done and found != (wallet, amount):
                    verdict.add("half", f"{key} is booked as {found[1]} in wallet {found[0]}")
                elif found and not reply.done:
                    verdict.add("double", f"{key} was refused and is booked")
        for key, (wallet, amount) in booked.items():
            verdict.add("double", f"wallet {wallet}: nobody was told of {amount} by {key}")

    def _compare_orders(self, verdict, replies):
        told = {reply.job.order: reply for reply in replies if reply.job.order}
        for uuid, orders, purchases in self.books.rows(ORDERS, list(told)):
            if told[uuid].done and not orders:
                verdict.add("lost", f"order {uuid} was acknowledged")
            elif orders > 1 or purchases > 1:
                verdict.add("double", f"order {uuid}: {orders} orders, {purchases} purchases")
            elif orders and not told[uuid].done:
                verdict.add("double", f"order {uuid} was refused and is stored")
            elif orders != purchases:
                verdict.add("half", f"order {uuid} is not in the journal")


def audit_verdict(report):
    """The faults that the ledger's own audit reports, seals included."""
    verdict = Verdict()
    found = re.search(r" (\d+) faults", report)
    if not found:
        verdict.add("chain", f"the audit did not report: {report[-300:]}")
    elif int(found[1]):
        for line in report.splitlines()[1:]:
            verdict.add("chain" if line.startswith(("chain", "seq")) else "half", line)
    return verdict


def same_answer(first, second):
    """Whether two answers to one key say the same, but for the word that it is a repeat."""

    def told(answer):
        result = dict(answer.result) if isinstance(answer.result, dict) else answer.result
        if isinstance(result, dict):
            result.pop("status", None)
        return json.dumps([result, answer.error, answer.message], sort_keys=True)

    return told(first) == told(second)

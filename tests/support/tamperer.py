"""An administrator of the database who edits the ledger in SQL, and the members it is done to.

Imported by programs that run inside Odoo.
"""

import secrets
from contextlib import contextmanager
from decimal import Decimal

from odoo.addons.loyalty_club.const import ENTRY_KINDS
from odoo.addons.loyalty_club.domain import chain
from odoo.addons.loyalty_club.movement import Movement

WALLETS = 6
SPARE = 4  # number of the entry for which each wallet has another one that was truly sealed


KINDS = (
    "amount",
    "balance_after",
    "kind",
    "date",
    "key",
    "whose",
    "deleted",
    "swapped",
    "rewritten",
    "spliced",
    "cut",
    "balance",
    "held",
)


@contextmanager
def undone(in_env):
    """Whatever happens inside did not happen."""
    savepoint = in_env.cr.savepoint(flush=False)
    try:
        yield
    finally:
        in_env.invalidate_all(flush=False)
        savepoint.close(rollback=True)


class World:
    """Members with a history: earned, spent, given back, held."""

    def __init__(self, env, rng, label):
        self.env, self.rng, self.label = env, rng, label
        club = env["loyalty.club"]._for_company(env.ref("base.main_company"))
        self.branch = env["loyalty.club.branch"].create(
            {"name": label, "code": label[:4].upper(), "club_id": club.id}
        )
        partners = env["res.partner"].create([{"name": f"{label} {n}"} for n in range(WALLETS)])
        members = env["loyalty.club.member"]._enrol(club, partners)
        self.wallets = [wallet.id for wallet in club.points_kind_id._wallets_of(members).values()]
        self.keys = iter(range(10**6))
        self.spares = {wallet: self._live(wallet) for wallet in self.wallets}
        env.flush_all()

    def _live(self, wallet):
        """Give a wallet its history; returns the spare of its fourth entry."""
        self._post(wallet, 100, "earn")
        spent = self._post(wallet, -40, "spend")
        self._post(wallet, 25, "refund_spend", reverses_id=spent, restore=True)
        spare = self._spare(wallet, 30)
        self._post(wallet, 30, "earn")
        for _time in range(self.rng.randint(3, 6)):
            amount = self.rng.choice([-5, -3, 10, 20])
            self._post(wallet, amount, "earn" if amount > 0 else "spend")
        self._post(wallet, 15, "bonus")
        self.env["loyalty.club.hold"]._authorize(wallet, Decimal(5), f"{self.label}:hold:{wallet}")
        return spare

    def _post(self, wallet, amount, kind, **details):
        movement = Movement(
            wallet,
            Decimal(amount),
            kind,
            f"{self.label}:{next(self.keys)}",
            origin=("loyalty.club.branch", self.branch.id),
            branch_id=self.branch.id,
            **details,
        )
        return self.env["loyalty.club.wallet"]._post_or_raise([movement])[0].entry_id

    def _spare(self, wallet, amount):
        """An entry that the ledger seals and that is then rolled back: somebody kept its row."""
        with undone(self.env):
            entry = self._post(wallet, amount, "grant", note="another one")
            self.env.cr.execute(
                "SELECT kind, idempotency_key, seal, date FROM loyalty_club_entry WHERE id = %s",
                [entry],
            )
            return self.env.cr.fetchone()


class Tamperer:
    """Each method makes one edit in a random place and says where the audit should point: the
    wallet, and the number of an entry where there is one."""

    def __init__(self, world):
        self.world, self.rng, self.cr = world, world.rng, world.env.cr

    def run(self, query, **values):
        self.cr.execute(query, values)

    def row(self, query, **values):
        self.cr.execute(query, values)
        return self.cr.fetchone()

    def somewhere(self):
        """A wallet, how many entries it has, and one in their middle."""
        wallet = self.rng.choice(self.world.wallets)
        (last,) = self.row("SELECT seq FROM loyalty_club_wallet WHERE id = %(w)s", w=wallet)
        return wallet, last, self.rng.randint(2, last - 1)

    def edit_entry(self, clause, **values):
        wallet, _last, seq = self.somewhere()
        self.run(
            f"UPDATE loyalty_club_entry SET {clause} WHERE wallet_id = %(w)s AND seq = %(s)s",
            w=wallet,
            s=seq,
            **values,
        )
        return wallet, seq

    def some_amount(self):
        return Decimal(self.rng.randint(1, 10**6)) / 1000

    # --- one fact of an entry ------------------------------------------------------------

    def amount(self):
        return self.edit_entry("amount = amount + sign(amount) * %(d)s", d=self.some_amount())

    def balance_after(self):
        return self.edit_entry("balance_after = balance_after + %(d)s", d=self.some_amount())

    def kind(self):
        kinds = [kind for kind, _label in ENTRY_KINDS if kind not in ("earn", "spend", "capture")]
        return self.edit_entry(
            "kind = %(k)s", k=self.rng.choice([k for k in kinds if not k.startswith("refund")])
        )

    def date(self):
        seconds = self.rng.choice([-1, 1]) * self.rng.randint(1, 10**7)
        return self.edit_entry("date = date + make_interval(secs => %(d)s)", d=seconds)

    def key(self):
        return self.edit_entry("idempotency_key = idempotency_key || %(c)s", c=secrets.token_hex(4))

    def whose(self):
        clause = self.rng.choice(
            [
                "branch_id = NULL",
                "user_id = (SELECT id FROM res_users WHERE id <> user_id ORDER BY id LIMIT 1)",
                "origin_id = origin_id + 1",
                "origin_model = 'pos.order'",
                "origin_model = NULL, origin_id = NULL",
                "member_id = NULL",
            ]
        )
        return self.edit_entry(clause)

    # --- whole entries -------------------------------------------------------------------

    def deleted(self):
        wallet, _last, seq = self.somewhere()
        self.remove(wallet, seq, seq)
        return wallet, seq + 1

    def swapped(self):
        wallet, _last, seq = self.somewhere()
        for old, new in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
            self.run(
                "UPDATE loyalty_club_entry SET seq = %(n)s WHERE wallet_id = %(w)s AND seq = %(o)s",
                w=wallet,
                o=old,
                n=new,
            )
        return wallet, seq

    def rewritten(self):
        """A credit made bigger, and everything after it made to agree; only the key is missing."""
        wallet, last, _seq = self.somewhere()
        more, key = self.some_amount(), secrets.token_bytes(32)
        self.run("SELECT seq FROM loyalty_club_entry WHERE wallet_id = %(w)s AND kind IN"
                 " ('earn', 'bonus') ORDER BY seq", w=wallet)  # fmt: skip
        seq = self.rng.choice([row[0] for row in self.cr.fetchall()])
        self.enlarge_lot(wallet, seq, more)
        self.run(
            "UPDATE loyalty_club_entry SET balance_after = balance_after + %(d)s,"
            " amount = amount + CASE WHEN seq = %(s)s THEN %(d)s ELSE 0 END"
            " WHERE wallet_id = %(w)s AND seq >= %(s)s",
            w=wallet,
            s=seq,
            d=more,
        )
        if self.rng.random() < 0.5:
            self.reseal(wallet, seq, last, chain.Sealer(key))
        self.enlarge_wallet(wallet, more)
        return wallet, seq

    def reseal(self, wallet, first, last, sealer):
        """Seal anew with a key of one's own."""
        previous = self.row(
            "SELECT COALESCE(MAX(seal), '') FROM loyalty_club_entry"
            " WHERE wallet_id = %(w)s AND seq = %(s)s",
            w=wallet,
            s=first - 1,
        )[0]
        for seq in range(first, last + 1):
            (text,) = self.row(
                f"SELECT {chain.sql_fact_text('e', 'w')} FROM loyalty_club_entry e"
                " JOIN loyalty_club_wallet w ON w.id = e.wallet_id"
                " WHERE e.wallet_id = %(w)s AND e.seq = %(s)s",
                w=wallet,
                s=seq,
            )
            previous = sealer.seal(previous, text)
            self.run(
                "UPDATE loyalty_club_entry SET seal = %(h)s"
                " WHERE wallet_id = %(w)s AND seq = %(s)s",
                h=previous,
                w=wallet,
                s=seq,
            )
        self.run(
            "UPDATE loyalty_club_wallet SET head = %(h)s WHERE id = %(w)s", h=previous, w=wallet
        )

    def spliced(self):
        """An entry exchanged for another one that the ledger itself sealed for the same place."""
        wallet = self.rng.choice(self.world.wallets)
        kind, key, seal, date = self.world.spares[wallet]
        self.run(
            "UPDATE loyalty_club_entry SET kind = %(k)s, idempotency_key = %(i)s, seal = %(h)s,"
            " date = %(d)s WHERE wallet_id = %(w)s AND seq = %(s)s",
            k=kind,
            i=key,
            h=seal,
            d=date,
            w=wallet,
            s=SPARE,
        )
        return wallet, SPARE + 1

    def cut(self):
        """The last entries gone, lots refilled, head, balance and card moved back."""
        wallet, last, _seq = self.somewhere()
        first = last + 1 - self.rng.randint(1, 3)
        self.remove(wallet, first, last)
        self.run(
            "UPDATE loyalty_club_wallet w SET balance = e.balance_after, seq = e.seq, head = e.seal"
            " FROM loyalty_club_entry e WHERE e.wallet_id = w.id AND w.id = %(w)s"
            " AND e.seq = %(s)s",
            w=wallet,
            s=first - 1,
        )
        self.mirror(wallet)
        return wallet, last

    def remove(self, wallet, first, last):
        """Delete entries and all that hangs on them."""
        values = {"w": wallet, "f": first, "l": last}
        gone = (
            "(SELECT id FROM loyalty_club_entry WHERE wallet_id = %(w)s"
            " AND seq BETWEEN %(f)s AND %(l)s)"
        )
        self.run(
            "UPDATE loyalty_club_lot l SET remaining = GREATEST(0, LEAST(l.amount,"
            " l.remaining + a.amount)) FROM (SELECT lot_id,"
            f" SUM(amount) AS amount FROM loyalty_club_allocation WHERE entry_id IN {gone}"
            " GROUP BY lot_id) a WHERE a.lot_id = l.id",
            **values,
        )
        self.run(
            f"DELETE FROM loyalty_club_allocation WHERE entry_id IN {gone} OR lot_id IN"
            f" (SELECT id FROM loyalty_club_lot WHERE entry_id IN {gone})",
            **values,
        )
        self.run(f"DELETE FROM loyalty_club_lot WHERE entry_id IN {gone}", **values)
        self.run(
            f"UPDATE loyalty_club_entry SET reverses_id = NULL WHERE reverses_id IN {gone}",
            **values,
        )
        self.run(f"DELETE FROM loyalty_club_entry WHERE id IN {gone}", **values)

    # --- wallets -------------------------------------------------------------------------

    def balance(self):
        wallet, last, _seq = self.somewhere()
        more = self.some_amount()
        self.enlarge_lot(wallet, last, more)
        self.enlarge_wallet(wallet, more)
        return wallet, last

    def held(self):
        wallet, _last, _seq = self.somewhere()
        change = self.rng.choice([Decimal(-5), Decimal(1), Decimal("0.001")])
        self.run("UPDATE loyalty_club_wallet SET held = held + %(d)s WHERE id = %(w)s",
                 d=change, w=wallet)  # fmt: skip
        self.mirror(wallet)
        return wallet, None

    def enlarge_lot(self, wallet, seq, more):
        self.run(
            "UPDATE loyalty_club_lot SET amount = amount + %(d)s, remaining = remaining + %(d)s"
            " WHERE entry_id = (SELECT id FROM loyalty_club_entry"
            " WHERE wallet_id = %(w)s AND seq = %(s)s)",
            w=wallet,
            s=seq,
            d=more,
        )

    def enlarge_wallet(self, wallet, more):
        self.run(
            "UPDATE loyalty_club_wallet SET balance = balance + %(d)s WHERE id = %(w)s",
            w=wallet,
            d=more,
        )
        self.mirror(wallet)

    def mirror(self, wallet):
        self.run(
            "UPDATE loyalty_card c SET points = w.balance - w.held - w.pending"
            " FROM loyalty_club_wallet w WHERE w.id = c.club_wallet_id AND w.id = %(w)s",
            w=wallet,
        )

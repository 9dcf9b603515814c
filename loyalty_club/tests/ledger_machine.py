"""Everything that can be asked of the ledger, in any order, checked after every step."""

from decimal import Decimal

from freezegun import api as frozen
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.addons.loyalty_club.tests.ledger_invariants import RATE
from odoo.addons.loyalty_club.tests.ledger_world import PENDING_DAYS, PEOPLE, day_after, last_day

# What happens, happens to the first member's points more often than elsewhere: chances to go
# wrong need several things in one wallet.
OFTEN = ["points ali"] * 4 + ["credit ali"] * 2
VALUE = st.sampled_from(
    OFTEN + [f"{kind} {person}" for kind in ("points", "credit") for person in PEOPLE]
)
PERSON = st.sampled_from([*PEOPLE[:1] * 3, *PEOPLE])
AMOUNT = st.integers(1, 40)
LITTLE = st.integers(1, 20)
LIFE = st.none() | st.integers(0, 4)  # days until a lot lapses
PICK = st.integers(0, 6)  # one of the latest
SPENT = ("spend", "capture")
LENGTH = 50  # steps of an example at most


class OutOfTime(Exception):
    """The machine has run for as long as it was given."""


class LedgerMachine(RuleBasedStateMachine):
    """Drives :class:`~.ledger_world.World`, which a runner puts into ``world``."""

    world = None
    until = float("inf")  # on the clock that freezegun leaves alone
    examples = steps = 0  # for the figures
    out_of_time = False

    @initialize()
    def begin(self):
        self.count = 0
        type(self).examples += 1
        self.world.begin()
        self.opens()

    def opens(self):
        """Everybody has something to begin with, half of it for a day or two."""
        movements, lots = [], []
        for name in self.world.stocked:
            for life, amount in ((1, 10), (0, 15), (None, 25)):
                key, day = self.key(), day_after(self.reference.day, life)
                movements.append(self.world.movement(name, amount, "opening", key, expires_on=day))
                lots.append((name, Decimal(amount), "opening", key, last_day(day)))

        def expect():
            for lot in lots:
                self.reference.credit(*lot)

        self.world.ask(movements, expect)

    def teardown(self):
        self.world.end()

    # --- helpers ---------------------------------------------------------------------

    @property
    def reference(self):
        return self.world.reference

    def key(self, *parts):
        """Keys of a new request: one, or one per part."""
        self.count += 1
        keys = [f"m{self.count}:{part}" for part in parts or ("one",)]
        return keys if parts else keys[0]

    def entries(self, *kinds):
        """Entries of these kinds so far, the latest first."""
        entries = reversed(self.reference.entries.values())
        return [entry for entry in entries if entry.kind in kinds]

    def done(self):
        """The end of every step."""
        type(self).steps += 1
        self.world.check()
        if frozen.real_monotonic() > self.until:
            type(self).out_of_time = True
            raise OutOfTime

    def single(self, name, amount, kind, expect, reverses=None, **values):
        """One movement; ``expect`` is given its key."""
        key = self.key()
        movement = self.world.movement(name, amount, kind, key, reverses, **values)
        self.world.ask([movement], lambda: expect(key))
        self.done()

    def hold(self, pick):
        """The key of one of the latest holds, whatever its state."""
        return list(reversed(self.reference.holds))[pick % len(self.reference.holds)]

    # --- value comes in --------------------------------------------------------------

    @rule(name=VALUE, amount=AMOUNT, kind=st.sampled_from(["issue", "topup", "grant"]), life=LIFE)
    def comes_in(self, name, amount, kind, life):
        day = day_after(self.reference.day, life)
        self.single(
            name,
            amount,
            kind,
            lambda key: self.reference.credit(name, Decimal(amount), kind, key, last_day(day)),
            expires_on=day,
        )

    @rule(person=PERSON, amount=AMOUNT, life=LIFE)
    def earns(self, person, amount, life):
        """What is earned waits some days; then what is owed is settled, as far as it goes."""
        name, day = f"points {person}", day_after(self.reference.day, life)
        usable = day_after(self.reference.day, PENDING_DAYS)
        self.single(
            name,
            amount,
            "earn",
            lambda key: self.reference.credit(
                name, Decimal(amount), "earn", key, last_day(day), usable
            ),
            expires_on=day,
        )

    @precondition(lambda self: any(w.debt and w.balance for w in self.reference.wallets.values()))
    @rule(person=PERSON)
    def settles(self, person):
        self.world.settle(person, self.key())
        self.done()

    @precondition(lambda self: self.entries("expire"))
    @rule(pick=PICK, amount=AMOUNT, life=st.integers(0, 6))
    def reinstated(self, pick, amount, life):
        """A manager brings back what lapsed: at most as much as lapsed."""
        entries = self.entries("expire")
        entry = entries[pick % len(entries)]
        amount = min(Decimal(amount), -entry.amount - entry.reversed)
        day = day_after(self.reference.day, life)
        if amount:
            self.single(
                entry.wallet,
                amount,
                "reinstate",
                lambda key: self.reference.credit(
                    entry.wallet, amount, "reinstate", key, day, reverses=entry.key
                ),
                reverses=entry.key,
                expires_on=day,
            )

    # --- value goes out --------------------------------------------------------------

    @rule(name=VALUE, amount=LITTLE, kind=st.sampled_from(["spend", "spend", "adjust"]))
    def goes_out(self, name, amount, kind):
        self.single(
            name, -amount, kind, lambda key: self.reference.debit(name, Decimal(amount), kind, key)
        )

    @rule(name=VALUE)
    def all_goes_out(self, name):
        """To the last unit, and not one more."""
        free = self.reference.wallets[name].free(self.reference.day)
        for amount in (free + 1, free):
            if amount > 0:
                self.goes_out_exactly(name, amount)

    def goes_out_exactly(self, name, amount):
        self.single(
            name, -amount, "spend", lambda key: self.reference.debit(name, amount, "spend", key)
        )

    @rule(person=PERSON, spent=LITTLE, earned=AMOUNT)
    def sale(self, person, spent, earned):
        """What a sale earns never pays for that sale."""
        name, keys = f"points {person}", self.key("spend", "earn")
        usable = day_after(self.reference.day, PENDING_DAYS)
        movements = [
            self.world.movement(name, -spent, "spend", keys[0]),
            self.world.movement(name, earned, "earn", keys[1]),
        ]

        def expect():
            self.reference.debit(name, Decimal(spent), "spend", keys[0])
            self.reference.credit(name, Decimal(earned), "earn", keys[1], usable=usable)

        self.world.ask(movements, expect)
        self.done()

    @rule()
    def expiry_pass(self):
        self.world.expiry_pass()
        self.done()

    @rule(name=VALUE, more=st.integers(-10, 10))
    def lapses(self, name, more):
        """A part of what has lapsed, the oldest first, and never more than has lapsed."""
        amount = self.reference.wallets[name].lapsed(self.reference.day) + more
        if amount > 0:
            self.single(
                name, -amount, "expire", lambda key: self.reference.lapse(name, amount, key)
            )

    # --- holds -----------------------------------------------------------------------

    @rule(name=VALUE, amount=LITTLE, minutes=st.sampled_from([15, 60 * 24 * 2]))
    def authorizes(self, name, amount, minutes):
        self.world.authorize(name, Decimal(amount), self.key(), minutes)
        self.done()

    @rule(name=VALUE, earned=AMOUNT)
    def pays_over_midnight(self, name, earned):
        """All that is free is authorised; what lapses then is still there to pay, and what is
        earned meanwhile, and pending, does not stand in for it."""
        free = self.reference.wallets[name].free(self.reference.day)
        if free > 0:
            self.authorizes(name, free, 60 * 24 * 2)
            self.days_pass(1, True)
            kind, person = name.split()
            if kind == "points":
                self.earns(person, earned, None)
            self.lapses(name, 1)

    @precondition(lambda self: self.reference.holds)
    @rule(pick=PICK, percent=st.sampled_from([None, 10, 50, 100, 150]))
    def captures(self, pick, percent):
        key = self.hold(pick)
        amount = self.reference.holds[key].amount * (percent or 100) / 100
        amount = max(Decimal(1), amount - amount % 1)
        self.world.capture(key, amount if percent else None)
        self.done()

    @precondition(lambda self: self.reference.holds)
    @rule(pick=PICK)
    def releases(self, pick):
        self.world.release(self.hold(pick))
        self.done()

    @precondition(lambda self: self.reference.holds)
    @rule()
    def holds_run_out(self):
        self.world.expire_holds()
        self.done()

    # --- what came is taken back, what went is given back ----------------------------

    @precondition(lambda self: self.entries(*SPENT))
    @rule(pick=PICK, amount=LITTLE)
    def gives_back(self, pick, amount):
        """In parts, again and again, and never more than was spent."""
        entries = self.entries(*SPENT)
        entry = entries[pick % len(entries)]
        self.single(
            entry.wallet,
            amount,
            "refund_spend",
            lambda key: self.reference.give_back(entry.wallet, Decimal(amount), key, entry.key),
            reverses=entry.key,
            restore=True,
        )

    @precondition(lambda self: self.entries("earn"))
    @rule(pick=PICK, amount=AMOUNT)
    def takes_back(self, pick, amount):
        """What goods had earned goes when they come back; what is gone already is owed."""
        entries = self.entries("earn")
        entry = entries[pick % len(entries)]
        amount = min(Decimal(amount), entry.amount - entry.reversed)
        if amount:
            self.world.take_back(entry, amount, self.key())
            self.done()

    # --- between wallets -------------------------------------------------------------

    @rule(people=st.permutations(PEOPLE), amount=LITTLE, fee=st.sampled_from([0, 0, 3]))
    def sends(self, people, amount, fee):
        """Both or neither; the receiver's lots keep their days."""
        source, target = (f"credit {person}" for person in people[:2])
        out, into, charge = self.key("out", "in", "fee")
        movements = [
            self.world.movement(source, -amount, "transfer_out", out),
            self.world.movement(target, amount, "transfer_in", into, carries=out),
        ]
        if fee:
            movements.insert(1, self.world.movement(source, -fee, "fee", charge))

        def expect():
            # Both debits first, as the ledger has it; what is carried is what the first took.
            kinds = ("transfer_out", "transfer_in")
            self.reference.carry(source, target, Decimal(amount), kinds, (out, into))
            if fee:
                self.reference.debit(source, Decimal(fee), "fee", charge)

        self.world.ask(movements, expect, together=True)
        self.done()

    @rule(amounts=st.tuples(LITTLE, LITTLE, LITTLE))
    def ring(self, amounts):
        """Everybody sends to the next, in one batch: all of it or nothing, and no wallet
        passes on what only comes in by it."""
        names = [f"points {person}" for person in PEOPLE]
        keys = self.key("a", "b", "c", "x", "y", "z")
        outs, ins = keys[:3], keys[3:]
        plan = list(zip(names, names[1:] + names[:1], amounts, outs, ins, strict=True))
        movements = [
            self.world.movement(source, -amount, "transfer_out", out)
            for source, _target, amount, out, _into in plan
        ] + [
            self.world.movement(target, amount, "transfer_in", into, carries=out)
            for _source, target, amount, out, into in plan
        ]

        def expect():
            taken = [
                self.reference.debit(source, Decimal(amount), "transfer_out", out)
                for source, _target, amount, out, _into in plan
            ]
            for (_source, target, amount, _out, into), entry in zip(plan, taken, strict=True):
                self.reference.arrive(target, Decimal(amount), "transfer_in", into, entry)

        self.world.ask(movements, expect, together=True)
        self.done()

    @rule(person=PERSON, amount=st.integers(1, 12))
    def converts(self, person, amount):
        out, into = self.key("out", "in")
        names = f"points {person}", f"credit {person}"
        movements = [
            self.world.movement(names[0], -amount, "convert_out", out),
            self.world.movement(names[1], amount * RATE, "convert_in", into),
        ]

        def expect():
            self.reference.debit(names[0], Decimal(amount), "convert_out", out)
            self.reference.credit(names[1], Decimal(amount * RATE), "convert_in", into)

        self.world.ask(movements, expect, together=True)
        self.done()

    @rule(people=st.permutations(PEOPLE), kind=st.sampled_from(["points", "credit"]))
    def merges(self, people, kind):
        """All a wallet holds moves to another, lapsed and pending lots too; not while a part
        of it is promised."""
        source, target = (f"{kind} {person}" for person in people[:2])
        wallet = self.reference.wallets[source]
        if wallet.balance and not wallet.held:
            out, into = self.key("out", "in")
            movements = [
                self.world.movement(source, -wallet.balance, "merge_out", out),
                self.world.movement(target, wallet.balance, "merge_in", into, carries=out),
            ]
            self.world.ask(
                movements,
                lambda: self.reference.merge(source, target, (out, into)),
                together=True,
            )
            self.done()

    # --- everything else -------------------------------------------------------------

    @precondition(lambda self: self.world.posted)
    @rule(pick=PICK, change=st.sampled_from([None, None, "amount", "kind", "wallet"]))
    def repeats(self, pick, change):
        """A key that was booked is answered as it was then, whatever happened since."""
        keys = list(reversed(self.world.posted))
        self.world.repeat(keys[pick % len(keys)], change)
        self.done()

    @rule(days=st.integers(1, 4), cron=st.sampled_from([True, True, False]))
    def days_pass(self, days, cron):
        """Value becomes usable on its day, whether the cron that shows it has run or not."""
        self.world.move_on(cron, days=days)
        self.done()

    @rule(name=VALUE)
    def blocks(self, name):
        """Blocked, or let go again."""
        self.world.block(name, not self.reference.wallets[name].blocked)
        self.done()


def run(world, steps, number=None, patience=None, shrink=True):
    """Run the machine.

    :param world: :class:`~.ledger_world.World`.
    :param steps: how many steps to take about, in examples of at most ``LENGTH`` each.
    :param number: seed of the examples; None: the same ones every time.
    :param patience: seconds after which to stop.
    :param shrink: whether to look for the shortest example that fails.
    :returns: the machine's class, with its figures ``examples``, ``steps`` and ``out_of_time``,
        and what is wrong: an exception, or None when everything held.
    """
    until = float("inf") if patience is None else frozen.real_monotonic() + patience
    machine = type("Machine", (LedgerMachine,), {"world": world, "until": until})
    rules = settings(
        max_examples=max(1, steps * 6 // (5 * LENGTH)),  # not all are that long
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        derandomize=number is None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        verbosity=Verbosity.normal if shrink else Verbosity.quiet,
    )
    with world.standing_still():
        try:
            run_state_machine_as_test(
                machine if number is None else seed(number)(machine), settings=rules
            )
        except Exception as error:  # whatever it is, it was found
            return machine, None if machine.out_of_time else error
    return machine, None

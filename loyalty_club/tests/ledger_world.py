"""The ledger as the machine drives it: members and wallets, a clock, and the reference beside."""

import copy
import dataclasses
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.modules import module

from odoo.addons.loyalty_club.movement import Movement
from odoo.addons.loyalty_club.tests.ledger_invariants import Chain, broken
from odoo.addons.loyalty_club.tests.ledger_reference import FOR_EVER, Reference, Refused, Wallet

START = datetime.fromisoformat("2025-01-10 08:00")  # as Odoo keeps moments: UTC, no zone
PEOPLE = ("ali", "bita", "cyrus")
PENDING_DAYS = 2
MAXIMUM = Decimal(150)
_STATE = """
    SELECT w.id, w.balance::text, w.held::text, w.pending::text, w.seq, c.points::numeric::text,
           (SELECT array_agg(trim_scale(l.remaining)::text || ' '
                             || COALESCE(l.expires_on::text, 'ever'))
              FROM loyalty_club_lot l WHERE l.wallet_id = w.id AND l.remaining > 0)
      FROM loyalty_club_wallet w LEFT JOIN loyalty_card c ON c.club_wallet_id = w.id
     WHERE w.id = ANY(%s)
"""


class World:
    """Three members with points, credit and a debt each, in a club of their own.

    :param env: environment of the superuser; nothing is committed.
    """

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.Wallet = self.env["loyalty.club.wallet"]
        self.Hold = self.env["loyalty.club.hold"]
        self.now = START
        self.wallets = self._wallets()
        self.names = {wallet: name for name, wallet in self.wallets.items()}
        self.ids = sorted(self.names)
        self.stocked = [name for name in self.wallets if not name.startswith("debt")]
        self.env.flush_all()

    def _wallets(self):
        company = self.env.ref("base.main_company")
        company.partner_id.tz = "UTC"
        club = self.env["loyalty.club"].create(
            {"name": "Machine", "company_id": company.id, "clawback_policy": "debt"}
        )
        credit = self.env["loyalty.club.wallet.kind"].create(
            {
                "name": "Machine credit",
                "type": "ewallet",
                "club_id": club.id,
                "currency_id": company.currency_id.id,
                "rounding": 1,
                "maximum_balance": MAXIMUM,
            }
        )
        club.points_kind_id.pending_days = PENDING_DAYS
        kinds = {"points": club.points_kind_id, "credit": credit, "debt": club.debt_kind_id}
        partners = self.env["res.partner"].create([{"name": name} for name in PEOPLE])
        members = self.env["loyalty.club.member"]._enrol(club, partners)
        self.members = dict(zip(PEOPLE, members, strict=True))
        return {
            f"{kind_name} {person}": kind._wallets_of(members)[member.id].id
            for kind_name, kind in kinds.items()
            for person, member in self.members.items()
        }

    # --- an example ------------------------------------------------------------------

    @contextmanager
    def standing_still(self):
        """The clock stands still and crons do not commit, for all examples of a run."""
        tested = patch.object(module, "current_test", module.current_test or "the ledger machine")
        cron = type(self.env["ir.cron"])
        endless = patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: float("inf"))
        with freeze_time(START) as self.clock, tested, endless:
            yield self

    def begin(self):
        """Begin an example: empty wallets, the first day."""
        self.now = START
        self.clock.move_to(START)
        self.savepoint = self.env.cr.savepoint(flush=False)
        self.reference = Reference(START.date())
        for name in self.wallets:
            maximum = MAXIMUM if name.startswith("credit") else Decimal(0)
            self.reference.wallets[name] = Wallet(name, name.startswith("debt"), maximum=maximum)
        self.chain = Chain(self.env.cr, self.ids)
        self.entry_ids = {}  # by key
        self.posted = {}  # movement and outcome by key
        self.violation = None
        self.stale = False  # whether what became usable is still shown as pending

    def end(self):
        """Check everything once more and forget the example."""
        try:
            failed = self.env.cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR
            if not (self.violation or failed):  # nothing to add to what was found
                self._mature()
                self.chain = Chain(self.env.cr, self.ids)
                self.check()
                self._check_fields()
        finally:
            self.savepoint.rollback()
            self.savepoint.close(rollback=False)
            self.env.invalidate_all()

    def move_on(self, cron, **span):
        """Time passes; the cron that shows what became usable runs, or is late."""
        self.now += timedelta(**span)
        self.clock.move_to(self.now)
        self.reference.day = self.now.date()
        self.stale = True
        if cron:
            self._mature()

    def _mature(self):
        self.env["loyalty.club.lot"]._cron_mature()
        self.stale = False

    # --- asking ----------------------------------------------------------------------

    def movement(self, name, amount, kind, key, reverses=None, **values):
        """A movement of the wallet of that name; ``reverses`` is a key."""
        return Movement(
            self.wallets[name],
            Decimal(amount),
            kind,
            key,
            reverses_id=self.entry_ids[reverses] if reverses else None,
            **values,
        )

    def ask(self, movements, expect, together=False):
        """Let the ledger and the reference do the same and compare what they say.

        :param movements: of one wallet, or of several ``together``.
        :param expect: what the reference does; raises Refused when the ledger must refuse.
        :returns: whether it was booked.
        """
        post = self.Wallet._post_together if together else self.Wallet._post
        outcomes = post(movements)
        reasons = self.expected(expect, undo=len(movements) > 1)
        booked = all(outcome.ok for outcome in outcomes)
        said = {outcome.reason for outcome in outcomes} - {None, "together"}
        assert booked == (not reasons), f"{movements}: {outcomes}, expected {reasons or 'ok'}"
        assert booked or not any(outcome.ok for outcome in outcomes), f"half booked: {outcomes}"
        # Several wallets may be refused for several reasons; the reference stops at the first.
        assert together or said <= reasons, f"{movements}: {said}, expected {reasons}"
        if booked:
            for movement, outcome in zip(movements, outcomes, strict=True):
                self.remember(movement, outcome)
        return booked

    def remember(self, movement, outcome):
        """Keep an answer: a repeat must get the same."""
        self.entry_ids[movement.key] = outcome.entry_id
        self.posted[movement.key] = (movement, outcome)
        mine = self.reference.entries[movement.key].balance
        assert outcome.balance == mine, f"{movement}: balance {outcome.balance}, expected {mine}"

    def expected(self, expect, undo=False):
        """Let the reference act: reasons of its refusal, empty when it goes through."""
        reference = self.reference
        before = undo and copy.deepcopy((reference.wallets, reference.entries, reference.holds))
        try:
            expect()
        except Refused as refused:
            if before:
                reference.wallets, reference.entries, reference.holds = before
            return refused.reasons
        return set()

    def learn(self, *keys):
        """Learn the entries that a service has booked, as the reference has."""
        keys = [key for key in keys if key in self.reference.entries]
        self.env.cr.execute(
            "SELECT idempotency_key, id FROM loyalty_club_entry WHERE idempotency_key = ANY(%s)",
            [keys],
        )
        found = dict(self.env.cr.fetchall())
        assert found.keys() == set(keys), f"booked {sorted(found)}, expected {keys}"
        self.entry_ids.update(found)

    def repeat(self, key, change):
        """Send a booked movement again, as it was or with another body under its key."""
        movement, first = self.posted[key]
        others = {
            "amount": {"amount": movement.amount * 2},
            "kind": {"kind": "grant" if movement.kind == "adjust" else "adjust"},
            "wallet": {"wallet_id": next(w for w in self.ids if w != movement.wallet_id)},
        }
        again = dataclasses.replace(movement, **others.get(change, {}))
        (outcome,) = self.Wallet._post([again])
        status = "refused" if change else "replayed"
        expected = (status, "key_reused" if change else None, first.entry_id, first.balance)
        assert tuple(outcome) == expected, f"{again}: {outcome}, expected {expected}"

    # --- services --------------------------------------------------------------------

    def settle(self, person, key):
        """What is free pays what is owed."""
        common = {"origin": None, "branch_id": None, "note": None}
        self.env["loyalty.club.debt"]._settle(self.members[person], common, key)
        names = (f"points {person}", f"debt {person}")
        keys = [f"{key}:settle:{self.wallets[name]}" for name in names]
        self.reference.settle(*names, keys)
        self.learn(*keys)

    def take_back(self, entry, amount, key):
        """What was earned is taken back, or owed."""
        record = self.env["loyalty.club.entry"].browse(self.entry_ids[entry.key])
        common = {"origin": None, "branch_id": None, "note": None}
        self.env["loyalty.club.debt"]._take_back(record, amount, common, key)
        keys = [f"{key}:{part}:{record.id}" for part in ("unearn", "owe")]
        debt = entry.wallet.replace("points", "debt")
        self.reference.take_back(entry.wallet, debt, amount, keys, entry.key)
        self.learn(*keys)

    def expiry_pass(self):
        """The pass over all wallets here, after what became usable was counted as such."""
        self._mature()
        self.env["loyalty.club.expiry"]._expire_wallets(self.ids, self.reference.day)
        for name, wallet in self.reference.wallets.items():
            amount = wallet.lapsed(self.reference.day)
            if amount:
                key = f"expire:{self.wallets[name]}:{len(wallet.entries) + 1}"
                self.reference.lapse(name, amount, key)
                self.learn(key)

    def block(self, name, blocked):
        """Block a wallet, or let it go."""
        self.Wallet.browse(self.wallets[name]).state = "blocked" if blocked else "active"
        self.env.flush_all()
        self.reference.wallets[name].blocked = blocked

    # --- holds -----------------------------------------------------------------------

    def authorize(self, name, amount, key, minutes):
        """Ask for a hold; the same request again gets the same answer."""
        ask = (self.wallets[name], amount, key)
        outcome = self.Hold._authorize(*ask, minutes=minutes)
        until = self.now + timedelta(minutes=minutes)
        reasons = self.expected(lambda: self.reference.authorize(name, amount, key, until))
        self._compare(outcome, "open", reasons)
        if outcome.ok:
            again = self.Hold._authorize(*ask, minutes=minutes)
            assert (again.status, again.hold_id, again.replayed) == ("open", outcome.hold_id, True)
            other = self.Hold._authorize(ask[0], amount + 1, key)
            assert other.reason == "key_reused", f"another body under {key}: {other}"

    def capture(self, key, amount):
        """Capture a hold, wholly when ``amount`` is None; a repeat changes nothing."""
        hold = self.reference.holds[key]
        taken = hold.amount if amount is None else amount
        outcome = self.Hold._capture(key, amount)
        if hold.state == "captured" and amount in (None, hold.captured):
            assert outcome.status == "captured" and outcome.replayed, f"again {key}: {outcome}"
            return
        entry_key = f"hold:{key}"
        reasons = self.expected(lambda: self.reference.capture(key, taken, entry_key))
        self._compare(outcome, "captured", reasons)
        if outcome.ok:
            self.learn(entry_key)

    def release(self, key):
        """Let a hold go; it was let go before or it is now, unless it was captured."""
        hold = self.reference.holds[key]
        outcome = self.Hold._release(key)
        if hold.state in ("released", "expired"):
            assert outcome.status == hold.state and outcome.replayed, f"again {key}: {outcome}"
            return
        reasons = self.expected(lambda: self.reference.release(key))
        self._compare(outcome, "released", reasons)

    def expire_holds(self):
        """The cron that lets go what nobody captured in time."""
        self.Hold._cron_expire()
        self.reference.expire_holds(self.now)

    def _compare(self, outcome, status, reasons):
        expected = {"refused"} if reasons else {status}
        assert {outcome.status} == expected, f"{outcome}, expected {reasons or status}"
        assert not reasons or outcome.reason in reasons, f"{outcome}, expected {reasons}"

    # --- comparing -------------------------------------------------------------------

    def check(self):
        """All invariants, and every wallet and lot as the reference has it."""
        faults = broken(self.env.cr, self.ids) + self.chain.broken() + self._differences()
        if faults:
            self.violation = faults
            words = "\n".join(
                f"{rule}: {self.names[wallet]}: {what}" for rule, wallet, what in faults
            )
            raise AssertionError(f"the books are broken:\n{words}")

    def _differences(self):
        self.env.cr.execute(_STATE, [self.ids])
        faults = []
        for wallet_id, balance, held, pending, seq, points, lots in self.env.cr.fetchall():
            mine = self.reference.wallets[self.names[wallet_id]]
            waits = Decimal(pending) if self.stale else mine.pending(self.reference.day)
            figures = (Decimal(balance), Decimal(held), Decimal(pending), seq)
            expected = (mine.balance, mine.held, waits, len(mine.entries))
            if figures != expected:
                faults.append(("figures", wallet_id, f"{figures}, expected {expected}"))
            shown = max(mine.balance - mine.held - waits, Decimal(0))
            if points is not None and Decimal(points) != shown:
                faults.append(("card", wallet_id, f"shows {points}, expected {expected}"))
            if sorted(lots or ()) != (expected_lots := self._lots_of(mine)):
                faults.append(("lots", wallet_id, f"{lots}, expected {expected_lots}"))
        return faults

    @staticmethod
    def _lots_of(wallet):
        return sorted(
            f"{lot.remaining.normalize():f} {'ever' if lot.expires == FOR_EVER else lot.expires}"
            for lot in wallet.lots
            if lot.remaining
        )

    def _check_fields(self):
        """What screens read is what the columns hold."""
        self.env.invalidate_all()
        for wallet in self.Wallet.browse(self.ids):
            mine = self.reference.wallets[self.names[wallet.id]]
            shown = Decimal(str(wallet.available))
            expected = mine.available(self.reference.day)
            assert shown == expected, f"{mine.name} shows {shown}, expected {expected}"


def day_after(day, days):
    """The day so many days later; None is for ever."""
    return None if days is None else day + timedelta(days=days)


def last_day(day):
    """A movement's last day as the reference spells it."""
    return FOR_EVER if day is None else day

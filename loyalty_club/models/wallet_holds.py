"""The mechanics of holds: value set aside under the wallet's lock, and given up exactly once."""

from decimal import Decimal

from odoo.tools import SQL

from ..domain import lots
from ..movement import Movement
from .hold_rows import HoldRows
from .wallet_gate import Gate
from .wallet_limits import over_limit
from .wallet_lots import LotBook
from .wallet_rules import Facts

MINUTES = 15


class HoldDesk(HoldRows):
    """Authorises, captures and releases. Every answer is a tuple of
    (status, reason, hold id, available, replayed)."""

    # --- authorise -------------------------------------------------------------------

    def authorize(self, wallet_id, amount, key, *, minutes=MINUTES, **details):
        """See :meth:`loyalty.club.hold._authorize`."""
        if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0:
            raise ValueError(f"not an amount to hold: {amount!r}")
        self.env["loyalty.club.wallet"].flush_model()
        facts, earlier = self._look_up(wallet_id, key)
        if amount % facts.step:
            raise ValueError(f"{amount} is not a whole number of {facts.step}")
        if earlier:
            return self._replayed(earlier, wallet_id, amount)
        # Once more: what came in while it waited for the row was not seen by the guard.
        aside = self._set_aside(wallet_id, amount, facts) or self._set_aside(
            wallet_id, amount, facts
        )
        if aside is None:
            refused = self._refused(wallet_id, amount, facts)
            return self._unless_repeated(key, wallet_id, amount, refused)
        available, others = Decimal(aside[0]), Decimal(aside[1])
        wanted = lots.Need(amount, facts.today, (), others)
        refusal = self._unbacked(wallet_id, wanted, facts, details)
        if refusal:
            self.give_up([(wallet_id, amount)])
            refused = ("refused", refusal[0], None, refusal[1], False)
            return self._unless_repeated(key, wallet_id, amount, refused)
        hold_id = self._insert(wallet_id, amount, key, facts, minutes, details)
        if hold_id is None:  # another request with this key was first: its hold counts
            self.give_up([(wallet_id, amount)])
            return self._replayed(self._earlier(key), wallet_id, amount)
        self.forget_caches([wallet_id])
        return ("open", None, hold_id, available, False)

    def _look_up(self, wallet_id, key):
        """The wallet's facts, and the hold this key asked for before, if any."""
        self.cr.execute(
            SQL(
                """
                SELECT asked.kind_id, earlier.*
                  FROM loyalty_club_wallet asked LEFT JOIN LATERAL (%s) earlier ON TRUE
                 WHERE asked.id = %s
                """,
                self._asked_before(key),
                wallet_id,
            )
        )
        row = self.cr.fetchone()
        if row is None:
            raise ValueError(f"there is no wallet {wallet_id}")
        kind_id, *earlier = row
        return Facts.of(self.env, self.now, kind_id), earlier if earlier[0] else None

    def _unless_repeated(self, key, wallet_id, amount, refused):
        """A repeat that waited at the wallet for the first finds what the first had set aside
        missing: it gets the first's answer instead of ``refused``."""
        earlier = self._earlier(key)
        return self._replayed(earlier, wallet_id, amount) if earlier else refused

    @staticmethod
    def _replayed(earlier, wallet_id, amount):
        hold_id, wallet, held, state, available = earlier
        if (wallet, Decimal(held)) != (wallet_id, amount):
            return ("refused", "key_reused", hold_id, Decimal(available), False)
        return (state, None, hold_id, Decimal(available), True)

    def _set_aside(self, wallet_id, amount, facts):
        """The conditional UPDATE that is lock and guard; the stock card follows.

        :returns: what is available after it, and what is held for others; None when the
            guard says no.
        """
        self.cr.execute(
            SQL(
                """
                WITH aside AS (
                    UPDATE loyalty_club_wallet SET held = held + %(amount)s
                     WHERE id = %(wallet)s AND NOT debt AND state = 'active'
                       AND (valid_until IS NULL OR valid_until >= %(today)s)
                       AND balance - held - %(amount)s >= %(floor)s
                    RETURNING id, GREATEST(balance - held - pending, 0) AS available, held
                ), card AS (
                    UPDATE loyalty_card c SET points = aside.available
                      FROM aside WHERE c.club_wallet_id = aside.id
                )
                SELECT available::text, (held - %(amount)s)::text FROM aside
                """,
                amount=amount,
                wallet=wallet_id,
                today=facts.today,
                floor=Decimal(str(facts.minimum or 0)),
            ),
            log_exceptions=False,
        )
        return self.cr.fetchone()

    def _refused(self, wallet_id, amount, facts):
        """Why the guard said no: as a spending of that amount would be answered."""
        asked = Movement(wallet_id, -amount, "spend", "why")
        reason, free = Gate(self.env, {wallet_id: facts}).why({wallet_id: [asked]})[wallet_id]
        return ("refused", reason or "insufficient", None, free, False)

    def _unbacked(self, wallet_id, wanted, facts, details):
        """What speaks against a hold whose balance would do: limits, lots.

        :param wanted: lots.Need.
        :param details: ``older_than``, and ``basket``: without it nothing is known of what will be
            paid, and value on conditions is not held.
        :returns: reason and what could be held, or None.
        """
        facts_of = {wallet_id: facts}
        # What was just set aside counts as held, so it is not counted again.
        over = over_limit(self.cr, {wallet_id: wanted.amount}, facts_of, included=True)
        if over:
            return over[wallet_id]
        book = LotBook(self.env, facts_of)
        found = book.open_lots([wallet_id])[wallet_id]
        if older_than := details.get("older_than"):
            young = book.younger(found, older_than)
            found = [lot for lot in found if lot.id not in young]
        need = wanted._replace(
            caps=book.caps(found, details.get("basket")), bound=book.bound(found)
        )
        return lots.shortage(found, need) if lots.allocate(found, need) is None else None

    # --- end -------------------------------------------------------------------------

    def capture(self, key, amount=None, **details):
        """See :meth:`loyalty.club.hold._capture`."""
        self.env["loyalty.club.wallet"].flush_model()
        hold = self._lock(key)
        if hold is None:
            return ("refused", "unknown", None, lots.ZERO, False)
        if hold["state"] != "open":
            return self._captured_before(hold, amount)
        taken = hold["amount"] if amount is None else amount
        if not lots.ZERO < taken <= hold["amount"]:
            return ("refused", "too_much", hold["id"], hold["amount"], False)
        self.give_up([(hold["wallet_id"], hold["amount"])])
        outcome = self.env["loyalty.club.wallet"]._post(
            [
                Movement(
                    wallet_id=hold["wallet_id"],
                    amount=-taken,
                    kind="capture",
                    key=f"hold:{key}",
                    origin=details.get("origin") or hold["origin"],
                    branch_id=details.get("branch_id") or hold["branch_id"],
                    as_of=hold["day"],
                    note=details.get("note") or hold["note"],
                )
            ]
        )[0]
        if not outcome.ok:  # what is held is there: only a fault of ours can end here
            raise AssertionError(f"hold {key} could not be captured: {outcome.reason}")
        self._end([hold["id"]], "captured", taken, outcome.entry_id)
        return ("captured", None, hold["id"], self.available(hold["wallet_id"]), False)

    def _captured_before(self, hold, amount):
        available = self.available(hold["wallet_id"])
        same = hold["state"] == "captured" and amount in (None, hold["captured"])
        if same:
            return ("captured", None, hold["id"], available, True)
        reason = "key_reused" if hold["state"] == "captured" else "over"
        return ("refused", reason, hold["id"], available, False)

    def release(self, key, state="released"):
        """See :meth:`loyalty.club.hold._release`."""
        hold = self._lock(key)
        if hold is None:
            return ("refused", "unknown", None, lots.ZERO, False)
        ended = hold["state"] != "open"
        if not ended:
            self.give_up([(hold["wallet_id"], hold["amount"])])
            self._end([hold["id"]], state)
        available = self.available(hold["wallet_id"])
        if hold["state"] == "captured":
            return ("refused", "over", hold["id"], available, False)
        return (hold["state"] if ended else state, None, hold["id"], available, ended)

    def expire(self, now, limit):
        """Let go at most ``limit`` holds whose time is over; returns how many.

        Holds that somebody is just capturing are left to the next run.
        """
        self.cr.execute(
            SQL(
                """
                SELECT h.id, h.wallet_id, h.amount::text FROM loyalty_club_hold h
                 WHERE h.state = 'open' AND h.expires_at <= %s
                 ORDER BY h.wallet_id, h.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
                """,
                now,
                limit,
            )
        )
        due = self.cr.fetchall()
        if due:
            self.give_up((wallet, Decimal(amount)) for _hold, wallet, amount in due)
            self._end([row[0] for row in due], "expired")
        return len(due)

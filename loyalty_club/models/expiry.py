import logging
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

from ..clock import today_in
from ..domain.lots import ZERO
from ..movement import Movement
from ..transaction import in_short_transaction

_logger = logging.getLogger(__name__)
# Wallets booked in one transaction: their rows are locked for a second or two, not longer.
_BATCH = 2000
# Wallets whose ids are read at a time; all that a pass keeps in memory.
_AHEAD = 20000


class LoyaltyClubExpiry(models.AbstractModel):
    """What the passing of days does to value: it expires. And how it is brought back."""

    _name = "loyalty.club.expiry"
    _description = "Expiry"

    @api.model
    def _cron_expire(self):
        """Let what is due expire, then tell those whose value expires soon."""
        Cron = self.env["ir.cron"]
        for batches in (self._expire_batches(), self.env["loyalty.club.expiry.notice"]._batches()):
            for done in batches:
                # One is said to remain until the end, so that a run out of time is taken up again.
                if Cron._commit_progress(done, remaining=1) <= 0:
                    return
        Cron._commit_progress(remaining=0)

    @api.model
    def _expire(self, limit=None):
        """Let expire what may no longer be spent.

        Each batch of wallets is booked in a transaction of its own, under the wallets' row
        locks and by what their lots hold then. So a pass may be stopped at any point, run twice or
        beside another: each lot expires once. A wallet that somebody is just using is left for
        the next pass.

        :param limit: wallets after which to stop; whole batches are booked.
        :returns: number of wallets from which something expired.
        """
        total = 0
        for done in self._expire_batches():
            total += done
            if limit and total >= limit:
                break
        return total

    @api.model
    def _companies(self):
        """Companies that have clubs, archived ones too: value expires there all the same."""
        clubs = self.env["loyalty.club"].sudo()  # sudo: a pass of the system, for everyone
        groups = clubs.with_context(active_test=False)._read_group([], ["company_id"])
        return self.env["res.company"].union(*(company for (company,) in groups))

    @api.model
    def _expire_batches(self):
        """The pass, batch by batch.

        :returns: iterator over the number of wallets of each batch from which something expired.
        """
        for company in self._companies():
            today, last = today_in(company), 0
            while due := self._due_wallets(company, today, last):
                for wallet_ids in split_every(_BATCH, due):
                    yield self._apart("_expire_wallets", wallet_ids, today)
                last = due[-1]

    @api.model
    def _apart(self, method, *arguments):
        """Call a method of this model in a short transaction of its own."""
        return in_short_transaction(
            self.env, lambda env: getattr(env[self._name], method)(*arguments)
        )

    @api.model
    def _due_wallets(self, company, today, last):
        """Ids after ``last``, in order, of wallets of ``company`` with something due."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT l.wallet_id
                  FROM loyalty_club_lot l JOIN loyalty_club_wallet w ON w.id = l.wallet_id
                 WHERE l.remaining > 0 AND l.expires_on < %s AND l.wallet_id > %s
                   AND w.company_id = %s AND w.balance > w.held
                 ORDER BY l.wallet_id LIMIT %s
                """,
                today,
                last,
                company.id,
                _AHEAD,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _expire_wallets(self, wallet_ids, today):
        """Book the expiry of one batch. What is held for a payment stays until it is released.

        :param wallet_ids: ids of wallets of one company, whose rows may be locked by others.
        :param today: date in that company's time zone.
        :returns: number of wallets from which something expired.
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                # What is pending cannot stand in for what is held.
                "SELECT id, seq,"
                " (CASE WHEN held > 0 THEN balance - held - pending ELSE balance END)::text"
                " FROM loyalty_club_wallet"
                " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                list(wallet_ids),
            )
        )
        wallets = {wallet: (seq, Decimal(free)) for wallet, seq, free in cr.fetchall()}
        # A statement after the lock: it sees the lots as they are while the lock is held.
        cr.execute(
            SQL(
                "SELECT wallet_id, SUM(remaining)::text FROM loyalty_club_lot"
                " WHERE wallet_id = ANY(%s) AND remaining > 0 AND expires_on < %s"
                " GROUP BY wallet_id",
                list(wallets),
                today,
            )
        )
        movements = []
        for wallet, due in cr.fetchall():
            seq, free = wallets[wallet]
            amount = min(Decimal(due), free)
            if amount > 0:
                # Under the lock the next number of the wallet is taken once.
                key = f"expire:{wallet}:{seq + 1}"
                movements.append(Movement(wallet, -amount, "expire", key))
        outcomes = self.env["loyalty.club.wallet"]._post(movements)
        for movement, outcome in zip(movements, outcomes, strict=True):
            if not outcome.ok:
                _logger.warning("expiry of %s was refused: %s", movement, outcome.reason)
        return sum(outcome.ok for outcome in outcomes)

    # --- bringing it back --------------------------------------------------------------

    @api.model
    def _left_to_reinstate(self, entry):
        """What of an entry of kind ``expire`` was not brought back yet, a Decimal.

        Holds the wallet's row lock until the transaction ends.
        """
        entry.wallet_id._lock_for_lots()
        self.env.cr.execute(
            SQL(
                "SELECT (-SUM(amount))::text FROM loyalty_club_entry"
                " WHERE id = %(entry)s OR reverses_id = %(entry)s",
                entry=entry.id,
            )
        )
        return Decimal(self.env.cr.fetchone()[0])

    @api.model
    def _reinstate(self, entry, amount, expires_on, reason, key):
        """Bring back value that has expired, as a new lot.

        :param entry: loyalty.club.entry of kind ``expire``, which the user may read.
        :param amount: positive Decimal, in the wallet's unit.
        :param expires_on: last day of the new lot (date), today or later; None: by the policy.
        :param reason: why, in a person's words; stays on the ledger.
        :param key: idempotency key.
        :returns: the ledger's :class:`~..movement.Outcome`.
        :raises AccessError: for anyone but a club manager.
        :raises UserError: for another kind of entry, without a reason, for a day gone by, or for
            more than expired.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager brings back what has expired."))
        entry.check_access("read")
        reason = (reason or "").strip()
        if entry.kind != "expire":
            raise UserError(self.env._("Only what has expired is brought back. Choose that entry."))
        if not reason:
            raise UserError(self.env._("Write the reason: it stays on the ledger."))
        if expires_on and expires_on < today_in(entry.company_id):
            raise UserError(self.env._("Choose a last day that is not over yet."))
        kind = entry.kind_id
        left = self._left_to_reinstate(entry)
        if not ZERO < amount <= left or amount % Decimal(str(kind.rounding)):
            raise UserError(
                self.env._(
                    "Of this entry %(left)s can still be brought back, in whole steps of %(step)s.",
                    left=kind._format(left),
                    step=kind._format(Decimal(str(kind.rounding))),
                )
            )
        # sudo: the ledger's door; the group and the right to read the entry were checked
        wallets = self.env["loyalty.club.wallet"].sudo().with_company(entry.company_id)
        return wallets._post_or_raise(
            [
                Movement(
                    wallet_id=entry.wallet_id.id,
                    amount=amount,
                    kind="reinstate",
                    key=key,
                    reverses_id=entry.id,
                    expires_on=expires_on or None,
                    note=reason,
                )
            ]
        )[0]

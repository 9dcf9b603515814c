"""The rows of holds, and what they set aside in their wallets: statements without decisions."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.tools import SQL

from ..domain import lots


class HoldRows:
    """Reads, writes and ends holds for :class:`~.wallet_holds.HoldDesk`, which decides."""

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        self.now = fields.Datetime.now()

    def _earlier(self, key):
        self.cr.execute(self._asked_before(key))
        return self.cr.fetchone()

    @staticmethod
    def _asked_before(key):
        return SQL(
            """
            SELECT h.id, h.wallet_id, h.amount::text, h.state,
                   GREATEST(w.balance - w.held - w.pending, 0)::text AS available
              FROM loyalty_club_hold h JOIN loyalty_club_wallet w ON w.id = h.wallet_id
             WHERE h.key = %s
            """,
            key,
        )

    def _insert(self, wallet_id, amount, key, facts, minutes, details):
        origin_model, origin_id = details.get("origin") or (None, None)
        self.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_hold
                       (key, wallet_id, company_id, amount, captured, state, date, day,
                        expires_at, origin_model, origin_id, branch_id, user_id, note, pays)
                SELECT %s, id, company_id, %s, 0, 'open', %s, %s, %s, %s, %s, %s, %s, %s, %s
                  FROM loyalty_club_wallet WHERE id = %s
                ON CONFLICT (key) DO NOTHING RETURNING id
                """,
                key,
                amount,
                self.now,
                facts.today,
                self.now + timedelta(minutes=minutes),
                origin_model,
                origin_id,
                details.get("branch_id"),
                self.env.uid,
                details.get("note"),
                details.get("pays"),
                wallet_id,
            )
        )
        row = self.cr.fetchone()
        return row[0] if row else None

    def _lock(self, key):
        """The hold of ``key`` under its row lock, as a dict, or None."""
        self.cr.execute(
            SQL(
                """
                SELECT id, wallet_id, amount::text, captured::text, state, day,
                       origin_model, origin_id, branch_id, note
                  FROM loyalty_club_hold WHERE key = %s FOR NO KEY UPDATE
                """,
                key,
            ),
            log_exceptions=False,
        )
        row = self.cr.dictfetchone()
        if row:
            row["amount"], row["captured"] = Decimal(row["amount"]), Decimal(row["captured"])
            model = row["origin_model"]
            row["origin"] = (model, row["origin_id"]) if model else None
        return row

    def _end(self, hold_ids, state, captured=lots.ZERO, entry_id=None):
        self.cr.execute(
            SQL(
                "UPDATE loyalty_club_hold SET state = %s, captured = %s, entry_id = %s,"
                " closed_at = %s WHERE id = ANY(%s)",
                state,
                captured,
                entry_id,
                self.now,
                hold_ids,
            )
        )
        self.env["loyalty.club.hold"].browse(hold_ids).invalidate_recordset()

    def give_up(self, parts):
        """Give back what was set aside, in the order of wallets; cards follow.

        :param parts: pairs of wallet id and amount; of one wallet there may be several.
        """
        amounts = defaultdict(Decimal)
        for wallet, amount in parts:
            amounts[wallet] += amount
        wallets = sorted(amounts)
        self.cr.execute(
            SQL(
                """
                WITH v AS (
                    SELECT * FROM unnest(%s::int[], %s::numeric[]) AS v(id, amount)
                ), ordered AS MATERIALIZED (
                    SELECT id FROM loyalty_club_wallet WHERE id = ANY(%s)
                     ORDER BY id FOR NO KEY UPDATE
                ), freed AS (
                    UPDATE loyalty_club_wallet w SET held = w.held - v.amount
                      FROM v JOIN ordered USING (id) WHERE w.id = v.id
                    RETURNING w.id, GREATEST(w.balance - w.held - w.pending, 0) AS available
                )
                UPDATE loyalty_card c SET points = freed.available
                  FROM freed WHERE c.club_wallet_id = freed.id
                """,
                wallets,
                [amounts[wallet] for wallet in wallets],
                wallets,
            ),
            log_exceptions=False,
        )
        self.forget_caches(wallets)

    def available(self, wallet_id):
        """What can be used of a wallet now, an exact Decimal."""
        self.cr.execute(
            SQL(
                "SELECT GREATEST(balance - held - pending, 0)::text FROM loyalty_club_wallet"
                " WHERE id = %s",
                wallet_id,
            )
        )
        return Decimal(self.cr.fetchone()[0])

    def forget_caches(self, wallet_ids):
        """What these wallets hold was changed behind the ORM."""
        wallets = self.env["loyalty.club.wallet"].browse(wallet_ids)
        wallets.modified(["held"])
        wallets.invalidate_recordset(["held", "available", "hold_ids"])
        self.env["loyalty.card"].invalidate_model(["points"])

"""The holds of one document, taken with it: all by the statements that one would cost."""

from decimal import Decimal
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ..movement import Movement
from .hold_rows import HoldRows


class Held(NamedTuple):
    """A hold under its row lock.

    :param origin: model and id of what asked for it, or since it was captured, of what took it.
    """

    id: int
    key: str
    wallet_id: int
    amount: Decimal
    pays: Decimal
    state: str
    day: object
    entry_id: int | None
    origin: tuple[str, int]


class HoldCapture:
    """Captures within a larger posting: :meth:`lock`, then :meth:`movements`, and after the
    posting :meth:`end`.

    :param keys: of the holds that the document names; unknown ones are left out.
    """

    def __init__(self, env, keys):
        self.env = env
        self.cr = env.cr
        self.keys = list(keys)
        self.taken = []

    def lock(self):
        """The holds by their keys, under their row locks."""
        if not self.keys:
            return {}
        self.cr.execute(
            SQL(
                """
                SELECT h.id, h.key, h.wallet_id, h.amount::text, COALESCE(h.pays, 0)::text, h.state,
                       h.day, h.entry_id, COALESCE(e.origin_model, h.origin_model),
                       COALESCE(e.origin_id, h.origin_id)
                  FROM loyalty_club_hold h LEFT JOIN loyalty_club_entry e ON e.id = h.entry_id
                 WHERE h.key = ANY(%s) ORDER BY h.wallet_id, h.id
                   FOR NO KEY UPDATE OF h
                """,
                self.keys,
            ),
            log_exceptions=False,
        )
        return {
            key: Held(hold, key, wallet, Decimal(amount), Decimal(pays), *rest, (model, origin))
            for hold, key, wallet, amount, pays, *rest, model, origin in self.cr.fetchall()
        }

    def movements(self, holds, kind="capture", **common):
        """What captures ``holds``, all of them open, to be posted before anything else of
        their wallets; until then nobody else can use what they held.

        :param kind: of the entries; ``spend`` where rewards are paid for.
        :param common: origin, branch, note and basket of the movements.
        """
        self.taken = list(holds)
        if not self.taken:
            return []
        HoldRows(self.env).give_up((hold.wallet_id, hold.amount) for hold in self.taken)
        return [
            Movement(
                wallet_id=hold.wallet_id,
                amount=-hold.amount,
                kind=kind,
                key=f"hold:{hold.key}",
                as_of=hold.day,
                **common,
            )
            for hold in self.taken
        ]

    def end(self, entries):
        """Note that the holds were captured.

        :param entries: entry id by the key of the movement.
        """
        if not self.taken:
            return
        self.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_hold h
                   SET state = 'captured', captured = h.amount, entry_id = v.entry_id,
                       closed_at = %s
                  FROM unnest(%s::int[], %s::int[]) AS v(id, entry_id)
                 WHERE h.id = v.id
                """,
                fields.Datetime.now(),
                [hold.id for hold in self.taken],
                [entries[f"hold:{hold.key}"] for hold in self.taken],
            )
        )
        self.env["loyalty.club.hold"].invalidate_model()

"""Limits of what a member spends per day and month, judged under the wallet's row lock."""

from datetime import datetime, time, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo.tools import SQL

from ..const import SPENDING_KINDS
from ..domain.lots import ZERO
from ..domain.periods import month_start


def over_limit(cr, asked, facts, included=False):
    """Which wallets would spend more than their kind allows in a day or a month.

    What is held counts as spent. Costs one statement when a kind has a limit, else none.

    :param cr: cursor that holds the wallets' row locks.
    :param asked: dict of wallet id to the positive Decimal asked now.
    :param facts: dict of wallet id to :class:`~.wallet_rules.Facts`.
    :param included: what is asked is among what is held already.
    :returns: dict of wallet id to (``limit_day`` or ``limit_month``, what is still free).
    """
    limited = {
        wallet: amount
        for wallet, amount in asked.items()
        if amount > 0 and (facts[wallet].limit_day or facts[wallet].limit_month)
    }
    refused = {}
    for wallet, day, month, held in _spent(cr, limited, facts):
        fact = facts[wallet]
        held = Decimal(held) - (limited[wallet] if included else ZERO)
        for reason, limit, spent in (
            ("limit_day", fact.limit_day, day),
            ("limit_month", fact.limit_month, month),
        ):
            free = Decimal(str(limit)) - Decimal(spent) - held
            if limit and limited[wallet] > free:
                refused[wallet] = (reason, max(free, ZERO))
                break
    return refused


def _spent(cr, wallets, facts):
    """Spent today and this month, and held, by wallet."""
    if not wallets:
        return []
    days = [_moment(facts[wallet].today, facts[wallet].zone) for wallet in wallets]
    months = [
        _moment(
            month_start(facts[wallet].today, jalali=facts[wallet].limit_jalali),
            facts[wallet].zone,
        )
        for wallet in wallets
    ]
    cr.execute(
        SQL(
            """
            SELECT w.id,
                   COALESCE(-SUM(e.amount) FILTER (WHERE e.date >= a.day), 0)::text,
                   COALESCE(-SUM(e.amount), 0)::text,
                   w.held::text
              FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[]) AS a(id, day, month)
              JOIN loyalty_club_wallet w ON w.id = a.id
              LEFT JOIN loyalty_club_entry e
                     ON e.wallet_id = w.id AND e.date >= a.month AND e.kind IN %s
             GROUP BY w.id, w.held
            """,
            list(wallets),
            days,
            months,
            tuple(SPENDING_KINDS),
        )
    )
    return cr.fetchall()


def _moment(day, zone):
    """The moment (naive, UTC) at which ``day`` begins in ``zone``."""
    begins = datetime.combine(day, time(), ZoneInfo(zone))
    return begins.astimezone(timezone.utc).replace(tzinfo=None)

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..clock import today_in
from ..domain.lots import ZERO


class Schedule(NamedTuple):
    """What will become of what is in a wallet, day by day. Amounts are Decimals.

    :param expiring: pairs of last day and amount, the first day first.
    :param pending: pairs of first day and amount.
    :param terms: pairs of loyalty.club.terms and the amount that is bound to them.
    """

    expiring: list
    pending: list
    terms: list


class LoyaltyClubWallet(models.Model):
    """What a member reads of her wallets, besides their balances."""

    _inherit = "loyalty.club.wallet"

    # === BUSINESS METHODS === #

    def _schedules(self):
        """When value of these wallets expires, and when what is pending becomes usable.

        Costs one query. The wallets are of one company.

        :returns: dict of wallet id to :class:`Schedule`.
        """
        self.env["loyalty.club.lot"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wallet_id, expires_on,
                       CASE WHEN pending AND available_on > %(today)s THEN available_on
                       END AS usable,
                       terms_id, SUM(remaining)::text
                  FROM loyalty_club_lot
                 WHERE wallet_id = ANY(%(wallets)s) AND remaining > 0
                   AND (expires_on IS NULL OR expires_on >= %(today)s)
                 GROUP BY wallet_id, expires_on, usable, terms_id
                """,
                wallets=self.ids,
                today=today_in(self.company_id),
            )
        )
        sums = {wallet: [defaultdict(lambda: ZERO) for _part in range(3)] for wallet in self.ids}
        for wallet, *keys, amount in rows:
            for part, key in zip(sums[wallet], keys, strict=True):
                if key:
                    part[key] += Decimal(amount)
        return {wallet: self._schedule(*parts) for wallet, parts in sums.items()}

    def _schedule(self, expiring, pending, terms):
        named = self.env["loyalty.club.terms"].browse(terms)
        return Schedule(
            sorted(expiring.items()),
            sorted(pending.items()),
            [(record, terms[record.id]) for record in named],
        )

    def _usable_told(self):
        """How much can be used now, as a sentence for its holder; empty without a wallet."""
        if not self:
            return ""
        amount = self.kind_id._format_shown(self.available)
        return self.env._("You can use %(amount)s.", amount=amount)

    def _use_told(self):
        """How much of this wallet may be used and when, as sentences for its holder."""
        self.ensure_one()
        kind = self.kind_id
        told = []
        if kind.minimum_balance:
            told.append(
                self.env._(
                    "%(amount)s stays in the wallet.",
                    amount=kind._format_shown(kind.minimum_balance),
                )
            )
        if kind.maximum_balance:
            told.append(
                self.env._(
                    "It holds at most %(amount)s.", amount=kind._format_shown(kind.maximum_balance)
                )
            )
        if kind.spend_limit_day:
            most = kind._format_shown(kind.spend_limit_day)
            told.append(self.env._("You can use %(amount)s a day.", amount=most))
        if kind.spend_limit_month:
            most = kind._format_shown(kind.spend_limit_month)
            told.append(self.env._("You can use %(amount)s a month.", amount=most))
        if self.state == "blocked":
            told.append(self.env._("This wallet is blocked. Ask in the shop why."))
        return told

"""What the ledger goes by for a wallet: the rules of its kind, and the shop's calendar day."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..clock import day_at


class Facts(NamedTuple):
    """The rules of a wallet's kind on the day it is now in the shop.

    :param zone: name of the time zone of the kind's company.
    """

    kind_id: int
    step: Decimal
    pending_days: int
    terms_id: int | None
    expiry_policy_id: int | None
    minimum: float
    maximum: float
    limit_day: float
    limit_month: float
    limit_jalali: bool
    lapses_unused: bool | None
    zone: str
    today: date

    @classmethod
    def of(cls, env, now, kind_id):
        """The facts of a kind (its id) at ``now``, a naive moment in UTC."""
        step, *rules, zone = env["loyalty.club.wallet.kind"]._rules(kind_id)
        zone = zone or env["res.users"].context_get().get("tz") or "UTC"
        return cls(kind_id, step, *rules, zone, day_at(now, zone))


class LoyaltyClubWalletKind(models.Model):
    _inherit = "loyalty.club.wallet.kind"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @ormcache("kind_id")
    def _rules(self, kind_id):
        """The rules of a kind as the ledger needs them, kept in memory: read for every
        charge, they would cost a fifth of it.

        :returns: tuple of the columns of :class:`Facts` between ``kind_id`` and ``today``.
        """
        self.flush_model()
        self.env["loyalty.club.expiry.policy"].flush_model(["rule"])
        self.env["res.partner"].flush_model(["tz"])
        self.env.cr.execute(
            SQL(
                """
                SELECT k.rounding::text, k.pending_days, k.terms_id, k.expiry_policy_id,
                       k.minimum_balance, k.maximum_balance, k.spend_limit_day,
                       k.spend_limit_month, k.spend_limit_calendar = 'jalali',
                       x.rule = 'inactivity', p.tz
                  FROM loyalty_club_wallet_kind k
                  LEFT JOIN loyalty_club_expiry_policy x ON x.id = k.expiry_policy_id
                  LEFT JOIN res_company c ON c.id = k.company_id
                  LEFT JOIN res_partner p ON p.id = c.partner_id
                 WHERE k.id = %s
                """,
                kind_id,
            )
        )
        step, *rules = self.env.cr.fetchone()
        return (Decimal(step), *rules)


class LoyaltyClubExpiryPolicy(models.Model):
    _inherit = "loyalty.club.expiry.policy"

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

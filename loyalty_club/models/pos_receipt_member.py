"""What the receipt tells the member of herself, as it is now: level, stamps, what expires."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..clock import today_in
from .pos_lines import PAID

_STANDING = ("club_tier", "club_stamps", "club_expiring")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _receipt_wallets(self, days):
        """Stamp cards of these members, and what each of their wallets loses first: one query.

        :param days: how far ahead it looks; 0: nothing expires.
        :returns: dict of member id to a dict of two lists, ``stamps`` (``name``, ``count``,
            ``needed``) and ``expiring`` (``amount`` and ``day`` in words).
        """
        Kind = self.env["loyalty.club.wallet.kind"].sudo()  # sudo: printed for its holder
        Notice = self.env["loyalty.club.tier.notice"]
        found = {}
        for member_id, kind_id, balance, day, remaining in self._receipt_rows(days):
            kind = Kind.browse(kind_id)
            rows = found.setdefault(member_id, {"stamps": [], "expiring": []})
            if kind.type == "stamp":
                needed = kind.stamp_program_ids[:1].stamps_needed
                rows["stamps"].append({"name": kind.name, "count": int(balance), "needed": needed})
            if day:
                rows["expiring"].append(
                    {
                        "amount": kind._format(Decimal(remaining)),
                        "day": Notice._day_text(self.env, day),
                    }
                )
        return found

    def _receipt_rows(self, days):
        """Member, kind, balance, and the first day on which something expires with its amount."""
        self.env["loyalty.club.wallet"].flush_model()
        today = today_in(self.company_id[:1])
        return self.env.execute_query(
            SQL(
                """
                SELECT w.member_id, w.kind_id, w.balance, soon.expires_on, soon.remaining::text
                  FROM loyalty_club_wallet w
                  JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                  LEFT JOIN LATERAL (
                        SELECT l.expires_on, SUM(l.remaining) AS remaining
                          FROM loyalty_club_lot l
                         WHERE l.wallet_id = w.id AND l.remaining > 0
                           AND l.expires_on BETWEEN %(today)s AND %(last)s
                         GROUP BY l.expires_on ORDER BY l.expires_on LIMIT 1
                       ) soon ON TRUE
                 WHERE w.member_id = ANY(%(members)s)
                   AND (k.type = 'stamp' AND w.balance > 0 OR soon.expires_on IS NOT NULL)
                 ORDER BY w.member_id, soon.expires_on, k.sequence, w.id
                """,
                members=self.ids,
                today=today,
                last=today + timedelta(days=days or -1),
            )
        )


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_tier = fields.Json(
        string="Level",
        compute="_compute_club_standing",
        help="The customer's level and the way to the next one, as they are now.",
    )
    club_stamps = fields.Json(
        string="Stamps",
        compute="_compute_club_standing",
        help="How full the customer's stamp cards are now.",
    )
    club_expiring = fields.Json(
        string="Expires soon",
        compute="_compute_club_standing",
        help="What the customer loses next unless she uses it.",
    )

    def _compute_club_standing(self):
        """What the receipt says of the member herself, as far as its till prints it."""
        self._club_tell_standing(self.filtered(lambda order: order.state in PAID)._club_members())

    def _club_note_standing(self, member, counted):
        """Work it out while what it takes is at hand: the till asks for it in a moment.

        :param member: the order's loyalty.club.member, or none.
        :param counted: see :meth:`_club_tell_standing`.
        """
        if member:
            with self.env.protecting([self._fields[name] for name in _STANDING], self):
                self._club_tell_standing({self.id: member}, counted)

    def _club_tell_standing(self, members, counted=()):
        """See :meth:`_compute_club_standing`.

        :param members: dict of order id to loyalty.club.member.
        :param counted: see :meth:`~.tier_progress.LoyaltyClubMember._tier_progress`.
        """
        self.club_tier = self.club_stamps = self.club_expiring = False
        told = self.filtered(lambda order: order.id in members)
        for config, orders in told.grouped("config_id").items():
            # sudo: whoever may read the order may read what is printed on its receipt
            config = config.sudo()
            everybody = self.env["loyalty.club.member"].sudo()
            everybody = everybody.union(*(members[order.id] for order in orders))
            tiers = everybody._tier_words(counted) if config.club_receipt_tier else {}
            days = config.club_receipt_expiry_days
            asked = config.club_receipt_stamps or days
            wallets = everybody._receipt_wallets(days) if asked else {}
            for order in orders:
                tier = tiers.get(members[order.id].id)
                rows = wallets.get(members[order.id].id, {})
                order.club_tier = tier and {"name": tier["name"], "way": tier["way"]}
                order.club_stamps = config.club_receipt_stamps and rows.get("stamps")
                order.club_expiring = rows.get("expiring")

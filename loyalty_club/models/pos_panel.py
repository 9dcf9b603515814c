"""What a cashier sees of the customer in front of her: one short answer, and never in the way."""

import logging
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..domain.lots import ZERO
from ..domain.yearly import days_until
from .pos_lines import money
from .pos_panel_line import PAYABLE, CashierLine

_logger = logging.getLogger(__name__)

_SOON = timedelta(days=30)  # what expires within is shown
_CLOSE = 80  # per cent of the way to the next level
_REWARDS = 8  # that are shown
_STOPPED = ("blocked", "lost", "expired")  # states of cards that a cashier has to know of


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_show_panel = fields.Boolean(
        string="Member panel",
        default=True,
        help="Cashiers see level, points, credit, offers and warnings of the customer beside the "
        "order.",
    )
    club_show_quote = fields.Boolean(
        string="What the basket brings",
        default=True,
        help="Under the order stands what it earns, and what is missing for more.",
    )
    club_show_display = fields.Boolean(
        string="Club on the customer display",
        default=True,
        help="The customer sees her name, her points, and what the order earns.",
    )
    club_invitation = fields.Char(
        compute="_compute_club_invitation",
        help="What the cashier says while no customer is chosen, or one who is no member.",
    )

    def _compute_club_invitation(self):
        scripts = self.env["loyalty.club.till.script"]
        for config in self:
            # sudo: what cashiers say is no secret
            club = config.sudo()._club()
            config.club_invitation = club and scripts._said(club, {"stranger": {}})

    def _club_told(self, partner, member, code, audience):
        """Besides what goes for the purchase: what the cashier sees. Whatever fails there does
        not keep anybody from selling."""
        answer = super()._club_told(partner, member, code, audience)
        answer["panel"] = False
        if not self.club_show_panel:
            return answer
        try:
            with self.env.cr.savepoint(flush=False):
                answer["panel"] = TillPanel(self, partner, member, answer).shown()
        except Exception:
            _logger.exception("The panel of customer %s cannot be shown at a till", partner.id)
        return answer


class TillPanel:
    """The panel of one customer at one till.

    :param config: pos.config.
    :param partner: res.partner, in sudo.
    :param member: loyalty.club.member of the till's club, in sudo, or none.
    :param answer: what the till is told besides: ``tier``, ``programs``, ``rewards``.
    """

    def __init__(self, config, partner, member, answer):
        self.config, self.partner, self.member, self.answer = config, partner, member, answer
        self.env = member.env
        self.club = member.club_id
        self.wallets = []
        self.person = {}
        self.kinds = {}
        self.rewards = {}

    def shown(self):
        """The panel as a dict, see ``docs/till.md``; False where there is no club to speak of."""
        if not self.member:
            text = self.config.club_invitation
            return {"member_number": False, "script": text} if text else False
        self.today = today_in(self.member.company_id)
        self._read()
        offers, tier = self._offers(), self._tier()
        birthday, anniversary = self._days()
        points = self._points()
        return {
            "member_number": self.member.number,
            "name": self.person["name"],
            "state": self.member.state,
            "tier": tier,
            "points": points,
            "wallets": [self._wallet(row) for row in self.wallets if row["type"] in PAYABLE],
            "owed": self._owed(),
            "offers": offers,
            "rewards": self._rewards(points),
            "birthday": birthday,
            "anniversary": anniversary,
            "warnings": self._warnings(),
            "close": (bool(tier) and tier["percent"] >= _CLOSE and tier["way"]) or False,
            "script": CashierLine(self).said(points, tier, offers, birthday, anniversary),
        }

    # --- what is read -------------------------------------------------------------------

    def _read(self):
        """The person, her stopped cards, and her wallets with what expires first: one query."""
        self.env["loyalty.club.wallet"].flush_model()
        self.env["loyalty.club.lot"].flush_model()
        self.env["loyalty.club.card"].flush_model(["member_id", "state"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.name, country.code AS country,
                       EXISTS (SELECT FROM res_users me
                                WHERE me.id = %s AND me.partner_id = partner.id) AS own,
                       ARRAY(SELECT card.state FROM loyalty_club_card card
                              WHERE card.member_id = member.id) AS cards,
                       wallet.id, kind.id AS kind_id, kind.type, wallet.state,
                       (wallet.balance - wallet.held - wallet.pending)::text AS free,
                       wallet.balance::text AS balance, wallet.pending::text AS pending,
                       first.day, first.amount::text AS amount
                  FROM loyalty_club_member member
                  JOIN res_partner partner ON partner.id = member.partner_id
                  JOIN res_company company ON company.id = member.company_id
                  JOIN res_partner home ON home.id = company.partner_id
                  LEFT JOIN res_country country ON country.id = home.country_id
                  LEFT JOIN loyalty_club_wallet wallet ON wallet.member_id = member.id
                  LEFT JOIN loyalty_club_wallet_kind kind ON kind.id = wallet.kind_id
                  LEFT JOIN LATERAL (
                       SELECT lot.expires_on AS day, SUM(lot.remaining) AS amount
                         FROM loyalty_club_lot lot
                        WHERE lot.wallet_id = wallet.id AND lot.remaining > 0
                          AND lot.expires_on BETWEEN %s AND %s
                        GROUP BY lot.expires_on ORDER BY lot.expires_on LIMIT 1) first ON TRUE
                 WHERE member.id = %s ORDER BY kind.sequence, kind.id
                """,
                self.config.env.uid,
                self.today,
                self.today + _SOON,
                self.member.id,
            )
        )
        self.person = rows[0]
        self.wallets = [row for row in rows if row["id"]]
        kinds = self.env["loyalty.club.wallet.kind"].browse(row["kind_id"] for row in self.wallets)
        self.kinds = {kind.id: kind for kind in kinds}
        self.rewards = self._read_rewards()

    # --- value --------------------------------------------------------------------------

    def _wallet(self, row):
        """One wallet as the panel and the ways to pay know it."""
        kind, free = self.kinds[row["kind_id"]], max(money(row["free"]), ZERO)
        return {
            "wallet_id": row["id"],
            "kind_id": kind.id,
            "type": row["type"],
            "name": kind.name,
            "available": str(free),
            "amount": float(free),
            "text": kind._format(free),
            "expiring": self.expiring(row),
        }

    def expiring(self, row):
        """What a wallet loses first, and when; False where nothing soon."""
        if not row["day"]:
            return False
        amount = money(row["amount"])
        kind = self.kinds[row["kind_id"]]
        return {
            "amount": float(amount),
            "text": kind._format(amount),
            "on": fields.Date.to_string(row["day"]),
        }

    def _of_type(self, name):
        return next((row for row in self.wallets if row["type"] == name), None)

    def _points(self):
        row = self._of_type("points")
        if not row:
            return False
        kind = self.kinds[row["kind_id"]]
        return self._wallet(row) | {
            "available": float(max(money(row["free"]), ZERO)),
            "pending": float(money(row["pending"])),
            "held": float(money(row["balance"]) - money(row["pending"]) - money(row["free"])),
            "name": self.club.point_name,
            "rounding": kind.rounding,
        }

    def _owed(self):
        row = self._of_type("debt")
        return -float(money(row["balance"])) if row else 0.0

    # --- level, offers, rewards ---------------------------------------------------------

    def _tier(self):
        found = self.answer.get("tier")
        return found and {name: found[name] for name in ("name", "color", "percent", "next", "way")}

    def _read_rewards(self):
        """Rewards of the points program and of offers: one query for all of them."""
        programs = [*(self.answer.get("programs") or ()), self.club.program_id.id]
        rewards = self.env["loyalty.reward"].search_fetch(
            [("program_id", "in", programs)],
            [
                "program_id",
                "description",
                "required_points",
                "reward_type",
                "discount",
                "discount_mode",
            ],
            order="required_points, id",
        )
        return rewards.grouped(lambda reward: reward.program_id.id)

    def _offers(self):
        """Programs for certain members that hold now for this one."""
        programs = self.env["loyalty.program"].browse(self.answer.get("programs") or ())
        return [
            {
                "id": program.id,
                "name": program.name,
                "text": ", ".join(
                    reward.description
                    for reward in self.rewards.get(program.id, ())
                    if reward.description
                ),
            }
            for program in programs
            if program.active
            and (not program.date_from or program.date_from <= self.today)
            and (not program.date_to or program.date_to >= self.today)
        ]

    def _rewards(self, points):
        """What her points can be spent on, the cheapest first; and why not, where not."""
        rewards = self.rewards.get(self.club.program_id.id, ()) if points else ()
        if not rewards:
            return []
        obstacles, pictured = self.answer["rewards"], rewards._club_pictured()
        share = float(1 - self.member._reward_percent() / 100)
        kind = self.kinds[points["kind_id"]]
        return [
            {
                "id": reward.id,
                "name": reward.description,
                "cost": self.member._reward_cost(reward, kind, share),
                "ready": points["available"] >= reward.required_points * share,
                "reason": obstacles.get(reward.id, ""),
                "image": reward.id in pictured,
            }
            for reward in rewards[:_REWARDS]
        ]

    # --- the person ---------------------------------------------------------------------

    def _days(self):
        """Whether today is her birthday, and her wedding anniversary."""
        jalali = self.person["country"] == "IR"
        calendar = "jalali" if jalali else "gregorian"
        days = [self.member[f"{name}_{calendar}"] for name in ("birth", "anniversary")]
        ahead = days_until(self.today, jalali=jalali) if any(days) else {}
        return tuple(ahead.get(day) == 0 for day in days)

    def _warnings(self):
        texts = []
        if self.member.state == "suspended":
            texts.append(
                self.env._("Membership suspended: nothing is earned. A club manager decides.")
            )
        elif self.member.state == "pending":
            texts.append(self.env._("Membership not confirmed yet: nothing is earned."))
        if any(row["state"] == "blocked" for row in self.wallets):
            texts.append(self.env._("A wallet is blocked and cannot be used."))
        stopped = {state for state in self.person["cards"] if state in _STOPPED}
        if stopped and "active" not in self.person["cards"]:
            texts.append(
                self.env._("Her card was reported lost. Keep it if it is shown.")
                if "lost" in stopped
                else self.env._("Her card is stopped. Replace it by a new one.")
            )
        elif "lost" in stopped:
            texts.append(self.env._("A card of hers was reported lost. Keep it if it is shown."))
        if self.person["own"]:
            texts.append(self.env._("This is your own account: what you sell to it earns nothing."))
        return texts

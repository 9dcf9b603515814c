"""Patterns at the tills that a manager should look at; a nightly job marks them."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import end_of, today_in
from ..domain.till_alarms import Late, by_one_cashier, too_late

KINDS = [
    ("often", "One member earned often at one till"),
    ("late", "Customers chosen late"),
    ("one_cashier", "A member whom one cashier alone sells to"),
]
_WINDOW = timedelta(days=30)
_LEAST_LATE = 5
_ALONE = 0.9  # part of a member's purchases
_UNLIKELY = 1e-6
_REPEAT = timedelta(days=30)  # the same pattern is told again after so long


class LoyaltyClubTillAlarm(models.Model):
    """Something at a till that honest sales seldom make: who, where, how often, and who looked.

    It accuses nobody: a manager looks at the sales behind it.
    """

    _name = "loyalty.club.till.alarm"
    _inherit = ["loyalty.club.own.work"]
    _description = "Alarm of a Till"
    _order = "day desc, id desc"
    _rec_name = "kind"

    club_id = fields.Many2one(
        "loyalty.club", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    kind = fields.Selection(KINDS, string="Pattern", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="Last day that was looked at.")
    since = fields.Date(required=True, readonly=True, help="First day that was looked at.")
    config_id = fields.Many2one("pos.config", string="Till", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", string="Cashier", readonly=True, ondelete="restrict")
    member_id = fields.Many2one("loyalty.club.member", readonly=True, ondelete="cascade")
    count = fields.Integer(string="Sales", readonly=True, aggregator=None)
    expected = fields.Float(
        digits=(12, 1), readonly=True, aggregator=None, help="As many as colleagues would have."
    )
    state = fields.Selection(
        [("open", "To look at"), ("seen", "Looked at")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    seen_by_id = fields.Many2one(
        "res.users", string="Looked at by", readonly=True, ondelete="restrict"
    )
    note = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(club_id, kind, day, COALESCE(config_id, 0), COALESCE(user_id, 0),"
        " COALESCE(member_id, 0))",
        "This alarm stands already.",
    )

    # === ACTION METHODS === #

    def action_seen(self, note=None):
        """Note that a manager has looked into these.

        :param note: what she found.
        :raises AccessError: for anyone but a club manager.
        """
        self.check_access("write")
        # sudo: own work; the right to write was checked
        self.sudo().write({"state": "seen", "seen_by_id": self.env.uid, "note": note or False})

    def action_view_orders(self):
        """Open the sales behind the alarm."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("point_of_sale.action_pos_pos_form")
        company = self.company_id
        domain = [
            ("date_order", ">=", end_of(company, self.since - timedelta(days=1))),
            ("date_order", "<", end_of(company, self.day)),
        ]
        for name, value in (("config_id", self.config_id), ("user_id", self.user_id)):
            if value:
                domain.append((name, "=", value.id))
        if self.member_id:
            domain.append(("partner_id", "=", self.member_id.partner_id.id))
        if self.kind == "late":
            domain += ["|", ("club_withheld", "=", "late"), ("club_late_attach_ids", "!=", False)]
        return dict(action, domain=domain, context={})

    # === BUSINESS METHODS === #

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("Alarms are kept by the club itself."))
        return super().write(vals)

    @api.model
    def _cron_watch(self):
        """Look at yesterday, and at the month that ended with it, in every club."""
        clubs = self.env["loyalty.club"].search([("active", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(clubs))
        for club in clubs:
            self._watch(club, today_in(club.company_id) - timedelta(days=1))
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _watch(self, club, day):
        """Mark the patterns of ``day`` and of the month that ended with it: three queries.

        Repeating it adds nothing.

        :returns: the new alarms.
        """
        for model in ("pos.order", "loyalty.club.purchase", "loyalty.club.late.attach"):
            self.env[model].flush_model()
        since = day - _WINDOW + timedelta(days=1)
        rows = [
            *({"kind": "often", "since": day} | row for row in self._often(club, day)),
            *({"kind": "late", "since": since} | row for row in self._late(club, since, day)),
            *(
                {"kind": "one_cashier", "since": since} | row
                for row in self._one_cashier(club, since, day)
            ),
        ]
        known = self._told_lately(club, day)
        return self.create(
            [
                {"club_id": club.id, "day": day} | row
                for row in rows
                if self._about(row, day) not in known
            ]
        )

    def _told_lately(self, club, day):
        """What stands already: a month's pattern is not told again every night."""
        alarms = self.search_fetch(
            [("club_id", "=", club.id), ("day", ">", day - _REPEAT)],
            ["kind", "day", "config_id", "user_id", "member_id"],
        )
        return {
            self._about(
                {
                    "kind": alarm.kind,
                    "config_id": alarm.config_id.id,
                    "user_id": alarm.user_id.id,
                    "member_id": alarm.member_id.id,
                },
                alarm.day,
            )
            for alarm in alarms
        }

    @api.model
    def _about(self, row, day):
        parts = (row.get(name) or 0 for name in ("config_id", "user_id", "member_id"))
        return (row["kind"], day if row["kind"] == "often" else None, *parts)

    # --- what is looked for ----------------------------------------------------------

    def _sold_between(self, club, since, day):
        """Purchases at tills of these days, with their orders (o): a FROM and a WHERE."""
        company = club.company_id
        return SQL(
            "FROM loyalty_club_purchase p JOIN pos_order o ON o.id = p.origin_id"
            " WHERE p.club_id = %s AND p.date >= %s AND p.date < %s"
            " AND p.origin_model = 'pos.order' AND p.member_id IS NOT NULL AND NOT p.refund",
            club.id,
            end_of(company, since - timedelta(days=1)),
            end_of(company, day),
        )

    def _often(self, club, day):
        most = club.alarm_earnings
        if not most:
            return []
        query = SQL(
            "SELECT o.config_id, p.member_id, COUNT(*) %s GROUP BY 1, 2 HAVING COUNT(*) > %s",
            self._sold_between(club, day, day),
            most,
        )
        return [
            {"config_id": config, "member_id": member, "count": count}
            for config, member, count in self.env.execute_query(query)
        ]

    def _late(self, club, since, day):
        if not club.alarm_deviations:
            return []
        tills = self.env["pos.config"].with_context(active_test=False)
        tills = tills.search([("company_id", "=", club.company_id.id)])
        tills = tills.filtered(lambda till: till._club() == club)
        query = SQL(
            """
            SELECT o.user_id, COUNT(*),
                   COUNT(*) FILTER (WHERE o.club_withheld = 'late' OR a.id IS NOT NULL)
              FROM pos_order o LEFT JOIN loyalty_club_late_attach a ON a.order_id = o.id
             WHERE o.config_id = ANY(%s) AND o.date_order >= %s AND o.date_order < %s
               AND o.state IN ('paid', 'done') AND o.user_id IS NOT NULL
             GROUP BY 1
            """,
            tills.ids,
            end_of(club.company_id, since - timedelta(days=1)),
            end_of(club.company_id, day),
        )
        cashiers = {user: Late(sales, late) for user, sales, late in self.env.execute_query(query)}
        found = too_late(cashiers, club.alarm_deviations, _LEAST_LATE)
        return [
            {"user_id": user, "count": cashiers[user].late, "expected": expected}
            for user, expected in found.items()
        ]

    def _one_cashier(self, club, since, day):
        least = club.alarm_one_cashier
        if not least:
            return []
        query = SQL(
            """
            WITH sold AS (SELECT p.member_id, o.user_id, o.config_id %s),
                 pairs AS (SELECT member_id, user_id, MAX(config_id) AS config_id,
                                  COUNT(*) AS hers,
                                  SUM(COUNT(*)) OVER (PARTITION BY member_id) AS whole
                             FROM sold GROUP BY 1, 2),
                 suspects AS (SELECT * FROM pairs WHERE hers >= %s AND hers >= %s * whole)
            SELECT s.member_id, s.user_id, s.config_id, s.hers::int, s.whole::int,
                   (SELECT AVG((t.user_id = s.user_id)::int) FROM sold t
                     WHERE t.config_id = s.config_id AND t.member_id <> s.member_id)::float
              FROM suspects s
            """,
            self._sold_between(club, since, day),
            least,
            _ALONE,
        )
        return [
            {
                "member_id": member,
                "user_id": user,
                "config_id": config,
                "count": hers,
                "expected": whole * share,
            }
            for member, user, config, hers, whole, share in self.env.execute_query(query)
            if share is not None and by_one_cashier(hers, whole, share) < _UNLIKELY
        ]


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    alarm_earnings = fields.Integer(
        string="Purchases a day at one till",
        default=5,
        help="A member with more purchases than that on one day at one till is marked for a "
        "manager to look at. 0: nobody is.",
    )
    alarm_deviations = fields.Float(
        string="Late choices, standard deviations",
        default=4.0,
        digits=(4, 1),
        help="A cashier whose customers are chosen late this much more often than those of her "
        "colleagues is marked. 0: nobody is.",
    )
    alarm_one_cashier = fields.Integer(
        string="Purchases a month with one cashier",
        default=15,
        help="A member with at least so many purchases in 30 days, nearly all with one and the "
        "same cashier while colleagues sold at the same till, is marked. 0: nobody is.",
    )

    _alarms_positive = models.Constraint(
        "CHECK (alarm_earnings >= 0 AND alarm_deviations >= 0 AND alarm_one_cashier >= 0)",
        "What is alarming at a till is not negative.",
    )

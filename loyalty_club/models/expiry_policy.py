from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache

from ..clock import today_in
from ..domain import expiry

_CENTURY = timedelta(days=36525)


class LoyaltyClubExpiryPolicy(models.Model):
    """Until when value may be spent, when its holder is told, and what becomes of value given
    back after it has expired.

    A policy gives each lot its last day as it comes in. Changing the policy changes what comes in
    afterwards; lots keep the day they were given.
    """

    _name = "loyalty.club.expiry.policy"
    _description = "Expiry Policy"
    _order = "club_id, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    rule = fields.Selection(
        [
            ("after", "After a time"),
            ("period", "At the end of a period"),
            ("date", "On a date"),
            ("yearly", "On the same day of every year"),
            ("inactivity", "After a time without activity"),
            ("never", "Never"),
        ],
        string="Expires",
        required=True,
        default="after",
        help="Activity is whatever a member earns, tops up, spends or sends.",
    )
    number = fields.Integer(
        default=12,
        help="How many units of time; for the end of a period, how many periods after the one "
        "in which it was earned: 0 is that period's own end.",
    )
    unit = fields.Selection(
        [("day", "Days"), ("month", "Months"), ("year", "Years")], required=True, default="month"
    )
    period = fields.Selection(
        [
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half_year", "Half-year"),
            ("year", "Year"),
        ],
        required=True,
        default="month",
    )
    calendar = fields.Selection(
        [("gregorian", "Gregorian"), ("jalali", "Persian (Jalali)")],
        required=True,
        default="gregorian",
        help="Whose months, seasons and years are meant.",
    )
    day = fields.Date(string="Last day")
    month_of_year = fields.Integer(string="Month", default=12)
    day_of_month = fields.Integer(
        string="Day", default=31, help="In a shorter month its last day is meant."
    )
    notice_days = fields.Integer(
        string="Notice (days)",
        help="How many days before its last day the member is told, once. 0: no notice.",
    )
    refund_policy = fields.Selection(
        [
            ("lapse", "It comes back expired, and is gone"),
            ("grace", "It comes back for some days"),
        ],
        string="Spent, then given back after it expired",
        required=True,
        default="lapse",
        help="Someone returns goods paid with value that has expired in the meantime.",
    )
    grace_days = fields.Integer(string="Days of grace", default=30)
    kind_ids = fields.One2many(
        "loyalty.club.wallet.kind", "expiry_policy_id", string="Kinds of value", readonly=True
    )

    _notice_positive = models.Constraint(
        "CHECK (notice_days BETWEEN 0 AND 366)",
        "A notice comes between 0 and 366 days before the last day.",
    )
    _grace_positive = models.Constraint(
        "CHECK (refund_policy <> 'grace' OR grace_days BETWEEN 1 AND 3660)",
        "Days of grace are 1 or more.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("rule", "number", "unit", "period", "calendar")
    def _check_number(self):
        for policy in self.filtered(
            lambda policy: policy.rule in ("after", "period", "inactivity")
        ):
            least = 0 if policy.rule == "period" else 1
            today = today_in(policy.company_id)
            try:
                sound = policy.number >= least and policy._expires_on(today) <= today + _CENTURY
            except (ValueError, OverflowError):
                sound = False
            if not sound:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: enter a number of %(least)s or more that ends within a "
                        "hundred years.",
                        policy=policy.name,
                        least=least,
                    )
                )

    @api.constrains("rule", "day", "calendar", "month_of_year", "day_of_month")
    def _check_day(self):
        for policy in self:
            if policy.rule == "date" and not policy.day:
                raise ValidationError(
                    self.env._("Enter the last day of “%(policy)s”.", policy=policy.name)
                )
            if policy.rule == "yearly" and not expiry.is_day_of_year(
                policy.calendar, policy.month_of_year, policy.day_of_month
            ):
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: no year has a day %(day)s in month %(month)s.",
                        policy=policy.name,
                        day=policy.day_of_month,
                        month=policy.month_of_year,
                    )
                )

    @api.constrains("club_id")
    def _check_club(self):
        self.sudo().kind_ids._check_expiry_policy_club()  # sudo: any kind counts

    # === BUSINESS METHODS === #

    def _expires_on(self, day):
        """Last day of value that comes in on ``day``.

        :param day: date in the company's time zone.
        :returns: date, or False when it never expires; also for no policy at all.
        """
        if not self:
            return False
        self.ensure_one()
        rule = self._kept_rule(self.id) if isinstance(self.id, int) else self._rule()
        return expiry.last_day(rule, day) or False

    @api.model
    @ormcache("policy_id")
    def _kept_rule(self, policy_id):
        """The rule of a policy, kept in memory: whatever comes in asks."""
        return self.browse(policy_id)._rule()

    def _rule(self):
        """The policy as the domain knows it: a :class:`~..domain.expiry.Rule`."""
        policy = self.sudo()  # sudo: whoever moves value follows the club's terms
        return expiry.Rule(
            kind=policy.rule,
            number=policy.number,
            unit=policy.unit,
            period=policy.period,
            calendar=policy.calendar,
            day=policy.day or None,
            month_of_year=policy.month_of_year,
            day_of_month=policy.day_of_month,
        )

    @api.model
    def _touch(self, wallet_ids, today):
        """Let value that lapses by inactivity live on, because its holder was active.

        Every lot that is still valid moves to the day that the policy gives from ``today``,
        unless it lives longer anyway. Lots that never expire, or were given a last day of their
        own, are left. Costs one statement, and none at all in a database without such policies.
        The caller holds the wallets' row locks.

        :param wallet_ids: ids of the wallets that moved; those of other policies are left.
        :param today: date in the company's time zone.
        """
        # sudo: whoever moves value follows the club's terms; archived ones are still in force
        policies = self.sudo().with_context(active_test=False)
        policies = policies.search([("rule", "=", "inactivity"), ("kind_ids", "!=", False)])
        if not policies or not wallet_ids:
            return
        self.env["loyalty.club.wallet.kind"].flush_model(["expiry_policy_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_lot l SET expires_on = p.day
                  FROM loyalty_club_wallet w
                  JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                  JOIN unnest(%s::int[], %s::date[]) AS p(id, day) ON p.id = k.expiry_policy_id
                 WHERE w.id = ANY(%s) AND l.wallet_id = w.id AND l.remaining > 0
                   AND l.by_policy AND l.expires_on >= %s AND l.expires_on < p.day
                """,
                policies.ids,
                [policy._expires_on(today) for policy in policies],
                list(wallet_ids),
                today,
            )
        )
        if self.env.cr.rowcount:
            self.env["loyalty.club.lot"].invalidate_model(["expires_on"])

    @api.model
    def _give_grace(self, lot_ids, todays):
        """Let value that came back after it had expired live for its policy's days of grace.

        Costs one statement. The caller holds the wallets' row locks and has refilled the lots.

        :param lot_ids: ids of the lots that were refilled.
        :param todays: dict of the wallets' ids to the date where they are kept.
        """
        self.flush_model(["refund_policy", "grace_days"])
        self.env["loyalty.club.lot.change"]._move_lots(
            SQL(
                """
                SELECT l.id, l.expires_on, w.today + p.grace_days AS day
                  FROM unnest(%s::int[], %s::date[]) AS w(id, today)
                  JOIN loyalty_club_lot l ON l.wallet_id = w.id AND l.expires_on < w.today
                  JOIN loyalty_club_wallet o ON o.id = w.id
                  JOIN loyalty_club_wallet_kind k ON k.id = o.kind_id
                  JOIN loyalty_club_expiry_policy p ON p.id = k.expiry_policy_id
                 WHERE l.id = ANY(%s) AND p.refund_policy = 'grace'
                """,
                list(todays),
                list(todays.values()),
                list(lot_ids),
            ),
            "grace",
        )

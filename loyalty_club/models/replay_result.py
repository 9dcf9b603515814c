from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS

BANDS = [
    ("1_much_less", "Less by more than 1 % of the purchases"),
    ("2_less", "Less by up to 1 %"),
    ("3_same", "The same"),
    ("4_more", "More by up to 1 %"),
    ("5_much_more", "More by more than 1 % of the purchases"),
]
SIDES = [("before", "Rules in force"), ("after", "Rules tried")]


class LoyaltyClubReplayResult(models.Model):
    """What a what-if found for one member. Not a fact: it goes with its question."""

    _name = "loyalty.club.replay.result"
    _inherit = ["loyalty.club.own.work"]
    _description = "What-if for a Member"
    _order = "difference desc, id"
    _log_access = False
    _rec_name = "member_id"

    replay_id = fields.Many2one(
        "loyalty.club.replay", string="What-if", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replay_id.company_id")
    currency_id = fields.Many2one(related="replay_id.currency_id")
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    purchases = fields.Integer(readonly=True, help="Purchases that were judged.")
    turnover = fields.Monetary(readonly=True, help="What these purchases came to, without returns.")
    before_value = fields.Monetary(string="Rules in force", readonly=True)
    after_value = fields.Monetary(string="Rules tried", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="What the rules tried give on top of those in force; below 0: less."
    )
    band = fields.Selection(
        BANDS, string="Change", readonly=True, help="Compared with what the member bought."
    )
    tier_before_id = fields.Many2one(
        "loyalty.club.tier", string="Level by rules in force", readonly=True, ondelete="set null"
    )
    tier_after_id = fields.Many2one(
        "loyalty.club.tier", string="Level by rules tried", readonly=True, ondelete="set null"
    )
    move = fields.Integer(
        string="Level move", readonly=True, help="1: to a higher level, -1: to a lower one."
    )

    _replay_index = models.Index("(replay_id, difference)")


class LoyaltyClubReplayLine(models.Model):
    """What one rule gave in a what-if, and what that is worth."""

    _name = "loyalty.club.replay.line"
    _inherit = ["loyalty.club.own.work"]
    _description = "What-if for a Rule"
    _order = "replay_id, side desc, value desc, id"
    _log_access = False

    replay_id = fields.Many2one(
        "loyalty.club.replay",
        string="What-if",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="replay_id.company_id")
    currency_id = fields.Many2one(related="replay_id.currency_id")
    side = fields.Selection(SIDES, string="By", required=True, readonly=True)
    name = fields.Char(string="Rule", required=True, readonly=True)
    rule_id = fields.Many2one(
        "loyalty.club.earn.rule", string="Earning rule", readonly=True, ondelete="set null"
    )
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", string="Gives", readonly=True, ondelete="cascade"
    )
    times = fields.Integer(string="Purchases", readonly=True)
    units = fields.Float(string="Given", digits=AMOUNT_DIGITS, readonly=True)
    unit = fields.Char(related="kind_id.unit")
    value = fields.Monetary(readonly=True, help="Points at the value of a point.")


class LoyaltyClubReplay(models.Model):
    """The answer in figures."""

    _inherit = "loyalty.club.replay"

    line_ids = fields.One2many("loyalty.club.replay.line", "replay_id", readonly=True)
    purchase_count = fields.Integer(string="Purchases", readonly=True, copy=False)
    member_count = fields.Integer(string="Members", readonly=True, copy=False)
    turnover = fields.Monetary(
        readonly=True, copy=False, help="Purchases of the period, less what came back."
    )
    before_value = fields.Monetary(
        string="Given by the rules in force",
        readonly=True,
        copy=False,
        help="As they are today, on the purchases of the period.",
    )
    after_value = fields.Monetary(string="Given by the rules tried", readonly=True, copy=False)
    cost = fields.Monetary(
        compute="_compute_cost",
        help="What the rules tried give on top of those in force; below 0 they save.",
    )
    cost_percent = fields.Float(
        string="Cost in % of purchases", compute="_compute_cost", digits=(16, 2)
    )
    before_owed = fields.Monetary(
        string="Owed by the rules in force",
        readonly=True,
        copy=False,
        help="What would not have expired by the last day, if nobody had spent any of it.",
    )
    after_owed = fields.Monetary(
        string="Owed by the rules tried",
        readonly=True,
        copy=False,
        help="What would not have expired by the last day, if nobody had spent any of it.",
    )
    liability = fields.Monetary(
        string="Liability on top",
        compute="_compute_cost",
        help="What the club would owe more on the last day, if nobody had spent any of it.",
    )
    winner_count = fields.Integer(string="Winners", readonly=True, copy=False)
    loser_count = fields.Integer(string="Losers", readonly=True, copy=False)
    up_count = fields.Integer(string="On a higher level", readonly=True, copy=False)
    down_count = fields.Integer(string="On a lower level", readonly=True, copy=False)
    unknown_count = fields.Integer(
        string="Purchases without goods",
        readonly=True,
        copy=False,
        help="Only their amount is known, as of an imported history: rules about products, tags "
        "or means of payment give nothing for them.",
    )
    margin_turnover = fields.Monetary(
        string="Turnover with known cost",
        readonly=True,
        copy=False,
        help="Purchases of whose goods the cost was recorded when they were sold.",
    )
    margin = fields.Monetary(string="Margin on it", readonly=True, copy=False)
    before_margin_value = fields.Monetary(readonly=True, copy=False)
    after_margin_value = fields.Monetary(readonly=True, copy=False)
    before_margin_percent = fields.Float(
        string="Margin after the rules in force (%)", compute="_compute_margin", digits=(16, 2)
    )
    after_margin_percent = fields.Float(
        string="Margin after the rules tried (%)", compute="_compute_margin", digits=(16, 2)
    )

    # === COMPUTE METHODS === #

    @api.depends("before_value", "after_value", "before_owed", "after_owed", "turnover")
    def _compute_cost(self):
        for replay in self:
            replay.cost = replay.after_value - replay.before_value
            replay.liability = replay.after_owed - replay.before_owed
            replay.cost_percent = 100 * replay.cost / replay.turnover if replay.turnover else 0

    @api.depends("margin", "margin_turnover", "before_margin_value", "after_margin_value")
    def _compute_margin(self):
        for replay in self:
            sold = replay.margin_turnover
            for side in ("before", "after"):
                left = replay.margin - replay[f"{side}_margin_value"]
                replay[f"{side}_margin_percent"] = 100 * left / sold if sold else 0

    # === BUSINESS METHODS === #

    @api.model
    def _figures(self):
        """Names of the fields that hold the answer."""
        return [
            "purchase_count", "member_count", "turnover", "before_value", "after_value",
            "before_owed", "after_owed", "winner_count", "loser_count", "up_count", "down_count",
            "unknown_count", "margin_turnover", "margin", "before_margin_value",
            "after_margin_value",
        ]  # fmt: skip

    def _store(self, results):
        """Keep what one step found, by one statement.

        :param results: list of :class:`~.replay_judge.Result`.
        """
        if not results:
            return
        types = ("int", "int", *["numeric"] * 4, "text", "int", "int", "int")
        columns = SQL(", ").join(map(SQL.identifier, results[0]._fields))
        arrays = SQL(", ").join(
            SQL("%s::%s[]", list(values), SQL(kind))
            for values, kind in zip(zip(*results, strict=True), types, strict=True)
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_replay_result (replay_id, %s)"
                " SELECT %s, found.* FROM unnest(%s) AS found",
                columns,
                self.id,
                arrays,
            )
        )

    def _finish(self):
        """Add up what the steps found."""
        sums = {name: float(amount) for name, amount in self.carried["sums"].items()}
        self.env.cr.execute(
            SQL(
                """
                SELECT COUNT(*), COUNT(*) FILTER (WHERE difference > 0),
                       COUNT(*) FILTER (WHERE difference < 0), COUNT(*) FILTER (WHERE move > 0),
                       COUNT(*) FILTER (WHERE move < 0), COALESCE(SUM(before_value), 0)::float,
                       COALESCE(SUM(after_value), 0)::float
                  FROM loyalty_club_replay_result WHERE replay_id = %s
                """,
                self.id,
            )
        )
        names = ("member_count", "winner_count", "loser_count", "up_count", "down_count")
        values = dict(
            zip((*names, "before_value", "after_value"), self.env.cr.fetchone(), strict=True)
        )
        values["purchase_count"] = int(sums.get("purchases", 0))
        values["unknown_count"] = int(sums.get("unknown", 0))
        for name in set(self._figures()) - values.keys():
            values[name] = sums.get(name, 0)
        self.env["loyalty.club.replay.line"].create(self._line_values())
        self.write({**values, "state": "done", "finished_on": fields.Datetime.now()})

    def _line_values(self):
        """What each rule gave, from what the steps carried on."""
        given, found = self.carried["given"], []
        rules = self.env["loyalty.club.earn.rule"]
        for name in sorted(key.removesuffix(":units") for key in given if key.endswith(":units")):
            side, version, kind = name.split(":")
            spec = self.carried["specs"][side][version]
            kind = self.env["loyalty.club.wallet.kind"].browse(int(kind))
            units = float(given[f"{name}:units"])
            found.append(
                {
                    "replay_id": self.id,
                    "side": side,
                    "name": self._name_of(spec, kind),
                    "rule_id": rules.browse(spec["rule"] or []).exists().id,
                    "kind_id": kind.id,
                    "times": int(given[f"{name}:times"]),
                    "units": units,
                    "value": units * self._value_of(kind, side),
                }
            )
        return found

    def _name_of(self, spec, kind):
        if spec["source"] == "rule":
            return self.env["loyalty.club.earn.rule"].browse(spec["rule"]).exists().name or ""
        if spec["source"] == "tier":
            return self.env["loyalty.club.tier"].browse(spec["tier"]).exists().name or ""
        if spec["source"] == "cashback":
            return kind.name
        return self.env._("Terms of the club")

    def _value_of(self, kind, side):
        if side == "after" and kind == self.club_id.points_kind_id:
            return self.point_value
        return float(kind._unit_value(today_in(self.company_id)))

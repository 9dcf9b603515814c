from decimal import Decimal
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..const import AMOUNT_DIGITS
from ..domain.acts import SPANS, ActTerms
from .act_kind import OWN_GIFTS


class LoyaltyClubActRule(models.Model):
    """What a kind of act brings to whom, how often, and from when to when.

    Of the rules of one kind the first that is for the member counts, and no other.
    """

    _name = "loyalty.club.act.rule"
    _description = "Rule for an Act"
    _order = "kind_id, sequence, id"
    _rec_name = "sentence"

    kind_id = fields.Many2one(
        "loyalty.club.act.kind", string="Act", required=True, ondelete="cascade", index=True
    )
    club_id = fields.Many2one(related="kind_id.club_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10, help="The first rule that is for the member counts.")
    active = fields.Boolean(default=True)
    # --- what it brings
    wallet_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Given as",
        required=True,
        ondelete="restrict",
        compute="_compute_wallet_kind_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('club_id', '=', club_id), ('type', 'in', ('points', 'cashback', 'ewallet'))]",
    )
    amount = fields.Float(string="Gives", digits=AMOUNT_DIGITS, required=True, default=1.0)
    per_score = fields.Boolean(
        string="For each point of the score",
        help="The score of a review, an assessment or a survey is multiplied with what is given.",
    )
    minimum_score = fields.Float(
        string="From a score of", digits=(16, 2), help="Below it nothing is given. 0: any score."
    )
    # --- how often
    times_day = fields.Integer(string="At most a day", help="0: no limit.")
    times_week = fields.Integer(string="At most a week", help="0: no limit.")
    times_month = fields.Integer(string="At most a month", help="0: no limit.")
    times_year = fields.Integer(string="At most a year", help="0: no limit.")
    times_total = fields.Integer(string="At most at all", help="1: once in a life. 0: no limit.")
    pause_days = fields.Integer(
        string="Days between two", help="So many days after one the next counts. 0: no pause."
    )
    # --- for whom and when
    tier_ids = fields.Many2many(
        "loyalty.club.tier",
        "loyalty_club_act_rule_tier_rel",
        string="Levels",
        domain="[('club_id', '=', club_id)]",
        context={"active_test": False},  # a rule is not for everybody when its tier is archived
        help="For members of one of these levels. Empty: for everybody.",
    )
    segment_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_act_rule_segment_rel",
        string="Segments",
        domain="[('club_id', '=', club_id)]",
        context={"active_test": False},  # as above
        help="For members of one of these segments. Empty: for everybody.",
    )
    date_from = fields.Date(string="From", help="First day. Empty: from now on.")
    date_until = fields.Date(string="Until", help="Last day. Empty: until further notice.")
    sentence = fields.Char(string="In words", compute="_compute_sentence")

    _figures_sound = models.Constraint(
        "CHECK (amount > 0 AND minimum_score >= 0 AND pause_days >= 0 AND times_day >= 0"
        " AND times_week >= 0 AND times_month >= 0 AND times_year >= 0 AND times_total >= 0)",
        "A rule gives something; limits and pauses are not negative.",
    )
    _days_in_order = models.Constraint(
        "CHECK (date_from <= date_until)", "A rule ends after it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind_id")
    def _compute_wallet_kind_id(self):
        for rule in self:
            if rule.wallet_kind_id.club_id != rule.kind_id.club_id or not rule.wallet_kind_id:
                rule.wallet_kind_id = rule.kind_id.club_id.points_kind_id

    @api.depends(
        "kind_id.name", "wallet_kind_id", "amount", "per_score", "minimum_score", "pause_days",
        "times_day", "times_week", "times_month", "times_year", "times_total", "tier_ids.name",
        "segment_ids.name",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        for rule in self:
            parts = [rule._given_text(), *rule._limit_texts()]
            for whom in (rule.tier_ids, rule.segment_ids):
                if whom:
                    names = ", ".join(whom.mapped("name"))
                    parts.append(self.env._("for %(names)s", names=names))
            rule.sentence = f"{rule.kind_id.name}: {', '.join(parts)}"

    def _given_text(self):
        """What it gives, in words: “5 points”, “2 points for each point of the score”."""
        self.ensure_one()
        if not self.wallet_kind_id:
            return ""
        amount = self.wallet_kind_id._format(self.amount)
        if not self.per_score:
            return amount
        return self.env._("%(amount)s for each point of the score", amount=amount)

    def _limit_texts(self):
        """How often it is given, a phrase for each limit."""
        self.ensure_one()
        texts = {
            "day": self.env._("at most %(times)s a day", times=self.times_day),
            "week": self.env._("at most %(times)s a week", times=self.times_week),
            "month": self.env._("at most %(times)s a month", times=self.times_month),
            "year": self.env._("at most %(times)s a year", times=self.times_year),
            "total": self.env._("at most %(times)s at all", times=self.times_total),
        }
        found = [texts[span] for span in SPANS if self[f"times_{span}"]]
        if self.pause_days:
            found.append(self.env._("%(days)s days apart", days=self.pause_days))
        if self.minimum_score:
            score = formatLang(self.env, self.minimum_score, digits=0)
            found.append(self.env._("from a score of %(score)s", score=score))
        return found

    # === CONSTRAINT METHODS === #

    @api.constrains("kind_id", "wallet_kind_id", "amount", "per_score")
    def _check_gift(self):
        for rule in self:
            kind = rule.wallet_kind_id
            if rule.kind_id.code in OWN_GIFTS:
                raise ValidationError(
                    self.env._(
                        "What “%(act)s” brings is set on the club itself: its welcome gift and "
                        "its gift for a complete profile.",
                        act=rule.kind_id.name,
                    )
                )
            if kind.club_id != rule.club_id or kind.type not in ("points", "cashback", "ewallet"):
                raise ValidationError(
                    self.env._(
                        "“%(act)s” brings points or credit of %(club)s.",
                        act=rule.kind_id.name,
                        club=rule.club_id.name,
                    )
                )
            step = Decimal(str(kind.rounding))
            if not rule.per_score and Decimal(str(rule.amount)) % step:
                raise ValidationError(
                    self.env._("Give whole steps of %(step)s.", step=kind._format(kind.rounding))
                )

    @api.constrains(
        "kind_id", "active", "times_day", "times_week", "times_month", "times_year", "times_total",
        "pause_days",
    )  # fmt: skip
    def _check_limits(self):
        for rule in self:
            limits = [(span, rule[f"times_{span}"]) for span in SPANS if rule[f"times_{span}"]]
            for (_short, fewer), (_long, more) in pairwise(limits):
                if fewer > more:
                    raise ValidationError(
                        self.env._(
                            "“%(act)s”: %(fewer)s times in a shorter time can never be reached "
                            "when it is given %(more)s times in a longer one. Lower the first "
                            "limit, or raise the second.",
                            act=rule.kind_id.name,
                            fewer=fewer,
                            more=more,
                        )
                    )
            if rule.kind_id.proof == "visit" and not rule.times_day:
                raise ValidationError(
                    self.env._(
                        "“%(act)s” takes no more than a click: say how often a day it is given.",
                        act=rule.kind_id.name,
                    )
                )
            if rule.pause_days and rule.times_day > 1:
                raise ValidationError(
                    self.env._(
                        "“%(act)s”: with days between two it is given once a day at most. Leave "
                        "out the limit a day, or the pause.",
                        act=rule.kind_id.name,
                    )
                )

    @api.constrains("tier_ids", "segment_ids", "kind_id")
    def _check_whom(self):
        for rule in self:
            for whom in (*rule.tier_ids, *rule.segment_ids):
                if whom.club_id != rule.club_id or not whom.active:
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” is archived, or of another club. Choose one of %(club)s.",
                            name=whom.name,
                            club=rule.club_id.name,
                        )
                    )

    # === BUSINESS METHODS === #

    @api.model
    def _in_force(self, kinds, day):
        """Rules of these kinds (loyalty.club.act.kind) that give something on ``day``."""
        return self.search(
            Domain("kind_id", "in", kinds.ids)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", day))
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", day)),
            order="sequence, id",
        )

    def _for_members(self, members):
        """Which of these rules counts for whom: the first of its kind that is for the member.

        :param members: loyalty.club.member of one club.
        :returns: dict of (member id, kind id) to the rule.
        """
        allowed = self._allowed(members)
        return {
            (member, rule.kind_id.id): rule
            for rule in self[::-1]  # an earlier one takes the place of a later one
            for member in members.ids
            if rule.id not in allowed or member in allowed[rule.id]
        }

    def _allowed(self, members):
        """For rules that are not for everybody, the ids of those ``members`` whom they are for.

        :returns: dict of rule id to a set of member ids.
        """
        limited = self.filtered(lambda rule: rule.tier_ids or rule.segment_ids)
        inside = limited._inside(members)
        of_tier = {tier.id: set(some.ids) for tier, some in members.grouped("tier_id").items()}
        found = {}
        for rule in limited:
            fitting = set(members.ids)
            if rule.tier_ids:
                fitting &= set().union(*(of_tier.get(tier, ()) for tier in rule.tier_ids.ids))
            if rule.segment_ids:
                fitting &= set().union(*(inside.get(part, ()) for part in rule.segment_ids.ids))
            found[rule.id] = fitting
        return found

    def _inside(self, members):
        """Who of ``members`` is in which of the segments that these rules name, by one query.

        :returns: dict of segment id to a set of member ids.
        """
        segments, inside = self.segment_ids, {}
        if segments:
            self.env["loyalty.club.segment.member"].flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT segment_id, member_id FROM loyalty_club_segment_member"
                    " WHERE until IS NULL AND member_id = ANY(%s) AND segment_id = ANY(%s)",
                    members.ids,
                    segments.ids,
                )
            )
            for segment, member in self.env.cr.fetchall():
                inside.setdefault(segment, set()).add(member)
        return inside

    def _terms(self):
        """The rule as the domain reads it."""
        self.ensure_one()
        return ActTerms(
            amount=Decimal(str(self.amount)),
            step=Decimal(str(self.wallet_kind_id.rounding)),
            per_score=self.per_score,
            minimum_score=Decimal(str(self.minimum_score)) if self.minimum_score else None,
            times={span: self[f"times_{span}"] for span in SPANS if self[f"times_{span}"]},
            pause=self.pause_days,
        )

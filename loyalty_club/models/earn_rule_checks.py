from decimal import Decimal

from odoo import api, models
from odoo.exceptions import ValidationError

from ..domain.conditions import ConditionError, compile_condition
from ..domain.earn_rule import compile_rule
from ..domain.earn_types import EARN_TYPES
from ..domain.earning import round_to
from ..domain.lots import ZERO
from .earn_rule import EARNED_KINDS
from .earn_rule_spec import CAPS

# What may not be chosen and left out at once, and what is of one club.
_CONTRARY = (
    ("segment_ids", "not_segment_ids"),
    ("product_tmpl_ids", "not_product_tmpl_ids"),
    ("category_ids", "not_category_ids"),
    ("tag_ids", "not_tag_ids"),
)
OF_CLUB = ("tier_ids", "segment_ids", "not_segment_ids", "branch_ids", "wallet_kind_ids")


class LoyaltyClubEarnRule(models.Model):
    """What a rule may not say: refused when it is saved, with the reason, never at the till."""

    _inherit = "loyalty.club.earn.rule"

    # === CONSTRAINT METHODS === #

    @api.constrains("kind_id", "club_id", "type")
    def _check_kind(self):
        for rule in self:
            kind, club = rule.kind_id, rule.club_id
            money = rule.type == "percent"
            if kind.club_id != club or kind.type not in EARNED_KINDS or not kind.active:
                rule._refuse(
                    self.env._(
                        "purchases cannot earn “%(kind)s”. Choose points or credit of %(club)s.",
                        kind=kind.name,
                        club=club.name,
                    )
                )
            if money and kind.currency_id != club.currency_id:
                rule._refuse(
                    self.env._(
                        "a percentage is given as credit in %(currency)s. Choose such a kind of "
                        "value, or another way of earning.",
                        currency=club.currency_id.name,
                    )
                )
            if rule.type == "multiplier" and kind != club.points_kind_id:
                rule._refuse(
                    self.env._(
                        "only “%(points)s” can be multiplied.", points=club.points_kind_id.name
                    )
                )

    @api.constrains(lambda self: self._checked_fields())
    def _check_terms(self):
        """That the rule can be read, can hold, and can give something."""
        for rule in self:
            rule._check_amounts()
            rule._check_times()
            rule._check_rhythm()
            rule._check_choices()
            rule._check_condition()
            rule._check_caps()
            compile_rule(0, rule._spec())
            if rule.state == "active":
                rule._check_ready()

    @api.model
    def _checked_fields(self):
        """Every field that a person sets: whichever changes, the rule is judged as a whole."""
        others = {*models.MAGIC_COLUMNS, "name", "note", "company_id"}
        return [name for name, field in self._fields.items() if field.store and name not in others]

    def _check_amounts(self):
        problems = EARN_TYPES[self.type].check(self._params())
        if problems:
            self._refuse(self._problem_text(problems[0]))
        if self.step < 0 or _exact(self.step) % _exact(self.kind_id.rounding):
            self._refuse(
                self.env._(
                    "it is rounded to whole steps of %(step)s.",
                    step=self.kind_id._format(self.kind_id.rounding),
                )
            )
        if self.minimum_amount < 0 or self.minimum_quantity < 0:
            self._refuse(self.env._("the least amount and quantity are zero or more."))
        if self.type == "multiplier" and self.stacking == "replaces_basic":
            self._refuse(
                self.env._(
                    "it multiplies the club's basic terms and cannot take their place. Choose one."
                )
            )
        if self.group and self.stacking == "replaces_basic":
            self._refuse(
                self.env._(
                    "what takes the place of the club's basic terms is in no group of rules of "
                    "which the best counts: goods earn by the first of such rules. Empty the group."
                )
            )

    def _problem_text(self, problem):
        """What is wrong with how much a rule gives, as a person reads it. A new type adds its own.

        :param problem: code of ``EarnType.check``.
        """
        texts = {
            "points": self.env._("say how much it gives: more than nothing."),
            "per_amount": self.env._("say for how much money it gives that: more than nothing."),
            "percent": self.env._("a percentage lies above 0 and goes up to 100."),
            "factor": self.env._(
                "a multiple above 1 gives more than the basic terms; for less, put a rule in their "
                "place."
            ),
        }
        name = problem.rpartition("_")[0]
        return texts.get(name) or self.env._(
            "“%(field)s” cannot be that.",
            field=self._fields[name]._description_string(self.env)
            if name in self._fields
            else name,
        )

    def _check_times(self):
        if self.date_from and self.date_until and self.date_from > self.date_until:
            self._refuse(self.env._("it ends before it begins."))
        if not 0 <= self.hour_from < self.hour_until <= 24:
            self._refuse(
                self.env._(
                    "the hours run from an earlier one to a later one of the same day, 0:00 to "
                    "24:00. For a night make two rules, one up to midnight."
                )
            )

    def _check_rhythm(self):
        numbers = ("nth", "every_nth", "within_days", "away_days", "streak_count")
        if any(self[name] < 0 for name in numbers):
            self._refuse(self.env._("numbers of days and purchases are zero or more."))
        if self.nth and self.every_nth:
            self._refuse(
                self.env._("it is for one purchase by number, or for every so many: choose one.")
            )
        if self.nth == 1 and (self.within_days or self.away_days or self.streak_count > 1):
            self._refuse(
                self.env._("a first purchase has none before it, so the rule would never hold.")
            )
        if self.within_days and self.within_days < self.away_days:
            self._refuse(
                self.env._(
                    "nobody is back within %(within)s days who stayed away for %(away)s.",
                    within=self.within_days,
                    away=self.away_days,
                )
            )

    def _check_choices(self):
        """Nothing is both chosen and left out; everything belongs to the club."""
        rule = self.sudo().with_context(active_test=False)  # sudo: whatever the editor may see
        for wanted, unwanted in _CONTRARY:
            both = rule[wanted] & rule[unwanted]
            if both:
                self._refuse(
                    self.env._(
                        "“%(name)s” is both chosen and left out.", name=both[:1].display_name
                    )
                )
        for name in (*OF_CLUB, "replaces_id"):
            foreign = rule[name].filtered(lambda record: record.club_id != rule.club_id)
            if foreign:
                self._refuse(
                    self.env._("“%(name)s” belongs to another club.", name=foreign[:1].display_name)
                )
        for name in ("product_tmpl_ids", "payment_method_ids", "occasion_ids"):
            foreign = rule[name].filtered(
                lambda record: record.company_id and record.company_id != rule.company_id
            )
            if foreign:
                self._refuse(
                    self.env._(
                        "“%(name)s” belongs to another company.", name=foreign[:1].display_name
                    )
                )

    def _check_condition(self):
        try:
            compile_condition(self._condition())
        except ConditionError as error:
            texts = {
                "fact": self.env._("nothing is known of a sale that is called “%(text)s”."),
                "operator": self.env._("“%(text)s” cannot be compared so."),
                "value": self.env._("“%(text)s” compares with something else."),
                "long": self.env._("they are too many; make several rules of them."),
            }
            text = texts.get(error.code, self.env._("they cannot be read. Choose them again."))
            self._refuse_condition(text % {"text": error.text})
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            self._refuse_condition(self.env._("they cannot be read. Choose them again."))

    def _refuse_condition(self, reason):
        self._refuse(self.env._("its further conditions: %(reason)s", reason=reason))

    def _check_caps(self):
        """Each limit leaves room for one award, and none is undone by a narrower one."""
        limits = [(name, _exact(self[f"cap_{name}"])) for name in CAPS if self[f"cap_{name}"]]
        least = round_to(self._least(), _exact(self.step or self.kind_id.rounding), "up")
        before = None
        for name, limit in limits:
            label = self._fields[f"cap_{name}"]._description_string(self.env)
            if limit < 0 or limit < least:
                self._refuse(
                    self.env._(
                        "the limit “%(limit)s” is below what the rule gives once, %(once)s.",
                        limit=label,
                        once=self.kind_id._format(least),
                    )
                )
            if before and before[1] > limit:
                self._refuse(
                    self.env._(
                        "the limit “%(narrow)s” is above the limit “%(wide)s”.",
                        narrow=before[0],
                        wide=label,
                    )
                )
            before = (label, limit)

    def _least(self):
        """What the rule gives at least when it gives anything (Decimal), before rounding."""
        return _exact(self.points) if self.type in ("per_visit", "per_unit") else ZERO

    # === BUSINESS METHODS === #

    def _refuse(self, reason):
        """:raises ValidationError: saying which rule, and why."""
        raise ValidationError(self.env._("“%(rule)s”: %(reason)s", rule=self.name, reason=reason))


def _exact(value):
    return Decimal(str(value))

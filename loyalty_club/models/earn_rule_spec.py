from ast import literal_eval

from odoo import models

from ..domain.earn_spec import new_spec, plain
from .earn_rule_when import SALE_CHANNELS, WEEKDAYS

_SATURDAY = 5
CAPS = ("sale", "member_day", "member_month", "member_total", "rule_total")


class LoyaltyClubEarnRule(models.Model):
    """What a rule says, as data: the one place where its fields become a spec."""

    _inherit = "loyalty.club.earn.rule"

    def _spec(self):
        """The rule as a version keeps it: see :mod:`~..domain.earn_spec`."""
        self.ensure_one()
        # sudo: what it says does not depend on what its editor may read; what was archived is
        # still meant: without it a rule for one product would be one for all
        rule = self.sudo().with_context(active_test=False)
        return new_spec(
            source="rule",
            rule=self._origin.id or None,
            kind=rule.kind_id._origin.id or None,
            sequence=rule.sequence,
            type=rule.type,
            params=rule._params(),
            base=rule.base,
            minimum_amount=plain(rule.minimum_amount),
            minimum_quantity=plain(rule.minimum_quantity),
            rounding=rule.rounding,
            step=plain(rule.step or rule.kind_id.rounding or 1),
            who={
                "tiers": _ids(rule.tier_ids),
                "segments": _ids(rule.segment_ids),
                "not_segments": _ids(rule.not_segment_ids),
                "kinds": [rule.member_kind] if rule.member_kind else [],
            },
            what=rule._spec_what(),
            where=rule._spec_where(),
            when=rule._spec_when(),
            condition=rule._condition(),
            caps={name: plain(rule[f"cap_{name}"]) for name in CAPS if rule[f"cap_{name}"]},
            stacking=rule.stacking,
            group=(rule.group or "").strip() or None,
        )

    def _params(self):
        """How much, by the type of the rule. A new type adds ``_params_<type>``.

        :returns: dict of strings of decimals.
        """
        return getattr(self, f"_params_{self.type}")()

    def _params_per_amount(self):
        return {"points": plain(self.points), "per_amount": plain(self.per_amount)}

    def _params_per_unit(self):
        return {"points": plain(self.points)}

    def _params_per_visit(self):
        return {"points": plain(self.points)}

    def _params_percent(self):
        return {"percent": plain(self.percent)}

    def _params_multiplier(self):
        return {"factor": plain(self.factor)}

    def _spec_what(self):
        return {
            "products": _ids(self.product_tmpl_ids),
            "categories": _ids(self.category_ids),
            "tags": _ids(self.tag_ids),
            "not_products": _ids(self.not_product_tmpl_ids),
            "not_categories": _ids(self.not_category_ids),
            "not_tags": _ids(self.not_tag_ids),
        }

    def _spec_where(self):
        return {
            "branches": _ids(self.branch_ids),
            "channels": [name for name in SALE_CHANNELS if self[f"channel_{name}"]],
            "methods": _ids(self.payment_method_ids),
            "wallet_kinds": _ids(self.wallet_kind_ids),
            "card": self.card_shown,
        }

    def _spec_when(self):
        return {
            "from": self.date_from.isoformat() if self.date_from else None,
            "until": self.date_until.isoformat() if self.date_until else None,
            "weekdays": [number for number, name in enumerate(WEEKDAYS) if self[f"on_{name}"]],
            "hour_from": plain(round(self.hour_from, 4)),
            "hour_until": plain(round(self.hour_until, 4)),
            "occasions": self.occasion_ids.sorted("id")._specs(self._is_jalali()),
            "first_after": self.away_days or None,
            "nth": self.nth or None,
            "every_nth": self.every_nth or None,
            "within_days": self.within_days or None,
            "streak": self._spec_streak(),
        }

    def _spec_streak(self):
        """So many in a row; weeks and months are those of the company's country."""
        if not self.streak_count:
            return None
        spec = {"count": self.streak_count, "unit": self.streak_unit}
        if self.streak_unit == "week":
            spec["week_start"] = _SATURDAY if self._is_jalali() else 0
        elif self.streak_unit == "month" and self._is_jalali():
            spec["calendar"] = "jalali"
        return spec

    def _is_jalali(self):
        """Whether days of people are kept in the Persian calendar: for companies in Iran."""
        return self.company_id.country_id.code == "IR"

    def _condition(self):
        """The further conditions as a list, as JSON keeps it.

        :raises ValueError: when they cannot be read.
        """
        return _lists(literal_eval(self.condition or "[]"))


def _ids(records):
    return sorted(records._origin.ids)


def _lists(value):
    """Tuples as lists, as they come back from JSON."""
    return [_lists(part) for part in value] if isinstance(value, (list, tuple)) else value

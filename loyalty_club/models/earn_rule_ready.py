from odoo import models
from odoo.tools import format_list

from ..clock import today_in
from ..domain.earn_spec import may_both_fire
from .earn_rule_checks import OF_CLUB

_MAY_BE_ARCHIVED = (
    *OF_CLUB,
    "product_tmpl_ids",
    "not_product_tmpl_ids",
    "payment_method_ids",
    "occasion_ids",
)


class LoyaltyClubEarnRule(models.Model):
    """What stands against a rule coming into force, or staying so: other rules, and what it names
    that is no longer in use."""

    _inherit = "loyalty.club.earn.rule"

    # === BUSINESS METHODS === #

    def _check_ready(self):
        """That nothing else stands against these rules coming into force.

        :raises ValidationError: with the reason.
        """
        for rule in self:
            archived = rule._archived()
            if archived:
                rule._refuse(
                    self.env._(
                        "%(names)s: no longer in use. Take it out of the rule first.",
                        names=format_list(self.env, [f"“{name}”" for name in archived]),
                    )
                )
            others = rule._others() - rule.replaces_id
            rule._check_exclusive(others)
            rule._check_group(others)

    def _check_not_over(self):
        """:raises ValidationError: when the last day of a rule has passed."""
        for rule in self:
            if rule.date_until and rule.date_until < today_in(rule.company_id):
                rule._refuse(self.env._("it ended on its last day. Choose a later one."))

    def _archived(self):
        """Names of what the rule mentions and is archived."""
        rule = self.sudo().with_context(active_test=False)  # sudo: whatever the editor may see
        return [
            record.display_name
            for name in _MAY_BE_ARCHIVED
            for record in rule[name].filtered(lambda record: not record.active)
        ]

    def _others(self):
        return self.search(
            [
                ("club_id", "=", self.club_id.id),
                ("state", "=", "active"),
                ("id", "not in", self.ids),
            ]
        )

    def _check_exclusive(self, others):
        if self.stacking != "exclusive":
            return
        spec = self._spec()
        for other in others:
            same = (other.stacking, other.kind_id, other.sequence) == (
                "exclusive",
                self.kind_id,
                self.sequence,
            )
            if same and may_both_fire(spec, other._spec()):
                self._refuse(
                    self.env._(
                        "“%(other)s” excludes others as well, stands at the same place and may "
                        "hold for the same purchase. Move one of them up or down.",
                        other=other.name,
                    )
                )

    def _check_group(self, others):
        for other in others:
            if self.group and other.group == self.group and other.kind_id != self.kind_id:
                self._refuse(
                    self.env._(
                        "of the rules “%(group)s” only the best counts, but “%(other)s” gives "
                        "“%(kind)s”, which cannot be compared.",
                        group=self.group,
                        other=other.name,
                        kind=other.kind_id.name,
                    )
                )

from odoo import api, models
from odoo.tools import format_date

from ..domain.conditions import ConditionError, Every, Not, Some, compile_condition


class LoyaltyClubEarnSentence(models.AbstractModel):
    """The further conditions of a rule, in words."""

    _inherit = "loyalty.club.earn.sentence"

    # === BUSINESS METHODS === #

    @api.model
    def _condition(self, domain):
        """One sentence for the conditions; none where there are none, or they cannot be read."""
        if not domain:
            return
        try:
            condition = compile_condition(domain)
        except ConditionError:
            return
        yield self.env._("Only if %(condition)s.", condition=self._tree(condition))

    @api.model
    def _tree(self, condition):
        """Any of and all of, in brackets where one stands inside the other."""
        if isinstance(condition, Not):
            return self.env._("not (%(condition)s)", condition=self._tree(condition.part))
        if not isinstance(condition, Every):
            return self._term(condition)
        joint = self.env._(" or ") if isinstance(condition, Some) else self.env._(" and ")
        parts = [
            part
            for inner in condition.parts
            for part in (inner.parts if type(inner) is type(condition) else [inner])
        ]
        texts = [
            f"({self._tree(part)})"
            if isinstance(part, Every) and len(part.parts) > 1
            else self._tree(part)
            for part in parts
        ]
        return joint.join(texts) if texts else self.env._("always")

    @api.model
    def _term(self, term):
        field = self.env["loyalty.club.sale.facts"]._fields[term.name]
        label = field._description_string(self.env)
        several = isinstance(term.value, frozenset)
        values = sorted(term.value, key=str) if several else [term.value]
        texts = self._values(field, values)
        if field.type == "boolean":
            holds = bool(values[0]) == (term.operator == "=")
            return label if holds else self.env._("not %(fact)s", fact=label)
        signs = {
            "=": self.env._("%(fact)s is %(value)s"),
            "in": self.env._("%(fact)s is %(value)s"),
            "!=": self.env._("%(fact)s is not %(value)s"),
            "not in": self.env._("%(fact)s is not %(value)s"),
            "<": self.env._("%(fact)s is less than %(value)s"),
            "<=": self.env._("%(fact)s is at most %(value)s"),
            ">": self.env._("%(fact)s is more than %(value)s"),
            ">=": self.env._("%(fact)s is at least %(value)s"),
        }
        return signs[term.operator] % {"fact": label, "value": self._either(texts)}

    @api.model
    def _values(self, field, values):
        if field.relational:
            # sudo: a rule names what it names, whoever reads it
            Model = self.env[field.comodel_name].sudo().with_context(active_test=False)
            records = Model.browse([value for value in values if value]).exists()
            names = {record.id: f"“{record.display_name}”" for record in records}
            gone = self.env._("(deleted)")
            return [names.get(value, gone) if value else self._nothing() for value in values]
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return [
                f"“{labels.get(value, value)}”" if value else self._nothing() for value in values
            ]
        if field.type == "date":
            return [format_date(self.env, value) if value else self._nothing() for value in values]
        return [self._nothing() if value is None else self._plain(value) for value in values]

    @api.model
    def _nothing(self):
        return self.env._("nothing")

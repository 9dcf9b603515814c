"""An added way of earning, complete in this one file: points for each different product.

It is also the example of how to add one: docs/earning-rules.md goes through it. The arithmetic is a
class registered with the domain, the fields and their words extend the rule and its wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from odoo import api, fields, models

from ..const import AMOUNT_DIGITS
from ..domain.earn_spec import plain
from ..domain.earn_types import earn_type, problems
from ..domain.sale import Matched, Sale


@earn_type("per_variety")
@dataclass(frozen=True, slots=True)
class PerVariety:
    """So many points for each different product, from a certain number of them on."""

    uses_basic: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset({"goods"})
    points: Decimal
    beyond: Decimal

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read ``variety_points`` and ``variety_beyond``."""
        return cls(Decimal(params["variety_points"]), Decimal(params["variety_beyond"]))

    @classmethod
    def check(cls, params: Mapping[str, str]) -> list[str]:
        """It gives something, and counts from zero or more products on."""
        return problems(
            params,
            ("variety_points", lambda value: value > 0),
            ("variety_beyond", lambda value: value >= 0),
        )

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return the points for the products beyond those that count nothing."""
        different = {line.template for line in matched.lines if line.quantity > 0}
        return max(len(different) - self.beyond, Decimal(0)) * self.points


class LoyaltyClubEarnRule(models.Model):
    _inherit = "loyalty.club.earn.rule"

    type = fields.Selection(
        selection_add=[("per_variety", "For each different product")],
        ondelete={"per_variety": "set default"},
    )
    variety_points = fields.Float(
        string="Points for each product", digits=AMOUNT_DIGITS, default=1.0
    )
    variety_beyond = fields.Integer(
        string="Beyond the first",
        help="2: the first two different products bring nothing, each further one does.",
    )

    @api.model
    def _type_fields(self):
        return super()._type_fields() | {"per_variety": ("variety_points", "variety_beyond")}

    def _params_per_variety(self):
        return {
            "variety_points": plain(self.variety_points),
            "variety_beyond": plain(self.variety_beyond),
        }


class LoyaltyClubEarnSentence(models.AbstractModel):
    _inherit = "loyalty.club.earn.sentence"

    @api.model
    def _how_per_variety(self, params, kind):
        if float(params["variety_beyond"]):
            return self.env._(
                "%(given)s for each different product beyond the first %(number)s.",
                given=self._given(kind, params["variety_points"]),
                number=self._plain(params["variety_beyond"]),
            )
        return self.env._(
            "%(given)s for each different product.",
            given=self._given(kind, params["variety_points"]),
        )

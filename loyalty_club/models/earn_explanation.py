"""What was earned and why, in sentences with the numbers."""

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ..domain.earning import exact_decimal


class LoyaltyClubEarnAward(models.Model):
    _inherit = "loyalty.club.earn.award"

    def _explain(self, members=False):
        """Sentences for these awards, one each, in the reader's language.

        :param members: in words and money as members read them.
        :returns: list of texts such as “Terms of the club: 25 points for purchases of 259.00 (1
            for each 10, rounded down).”
        """
        # sudo: terms are no secret to staff, nor what she was given to a member
        return [award._sentence(members) for award in self.sudo()]

    def _sentence(self, members):
        values = {
            "rule": self._named_to_members() if members else self._source_name(),
            "given": self._worth(abs(self.amount), members),
        }
        if self.amount < 0:
            return self.env._("%(rule)s: %(given)s taken back for goods that came back.", **values)
        values["reckoning"] = self._reckoning(members)
        if self.capped:
            values["cap"] = self._cap_text(members)
            return self.env._("%(rule)s: %(given)s. %(reckoning)s %(cap)s", **values)
        return self.env._("%(rule)s: %(given)s. %(reckoning)s", **values)

    def _worth(self, amount, members):
        """An amount of what was earned, with its unit."""
        exact = exact_decimal(amount)
        return self.kind_id._format_shown(exact) if members else self.kind_id._format(exact)

    def _source_name(self):
        """The rule, tier or terms, as people call it."""
        version = self.version_id
        if version.source == "rule":
            return version.rule_id.name or ""
        if version.source == "tier":
            return version.tier_id.name or ""
        if version.source == "cashback":
            return self.kind_id.name
        return self.env._("Terms of the club")

    def _reckoning(self, members):
        """How the amount was worked out: what for, by which rate, and what came of it."""
        params = (self.version_id.spec or {}).get("params") or {}
        type_code = (self.version_id.spec or {}).get("type")
        values = {
            "amount": format_amount(self.env, self.base, self.club_id.currency_id),
            "quantity": self._number(self.quantity),
            "exact": self._number(self.exact),
            **{name: self._number(value) for name, value in params.items() if _is_number(value)},
        }
        if members:
            values |= self._reckoned_in_shown_money(params)
        texts = self._reckonings()
        text = texts[type_code] if type_code in texts else texts[None]
        return text(values)

    def _reckoned_in_shown_money(self, params):
        """What of a reckoning is money, as pages for customers write it."""
        currency, company = self.club_id.currency_id, self.club_id.company_id
        values = {"amount": currency._format_shown(float(self.base), company)}
        if _is_number(params.get("per_amount")):
            per_amount = float(exact_decimal(params["per_amount"]))
            values["per_amount"] = currency._format_shown(per_amount, company)
        if self.kind_id.currency_id:
            values["exact"] = self._worth(self.exact, members=True)
        return values

    @api.model
    def _reckonings(self):
        """A sentence per type of rule; the one for None serves types without their own."""
        return {
            "per_amount": lambda values: self.env._(
                "%(points)s for each %(per_amount)s of %(amount)s comes to %(exact)s.", **values
            ),
            "percent": lambda values: self.env._(
                "%(percent)s %% of %(amount)s comes to %(exact)s.", **values
            ),
            "per_unit": lambda values: self.env._(
                "%(points)s for each of %(quantity)s units comes to %(exact)s.", **values
            ),
            "per_visit": lambda values: self.env._("%(points)s for the purchase.", **values),
            "multiplier": lambda values: self.env._(
                "%(factor)s times the basic points of goods for %(amount)s: %(exact)s on top.",
                **values,
            ),
            None: lambda values: self.env._(
                "For goods of %(amount)s it comes to %(exact)s.", **values
            ),
        }

    def _cap_text(self, members):
        caps = (self.version_id.spec or {}).get("caps") or {}
        limit = exact_decimal(caps.get(self.capped) or 0)
        words = {"limit": self._worth(limit, members)}
        texts = {
            "sale": lambda: self.env._("One purchase brings no more than %(limit)s.", **words),
            "member_day": lambda: self.env._("A day brings no more than %(limit)s.", **words),
            "member_month": lambda: self.env._("A month brings no more than %(limit)s.", **words),
            "member_total": lambda: self.env._(
                "A member gets no more than %(limit)s in all.", **words
            ),
            "rule_total": lambda: self.env._(
                "All members together get no more than %(limit)s.", **words
            ),
        }
        return texts[self.capped]()

    @api.model
    def _number(self, value):
        """A number as people read it, with the decimals that say something."""
        exact = exact_decimal(value)
        if exact == exact.to_integral_value():
            return formatLang(self.env, float(exact), digits=0)
        digits = min(-exact.normalize().as_tuple().exponent, 3)
        return formatLang(self.env, float(exact), digits=digits)


def _is_number(value):
    try:
        return exact_decimal(value).is_finite()
    except ArithmeticError:
        return False


class LoyaltyClubEntry(models.Model):
    """An earned entry says which rules gave it, with the numbers."""

    _inherit = "loyalty.club.entry"

    award_ids = fields.One2many("loyalty.club.earn.award", "entry_id", readonly=True)
    explanation = fields.Text(
        string="What it was earned by",
        compute="_compute_explanation",
        compute_sudo=True,
        help="The rules that gave it, and what was taken back of it since.",
    )

    @api.depends("award_ids.amount", "reverses_id.award_ids.amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for entry in self:
            # What takes back tells what of the earned entry was taken.
            awards = entry.award_ids or entry.reverses_id.award_ids.filtered(
                lambda award: award.amount < 0
            )
            entry.explanation = "\n".join(awards.sorted("id")._explain()) or False

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..clock import zone_of


class LoyaltyClubMemberRule(models.AbstractModel):
    """Records that choose members of their club by a domain, again and again.

    Who wrote the domain is remembered: whenever it is evaluated, it finds what this person may
    see and nothing else, so that nobody learns from a group's size what she may not read.
    """

    _name = "loyalty.club.member.rule"
    _inherit = ["loyalty.club.own.work"]
    _description = "Rule over Members"
    _own = frozenset({"author_id", "error", "company_id"})
    _rule_model = "loyalty.club.member"  # what the domain is over

    domain = fields.Char(
        string="Rule", help="Whoever it fits. Dates may be relative, such as “today -90d”."
    )
    author_id = fields.Many2one(
        "res.users",
        string="Rule by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who wrote the rule: it finds what this person may see.",
    )
    error = fields.Char(
        string="Why it could not be worked out",
        readonly=True,
        copy=False,
        help="What the last attempt said. The members are those of the last one that worked.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            if rule.domain:  # constraints run with all rights: ask for those of the author
                rule._rule_query(rule._author_env())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_work(vals)
        return super().create([dict(vals, author_id=self.env.uid) for vals in vals_list])

    def write(self, vals):
        self._check_own_work(vals)
        if "club_id" in vals and any(rule.club_id.id != vals["club_id"] for rule in self):
            raise UserError(self.env._("It stays with its club. Make another one there."))
        if "domain" in vals:
            vals = dict(vals, author_id=self.env.uid, error=False)
        return super().write(vals)

    def _check_own_work(self, vals):
        if self._own & vals.keys() and not self.env.su:
            raise UserError(self.env._("Only the club itself notes what a rule has found."))

    # === BUSINESS METHODS === #

    def _rule_domain(self):
        """The rule as a Domain.

        :raises ValidationError: when it is none.
        """
        self.ensure_one()
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
            raise ValidationError(
                self.env._("The rule cannot be read. Choose it again.")
            ) from error

    def _rule_query(self, env):
        """The members whom the rule fits, as a query that was not run yet.

        :param env: environment of the person whose rights count.
        :raises ValidationError: when the rule is no domain of members, or names what this
            person may not read.
        """
        company = self.club_id.company_id
        model = env[self._rule_model].with_context(
            tz=zone_of(company), allowed_company_ids=company.ids, active_test=True
        )
        domain = self._rule_domain()
        try:
            self._check_readable(model, domain)
            return model._search(domain & self._scope())
        except AccessError as error:
            raise ValidationError(
                self.env._(
                    "The rule names what %(person)s may not read: %(reason)s",
                    person=env.user.name,
                    reason=error.args[0],
                )
            ) from error
        except (ValueError, TypeError, UserError) as error:
            raise ValidationError(
                self.env._("The rule cannot be read: %(reason)s", reason=error)
            ) from error

    def _scope(self):
        """Among whom the rule chooses: memberships of the club that were not merged."""
        return Domain([("club_id", "=", self.club_id.id), ("merged_into_id", "=", False)])

    def _author_env(self):
        """The environment in which the rule is evaluated when nobody looks: its author's."""
        return self.with_user(self.author_id or self.env.user).env

    @api.model
    def _check_readable(self, model, domain):
        """That every field of ``domain`` may be read; a search by a computed one checks nothing.

        :raises AccessError: for the first that may not.
        :raises ValueError: for a field that is not there.
        """
        model.browse().check_access("read")
        for condition in domain.iter_conditions():
            name, _dot, rest = condition.field_expr.partition(".")
            field = model._fields.get(name)
            if field is None:
                raise ValueError(self.env._("there is no field “%(name)s”", name=name))
            model._check_field_access(field, "read")
            if name == "identity_code" and not model.env.user.has_group(
                "loyalty_club.group_privacy"
            ):
                raise AccessError(model.env._("identity codes are sealed"))
            if not field.relational:
                continue
            if rest:
                inner = Domain(rest, condition.operator, condition.value)
            elif condition.operator in ("any", "not any") and isinstance(
                condition.value, (Domain, list, tuple)
            ):
                inner = Domain(condition.value)
            else:
                continue
            self._check_readable(model.env[field.comodel_name], inner)

from odoo import api, models

from ..domain.earn_spec import new_spec, plain
from .earn_version import EPOCH

# Fields by which the club itself says what purchases earn.
_TERMS = frozenset({"earn_points", "earn_per_amount", "earn_rounding"})


class LoyaltyClub(models.Model):
    """The club's own terms are kept in versions like every other rule."""

    _inherit = "loyalty.club"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if _TERMS & vals.keys():
            for club in self:
                club._note_terms()
        return result

    # === BUSINESS METHODS === #

    def _set_up(self):
        result = super()._set_up()
        # For purchases of before the club was made as well: they may be settled late.
        self._note_terms(EPOCH)
        return result

    def _earn_spec(self):
        """What every purchase earns by the club's own terms; points for nothing as well, so that
        other rules have something to replace."""
        self.ensure_one()
        kind = self.points_kind_id
        return new_spec(
            source="basic",
            kind=kind.id,
            type="per_amount",
            params={
                "points": plain(self.earn_points),
                "per_amount": plain(self.earn_per_amount),
            },
            rounding=self.earn_rounding,
            step=plain(kind.rounding),
        )

    def _note_terms(self, since=None):
        """Keep the terms as they are now, if they have changed.

        :param since: moment (UTC) from which they count; nothing: from now on.
        """
        self.ensure_one()
        specs = [self._earn_spec()] if self.points_kind_id else []
        self.env["loyalty.club.earn.version"]._note(self, "basic", None, specs, since)


class LoyaltyClubWalletKind(models.Model):
    """A percentage of purchases is a term of earning too."""

    _inherit = "loyalty.club.wallet.kind"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        kinds.filtered("cashback_percent")._note_cashback()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if "cashback_percent" in vals or {"rounding", "active"} & vals.keys():
            self.filtered(lambda kind: kind.type == "cashback")._note_cashback()
        if "rounding" in vals:
            for club in self.club_id.filtered(lambda club: club.points_kind_id in self):
                club._note_terms()
        if {"rounding", "active"} & vals.keys():
            self._follow_rules()
        return result

    # === BUSINESS METHODS === #

    def _follow_rules(self):
        """Rules in force go on in the steps of these kinds; none gives what is archived.

        :raises ValidationError: naming the rule that would.
        """
        # sudo: a rule counts whoever may see it
        Rule = self.env["loyalty.club.earn.rule"].sudo()
        rules = Rule.search([("kind_id", "in", self.ids), ("state", "=", "active")])
        rules._check_kind()
        for rule in rules:
            rule._check_amounts()
        rules._note_version()

    def _earn_specs(self):
        """What purchases earn of this kind by its own percentage: one spec or none."""
        self.ensure_one()
        if not self.active or not self.cashback_percent:
            return []
        return [
            new_spec(
                source="cashback",
                kind=self.id,
                type="percent",
                params={"percent": plain(self.cashback_percent)},
                rounding="down",
                step=plain(self.rounding),
            )
        ]

    def _note_cashback(self, since=None):
        """Keep the percentages as they are now, where they have changed."""
        Version = self.env["loyalty.club.earn.version"]
        for kind in self:  # a club has few, and they seldom change
            Version._note(kind.club_id, "cashback", kind, kind._earn_specs(), since)


class LoyaltyClubEarnVersion(models.Model):
    _inherit = "loyalty.club.earn.version"

    @api.model
    def _note_missing(self):
        """Give clubs of before there were versions theirs: what is said now counts since ever."""
        known = self.search([("source", "=", "basic")]).club_id
        clubs = self.env["loyalty.club"].with_context(active_test=False)
        for club in clubs.search([("id", "not in", known.ids)]):
            club._note_terms(EPOCH)
            club.kind_ids._note_cashback(EPOCH)

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ..const import AMOUNT_DIGITS


class LoyaltyClub(models.Model):
    """What the club's card and form say about it; nothing here is stored."""

    _inherit = "loyalty.club"

    terms = fields.Char(compute="_compute_terms", help="What members earn, in one sentence.")
    branch_count = fields.Integer(compute="_compute_branch_count")
    new_member_count = fields.Integer(
        string="Joined in 30 days", compute="_compute_new_member_count"
    )
    points_outstanding = fields.Float(
        string="Points outstanding",
        compute="_compute_points_outstanding",
        digits=AMOUNT_DIGITS,
        help="Points that members hold at this moment.",
    )
    class_summary = fields.Char(
        string="Members by class", compute="_compute_class_summary", help="By RFM class."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "point_name", "earn_points", "earn_per_amount", "earn_basis", "earn_rounding",
        "point_value", "currency_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_terms(self):
        for club in self:
            club.terms = (
                club._terms() if club.earn_points else self.env._("Purchases earn nothing.")
            )

    def _compute_branch_count(self):
        counts = self._counted("loyalty.club.branch", [])
        for club in self:
            club.branch_count = counts.get(club, 0)

    def _compute_new_member_count(self):
        first = fields.Date.context_today(self) - timedelta(days=30)
        counts = self._counted("loyalty.club.member", [("join_date", ">=", first)])
        for club in self:
            club.new_member_count = counts.get(club, 0)

    def _compute_points_outstanding(self):
        sums = dict(
            self.env["loyalty.club.wallet"]._read_group(
                [("club_id", "in", self.ids), ("kind_id.type", "=", "points")],
                ["club_id"],
                ["balance:sum"],
            )
        )
        for club in self:
            club.points_outstanding = sums.get(club, 0.0)

    def _compute_class_summary(self):
        counts = self.env["loyalty.club.rfm"]._read_group(
            [("club_id", "in", self.ids), ("class_id", "!=", False)], ["class_id"], ["__count"]
        )
        by_class = dict(counts)
        for club in self:
            club.class_summary = " · ".join(
                f"{rfm_class.name} {formatLang(self.env, by_class[rfm_class], digits=0)}"
                for rfm_class in club.rfm_class_ids
                if rfm_class in by_class
            )

    def _counted(self, model, domain):
        """Number of ``model``'s records by club of these."""
        domain = [("club_id", "in", self.ids), *domain]
        return dict(self.env[model]._read_group(domain, ["club_id"], ["__count"]))

    # === ACTION METHODS === #

    def action_view_program(self):
        """Open the stock program through which the club's points are redeemed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rewards"),
            "res_model": "loyalty.program",
            "res_id": self.program_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _terms(self):
        """The club's terms as a sentence for members and staff."""
        self.ensure_one()
        bases = {
            "tax_included": self.env._("tax included"),
            "tax_excluded": self.env._("without tax"),
        }
        roundings = {
            "down": self.env._("rounded down"),
            "half_up": self.env._("rounded to the nearest"),
            "up": self.env._("rounded up"),
        }
        return self.env._(
            "Members earn %(points)s: %(count)s for each %(amount)s of purchase, %(basis)s, "
            "%(rounding)s. Each is worth %(value)s at the till.",
            points=self.point_name,
            count=self._plain(self.earn_points),
            amount=format_amount(self.env, self.earn_per_amount, self.currency_id),
            basis=bases[self.earn_basis],
            rounding=roundings[self.earn_rounding],
            value=format_amount(self.env, self.point_value, self.currency_id),
        )

    @api.model
    def _plain(self, number):
        """A number as people write it: no zeros behind the last digit that counts."""
        decimals = f"{number:.3f}".rstrip("0").partition(".")[2]
        return formatLang(self.env, number, digits=len(decimals))

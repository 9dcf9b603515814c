from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.programme import programmes


class LoyaltyClubProgrammeApply(models.TransientModel):
    """Starts a club as a well-known programme is: a new one, or one without rules so far."""

    _name = "loyalty.club.programme.apply"
    _description = "Start from a Well-known Programme"

    programme = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.club"]._fields["programme"]._description_selection(self.env)
        ),
        required=True,
        default="sephora",
    )
    summary = fields.Text(compute="_compute_summary", string="Its terms, as published")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    club_id = fields.Many2one(
        "loyalty.club",
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
        help="A club that has neither levels nor rules. Empty: a new club is made.",
    )
    name = fields.Char(
        string="Name of the new club",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    programme_unit = fields.Char(compute="_compute_summary")
    factor = fields.Float(
        string="One unit of its money",
        digits=(16, 6),
        compute="_compute_factor",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="How much of your currency one unit of the programme's money is worth.",
    )

    _factor_positive = models.Constraint("CHECK (factor > 0)", "Money is worth something.")

    # === COMPUTE METHODS === #

    @api.depends("programme")
    @api.depends_context("lang")
    def _compute_summary(self):
        """What its file says of itself, in the user's language if it has that."""
        lang = self.env.lang or "en_US"
        for wizard in self:
            programme = programmes().get(wizard.programme) or {}
            texts = programme.get("summary") or {}
            wizard.summary = texts.get(lang) or texts.get("en_US")
            wizard.programme_unit = programme.get("currency")

    @api.depends("programme")
    def _compute_name(self):
        for wizard in self:
            wizard.name = (programmes().get(wizard.programme) or {}).get("name")

    @api.depends("programme", "company_id")
    def _compute_factor(self):
        """Ten rials are a toman; other currencies by today's rate, where it is known."""
        for wizard in self:
            unit = (programmes().get(wizard.programme) or {}).get("currency")
            own = wizard.company_id.currency_id
            if unit == "toman":
                wizard.factor = 10.0 if own.name == "IRR" else 1.0
                continue
            foreign = self.env["res.currency"].with_context(active_test=False)
            foreign = foreign.search([("name", "=", unit)], limit=1)
            known = foreign.active and foreign != own
            today = fields.Date.context_today(wizard)
            wizard.factor = (
                foreign._convert(1.0, own, wizard.company_id, today, round=False) if known else 1.0
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Make or fill the club, and open it.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for a club that has tiers or rules already.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager decides what a club is like."))
        club = self.club_id or self.env["loyalty.club"].create(
            {"name": self.name, "company_id": self.company_id.id}
        )
        # sudo: rewards and product tags belong to sales; a club comes with what it needs
        club.sudo()._apply_programme(self.programme, self.factor)
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club",
            "res_id": club.id,
            "views": [(False, "form")],
        }

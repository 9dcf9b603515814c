from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClubCost(models.Model):
    """What running a club costs: its budget's side of expenses.

    Costs of the value that members hold are on the ledger; here is everything else.
    """

    _name = "loyalty.club.cost"
    _description = "Running Cost"
    _order = "date desc, id desc"

    name = fields.Char(string="What for", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(
        "loyalty.club.branch",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
        help="Empty: for all shops.",
    )
    category = fields.Selection(
        [
            ("messages", "Messages: SMS, e-mail"),
            ("cards", "Cards and printing"),
            ("gifts", "Gifts and prizes"),
            ("events", "Events"),
            ("advertising", "Advertising"),
            ("staff", "Staff"),
            ("software", "Software and devices"),
            ("partners", "Partners and agencies"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    amount = fields.Monetary(required=True, help="Negative: something came back.")
    note = fields.Text()

    # === CONSTRAINT METHODS === #

    @api.constrains("branch_id", "club_id")
    def _check_branch(self):
        for cost in self:
            if cost.branch_id and cost.branch_id.club_id != cost.club_id:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is not a branch of %(club)s.",
                        branch=cost.branch_id.name,
                        club=cost.club_id.name,
                    )
                )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    cost_budget = fields.Monetary(
        string="Budget of a year",
        help="What running the club may cost in a calendar year. 0: not set.",
    )
    cost_this_year = fields.Monetary(string="Costs this year", compute="_compute_cost_this_year")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_cost_this_year(self):
        first = fields.Date.context_today(self).replace(month=1, day=1)
        sums = {}
        if self.env["loyalty.club.cost"].has_access("read"):
            sums = dict(
                self.env["loyalty.club.cost"]._read_group(
                    [("club_id", "in", self.ids), ("date", ">=", first)],
                    ["club_id"],
                    ["amount:sum"],
                )
            )
        for club in self:
            club.cost_this_year = sums.get(club._origin, 0.0)

    # === ACTION METHODS === #

    def action_view_costs(self):
        """Open what running the club has cost."""
        self.ensure_one()
        self.env["loyalty.club.cost"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.cost_action")
        context = {"default_club_id": self.id, "search_default_this_year": 1}
        return dict(action, domain=[("club_id", "=", self.id)], context=context)

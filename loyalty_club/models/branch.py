from odoo import api, fields, models


class LoyaltyClubBranch(models.Model):
    """A shop of the club. It stands on every purchase, entry and member."""

    _name = "loyalty.club.branch"
    _description = "Branch"
    _order = "club_id, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code in reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    pos_config_ids = fields.One2many("pos.config", "club_branch_id", string="Tills")
    warehouse_ids = fields.One2many("stock.warehouse", "club_branch_id", string="Warehouses")
    member_count = fields.Integer(compute="_compute_member_count")

    _code_unique = models.UniqueIndex(
        "(club_id, code) WHERE code IS NOT NULL", "Another branch of the club has this code."
    )

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("branch_id", "in", self.ids), ("merged_into_id", "=", False)],
                ["branch_id"],
                ["__count"],
            )
        )
        for branch in self:
            branch.member_count = counts.get(branch, 0)

    @api.model
    def _create_for_tills(self, club):
        """Put every till and warehouse of the company that has no branch yet into one.

        A retailer with one shop needs nothing more; others split it later.
        """
        # sudo: which shop a till stands in is the club's to say, not the till's rights
        tills = self.env["pos.config"].sudo()
        tills = tills.search(
            [("company_id", "=", club.company_id.id), ("club_branch_id", "=", False)]
        )
        warehouses = self.env["stock.warehouse"].sudo()  # sudo: as above
        warehouses = warehouses.search(
            [("company_id", "=", club.company_id.id), ("club_branch_id", "=", False)]
        )
        if not tills and not warehouses and club.branch_ids:
            return
        branch = self.create({"name": club._default_names()["branch"], "club_id": club.id})
        tills.club_branch_id = branch
        warehouses.club_branch_id = branch

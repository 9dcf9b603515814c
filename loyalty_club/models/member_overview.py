from odoo import api, fields, models
from odoo.fields import Domain

from ..finding import column_of, found_in


class LoyaltyClubMember(models.Model):
    """What a member's screens show beside the membership itself; nothing here is stored."""

    _inherit = "loyalty.club.member"

    entry_ids = fields.One2many("loyalty.club.entry", "member_id", readonly=True)
    point_name = fields.Char(related="club_id.point_name")
    rfm_r = fields.Integer(related="rfm_id.r")
    rfm_f = fields.Integer(related="rfm_id.f")
    rfm_m = fields.Integer(related="rfm_id.m")
    rfm_recency_text = fields.Char(related="rfm_id.recency_text")
    rfm_frequency_text = fields.Char(related="rfm_id.frequency_text")
    rfm_monetary_text = fields.Char(related="rfm_id.monetary_text")
    rfm_window_days = fields.Integer(related="club_id.rfm_window_days")
    rfm_computed_on = fields.Datetime(related="club_id.rfm_computed_on")
    # Named again to be searchable: the balances themselves live in the wallets.
    points_balance = fields.Float(search="_search_points_balance")
    points_owed = fields.Float(search="_search_points_owed")

    def action_view_points(self):
        """Open the wallet that holds the member's points."""
        self.ensure_one()
        wallets = self.wallet_ids.filtered(lambda wallet: wallet.type == "points")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Wallet"),
            "res_model": "loyalty.club.wallet",
            "res_id": wallets[:1].id,
            "views": [(False, "form")],
        }

    @api.model
    def _search_points_balance(self, operator, value):
        return self._search_wallets("points", operator, value)

    @api.model
    def _search_points_owed(self, operator, value):
        """What is owed stands in its wallet below zero."""
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        mirrored = operator.replace(">", "<") if ">" in operator else operator.replace("<", ">")
        return self._search_wallets("debt", mirrored, -value)

    @api.model
    def _search_wallets(self, kind, operator, value):
        """Members whose wallet of ``kind`` compares so with ``value``."""
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        if operator == "in":
            value = [item or 0 for item in value]
        # sudo: a cashier may ask for sums without rights on the wallets themselves
        wallets = (
            self.env["loyalty.club.wallet"]
            .sudo()
            ._search(Domain("kind_id.type", "=", kind) & Domain("balance", operator, value))
        )
        return found_in(column_of(wallets, "member_id"))

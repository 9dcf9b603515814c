from odoo import api, models
from odoo.exceptions import UserError


class RatingRating(models.Model):
    """What a member writes about a product in the web shop is handed in to the club as well."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._hand_in_club_reviews()
        return ratings

    def write(self, vals):
        result = super().write(vals)
        if {"feedback", "consumed", "partner_id"} & vals.keys():
            self._hand_in_club_reviews()
        return result

    def _hand_in_club_reviews(self):
        """Let staff of the club score what members wrote: one review of a product by a member.

        Stars without words are nothing to score. What was not looked at yet follows its text.
        """
        # sudo: buyers have no rights on reviews; these are their own words
        written = self.sudo().filtered(
            lambda rating: (
                rating.consumed
                and rating.partner_id
                and rating.res_model == "product.template"
                and (rating.feedback or "").strip()
            )
        )
        if not written:
            return
        club = self.env["loyalty.club"].sudo()._for_company(self.env.company)
        kind = self.env["loyalty.club.act.kind"].sudo()._of(club, "review") if club else None
        if kind:
            for rating in written:  # one, when somebody writes
                rating._hand_in_club_review(club, kind)

    def _hand_in_club_review(self, club, kind):
        member = self.env["loyalty.club.member"]._find(club, self.partner_id)
        reviews = self.env["loyalty.club.review"]
        about = [("member_id", "=", member.id), ("product_tmpl_id", "=", self.res_id)]
        before = reviews.search([*about, ("state", "!=", "refused")], limit=1)
        if before:
            if before.state == "new":
                before.text = self.feedback
        elif member:
            product = self.env["product.template"].browse(self.res_id)
            try:
                reviews._hand_in(member, kind, self.feedback, product=product)
            except UserError:  # not active, or too many wait: it is a rating all the same
                return

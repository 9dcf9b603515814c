"""What a member's own page says about the ladder."""

from odoo import models


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _tier_page(self):
        """The member's level and the ladder, for her own page.

        :returns: dict as :meth:`_tier_words` gives it, or an empty one where there is no ladder.
        """
        self.ensure_one()
        member = self.sudo()  # sudo: her own; the caller has found her
        return member._tier_words().get(member.id, {})

    def _tier_ladder(self):
        """All levels of the club, the lowest first.

        :returns: list of dicts: ``tier`` (loyalty.club.tier), ``lines`` (what it brings),
            ``takes`` (what it takes), ``here`` (it is hers), ``below`` (hers is higher), and
            ``price``, what it costs in points for so many months, empty when it is not
            exchanged for points by her.
        """
        self.ensure_one()
        member = self.sudo()  # sudo: as above
        for_points = member._tiers_for_points()
        mine = member._tier_rank()
        return [
            {
                "tier": tier,
                "lines": tier._benefit_lines(),
                "takes": tier.requirement,
                "here": tier == member.tier_id,
                "below": tier._rank() < mine,
                "price": tier._points_text() if tier in for_points else "",
                "enough": member.points_balance >= tier.points_price,
            }
            for tier in member.club_id.tier_ids.sorted(lambda tier: tier._rank())
        ]


class LoyaltyClubTier(models.Model):
    _inherit = "loyalty.club.tier"

    def _points_text(self):
        """What the level costs in points, and for how long."""
        self.ensure_one()
        return self.env._(
            "%(points)s for %(months)s months",
            points=self.club_id.points_kind_id._format(self.points_price),
            months=self.points_months,
        )

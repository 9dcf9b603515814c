"""Words in which tests of the levels' benefits speak."""

from ..clock import today_in
from .common import ClubCommon


class BenefitCommon(ClubCommon):
    """A ladder of three: everybody starts as Member, Silver asks for 500, Gold for 1,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.basic, cls.silver, cls.gold = cls.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": cls.club.id, "sequence": 1},
                {"name": "Silver", "club_id": cls.club.id, "sequence": 2, "min_spend": 500},
                {"name": "Gold", "club_id": cls.club.id, "sequence": 3, "min_spend": 1000},
            ]
        )
        cls.basic._recompute(cls.club)
        cls.today = today_in(cls.company)
        cls.partner = cls.member.partner_id

    def give(self, tier, member=None, until=None):
        """Give a member a level by hand."""
        tier._grant(member or self.member, tier, until=until)
        self.env.invalidate_all()

    def level(self, member=None):
        """The level a member is on."""
        self.env.invalidate_all()
        return (member or self.member).tier_id

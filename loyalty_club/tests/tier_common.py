"""Words for tests of levels: a ladder, purchases on days, and what a member holds."""

from datetime import date

from .common import ClubCommon


class TierCommon(ClubCommon):
    """The test club; figures count in the calendar year, levels last to the end of the next."""

    purchases = 0  # recorded so far: each has a key of its own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Tier = cls.env["loyalty.club.tier"]
        cls.club.write(
            {
                "tier_period": "year",
                "tier_calendar": "gregorian",
                "tier_keep": "next",
                "tier_keep_months": 0,
            }
        )

    @classmethod
    def ladder(cls, *levels):
        """Levels in order; each a dict of values."""
        return cls.Tier.create(
            [
                {"name": f"Level {number}", "club_id": cls.club.id, "sequence": number, **values}
                for number, values in enumerate(levels)
            ]
        )

    @classmethod
    def buy(cls, member, day, amount, quantity=1, refund=False, time="10:00:00"):
        """A row of the journal."""
        TierCommon.purchases += 1
        cls.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "club_id": cls.club.id,
                    "company_id": cls.company.id,
                    "channel": "import",
                    "date": f"{day} {time}",
                    "amount": amount,
                    "quantity": quantity,
                    "refund": refund,
                    "origin_key": f"tier:{TierCommon.purchases}",
                }
            ]
        )

    def decide(self, day):
        """Decide everybody's level as of ``day``; the changes of who had one before."""
        changes = self.Tier._recompute(self.club, today=date.fromisoformat(str(day)))
        self.env.invalidate_all()
        return changes

    def standing(self, member=None):
        """What a member holds: loyalty.club.tier.standing."""
        member = member or self.member
        return self.env["loyalty.club.tier.standing"].search([("member_id", "=", member.id)])

    def reasons(self, member=None):
        """Why a member's level changed, the oldest change first."""
        changes = (member or self.member).tier_change_ids.sorted("id")
        return changes.mapped("reason")

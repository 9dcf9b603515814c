"""Words in which the tests of acts speak, besides those of the club."""

from odoo.tests import new_test_user

from .common import ClubCommon


class ActWords(ClubCommon):
    """A club whose kinds of acts have no rules yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.act_calendar = "gregorian"
        cls.manager = new_test_user(
            cls.env, "club_acts_manager", groups="loyalty_club.group_manager"
        )

    @classmethod
    def kind(cls, code):
        return cls.env["loyalty.club.act.kind"]._of(cls.club, code)

    @classmethod
    def rule(cls, code, amount=5, **values):
        """A rule for acts of this kind."""
        return cls.env["loyalty.club.act.rule"].create(
            {"kind_id": cls.kind(code).id, "amount": amount, **values}
        )

    def acts(self, member=None):
        """What the member did, the oldest first."""
        return self.env["loyalty.club.act"].search(
            [("member_id", "=", (member or self.member).id)], order="id"
        )

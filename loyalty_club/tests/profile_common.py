"""Words in which tests speak of profiles and of what is sealed in them."""

from odoo.tests import new_test_user

from .common import ClubCommon

NATIONAL = "0499370899"
OTHER_NATIONAL = "0084575948"


class ProfileCommon(ClubCommon):
    """The test club with a cashier, a manager and Sara."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "club_profile_manager", groups="loyalty_club.group_manager"
        )
        cls.Member = cls.env["loyalty.club.member"]

    def asked(self, code, **values):
        """Let the club ask for a profile field; return its configuration."""
        field = self.club.profile_field_ids.filtered(lambda one: one.code == code)
        field.write({"asked": True, **values})
        return field

    def only_counts(self, *codes):
        """Of a profile exactly these fields count."""
        for field in self.club.profile_field_ids:
            field.counts = field.code in codes

    def column(self, name, member=None):
        """A column as it stands in the database."""
        self.env.flush_all()
        member = member or self.member
        self.env.cr.execute(f"SELECT {name} FROM {member._table} WHERE id = %s", [member.id])
        return self.env.cr.fetchone()[0]

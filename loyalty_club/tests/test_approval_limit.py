from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestApprovalLimit(ClubCommon):
    """Up to what one person decides alone is not for that person to say."""

    def setUp(self):
        super().setUp()
        self.terms = {
            "adjust_approval_above": self.club.points_kind_id,
            "transfer_approval_above": self.club.points_kind_id,
            "occasion_approval_above": self.club,
        }
        for name, record in self.terms.items():
            record[name] = 100

    def person(self, groups):
        return new_test_user(self.env, "club_limits", groups=f"loyalty_club.group_manager,{groups}")

    def test_a_club_manager_moves_no_limit(self):
        manager = self.person("base.group_user")

        for name, record in self.terms.items():
            for limit in (0, 50, 1000):
                with (
                    self.subTest(name, limit=limit),
                    self.assertRaisesRegex(AccessError, "administrators of access rights"),
                ):
                    record.with_user(manager).write({name: limit})
            self.assertFalse(record.with_user(manager).can_set_limits)
        self.env.invalidate_all()
        self.assertEqual({record[name] for name, record in self.terms.items()}, {100})

    def test_a_club_manager_edits_the_other_terms(self):
        manager = self.person("base.group_user")

        for name, record in self.terms.items():
            record.with_user(manager).write({"name": "Renamed", name: 100})

        self.assertEqual(self.club.name, "Renamed")

    def test_administrators_of_access_rights_move_them(self):
        administrator = self.person("base.group_erp_manager")

        for name, record in self.terms.items():
            self.assertTrue(record.with_user(administrator).can_set_limits)
            record.with_user(administrator).write({name: 0})

        self.assertEqual({record[name] for name, record in self.terms.items()}, {0})

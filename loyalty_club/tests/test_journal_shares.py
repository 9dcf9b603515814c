from odoo.tests import tagged

from ..models import journal_shares
from ..models.journal_shares import Share
from .rfm_common import TODAY, RfmCommon, in_shares


@tagged("post_install", "-at_install")
class TestJournalShares(RfmCommon):
    """A pass that is divided has the result of one that is not."""

    def setUp(self):
        super().setUp()
        for number, member in enumerate(self.members[:6]):
            for ago in range(number + 1):
                self.buy(member, 7 * ago, 10 * number + ago, refund=ago == 2)
        self.journal = self.env["loyalty.club.purchase"]
        self.env.flush_all()

    def members_in(self, shares):
        return [member.id for share in shares for member in self.members if self.has(share, member)]

    def has(self, share, member):
        if share.ids is not None:
            return member.id in share.ids
        return share.first <= member.id <= share.last

    def test_each_member_is_of_one_share(self):
        in_shares(self)
        shares = self.journal._shares(self.club)
        self.assertGreater(len(shares), 3)
        self.assertEqual(self.members_in(shares), [member.id for member in self.members])

    def test_some_members_are_divided_by_their_ids(self):
        in_shares(self)
        wanted = [member.id for member in self.members[1:6]]
        shares = self.journal._shares(self.club, reversed(wanted))
        self.assertEqual([len(share.ids) for share in shares], [2, 2, 1])
        self.assertEqual(self.members_in(shares), wanted)
        self.assertEqual(self.journal._shares(self.club, []), [Share(ids=())])

    def test_a_small_club_is_not_divided(self):
        self.assertEqual(len(self.journal._shares(self.club)), 1)

    def test_shares_have_about_as_much_work(self):
        in_shares(self)
        for _number in range(60):
            self.buy(self.members[0], 1, 5)
        shares = self.journal._shares(self.club)
        alone = [share for share in shares if self.has(share, self.members[0])]
        others = [member for member in self.members[2:] if self.has(alone[0], member)]
        self.assertFalse(others)
        self.assertLessEqual(len(shares), journal_shares._SHARES)

    def test_values_and_levels_are_the_same(self):
        tier = self.env["loyalty.club.tier"]
        tier.create(
            [
                {
                    "club_id": self.club.id,
                    "name": f"L{spend}",
                    "sequence": spend,
                    "min_spend": spend,
                }
                for spend in (0, 30, 90)
            ]
        )
        with self.env.cr.savepoint() as savepoint:
            self.rebuild()
            tier._recompute(self.club, today=TODAY)
            whole = self.table(), self.standings()
            savepoint.rollback()
        self.env.invalidate_all()
        in_shares(self)
        self.rebuild()
        tier._recompute(self.club, today=TODAY)
        self.assertEqual((self.table(), self.standings()), whole)
        self.assertGreater(len({row[1] for row in whole[1]}), 1)

    def standings(self):
        self.env.cr.execute(
            "SELECT member_id, tier_id, spend, visits, since, until FROM loyalty_club_tier_standing"
            " WHERE club_id = %s ORDER BY member_id",
            [self.club.id],
        )
        return self.env.cr.fetchall()

    def test_values_that_went_wrong_are_right_after_a_rebuild(self):
        self.rebuild()
        right = self.table()
        for wrong in ("monetary = 77", "r = 1, total = 999", "lifecycle_id = NULL", "visits = 9"):
            self.env.cr.execute(
                f"UPDATE loyalty_club_rfm SET {wrong} WHERE club_id = %s", [self.club.id]
            )
            self.assertNotEqual(self.table(), right, wrong)
            self.rebuild()
            self.assertEqual(self.table(), right, wrong)

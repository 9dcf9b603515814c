from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..clock import today_in
from ..domain.tiers import missing_for, share_of
from .tier_common import TierCommon


@tagged("post_install", "-at_install")
class TestTierNudge(TierCommon):
    """Who is close to the next level, and what is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = today_in(cls.company)
        cls.entry, cls.silver, cls.gold, cls.circle = cls.ladder(
            {},
            {"min_spend": 100, "min_visits": 4, "need": "any"},
            {"min_spend": 300, "min_visits": 8, "need": "any"},
            {"entry": "manual"},
        )

    def nudge(self, member=None):
        self.env.invalidate_all()
        return self.env["loyalty.club.tier.nudge"].search(
            [("member_id", "=", (member or self.member).id)]
        )

    def test_what_is_left_to_the_next_level(self):
        self.buy(self.member, self.today, 60)
        self.decide(self.today)

        nudge = self.nudge()

        self.assertEqual((nudge.tier_id, nudge.next_tier_id), (self.entry, self.silver))
        self.assertEqual((nudge.percent, nudge.left_spend, nudge.left_visits), (60, 40, 3))
        self.assertEqual((self.member.next_tier_id, self.member.tier_percent), (self.silver, 60))

    def test_whoever_is_on_top_or_not_active_is_left_alone(self):
        self.buy(self.member, self.today, 300)
        other = self.new_member("Reza")
        self.decide(self.today)
        self.assertFalse(self.nudge(), "only an invitation leads further")
        self.assertTrue(self.nudge(other))

        other.state = "suspended"

        self.assertFalse(self.nudge(other))

    def test_segments_find_them(self):
        self.buy(self.member, self.today, 90)
        other = self.new_member("Reza")
        self.decide(self.today)
        Member = self.env["loyalty.club.member"]
        both = [("id", "in", (self.member | other).ids)]

        self.assertEqual(Member.search([*both, ("tier_percent", ">=", 80)]), self.member)
        self.assertEqual(Member.search([*both, ("tier_percent", "<", 80)]), other)
        self.assertEqual(
            Member.search([*both, ("next_tier_id", "=", self.silver.id)]), self.member | other
        )
        self.assertFalse(Member.search([*both, ("next_tier_id", "=", False)]))
        self.assertEqual(
            Member.search([*both, ("tier_id", "=", self.entry.id)]), self.member | other
        )

    def test_shares_are_those_of_the_domain(self):
        purchase = st.tuples(st.integers(0, 40), st.integers(0, 3), st.booleans())

        @settings(deadline=None, max_examples=40, database=None)
        @given(st.lists(purchase, max_size=6), st.sampled_from(("all", "any")))
        def check(purchases, need):
            with self.env.cr.savepoint() as savepoint:
                (self.silver | self.gold).need = need
                for amount, items, refund in purchases:
                    sign = -1 if refund else 1
                    self.buy(self.member, self.today, sign * amount, sign * items, refund)
                self.decide(self.today)
                self.compare()
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def compare(self):
        nudge, standing = self.nudge(), self.standing()
        if not nudge:
            self.assertEqual(standing.tier_id, self.gold)
            return
        figures = {"spend": Decimal(str(standing.spend)), "visits": Decimal(standing.visits)}
        level = nudge.next_tier_id._level()
        self.assertEqual(nudge.percent, share_of(level, figures))
        missing = missing_for(level, figures)
        self.assertEqual(nudge.left_visits, missing.get("visits", 0))
        self.assertEqual(nudge.left_spend, missing.get("spend", 0))

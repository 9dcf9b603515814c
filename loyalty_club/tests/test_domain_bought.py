from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..domain.bought import Fee, best_on, spans

DAY = date(2026, 3, 21)
fees = st.lists(
    st.builds(
        Fee,
        day=st.integers(0, 900).map(lambda days: DAY + timedelta(days=days)),
        rank=st.just(0),
        months=st.integers(1, 24),
        amount=st.integers(0, 1000).map(Decimal),
        level=st.integers(1, 3),
    ),
    max_size=6,
).map(lambda paid: [Fee(fee.day, fee.level, fee.months, fee.amount, fee.level) for fee in paid])


class TestDomainBought(BaseCase):
    """Nobody loses a day that was paid for, and nobody gets one for nothing."""

    @settings(deadline=None, max_examples=200)
    @given(fees)
    def test_without_credit_each_level_lasts_as_long_as_its_own_fees(self, paid):
        alone = {
            span.level: span.last
            for level in (1, 2, 3)
            for span in spans([fee for fee in paid if fee.level == level])
        }

        together = {span.level: span.last for span in spans(paid, credit_unused=False)}

        self.assertEqual(together, alone)

    @settings(deadline=None, max_examples=200)
    @given(fees)
    def test_who_buys_has_the_highest_level_no_shorter_by_the_credit(self, paid):
        paid = paid[:2]
        day = max((fee.day for fee in paid), default=DAY)

        with_credit, without = (
            best_on(day, spans(paid, credit_unused=credit)) for credit in (True, False)
        )

        self.assertEqual(with_credit and with_credit.rank, without and without.rank)
        if without:
            self.assertGreaterEqual(with_credit.last, without.last)

    @settings(deadline=None, max_examples=200)
    @given(fees)
    def test_credit_is_worth_no_more_than_what_was_left(self, paid):
        """Days that are there with the credit, at what they cost, against what was paid."""
        if len({fee.level for fee in paid}) != len(paid):
            return  # renewals change what a day costs
        worth = sum(
            (((span.last - span.first).days + 1) * span.daily for span in spans(paid)), Decimal(0)
        )

        self.assertLessEqual(worth, sum(fee.amount for fee in paid) + Decimal("0.0001"))

    def test_days_are_credited_at_what_was_paid_for_them(self):
        """A year at a twelfth of the price, and a dear one after it, are not two dear ones."""
        cheap = Fee(date(2026, 1, 1), 1, 12, Decimal(73), "silver")
        dear = Fee(date(2026, 1, 1), 1, 12, Decimal(730), "silver")
        gold = Fee(date(2026, 1, 1), 2, 12, Decimal(730), "gold")

        for order in ((cheap, dear), (dear, cheap)):
            last = max(span.last for span in spans([*order, gold]) if span.level == "gold")
            # 803 were paid; gold costs 2 a day
            self.assertEqual(last, date(2026, 12, 31) + timedelta(days=401))

    def test_a_persian_year_is_paid_to_its_last_day_also_a_leap_year(self):
        for first, last in (
            (date(2024, 3, 20), date(2025, 3, 20)),  # 1 Farvardin to 30 Esfand 1403
            (date(2025, 3, 21), date(2026, 3, 20)),  # 1404 ends with 29 Esfand
        ):
            paid = spans([Fee(first, 1, 12, Decimal(365), "silver")], calendar="jalali")
            self.assertEqual(paid[0].last, last)

    def test_a_fee_of_nothing_carries_nothing(self):
        gift = Fee(DAY, 2, 1, Decimal(0), "gold")
        silver = Fee(DAY - timedelta(days=10), 1, 12, Decimal(120), "silver")

        by_level = {span.level: span.last for span in spans([silver, gift])}

        self.assertEqual(by_level["gold"], date(2026, 4, 20))
        self.assertEqual(by_level["silver"], date(2027, 3, 10), "nothing of it was used up")

"""Conversion: nobody pays for what rounding left out."""

import doctest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import conversion

amounts = st.integers(1, 10**7).map(Decimal)
steps = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.5"), Decimal(1000)])


class TestDomainConversion(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(conversion)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(amounts, amounts, amounts, steps)
    @settings(deadline=None, database=None)
    def test_takes_the_least_that_gives_what_is_given(self, amount, units, worth, worth_step):
        taken, given_ = conversion.convert(amount, units, worth, Decimal(1), worth_step)

        self.assertLessEqual(taken, amount)
        self.assertFalse(given_ % worth_step)
        self.assertLessEqual(given_ * units, taken * worth)  # not better than the rate
        if given_:
            self.assertLess((taken - 1) * worth, given_ * units)
            self.assertGreater((given_ + worth_step) * units, amount * worth)

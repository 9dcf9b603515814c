"""The SQL twin of the RFM scores gives what the Python function gives, in a real PostgreSQL."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase

from odoo.addons.loyalty_club.domain import rfm

amounts = st.decimals(-(10**6), 10**9, places=2, allow_nan=False, allow_infinity=False)
measures = st.tuples(
    st.integers(0, 30), st.integers(0, 6), amounts | st.integers(0, 3).map(Decimal)
)
# Lists of many sizes: hypothesis alone prefers short ones, ties and rounding need long ones too.
members = (
    st.sampled_from([1, 2, 5, 6, 10, 40, 101])
    .flatmap(lambda size: st.lists(measures, min_size=max(1, size - 2), max_size=size))
    .map(lambda rows: [(member, *row) for member, row in enumerate(rows)])
)


class TestDomainRfmSql(TransactionCase):
    @given(members)
    @settings(deadline=None, max_examples=100, database=None)
    def test_sql_scores_are_the_python_scores(self, rows):
        recency = rfm.sql_score_expression("v.recency", reverse=True)
        frequency = rfm.sql_score_expression("v.frequency")
        monetary = rfm.sql_score_expression("v.monetary")
        values = ", ".join(["(%s, %s, %s, %s::numeric)"] * len(rows))

        self.env.cr.execute(
            f"SELECT v.member, {recency}, {frequency}, {monetary}"
            f" FROM (VALUES {values}) AS v(member, recency, frequency, monetary)"
            " WHERE v.frequency > 0",
            [value for row in rows for value in row],
        )

        found = {member: tuple(scores) for member, *scores in self.env.cr.fetchall()}
        expected = {member: score[:3] for member, score in rfm.rfm_scores(rows).items()}
        self.assertEqual(found, expected)

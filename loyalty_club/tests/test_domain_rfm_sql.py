"""The SQL twins of scores, rhythm and stages give what the Python functions give, in PostgreSQL."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.loyalty_club.domain import lifecycle, rfm, rhythm

TODAY = date(2026, 6, 30)
amounts = st.decimals(-(10**6), 10**9, places=2, allow_nan=False, allow_infinity=False)
values = amounts | st.integers(0, 3).map(Decimal)
# Lists of many sizes: hypothesis alone prefers short ones, ties and rounding need long ones too.
many = st.sampled_from([1, 2, 5, 6, 10, 40, 101]).flatmap(
    lambda size: st.lists(values, min_size=max(1, size - 2), max_size=size)
)
days = st.integers(0, 500).map(lambda ago: TODAY - timedelta(days=ago))
visited = st.lists(days, max_size=8)
score = st.none() | st.integers(1, 5)
some_days = st.none() | st.integers(1, 400)
stages = st.lists(
    st.builds(
        lifecycle.Stage,
        key=st.integers(1, 99),
        bought=st.none() | st.sampled_from(lifecycle.BOUGHT),
        r=st.tuples(score, score),
        f=st.tuples(score, score),
        m=st.tuples(score, score),
        first_within=some_days,
        away_from=some_days,
        away_until=some_days,
        overdue_times=st.none() | st.decimals("0.1", 5, places=2),
    ),
    max_size=4,
)


class TestDomainRfmSql(TransactionCase):
    @given(many, st.integers(2, 10))
    @settings(deadline=None, max_examples=100, database=None)
    def test_sql_bounds_are_those_of_the_python_scores(self, found, scale):
        self.env.cr.execute(
            SQL(
                rfm.sql_bounds("v.amount", "unnest(%s::numeric[]) AS v(amount)", scale),
                found,
            )
        )

        least = {score: Decimal(value) for score, value in self.env.cr.fetchall()}
        bounds = rfm.score_bounds(least, scale)

        expected = rfm.quintile_scores(found, scale=scale)
        for value, scored in expected.items():
            self.assertEqual(rfm.score_of(value, bounds), scored)
        self.assertEqual(self.bucket(list(expected), bounds), list(expected.values()))

    def bucket(self, found, bounds):
        """The scores by ``bounds`` as a table looks them up."""
        self.env.cr.execute(
            "SELECT width_bucket(v.amount, %s::numeric[]) + 1"
            " FROM unnest(%s::numeric[]) WITH ORDINALITY AS v(amount, place) ORDER BY v.place",
            [bounds, found],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @given(visited, st.integers(0, 9), amounts, amounts)
    @settings(deadline=None, max_examples=150, database=None)
    def test_sql_rhythm_is_the_python_rhythm(self, on, frequency, monetary, before):
        own, last = rhythm.rhythm_of(on), max(on, default=None)
        found = self.formulas(
            visits=own.visits,
            gap_sum=own.gap_sum,
            gap_squares=own.gap_squares,
            last_purchase_on=last,
            frequency=frequency,
            monetary=monetary,
            monetary_before=before,
        )

        self.assertEqual(
            found,
            {
                "mean_gap": _text(rhythm.mean_gap(own)),
                "gap_spread": _text(rhythm.gap_spread(own)),
                "expected_on": _text(rhythm.expected_on(last, own)),
                "trend": _text(rhythm.trend(monetary, before)),
                "mean_basket": _text(rhythm.mean_basket(monetary, frequency)),
                "behaviour": rhythm.behaviour(own),
                "recency": _text((TODAY - last).days if last else None),
            },
        )

    def formulas(self, **columns):
        """Every formula of :data:`rhythm.SQL` over one row with these columns."""
        types = dict.fromkeys(columns, "int")
        types |= {"last_purchase_on": "date", "monetary": "numeric", "monetary_before": "numeric"}
        row = SQL(", ").join(
            SQL("%s::%s AS %s", value, SQL(types[name]), SQL.identifier(name))
            for name, value in columns.items()
        )
        texts = SQL(", ").join(
            SQL("(%s)::text", SQL(text.format(v="v", today=f"DATE '{TODAY}'")))
            for text in rhythm.SQL.values()
        )
        self.env.cr.execute(SQL("SELECT %s FROM (SELECT %s) AS v", texts, row))
        return dict(zip(rhythm.SQL, self.env.cr.fetchone(), strict=True))

    @given(stages, st.tuples(score, score, score), visited, days)
    @settings(deadline=None, max_examples=200, database=None)
    def test_sql_stage_is_the_python_stage(self, rules, scores, on, first):
        scores = scores if on and all(scores) else (None, None, None)
        own, last = rhythm.rhythm_of(on), max(on, default=None)
        first = min(first, *on) if on else None
        facts = lifecycle.Facts(*scores, first_on=first, last_on=last, rhythm=own)
        text, params = lifecycle.sql_stage(rules, "s", "v")

        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM (SELECT %s::int AS r, %s::int AS f, %s::int AS m) AS s,"
                " (SELECT %s::date AS first_purchase_on, %s::date AS last_purchase_on,"
                " %s::int AS visits, %s::int AS gap_sum) AS v",
                SQL(text.replace("{today}", f"DATE '{TODAY}'"), *params),
                *scores,
                first,
                last,
                own.visits,
                own.gap_sum,
            )
        )

        self.assertEqual(rows[0][0], lifecycle.stage_of(rules, facts, TODAY))

    @given(stages, st.tuples(score, score, score), visited, days, st.integers(0, 400))
    @settings(deadline=None, max_examples=200, database=None)
    def test_whose_stage_days_change_is_found(self, rules, scores, on, first, ago):
        former, last = TODAY - timedelta(days=ago), max(on, default=None)
        scores = scores if on and all(scores) else (None, None, None)
        own, first = rhythm.rhythm_of(on), min(first, *on) if on else None
        facts = lifecycle.Facts(*scores, first_on=first, last_on=last, rhythm=own)
        text = lifecycle.sql_turned(rules, "v").format(
            former=f"DATE '{former}'", today=f"DATE '{TODAY}'"
        )

        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM (SELECT %s::date AS first_purchase_on, %s::date AS"
                " last_purchase_on, %s::int AS visits, %s::int AS gap_sum) AS v",
                SQL(text),
                first,
                last,
                own.visits,
                own.gap_sum,
            )
        )

        if lifecycle.stage_of(rules, facts, former) != lifecycle.stage_of(rules, facts, TODAY):
            self.assertTrue(rows[0][0])


def _text(value):
    """A value as PostgreSQL writes it; it has no negative zero."""
    if value is None:
        return None
    return f"{abs(value) if value == 0 else value}"

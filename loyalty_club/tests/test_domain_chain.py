"""What is sealed: other facts have another text, and PostgreSQL writes the same text."""

import doctest
import hashlib
import hmac
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase

from odoo.addons.loyalty_club.domain import anchor, chain

ids = st.integers(1, 2**31 - 1)
optional_ids = st.none() | st.integers(1, 30) | ids
amounts = st.decimals(-(10**12), 10**12, places=3, allow_nan=False, allow_infinity=False)
# Texts that try to look like their neighbours: the separators themselves, digits, nothing.
texts = st.text(alphabet="|:0123456789ab\x1fé۱", max_size=12)
moments = st.datetimes().map(lambda moment: str(moment.replace(microsecond=0)))
facts = st.builds(
    chain.Fact,
    ids,
    ids,
    ids,
    optional_ids,
    ids,
    amounts,
    amounts,
    moments,
    optional_ids,
    optional_ids,
    ids,
    optional_ids,
    st.none() | texts,
    texts,
    texts,
)
# One fact out of another by changing a single thing, so that near misses are tried as well.
changes = st.one_of(
    st.tuples(st.just(name), values)
    for name, values in {
        "member_id": optional_ids,
        "amount": amounts,
        "reverses_id": optional_ids,
        "branch_id": optional_ids,
        "origin_id": optional_ids,
        "origin_model": st.none() | texts,
        "kind": texts,
        "key": texts,
    }.items()
)

COLUMNS = {
    "wallet_id": "int",
    "seq": "int",
    "kind_id": "int",
    "member_id": "int",
    "company_id": "int",
    "amount": "numeric",
    "balance_after": "numeric",
    "date": "timestamp",
    "reverses_id": "int",
    "branch_id": "int",
    "user_id": "int",
    "origin_id": "int",
    "origin_model": "varchar",
    "kind": "varchar",
    "idempotency_key": "varchar",
}


class TestDomainChain(BaseCase):
    def test_doctests(self):
        for module in (chain, anchor):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertGreater(result.attempted, 0)

    @given(facts, facts)
    @settings(deadline=None, database=None)
    def test_two_facts_never_have_one_text(self, one, other):
        self.assertEqual(chain.fact_text(one) == chain.fact_text(other), one == other)

    @given(facts, changes)
    @settings(deadline=None, max_examples=500, database=None)
    def test_one_change_changes_the_text(self, fact, change):
        name, value = change
        other = fact._replace(**{name: value})

        self.assertEqual(chain.fact_text(fact) == chain.fact_text(other), fact == other)

    def test_text_that_moves_from_one_field_to_the_next_is_seen(self):
        fact = chain.Fact(
            1, 1, 1, None, 1, Decimal(5), Decimal(5), "2025-01-01 00:00:00",
            None, None, 1, None, "a|1:b", "", "c",
        )  # fmt: skip
        other = fact._replace(origin_model="a", kind="b", key="|c")

        self.assertNotEqual(chain.fact_text(fact), chain.fact_text(other))

    @given(facts, st.binary(min_size=1, max_size=100), st.sampled_from(["", "a" * 64]))
    @settings(deadline=None, database=None)
    def test_the_fast_seal_is_the_hmac(self, fact, secret, previous):
        plain = (chain.fact_text(fact) + previous).encode()

        self.assertEqual(
            chain.Sealer(secret).seal(previous, chain.fact_text(fact)),
            hmac.new(secret, plain, hashlib.sha256).hexdigest(),
        )


class TestDomainChainSql(TransactionCase):
    @given(st.lists(facts, min_size=1, max_size=20), st.integers(3, 6))
    @settings(deadline=None, max_examples=50, database=None)
    def test_sql_writes_the_same_text(self, rows, scale):
        # The column's scale must not matter, and neither must the order of rows.
        text = chain.sql_fact_text("v", "v")
        casts = ", ".join(
            f"%s::numeric(30, {scale})" if kind == "numeric" else f"%s::{kind}"
            for kind in COLUMNS.values()
        )
        values = ", ".join([f"(%s, {casts})"] * len(rows))
        names = ", ".join(COLUMNS)

        self.env.cr.execute(
            f"SELECT v.place, {text} FROM (VALUES {values}) AS v(place, {names})",
            [value for place, row in enumerate(rows) for value in (place, *row)],
        )

        found = dict(self.env.cr.fetchall())
        self.assertEqual(found, {place: chain.fact_text(row) for place, row in enumerate(rows)})

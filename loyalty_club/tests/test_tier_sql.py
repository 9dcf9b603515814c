"""The levels that SQL decides are those of the domain, on random ladders, terms and histories."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..domain import tier_periods, tiers
from ..domain.tier_ladder import faults
from ..domain.tiers import Standing
from .rfm_common import in_shares
from .tier_common import TierCommon

FIRST = date(2022, 1, 1)
MEASURES = ("spend", "visits", "items")
asked = st.dictionaries(st.sampled_from((*MEASURES, "score")), st.integers(1, 6), max_size=2)
steps = st.lists(
    st.tuples(asked, st.sampled_from(("all", "any")), st.booleans()), min_size=1, max_size=3
)
purchase = st.tuples(
    st.integers(0, 3),  # member
    st.integers(0, 1200),  # day
    st.integers(0, 4),  # amount
    st.integers(0, 3),  # items
    st.sampled_from(("bought", "bought", "bought", "returned", "undone")),
)
terms = st.fixed_dictionaries(
    {
        "tier_period": st.sampled_from(("rolling", "year", "anniversary", "ever")),
        "tier_calendar": st.sampled_from(("gregorian", "jalali")),
        "tier_period_months": st.sampled_from((1, 3, 6, 12)),
        "tier_year_month": st.integers(1, 12),
        "tier_year_day": st.integers(1, 28),
        "tier_keep": st.sampled_from(("period", "next", "months")),
        "tier_keep_months": st.integers(1, 6),
        "tier_grace_days": st.sampled_from((0, 0, 20)),
        "tier_max_drop": st.integers(0, 2),
        "tier_idle_months": st.sampled_from((0, 0, 2)),
        "tier_weight_spend": st.integers(0, 2),
        "tier_weight_visits": st.integers(1, 2),
        "tier_head_start": st.sampled_from((0, 0, 1)),
        "tier_head_start_measure": st.sampled_from(MEASURES),
    }
)


@tagged("post_install", "-at_install")
class TestTierSql(TierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = [cls.new_member(f"M{number}") for number in range(4)]
        for number, member in enumerate(cls.members):
            member.join_date = FIRST + timedelta(days=117 * number)

    def setUp(self):
        super().setUp()
        in_shares(self)

    @given(
        steps,
        terms,
        st.lists(purchase, max_size=30),
        st.lists(st.integers(1, 200), min_size=1, max_size=6),
        st.booleans(),
    )
    @settings(deadline=None, max_examples=250, database=None)
    def test_sql_decides_as_the_domain_does(self, rising, rule, history, waits, promoted):
        if rule["tier_period"] == "rolling" and rule["tier_keep"] == "next":
            rule["tier_keep"] = "period"
        with self.env.cr.savepoint() as savepoint:
            ladder = self.sound_ladder(rising, rule)
            for index, day, amount, items, what in history:
                amount = -amount if what != "bought" else amount
                items = -items if what != "bought" else items
                moment = FIRST + timedelta(days=day)
                self.buy(self.members[index], moment, amount, items, what == "returned")
            self.compare(ladder, history, waits, promoted)
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def sound_ladder(self, rising, rule):
        """The steps made a ladder that may be saved: each asks for more than the one below."""
        self.club.write(rule)
        weights = self.club._tier_terms(self.club.id)[0].weights
        levels = [({}, "all", True)]
        for least, need, inclusive in rising:
            below = levels[-1][0]
            # A level asks for what the one below does, and more of it.
            least = {name: below.get(name, 0) + more for name, more in least.items()}
            levels.append((least, need, inclusive))
        kept = []
        for least, need, inclusive in levels:
            exact = {name: Decimal(amount) for name, amount in least.items()}
            level = tiers.Level(exact, need == "all", inclusive)
            if not faults([*(one for one, _values in kept), level], weights):
                values = {f"min_{name}": amount for name, amount in least.items()}
                kept.append((level, {**values, "need": need, "inclusive": inclusive}))
        return self.ladder(*(values for _level, values in kept))

    def compare(self, ladder, history, waits, promoted):
        held = {member.id: Standing() for member in self.members}
        today = FIRST + timedelta(days=400)
        for wait in waits:
            today += timedelta(days=wait)
            if promoted:
                self.Tier._run(self.club, [m.id for m in self.members], today, up_only=True)
                for index, member in enumerate(self.members):
                    held[member.id] = self.expected(member, index, held, history, today, True)
                self.assertHeld(ladder, held, today)
            self.decide(today)
            for index, member in enumerate(self.members):
                held[member.id] = self.expected(member, index, held, history, today)
            self.assertHeld(ladder, held, today)

    def assertHeld(self, ladder, held, today):
        self.env.invalidate_all()
        for member in self.members:
            standing, expected = self.standing(member), held[member.id]
            found = Standing(
                list(ladder.ids).index(standing.earned_tier_id.id),
                standing.earned_since,
                standing.earned_until or None,
            )
            self.assertEqual(found, expected, today)
            self.assertEqual(member.tier_id, standing.earned_tier_id)
            self.assertEqual(standing.until or None, expected.until)

    def expected(self, member, index, held, history, today, up_only=False):
        """The standing by the domain's own functions, from the history as it was told."""
        rule, _points = self.club._tier_terms(self.club.id)
        levels = [level for _id, level in self.Tier._ladder(self.club.id)[1]]
        found = tier_periods.spans(rule, today, member.join_date)
        before = held[member.id]
        mine = [
            (FIRST + timedelta(days=day), amount, items, what)
            for who, day, amount, items, what in history
            if who == index and FIRST + timedelta(days=day) <= today
        ]
        after = [one for one in mine if one[3] == "bought" or one[0] < (before.since or today)]
        deserved = self.deserved(levels, rule, found, mine, member.join_date)
        whole = self.deserved(levels, rule, found, after, member.join_date)
        bought = max((one[0] for one in mine if one[3] == "bought"), default=None)
        return tiers.step(
            before,
            deserved,
            whole.level,
            tier_periods.idle_steps(rule, len(levels), today, bought),
            today,
            rule,
            tier_periods.fallback_until(rule, found[0], today),
            up_only,
        )[0]

    def deserved(self, levels, rule, found, rows, joined):
        counted = []
        for span in found:
            figures = dict.fromkeys(tiers.MEASURES, Decimal(0))
            for day, amount, items, what in rows:
                if span.first <= day <= span.last:
                    sign = 1 if what == "bought" else -1
                    figures["spend"] += sign * amount
                    figures["items"] += sign * items
                    undone = what == "undone" and amount
                    figures["visits"] += 1 if what == "bought" or (
                        what == "undone" and not amount
                    ) else -1 if undone else 0  # fmt: skip
            if span.first <= joined <= span.last:
                for name, more in rule.head_start.items():
                    figures[name] += more
            counted.append((span, figures))
        return tiers.deserved_in(levels, rule, counted)

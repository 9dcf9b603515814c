"""Ladders, periods and the way up and down: properties on random histories, and the terms that
well-known programmes have published."""

import doctest
import itertools
from datetime import date, timedelta
from decimal import Decimal

import jdatetime
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import tier_ladder, tier_periods, tiers
from odoo.addons.loyalty_club.domain.tier_ladder import faults
from odoo.addons.loyalty_club.domain.tier_periods import Terms, add_months, spans
from odoo.addons.loyalty_club.domain.tiers import Level, Standing, deserved_in, level_for, step

many = settings(deadline=None, database=None, max_examples=500)
figure = st.integers(-3, 12).map(Decimal) | st.decimals(0, 12, places=2)
some_figures = st.fixed_dictionaries(dict.fromkeys(tiers.MEASURES, figure))
weights = st.dictionaries(st.sampled_from(tiers.MEASURES), st.integers(0, 3).map(Decimal))
measure = st.sampled_from((*tiers.MEASURES, "score"))
least = st.dictionaries(measure, st.integers(0, 12).map(Decimal), max_size=3)
levels = st.builds(Level, least, st.booleans(), st.booleans())
ladders = st.lists(levels, min_size=1, max_size=6)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
terms = st.builds(
    Terms,
    kind=st.sampled_from(("rolling", "year", "anniversary", "ever")),
    calendar=st.sampled_from(("gregorian", "jalali")),
    months=st.sampled_from((1, 2, 3, 4, 6, 12, 24)),
    month=st.integers(1, 12),
    day=st.integers(1, 28),
    keep=st.sampled_from(("period", "next", "months")),
    keep_months=st.integers(1, 14),
    grace_days=st.integers(0, 40),
    max_drop=st.integers(0, 2),
    idle_months=st.sampled_from((0, 0, 1, 6)),
)


def money(*amounts):
    """A ladder by money spent: an entry level, then levels from these amounts on."""
    return [Level(), *(Level({"spend": Decimal(amount)}) for amount in amounts)]


def reached(ladder, measure_name, *amounts):
    return [level_for(ladder, {measure_name: Decimal(amount)}) for amount in amounts]


class TestDomainTiers(BaseCase):
    def test_doctests(self):
        for module in (tiers, tier_periods, tier_ladder):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertGreater(result.attempted, 0)

    # --- levels ---------------------------------------------------------------------------

    @given(ladders, some_figures, weights)
    @many
    def test_the_highest_level_whose_figures_are_met_is_deserved(self, ladder, found, weight):
        score = sum(found[name] * factor for name, factor in weight.items())
        places = [-1]
        for place, level in enumerate(ladder):
            met = [
                known > asked or (level.inclusive and known == asked)
                for name, asked in level.least.items()
                for known in [score if name == "score" else found[name]]
            ]
            if not met or (all(met) if level.every else any(met)):
                places.append(place)

        self.assertEqual(level_for(ladder, found, weight), max(places))

    @given(ladders, some_figures, weights)
    @many
    def test_on_a_sound_ladder_nobody_passes_a_level_by(self, ladder, found, weight):
        sound = [Level()]
        for level in ladder:  # each on top of the ones before, where it fits
            if not faults([*sound, level], weight):
                sound.append(level)

        met = [tiers.reaches(level, found, weight) for level in sound]

        self.assertTrue(met[0])
        self.assertEqual(met, sorted(met, reverse=True))

    @given(st.lists(st.lists(st.integers(1, 9), min_size=2, max_size=2), max_size=3), some_figures)
    @many
    def test_ladders_that_rise_in_all_they_ask_for_are_sound(self, steps, found):
        amounts = [sum(one) for one in zip(*steps, strict=True)] if steps else []
        ladder, spend, visits = [Level()], 0, 0
        for more_spend, more_visits in steps:
            spend, visits = spend + more_spend, visits + more_visits
            ladder.append(Level({"spend": Decimal(spend), "visits": Decimal(visits)}))

        self.assertEqual(faults(ladder), [], amounts)

    @given(ladders, some_figures, weights)
    @many
    def test_what_is_missing_is_what_is_missing(self, ladder, found, weight):
        level = ladder[-1]
        missing = tiers.missing_for(level, found, weight)
        share = tiers.share_of(level, found, weight)
        self.assertEqual(share == 100, tiers.reaches(level, found, weight))
        self.assertEqual(bool(missing), not tiers.reaches(level, found, weight))
        if "score" in level.least or weight:
            return
        more = Decimal(0) if level.inclusive else Decimal("0.01")
        filled = {name: found[name] + missing.get(name, 0) + more for name in found}
        self.assertTrue(tiers.reaches(level, filled, weight))

    def codes(self, *ladder):
        return [fault.code for fault in faults(list(ladder))]

    def test_ladders_with_gaps_or_equal_thresholds_are_named(self):
        entry, silver = Level(), Level({"spend": Decimal(350)})

        self.assertEqual(self.codes(entry, silver, Level({"spend": Decimal(1000)})), [])
        self.assertEqual(self.codes(entry, silver, silver), ["equal"])
        self.assertEqual(self.codes(entry, silver, Level({"spend": Decimal(349)})), ["falling"])
        self.assertEqual(self.codes(entry, silver, Level({"visits": Decimal(9)})), ["gap"])
        self.assertEqual(self.codes(entry, Level()), ["two_entries"])
        self.assertEqual(self.codes(silver), ["none"])
        self.assertEqual(self.codes(entry, Level({"spend": Decimal(-1)})), ["negative"])
        self.assertEqual(self.codes(entry, Level({"spend": Decimal(0)})), ["zero"])
        self.assertEqual(self.codes(entry, Level({"score": Decimal(5)})), ["weights"])
        above = Level({"spend": Decimal(350)}, inclusive=False)
        self.assertEqual(self.codes(entry, silver, above), [])
        self.assertEqual(self.codes(entry, above, silver), ["equal"])

    # --- periods --------------------------------------------------------------------------

    @given(terms, days, days)
    @many
    def test_periods_follow_each_other_and_hold_the_day(self, rule, today, joined):
        joined = min(joined, today)
        found = spans(rule, today, joined)

        self.assertTrue(found[0].first <= today <= found[0].last)
        for later, earlier in itertools.pairwise(found):
            self.assertEqual(earlier.last + timedelta(1), later.first)
            self.assertGreaterEqual(earlier.until + timedelta(rule.grace_days), today)
        if rule.kind in ("year", "anniversary"):
            for day in (found[0].first, found[0].last):
                if day >= joined:
                    self.assertEqual(spans(rule, day, joined)[0].first, found[0].first)
        if rule.kind == "anniversary":
            months = tier_periods.months_between(joined, found[0].first, rule.calendar)
            self.assertEqual(months % rule.months, 0)
            self.assertEqual(add_months(joined, months, rule.calendar), found[0].first)

    @given(days, st.integers(-60, 60))
    @many
    def test_months_of_the_persian_calendar_end_with_their_month(self, day, months):
        begun = jdatetime.date.fromgregorian(date=day)
        found = jdatetime.date.fromgregorian(date=add_months(day, months, "jalali"))

        number = 12 * begun.year + begun.month - 1 + months
        self.assertEqual((found.year, found.month), (number // 12, number % 12 + 1))
        next_day = found + timedelta(1)
        self.assertTrue(found.day == begun.day or (found.day < begun.day and next_day.day == 1))

    # --- up and down ----------------------------------------------------------------------

    @given(
        terms,
        days,
        st.lists(
            st.tuples(st.integers(0, 90), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)),
            max_size=12,
        ),
    )
    @many
    def test_up_at_once_down_in_time_and_never_too_deep(self, rule, today, history):
        held, joined = Standing(), today
        for passed, level, back, idle in history:
            today += timedelta(passed)
            found = spans(rule, today, joined)
            fallback = tier_periods.fallback_until(rule, found[0], today)
            deserved = Standing(level, None, found[0].until if level else None)
            whole = min(level + back, 3)
            before = held
            held, why = step(before, deserved, whole, idle, today, rule, fallback)
            self.check(before, held, why, deserved, whole, idle, today, rule)

    def check(self, before, held, why, deserved, whole, idle, today, rule):
        allowed = max(deserved.level - idle, 0)
        self.assertGreaterEqual(held.level, allowed)
        self.assertEqual(why is None, held.level == before.level)
        self.assertEqual(held.since == today or why is None, True)
        if held.level > before.level:
            self.assertEqual((held.level, why), (allowed, "qualified"))
        if idle:
            self.assertEqual(held.level, allowed)
        if held.level < before.level and not idle:
            over = before.until and today > before.until + timedelta(rule.grace_days)
            returned = before.level <= whole
            self.assertTrue(over or returned)
            if rule.max_drop and why == "dropped":
                self.assertGreaterEqual(held.level, before.level - rule.max_drop)
        if held.level == 0:
            self.assertIsNone(held.until)
        elif rule.kind != "ever":
            # What is held lasts into the future, but for days of grace and a period of one day.
            grace = timedelta(rule.grace_days)
            self.assertGreaterEqual(held.until + grace, today)

    def test_who_falls_step_by_step_has_each_step_for_a_period(self):
        rule = Terms(max_drop=1)  # calendar year and the next
        member = Standing(0)
        held = Standing(3, date(2024, 5, 1), date(2025, 12, 31))

        levels_of = {}
        for year in (2025, 2026, 2027, 2028):
            for day in (date(year, 1, 1), date(year, 7, 1), date(year, 12, 31)):
                running = spans(rule, day, day)[0]
                fallback = tier_periods.fallback_until(rule, running, day)
                held, _why = step(held, member, 0, 0, day, rule, fallback)
                levels_of.setdefault(year, set()).add(held.level)

        self.assertEqual(levels_of, {2025: {3}, 2026: {2}, 2027: {1}, 2028: {0}})


class TestPublishedLadders(BaseCase):
    """Terms that programmes have published, at their boundaries."""

    def held(self, rule, ladder, joined, purchases, days_asked):
        """Levels on some days, decided each day from joining on.

        :param purchases: dict of day to money spent.
        """
        found, held, today = {}, Standing(), joined
        while today <= max(days_asked):
            counted = []
            for span in spans(rule, today, joined):
                spent = sum(
                    amount
                    for day, amount in purchases.items()
                    if span.first <= day <= min(span.last, today)
                )
                counted.append((span, {"spend": Decimal(spent)}))
            deserved = deserved_in(ladder, rule, counted)
            bought = max((day for day in purchases if day <= today), default=None)
            idle = tier_periods.idle_steps(rule, len(ladder), today, bought)
            fallback = tier_periods.fallback_until(rule, counted[0][0], today)
            held, _why = step(held, deserved, deserved.level, idle, today, rule, fallback)
            if today in days_asked:
                found[today] = held.level
            today += timedelta(1)
        return [found[day] for day in days_asked]

    def test_sephora_the_rest_of_the_year_and_all_of_the_next(self):
        ladder = money(350, 1000)
        self.assertEqual(
            reached(ladder, "spend", 0, "349.99", 350, "999.99", 1000), [0, 0, 1, 1, 2]
        )
        asked = [date(2024, 3, 1), date(2024, 3, 2), date(2025, 12, 31), date(2026, 1, 1)]

        levels_then = self.held(Terms(), ladder, date(2024, 1, 1), {date(2024, 3, 2): 1000}, asked)

        self.assertEqual(levels_then, [0, 2, 2, 0])

    def test_sephora_two_years_are_not_added_up(self):
        purchases = {date(2024, 12, 31): 600, date(2025, 1, 1): 600}
        asked = [date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)]

        levels_then = self.held(Terms(), money(350, 1000), date(2024, 12, 1), purchases, asked)

        self.assertEqual(levels_then, [1, 1, 0])

    def test_aadvantage_march_to_february_and_a_month_beyond_the_next(self):
        ladder = money(40_000, 75_000, 125_000, 200_000)
        rule = Terms(month=3, day=1, keep="next", keep_months=1)
        self.assertEqual(
            reached(ladder, "spend", 39_999, 40_000, 75_000, 124_999, 200_000), [0, 1, 2, 2, 4]
        )
        purchases = {date(2024, 2, 29): 39_999, date(2024, 3, 1): 39_999, date(2025, 2, 28): 1}
        asked = [
            date(2024, 3, 1), date(2025, 2, 27), date(2025, 2, 28), date(2026, 3, 31),
            date(2026, 4, 1),
        ]  # fmt: skip

        levels_then = self.held(rule, ladder, date(2024, 2, 1), purchases, asked)

        self.assertEqual(levels_then, [0, 0, 1, 1, 0])

    def test_north_face_twelve_months_then_requalify_or_drop(self):
        ladder = [Level(), Level({"visits": Decimal(1)})]
        ladder += [Level({"visits": Decimal(1), "spend": Decimal(a)}) for a in (3500, 7000)]
        self.assertEqual(faults(ladder), [])
        buyer = {"visits": Decimal(1)}
        self.assertEqual(
            [level_for(ladder, buyer | {"spend": Decimal(a)}) for a in (1, 3499, 3500, 6999, 7000)],
            [1, 1, 2, 2, 3],
        )
        rule = Terms(kind="rolling", keep="months", keep_months=12)
        asked = [date(2024, 6, 10), date(2025, 6, 9), date(2025, 6, 10)]
        once = {date(2024, 6, 10): 7000}
        self.assertEqual(self.held(rule, money(1, 3500, 7000), asked[0], once, asked), [3, 3, 0])
        again = once | {date(2025, 5, 1): 3500}
        self.assertEqual(self.held(rule, money(1, 3500, 7000), asked[0], again, asked), [3, 3, 2])

    def test_waggon_more_than_not_just_as_much(self):
        ladder = [Level()] + [
            Level({"spend": Decimal(amount)}, inclusive=False)
            for amount in (500_000, 5_000_000, 15_000_000)
        ]
        self.assertEqual(faults(ladder), [])
        self.assertEqual(
            reached(ladder, "spend", 500_000, "500000.01", 5_000_000, 5_000_001, 15_000_001),
            [0, 1, 1, 2, 3],
        )

    def test_alamdar_half_a_year_without_a_purchase_is_a_group_down(self):
        ladder = money(4, 14, 28)
        rule = Terms(kind="ever", idle_months=6)
        self.assertEqual(reached(ladder, "spend", 3, 4, 13, 14, 27, 28), [0, 1, 1, 2, 2, 3])
        purchases = {date(2024, 1, 10): 28, date(2025, 2, 1): 1}
        asked = [
            date(2024, 7, 10), date(2024, 7, 11), date(2025, 1, 10), date(2025, 1, 11),
            date(2025, 2, 1),
        ]  # fmt: skip

        levels_then = self.held(rule, ladder, date(2024, 1, 1), purchases, asked)

        self.assertEqual(levels_then, [3, 2, 2, 1, 3])

    def test_a_persian_year_begins_with_nowruz(self):
        rule = Terms(calendar="jalali", keep="period")
        asked = [date(2025, 3, 20), date(2025, 3, 21)]  # 30 Esfand 1403, 1 Farvardin 1404

        levels_then = self.held(rule, money(100), date(2025, 1, 1), {date(2025, 3, 1): 100}, asked)

        self.assertEqual(levels_then, [1, 0])

    def test_days_of_grace_are_there_to_reach_it_again(self):
        rule = Terms(keep="period", grace_days=30)
        once = {date(2024, 5, 1): 100}
        asked = [date(2025, 1, 30), date(2025, 1, 31)]
        self.assertEqual(self.held(rule, money(100), date(2024, 1, 1), once, asked), [1, 0])
        again = once | {date(2025, 1, 30): 100}
        self.assertEqual(self.held(rule, money(100), date(2024, 1, 1), again, asked), [1, 1])

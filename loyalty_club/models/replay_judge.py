"""What a what-if finds: for each member what both sides give, owe, and where it leads her."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from ..clock import today_in
from ..domain.lots import ZERO
from ..domain.replay import outstanding, replay
from ..domain.tier_periods import spans
from ..domain.tiers import deserved_in

_LITTLE = Decimal("0.01")  # of what somebody bought: a change beyond it is a large one


class Result(NamedTuple):
    """A row of loyalty.club.replay.result."""

    member_id: int
    purchases: int
    turnover: Decimal
    before_value: Decimal
    after_value: Decimal
    difference: Decimal
    band: str
    tier_before_id: int | None
    tier_after_id: int | None
    move: int


class ReplayJudge:
    """Judges the members of one step.

    :param what_if: loyalty.club.replay.
    :param rule_sets: dict of side to :class:`~..domain.replay_rules.RuleSet`.
    :param history: :class:`~.replay_history.ReplayHistory`.
    """

    def __init__(self, what_if, rule_sets, history):
        self.what_if, self.club, self.env = what_if, what_if.club_id, what_if.env
        self.rule_sets, self.history = rule_sets, history
        self.results, self.given, self.sums = [], Counter(), Counter()
        self.asks_history = bool(history.needs & {"purchases", "days"})
        self.kinds = self._kinds()
        self.values = {side: self._values(side) for side in rule_sets}
        self.last_days = {kind.id: _last_day(kind.expiry_policy_id) for kind in self.kinds}
        self.renewed = frozenset(
            self.kinds.filtered(lambda kind: kind.expiry_policy_id.rule == "inactivity").ids
        )
        self.ladder = Ladder(self.club, what_if.date_from, what_if.date_until)

    def _kinds(self):
        """Kinds of value that either side gives."""
        ids = {
            rule.kind for rule_set in self.rule_sets.values() for rule in rule_set.rules.values()
        }
        return self.env["loyalty.club.wallet.kind"].browse(sorted(ids))

    def _values(self, side):
        """Money that one unit of each kind is worth: by its id."""
        today = today_in(self.club.company_id)
        values = {kind.id: kind._unit_value(today) for kind in self.kinds}
        if side == "after":
            points = self.club.points_kind_id.id
            values[points] = Decimal(str(self.what_if.point_value))
        return values

    def run(self, low, high):
        """Judge members with ids above ``low`` up to ``high``.

        :returns: how many rows of the journal were judged.
        """
        facts = self.history.facts(low, high)
        judged = 0
        for member, rows, margins in self.history.of(low, high):
            if not any(row.counts for row in rows):
                continue
            judged += sum(row.counts for row in rows)
            self._judge(member, facts[member], rows, margins)
        self.sums["unknown"] += self.history.unknown
        return judged

    def _judge(self, member, facts, rows, margins):
        found = replay(rows, facts, list(self.rule_sets.values()), self.asks_history)
        given = dict(zip(self.rule_sets, found.given, strict=True))
        kept = [keep if row.counts else ZERO for row, keep in zip(rows, found.kept, strict=True)]
        turnover = sum(kept, ZERO)
        worth = {side: self._count(side, awards) for side, awards in given.items()}
        self.sums["purchases"] += sum(map(bool, kept))
        self.sums["turnover"] += turnover
        self._count_owed(given, rows)
        self._count_margin(given, rows, kept, margins)
        tiers = self.ladder.places(facts, rows, given, self.club.points_kind_id.id)
        difference = worth["after"] - worth["before"]
        self.results.append(
            Result(
                member,
                sum(map(bool, kept)),
                turnover,
                worth["before"],
                worth["after"],
                difference,
                _band(difference, turnover),
                *(self.ladder.tier(place, facts) for place in tiers),
                (tiers[1] > tiers[0]) - (tiers[1] < tiers[0]),
            )
        )

    def _count(self, side, awards):
        """Note what one side gives a member, by rule; return what it is worth."""
        values, worth = self.values[side], ZERO
        for one in awards:
            name = f"{side}:{one.version}:{one.kind}"
            self.given[f"{name}:times"] += 1
            self.given[f"{name}:units"] += one.amount
            worth += one.amount * values[one.kind]
        return worth

    def _count_owed(self, given, rows):
        until = self.what_if.date_until
        active = [row.moment.date() for row in rows]
        for side, awards in given.items():
            owed = outstanding(awards, active, self.last_days, self.renewed, until)
            for kind, amount in owed.items():
                self.sums[f"{side}_owed"] += amount * self.values[side][kind]

    def _count_margin(self, given, rows, kept, margins):
        """Margin where the cost is known, of what was kept."""
        known = {number for number, margin in enumerate(margins) if margin is not None}
        known = {number for number in known if kept[number]}
        if not known:
            return
        for number in known:
            self.sums["margin_turnover"] += kept[number]
            self.sums["margin"] += margins[number] * kept[number] / rows[number].amount
        for side, awards in given.items():
            self.sums[f"{side}_margin_value"] += sum(
                (one.amount * self.values[side][one.kind] for one in awards if one.row in known),
                ZERO,
            )


class Ladder:
    """Which level of a club's ladder points lead to, on the last day of a what-if.

    Only the purchases of its period count. Where the ladder does not ask for points no rule can
    move anybody, and members stand where they do today.
    """

    def __init__(self, club, first, last):
        Tier = club.env["loyalty.club.tier"]
        _order, self.asking = Tier._ladder(club.id)
        self.terms, _counted = club._tier_terms(club.id)
        self.first, self.last = first, last
        self.asks_points = any(
            "points" in level.least or ("score" in level.least and self.terms.weights.get("points"))
            for _tier, level in self.asking
        )
        self.levels = [level for _tier, level in self.asking]
        self.spans = lru_cache(maxsize=4096)(lambda joined: spans(self.terms, last, joined))

    def places(self, facts, rows, given, kind):
        """Place in the ladder by what each side gives; twice -1 where that changes nothing."""
        if not self.asks_points:
            return -1, -1
        joined = facts.joined or self.first
        if self.terms.kind != "anniversary":
            joined = self.first
        counted = self.spans(joined)
        return tuple(
            deserved_in(
                self.levels,
                self.terms,
                [(span, self._figures(span, rows, awards, kind)) for span in counted],
            ).level
            for awards in given.values()
        )

    def _figures(self, span, rows, awards, kind):
        first = max(span.first, self.first)
        inside = [row for row in rows if first <= row.moment.date() <= span.last]
        return {
            "points": sum(
                (
                    one.amount
                    for one in awards
                    if one.kind == kind and first <= one.day <= span.last
                ),
                ZERO,
            ),
            "spend": sum((row.amount for row in inside), ZERO),
            "visits": Decimal(
                sum(row.bought - (row.amount < 0 and not row.refund) for row in inside)
            ),
            "items": sum(
                (abs(row.quantity) * (1 if row.amount > 0 else -1) for row in inside), ZERO
            ),
        }

    def tier(self, place, facts):
        """Id of the level at ``place``; where nothing was worked out that of today."""
        if not self.asks_points:
            return facts.tier
        return self.asking[place][0] if place >= 0 else None


def _last_day(policy):
    """Until when value that comes in on a day lives by ``policy``; None: for ever."""

    @cache
    def last_day(day: date):
        return policy._expires_on(day) or None

    return last_day


def _band(difference, turnover):
    if not difference:
        return "3_same"
    large = abs(difference) > _LITTLE * turnover
    if difference < 0:
        return "1_much_less" if large else "2_less"
    return "5_much_more" if large else "4_more"

"""What an act other than a purchase brings: how much, how often, and when again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import jdatetime

from .earning import round_to

# Spans within which acts are counted, the shortest first; "total" never ends.
SPANS = ("day", "week", "month", "year", "total")
_SATURDAY, _MONDAY = 5, 0


@dataclass(frozen=True, slots=True)
class ActTerms:
    """What one rule gives for an act.

    :param amount: for the act, or for each point of its score; positive.
    :param step: smallest step of the value given.
    :param per_score: the amount is for each point of the score.
    :param minimum_score: an act with a lower score brings nothing; None: the score is not asked.
    :param times: how often it is given within a span of ``SPANS``; one that is missing: any number.
    :param pause: whole days that must lie between two acts, 0: none.
    """

    amount: Decimal
    step: Decimal = Decimal(1)
    per_score: bool = False
    minimum_score: Decimal | None = None
    times: Mapping[str, int] = field(default_factory=dict)
    pause: int = 0


@dataclass(slots=True)
class Tally:
    """How often a member was given something for one kind of act.

    :param times: by span, in the spans that ``day`` lies in.
    :param last: the last day on which something was given.
    """

    times: dict[str, int] = field(default_factory=dict)
    last: date | None = None

    def count(self, day: date) -> None:
        """Note one more on ``day``."""
        for span in SPANS:
            self.times[span] = self.times.get(span, 0) + 1
        self.last = max(day, self.last or day)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an act brings now.

    :param amount: 0 when it is refused.
    :param refused: why nothing is given: one of ``SPANS``, ``pause``, ``score``, ``nothing`` (the
        score comes to less than a step) or ``room``; None when something is.
    :param again: first day on which the reason is gone; None: it stays, or there is no reason.
    :param cut: what the club's limit took off.
    """

    amount: Decimal = Decimal(0)
    refused: str | None = None
    again: date | None = None
    cut: Decimal = Decimal(0)


def span_start(span: str, day: date, calendar: str) -> date:
    """Return the first day of the span that `day` lies in, in `calendar`.

    Persian weeks begin on Saturday, Gregorian ones on Monday.

    >>> [str(span_start("month", date(2026, 11, 23), name)) for name in ("gregorian", "jalali")]
    ['2026-11-01', '2026-11-22']
    >>> str(span_start("year", date(2026, 3, 20), "jalali"))
    '2025-03-21'
    >>> str(span_start("week", date(2026, 11, 23), "jalali"))
    '2026-11-21'
    """
    if span == "day":
        return day
    if span == "total":
        return date.min
    if span == "week":
        first = _SATURDAY if calendar == "jalali" else _MONDAY
        return day - timedelta(days=(day.weekday() - first) % 7)
    if calendar == "jalali":
        own = jdatetime.date.fromgregorian(date=day)
        return own.replace(day=1, month=1 if span == "year" else own.month).togregorian()
    return day.replace(day=1, month=1 if span == "year" else day.month)


def next_start(span: str, day: date, calendar: str) -> date | None:
    """Return the first day of the span after the one `day` lies in; None: there is none.

    >>> str(next_start("month", date(2026, 12, 31), "gregorian"))
    '2027-01-01'
    >>> str(next_start("year", date(2026, 1, 1), "jalali"))
    '2026-03-21'
    >>> next_start("total", date(2026, 1, 1), "jalali") is None
    True
    """
    longest = {"day": 1, "week": 7, "month": 31, "year": 366}.get(span)
    if longest is None:
        return None
    start = span_start(span, day, calendar)
    # So many days on we are in the next span, and not yet in the one after it.
    return span_start(span, start + timedelta(days=longest), calendar)


def worth(terms: ActTerms, score: Decimal | None) -> Decimal:
    """Return what an act with this score brings, in whole steps, rounded down.

    >>> worth(ActTerms(Decimal("0.5"), per_score=True), Decimal(75))
    Decimal('37')
    >>> worth(ActTerms(Decimal(5)), None)
    Decimal('5')
    """
    amount = (
        terms.amount * max(score or Decimal(0), Decimal(0)) if terms.per_score else terms.amount
    )
    return round_to(amount, terms.step, "down")


def judge(
    terms: ActTerms,
    tally: Tally,
    day: date,
    calendar: str,
    score: Decimal | None = None,
    room: Decimal | None = None,
) -> Judgement:
    """Decide what an act on `day` brings.

    :param tally: what the member was given for such acts before.
    :param room: how much the club still gives this member for acts; None: any amount.

    >>> terms = ActTerms(Decimal(5), times={"month": 3}, pause=2)
    >>> judge(terms, Tally(), date(2026, 11, 23), "gregorian").amount
    Decimal('5')
    >>> full = Tally({"month": 3}, date(2026, 11, 20))
    >>> verdict = judge(terms, full, date(2026, 11, 23), "gregorian")
    >>> verdict.refused, str(verdict.again)
    ('month', '2026-12-01')
    >>> judge(terms, Tally({}, date(2026, 11, 22)), date(2026, 11, 23), "gregorian").refused
    'pause'
    >>> cut = judge(terms, Tally(), date(2026, 11, 23), "gregorian", room=Decimal("3.5"))
    >>> cut.amount, cut.cut
    (Decimal('3'), Decimal('2'))
    """
    if terms.minimum_score is not None and (score is None or score < terms.minimum_score):
        return Judgement(refused="score")
    amount = worth(terms, score)
    if amount <= 0:
        return Judgement(refused="nothing")
    spent = used_up(terms, tally, day, calendar)
    if spent:
        return spent
    given = amount if room is None else min(amount, round_to(room, terms.step, "down"))
    if given <= 0:
        return Judgement(refused="room", again=next_start("year", day, calendar))
    return Judgement(given, cut=amount - given)


def used_up(terms: ActTerms, tally: Tally, day: date, calendar: str) -> Judgement | None:
    """Return the reason that lasts longest, of those that let nothing more be given on `day`.

    >>> once = ActTerms(Decimal(5), times={"day": 1, "total": 1})
    >>> used_up(once, Tally({"day": 1, "total": 1}), date(2026, 1, 1), "jalali").refused
    'total'
    >>> used_up(once, Tally(), date(2026, 1, 1), "jalali") is None
    True
    """
    found = [
        Judgement(refused=span, again=next_start(span, day, calendar))
        for span in SPANS
        if span in terms.times and tally.times.get(span, 0) >= terms.times[span]
    ]
    if terms.pause and tally.last is not None:
        again = tally.last + timedelta(days=terms.pause)
        if day < again:
            found.append(Judgement(refused="pause", again=again))
    return max(found, key=lambda verdict: verdict.again or date.max, default=None)


def weighted_score(scores: list[tuple[Decimal, Decimal, Decimal]]) -> Decimal:
    """Return the weighted score in percent, of (weight, score, highest score) of each criterion.

    >>> two, one, five = Decimal(2), Decimal(1), Decimal(5)
    >>> weighted_score([(two, five, five), (one, Decimal(0), five)])
    Decimal('66.67')
    >>> weighted_score([])
    Decimal('0')
    """
    total = sum((weight for weight, _score, _highest in scores), Decimal(0))
    if not total:
        return Decimal(0)
    reached = sum((weight * score / highest for weight, score, highest in scores), Decimal(0))
    return round_to(100 * reached / total, Decimal("0.01"))

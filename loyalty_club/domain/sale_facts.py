"""What conditions of earning rules may ask about a sale, and how it is found out."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from .lots import ZERO
from .profile import jalali_month_day, month_day
from .sale import UNKNOWN_PRODUCT, Sale

Facts = Mapping[str, Any]
_GOODS = {"quantity", "product_ids", "product_tmpl_ids", "category_ids", "tag_ids"}


class Fact(NamedTuple):
    """A fact of a sale that conditions may name.

    :param form: ``number``, ``text``, ``flag``, ``date``, ``one`` (id) or ``many`` (ids).
    :param about: ``basket``, ``place``, ``time`` or ``person``.
    :param needs: what has to be read before it is known (``earn_rule.ABOUT_MEMBER`` and
        ``ABOUT_SALE``), or None.
    """

    form: str
    about: str
    needs: str | None = None


FACTS: dict[str, Fact] = {
    "amount": Fact("number", "basket"),
    "quantity": Fact("number", "basket"),
    "product_ids": Fact("many", "basket"),
    "product_tmpl_ids": Fact("many", "basket", "goods"),
    "category_ids": Fact("many", "basket", "goods"),
    "tag_ids": Fact("many", "basket", "tags"),
    "branch_id": Fact("one", "place"),
    "channel": Fact("text", "place"),
    "payment_method_ids": Fact("many", "place", "paid"),
    "wallet_kind_ids": Fact("many", "place", "paid"),
    "card_shown": Fact("flag", "place", "card"),
    "date": Fact("date", "time"),
    "weekday": Fact("number", "time"),
    "hour": Fact("number", "time"),
    "month": Fact("number", "time"),
    "day": Fact("number", "time"),
    "jalali_month": Fact("number", "time"),
    "jalali_day": Fact("number", "time"),
    "tier_id": Fact("one", "person", "member"),
    "segment_ids": Fact("many", "person", "segments"),
    "member_kind": Fact("text", "person", "member"),
    "is_company": Fact("flag", "person", "member"),
    "sex": Fact("text", "person", "member"),
    "age_group": Fact("text", "person", "member"),
    "area_id": Fact("one", "person", "member"),
    "join_date": Fact("date", "person", "member"),
    "member_days": Fact("number", "person", "member"),
    "is_birthday": Fact("flag", "person", "member"),
    "is_birthday_jalali": Fact("flag", "person", "member"),
    "is_anniversary": Fact("flag", "person", "member"),
    "is_anniversary_jalali": Fact("flag", "person", "member"),
    "purchase_number": Fact("number", "person", "purchases"),
    "days_since_last": Fact("number", "person", "days"),
}


def facts_of(sale: Sale, about: frozenset[str] | None = None) -> Facts:
    """Return the facts of ``sale`` that are known.

    :param about: leave out facts about anything else.

    >>> from datetime import datetime
    >>> facts = facts_of(Sale(datetime(2026, 3, 21, 18, 30)))
    >>> facts["hour"], facts["jalali_month"], facts["jalali_day"], facts["purchase_number"]
    (Decimal('18.5'), 1, 1, 1)
    >>> sorted(facts_of(Sale(datetime(2026, 3, 21)), frozenset({"basket"})))[:3]
    ['amount', 'category_ids', 'product_ids']
    """
    hidden = _GOODS if any(line.product == UNKNOWN_PRODUCT for line in sale.lines) else ()
    return {
        name: read(sale)
        for name, read in _FACT_OF.items()
        if (about is None or FACTS[name].about in about) and name not in hidden
    }


def _paid_by(sale: Sale, means: str) -> frozenset[int]:
    return frozenset(
        int(key.partition(":")[2])
        for key, amount in sale.paid.items()
        if amount > 0 and key.startswith(f"{means}:")
    )


def _ids(sale: Sale, name: str) -> frozenset[int]:
    return frozenset(getattr(line, name) for line in sale.goods if line.quantity > 0)


def _all_ids(sale: Sale, name: str) -> frozenset[int]:
    return frozenset().union(*(getattr(line, name) for line in sale.goods if line.quantity > 0))


def _quantity(sale: Sale) -> Decimal:
    return sum((line.quantity for line in sale.goods), ZERO)


def _hour(sale: Sale) -> Decimal:
    return sale.moment.hour + Decimal(sale.moment.minute) / 60


def _member_days(sale: Sale) -> int | None:
    joined = sale.member.joined
    return (sale.moment.date() - joined).days if joined else None


def _since_last(sale: Sale) -> int | None:
    days = sale.member.days
    return (sale.moment.date() - days[0]).days if days else None


def _is_day(sale: Sale, name: str) -> bool:
    day = sale.moment.date()
    today = jalali_month_day(day) if name.endswith("jalali") else month_day(day)
    return bool(getattr(sale.member, name) == today)


def _member(sale: Sale, name: str) -> Any:
    return getattr(sale.member, name)


def _member_kind(sale: Sale) -> str | None:
    return next(iter(sorted(sale.member.kinds - {"person", "company"})), None)


_FACT_OF: dict[str, Callable[[Sale], Any]] = {
    "amount": lambda sale: sale.amount,
    "quantity": _quantity,
    "product_ids": partial(_ids, name="product"),
    "product_tmpl_ids": partial(_ids, name="template"),
    "category_ids": partial(_all_ids, name="categories"),
    "tag_ids": partial(_all_ids, name="tags"),
    "branch_id": lambda sale: sale.branch,
    "channel": lambda sale: sale.channel,
    "payment_method_ids": partial(_paid_by, means="method"),
    "wallet_kind_ids": partial(_paid_by, means="kind"),
    "card_shown": lambda sale: sale.card_shown,
    "date": lambda sale: sale.moment.date(),
    "weekday": lambda sale: sale.moment.weekday(),
    "hour": _hour,
    "month": lambda sale: sale.moment.month,
    "day": lambda sale: sale.moment.day,
    "jalali_month": lambda sale: jalali_month_day(sale.moment.date()) // 100,
    "jalali_day": lambda sale: jalali_month_day(sale.moment.date()) % 100,
    "tier_id": partial(_member, name="tier"),
    "segment_ids": partial(_member, name="segments"),
    "member_kind": _member_kind,
    "is_company": lambda sale: "company" in sale.member.kinds,
    "sex": partial(_member, name="sex"),
    "age_group": partial(_member, name="age_group"),
    "area_id": partial(_member, name="area"),
    "join_date": partial(_member, name="joined"),
    "member_days": _member_days,
    "is_birthday": partial(_is_day, name="birth_gregorian"),
    "is_birthday_jalali": partial(_is_day, name="birth_jalali"),
    "is_anniversary": partial(_is_day, name="anniversary_gregorian"),
    "is_anniversary_jalali": partial(_is_day, name="anniversary_jalali"),
    "purchase_number": lambda sale: sale.member.purchases + 1,
    "days_since_last": _since_last,
}

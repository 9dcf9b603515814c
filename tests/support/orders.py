"""Orders as a till sends them to the server. Plain data: this module knows no Odoo."""

from datetime import datetime, timezone
from uuid import uuid4


def sold(product, quantity=1):
    """A sold line.

    :param product: dict with ``id`` and ``price`` (tax is left out of these tests).
    """
    return _line(product["id"], quantity, product["price"])


def redeemed(card_id, reward, points):
    """The line by which a till redeems ``points`` of a card.

    :param reward: dict with ``id``, ``product_id`` and ``point_value`` (money for a point).
    """
    return _line(
        reward["product_id"],
        1,
        -points * reward["point_value"],
        is_reward_line=True,
        reward_id=reward["id"],
        coupon_id=card_id,
        points_cost=points,
        reward_identifier_code=uuid4().hex[:6],
    )


def returned(line):
    """The line by which all of a stored line comes back.

    :param line: as the server told it to the till.
    """
    return _line(
        line["product_id"], -line["qty"], line["price_unit"], refunded_orderline_id=line["id"]
    )


def paid_order(till, lines, partner_id=False):
    """A paid order with those lines.

    :param till: dict with ``session_id``, ``company_id``, ``pricelist_id``, ``user_id`` and
        ``payment_method_id``.
    """
    total = sum(line["price_subtotal_incl"] for line in lines)
    if any(line.get("refunded_orderline_id") for line in lines):
        # The till turns the sign of all subtotals of such an order.
        for line in lines:
            line["price_subtotal"] *= -1
            line["price_subtotal_incl"] *= -1
    now = datetime.now(tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    payment = {
        "name": now,
        "uuid": str(uuid4()),
        "amount": total,
        "payment_method_id": till["payment_method_id"],
    }
    return {
        "uuid": str(uuid4()),
        "name": "Order",
        "state": "paid",
        "date_order": now,
        "session_id": till["session_id"],
        "company_id": till["company_id"],
        "pricelist_id": till["pricelist_id"],
        "user_id": till["user_id"],
        "partner_id": partner_id,
        "fiscal_position_id": False,
        "sequence_number": 1,
        "tracking_number": "1",
        "amount_total": total,
        "amount_tax": 0,
        "amount_paid": total,
        "amount_return": 0,
        "lines": [[0, 0, line] for line in lines],
        "payment_ids": [[0, 0, payment]] if total else [],
    }


def _line(product_id, quantity, price, **values):
    return {
        "product_id": product_id,
        "qty": quantity,
        "price_unit": price,
        "price_subtotal": quantity * price,
        "price_subtotal_incl": quantity * price,
        "discount": 0,
        "tax_ids": [],
        "pack_lot_ids": [],
        "uuid": str(uuid4()),
        **values,
    }

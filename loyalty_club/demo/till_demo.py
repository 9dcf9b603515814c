"""A sale at a till of the sample club, and its return, as a till sends them."""

from uuid import uuid4

from odoo import Command, fields


def ways_to_pay(sample):
    """The club's tills take what members have, where the company has a chart of accounts."""
    accounts = sample.env["account.account"]
    if accounts.search_count([("company_ids", "in", sample.company.ids)], limit=1):
        sample.club.action_set_up_payment()


def sale_and_return(sample):
    """A sale that earned, and a part of it brought back: entries with receipts behind."""
    # Tills are not opened by the system itself
    cashier = sample.ref("base.user_admin")
    config = sample.ref("point_of_sale.pos_config_main").with_user(cashier).sudo(False)
    product = sample.env["product.product"].search(
        [("available_in_pos", "=", True), ("sale_ok", "=", True), ("type", "=", "consu")],
        order="id",
        limit=1,
    )
    if config.current_session_id or not product:
        return
    config.open_ui()
    session = config.current_session_id
    session.action_pos_session_open()
    sold = _order(sample, session, product, 4)
    sample.named("pos_order_sara", sold)
    _order(sample, session, product, -1, refunded_orderline_id=sold.lines.id)
    session.action_pos_session_closing_control()


def _order(sample, session, product, quantity, **values):
    """Send an order of one line as a till does, paid by card, and return it."""
    price, total = 38.2, 38.2 * quantity
    now = fields.Datetime.to_string(fields.Datetime.now())
    method = session.payment_method_ids.filtered(lambda method: method.journal_id.type == "bank")[
        :1
    ]
    uuid = str(uuid4())
    sign = -1 if quantity < 0 else 1  # tills turn the sums of a return's lines around
    line = {
        "product_id": product.id,
        "qty": quantity,
        "price_unit": price,
        "price_subtotal": total * sign,
        "price_subtotal_incl": total * sign,
        "discount": 0,
        "tax_ids": [],
        "pack_lot_ids": [],
        "uuid": str(uuid4()),
        **values,
    }
    payment = {
        "amount": total, "name": now, "payment_method_id": method.id, "uuid": str(uuid4())
    }  # fmt: skip
    order = {
        "uuid": uuid,
        "name": "/",
        "session_id": session.id,
        "partner_id": sample.ref("member_sara").partner_id.id,
        "user_id": session.env.uid,
        "company_id": sample.company.id,
        "pricelist_id": session.config_id.pricelist_id.id,
        "fiscal_position_id": False,
        "sequence_number": 1,
        "tracking_number": "1",
        "date_order": now,
        "amount_total": total,
        "amount_tax": 0,
        "amount_paid": total,
        "amount_return": 0,
        "is_refund": quantity < 0,
        "state": "paid",
        "lines": [Command.create(line)],
        "payment_ids": [Command.create(payment)],
    }
    session.env["pos.order"].sync_from_ui([order])
    return sample.env["pos.order"].search([("uuid", "=", uuid)])

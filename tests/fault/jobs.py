"""The jobs that tills send: charges, holds, sales, returns. Each can be sent again and again."""

from functools import partial
from uuid import uuid4

from ..support.orders import paid_order, redeemed, returned, sold
from .load import Job

EARNED = 9  # points for a kettle of 100 of which 10 was paid with points
REDEEMED = 100  # points, worth 10


def new_key(name):
    """A key that nobody has used, as a till makes it before it sends."""
    return f"{name}-{uuid4()}"


# --- doors of the till -----------------------------------------------------------------------


def read_door(answer):
    """What a door's answer says; anything but its envelope says nothing."""
    if answer.status != 200 or not isinstance(answer.result, dict) or "club" not in answer.result:
        return None
    return {"replayed": "replayed", "refused": "refused"}.get(answer.result["status"], "done")


def door(name, entries, at=None, **parameters):
    """A job for one of the till's doors.

    :param at: id of the pos.config whose payment it is, whoever sends it; None: the sender's.
    """

    def send(till):
        own = {"config_id": at or till.facts["config_id"]}
        return till.post(f"/loyalty_club/till/{name}", {**own, **parameters})

    return Job(name, send, read_door, entries)


def charge(wallet, amount, key=None):
    """Pay with a wallet at once."""
    key = key or new_key("charge")
    entries = {f"till:{key}": (wallet, -amount)}
    return door("charge", entries, wallet_id=wallet, amount=str(amount), key=key)


def authorize(wallet, amount, key, at=None):
    """Hold part of a wallet until it is captured or released."""
    return door("authorize", {}, at=at, wallet_id=wallet, amount=str(amount), key=key)


def capture(wallet, amount, key, at=None):
    """Take what was held under ``key``, or a part of it."""
    entries = {f"hold:till:{key}": (wallet, -amount)}
    return door("capture", entries, at=at, amount=str(amount), key=key)


def release(key):
    """Let what was held under ``key`` go."""
    return door("release", {}, key=key)


# --- doors of members -------------------------------------------------------------------------


def read_transfer(answer):
    """What the answer to a transfer says."""
    if answer.status != 200 or not isinstance(answer.result, dict) or "club" not in answer.result:
        return None
    return "done" if answer.result["status"] == "done" else "refused"


def transfer(sender, receiver, amount):
    """Send credit to another member; small amounts need no code in these tests."""
    key = new_key("transfer")
    parameters = {
        "wallet_id": sender["credit"],
        "receiver": receiver["number"],
        "amount": str(amount),
        "key": key,
    }

    def send(till):
        return till.post("/loyalty_club/transfer/request", parameters)

    def entries(answer):
        if read_transfer(answer) != "done":
            return {}
        name = f"transfer:{answer.result['reference']}"
        return {
            f"{name}:out": (sender["credit"], -amount),
            f"{name}:in": (receiver["credit"], amount),
        }

    return Job("transfer", send, read_transfer, entries)


# --- orders ----------------------------------------------------------------------------------


def read_sync(answer):
    """What the answer to an order says.

    An order that is being stored by another try at this moment is refused by a constraint,
    which says nothing about the order.
    """
    if answer.accepted:
        return "done"
    return "refused" if answer.status == 200 and answer.error.endswith(".UserError") else None


def sale(shop, till, member):
    """Sell a kettle, partly paid with points."""
    lines = [sold(shop["kettle"]), redeemed(member["card_id"], shop["reward"], REDEEMED)]
    order = paid_order(till.facts, lines, member["partner_id"])
    key = f"pos:{order['uuid']}"
    entries = {
        f"{key}:spend:{member['points']}": (member["points"], -REDEEMED),
        f"{key}:earn:{member['points']}": (member["points"], EARNED),
    }
    return Job("sale", partial(_sync, order), read_sync, entries, order["uuid"])


def sale_return(till, member, reply, entry_ids):
    """Take everything of a sale back.

    :param reply: to the sale.
    :param entry_ids: of the sale's entries, by key.
    """
    lines = [returned(line) for line in reply.answer.result["pos.order.line"]]
    order = paid_order(till.facts, lines, member["partner_id"])
    spent, earned = reply.entries
    key = f"pos:{order['uuid']}"
    entries = {
        f"{key}:unspend:{entry_ids[spent]}": (member["points"], REDEEMED),
        f"{key}:unearn:{entry_ids[earned]}": (member["points"], -EARNED),
    }
    return Job("return", partial(_sync, order), read_sync, entries, order["uuid"])


def _sync(order, till):
    # Whichever cashier sends it, it is the order of the till that made it.
    return till.sync(order)

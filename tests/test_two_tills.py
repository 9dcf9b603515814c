"""Two tills of a real server with two workers, both wanting the same points at the same moment.

The server is spoken to over HTTP as tills do, and judged by what stands in PostgreSQL. A harness
that could not see double spending would be worthless, so the same harness must see stock's.
"""

import json
import statistics
import sys
from functools import partial
from pathlib import Path

import pytest
from clubtool import testing

from tests.support.books import Books
from tests.support.orders import paid_order, redeemed, sold
from tests.support.till import Till, Together

SUPPORT = Path(__file__).parent / "support"
PREPARE = SUPPORT / "prepare_two_tills.py"
LEDGER_RACE = SUPPORT / "race_ledger.py"
SHORT_LEDGER = SUPPORT / "short_ledger.py"
AUDIT = Path(testing.__file__).parent / "inside" / "audit.py"
POINTS = 100


class World:
    """The server, its tills and the books."""

    def __init__(self, server, shop):
        self.server = server
        self.shop = shop
        self.books = Books(testing.connect_kwargs(server.database))
        self.tills = [self.log_in(facts) for facts in shop["tills"]]
        # Each of the two workers loads the database at its first call: not in a race.
        Together(2)(
            partial(till.call, "res.users", "has_group", facts["user_id"], "base.group_user")
            for till, facts in zip(self.tills, shop["tills"], strict=True)
        )

    def log_in(self, facts):
        """One more session of a till's cashier."""
        return Till(self.server.url, self.server.database, facts)

    def redeeming_order(self, till, holder, reward="reward"):
        """A sale of 15, of which 10 is paid with all 100 points of ``holder``."""
        lines = [
            sold(self.shop["tea"]),
            redeemed(holder["card_id"], self.shop[reward], POINTS),
        ]
        return paid_order(till.facts, lines, holder["partner_id"])


def report_of(database, script, label):
    """Run a script in an Odoo shell; what it prints after ``label``."""
    output = testing.databases().inside(database, script)
    (line,) = [line for line in output.splitlines() if line.startswith(f"{label}: ")]
    return json.loads(line.removeprefix(f"{label}: "))


@pytest.fixture(scope="module")
def world():
    name = testing.copy_database("two_tills")
    try:
        shop = report_of(name, PREPARE, "shop")
        with testing.start_server(name, workers=2) as server:
            world = World(server, shop)
            yield world
            world.books.close()
    finally:
        testing.drop_database(name)


# --- the judge ---------------------------------------------------------------------------


def spent_twice(books, holder, answers, orders):
    """What is wrong after two orders wanted the same 100 points, on anybody's loyalty."""
    faults = []
    accepted = sum(answer.accepted for answer in answers)
    if accepted != 1:
        faults.append(f"{accepted} of the 2 orders were accepted")
    stored = len(books.order_ids(*orders))
    if stored != 1:
        faults.append(f"{stored} of the 2 orders are stored")
    points = books.points(holder["card_id"])
    if points:
        faults.append(f"the card shows {points} points")
    return faults


def half_booked(books, holder, orders):
    """What else is wrong in the club's books after the one accepted order."""
    (order_id,) = books.order_ids(*orders)
    wanted = {
        "balance": 0,
        "seq": 2,
        "card": 0,
        "history": 0,
        "lots": 0,
        "allocated": POINTS,
        "entries": [["opening", POINTS, None], ["spend", -POINTS, order_id]],
        "purchases": [[5, order_id]],
    }
    found = books.account(holder)
    return [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def unclear(answers):
    """Refusals that a cashier could not understand, or that do not say what is left."""
    refused = [answer for answer in answers if not answer.accepted]
    return [
        f"refused with {answer.status} {answer.error}: {answer.message}"
        for answer in refused
        if not answer.refused_clearly or "0 points left" not in answer.message
    ]


# --- races -------------------------------------------------------------------------------


def test_two_tills_cannot_spend_the_same_points(world, capsys):
    together, answers, faults = Together(2), [], {}

    for number, racer in enumerate(world.shop["racers"]):
        orders = [world.redeeming_order(till, racer) for till in world.tills]
        pair = together(map(partial, [till.sync for till in world.tills], orders))
        answers += pair
        found = spent_twice(world.books, racer, pair, orders) or half_booked(
            world.books, racer, orders
        )
        if found or unclear(pair):
            faults[number] = found + unclear(pair)

    assert not faults
    assert len(answers) == 400
    with capsys.disabled():
        sys.stdout.write(f"\n{figures(answers)}\n")


def test_harness_sees_stock_spend_twice(world):
    """The same race on points that no club keeps, by stock's own three calls."""
    together, seen = Together(2), 0

    for racer in world.shop["stock_racers"]:
        orders = [world.redeeming_order(till, racer, "stock_reward") for till in world.tills]
        card = str(racer["card_id"])
        check = ("pos.order", "validate_coupon_programs", [], {card: -POINTS}, [])
        checks = together(partial(till.call, *check) for till in world.tills)
        answers = together(map(partial, [till.sync for till in world.tills], orders))
        for till, answer in zip(world.tills, answers, strict=True):
            order_id = answer.result["pos.order"][0]["id"]
            change = {
                "points": -POINTS,
                "program_id": world.shop["stock_reward"]["program_id"],
                "coupon_id": racer["card_id"],
                "barcode": False,
            }
            till.call("pos.order", "confirm_coupon_programs", order_id, {card: change})
        assert all(check.result["successful"] for check in checks)
        seen += len(spent_twice(world.books, racer, answers, orders)) == 3

    assert seen == len(world.shop["stock_racers"])


def test_order_sent_four_times_at_once_is_sold_once(world):
    """A till whose connection timed out sends again, while the first try is still running."""
    till = world.tills[0]
    sessions = [till, *(world.log_in(till.facts) for _ in range(3))]
    together, faults = Together(4), {}

    for number, member in enumerate(world.shop["resenders"]):
        order = paid_order(till.facts, [sold(world.shop["kettle"])], member["partner_id"])
        answers = together(partial(session.sync, order) for session in sessions)
        last = till.sync(order)

        order_ids = world.books.order_ids(order)
        found = world.books.account(member)
        if (
            len(order_ids) != 1
            or found["entries"][1:] != [["earn", 10, order_ids[0]]]
            or found["purchases"] != [[100, order_ids[0]]]
            or {found[name] for name in ("balance", "card", "history", "lots")} != {110}
            or not last.accepted
            or not any(answer.accepted for answer in answers)
            or not all(answer.accepted or answer.refused_clearly for answer in answers)
        ):
            faults[number] = (order_ids, found, answers)

    assert not faults


def test_ledger_answers_transactions_that_were_overtaken(world):
    """A debit that has become hopeless is refused at once; all else is tried again."""
    assert report_of(world.server.database, LEDGER_RACE, "answers") == {
        "nothing is left": [["insufficient", 0]],
        "enough is left": "to be tried again",
        "enough is left, tried again": [["posted", 20]],
        "the same key, tried again": [["replayed", 0]],
        "blocked meanwhile": [["blocked", 100]],
        "one of two is hopeless": [["insufficient", 0], ["posted", 60]],
    }


def test_ledger_answers_short_transactions(world):
    """On a kept connection: what is booked is booked once, and who comes second waits."""
    assert report_of(world.server.database, SHORT_LEDGER, "answers") == {
        "many": [],
        "enough": [["posted", 70]],
        "again": [["replayed", 70]],
        "other figures": [["key_reused", 70]],
        "too much": [["insufficient", 70]],
        "a repeat beside others": [["replayed", 70], ["posted", 95], ["posted", 60]],
        "one of two has too little": [["insufficient", 100], ["posted", 94]],
        "out and in": [["posted", 60], ["posted", 67]],
        "many at once": [],
        "the same key at the same moment": [["replayed", 20]],
        "too late": [["insufficient", 20]],
        "what came in meanwhile": [["posted", 20]],
        "books": [],
        "gaps": [],
    }


# --- members who may not, cashiers who may not ------------------------------------------------


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_points_of_an_inactive_member_are_not_spent(world, state):
    holder = world.shop[state]
    before = world.books.fingerprint()

    order = world.redeeming_order(world.tills[0], holder)
    answer = world.tills[0].sync(order)

    assert answer.refused_clearly
    assert "blocked" in answer.message
    assert not world.books.order_ids(order)
    assert world.books.fingerprint() == before


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_inactive_member_buys_without_earning(world, state):
    holder = world.shop[state]

    order = paid_order(world.tills[0].facts, [sold(world.shop["kettle"])], holder["partner_id"])
    answer = world.tills[0].sync(order)

    assert answer.accepted
    found = world.books.account(holder)
    assert [entry[0] for entry in found["entries"]] == ["opening"]
    assert found["purchases"] == [[100, *world.books.order_ids(order)]]


def forbidden_calls(shop):
    """What a cashier might try through RPC to make or move value."""
    victim = shop["victim"]
    wallet, card, partner = victim["wallet_id"], victim["card_id"], victim["partner_id"]
    program = shop["managed_program_id"]
    movement = {"wallet_id": wallet, "amount": 1000, "kind": "earn", "key": "mine"}
    entry = {**movement, "seq": 9, "balance_after": 1100, "idempotency_key": "mine"}
    return {
        "the ledger's door": ("loyalty.club.wallet", "_post", [[movement]]),
        "the ledger's other door": ("loyalty.club.wallet", "_post_or_raise", [[movement]]),
        "settling a debt": ("loyalty.club.debt", "_settle", [wallet, {}, "mine"]),
        "a balance": ("loyalty.club.wallet", "write", [[wallet], {"balance": 1000}]),
        "a wallet's state": ("loyalty.club.wallet", "write", [[wallet], {"state": "blocked"}]),
        "a new wallet": ("loyalty.club.wallet", "create", [{"kind_id": 1, "balance": 1000}]),
        "a wallet's end": ("loyalty.club.wallet", "unlink", [[wallet]]),
        "a new entry": ("loyalty.club.entry", "create", [entry]),
        "an entry": ("loyalty.club.entry", "write", [[1], {"amount": 1000}]),
        "an entry's end": ("loyalty.club.entry", "unlink", [[1]]),
        "a new lot": ("loyalty.club.lot", "create", [{"wallet_id": wallet, "amount": 1000}]),
        "a lot": ("loyalty.club.lot", "write", [[1], {"remaining": 1000}]),
        "a new purchase": ("loyalty.club.purchase", "create", [{"partner_id": partner}]),
        "a purchase": ("loyalty.club.purchase", "write", [[1], {"amount": 1000}]),
        "a card's points": ("loyalty.card", "write", [[card], {"points": 999999}]),
        "a card's holder": ("loyalty.card", "write", [[card], {"partner_id": 1}]),
        "a card's end": ("loyalty.card", "unlink", [[card]]),
        "a new card with points": (
            "loyalty.card",
            "create",
            [{"program_id": program, "partner_id": partner, "points": 1000}],
        ),
        "the adjustment": ("loyalty.club.wallet.adjust", "create", [{"wallet_id": wallet}]),
    }


def test_cashier_cannot_move_value_by_rpc(world):
    calls = forbidden_calls(world.shop)
    history = world.books.column(
        "SELECT id FROM loyalty_history WHERE card_id = %s", world.shop["victim"]["card_id"]
    )
    calls["a line of history"] = ("loyalty.history", "write", [history, {"issued": 1000}])
    before = world.books.fingerprint()

    # A client may send any context it likes; none of it may lend rights.
    context = {"active_test": False, "loyalty_no_mail": True, "install_mode": True, "su": True}
    answers = {
        name: world.tills[0].call(model, method, *arguments, context=context)
        for name, (model, method, arguments) in calls.items()
    }

    assert {name: answer for name, answer in answers.items() if not answer.refused_clearly} == {}
    assert world.books.fingerprint() == before


def test_cashier_cannot_use_stocks_adjustment(world):
    card, till = world.shop["victim"]["card_id"], world.tills[0]
    before = world.books.fingerprint()

    values = {"card_id": card, "new_balance": 1000, "description": "mine"}
    wizard = till.call("loyalty.card.update.balance", "create", values)
    answer = till.call("loyalty.card.update.balance", "action_update_card_point", wizard.result)

    assert wizard.accepted  # it is a form that moves nothing yet
    assert answer.refused_clearly
    assert world.books.fingerprint() == before


def test_cashier_cannot_write_history(world):
    """Only the ledger writes lines of a club card."""
    before = world.books.fingerprint()

    line = {"card_id": world.shop["victim"]["card_id"], "description": "mine", "issued": 1000}
    answer = world.tills[0].call("loyalty.history", "create", line)

    assert answer.refused_clearly
    assert world.books.fingerprint() == before


def test_cashier_cannot_mint_by_confirming(world):
    """Stock believes the number of points that a till confirms."""
    victim, till = world.shop["victim"], world.tills[0]
    order = paid_order(till.facts, [sold(world.shop["tea"])], victim["partner_id"])
    order_id = till.sync(order).result["pos.order"][0]["id"]
    before = world.books.fingerprint()

    answer = till.call(
        "pos.order",
        "confirm_coupon_programs",
        order_id,
        {
            str(victim["card_id"]): {
                "points": 5_000_000,
                "program_id": world.shop["managed_program_id"],
                "coupon_id": victim["card_id"],
                "partner_id": victim["partner_id"],
                "barcode": False,
            }
        },
    )

    assert answer.accepted
    assert world.books.fingerprint() == before


# --- after all of this ----------------------------------------------------------------------


def test_audit_finds_the_ledger_sound(world):
    report = testing.databases().inside(world.server.database, AUDIT)

    assert " 0 faults" in report
    assert testing.complaints(world.server.log) == []


def figures(answers):
    """The cashiers' waiting times in one line."""

    def times(chosen):
        seconds = [answer.seconds * 1000 for answer in chosen]
        return f"{statistics.median(seconds):.0f}/{statistics.quantiles(seconds, n=20)[-1]:.0f}"

    accepted = [answer for answer in answers if answer.accepted]
    refused = [answer for answer in answers if not answer.accepted]
    return (
        f"two tills: {len(answers) // 2} races, {len(accepted)} accepted in p50/p95 "
        f"{times(accepted)} ms, {len(refused)} refused in {times(refused)} ms"
    )

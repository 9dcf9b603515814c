"""What is done to a till on its way, and how often.

A journey is one sale in which points and credit are spent and the rest is paid with money, and
the return of a part of it. Each run plays it once and lets one thing go wrong.
"""

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

LOST = ("request", "answer")
ACCIDENTS = (None, "reload", "restart")
ASIDE = {"pos.config.update_customer_display", "pos.session.set_opening_control"}
SERIOUS = ("pay", "release", "pos.order.sync_from_ui")


@dataclass
class Run:
    """One journey and what goes wrong in it.

    :param name: for people.
    :param plan: which calls of the sale are lost, see line.cjs; ``after``: what happens to the
        till then.
    :param returns: whether a part is brought back.
    :param shots: where pictures of the screens go.
    """

    name: str
    plan: dict = field(default_factory=dict)
    returns: bool = False
    shots: str | None = None


class Journeys:
    """Plays runs, each with a member of its own, and has each judged.

    :param shop: what prepare.py printed.
    :param robot: :class:`tests.browser.robot.Robot` with the till ``a`` open.
    :param judge: :class:`tests.browser.judge.Judge`.
    """

    def __init__(self, shop, robot, judge):
        self.shop = shop
        self.robot = robot
        self.judge = judge
        self.unused = list(shop["members"])
        self.joined = 0
        self.cuts = 0
        self.runs = 0
        self.calls = []

    def wish(self, member, till="a"):
        """What the cashier is to do in a sale."""
        return {
            "till": till,
            "member": member,
            "goods": [self.shop["tea"], self.shop["cup"]],
            "points": 300,
            "credit": "Journey credit",
            "rest": "Card machine",
        }

    def newcomer(self, plan=None, shots=None):
        """Somebody joins at the till and tops up credit; the next time she spends a part of what
        she earned, pays the rest by credit, and brings a part back.

        :param plan: which calls of the enrolment are lost.
        """
        self.joined += 1
        name, mobile = f"Newcomer {self.joined}", f"0935777{self.joined:04d}"
        seen = self.robot.say("enrol", till="a", mobile=mobile, name=name, plan=plan, shots=shots)
        self.cuts += seen["cut"]
        topup = {"product": self.shop["topup_id"], "amount": 200}
        wish = self.wish(None) | {"points": None, "credit": None, "topup": topup}
        bought = self.robot.say("sell", **wish)
        self.robot.say("settle", till="a")
        member = self.judge.joined(name, seen)
        if not member:
            return bought
        self.judge.sale(member, bought)
        run = Run(f"{name} comes again", returns=True, shots=shots)
        return self.play(run, {**member, "mobile": mobile}, points=10)

    def play(self, run, member=None, **wishes):
        """One run; what the cashier saw of the sale.

        :param member: who buys; somebody who has done nothing yet, when left out.
        :param wishes: what is to be done otherwise than :meth:`wish` says.
        """
        member = member or self.unused.pop()
        wish = self.wish(member) | wishes
        sold = self.robot.say("sell", **wish, plan=run.plan, shots=run.shots)
        self.robot.say("settle", till="a")
        back = None
        if run.returns:
            wish = {"sale": sold["uuid"], "good": self.shop["cup"], "rest": "Card machine"}
            back = self.robot.say("refund", till="a", **wish)
            self.robot.say("settle", till="a")
        self.runs += 1
        self.cuts += sold["cut"]
        before = len(self.judge.wrong)
        self.judge.sale(member, sold)
        if back:
            self.judge.sale(member, back, bought=sold["order"]["total"])
        self.judge.member(member)
        for number in range(before, len(self.judge.wrong)):
            self.judge.wrong[number] = f"{run.name}: {self.judge.wrong[number]} {sold['noted']}"
        if not sold["done"]:
            self.judge.wrong.append(f"{run.name}: the sale never came to an end {sold['noted']}")
        return sold

    def each_call(self):
        """Runs that lose each call of an undisturbed sale once, on the way there or back."""
        for (call, at), lost in itertools.product(self.known(), LOST):
            yield Run(f"{lost} of {call} ({at}) lost", {"name": call, "at": at, "lost": lost})

    def known(self):
        """The calls of an undisturbed sale: name, and which of that name."""
        seen = Counter()
        for call in filter(lambda call: call not in ASIDE, self.calls):
            yield call, seen[call]
            seen[call] += 1

    def accidents(self, seed):
        """Endless runs that lose a call or several, and something happens to the till."""
        rng = random.Random(seed)
        # Most of what can go wrong goes wrong with these.
        known = [pair for pair in self.known() if pair[0] in SERIOUS] or list(self.known())
        while True:
            (call, at), lost = rng.choice(known), rng.choice(LOST)
            times, after = rng.choice((1, 1, 2, 4)), rng.choice(ACCIDENTS)
            name = f"{times} x {lost} lost from {call} ({at}), then {after}"
            plan = {"name": call, "at": at, "lost": lost, "times": times, "after": after}
            yield Run(name, plan, returns=rng.random() < 0.3)

"""A server with two workers, its shop, and cashiers in browsers; what they do in short and long."""

import contextlib
import itertools
import json
import os
import secrets
import sys
from pathlib import Path

import psycopg2
from clubtool import testing

from ..support.books import Books
from ..support.planting import SWITCH
from .journeys import LOST, Journeys, Run
from .judge import Judge
from .robot import Robot

FOLDER = Path(__file__).parent
PLANTED = FOLDER.parent / "fault" / "planted"
TAPS = 6  # what a cashier needs after the goods until the receipt, at most
RUNS = 50
EXPIRE = "UPDATE loyalty_club_hold SET expires_at = now() - interval '1 hour' WHERE state = 'open'"
SYNC = "pos.order.sync_from_ui"
# Bugs that must be found, by the run that meets them; the first is the server's.
MUTANTS = {
    "capture left out": Run("an undisturbed sale"),
    "key made anew at each try": Run("pay", {"name": "pay", "lost": "answer"}),
    "order forgotten when its answer is lost": Run("sync", {"name": SYNC, "lost": "request"}),
}
ON_SERVER = {"capture left out"}


class Stage:
    """Everything a run needs.

    :param members: how many members can be used, one for each run.
    """

    def __init__(self, members):
        self.open = contextlib.ExitStack()
        self.name = testing.copy_database("browser")
        self.open.callback(testing.drop_database, self.name)
        words = {"JOURNEY_MEMBERS": str(members)}
        output = testing.databases().inside(self.name, FOLDER / "prepare.py", environment=words)
        (line,) = [line for line in output.splitlines() if line.startswith("journey: ")]
        self.shop = json.loads(line.removeprefix("journey: "))
        addons = ",".join([*testing.addons_path(), str(PLANTED)])
        options = [f"--addons-path={addons}", "--load=base,rpc,web,fault_mutants"]
        server = testing.start_server(self.name, workers=2, options=options)
        self.server = self.open.enter_context(server)
        self.robot = Robot(self.server)
        self.open.callback(self.robot.close)
        self.robot.open("a", self.shop["tills"][0])
        self.books = Books(testing.connect_kwargs(self.name))
        self.open.callback(self.books.close)
        self.journeys = Journeys(self.shop, self.robot, Judge(self.books, self.shop))

    def close(self):
        """End what runs and drop the database."""
        self.open.close()

    def execute(self, statement, *words):
        """Change the database beside the server."""
        connection = psycopg2.connect(**testing.connect_kwargs(self.name))
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, words)
        connection.close()

    # --- parts --------------------------------------------------------------------------

    def undisturbed(self):
        """One journey with a return, without anything going wrong; its taps are counted."""
        run = Run("an undisturbed sale", returns=True, shots=self.shots("en"))
        seen = self.journeys.play(run)
        self.journeys.calls = seen["calls"]
        return seen["taps"]

    def newcomer(self):
        """The whole journey of somebody who is no member yet."""
        seen = self.journeys.newcomer(shots=self.shots("en-new"))
        self.journeys.calls = seen["calls"]
        return seen["taps"]

    def fewest_taps(self):
        """A sale that is paid with points alone: how many taps a cashier needs."""
        member = self.journeys.unused.pop()
        wish = self.journeys.wish(member) | {"goods": [self.shop["cup"]], "points": "all"}
        seen = self.robot.say("sell", **wish)
        self.robot.say("settle", till="a")
        self.journeys.judge.sale(member, seen)
        self.journeys.judge.member(member)
        return seen["taps"]

    def persian(self):
        """An undisturbed sale from right to left, by a mobile typed in Persian digits."""
        member = self.journeys.unused.pop()
        self.open_second()
        digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
        typed = {**member, "mobile": member["mobile"].translate(digits)}
        seen = self.robot.say("sell", **self.journeys.wish(typed, "b"), shots=self.shots("fa"))
        self.robot.say("settle", till="b")
        self.journeys.judge.sale(member, seen)
        self.journeys.judge.member(member)
        self.journeys.runs += 1
        if not seen.get("rtl"):
            self.journeys.judge.wrong.append("the Persian till does not run from right to left")

    def open_second(self):
        """Open the second till, once."""
        if "b" not in self.robot.opened:
            self.robot.open("b", self.shop["tills"][1])

    @staticmethod
    def shots(language):
        """Where pictures go, when SHOTS names a folder."""
        folder = os.environ.get("SHOTS")
        return folder and f"{folder}/till-{language}"

    def late(self):
        """The till is cut off after the credit was held, and comes back when the time is over."""
        run = Run("sync after the hold expired", {"name": SYNC, "lost": "request", "times": 1000})
        member = self.journeys.unused.pop()
        sold = self.robot.say("sell", **self.journeys.wish(member), plan=run.plan, stay=True)
        self.execute(EXPIRE)
        testing.databases().inside(self.name, FOLDER / "expire.py")
        self.robot.say("settle", till="a")
        self.journeys.judge.sale(member, sold, late=True)
        self.journeys.judge.member(member)
        self.journeys.runs += 1

    def two_tills(self):
        """Two tills want the credit of one member at one moment."""
        member = self.journeys.unused.pop()
        self.open_second()
        answers = self.robot.together(
            [("sell", self.journeys.wish(member, till)) for till in ("a", "b")]
        )
        for till, seen in zip(("a", "b"), answers, strict=True):
            self.robot.say("settle", till=till)
            self.journeys.judge.sale(member, seen)
        self.journeys.judge.member(member)
        self.journeys.runs += 1

    def mutants(self):
        """Plant one bug after the other; which of them were found."""
        found = {}
        for name, run in MUTANTS.items():
            judge = Judge(self.books, self.shop)
            journeys = Journeys(self.shop, self.robot, judge)
            journeys.unused = self.journeys.unused
            if name in ON_SERVER:
                self.execute(SWITCH, name)
            else:
                self.robot.say("plant", till="a", bug=name)
            journeys.play(run)
            found[name] = bool(judge.wrong or judge.stranded)
            self.execute(SWITCH, "none")
            self.robot.say("reload", till="a")
        return found


def play(short):
    """All parts; the closing line, and whether all is well."""
    seed = os.environ.get("LC_SEED") or secrets.token_hex(4)
    stage = Stage(members=20 if short else 2 * RUNS + 80)
    try:
        journeys = stage.journeys
        taps = stage.newcomer() if short else stage.undisturbed()
        fewest = stage.fewest_taps()
        accidents = journeys.accidents(seed)
        if short:
            runs = itertools.islice(accidents, 2)
        else:
            journeys.newcomer()
            for lost in LOST:
                journeys.newcomer({"name": "enrol", "lost": lost})
            stage.persian()
            stage.two_tills()
            stage.late()
            runs = itertools.chain(journeys.each_call(), itertools.islice(accidents, RUNS))
        for run in runs:
            journeys.play(run)
        found = {} if short else stage.mutants()
    finally:
        stage.close()
    judge = journeys.judge
    line = (
        f"till in the browser: runs={journeys.runs} cuts={journeys.cuts} orders={judge.orders} "
        f"lost={judge.lost} double={judge.double} stranded={judge.stranded} taps={fewest} "
        f"(with a part of the points and credit {taps}) "
        f"mutants={sum(found.values())}/{len(found)} seed={seed}"
    )
    sound = not judge.wrong and all(found.values()) and fewest <= TAPS
    return line, sound, judge.wrong


def main(short):
    """Print what was found; the exit code."""
    line, sound, wrong = play(short)
    for text in wrong[:40]:
        sys.stdout.write(f"  {text[:1500]}\n")
    sys.stdout.write(f"{line}\n")
    return 0 if sound else 1

"""A server with two workers on a database of its own, its people and its books."""

import contextlib
import json
from functools import cached_property
from pathlib import Path

import psycopg2
from clubtool import testing

from ..browser.robot import Robot
from ..support.books import Books
from ..support.planting import SWITCH
from .doors import ENDING, PLAIN, Door, strangers
from .things import Things
from .visitor import Visitor

FOLDER = Path(__file__).parent


class Stage:
    """Everything that the parts need."""

    def __init__(self):
        self.open = contextlib.ExitStack()
        try:
            self._build()
        except BaseException:
            self.open.close()
            raise

    def _build(self):
        self.name = testing.copy_database("portal")
        self.open.callback(testing.drop_database, self.name)
        output = testing.databases().inside(self.name, FOLDER / "prepare.py")
        (line,) = [line for line in output.splitlines() if line.startswith("portal: ")]
        self.shop = json.loads(line.removeprefix("portal: "))
        addons = ",".join([*testing.addons_path(), str(FOLDER / "planted")])
        options = [
            f"--addons-path={addons}",
            "--load=base,rpc,web,portal_mutants",
            # Visitors come from networks of their own, or limits would end every part.
            "--proxy-mode",
        ]
        server = testing.start_server(self.name, workers=2, options=options)
        self.server = self.open.enter_context(server)
        self.books = Books(testing.connect_kwargs(self.name))
        self.open.callback(self.books.close)
        self.begin()
        self.victim, self.other = self.things("victim"), self.things("other")

    def begin(self):
        """The victim has a transfer that waits for her code, and a reward to collect."""
        shop = self.shop
        self.plain = PLAIN | shop["plain"]
        victim = Visitor(self.server, shop["victim"]["login"])
        words = {
            "wallet_id": shop["victim"]["credit"],
            "receiver": shop["friend"]["number"],
            "amount": "7",
            "key": "portal-victim-0001",
        }
        answer = victim.call("/loyalty_club/transfer/request", words)
        assert "waiting_sender" in answer.text, answer.text
        place = f"/my/club/{shop['victim']['id']}/rewards"
        answer = victim.post(f"{place}/{self.plain['reward_id']}/take", key="portal-victim-0002")
        assert f"{place}/taken/" in answer.leads_to, answer.text

    def things(self, who):
        """The records of one of the members whom prepare.py made."""
        return Things(self.books, self.shop[who])

    @cached_property
    def doors(self):
        """The doors that are asked at: all but those that sign out, or that nobody explained."""
        known = [facts for facts in self.shop["doors"] if not strangers([facts])]
        return [Door.read(facts) for facts in known if facts["address"] not in ENDING]

    @cached_property
    def robot(self):
        """Browsers, started when the first part needs one."""
        robot = Robot(self.server, FOLDER / "visitor.cjs")
        self.open.callback(robot.close)
        return robot

    def plant(self, name="none"):
        """Switch a bug of the server on, or all of them off."""
        self.execute(SWITCH, name)

    def execute(self, statement, *words):
        """Change the database beside the server."""
        connection = psycopg2.connect(**testing.connect_kwargs(self.name))
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, words)
        connection.close()

    def close(self):
        """End what runs and drop the database."""
        self.open.close()

"""People in browsers, as Python speaks to them: one process of Node.js for all of them."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from clubtool import testing

PROGRAM = Path(__file__).parent / "cashier.cjs"
CHROMIUM = "chromium"


class RobotError(Exception):
    """The robot itself could not go on; never a finding about the till."""


class Robot:
    """Browsers and who sits before them.

    :param server: :class:`clubtool.servers.Server`, running.
    :param program: what the process runs; the cashier, unless told otherwise.
    """

    def __init__(self, server, program=PROGRAM):
        installation = testing.installation()
        environment = installation.environment()
        # Where the robot finds playwright-core
        environment["NODE_PATH"] = str(installation.node_bin.parent)
        self.server = server
        self.opened = set()
        self.folder = Path(tempfile.mkdtemp(prefix="club_browser_"))
        self.log = (self.folder / "robot.log").open("w+")
        self.process = subprocess.Popen(
            [shutil.which("node", path=environment["PATH"]), str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=environment,
        )

    def open(self, name, till, **facts):
        """Open a till in a browser of its own; the session's cookie is the cashier's."""
        self.opened.add(name)
        self.say(
            "open",
            till=name,
            url=self.server.url,
            database=self.server.database,
            login=till["login"],
            config_id=till["config_id"],
            folder=str(self.folder / name),
            chromium=shutil.which(CHROMIUM),
            **facts,
        )

    def say(self, what, **words):
        """Have the robot do something; its answer."""
        (answer,) = self.together([(what, words)])
        return answer

    def together(self, commands):
        """Have the robot do several things at one time, at tills of their own; its answers."""
        for number, (what, words) in enumerate(commands):
            command = {"id": number, "do": what, **words}
            self.process.stdin.write(f"{json.dumps(command)}\n")
        self.process.stdin.flush()
        answers = dict(self._answer(what) for what, _words in commands)
        return [answers[number] for number in range(len(commands))]

    def _answer(self, what):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise RobotError(f"the robot ended during “{what}”: {self.log.read()[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise RobotError(f"{what}: {answer['error']}")
        return answer["id"], answer["result"]

    def close(self):
        """End the browsers and the robot."""
        if self.process.poll() is None:
            self.say("close")
            self.process.stdin.close()
            self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

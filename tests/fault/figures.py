"""What the parts of the harness found, as figures: one file for each part, one closing line."""

import json
import statistics
from collections import Counter
from dataclasses import asdict, dataclass, field

from clubtool.paths import clone_dir

FAULTS = ("lost", "double", "half", "chain")
SUMMED = ("rounds", "kills", "crashes", *FAULTS)
# The bugs that the plan of this harness names. Parts plant more than these.
PLANNED = (
    "no key gate",
    "key after the charge",
    "answer not stored",
    "guard off by one",
    "guard dropped",
    "sum of entries",
    "refund cap dropped",
    "transfer without ordering",
    "transfer plus one",
    "hold captured twice",
    "hold released after capture",
    "newest lot expires first",
    "expiry without recheck",
    "earned points kept",
    "seal without previous",
)
SLOW_MS = 500  # what 95 of 100 answers may take in parts that promise an answer in time


def folder():
    """Where each part leaves its figures."""
    place = clone_dir() / "logs" / "fault"
    place.mkdir(parents=True, exist_ok=True)
    return place


@dataclass
class Figures:
    """The figures of one part.

    :param part: its name, and that of its file.
    :param seed: repeats its choices.
    """

    part: str
    seed: str
    slow_ms: int = SLOW_MS
    rounds: int = 0
    kills: int = 0
    crashes: int = 0
    steps: int = 0
    lost: int = 0
    double: int = 0
    half: int = 0
    chain: int = 0
    bugs: dict = field(default_factory=dict)  # planted, by name: whether it was found
    acknowledged: int = 0
    refused: int = 0
    replayed: int = 0  # acknowledged, but the first answer had been lost
    unknown: dict = field(default_factory=dict)  # answers that said nothing, by kind
    waited: list = field(default_factory=list)  # seconds, of each answer
    notes: dict = field(default_factory=dict)  # more figures, for people
    wrong: list = field(default_factory=list)  # everything that must not be, in words
    seconds: float = 0.0

    def add_load(self, load):
        """Count what the clients of a load were told."""
        self.add_unknown(load.clients)
        self.add_replies(load.replies)

    def add_unknown(self, clients):
        """Count what clients heard that was no answer."""
        for client in clients:
            self.unknown = dict(Counter(self.unknown) + client.unknown)
            client.unknown.clear()

    def add_replies(self, replies):
        """Count what clients were told."""
        words = Counter(reply.word for reply in replies)
        self.acknowledged += words["done"] + words["replayed"]
        self.refused += words["refused"]
        self.replayed += words["replayed"]
        self.waited += [reply.seconds for reply in replies]

    @property
    def milliseconds(self):
        """How long clients waited for their answers: median, 95 of 100, longest."""
        if len(self.waited) < 2:
            return []
        last = statistics.quantiles(self.waited, n=20)[-1]
        chosen = (statistics.median(self.waited), last, max(self.waited))
        return [round(1000 * time) for time in chosen]

    def add_verdict(self, verdict):
        """Count what the judge found."""
        for name in FAULTS:
            setattr(self, name, getattr(self, name) + verdict.counts[name])
        self.wrong += verdict.texts

    def demand_speed(self):
        """Note that people wait too long."""
        late = self.milliseconds[1]
        self.demand(late <= self.slow_ms, f"5 of 100 waited {late} ms or longer")

    def demand(self, held, text):
        """Note that something does not hold."""
        if not held:
            self.wrong.append(text)

    def line(self):
        """The part in one line, for people."""
        counts = " ".join(
            f"{name}={value}"
            for name in ("rounds", "kills", "crashes", "steps", "acknowledged", "refused")
            if (value := getattr(self, name))
        )
        words = [f"fault {self.part}:", counts]
        if self.milliseconds:
            words.append("p50/p95/max={}/{}/{}ms".format(*self.milliseconds))
        if self.acknowledged:
            words.append(f"by replay={self.replayed}")
        if self.unknown:
            words.append(f"unknown={sum(self.unknown.values())}")
        words += [f"{name}={value}" for name, value in self.notes.items()]
        if self.bugs:
            words.append(f"mutants={sum(self.bugs.values())}/{len(self.bugs)}")
        words.append(" ".join(f"{name}={getattr(self, name)}" for name in FAULTS))
        words.append(f"in {self.seconds:.0f}s seed={self.seed}")
        return " ".join(words)

    def store(self):
        """Leave the figures for the closing line."""
        found = {**asdict(self), "waited": len(self.waited), "milliseconds": self.milliseconds}
        (folder() / f"{self.part}.json").write_text(json.dumps(found, indent=1))


def forget():
    """Remove the figures of earlier runs."""
    for file in folder().glob("*.json"):
        file.unlink()


def closing_line(short):
    """All parts' figures in one line, and whether all is as it must be.

    :param short: the short form plants some of the bugs only.
    :returns: the line, and True or False.
    """
    totals, planted, missed = Counter(), set(), set()
    for file in sorted(folder().glob("*.json")):
        found = json.loads(file.read_text())
        totals.update({name: found[name] for name in SUMMED})
        planted |= found["bugs"].keys()
        missed |= {name for name, caught in found["bugs"].items() if not caught}
    wanted = planted.intersection(PLANNED)
    figures = " ".join(f"{name}={totals[name]}" for name in SUMMED)
    line = f"fault: {figures} mutants={len(wanted - missed)}/{len(wanted)}"
    sound = not missed and not any(totals[name] for name in FAULTS)
    return line, sound and (short or len(wanted) == len(PLANNED))

"""One key, sent many times: at once, after a restart, and with another body."""

from functools import partial

from ..support.till import Together
from . import jobs
from .judge import same_answer
from .world import TILLS

AMOUNT, OTHER = 60, 30  # a second effect would find too little or leave a trace


class Repeats:
    """Keys with the answers that they got."""

    def __init__(self, world, figures):
        self.world = world
        self.figures = figures
        self.together = Together(TILLS)
        self.replies = []  # one to each key

    def at_once(self, job):
        """Send one job from all tills at the same moment: done once, told the same to all."""
        replies = self.together(partial(client.ask, job) for client in self.world.clients)
        self.replies.append(next((r for r in replies if r.done), replies[0]))
        firsts = sum(reply.word == "done" for reply in replies)
        if job.name == "charge":  # the answer to a hold does not say that it is a repeat
            self.figures.demand(firsts == 1, f"{job.name}: {firsts} were told that they were first")
            self.figures.double += max(firsts - 1, 0)
        self.same(job, replies)
        self.figures.add_replies(replies)

    def later(self, reply):
        """Send it once more."""
        again = self.world.clients[0].ask(reply.job)
        if reply.job.name == "charge":
            self.figures.demand(again.word == "replayed", f"{reply.job.name}: {again.word} at last")
        self.same(reply.job, [reply, again])

    def same(self, job, replies):
        """All were told the same."""
        first = replies[0].answer
        for reply in replies[1:]:
            alike = same_answer(first, reply.answer)
            self.figures.demand(alike, f"{job.name}: {first.result}, later {reply.answer.result}")

    def other_body(self, key, job):
        """The same key with other figures is refused, and says so."""
        answer = self.world.clients[0].ask(job).answer.result
        refused = answer["status"] == "refused" and answer["reason"] == "key_reused"
        self.figures.demand(refused, f"{key} with another body: {answer}")


def run(world, figures, keys, restart=True):
    """``keys`` keys: charges, and holds that are authorised and captured.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    :param restart: ask again after the server was killed and started.
    """
    repeats = Repeats(world, figures)
    wallets = [member["credit"] for member in world.members(keys)]
    for number, wallet in enumerate(wallets):
        key = jobs.new_key("repeat")
        if number % 3 < 2:  # by turns: a few keys must do to meet both kinds
            repeats.at_once(jobs.charge(wallet, AMOUNT, key))
            repeats.other_body(key, jobs.charge(wallet, OTHER, key))
        else:
            # The till that authorised captures, over whichever connection.
            at = world.clients[0].till.facts["config_id"]
            repeats.at_once(jobs.authorize(wallet, AMOUNT, key, at))
            repeats.other_body(key, jobs.authorize(wallet, OTHER, key, at))
            repeats.at_once(jobs.capture(wallet, AMOUNT, key, at))
            repeats.other_body(key, jobs.capture(wallet, OTHER, key, at))
    if restart:
        world.restart()
    for reply in repeats.replies:
        repeats.later(reply)
    figures.rounds = keys
    figures.add_verdict(world.judge.verdict(wallets, repeats.replies))

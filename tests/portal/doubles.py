"""A form that is sent twice at the same moment, and once more later, does what it says once."""

from functools import partial
from uuid import uuid4

from ..support.till import Together
from .visitor import Visitor

TRIES, FEW = 1000, 15
LAST = "SELECT COALESCE(MAX(id), 0) FROM loyalty_club_entry"
SENT = """
    SELECT COUNT(*), COALESCE(SUM(amount), 0)::float FROM loyalty_club_entry
     WHERE wallet_id = %s AND kind = %s AND id > %s"""
LAST_HOLD = "SELECT COALESCE(MAX(id), 0) FROM loyalty_club_hold"
HELD = """
    SELECT (SELECT COUNT(*) FROM loyalty_club_reward_taken WHERE wallet_id = %s AND hold_id > %s),
           COUNT(*), COALESCE(SUM(amount), 0)::float
      FROM loyalty_club_hold WHERE wallet_id = %s AND id > %s AND state = 'open'"""


class Pair:
    """One person who is signed in twice and sends everything twice at once, and a third time.

    :param figures: :class:`tests.portal.figures.Figures`.
    """

    def __init__(self, stage, figures, login):
        self.figures = figures
        self.sessions = [Visitor(stage.server, login) for _session in range(2)]
        for session in self.sessions:
            session.take_token()
        self.together = Together(2)

    def send(self, request):
        """Send one request; what was answered, in words for people.

        :param request: function of a :class:`tests.portal.visitor.Visitor`.
        """
        answers = self.together(partial(request, session) for session in self.sessions)
        answers.append(request(self.sessions[self.figures.rounds % 2]))
        self.figures.rounds += 1
        self.figures.waited += [answer.seconds for answer in answers]
        return [(answer.status, answer.leads_to, answer.text[:200]) for answer in answers]


def run(stage, figures, short):
    """Double submits of what moves value.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    tries = FEW if short else TRIES
    transfers(stage, figures, tries)
    rewards(stage, figures, tries)


def transfers(stage, figures, tries):
    """Send one point to a friend: by the form, and by the door for programs."""
    rich, friend = stage.shop["rich"], stage.shop["friend"]
    pair = Pair(stage, figures, rich["login"])
    for number in range(tries):
        before, key = stage.books.value(LAST), f"portal-{uuid4().hex}"
        words = {"receiver": friend["number"], "amount": "1", "key": key}

        def by_form(session, words=words):
            return session.post(f"/my/club/{rich['id']}/send/ask", wallet=rich["points"], **words)

        def by_program(session, words=words):
            door = "/loyalty_club/transfer/request"
            return session.call(door, {"wallet_id": rich["points"], **words})

        told = pair.send(by_form if number % 2 else by_program)
        (sent,) = stage.books.rows(SENT, rich["points"], "transfer_out", before)
        (got,) = stage.books.rows(SENT, friend["points"], "transfer_in", before)
        figures.demand(
            sent == (1, -1.0) and got == (1, 1.0),
            f"transfer {number}: {sent} sent, {got} received: {told}",
        )


def rewards(stage, figures, tries):
    """Take a reward."""
    lucky, price = stage.shop["lucky"], float(stage.shop["price"])
    pair = Pair(stage, figures, lucky["login"])
    take = f"/my/club/{lucky['id']}/rewards/{stage.plain['reward_id']}/take"
    for number in range(tries):
        before, key = stage.books.value(LAST_HOLD), uuid4().hex
        told = pair.send(lambda session, key=key: session.post(take, key=key))
        wallet = lucky["points"]
        (held,) = stage.books.rows(HELD, wallet, before, wallet, before)
        figures.demand(held == (1, 1, price), f"reward {number}: {held} taken and held: {told}")

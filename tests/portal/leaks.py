"""Whoever asks for what is another's learns nothing, changes nothing, and is told what she would
be told if it did not exist.
"""

from urllib.parse import unquote

from .doors import strangers
from .things import missing, plain
from .visitor import Visitor, in_path

ODD = (0, 10**30)  # ids that no record can have
SIGN_IN = ("/web/login", "SessionExpired")


class Asker:
    """Asks at doors and notes what is wrong with the answers.

    :param figures: :class:`tests.portal.figures.Figures`.
    :param things: of the member whose place it is.
    :param plain: values of parameters that name nobody's record.
    """

    def __init__(self, figures, things, plain):
        self.figures = figures
        self.plain = plain
        self.things = things
        self.secrets = things.secrets()
        self.state = things.state()

    def ask(self, visitor, door, method, values):
        """One request with these values; the answer."""
        values = self.plain | values
        path = door.path(values, in_path)
        fields = {name: values[name] for name in door.names}
        if door.type == "jsonrpc":
            answer = visitor.call(path, fields)
        elif method == "POST":
            answer = visitor.post(path, **fields)
        else:
            query = "&".join(f"{name}={in_path(value)}" for name, value in fields.items())
            answer = visitor.get(f"{path}?{query}" if query else path)
        self.figures.rounds += 1
        self.judge(visitor, f"{method} {path}", answer, set(map(str, fields.values())))
        return answer

    def judge(self, visitor, what, answer, typed):
        """Note what the answer tells that it must not tell.

        :param typed: what she has typed herself, and may be shown again.
        """
        who = visitor.login or "a visitor"
        told = {
            secret for secret in self.secrets if secret in answer.text + answer.leads_to
        } - typed
        self.figures.demand(not told, f"{who} learns {told} by {what}")
        self.figures.demand(answer.status < 500, f"{who} gets {answer.status} by {what}")

    def unchanged(self, what):
        """Note what has changed of the member's."""
        now = self.things.state()
        if changed := {
            name for name in {*now, *self.state} if now.get(name) != self.state.get(name)
        }:
            self.figures.demand(False, f"{what} changed {sorted(changed)}")
            self.state = now


def run(stage, figures, short):
    """Ask at each door for what is the victim's, in the name of three others.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    figures.wrong += strangers(stage.shop["doors"])
    ask_at(stage, figures, stage.doors, () if short else ODD)
    figures.notes["doors"] = len(stage.doors)


def ask_at(stage, figures, doors, odd=()):
    """Ask at these doors.

    :param odd: ids to ask for besides.
    """
    shop = stage.shop
    asker = Asker(figures, stage.victim, stage.plain)
    own = {"member_id": shop["other"]["id"], "member": shop["other"]["id"]}
    visitors = [
        (Visitor(stage.server, shop["other"]["login"]), own),
        (Visitor(stage.server, shop["nobody"]["login"]), {}),
        (Visitor(stage.server), {}),
    ]
    for door in doors:
        for visitor, hers in visitors:
            # One's own place with another's things, and another's place.
            mixed = {name: value for name, value in hers.items() if name in door.records}
            for besides in ({}, mixed) if mixed else ({},):
                for method in door.methods:
                    _compare(asker, visitor, door, method, besides)
                    for number in odd if visitor.login else ():
                        values = dict.fromkeys(door.records, number) | besides
                        asker.ask(visitor, door, method, values)


def _compare(asker, visitor, door, method, besides):
    """Ask for what is hers and for what does not exist, and compare."""
    foreign = {name: asker.things.values[sort] for name, sort in door.records.items()} | besides
    absent = {name: missing(sort) for name, sort in door.records.items()} | besides
    answer = asker.ask(visitor, door, method, foreign)
    who = visitor.login or "a visitor"
    asker.unchanged(f"{who}: {method} {door.address}")
    if not visitor.login and door.auth == "user":
        told = answer.leads_to + answer.exception
        asker.figures.demand(
            any(sign in told for sign in SIGN_IN),
            f"a visitor is not sent to the login by {method} {door.address}: {answer.said[:2]}",
        )
    if not (foreign.keys() - besides.keys()):
        return
    asked = {*foreign.values(), *absent.values()}
    first, second = _words(answer, asked), _words(asker.ask(visitor, door, method, absent), asked)
    if first != second:  # something was said once, such as that a form was saved
        first, second = (
            _words(asker.ask(visitor, door, method, values), asked) for values in (foreign, absent)
        )
    asker.figures.demand(
        first == second,
        f"{who} is told apart by {method} {door.address} with {besides}: "
        f"{first[:2]} and {second[:2]} {_difference(first[2], second[2])}",
    )


def _words(answer, values):
    return (
        answer.status,
        plain(unquote(answer.leads_to), values),
        plain(unquote(answer.text), values),
    )


def _difference(one, two):
    """Where two texts begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    return repr(one[max(at - 60, 0) : at + 60]), repr(two[max(at - 60, 0) : at + 60])

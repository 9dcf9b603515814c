"""The harness tested: bugs are planted one after the other, and each must be found."""

from . import doubles, fuzz, leaks
from .figures import Figures
from .pages import Browsers, faults

HISTORY = "/my/club/<int:member_id>/history"
CHARGE = "/loyalty_club/till/charge"
CHECK = "/loyalty_club/check/<string:code>"


def _leaks_at(address):
    def part(stage, trial):
        leaks.ask_at(stage, trial, [door for door in stage.doors if door.address == address])

    return part


def _nonsense_at(address):
    def part(stage, trial):
        fuzz.throw(stage, trial, 40, [door for door in stage.doors if door.address == address])

    return part


# Which part finds which bug, and how much of it is enough.
PLANTED = {
    "membership by id alone": _leaks_at(HISTORY),
    "till for everybody": _leaks_at(CHARGE),
    "transfer without its key": lambda stage, trial: doubles.transfers(stage, trial, 3),
    "reward without its key": lambda stage, trial: doubles.rewards(stage, trial, 3),
    "page that reads numbers only": _nonsense_at(CHECK),
}
IN_PAGE = ("fields without labels", "page too wide")


def run(stage, figures, _short):
    """Plant one bug after the other.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    for name, part in PLANTED.items():
        trial = Figures(name, figures.seed)
        stage.plant(name)
        part(stage, trial)
        stage.plant()
        figures.rounds += 1
        figures.demand(trial.wrong, f"the bug “{name}” was not found")
    browsers = Browsers(stage, Figures("bugs in the page", figures.seed))
    browsers.come("somebody", 390, "en_US")
    for name in IN_PAGE:
        seen = stage.robot.say("visit", who="somebody", path="/club/join", audit=True, bug=name)
        figures.rounds += 1
        figures.demand(faults(seen, "en_US"), f"the bug “{name}” was not found")
    browsers.leave("somebody")

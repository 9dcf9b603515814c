"""Each page as a browser shows it, on a telephone and at a desk, in both languages: nothing grave
for the accessibility checker, nothing to be scrolled sideways, no error in the browser's log.
"""

import itertools
import shutil

from .visitor import Visitor, in_path

CHROMIUM = "chromium"
# Odoo's own pages, where we only lead on from: what is grave there is Odoo's.
STOCK = {"/web/signup", "/web/reset_password"}
SIZES = {390: 844, 1280: 800}
LANGUAGES = ("en_US", "fa_IR")
WAYS = [*itertools.product(SIZES, LANGUAGES), (360, "fa_IR")]  # 360: the smallest telephone


class Browsers:
    """People who look at pages.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`.
    """

    def __init__(self, stage, figures):
        self.stage = stage
        self.figures = figures

    def come(self, who, width, language, cookies=None):
        """Somebody opens a browser."""
        server = self.stage.server
        self.stage.robot.say(
            "come",
            who=who,
            chromium=shutil.which(CHROMIUM),
            url=server.url,
            width=width,
            height=SIZES.get(width, 800),
            language=language,
            cookies=cookies or {},
        )

    def leave(self, who):
        """Somebody closes it."""
        self.stage.robot.say("leave", who=who)

    def look(self, who, language, path=None, **words):
        """Look at a page, or at the one that is open; what is seen, after it was judged."""
        seen = self.stage.robot.say("visit", who=who, path=path, audit=True, **words)
        self.figures.rounds += 1
        for text in faults(seen, language):
            self.figures.demand(False, f"{who}: {path or seen['url']}: {text}")
        return seen


def faults(seen, language):
    """What is wrong with a page, in words."""
    found = [f"{error}" for error in seen["errors"]]
    if seen["tooWide"] > 0:
        found.append(f"{seen['tooWide']} pixels too wide")
    if seen["rtl"] != (language == "fa_IR"):
        found.append("written in the wrong direction")
    if len(seen["headings"]) != 1:
        found.append(f"{len(seen['headings'])} main headings: {seen['headings']}")
    return found + [f"{one['rule']}: {one['nodes']}" for one in seen["violations"]]


def addresses(stage, visitor, own):
    """Addresses of the pages that somebody may see: those that lead to no other place.

    :param own: values of the parts of addresses that name what is hers.
    """
    for door in stage.doors:
        is_page = door.website and "GET" in door.methods and door.type == "http"
        is_page = is_page and door.address not in STOCK
        # What is for everybody is looked at by visitors.
        if not is_page or (door.auth == "public") == bool(visitor.login):
            continue
        path = door.path(stage.plain | own, in_path)
        answer = visitor.get(path)
        if answer.status == 200 and answer.media.startswith("text/html"):
            yield path


def run(stage, figures, short):
    """Look at every page.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    browsers = Browsers(stage, figures)
    rich, anybody = Visitor(stage.server, stage.shop["rich"]["login"]), Visitor(stage.server)
    values = stage.things("rich").values
    own = {name: values[sort] for door in stage.doors for name, sort in door.records.items()}
    pages = {visitor: sorted(set(addresses(stage, visitor, own))) for visitor in (rich, anybody)}
    figures.notes["pages"] = sum(map(len, pages.values()))
    for number, (width, language) in enumerate(WAYS):
        for visitor, paths in pages.items():
            who = f"{visitor.login or 'a visitor'} {width} {language}"
            known = {"session_id": visitor.cookies["session_id"]} if visitor.login else {}
            browsers.come(who, width, language, known)
            # The short form looks at each page once, each time in another way.
            for path in paths[number :: len(WAYS)] if short else paths:
                browsers.look(who, language, path)
            browsers.leave(who)

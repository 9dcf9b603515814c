"""Somebody joins with her telephone, looks around, sends points, takes a reward and shows its
code: in a browser, on a small and on a large screen, in both languages.
"""

import itertools
import os
import re

from .pages import LANGUAGES, SIZES, Browsers

CODE = """
    SELECT body FROM loyalty_club_outbox
     WHERE address = %s AND kind = 'one_time_code' ORDER BY id DESC LIMIT 1"""
JOINED = """
    SELECT m.id, w.id, w.balance::float FROM loyalty_club_member m
      JOIN loyalty_club_wallet w ON w.member_id = m.id AND w.kind_id = %s
     WHERE m.mobile = %s"""
BALANCE = "SELECT balance::float FROM loyalty_club_wallet WHERE id = %s"
HELD = "SELECT held::float FROM loyalty_club_wallet WHERE id = %s"
SENT = 40  # points


class Journey:
    """One person on her way.

    :param browsers: :class:`tests.portal.pages.Browsers`.
    :param number: makes her mobile number.
    """

    def __init__(self, browsers, number, width, language):
        self.browsers = browsers
        self.stage = browsers.stage
        self.figures = browsers.figures
        self.language = language
        self.who = f"newcomer {width} {language}"
        self.mobile = f"0935444{number:04d}"
        self.label = f"{language[:2]}-{'phone' if width < 500 else 'desk'}"
        browsers.come(self.who, width, language)

    def go(self):
        """The whole way."""
        self.join()
        self.send()
        self.take()
        self.show_card()
        self.browsers.leave(self.who)

    def look(self, name, path=None, *steps):
        """Go on, look, and keep a picture when SHOTS names a folder."""
        folder = os.environ.get("SHOTS")
        shot = f"{folder}/portal-journey-{name}-{self.label}.png" if folder else None
        return self.browsers.look(self.who, self.language, path, steps=steps, shot=shot)

    # --- steps --------------------------------------------------------------------------

    def join(self):
        """By mobile, code and form."""
        self.look("join", "/club/join")
        mobile = {"fill": ["[name=mobile]", self.mobile], "submit": "main form [type=submit]"}
        self.look("code", None, mobile)
        self.look(
            "form",
            None,
            {"fill": ["[name=code]", self.code()], "submit": "main form [type=submit]"},
        )
        seen = self.look(
            "home",
            None,
            {"fill": ["[name=name]", "Nasrin Newcomer"]},
            {"check": "[name^=terms_]"},
            {"submit": "form[action='/club/join/submit'] [type=submit]"},
        )
        rows = self.stage.books.rows(JOINED, self.stage.shop["kinds"]["points"], self.e164)
        welcome = self.stage.shop["welcome"]
        self.figures.demand(
            len(rows) == 1 and rows[0][2] == welcome,
            f"{self.who}: joined as {rows}, the welcome gift is {welcome}",
        )
        (member, self.wallet, _balance), *_more = rows
        self.place = f"/my/club/{member}"
        self.figures.demand(
            seen["url"].endswith(self.place),
            f"{self.who}: after joining at {seen['url']}, not {self.place}",
        )

    def send(self):
        """Points to a friend: whom and how much, a look at it, the outcome."""
        friend = self.stage.shop["friend"]
        before = self.balance(friend["points"])
        self.look("send", f"{self.place}/send")
        self.look(
            "send-review",
            None,
            {"check": f"[type=radio][name=wallet][value='{self.wallet}']"},
            {"fill": ["[name=receiver]", friend["number"]]},
            {"fill": ["[name=amount]", str(SENT)]},
            {"submit": "form[action$='/send/review'] [type=submit]"},
        )
        self.look("send-done", None, {"submit": "form[action$='/send/ask'] .btn-primary"})
        got = self.balance(friend["points"]) - before
        left = self.stage.shop["welcome"] - self.balance(self.wallet)
        self.figures.demand(
            (left, got) == (SENT, SENT), f"{self.who}: {left} sent, {got} received, not {SENT}"
        )

    def take(self):
        """A reward for points, and the code by which she collects it."""
        reward = f"{self.place}/rewards/{self.stage.plain['reward_id']}"
        self.look("rewards", f"{self.place}/rewards")
        self.look("reward", None, {"submit": f"a[href$='{reward}']"})
        self.look(
            "reward-code",
            None,
            {"submit": f"form[action$='{reward}/take'] [type=submit]", "wait": "main svg"},
        )
        held = self.stage.books.value(HELD, self.wallet)
        price = self.stage.shop["price"]
        self.figures.demand(held == price, f"{self.who}: {held} held for a reward of {price}")

    def show_card(self):
        """The card with its code, for a cashier's scanner."""
        self.look("card", f"{self.place}/card", {"wait": "main svg"})

    # --- what she knows -----------------------------------------------------------------

    @property
    def e164(self):
        """Her mobile as the club keeps it."""
        return f"+98{self.mobile[1:]}"

    def balance(self, wallet):
        """What is in a wallet."""
        return self.stage.books.value(BALANCE, wallet)

    def code(self):
        """The code in the last text to her."""
        return re.search(r"\b[0-9]{6}\b", self.stage.books.value(CODE, self.e164))[0]


def run(stage, figures, short):
    """Every way; the short form goes two.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    browsers = Browsers(stage, figures)
    ways = list(itertools.product(SIZES, LANGUAGES))
    if short:
        ways = [(390, "fa_IR")]
    for number, (width, language) in enumerate(ways):
        Journey(browsers, number, width, language).go()

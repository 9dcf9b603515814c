"""The club as an app on a telephone: it can be installed, shows the card without a connection,
shows what a push service brings, and leaves nothing behind for whoever has the telephone next.
"""

import json
import shutil
import tempfile
from pathlib import Path

from ..browser.robot import Robot
from .pages import CHROMIUM
from .visitor import Visitor

PROGRAM = Path(__file__).parent / "phone.cjs"
BALANCE = """
    SELECT w.balance::bigint FROM loyalty_club_wallet w
      JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
     WHERE w.member_id = %s AND k.type = 'points'"""


class Telephone:
    """One telephone, which several people use one after the other.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`.
    :param bug: name of one of phone.cjs, or None.
    """

    def __init__(self, stage, figures, bug=None):
        self.stage = stage
        self.figures = figures
        self.folder = tempfile.mkdtemp(prefix="club_phone_")
        self.robot = Robot(stage.server, PROGRAM)
        words = {"folder": self.folder, "chromium": shutil.which(CHROMIUM), "url": stage.server.url}
        self.robot.say("take", **words, bug=bug)

    def close(self):
        """End the browser and forget its profile."""
        self.robot.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sign_in(self, member):
        """Somebody signs in and opens a page of hers."""
        visitor = Visitor(self.stage.server, member["login"])
        self.robot.say("be", session=visitor.cookies["session_id"])
        seen = self.robot.say("open", path=f"/my/club/{member['id']}/cards")
        self.demand(member["name"] in seen["text"], f"her page shows {seen}")

    def sign_out(self):
        """By the link that each page has."""
        self.robot.say("open", path="/web/session/logout?redirect=/web/login")

    def keeps_card_of(self, member, others):
        """The card is kept, and of nobody else."""
        left = self.robot.say("left", number=member["number"])
        self.demand(
            left["owner"] == str(member["user_id"])
            and len(left["cards"]) == 3
            and all(member["number"] in text for text in left["cards"]),
            f"the card of {member['name']} is not kept: {left}",
        )
        for other in others:
            self.demand(
                not any(other["number"] in text for text in left["cards"]),
                f"the card of {other['name']} is still there",
            )

    def shows_card_of(self, member, others):
        """Without a connection each address shows the card, with the balance of the books."""
        balance = self.stage.books.value(BALANCE, member["id"])
        self.robot.say("line", off=True)
        for path in (
            f"/my/club/{member['id']}",
            f"/my/club/{member['id']}/history",
            f"/club/{self.stage.shop['club_id']}/app",
            "/my/club",
        ):
            text = self.robot.say("open", path=path)["text"]
            self.demand(member["number"] in text, f"{path} without a connection: {text[:200]}")
            self.demand(f"{balance:,}" in text, f"{path}: {balance} is not in {text[:300]}")
            for other in others:
                self.demand(other["number"] not in text, f"{path} shows {other['name']}'s card")
        self.robot.say("line", off=False)

    def shows_nobody(self, members):
        """Without a connection and a person there is nothing to see."""
        left = self.robot.say("left", number="")
        self.demand(not left["cards"] and not left["owner"], f"signing out leaves {left}")
        self.robot.say("line", off=True)
        text = self.robot.say("open", path=f"/my/club/{members[0]['id']}")["text"]
        self.robot.say("line", off=False)
        for member in members:
            self.demand(
                member["number"] not in text and member["name"] not in text,
                f"{member['name']} is seen by whoever comes next: {text[:200]}",
            )

    def can_be_installed(self):
        """The browser itself says whether."""
        found = self.robot.say("manifest")
        self.demand(not found["errors"] and not found["obstacles"], f"not installable: {found}")
        self.demand(
            found["manifest"]["id"] == f"/club/{self.stage.shop['club_id']}",
            f"the manifest is of another club: {found['manifest']}",
        )

    def shows_notification(self):
        """What a push service brings is shown as it was sent."""
        told = {"title": "باشگاه", "body": "۱۲۰ امتیاز", "tag": "club-1", "url": "/my/club/1"}
        shown = self.robot.say("push", data=json.dumps(told))
        self.demand(shown == [told], f"the notification is shown as {shown}")

    def demand(self, held, text):
        """Count what was looked at, and note what does not hold."""
        self.figures.rounds += 1
        self.figures.demand(held, text)


def use(stage, figures, bug=None):
    """Two people use one telephone."""
    first, second = stage.shop["friend"], stage.shop["lucky"]
    telephone = Telephone(stage, figures, bug)
    try:
        telephone.sign_in(first)
        telephone.keeps_card_of(first, [second])
        telephone.can_be_installed()
        telephone.shows_notification()
        telephone.shows_card_of(first, [second])
        telephone.sign_in(second)  # and the one before has not signed out
        telephone.keeps_card_of(second, [first])
        telephone.shows_card_of(second, [first])
        telephone.sign_out()
        telephone.shows_nobody([second, first])
    finally:
        telephone.close()


def run(stage, figures, short):
    """The telephone of two people; in the long form also one that forgets nothing, which must be
    found.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    use(stage, figures)
    if not short:
        found = type(figures)(figures.name, figures.seed)
        use(stage, found, bug="card is not forgotten")
        figures.demand(found.wrong, "a card that is not forgotten was not noticed")

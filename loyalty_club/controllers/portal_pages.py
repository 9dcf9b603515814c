"""The pages of a membership: how they are called, where they stand and in which order.

A page names itself by ``page_name`` among the values of ``_club_render``, and calls
``loyalty_club.portal_club_pages`` first: that draws its heading and the navigation. A page that
is reached from another one only (a reward, a form's outcome) has the other's name, and its own
heading as ``club_title``.
"""

from typing import NamedTuple

from odoo.http import request


class Page(NamedTuple):
    """One entry of the navigation.

    :ivar name: what the page calls itself.
    :ivar group: name of the first page of its group; five groups have a place in the bar.
    :ivar path: follows the address of the membership.
    :ivar icon: of Font Awesome.
    :ivar label: what people read; also the page's heading.
    """

    name: str
    group: str
    path: str
    icon: str
    label: str


class Navigation(NamedTuple):
    """What a page of a membership draws around its contents.

    :ivar base: address of the membership.
    :ivar pages: all pages, in their order.
    :ivar here: the page that is shown.
    :ivar title: its heading.
    """

    base: str
    pages: list
    here: Page
    title: str

    @property
    def groups(self):
        """The first page of each group: entries of the bar."""
        return [page for page in self.pages if page.name == page.group]

    @property
    def siblings(self):
        """The pages of the group that is shown."""
        return [page for page in self.pages if page.group == self.here.group]

    @property
    def parent(self):
        """The page above the one that is shown; None on the first page of a group."""
        if self.title != self.here.label:
            return self.here
        first = self.siblings[0]
        return None if first == self.here else first

    @property
    def others(self):
        """The pages without a place in the bar, for the page that lists them."""
        bar = {page.name for page in self.groups}
        return [
            page
            for page in self.pages
            if page.name not in bar and page.group in ("club", "club_more")
        ]


def membership_pages():
    """The pages that every membership has, in the order of the navigation."""
    return [
        Page("club", "club", "", "fa-home", request.env._("Home")),
        Page("club_level", "club", "/level", "fa-trophy", request.env._("Level")),
        Page("club_earn", "club", "/earn", "fa-star", request.env._("Ways to earn")),
        Page("club_invite", "club", "/invite", "fa-user-plus", request.env._("Invite friends")),
        Page("club_rewards", "club_rewards", "/rewards", "fa-gift", request.env._("Rewards")),
        Page("club_cards", "club_cards", "/cards", "fa-qrcode", request.env._("Card")),
        Page("club_wallet", "club_wallet", "/wallet", "fa-credit-card", request.env._("Wallet")),
        Page("club_send", "club_wallet", "/send", "fa-paper-plane", request.env._("Send")),
        Page("club_convert", "club_wallet", "/convert", "fa-exchange", request.env._("Convert")),
        Page("club_history", "club_wallet", "/history", "fa-list-ul", request.env._("History")),
        Page(
            "club_purchases",
            "club_wallet",
            "/purchases",
            "fa-shopping-bag",
            request.env._("Purchases"),
        ),
        Page("club_more", "club_more", "/more", "fa-ellipsis-h", request.env._("More")),
        Page("club_profile", "club_more", "/profile", "fa-user", request.env._("Profile")),
        Page(
            "club_notifications",
            "club_more",
            "/notifications",
            "fa-bell",
            request.env._("Notifications"),
        ),
        Page(
            "club_consents",
            "club_more",
            "/consents",
            "fa-check-square-o",
            request.env._("Consents"),
        ),
        Page("club_data", "club_more", "/data", "fa-database", request.env._("My data")),
    ]


def navigation(account, pages, page_name, title=""):
    """The navigation of a page.

    :param account: membership as ``_club_account`` gives it.
    :param pages: list of :class:`Page`.
    :param page_name: of the page that is shown.
    :param title: its heading, where it is not the page's own.
    """
    here = next((page for page in pages if page.name == page_name), pages[0])
    return Navigation(f"/my/club/{account['member'].id}", pages, here, title or here.label)

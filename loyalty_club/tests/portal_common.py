"""Words in which the portal's tests speak, besides those of the club."""

from decimal import Decimal
from itertools import count
from unittest.mock import patch

from lxml import html

from odoo.tests import HttpCase, new_test_user

from ..movement import Movement
from .common import ClubCommon

SECRET_NAME = "Zuleikha Unseen"
SECRET_POINTS = 98765


class PortalCase(ClubCommon, HttpCase):
    """Sara is a member with a login on the portal; Zuleikha is another member."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = count(1)
        cls.user = cls.new_login("sara.portal", cls.member.partner_id)
        cls.points = cls.wallet_of(cls.member)
        cls.other = cls.new_member(SECRET_NAME)
        cls.other_wallet = cls.wallet_of(cls.other)
        cls.move(cls.other_wallet, SECRET_POINTS)

    @classmethod
    def new_login(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            name=partner.name,
            groups="base.group_portal",
            partner_id=partner.id,
        )

    @classmethod
    def wallet_of(cls, member, type_="points"):
        return member.wallet_ids.filtered(lambda wallet: wallet.type == type_)

    @classmethod
    def move(cls, wallet, *amounts, kind=None, **values):
        """Book entries of these amounts, in this order."""
        for amount in amounts:
            movement = Movement(
                wallet_id=wallet.id,
                amount=Decimal(amount),
                kind=kind or ("earn" if amount > 0 else "spend"),
                key=f"portal-test:{next(cls.keys)}",
                **values,
            )
            cls.env["loyalty.club.wallet"]._post_or_raise([movement])

    def setUp(self):
        super().setUp()
        self.authenticate("sara.portal", "sara.portal")

    def page(self, url, status=200):
        """Get a page and return it as a tree."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status)
        return html.fromstring(response.content)

    def text(self, tree, path="//main"):
        """What a person reads there, with single blanks."""
        return " ".join(" ".join(node.text_content() for node in tree.xpath(path)).split())

    def rows(self, url):
        """The history at ``url``: texts of amount and balance, row by row."""
        return [
            (self.text(row, "./td[4]/bdi"), self.text(row, "./td[5]"))
            for row in self.page(url).xpath("//table[hasclass('o_portal_my_doc_table')]/tbody/tr")
        ]

    def history(self, member=None):
        return f"/my/club/{(member or self.member).id}/history"

    def queries(self, url):
        """Queries of a request that has been made before.

        Left out is what any page asks first, to know the site's language.
        """
        self.url_open(url)
        self.env.invalidate_all()
        found = []
        cursor_class = type(self.env.cr)
        original = cursor_class.execute

        def execute(cursor, query, *args, **kwargs):
            if '"ir_default"' not in str(query):
                found.append(str(query))
            return original(cursor, query, *args, **kwargs)

        with patch.object(cursor_class, "execute", execute):
            self.url_open(url)
        return found

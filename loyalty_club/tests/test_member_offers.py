from datetime import timedelta

from lxml import html

from odoo.tests import tagged

from ..clock import today_in
from .portal_common import PortalCase
from .test_program_audience import AudienceCommon


@tagged("post_install", "-at_install")
class TestOffers(AudienceCommon, PortalCase):
    """The member's own page: what is offered to her alone, and what she bought."""

    def card(self, name):
        """Words of one part of the page; None when it is not there."""
        found = html.fromstring(self.url_open("/my/club").text).xpath(
            f"//section[contains(@class, '{name}')]"
        )
        return " ".join(found[0].text_content().split()) if found else None

    def test_offers_are_for_whom_they_are(self):
        other = self.other._offers()
        mine = self.member._offers()

        self.assertEqual([offer["name"] for offer in mine], ["Regulars' ten"])
        self.assertEqual(other, [])
        self.assertIn("Regulars' ten", self.card("o_club_offers"))

    def test_offers_hold_today(self):
        today = today_in(self.club.company_id)
        for values, shown in (
            ({"date_from": today, "date_to": today}, True),
            ({"date_from": today + timedelta(days=1), "date_to": False}, False),
            ({"date_from": False, "date_to": today - timedelta(days=1)}, False),
            ({"date_from": False, "date_to": False, "active": False}, False),
        ):
            self.promo.write(values)
            with self.subTest(**values):
                self.assertEqual(bool(self.member._offers()), shown)

    def test_nothing_offered_is_not_announced(self):
        self.regulars._remove(self.member)

        self.assertIsNone(self.card("o_club_offers"))

    def test_latest_purchases_stand_on_the_page(self):
        self.assertIn("What you buy", self.card("o_club_orders"))

        for quantity in (1, 2, 3, 4):
            self.sell([self.line(qty=quantity)], self.member.partner_id)
        self.sell([self.line()], self.other.partner_id)

        shown = self.member._home(self.member.wallet_ids)["purchases"]
        self.assertEqual(len(shown), 3)
        money = self.club.currency_id
        quantities = [row["text"] for row in shown]
        self.assertEqual(quantities, [money.format(amount) for amount in (400, 300, 200)])
        self.assertNotIn("What you buy", self.card("o_club_orders"))
        self.assertIn("Tell us whether you are satisfied", self.card("o_club_orders"))

"""What is kept in memory of companies and clubs is given up when it changes."""

from odoo.tests import new_test_user, tagged

from ..clock import zone_of
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestCompanyPlace(ClubCommon):
    """A company in one place, asked before and after it moves."""

    def test_zone_of_the_company(self):
        self.assertEqual(zone_of(self.company), "UTC")
        self.company.partner_id.tz = "Asia/Tehran"
        self.assertEqual(zone_of(self.company), "Asia/Tehran")
        self.company.partner_id = self.env["res.partner"].create(
            {"name": "Far", "tz": "Asia/Tokyo"}
        )
        self.assertEqual(zone_of(self.company), "Asia/Tokyo")

    def test_zone_of_the_user_where_the_company_has_none(self):
        self.company.partner_id.tz = False
        user = new_test_user(self.env, "club_traveller", tz="Europe/Paris")
        company = self.company.with_user(user)
        self.assertEqual(zone_of(company), "Europe/Paris")
        user.partner_id.tz = "Europe/Rome"
        self.assertEqual(zone_of(company), "Europe/Rome")

    def test_country_of_mobile_numbers(self):
        typed = "0470 12 34 56"
        self.company.partner_id.country_id = self.env.ref("base.be")
        self.assertIn("+32470123456", self.club._mobiles(typed))
        self.company.partner_id.country_id = self.env.ref("base.fr")
        self.assertNotIn("+32470123456", self.club._mobiles(typed))

    def test_no_company_is_nowhere(self):
        self.assertTrue(zone_of(self.company.browse()))

    def test_the_club_of_a_company(self):
        clubs = self.env["loyalty.club"].sudo()
        mine = clubs.search([("company_id", "=", self.company.id)])
        self.assertEqual(clubs._for_company(self.company), mine[:1])
        first = clubs.create({"name": "Earlier", "company_id": self.company.id, "sequence": -5})
        self.assertEqual(clubs._for_company(self.company), first)
        first.active = False
        self.assertEqual(clubs._for_company(self.company), mine[:1])
        mine[1:].active = False
        mine[:1].active = False
        self.assertFalse(clubs._for_company(self.company))

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestMemberArea(PortalCase):
    """What is for members is seen and had by members alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env.ref("loyalty_club.group_portal_member")
        cls.env.user.group_ids += cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.usual = cls.env["product.pricelist"].search(
            [("company_id", "in", (False, cls.company.id))], limit=1
        ) or cls.env["product.pricelist"].create({"name": "Usual"})
        cls.special = cls.env["product.pricelist"].create(
            {"name": "Members", "company_id": cls.company.id, "sequence": 0}
        )

    # --- the group of the portal -----------------------------------------------------

    def test_members_with_a_login_are_in_the_group_until_they_leave(self):
        self.assertIn(self.group, self.user.group_ids)
        self.assertFalse(self.user._is_internal())

        self.member._close("Moved away")
        self.assertNotIn(self.group, self.user.group_ids)
        self.member.action_activate()

        self.assertIn(self.group, self.user.group_ids)

    def test_a_login_before_the_membership_gets_it_with_the_membership(self):
        partner = self.env["res.partner"].create({"name": "Mina"})
        user = self.new_login("mina.portal", partner)
        self.assertNotIn(self.group, user.group_ids)

        self.env["loyalty.club.member"].create({"partner_id": partner.id, "club_id": self.club.id})

        self.assertIn(self.group, user.group_ids)

    def test_employees_are_left_alone(self):
        self.env["loyalty.club.member"].create(
            {"partner_id": self.cashier.partner_id.id, "club_id": self.club.id}
        )

        self.assertNotIn(self.group, self.cashier.group_ids)

    # --- the text --------------------------------------------------------------------

    def test_active_members_read_what_is_for_members(self):
        self.club.area_text = "<p>The secret menu</p>"
        url = f"/my/club/{self.member.id}"

        self.assertIn("The secret menu", self.text(self.page(url)))
        self.member.action_suspend()

        self.assertNotIn("The secret menu", self.text(self.page(url)))

    # --- prices ----------------------------------------------------------------------

    def price_of(self, partner):
        partner.invalidate_recordset()
        return partner.property_product_pricelist

    def test_active_members_have_the_clubs_prices(self):
        self.club.pricelist_id = self.special
        partner = self.member.partner_id
        guest = self.env["res.partner"].create({"name": "Guest"})

        self.assertEqual(self.price_of(partner), self.special)
        self.assertNotEqual(self.price_of(guest), self.special)
        self.member.action_suspend()

        self.assertNotEqual(self.price_of(partner), self.special)
        self.assertFalse(partner.specific_property_product_pricelist)

    def test_a_pricelist_on_the_contact_comes_first(self):
        self.club.pricelist_id = self.special
        own = self.env["product.pricelist"].create({"name": "Own"})
        partner = self.member.partner_id
        partner.specific_property_product_pricelist = own

        self.assertEqual(self.price_of(partner), own)

    def test_saving_what_a_form_shows_writes_nothing_onto_the_contact(self):
        self.club.pricelist_id = self.special
        partner = self.member.partner_id

        partner.property_product_pricelist = self.special

        self.assertFalse(partner.specific_property_product_pricelist)

    def test_another_company_has_prices_of_its_own(self):
        self.club.pricelist_id = self.special
        other = self.env["res.company"].create({"name": "Other"})

        partner = self.member.partner_id.with_company(other)

        self.assertNotEqual(partner.property_product_pricelist, self.special)

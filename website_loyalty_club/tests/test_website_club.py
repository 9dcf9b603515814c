from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.loyalty_club.tests.common import ClubCommon

BLOCKS = ("s_club_banner", "s_club_strip", "s_club_benefits", "s_club_popup")


@tagged("post_install", "-at_install")
class TestWebsiteClub(ClubCommon, HttpCase):
    """The site shows its club, and asks those to join who are no members yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["loyalty.club"].search([("id", "!=", cls.club.id)]).public_page = False
        cls.website.write({"club_bar": False, "club_bar_text": False})
        cls.club.welcome_amount = 25
        cls.sara = new_test_user(
            cls.env,
            "sara.site",
            groups="base.group_portal",
            name="Sara",
            partner_id=cls.member.partner_id.id,
        )
        new_test_user(cls.env, "guest.site", groups="base.group_portal", name="Guest")

    def page(self, url):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.tree = html.fromstring(answer.content)
        return " ".join(self.tree.text_content().split()).replace("\N{NO-BREAK SPACE}", " ")

    def told(self, login=None, **params):
        self.authenticate(login, login)
        answer = self.url_open("/website_loyalty_club/told", json={"params": params})
        return answer.json()["result"]

    # --- the club's page and the menu ------------------------------------------------

    def test_the_clubs_page_has_the_sites_header(self):
        for url in ("/club", "/club/join", "/club/login"):
            with self.subTest(url=url):
                self.assertIn(self.club.name, self.page(url))
                self.assertTrue(self.tree.xpath("//header//a[@href='/club']"))

    def test_the_menu_names_the_club_while_there_is_one(self):
        menu = self.env["website.menu"].search(
            [("url", "=", "/club"), ("website_id", "=", self.website.id)]
        )
        public = menu.with_user(self.website.user_id)
        self.assertTrue(public.is_visible)

        self.club.public_page = False

        public.invalidate_recordset(["is_visible"])
        self.assertFalse(public.is_visible)
        menu.invalidate_recordset(["is_visible"])
        self.assertTrue(menu.is_visible, "who edits the menu sees all of it")

    def test_the_sites_map_names_the_page(self):
        self.env["ir.attachment"].search([("url", "like", "/sitemap%")]).unlink()

        self.assertIn(f"/club/{self.club.id}</loc>", self.url_open("/sitemap.xml").text)

    # --- what blocks are told --------------------------------------------------------

    def test_visitors_are_told_what_joining_brings(self):
        told = self.told(benefits=True)

        self.assertEqual(told["join"], f"/club/join/{self.club.id}")
        self.assertIn("25 points", told["offer"].replace("\N{NO-BREAK SPACE}", " "))
        self.assertIn("25", told["benefits"])
        self.assertNotIn("benefits", self.told())

    def test_members_are_not_asked_and_others_are(self):
        self.assertEqual(self.told("sara.site")["join"], "")
        self.assertEqual(self.told("sara.site")["offer"], "")
        self.assertTrue(self.told("guest.site")["join"])

    def test_a_club_that_takes_nobody_online_asks_nobody(self):
        self.club.open_to_join = False

        told = self.told()

        self.assertEqual((told["join"], told["page"]), ("", f"/club/{self.club.id}"))

    def test_without_a_club_nothing_is_told(self):
        self.club.public_page = False

        self.assertEqual(self.told(benefits=True), {})

    # --- the bar ---------------------------------------------------------------------

    def bar(self, url="/", login=None, **cookies):
        self.authenticate(login, login)
        self.opener.cookies.update(cookies)
        self.page(url)
        return " ".join(
            " ".join(node.text_content().split())
            for node in self.tree.xpath("//div[contains(@class, 'o_club_ribbon')]")
        ).replace("\N{NO-BREAK SPACE}", " ")

    def test_the_bar_is_there_when_it_is_switched_on(self):
        self.assertEqual(self.bar(), "")

        self.website.club_bar = True
        self.assertIn("25 points", self.bar())
        self.assertIn("Join now", self.bar())

        self.website.club_bar_text = "Tea is better together"
        self.assertIn("Tea is better together", self.bar())

    def test_the_bar_is_for_visitors_who_did_not_close_it(self):
        self.website.club_bar = True

        self.assertEqual(self.bar(login="sara.site"), "")
        self.assertEqual(self.bar(login="guest.site"), "")
        self.assertEqual(self.bar("/club"), "")
        self.assertEqual(self.bar(club_bar="closed"), "")

    # --- blocks ----------------------------------------------------------------------

    def test_the_builder_offers_the_blocks(self):
        new_test_user(self.env, "designer", groups="base.group_user,website.group_website_designer")
        self.authenticate("designer", "designer")
        call = {
            "model": "ir.ui.view",
            "method": "render_public_asset",
            "args": ["website.snippets", {}],
            "kwargs": {},
        }
        offered = self.url_open("/web/dataset/call_kw", json={"params": call}).json()["result"]
        offered = html.fromstring(offered)

        for block in BLOCKS:
            with self.subTest(block=block):
                self.assertTrue(offered.xpath("//*[@data-snippet=$name]", name=block))

    def test_blocks_on_a_page_say_what_the_club_gives(self):
        blocks = "".join(
            str(self.env["ir.qweb"]._render(f"website_loyalty_club.{block}"))
            for block in BLOCKS[:3]
        )
        view = self.env["ir.ui.view"].create(
            {
                "name": "Blocks",
                "type": "qweb",
                "key": "website.club_blocks",
                "arch": f'<t t-call="website.layout"><div id="wrap">{blocks}</div></t>',
            }
        )
        self.env["website.page"].create(
            {"url": "/club-blocks", "view_id": view.id, "is_published": True}
        )
        self.website.club_bar = True

        self.start_tour("/club-blocks", "club_blocks")
        self.start_tour("/club-blocks", "club_blocks_member", login="sara.site")

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestClubType(ClubCommon):
    """The type of a club presets what it starts with, and nothing afterwards."""

    def new_club(self, club_type, **values):
        return self.env["loyalty.club"].create(
            {"name": f"Club {club_type}", "type": club_type, **values}
        )

    def test_a_discount_card_club_gives_a_card_and_no_points(self):
        club = self.new_club("discount_card")
        partner = self.env["res.partner"].create({"name": "Mina"})

        member = self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": club.id}
        )

        self.assertFalse(club.earn_points)
        self.assertRecordValues(
            member.card_ids, [{"discount_percent": 5.0, "discount_mode": "discount"}]
        )

    def test_a_type_brings_its_own_segments_and_purposes(self):
        codes = {
            kind: set(self.new_club(kind).purpose_ids.filtered("active").mapped("code"))
            for kind in ("loyal_customers", "discount_card")
        }
        segments = self.env["loyalty.club.segment"].search([])
        counts = [
            len(segments.filtered(lambda one, kind=kind: one.club_id.type == kind))
            for kind in ("loyal_customers", "discount_card")
        ]

        self.assertIn("profiling", codes["loyal_customers"])
        self.assertEqual(codes["discount_card"], {"service", "marketing", "accounting"})
        self.assertGreater(*counts)

    def test_what_its_maker_says_counts_more(self):
        club = self.new_club("discount_card", card_discount_percent=8.0, earn_points=2.0)

        self.assertEqual((club.card_discount_percent, club.earn_points), (8.0, 2.0))

    def test_changing_the_type_later_changes_nothing_else(self):
        before = self.club.read(["earn_points", "card_discount_mode", "welcome_amount"])

        self.club.type = "discount_card"

        after = self.club.read(["earn_points", "card_discount_mode", "welcome_amount"])
        self.assertEqual(before, after)
        with Form(self.club) as form:
            form.type = "loyal_customers"
        self.assertEqual(self.club.welcome_amount, before[0]["welcome_amount"])

    def test_the_form_shows_what_a_new_club_starts_with(self):
        form = Form(self.env["loyalty.club"])
        form.name = "New"
        form.type = "discount_card"
        self.assertEqual((form.earn_points, form.card_discount_percent), (0.0, 5.0))

        club = form.save()

        self.assertEqual((club.card_discount_mode, club.earn_points), ("discount", 0.0))

    def test_new_cards_follow_the_club_and_old_ones_stay(self):
        old = self.member.card_ids
        self.club.write({"card_discount_mode": "credit", "card_discount_percent": 3.0})

        new = self.env["loyalty.club.card"]._issue(self.club, self.member)
        plain = self.env["loyalty.club.card"]._issue(self.club, self.member, discount_mode="none")

        self.assertEqual(
            [(card.discount_mode, card.discount_percent) for card in old | new | plain],
            [("none", 0.0), ("credit", 3.0), ("none", 0.0)],
        )

    def test_a_marketer_issues_the_usual_card_of_a_discount_club(self):
        self.club.write({"card_discount_mode": "discount", "card_discount_percent": 5.0})
        marketer = new_test_user(self.env, "club_issuer", groups="loyalty_club.group_marketer")
        wizard = (
            self.env["loyalty.club.card.issue"]
            .with_user(marketer)
            .create({"member_ids": self.member.ids, "type": "virtual"})
        )

        wizard.action_issue()

        self.assertEqual(max(self.member.card_ids.mapped("discount_percent")), 5.0)

    def test_a_discount_of_nothing_is_refused(self):
        with self.assertRaises(ValidationError):
            self.club.write({"card_discount_mode": "discount", "card_discount_percent": 0})

    def test_the_wizard_makes_a_club_and_is_for_managers(self):
        manager = new_test_user(self.env, "club_maker", groups="loyalty_club.group_manager")
        values = {"name": "Made", "type": "discount_card"}

        action = (
            self.env["loyalty.club.setup"].with_user(manager).create(values).action_create_club()
        )

        club = self.env["loyalty.club"].browse(action["res_id"])
        self.assertEqual((club.name, club.card_discount_mode), ("Made", "discount"))
        with self.assertRaises(AccessError):
            self.env["loyalty.club.setup"].with_user(self.cashier).create(values)

from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestClubNames(ClubCommon):
    """What set-up makes has a name in every language, whoever made it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Installed without its files, which take long to read: the code's words are enough.
        cls.env["res.lang"]._activate_lang("fa_IR")

    def names(self, club, lang):
        """Names that ``club`` came with, as somebody reads them in ``lang``."""
        club = club.with_context(lang=lang)
        return [
            club.point_name,
            *club.kind_ids.sorted("sequence").mapped("name"),
            *club.rfm_class_ids.sorted("lower_bound").mapped("name"),
            club.program_id.portal_point_name,
            club.program_id.reward_ids.description,
            club.program_id.reward_ids.discount_line_product_id.name,
        ]

    def new_club(self, lang):
        return self.env["loyalty.club"].with_context(lang=lang).create({"name": "Club"})

    def assert_both_languages(self, club):
        english = ["points", "Points", "Points owed", "Bronze", "Silver", "Gold", "Platinum"]
        persian = ["امتیاز", "امتیاز", "بدهی امتیاز", "برنزی", "نقره‌ای", "طلایی", "پلاتینی"]
        reward = ["Discount for points"] * 2
        self.assertEqual(self.names(club, "en_US"), [*english, "points", *reward])
        self.assertEqual(self.names(club, "fa_IR"), [*persian, "امتیاز", *["تخفیف با امتیاز"] * 2])

    def test_club_made_in_english_reads_well_in_persian(self):
        self.assert_both_languages(self.new_club("en_US"))

    def test_club_made_in_persian_reads_well_in_english(self):
        self.assert_both_languages(self.new_club("fa_IR"))

    def test_language_installed_later_reaches_the_names(self):
        club = self.new_club("en_US")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_rfm_class SET name = name - 'fa_IR' WHERE club_id = %s", [club.id]
        )
        self.env.invalidate_all()
        self.assertEqual(club.with_context(lang="fa_IR").rfm_class_ids[0].name, "Platinum")

        self.env["ir.module.module"]._load_module_terms(["loyalty_club"], ["fa_IR"])

        self.assert_both_languages(club)

    def test_changed_name_is_left_alone(self):
        club = self.new_club("en_US")
        gold = club.rfm_class_ids.filtered(lambda rfm_class: rfm_class.name == "Gold")
        gold.with_context(lang="fa_IR").name = "زرین"

        self.env["loyalty.club"]._translate_default_names()

        self.assertEqual(gold.with_context(lang="fa_IR").name, "زرین")
        self.assertEqual(gold.with_context(lang="en_US").name, "Gold")

    def test_translation_of_the_club_reaches_the_till(self):
        club = self.new_club("en_US")

        club.update_field_translations("name", {"fa_IR": "باشگاه"})
        club.update_field_translations("point_name", {"fa_IR": "ستاره"})

        program = club.program_id
        self.assertEqual(program.with_context(lang="fa_IR").name, "باشگاه")
        self.assertEqual(program.with_context(lang="fa_IR").portal_point_name, "ستاره")
        self.assertEqual(program.with_context(lang="en_US").name, "Club")

    def test_renamed_club_is_renamed_at_the_till(self):
        club = self.new_club("en_US")

        club.write({"name": "Friends", "point_name": "stars"})

        self.assertEqual(club.program_id.name, "Friends")
        self.assertEqual(club.program_id.portal_point_name, "stars")

    def test_reward_keeps_its_name_when_the_point_changes_value(self):
        club = self.new_club("en_US")

        club.point_value = 5

        self.assertEqual(club.program_id.reward_ids.discount, 5)
        self.assertEqual(club.program_id.reward_ids.description, "Discount for points")

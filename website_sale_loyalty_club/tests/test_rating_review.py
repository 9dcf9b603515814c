from odoo.tests import new_test_user, tagged

from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestRatingReview(SaleClubCommon):
    """What a member writes about a product is scored by staff, and its score becomes points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["loyalty.club.act.kind"]._of(cls.club, "review")
        cls.env["loyalty.club.act.rule"].create(
            {"kind_id": cls.kind.id, "amount": 2, "per_score": True}
        )
        cls.sara = new_test_user(
            cls.env, "sara.rates", groups="base.group_portal", partner_id=cls.partner.id
        )

    def rate(self, words, user=None):
        product = self.tea.product_tmpl_id.with_user(user or self.sara).sudo()
        return product.message_post(
            body=words, rating_value=4, message_type="comment", author_id=self.partner.id
        )

    def reviews(self):
        return self.env["loyalty.club.review"].search([("member_id", "=", self.member.id)])

    def test_words_are_handed_in_and_scored(self):
        self.rate("Lovely in the evening")

        review = self.reviews()
        self.assertRecordValues(
            review,
            [
                {
                    "text": "Lovely in the evening",
                    "product_tmpl_id": self.tea.product_tmpl_id.id,
                    "state": "new",
                }
            ],
        )
        before = self.points_card().points
        review._accept(5)
        self.assertEqual(self.points_card().points - before, 10)

    def test_one_review_of_a_product_by_a_member(self):
        self.rate("Lovely")
        self.rate("Lovely, still")
        self.assertEqual(self.reviews().text, "Lovely, still")
        self.reviews()._accept(4)

        self.rate("Lovely, for ever")

        self.assertEqual(self.reviews().text, "Lovely, still")

    def test_stars_alone_and_strangers_are_nothing_to_score(self):
        self.rate("")
        stranger = new_test_user(self.env, "guest.rates", groups="base.group_portal")
        self.rate("Who am I?", stranger)

        self.assertFalse(self.reviews())

    def test_a_rating_stands_though_the_club_takes_no_review(self):
        self.member.action_suspend()

        message = self.rate("Lovely")

        self.assertEqual(message.rating_ids.rating, 4)
        self.assertFalse(self.reviews())

"""Clubs in rials: terms that suit the money, and tomans for customers who think in them."""

from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRialShown(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rial = cls.env.ref("base.IRR")
        rial.write({"active": True, "rounding": 1, "symbol": "ریال"})
        company = cls.env["res.company"].create(
            {"name": "Bazaar", "currency_id": rial.id, "rial_shown": "toman"}
        )
        cls.club = cls.env["loyalty.club"].create({"name": "Bazaar", "company_id": company.id})
        cls.points = cls.club.points_kind_id
        cls.credit = cls.points.create(
            {
                "name": "Credit",
                "club_id": cls.club.id,
                "type": "ewallet",
                "currency_id": rial.id,
            }
        )

    def test_money_is_told_in_tomans_where_the_company_wants_it(self):
        self.assertEqual(self.credit._format_shown(1250000), "125,000 toman")
        self.assertIn("1,250,000", self.credit._format(1250000))
        self.club.company_id.rial_shown = "rial"
        self.assertEqual(self.credit._format_shown(1250000), self.credit._format(1250000))

    def test_a_new_club_gives_one_per_cent_in_amounts_that_the_money_has(self):
        self.assertEqual((self.club.earn_per_amount, self.club.point_value), (100000, 1000))
        yen = self.env["res.currency"].create({"name": "XJY", "symbol": "Y", "rounding": 1})
        for currency, terms in (
            (yen, (1000, 10)),
            (self.env.ref("base.USD"), (10, 0.1)),
        ):
            company = self.env["res.company"].create(
                {"name": currency.name, "currency_id": currency.id}
            )
            made = self.env["loyalty.club"].create({"name": "C", "company_id": company.id})
            self.assertEqual((made.earn_per_amount, made.point_value), terms)
            form = self.env["loyalty.club"].with_company(company)
            given = form.default_get(["earn_per_amount", "point_value"])
            self.assertEqual(tuple(given.values()), terms)

    def test_points_are_points(self):
        self.assertEqual(self.points._format_shown(12), self.points._format(12))

    def test_terms_and_levels_name_the_unit_of_whoever_reads_them(self):
        _basic, tier = self.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": self.club.id, "sequence": 1},
                {"name": "Gold", "club_id": self.club.id, "sequence": 2, "min_spend": 5_000_000},
            ]
        )
        portal = new_test_user(self.env, "toman_reader", "base.group_portal")
        message = self.env["loyalty.club.outbox"]._in_language_of(portal.partner_id)

        self.assertIn("100,000", self.club.member_terms)
        self.assertIn("5,000,000", tier.requirement)
        for env in (self.env(user=portal, su=True), message):
            with self.subTest(user=env.user.login):
                self.assertIn("Every 10,000 toman", self.club.with_env(env).member_terms)
                text = tier.with_env(env)._measure_text("spend", 5_000_000)
                self.assertIn("500,000 toman", text)

    def test_a_rule_names_the_unit_of_whoever_reads_it(self):
        kind = self.points
        self.assertIn("100,000", self.env["loyalty.club.earn.sentence"]._money(kind, 100000))
        portal = new_test_user(self.env, "toman_reader", "base.group_portal")
        rules = self.env["loyalty.club.earn.sentence"].with_user(portal).sudo()
        self.assertEqual(rules._money(kind, 100000), "10,000 toman")

"""The sample data shows a club as it is meant to be used."""

import re
from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.loyalty_club.demo import cdnow
from odoo.addons.loyalty_club.domain import customer_columns
from odoo.addons.loyalty_club.domain.phone import normalise_phone


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls.env.ref("loyalty_club.club_demo", raise_if_not_found=False)

    def setUp(self):
        super().setUp()
        if not self.club:
            self.skipTest("the database has no sample data")

    def test_every_till_stands_in_a_shop_of_its_own(self):
        tills = self.env["pos.config"].search([("company_id", "=", self.club.company_id.id)])

        self.assertEqual(len(tills.club_branch_id), 3)
        self.assertEqual(tills.club_branch_id, self.club.branch_ids)

    def test_members_of_every_kind_and_status_are_there(self):
        members = self.club.member_ids

        self.assertEqual(set(members.mapped("state")), {"pending", "active", "suspended", "closed"})
        self.assertEqual(
            set(members.mapped("kind")), {"customer", "colleague", "agent", "business", "staff"}
        )

    def test_the_logins_open_what_they_are_for(self):
        for login, group in (
            ("manager", "loyalty_club.group_manager"),
            ("marketer", "loyalty_club.group_marketer"),
            ("cashier", "point_of_sale.group_pos_user"),
            ("member", "base.group_portal"),
        ):
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(group), login)
            credential = {"login": login, "password": login, "type": "password"}
            user.with_user(user)._check_credentials(credential, {"interactive": True})

    def test_the_member_has_points_and_a_history(self):
        member = self.env.ref("loyalty_club.member_sara")

        self.assertGreater(member.points_balance, 0)
        self.assertGreater(member.purchase_count, 3)
        self.assertTrue(member.rfm_class_id)


@tagged("post_install", "-at_install")
class TestCdnow(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = date(2026, 3, 21)
        cls.table = cls.env["loyalty.club.import"]._read_table(cdnow.customers_csv(cls.today))
        cls.columns = dict(
            zip(
                customer_columns.guess(cls.table.columns),
                zip(*(row.cells for row in cls.table.rows), strict=True),
                strict=True,
            )
        )

    def test_all_purchases_of_all_customers_are_there(self):
        self.assertEqual(len(self.table.rows), 6919)
        self.assertEqual(len(set(self.columns["external_ref"])), 2357)
        self.assertEqual(round(sum(map(float, self.columns["purchase_amount"])), 2), 244091.94)

    def test_nobody_shares_a_name_or_a_mobile(self):
        for meaning in ("name", "mobile"):
            self.assertEqual(len(set(self.columns[meaning])), 2357, meaning)
        self.assertTrue(any(re.match("[A-Z]", name) for name in self.columns["name"]))

    def test_mobiles_are_sound_and_of_the_block_without_an_operator(self):
        for mobile in set(self.columns["mobile"]):
            self.assertEqual(normalise_phone(mobile), mobile)
            self.assertTrue(mobile.startswith("+9899510"))

    def test_the_last_purchase_is_of_this_week_on_its_own_weekday(self):
        last = date.fromisoformat(max(self.columns["purchase_date"])[:10])

        self.assertIn(self.today - last, [timedelta(days=n) for n in range(7)])
        self.assertEqual(last.weekday(), cdnow.LAST_DAY.weekday())

    def test_every_row_is_good(self):
        club = self.env["loyalty.club"].create({"name": "CDNOW"})

        report = cdnow.load(self.env, club, dry_run=True)

        self.assertEqual((report.counts["errors"], report.counts["new_members"]), (0, 2357))

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

    def test_people_tell_of_themselves_some_more_some_less(self):
        member = self.env.ref("loyalty_club.member_sara")
        people = self.club.member_ids.filtered(lambda one: one.kind == "customer")

        self.assertEqual(member.profile_completion, 100)
        self.assertGreater(len(set(people.mapped("profile_completion"))), 2)
        for name in ("sex", "age_group", "education", "area_id", "preferred_channel"):
            with self.subTest(field=name):
                self.assertGreater(len(set(people.mapped(name))), 1)
        self.assertTrue(member.interest_ids)
        self.assertTrue(member.family_ids)

    # --- the ledger ------------------------------------------------------------------

    def entries(self, *kinds):
        entries = self.env["loyalty.club.entry"].search([("club_id", "=", self.club.id)])
        return entries.filtered(lambda entry: not kinds or entry.kind in kinds)

    def test_every_kind_of_value_has_a_history(self):
        kinds = self.club.kind_ids
        moved = self.entries().grouped("kind_id")

        self.assertEqual(
            set(kinds.mapped("type")),
            {"points", "stamp", "ewallet", "cashback", "gift_card", "debt"},
        )
        for kind in kinds:
            with self.subTest(kind=kind.name):
                amounts = moved[kind].mapped("amount")
                self.assertGreater(len(amounts), 1)
                if kind.type != "cashback":  # what was granted is still to be spent
                    self.assertTrue(min(amounts) < 0 < max(amounts))

    def test_what_can_happen_to_value_has_happened(self):
        happened = set(self.entries().mapped("kind"))

        self.assertGreaterEqual(
            happened,
            {
                "opening", "issue", "earn", "bonus", "grant", "topup", "spend", "refund_earn",
                "adjust", "debt", "debt_settle", "transfer_out", "transfer_in", "convert_out",
                "convert_in", "expire", "merge_out", "merge_in",
            },
        )  # fmt: skip

    def test_history_reaches_back_for_months_and_is_in_order(self):
        for wallet in self.club.kind_ids.wallet_ids:
            dates = wallet.entry_ids.sorted("seq").mapped("date")
            with self.subTest(wallet=wallet.display_name):
                self.assertEqual(dates, sorted(dates))
        dates = self.entries().mapped("date")
        self.assertGreater(max(dates) - min(dates), timedelta(days=60))

    def test_something_is_pending_held_expiring_and_told(self):
        wallets = self.club.kind_ids.wallet_ids
        held = self.env["loyalty.club.hold"].search(
            [("wallet_id", "in", wallets.ids), ("state", "=", "open")]
        )
        notices = self.env["loyalty.club.expiry.notice"].search([("wallet_id", "in", wallets.ids)])

        self.assertTrue(held)
        self.assertTrue(notices)
        for name in ("held", "pending", "next_expiry"):
            with self.subTest(field=name):
                self.assertTrue(any(wallets.mapped(name)))

    def test_one_adjustment_was_approved_by_another_and_one_waits(self):
        approved = self.env.ref("loyalty_club.adjustment_approved")
        waiting = self.env.ref("loyalty_club.adjustment_waiting")

        self.assertEqual((approved.state, waiting.state), ("booked", "waiting"))
        self.assertTrue(approved.checker_id)
        self.assertNotEqual(approved.checker_id, approved.maker_id)

    def test_an_entry_leads_to_its_sale_and_the_sale_back(self):
        order = self.env.ref("loyalty_club.pos_order_sara", raise_if_not_found=False)
        if not order:
            self.skipTest("the till had a session open when the sample data came")

        entries = self.env["loyalty.club.entry"].search(order.action_view_club_entries()["domain"])

        self.assertIn("earn", entries.mapped("kind"))
        for entry in entries:
            action = entry.action_open_origin()
            self.assertEqual((action["res_model"], action["res_id"]), ("pos.order", order.id))
        self.assertTrue(entries.reversal_ids)

    def test_ledger_of_the_sample_is_sound(self):
        result = self.env["loyalty.club.audit"]._run()

        self.assertFalse(result["faults"], result["text"])

    def test_statement_of_the_member_adds_up(self):
        member = self.env.ref("loyalty_club.member_sara")

        statement = self.env["loyalty.club.statement"]._of(member.wallet_ids)

        self.assertGreaterEqual(len(statement.accounts), 3)


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

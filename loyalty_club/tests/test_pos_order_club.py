from lxml import etree

from odoo import Command
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPosOrderClub(ClubCommon):
    """What the back office finds on an order, and elsewhere, after a sale at a till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "order_manager",
            groups="loyalty_club.group_manager,point_of_sale.group_pos_manager,"
            "sales_team.group_sale_salesman_all_leads",
        )

    def found(self, name):
        """The test till's orders that a filter of the screen lets through."""
        orders = self.env["pos.order"].with_user(self.manager)
        view = self.env.ref("point_of_sale.view_pos_order_filter")
        arch = etree.fromstring(orders.get_view(view.id, "search")["arch"])
        (node,) = arch.xpath(f"//filter[@name='{name}']")
        domain = Domain(safe_eval(node.get("domain"))) & Domain("config_id", "=", self.till.id)
        return orders.search(domain, order="id")

    # --- the order's own screen ----------------------------------------------------------

    def test_filters_find_the_clubs_orders(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        card = self.give_points(100)
        earned = self.sell(partner=self.member.partner_id)
        small = self.sell([self.line(price=1)], self.member.partner_id)
        spent = self.sell(
            [self.line(price=9.0), self.reward_line(card, 90)], self.member.partner_id
        )
        self.sell(partner=stranger)

        self.assertEqual(self.found("club_members"), earned | small | spent)
        self.assertEqual(self.found("club_earned"), earned)
        self.assertEqual(self.found("club_spent"), spent)

    def test_orders_are_grouped_by_branch(self):
        self.sell()
        self.sell()

        groups = (
            self.env["pos.order"]
            .with_user(self.manager)
            .formatted_read_group(
                [("config_id", "=", self.till.id)], ["club_branch_id"], ["__count"]
            )
        )

        self.assertEqual(
            [(group["club_branch_id"][0], group["__count"]) for group in groups],
            [(self.branch.id, 2)],
        )

    def test_the_tab_shows_member_shop_and_entries(self):
        card = self.give_points(100)
        order = self.sell([self.line(), self.reward_line(card, 50)], self.member.partner_id)

        self.env.invalidate_all()
        order = order.with_user(self.manager)
        self.assertEqual(order.club_member_id, self.member)
        self.assertEqual(order.club_branch_id, self.branch)
        self.assertEqual(
            order.club_entry_ids.sorted("id").mapped(lambda entry: (entry.kind, entry.amount)),
            [("spend", -50), ("earn", 9)],
        )

    def test_the_till_is_not_told_what_only_the_back_office_reads(self):
        names = self.env["pos.order"]._load_pos_data_fields(self.till)

        self.assertNotIn("club_entry_ids", names)
        self.assertNotIn("club_member_id", names)
        self.assertNotIn("club_explanation", names)
        self.assertIn("club_stamps", names)

    # --- the shop on everything that a till books ------------------------------------------

    def test_every_entry_of_a_till_stands_with_its_shop(self):
        """Points, stamps and their reward, a level's gift, credit, gift cards, returns, debts."""
        self.env["loyalty.club.stamp.program"].create(
            {
                "name": "Second tea",
                "club_id": self.club.id,
                "stamps_needed": 2,
                "reward_amount": 5,
                "earn_by": "unit",
                "product_ids": [Command.set(self.tea.ids)],
            }
        )
        self.env["loyalty.club.tier"].create(
            [
                {"name": "Basic", "club_id": self.club.id, "sequence": 1},
                {
                    "name": "Silver",
                    "club_id": self.club.id,
                    "sequence": 2,
                    "min_spend": 250,
                    "gift_amount": 5,
                },
            ]
        )
        self.env["loyalty.club.tier"]._recompute(self.club)
        top_up, gift = self.product("Top-up", 50), self.product("Gift", 20)
        self.new_program("ewallet", top_up, self.new_kind("ewallet"))
        self.new_program("gift_card", gift, self.new_kind("gift_card"))
        partner = self.member.partner_id
        first = self.env["loyalty.club.entry"].search([], order="id desc", limit=1).id

        sale = self.sell([self.line(qty=3), self.line(top_up), self.line(gift)], partner)
        self.sell([self.line(), self.reward_line(self.points_card(), 30)], partner)
        self.sell([self.return_line(sale.lines.filtered(lambda r: r.product_id == self.tea), 3)])
        self.sell([self.line(qty=5)], partner)

        entries = self.env["loyalty.club.entry"].search([("id", ">", first)])
        kinds = set(entries.mapped("kind"))
        self.assertLessEqual(
            {
                "earn", "spend", "topup", "issue", "convert_out", "convert_in", "bonus",
                "refund_earn", "debt", "debt_settle",
            },
            kinds,
        )  # fmt: skip
        without = entries.filtered(lambda entry: entry.branch_id != self.branch)
        self.assertFalse(without.mapped("kind"))
        self.assertLedgerSound()

    def test_a_new_till_stands_in_the_only_shop_of_its_company(self):
        def stands_in(**values):
            return self.env["pos.config"].create({"name": "New", **values}).club_branch_id

        own = self.env["res.company"].create({"name": "One Shop"})
        club = self.env["loyalty.club"].create({"name": "One Shop Club", "company_id": own.id})
        shop = club.branch_ids or self.env["loyalty.club.branch"].create(
            {"name": "Only", "club_id": club.id, "code": "ONLY"}
        )
        till = {
            "company_id": own.id,
            "payment_method_ids": [],
            "journal_id": False,
            "invoice_journal_id": False,
        }

        self.assertEqual(stands_in(**till), shop)
        self.assertFalse(stands_in(**till, club_branch_id=False))
        self.env["loyalty.club.branch"].create(
            {"name": "Second", "club_id": club.id, "code": "SECOND"}
        )
        self.assertFalse(stands_in(**till))

    # --- the same sale, wherever the customer is looked at -----------------------------------

    def test_a_purchase_is_right_on_contact_opportunity_member_and_timeline(self):
        partner = self.member.partner_id
        lead = self.env["crm.lead"].create({"name": "Wedding tea", "partner_id": partner.id})
        grade = self.env["loyalty.club.grade"].create(
            {
                "name": "Buyer",
                "club_id": self.club.id,
                "sequence": 0,  # before those a club begins with
                "domain": "[('purchase_count', '>=', 1)]",
            }
        )
        order = self.sell([self.line(qty=2)], partner)
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env["loyalty.club.grade"]._regrade(self.club)
        self.env.invalidate_all()

        member = self.member.with_user(self.manager)
        self.assertEqual((member.purchase_count, member.points_balance), (1, 20))
        self.assertEqual(member.recent_purchase_ids.mapped("amount"), [200])
        self.assertEqual(member.recent_purchase_ids.branch_id, self.branch)
        self.assertEqual(member.recent_purchase_ids.action_open_origin()["res_id"], order.id)
        self.assertEqual(member.recent_entry_ids.mapped("amount"), [20])
        self.assertEqual(member.recent_lead_ids, lead)
        self.assertEqual((member.grade_id, lead.club_grade_id), (grade, grade))
        self.assertEqual(member.rfm_id.frequency, 1)
        self.assertEqual(member.rfm_id.monetary, 200)
        self.assertEqual(partner.with_user(self.manager).club_status, "20 points")
        events = self.env["loyalty.club.timeline"].with_user(self.manager)
        events = events.search([("partner_id", "=", partner.id), ("kind", "=", "purchase")])
        self.assertEqual((events.channel, events.amount, events.origin_id), ("pos", 200, order.id))

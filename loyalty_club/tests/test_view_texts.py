from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .access_common import CLUB_GROUPS, MODULE
from .screens_common import ScreensCommon


@tagged("post_install", "-at_install")
class TestScreenTexts(ScreensCommon):
    """What the screens say and do beside showing fields."""

    def buttons(self, model, group, name):
        """Buttons ``name`` on the form that ``group`` gets."""
        arch = self.env[model].with_user(self.users[group]).get_views([(False, "form")])
        return etree.fromstring(arch["views"]["form"]["arch"]).findall(f".//button[@name='{name}']")

    def test_only_club_users_see_the_club_on_a_contact(self):
        for group, seen in (("internal", False), ("cashier", True), ("auditor", True)):
            with self.subTest(group=group):
                found = self.buttons("res.partner", group, "action_view_club_members")
                self.assertEqual(bool(found), seen)

    def test_only_managers_see_adjust_balance(self):
        name = str(self.env.ref(f"{MODULE}.wallet_adjust_action").id)
        for model in ("loyalty.club.wallet", "loyalty.club.member"):
            for group in CLUB_GROUPS:
                with self.subTest(model=model, group=group):
                    found = self.buttons(model, group, name)
                    self.assertEqual(bool(found), group == "manager")

    def test_contact_opens_its_membership_or_a_new_one(self):
        stranger = self.env["res.partner"].create({"name": "Nobody yet"})
        cashier = self.users["cashier"]

        opened = self.member.partner_id.with_user(cashier).action_view_club_members()
        fresh = stranger.with_user(cashier).action_view_club_members()

        self.assertEqual(opened["res_id"], self.member.id)
        self.assertFalse(fresh["res_id"])
        self.assertEqual(fresh["context"]["default_partner_id"], stranger.id)
        self.assertEqual(fresh["views"], [(False, "form")])

    def test_auditor_is_not_led_to_enrol(self):
        stranger = self.env["res.partner"].create({"name": "Nobody yet"})

        opened = stranger.with_user(self.users["auditor"]).action_view_club_members()

        self.assertNotEqual(opened.get("views"), [(False, "form")])

    def test_contact_shows_points_or_that_it_is_no_member(self):
        self.give_points(1250)
        cashier = self.users["cashier"]
        stranger = self.env["res.partner"].create({"name": "Nobody yet"})

        self.assertEqual(self.member.partner_id.with_user(cashier).club_status, "1,250 points")
        self.assertEqual(stranger.with_user(cashier).club_status, "Not a member")

    def test_terms_are_a_sentence(self):
        self.club.write({"earn_points": 1.5, "earn_per_amount": 10, "earn_rounding": "up"})

        self.assertEqual(
            self.club.terms.replace("\N{NO-BREAK SPACE}", ""),
            "Members earn points: 1.5 for each $10.00 of purchase, tax included, rounded up. "
            "Each is worth $0.10 at the till.",
        )

    def test_terms_say_when_nothing_is_earned(self):
        self.club.earn_points = 0

        self.assertEqual(self.club.terms, "Purchases earn nothing.")

    def test_value_and_name_of_a_point_reach_the_program(self):
        self.club.with_user(self.users["manager"]).write(
            {"point_value": 0.25, "point_name": "stars"}
        )

        self.assertEqual(self.program.portal_point_name, "stars")
        self.assertEqual(self.reward.discount, 0.25)

    def test_rules_of_a_managed_program_are_hidden(self):
        view = self.env.ref("loyalty.loyalty_program_view_form")
        arch = etree.fromstring(self.env["loyalty.program"].get_view(view.id, "form")["arch"])

        rules = arch.find(".//field[@name='rule_ids']")

        self.assertEqual(rules.get("invisible"), "club_wallet_kind_id")

    def test_rfm_is_told_in_words(self):
        self.sell(partner=self.member.partner_id)
        self.env["loyalty.club.rfm"]._rebuild(self.club)

        value = self.member.rfm_id

        self.assertEqual((value.r, value.f, value.m), (5, 5, 5))  # the only one is the best
        self.assertEqual(self.member.rfm_recency_text, "Among those who bought last")
        self.assertEqual(value.frequency_text, "Among those who buy most often")
        self.assertEqual(value.monetary_text, "Among those who spend most")

    def test_members_who_never_bought_have_no_words(self):
        self.env["loyalty.club.rfm"]._rebuild(self.club)

        self.assertFalse(self.member.rfm_recency_text)
        self.assertEqual(self.member.rfm_id.recency_text, False)

    def test_members_are_found_by_what_they_have_and_owe(self):
        other = self.new_member("Reza")
        self.give_points(50)
        Member = self.env["loyalty.club.member"].with_user(self.users["cashier"])
        here = Domain("id", "in", (self.member | other).ids)

        self.assertEqual(Member.search(here & Domain("points_balance", ">", 0)), self.member)
        self.assertEqual(Member.search(here & Domain("points_balance", "<", 1)), other)
        self.assertFalse(Member.search(here & Domain("points_owed", ">", 0)))

    def test_members_in_debt_are_found(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        card = self.points_card()
        self.sell([self.line(), self.reward_line(card, 30)], self.member.partner_id)
        self.sync(self.payload([self.return_line(order.lines, 3)], self.member.partner_id))

        found = self.env["loyalty.club.member"].search([("points_owed", ">", 0)])

        self.assertIn(self.member, found)
        self.assertGreater(self.member.points_owed, 0)

    def test_figures_of_the_club_count_what_is_there(self):
        self.give_points(40)
        self.new_member("Reza", join_date=fields.Date.subtract(fields.Date.today(), days=90))

        self.club.invalidate_recordset()

        self.assertEqual(self.club.member_count, 2)
        self.assertEqual(self.club.new_member_count, 1)
        self.assertEqual(self.club.points_outstanding, 40)

    def test_manager_adjusts_a_balance_on_the_screen(self):
        wallet = self.points_card().club_wallet_id
        wizards = self.env["loyalty.club.wallet.adjust"].with_user(self.users["manager"])
        with Form(wizards.with_context(default_wallet_id=wallet.id)) as form:
            form.amount = 25
            self.assertEqual(form.balance_after, 25)
            form.reason = "Compensation"

        form.save().action_adjust()

        self.assertPoints(25)
        self.assertEqual(wallet.entry_ids.note, "Compensation")
        self.assertEqual(wallet.entry_ids.user_id, self.users["manager"])

    def test_cashier_enrols_on_the_screen(self):
        partner = self.env["res.partner"].create({"name": "Nasrin"})
        members = self.env["loyalty.club.member"].with_user(self.users["cashier"])

        with Form(members) as form:
            form.partner_id = partner

        self.assertEqual(partner.club_member_ids.state, "active")

    def test_audit_is_started_beside(self):
        # The button above the list sends the chosen records, here none.
        action = self.rpc(self.users["manager"], "loyalty.club.audit", "action_audit_now", [])

        self.assertEqual(action["tag"], "display_notification")
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref(f"{MODULE}.cron_audit").id)]
        )
        self.assertTrue(trigger)

    def test_documents_of_entries_and_purchases_open(self):
        order = self.sell(partner=self.member.partner_id)
        entry = self.env["loyalty.club.entry"].search([("origin_id", "=", order.id)], limit=1)
        purchase = self.env["loyalty.club.purchase"].search([("origin_id", "=", order.id)], limit=1)

        for record in (entry, purchase):
            action = record.action_open_origin()
            self.assertEqual((action["res_model"], action["res_id"]), ("pos.order", order.id))

        adjusted = self.give_points(5).club_wallet_id.entry_ids[:1]
        if not adjusted.origin_model:
            with self.assertRaises(UserError):
                adjusted.action_open_origin()

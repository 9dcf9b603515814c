from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .erasure_common import EMAIL, NAME, PHONE, TRACES, ErasureCommon


@tagged("post_install", "-at_install")
class TestErasure(ErasureCommon):
    def test_no_trace_is_left_in_a_dump_and_the_books_stay_sound(self):
        member = self.zeynab()
        sums = self.sums()
        self.assertGreater(len(self.traces()), 20, "the dump sees what is there")

        erasure = self.erase(member, reason=f"{NAME} wrote from {EMAIL}")

        self.assertEqual(self.traces(), [])
        self.assertEqual((erasure.state, erasure.scope, erasure.left), ("done", "person", False))
        self.assertLedgerSound()
        self.assertEqual(self.sums(), sums)
        self.assertEqual(member.partner_id.name, f"Erased member {member.number}")

    def sums(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT (SELECT SUM(balance) FROM loyalty_club_wallet),"
            " (SELECT SUM(amount) FROM loyalty_club_entry),"
            " (SELECT COUNT(*) FROM loyalty_club_entry),"
            " (SELECT SUM(amount) FROM loyalty_club_purchase),"
            " (SELECT SUM(debit) FROM account_move_line)"
        )
        return self.env.cr.fetchone()

    def test_a_trace_where_no_rule_cleans_is_found_and_told(self):
        member = self.zeynab()
        self.env["product.product"].create({"name": f"Cake of {NAME}"})

        erasure = self.erase(member)

        self.assertIn("product_template.name: 1", erasure.left)
        self.assertNotIn("Kianfar", erasure.left)
        self.assertTrue(erasure.values_sealed)

        self.env["product.product"].search([("name", "like", NAME)]).name = "Cake"
        erasure.with_user(self.decides).action_look_again()

        self.assertFalse(erasure.left)
        self.assertFalse(erasure.values_sealed)
        self.assertEqual(self.traces(), [])

    def test_the_login_is_gone(self):
        member = self.zeynab()
        user = member.partner_id.with_context(active_test=False).user_ids

        self.erase(member)

        self.env.cr.execute(
            "SELECT login, password, active FROM res_users WHERE id = %s", [user.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (f"erased-{user.id}", None, False))

    def test_who_asks_does_not_decide(self):
        erasures = self.env["loyalty.club.erasure"].with_user(self.asks)
        erasure = erasures._request(self.member.with_user(self.asks), "staff")

        with self.assertRaises(UserError):
            erasure.action_approve()
        with self.assertRaises(AccessError):
            erasure.with_user(self.cashier).action_approve()
        self.assertEqual(self.member.erased_on, False)

    def test_somebody_else_with_the_same_name_is_left_alone(self):
        member = self.zeynab()
        namesake = self.env["res.partner"].create({"name": NAME})
        namesake.message_post(body=f"{NAME} prefers coffee")

        erasure = self.erase(member)

        self.assertEqual(namesake.name, NAME)
        self.assertIn(NAME, namesake.message_ids[0].body)
        self.assertIn("name", erasure.left)

    def test_an_employee_keeps_the_contact(self):
        member = self.zeynab()
        partner = member.partner_id
        partner.user_ids.group_ids = [Command.set(self.env.ref("base.group_user").ids)]

        erasure = self.erase(member)

        self.assertEqual((erasure.scope, partner.name), ("membership", NAME))
        self.assertNotEqual(member.partner_id, partner)
        self.assertEqual(member.mobile, False)
        self.assertEqual(self.traces(("0499370899",)), [])
        self.assertLedgerSound()

    def test_an_unpaid_invoice_comes_first(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.member.partner_id.id,
                "invoice_line_ids": [Command.create({"product_id": self.tea.id, "price_unit": 5})],
            }
        )
        invoice.action_post()

        with self.assertRaises(UserError):
            self.erase(self.member)

    def test_value_follows_the_closing_policy(self):
        self.club.closing_policy = "forfeit"
        self.give_points(50)

        self.erase(self.member)

        self.assertEqual(self.points_card().club_wallet_id.balance, 0)
        self.assertLedgerSound()

    def test_an_erased_member_does_not_come_back(self):
        self.erase(self.member)

        with self.assertRaises(UserError):
            self.member.with_user(self.decides).action_activate()

    def test_facts_can_be_emptied_and_nothing_else(self):
        self.give_points(5)
        entry = self.env["loyalty.club.entry"].search([("member_id", "=", self.member.id)], limit=1)
        self.env.flush_all()

        for change in ("note = 'other'", "amount = 6", "note = '–', amount = 6"):
            with (
                self.subTest(change),
                self.assertRaisesRegex(Exception, "facts"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    f"UPDATE loyalty_club_entry SET {change} WHERE id = %s", [entry.id]
                )

    def test_a_request_can_be_refused_and_taken_back(self):
        erasures = self.env["loyalty.club.erasure"].with_user(self.asks)
        first = erasures._request(self.member.with_user(self.asks), "staff", "x")
        self.assertEqual(erasures._request(self.member.with_user(self.asks), "staff"), first)

        first.with_user(self.decides)._refuse("There is a lawsuit")
        second = erasures._request(self.member.with_user(self.asks), "staff")
        second._withdraw()

        self.assertEqual((first.state, second.state), ("refused", "withdrawn"))

    def test_closed_memberships_are_erased_after_the_months_of_the_club(self):
        self.club.erase_closed_months = 12
        old, young = self.new_member("Old Closed Member"), self.new_member("Young Closed Member")
        for member, months in ((old, 13), (young, 11)):
            member._close("left")
            member.sudo().closed_on = fields.Date.subtract(fields.Date.today(), months=months)

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60):
            self.env["loyalty.club"]._cron_retention()
            self.env["loyalty.club.erasure"]._cron_check()

        self.assertTrue(old.erased_on)
        self.assertEqual(old.erasure_ids.source, "retention")
        self.assertTrue(old.erasure_ids.checked_on)
        self.assertFalse(young.erased_on)

    def test_two_memberships_of_one_person(self):
        """A contact is erased with the last membership, not with the first."""
        member = self.zeynab()
        club = self.env["loyalty.club"].create({"name": "Second Club", "sequence": 9})
        second = self.env["loyalty.club.member"].create(
            {"partner_id": member.partner_id.id, "club_id": club.id}
        )
        partner = second.partner_id

        self.erase(member)
        self.assertEqual(partner.name, NAME)
        self.erase(second)

        self.assertEqual(self.traces(("kianfar", PHONE[5:])), [])
        self.assertEqual(len(TRACES), len(set(TRACES)))


@tagged("post_install", "-at_install")
class TestMemberExport(ErasureCommon):
    def test_the_copy_holds_what_is_kept_and_opens_what_is_sealed(self):
        member = self.zeynab()

        data = member._export_data()

        self.assertEqual(data["contact"]["email"], EMAIL)
        self.assertEqual(data["membership"]["identity_code"], "0499370899")
        self.assertEqual(data["membership"]["birthday"], "1990-05-17")
        self.assertEqual(data["purchases"][0]["amount"], 300.0)
        self.assertTrue(all(data[name] for name in ("cards", "consents", "consent_history")))
        self.assertTrue(data["movements"] and data["wallets"] and data["messages"])
        self.assertNotIn("Parvaneh", str(data))

    def test_the_copy_as_a_file(self):
        name, media_type, content = self.zeynab()._export_file()

        self.assertTrue(name.endswith(".zip"))
        self.assertEqual(media_type, "application/zip")
        self.assertEqual(content[:2], b"PK")

    def test_making_a_copy_is_logged_and_takes_the_right(self):
        wizard = self.env["loyalty.club.member.export"].with_user(self.asks)
        action = wizard.create({"member_id": self.member.id, "reason": "She asked"}).action_export()

        reveal = self.env["loyalty.club.reveal"].search([], limit=1)
        self.assertEqual((reveal.code, reveal.user_id), ("export", self.asks))
        self.assertIn(f"/{reveal.id}", action["url"])
        marketer = new_test_user(self.env, "erasure_m", groups="loyalty_club.group_marketer")
        with self.assertRaises(AccessError):
            self.member.with_user(marketer).action_export_data()


@tagged("post_install", "-at_install")
class TestPrivacyLookup(ErasureCommon):
    def lookup(self):
        wizard = self.env["privacy.lookup.wizard"].create({"name": NAME, "email": EMAIL})
        wizard.action_lookup()
        return wizard.line_ids

    def test_odoos_lookup_finds_what_the_club_keeps(self):
        self.zeynab()

        found = set(self.lookup().mapped("res_model"))

        self.assertLessEqual(
            {"loyalty.club.member", "loyalty.club.card", "loyalty.club.consent",
             "loyalty.club.purchase"}, found,
        )  # fmt: skip

    def test_members_are_sent_to_the_erasure(self):
        self.zeynab()
        lines = self.lookup()

        for model in ("res.partner", "loyalty.club.member", "res.users"):
            line = lines.filtered(lambda one, m=model: one.res_model == m)[:1]
            with self.subTest(model), self.assertRaises(UserError):
                line.action_unlink()

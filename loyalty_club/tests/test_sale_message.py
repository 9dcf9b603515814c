from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestSaleMessage(ConsentCommon):
    """Members read on their phones what a purchase or a return has moved, once it is booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.sale_message = True

    def bought(self, lines=None, member=None, **values):
        """A sale to Sara, or another member; the texts that wait to be sent after it."""
        before = self.messages()
        self.order = self.sell(lines, (member or self.sara).partner_id, **values)
        return self.messages() - before

    def messages(self):
        return self.env["loyalty.club.outbox"].search([("kind", "=", "purchase")])

    def test_a_purchase_that_earns_is_told(self):
        message = self.bought([self.line(qty=3)])

        self.assertEqual(message.body, "Test Club: 30 points earned. Balance: 30 points.")
        self.assertEqual((message.channel, message.partner_id), ("sms", self.sara.partner_id))
        self.assertEqual(message.address, "+989121110001")
        self.assertTrue(message.expires_at)

    def test_it_goes_out_by_sms_and_is_forgotten(self):
        message = self.bought()
        sent = []

        def send(api, messages, delivery_reports_url=False):
            sent.extend(messages)
            return [{"uuid": messages[0]["numbers"][0]["uuid"], "state": "success"}]

        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send):
            message._send()

        self.assertEqual(sent[0]["content"], "Test Club: 10 points earned. Balance: 10 points.")
        self.assertEqual((message.state, message.body), ("sent", False))

    def test_what_was_used_is_told_beside_what_was_earned(self):
        card = self.give_points(200)

        message = self.bought([self.line(), self.reward_line(card, 100)])

        self.assertEqual(
            message.body,
            "Test Club: 100 points used and 9 points earned. Balance: 109 points.",
        )

    def test_a_return_is_told(self):
        self.bought([self.line(qty=3)])

        message = self.bought([self.return_line(self.order.lines, 1)])

        self.assertEqual(message.body, "Test Club: 10 points taken back. Balance: 20 points.")

    def test_a_return_at_the_till_without_a_name_is_told_to_whoever_earned(self):
        self.bought()
        before = self.messages()

        self.sell([self.return_line(self.order.lines)])

        message = self.messages() - before
        self.assertEqual(message.partner_id, self.sara.partner_id)
        self.assertIn("10 points taken back", message.body)

    def test_what_is_owed_is_told(self):
        sold = self.sell([self.line(qty=3)], self.sara.partner_id)
        self.sell([self.line(), self.reward_line(self.points_card(), 30)], self.sara.partner_id)

        message = self.bought([self.return_line(sold.lines, 3)])

        self.assertRegex(message.body, r": 30 points taken back\. Balance: 0 points and \d+ .*owed")

    def test_a_top_up_is_told_with_its_wallet(self):
        top_up = self.product("Top-up", 50)
        self.new_program("ewallet", top_up, self.new_kind("ewallet"))

        message = self.bought([self.line(top_up)])

        self.assertRegex(message.body, r"50\.00 paid in\. Balance: 0 points and ewallet .*50\.00")

    def test_nothing_is_told_where_nothing_moved_or_nobody_can_be_told(self):
        self.assertFalse(self.bought([self.line(price=1)]), "too little to earn")
        self.sara.partner_id.phone = False
        self.assertFalse(self.bought(), "no mobile")
        self.assertFalse(self.bought(member=self.new_member("Newcomer")), "no mobile")
        self.club.sale_message = False
        self.assertFalse(self.bought(member=self.omid), "the club does not wish it")

    def test_whoever_does_not_agree_is_not_told(self):
        self.purpose("service").legal_basis = "consent"
        self.assertFalse(self.bought())

        self.say(self.sara, True, code="service")
        self.assertTrue(self.bought())

    def test_a_repeated_order_is_told_once(self):
        payload = self.payload([self.line()], self.sara.partner_id)
        before = self.messages()

        self.sync(dict(payload))
        self.sync(dict(payload))

        self.assertEqual(len(self.messages() - before), 1)

    def test_it_speaks_the_members_language_in_the_clubs_words(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.sara.partner_id.lang = "fa_IR"
        self.club.sale_message_text = "Thank you, {name}: {change}. Now {balance}."
        self.club.with_context(lang="fa_IR").write(
            {"sale_message_text": "سپاس {name}، {shop}: {balance}"}
        )
        self.branch.with_context(lang="fa_IR").name = "شعبه"

        self.assertRegex(self.bought().body, "^سپاس Sara، شعبه: 10 ")
        self.assertEqual(
            self.bought(member=self.omid).body,
            "Thank you, Omid: 10 points earned. Now 10 points.",
        )

    def test_words_that_mean_nothing_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "national_code"):
            self.club.sale_message_text = "{name} {national_code}"

    def test_the_manager_sees_a_sample(self):
        self.assertEqual(
            self.club.sale_message_sample, "Test Club: 12 points earned. Balance: 212 points."
        )
        self.club.sale_message_text = "{club}/{receipt}"
        self.assertIn("Test Club/", self.club.sale_message_sample)

    def test_a_club_that_tells_nobody_pays_nothing_for_it(self):
        order = self.sell(partner=self.sara.partner_id)
        self.club.sale_message = False
        self.env.flush_all()

        with self.assertQueryCount(0):
            self.env["loyalty.club.entry"]._tell_moved(
                self.club, ("pos.order", order.id), "1", self.branch
            )

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestOutbox(ClubCommon):
    """Messages wait for the cron; a failing one harms nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message = cls.env["loyalty.club.outbox"]._queue_new_card(cls.member.wallet_ids.card_ids)

    def sending(self, **behaviour):
        card = type(self.env["loyalty.card"])
        return patch.object(card, "_send_creation_communication", **behaviour)

    def test_message_is_sent_once(self):
        with self.sending(return_value=None) as send:
            self.message._send()
        self.assertEqual((self.message.state, send.call_count), ("sent", 1))

    def test_failure_is_recorded_and_tried_again(self):
        with self.sending(side_effect=UserError("no mail server")):
            self.message._send()
            self.assertEqual((self.message.state, self.message.attempts), ("waiting", 1))
            self.assertEqual(self.message.last_error, "no mail server")
            for _attempt in range(4):
                self.message._send()
        self.assertEqual(self.message.state, "failed")

        self.message.action_retry()
        with self.sending(return_value=None):
            self.message._send()
        self.assertEqual((self.message.state, self.message.last_error), ("sent", False))

    def test_a_failed_message_waits_longer_each_time(self):
        with self.sending(side_effect=UserError("no mail server")):
            self.message._send()
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1):
                self.env["loyalty.club.outbox"]._cron_send()

        self.assertEqual(self.message.attempts, 1)
        self.assertGreater(self.message.try_after, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestTexts(ClubCommon):
    """Texts reach a person on her mobile, else by e-mail, and leave no copy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.member.partner_id
        cls.partner.write(
            {
                "phone": "09121234567",
                "email": "sara@example.com",
                "country_id": cls.env.ref("base.ir").id,
            }
        )
        cls.Outbox = cls.env["loyalty.club.outbox"]
        cls.manager = new_test_user(cls.env, "outbox_boss", groups="loyalty_club.group_manager")

    def queue(self, **values):
        text = {
            "partner_id": self.partner.id,
            "company_id": self.company.id,
            "subject": "Your code",
            "body": "secret 123456",
            **values,
        }
        return self.Outbox._queue_texts("one_time_code", [text])

    def sms(self, **result):
        """The SMS provider answers so; what it was given is in the mock."""
        answer = {"state": "success", **result}

        def send(api, messages, delivery_reports_url=False):
            self.given = messages
            return [{"uuid": messages[0]["numbers"][0]["uuid"], **answer}]

        return patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send)

    def test_a_mobile_gets_an_sms(self):
        message = self.queue()
        with self.sms():
            message._send()

        self.assertEqual((message.state, message.channel), ("sent", "sms"))
        self.assertEqual(self.given[0]["content"], "secret 123456")
        self.assertEqual(self.given[0]["numbers"][0]["number"], "+989121234567")

    def test_without_a_mobile_an_email_is_sent(self):
        self.partner.phone = "02188001234"
        message = self.queue()
        with patch.object(type(self.env["mail.mail"]), "send", autospec=True) as send:
            message._send()

        mail = send.call_args.args[0]
        self.assertEqual((message.state, message.channel), ("sent", "email"))
        self.assertEqual((mail.email_to, mail.auto_delete), ("sara@example.com", True))
        self.assertIn("secret 123456", mail.body_html)

    def test_whoever_cannot_be_reached_gets_no_message(self):
        self.partner.write({"phone": False, "email": False})

        self.assertFalse(self.queue())

    def test_nothing_of_a_sent_text_is_kept(self):
        message = self.queue()
        with self.sms():
            message._send()

        self.assertEqual((message.body, message.address), (False, False))
        self.assertEqual(message.sent_to, "+98******4567")
        self.assertFalse(self.env["sms.sms"].search([("body", "ilike", "secret 123456")]))

    def test_a_failure_says_why_and_leaves_no_copy_elsewhere(self):
        message = self.queue()
        with self.sms(state="insufficient_credit"):
            message._send()

        self.assertEqual((message.state, message.last_error), ("waiting", "Insufficient Credit"))
        self.assertFalse(self.env["sms.sms"].search([("body", "ilike", "secret 123456")]))

    def test_what_came_too_late_is_not_sent(self):
        message = self.queue(expires_at=fields.Datetime.subtract(fields.Datetime.now(), minutes=1))
        with self.sms():
            message._send()

        self.assertEqual((message.state, message.body), ("failed", False))
        message.action_retry()
        self.assertEqual(message.state, "failed")

    def test_no_user_reads_what_it_says_or_writes_it(self):
        message = self.queue().with_user(self.manager)
        self.env.flush_all()

        for name in ("body", "address", "subject"):
            with self.subTest(name), self.assertRaises(AccessError):
                message.read([name])
            with self.subTest(name), self.assertRaises(AccessError):
                message.search([(name, "ilike", "1")])
        self.assertNotIn("body", message.read()[0])
        for values in ({"body": "mine"}, {"partner_id": self.manager.partner_id.id}):
            with self.assertRaises(UserError):  # an AccessError is one
                message.write(values)

    def test_it_is_sent_at_once(self):
        cron = self.env.ref("loyalty_club.cron_outbox")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)

        self.queue()

        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), before + 1)

    def test_texts_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"

        self.assertEqual(self.Outbox._in_language_of(self.partner).lang, "fr_FR")

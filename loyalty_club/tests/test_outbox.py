from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

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

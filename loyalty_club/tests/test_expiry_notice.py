from datetime import date
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..models import expiry_notice
from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryNotice(ExpiryCommon):
    """Members are told before value expires: once, in one text, in their language."""

    def setUp(self):
        super().setUp()
        self.terms("after", number=30, unit="day", notice_days=7)
        # the sample data has told its own members
        self.last_text = self.env["loyalty.club.outbox"].search([], order="id desc", limit=1).id
        self.member.partner_id.email = "sara@example.com"

    def tell(self, day):
        self.on(day)
        return self.env["loyalty.club.expiry.notice"]._send()

    def texts(self):
        messages = self.env["loyalty.club.outbox"].search(
            [("kind", "=", "expiry_notice"), ("id", ">", self.last_text)], order="id"
        )
        self.env.cr.execute(
            "SELECT body FROM loyalty_club_outbox WHERE id = ANY(%s) ORDER BY id", [messages.ids]
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def test_a_member_is_told_once_and_in_time(self):
        self.earn(30, "2025-01-01")
        self.earn(20)

        self.assertEqual(self.tell("2025-01-23"), 0)
        self.assertEqual(self.tell("2025-01-24"), 1)
        self.assertEqual(self.tell("2025-01-24"), 0)
        self.assertEqual(self.tell("2025-01-25"), 0)

        self.assertEqual(
            self.texts(),
            ["Sara, 50 points at Test Club can be used until 01/31/2025, and will then be gone."],
        )

    def test_a_notice_that_is_late_is_better_than_none(self):
        self.earn(30, "2025-01-01")

        self.assertEqual(self.tell("2025-01-31"), 1)

    def test_what_has_expired_is_not_announced(self):
        self.earn(30, "2025-01-01")

        self.assertEqual(self.tell("2025-02-01"), 0)

    def test_each_day_of_expiry_is_told_of_its_own(self):
        self.earn(30, "2025-01-01")
        self.earn(20, "2025-01-02")

        self.assertEqual(self.tell("2025-01-25"), 2)

        self.assertEqual(len(self.texts()), 2)

    def test_two_kinds_on_one_day_are_one_text(self):
        credit = self.new_kind("ewallet")
        credit.expiry_policy_id = self.new_policy(number=30, unit="day", notice_days=3)
        wallet = credit._wallets_of(self.member)[self.member.id]
        self.earn(30, "2025-01-01")
        self.earn(20, wallet=wallet)

        self.tell("2025-01-24")
        self.tell("2025-01-28")

        (text,) = self.texts()
        self.assertIn(
            "30 points and $20.00".replace("$", "$"), text.replace("\N{NO-BREAK SPACE}", "")
        )

    def test_a_persian_reads_the_persian_day(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.member.partner_id.lang = "fa_IR"
        self.earn(30, "2025-02-18")

        self.tell("2025-03-15")

        self.assertIn("1403/12/30", self.texts()[0])

    def test_a_later_day_is_told_again(self):
        lot = self.earn(30, "2025-01-01")
        self.tell("2025-01-24")
        manager = new_test_user(self.env, "notice_manager", groups="loyalty_club.group_manager")
        self.env["loyalty.club.lot.change"].with_user(manager)._extend(
            lot, date(2025, 2, 28), "Closed"
        )

        self.assertEqual(self.tell("2025-01-31"), 0)
        self.assertEqual(self.tell("2025-02-21"), 1)

    def test_nobody_is_told_of_what_is_spent_or_theirs_no_more(self):
        self.earn(30, "2025-01-01")
        self.spend(30)
        other = self.new_member("Ali")
        self.earn(30, wallet=self.wallet_of(other))
        other.state = "closed"

        self.assertEqual(self.tell("2025-01-24"), 0)

    def test_many_members_are_told_in_batches(self):
        members = [self.new_member(f"M{number}") for number in range(5)]
        for member in members:
            self.earn(10, "2025-01-01", wallet=self.wallet_of(member))

        with patch.object(expiry_notice, "_BATCH", 2):
            self.assertEqual(self.tell("2025-01-24"), 5)

        told = [("wallet_id.club_id", "=", self.club.id)]
        notices = self.env["loyalty.club.expiry.notice"].search(told)
        self.assertEqual(len(notices), 5)
        self.assertEqual(set(notices.mapped("amount")), {10})

    def test_the_lot_tells_when_the_member_was_told(self):
        lot = self.earn(30, "2025-01-01")
        self.assertFalse(lot.notice_date)

        self.tell("2025-01-24")

        lot.invalidate_recordset()
        self.assertEqual(lot.notice_date.date(), date(2025, 1, 24))

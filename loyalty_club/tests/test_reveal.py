from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .profile_common import NATIONAL, ProfileCommon


@tagged("post_install", "-at_install")
class TestReveal(ProfileCommon):
    """Whoever opens a sealed value has the right, says why, and is logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.write({"identity_code": NATIONAL, "birthday": "1990-03-21"})

    def wizard(self, code="identity_code", user=None, **values):
        return (
            self.env["loyalty.club.member.reveal"]
            .with_user(user or self.manager)
            .create({"member_id": self.member.id, "code": code, "reason": "She asked", **values})
        )

    def log(self):
        return self.env["loyalty.club.reveal"].search([("member_id", "=", self.member.id)])

    def test_the_value_is_shown_and_who_looked_is_kept(self):
        wizard = self.wizard()
        self.assertFalse(wizard.value)

        wizard.action_reveal()

        self.assertEqual(wizard.value, NATIONAL)
        entry = self.log()
        self.assertEqual(
            (entry.user_id, entry.code, entry.reason),
            (self.manager, "identity_code", "She asked"),
        )

    def test_a_value_is_removed_at_the_members_wish_and_by_no_empty_cell(self):
        self.member.with_user(self.manager).write({"birthday": False, "sex": "female"})
        self.assertTrue(self.member._plain_value("birthday"), "nobody saw what was emptied")

        self.wizard("birthday").action_remove()

        self.assertFalse(self.member._plain_value("birthday"))
        self.assertFalse(self.member.birth_jalali)
        self.assertFalse(self.member.age_group)
        self.assertIn("Birthday", self.member.message_ids[:1].body)

    def test_every_kind_of_value_opens(self):
        self.member.family_ids = [(0, 0, {"name": "Ali", "birthday": "2015-04-05"})]

        for code, text in (
            ("birthday", "1990-03-21"),
            ("family_ids", "Ali: 2015-04-05"),
            ("anniversary", "Nothing is known."),
        ):
            wizard = self.wizard(code)
            wizard.action_reveal()
            self.assertEqual(wizard.value, text)
        self.assertEqual(len(self.log()), 3)

    def test_nobody_without_the_right_reveals(self):
        with self.assertRaises(AccessError):
            self.member.with_user(self.cashier).action_reveal()
        with self.assertRaises(AccessError):
            self.wizard(user=self.cashier)
        with self.assertRaises(AccessError):
            self.env["loyalty.club.reveal"].with_user(self.cashier)._log(
                self.member.with_user(self.cashier), "birthday", "Curious"
            )
        self.assertFalse(self.log())

    def test_a_client_cannot_point_the_window_at_a_reveal(self):
        first = self.wizard()
        first.action_reveal()
        reveal = first.reveal_id
        other = self.new_member("Other", identity_code="0084575948")

        forged = self.wizard(reveal_id=reveal.id)
        forged.write({"reveal_id": reveal.id})
        by_default = (
            self.env["loyalty.club.member.reveal"]
            .with_user(self.manager)
            .with_context(default_reveal_id=reveal.id)
            .create({"member_id": other.id, "code": "birthday", "reason": "x"})
        )
        first.member_id = other

        self.assertFalse(forged.value)
        self.assertFalse(by_default.reveal_id)
        self.env.invalidate_all()
        self.assertEqual(first.value, NATIONAL, "what was revealed, not what is asked now")

    def test_somebody_elses_reveal_shows_nothing(self):
        wizard = self.wizard()
        wizard.action_reveal()

        with self.assertRaises(AccessError):
            wizard.reveal_id.with_user(self.env.ref("base.user_admin"))._value()

    def test_what_was_revealed_is_shown_for_minutes_only(self):
        wizard = self.wizard()
        wizard.action_reveal()

        later = fields.Datetime.now() + timedelta(minutes=6)
        with patch(
            "odoo.addons.loyalty_club.models.reveal.fields.Datetime.now", return_value=later
        ):
            self.env.invalidate_all()
            self.assertNotIn(NATIONAL, wizard.value)

    def test_a_reason_is_needed_and_there_is_an_end_to_it(self):
        with self.assertRaises(UserError):
            self.wizard(reason="  ").action_reveal()

        with patch("odoo.addons.loyalty_club.models.reveal._REVEALS", (2, 3600)):
            for _time in range(2):
                self.wizard().action_reveal()
            with self.assertRaises(UserError):
                self.wizard().action_reveal()

    def test_the_log_is_never_changed(self):
        self.wizard().action_reveal()

        with self.assertRaises(UserError):
            self.log().reason = "Nothing"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(Exception) as refused,
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM loyalty_club_reveal")
        self.assertIn("facts", str(refused.exception))

    def test_opening_all_birthdays_needs_the_right_and_is_kept(self):
        field = self.asked("birthday", sensitive=True).with_user(self.manager)
        privacy = self.env.ref("loyalty_club.group_privacy")
        manager = self.env.ref("loyalty_club.group_manager")
        manager.implied_ids -= privacy
        self.manager.group_ids = manager
        with self.assertRaisesRegex(AccessError, "open it for everybody"):
            field.sensitive = False
        self.manager.group_ids |= privacy

        field.sensitive = False

        kept = self.env["loyalty.club.reveal"].search([("club_id", "=", self.club.id)])
        self.assertEqual(
            (kept.user_id, kept.code, kept.member_id.id), (self.manager, "birthday", False)
        )
        self.assertIn("everybody", kept.display_name)

    def test_what_the_job_notes_of_a_field_is_written_by_nobody_else(self):
        field = self.asked("birthday").with_user(self.manager)

        for values in (
            {"code": "sex"}, {"reseal_after": 10**6}, {"reseal_state": "done"},
            {"club_id": self.club.id},
        ):  # fmt: skip
            with self.subTest(values), self.assertRaisesRegex(UserError, "not by hand"):
                field.write(values)


@tagged("post_install", "-at_install")
class TestViewLog(ProfileCommon):
    """Whoever opens a member's form is noted once an hour."""

    FORM = {"number": {}, "identity_code": {}}

    def noted(self):
        self.env["loyalty.club.view.log"].invalidate_model()
        return self.env["loyalty.club.view.log"].search([("member_id", "=", self.member.id)])

    def test_opening_a_form_is_noted_once_for_each_user_and_hour(self):
        for user in (self.cashier, self.cashier, self.manager):
            self.member.with_user(user).web_read(self.FORM)

        self.assertEqual(self.noted().user_id, self.cashier | self.manager)
        self.assertEqual(len(self.noted()), 2)
        self.assertEqual(self.noted()[0].club_id, self.club)

    def test_lists_and_the_system_itself_note_nothing(self):
        both = (self.member | self.new_member("B")).with_user(self.manager)
        both.web_read({"number": {}})
        with patch("odoo.addons.loyalty_club.models.view_log._FEW", 1):
            both.web_read(self.FORM)
        self.member.sudo().web_read(self.FORM)

        self.assertFalse(self.noted())

    def test_a_few_members_read_at_once_are_noted_each(self):
        both = self.member | self.new_member("B")

        both.with_user(self.manager).web_read({"birthday": {}})

        noted = self.env["loyalty.club.view.log"].search([("user_id", "=", self.manager.id)])
        self.assertEqual(noted.member_id, both)

    def test_a_request_that_only_reads_notes_it_as_well(self):
        with (
            patch.object(type(self.env.cr), "readonly", True),
            patch(
                "odoo.addons.loyalty_club.models.view_log.in_short_transaction",
                side_effect=lambda env, work: work(env),
            ) as apart,
        ):
            self.member.with_user(self.manager).web_read(self.FORM)

        self.assertEqual(apart.call_count, 1)
        self.assertEqual(self.noted().user_id, self.manager)

    def test_what_is_older_than_the_club_keeps_it_is_forgotten(self):
        self.member.with_user(self.manager).web_read(self.FORM)
        self.member.with_user(self.cashier).web_read(self.FORM)
        self.club.view_log_days = 30
        old = self.noted().filtered(lambda row: row.user_id == self.cashier)
        self.env.cr.execute(
            "UPDATE loyalty_club_view_log SET hour = %s WHERE id = %s",
            [old.hour - timedelta(days=31), old.id],
        )

        self.env["loyalty.club.view.log"]._gc_old()
        self.assertEqual(self.noted().user_id, self.manager)

        self.club.view_log_days = 0
        self.env.cr.execute("UPDATE loyalty_club_view_log SET hour = '2000-01-01'")
        self.env["loyalty.club.view.log"]._gc_old()
        self.assertTrue(self.noted(), "kept for ever")

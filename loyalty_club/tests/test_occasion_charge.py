from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from ..models import occasion_run
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestOccasionCharge(ClubCommon):
    """One action credits a whole group: each member of it exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker, cls.checker = (
            new_test_user(cls.env, f"occasion_{name}", groups="loyalty_club.group_manager")
            for name in ("maker", "checker")
        )
        cls.group = cls.member
        for index in range(6):
            cls.group |= cls.new_member(
                f"Member {index}", kind="staff" if index < 2 else "customer"
            )
        cls.credit = cls.new_kind("ewallet")

    def charge(self, **values):
        Charge = self.env["loyalty.club.occasion.charge"].with_user(self.maker)
        return Charge.create(
            {
                "name": "Nowruz",
                "club_id": self.club.id,
                "kind_id": self.club.points_kind_id.id,
                "amount": 50,
                "domain": "[]",
                **values,
            }
        )

    def entries(self, charge):
        self.env.invalidate_all()
        return self.env["loyalty.club.entry"].search(
            [("origin_model", "=", charge._name), ("origin_id", "=", charge.id)]
        )

    def run_job(self, batch):
        """The job, with small batches; the test's own transaction is not committed."""
        with (
            patch.object(occasion_run, "_BATCH", batch),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60),
        ):
            self.env["loyalty.club.occasion.charge"]._cron_charge()

    def test_every_active_member_of_the_group_gets_it_once(self):
        self.new_member("Suspended", state="suspended")
        self.new_member("Closed")._close("Left")
        charge = self.charge()
        self.assertEqual((charge.todo_count, charge.todo_total), (7, 350))
        self.assertEqual(charge.skipped_count, 2)

        charge.action_charge()

        entries = self.entries(charge)
        self.assertEqual(entries.member_id, self.group)
        self.assertEqual(len(entries), 7)
        self.assertEqual(set(entries.mapped("kind")), {"grant"})
        self.assertEqual(set(entries.mapped("note")), {"Nowruz"})
        self.assertEqual(
            (charge.state, charge.charged_count, charge.charged_total), ("done", 7, 350)
        )
        self.assertPoints(50)
        self.assertLedgerSound()

    def test_group_is_what_the_domain_says(self):
        charge = self.charge(domain="[('kind', '=', 'staff')]")

        charge.action_charge()

        self.assertEqual(self.entries(charge).member_id, self.group[1:3])

    def test_members_of_another_club_never_get_it(self):
        other = self.env["loyalty.club"].create({"name": "Other", "sequence": 99})
        stranger = self.env["loyalty.club.member"]._enrol(
            other, self.env["res.partner"].create({"name": "Stranger"})
        )
        charge = self.charge(domain="['|', ('id', '>', 0), ('club_id', '!=', False)]")

        charge.action_charge()

        self.assertNotIn(stranger, self.entries(charge).member_id)

    def test_again_credits_only_newcomers(self):
        charge = self.charge()
        charge.action_charge()
        with self.assertRaisesRegex(UserError, "Nobody"):
            charge.action_charge()
        newcomer = self.new_member("Newcomer")

        charge.action_charge()

        self.assertPoints(50)
        self.assertPoints(50, newcomer)
        self.assertEqual((charge.charged_count, len(self.entries(charge))), (8, 8))

    def test_a_person_merged_since_does_not_get_it_again(self):
        self.group[1].action_suspend()
        charge = self.charge()
        charge.action_charge()
        self.group[1].action_activate()
        self.group[2]._merge_into(self.group[1])

        with self.assertRaisesRegex(UserError, "Nobody"):
            charge.action_charge()

        self.assertPoints(50, self.group[1])

    def test_large_groups_are_charged_by_the_job_in_batches(self):
        charge = self.charge()
        with patch.object(occasion_run, "_AT_ONCE", 3):
            charge.action_charge()
        self.assertEqual((charge.state, charge.charged_count), ("running", 0))

        self.run_job(batch=2)

        self.assertEqual((charge.state, charge.charged_count), ("done", 7))
        self.assertEqual(len(self.entries(charge)), 7)
        self.assertPoints(50)

    def test_after_a_server_died_in_the_middle_nobody_gets_it_twice(self):
        charge = self.charge().sudo()
        with patch.object(occasion_run, "_AT_ONCE", 3):
            charge.with_user(self.maker).action_charge()
        charge._charge_batch(3)  # committed
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            charge._charge_batch(3)  # in doubt when the server died
            1 / 0  # noqa: B018
        self.env.invalidate_all()
        self.assertEqual(charge.charged_count, 3)
        charge.progress_id = 0  # at worst it does not know how far it came

        self.run_job(batch=3)

        self.assertEqual((charge.charged_count, len(self.entries(charge))), (7, 7))
        self.assertPoints(50)
        self.assertLedgerSound()

    def test_above_the_limit_a_second_manager_decides(self):
        self.club.occasion_approval_above = 34.99  # 350 points are worth 35.00
        charge = self.charge()
        charge.action_charge()
        self.assertEqual(charge.state, "waiting")
        self.assertIn(self.checker, charge.activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "yourself"):
            charge.action_approve()
        self.assertFalse(self.entries(charge))

        charge.with_user(self.checker).action_approve()

        self.assertEqual((charge.state, charge.checker_id), ("done", self.checker))
        self.assertPoints(50)

    def test_up_to_the_limit_one_manager_decides(self):
        self.club.occasion_approval_above = 35

        charge = self.charge()
        charge.action_charge()

        self.assertEqual(charge.state, "done")

    def test_what_waits_is_taken_back_or_refused(self):
        self.club.occasion_approval_above = 1
        charge = self.charge()
        charge.action_charge()

        charge.with_user(self.checker).action_back_to_draft()

        self.assertEqual(charge.state, "draft")
        self.assertFalse(self.entries(charge) or charge.activity_ids)

    def test_only_drafts_are_edited_and_deleted(self):
        charge = self.charge()
        charge.name = "Nowruz 1405"
        charge.action_charge()

        for values in ({"amount": 500}, {"domain": "[(1, '=', 1)]"}, {"kind_id": self.credit.id}):
            with self.assertRaises(UserError):
                charge.write(values)
        with self.assertRaises(UserError):
            charge.unlink()

    def test_status_is_not_written_by_hand(self):
        charge = self.charge()
        for values in ({"state": "running"}, {"maker_id": self.checker.id}, {"charged_count": 9}):
            with self.assertRaises(UserError):
                charge.write(values)
        with self.assertRaises(UserError):
            self.charge(name="Other", state="running")

    def test_only_managers_charge(self):
        charge = self.charge()
        marketer = new_test_user(self.env, "marketer_o", groups="loyalty_club.group_marketer")
        for method in ("action_charge", "action_approve", "action_back_to_draft"):
            with self.assertRaises(AccessError):
                getattr(charge.with_user(marketer), method)()

    def test_an_occasion_has_one_name_per_club(self):
        self.charge()
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017  by the index
            self.charge()

    def test_group_kind_and_amount_are_checked(self):
        gift = self.new_kind("gift_card")
        for values in (
            {"domain": "nonsense"},
            {"domain": "[('no_such_field', '=', 1)]"},
            {"kind_id": gift.id},
            {"kind_id": self.club.debt_kind_id.id},
            {"amount": 0.5},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.charge(**values)

    def test_lots_have_the_last_day_and_the_conditions_of_the_charge(self):
        terms = self.env["loyalty.club.terms"].create({"name": "Tea", "club_id": self.club.id})
        last = today_in(self.company) + timedelta(days=30)

        charge = self.charge(kind_id=self.credit.id, expires_on=last, terms_id=terms.id)
        charge.action_charge()

        lots = self.entries(charge).lot_ids
        self.assertEqual(set(lots.mapped("expires_on")), {last})
        self.assertEqual(lots.terms_id, terms)

    def test_message_goes_to_those_who_were_credited(self):
        self.member.partner_id.email = "sara@example.com"
        charge = self.charge(message="Happy Nowruz!")

        charge.action_charge()

        message = self.env["loyalty.club.outbox"].search(
            [("partner_id", "=", self.member.partner_id.id)]
        )
        self.assertEqual((message.kind, message.sudo().subject), ("notice", "Nowruz"))

    def test_entries_lead_to_the_charge_and_back(self):
        charge = self.charge()
        charge.action_charge()

        entry = self.entries(charge)[:1]
        self.assertEqual(entry.action_open_origin()["res_id"], charge.id)
        found = self.env["loyalty.club.entry"].search(charge.action_view_entries()["domain"])
        self.assertEqual(found, self.entries(charge))

    def test_a_batch_costs_a_fixed_number_of_queries(self):
        for index in range(40):
            self.new_member(f"More {index}")
        charge = self.charge().sudo()
        charge.write({"state": "running", "maker_id": self.maker.id})

        def queries(limit):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            charge._charge_batch(limit)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(2), queries(40)

        self.assertLess(many, few + 5)

"""What counted when: every change of the terms is a version; sales are judged by theirs."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.earn_version import EPOCH
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestEarnVersion(ClubCommon):
    """The club's own terms, kept through every change."""

    def setUp(self):
        super().setUp()
        self.versions = self.env["loyalty.club.earn.version"]

    def of(self, source="basic", **values):
        """Versions of one source of the test club, oldest first."""
        domain = [("club_id", "=", self.club.id), ("source", "=", source)]
        domain += [(name, "=", value.id) for name, value in values.items()]
        return self.versions.search(domain, order="number")

    def note(self, specs, since=None):
        self.versions._note(self.club, "basic", None, specs, since)

    def begin_before(self, version, **delta):
        """Let ``version`` have begun earlier, as if the tests had lasted that long."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_earn_version DISABLE TRIGGER USER;"
            "UPDATE loyalty_club_earn_version SET valid_from = %s WHERE id = %s;"
            "ALTER TABLE loyalty_club_earn_version ENABLE TRIGGER USER",
            [fields.Datetime.now() - timedelta(**delta), version.id],
        )
        self.env.invalidate_all()

    # --- the club's own terms ------------------------------------------------------------

    def test_new_club_has_its_terms_since_ever(self):
        version = self.of()

        self.assertEqual(len(version), 1)
        self.assertEqual(version.valid_from, EPOCH)
        self.assertFalse(version.valid_until)
        self.assertEqual(version.kind_id, self.club.points_kind_id)
        self.assertEqual(version.spec["params"], {"points": "1", "per_amount": "10"})

    def test_changed_terms_end_one_version_and_begin_the_next(self):
        self.club.earn_points = 2.5

        first, second = self.of()
        self.assertEqual(first.valid_until, second.valid_from)
        self.assertEqual(second.spec["params"]["points"], "2.5")
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(second.user_id, self.env.user)

    def test_terms_that_stay_the_same_make_no_version(self):
        self.club.write({"earn_points": self.club.earn_points, "name": "Another name"})

        self.assertEqual(len(self.of()), 1)

    def test_step_of_the_points_is_a_term(self):
        self.club.points_kind_id.rounding = 5

        self.assertEqual(self.of()[-1].spec["step"], "5")

    def test_percentage_of_a_kind_is_kept_too(self):
        cashback = self.new_kind("cashback")
        self.assertFalse(self.of("cashback"))

        cashback.cashback_percent = 3
        version = self.of("cashback", kind_id=cashback)
        self.assertEqual(version.spec["params"], {"percent": "3"})

        cashback.cashback_percent = 0
        self.assertTrue(version.valid_until)

    def test_archived_kind_gives_nothing_any_more(self):
        cashback = self.new_kind("cashback")
        cashback.cashback_percent = 3

        cashback.active = False

        self.assertTrue(self.of("cashback", kind_id=cashback).valid_until)

    def test_club_of_before_gets_its_version_once(self):
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_earn_version DISABLE TRIGGER USER;"
            "DELETE FROM loyalty_club_earn_version WHERE club_id = %s;"
            "ALTER TABLE loyalty_club_earn_version ENABLE TRIGGER USER",
            [self.club.id],
        )
        self.env.invalidate_all()

        self.versions._note_missing()
        self.versions._note_missing()

        self.assertEqual(self.of().valid_from, EPOCH)

    # --- plans -----------------------------------------------------------------------------

    def test_planned_terms_leave_those_in_force_until_then(self):
        later = fields.Datetime.now() + timedelta(days=3)
        spec = dict(self.of().spec, rounding="up")

        self.note([spec], later)

        now, planned = self.of()
        self.assertEqual((now.valid_until, planned.valid_from), (later, later))
        self.assertEqual((now.state, planned.state), ("now", "planned"))

    def test_plan_that_is_changed_never_comes_into_force(self):
        now = fields.Datetime.now()
        basic = self.of().spec
        self.note([dict(basic, rounding="up")], now + timedelta(days=3))

        self.note([dict(basic, rounding="half_up")], now + timedelta(days=5))

        first, dropped, planned = self.of()
        self.assertEqual(dropped.state, "never")
        self.assertEqual(first.valid_until, planned.valid_from)
        self.assertNotIn(dropped.id, [row[0] for row in self.versions._specs(self.club.id)])

    def test_plan_that_is_taken_back_lets_the_terms_go_on(self):
        basic = self.of().spec
        self.note([dict(basic, rounding="up")], fields.Datetime.now() + timedelta(days=3))

        self.note([basic])

        first, dropped = self.of()
        self.assertFalse(first.valid_until)
        self.assertEqual(dropped.state, "never")

    def test_plan_that_is_saved_again_stays_one(self):
        later = fields.Datetime.now() + timedelta(days=3)
        spec = dict(self.of().spec, rounding="up")
        self.note([spec], later)

        self.note([spec], later)

        self.assertEqual(len(self.of()), 2)
        self.assertEqual(self.of()[0].valid_until, later)

    def test_past_is_not_written_again(self):
        self.begin_before(self.of(), days=3)
        self.note([dict(self.of().spec, rounding="up")], fields.Datetime.now() - timedelta(days=2))

        self.assertGreaterEqual(
            self.of()[-1].valid_from, fields.Datetime.now() - timedelta(minutes=5)
        )

    # --- what a sale reads -----------------------------------------------------------------

    def test_specs_are_kept_in_memory_until_terms_change(self):
        self.versions._specs(self.club.id)

        with self.assertQueryCount(0):
            before = self.versions._specs(self.club.id)
        self.club.earn_points = 7

        self.assertEqual([spec["params"]["points"] for *_, spec in before], ["1"])
        points = [spec["params"]["points"] for *_, spec in self.versions._specs(self.club.id)]
        self.assertIn("7", points)

    def test_specs_are_of_one_club(self):
        other = self.env["loyalty.club"].create({"name": "Other"})

        mine, theirs = (
            {row[0] for row in self.versions._specs(club.id)} for club in (self.club, other)
        )

        self.assertTrue(mine and theirs)
        self.assertFalse(mine & theirs)

    # --- facts -----------------------------------------------------------------------------

    def test_version_says_for_ever_what_it_said(self):
        version = self.of()
        manager = new_test_user(self.env, "v_manager", groups="loyalty_club.group_manager")

        with self.assertRaises(UserError):
            version.spec = {}
        with self.assertRaises(AccessError):
            version.with_user(manager).valid_until = fields.Datetime.now()
        with self.assertRaises(UserError):
            version.unlink()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.DatabaseError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE loyalty_club_earn_version SET spec = '{}' WHERE id = %s", [version.id]
            )

    def test_version_is_read_aloud(self):
        self.assertEqual(
            self.of().sentence.replace("\N{NO-BREAK SPACE}", " "),
            "1 points for each $ 10.00 of the purchase. Rounded down.",
        )

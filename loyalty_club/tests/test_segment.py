from datetime import timedelta
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.errors import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ClubCommon


class SegmentWords(ClubCommon):
    """Words about groups: a marketer, rules, who is in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "segment_marketer", groups="loyalty_club.group_marketer"
        )
        cls.manager = new_test_user(cls.env, "segment_manager", groups="loyalty_club.group_manager")

    def segment(self, domain="[]", user=None, **values):
        """A segment by rule that a marketer made."""
        values = {"name": f"Segment {uuid4()}", "club_id": self.club.id, "domain": domain} | values
        return self.env["loyalty.club.segment"].with_user(user or self.marketer).create(values)

    def by_hand(self, *members):
        segment = self.segment(name="By hand", kind="manual", domain=False)
        segment._add(self.env["loyalty.club.member"].union(*members))
        return segment

    def assertIn_(self, segment, *members):
        """Exactly these members are in the segment now, as its size and the search say."""
        self.env.invalidate_all()
        expected = self.env["loyalty.club.member"].union(*members)
        self.assertEqual(segment._members().sudo(), expected.sorted("id", reverse=True))
        self.assertEqual(segment.size, len(expected))

    def lines(self, segment):
        return self.env["loyalty.club.segment.member"].search(
            [("segment_id", "=", segment.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestSegmentByRule(SegmentWords):
    """A segment holds whom its rule fits, and remembers who was in it."""

    def test_whoever_fits_comes_in_and_goes_when_she_fits_no_more(self):
        reza = self.new_member("Reza", kind="staff")
        segment = self.segment("[('kind', '=', 'staff')]")

        segment.action_refresh()

        self.assertIn_(segment, reza)
        reza.kind = "customer"
        self.member.kind = "staff"
        segment.action_refresh()
        self.assertIn_(segment, self.member)
        gone, come = self.lines(segment)
        self.assertEqual((gone.member_id, bool(gone.until)), (reza, True))
        self.assertEqual((come.member_id, come.until, come.user_id.id), (self.member, False, False))

    def test_whoever_comes_back_has_two_times(self):
        segment = self.segment("[('kind', '=', 'staff')]")
        for kind in ("staff", "customer", "staff"):
            self.member.kind = kind
            segment.action_refresh()

        self.assertEqual([bool(line.until) for line in self.lines(segment)], [True, False])
        self.assertIn_(segment, self.member)

    def test_nothing_is_written_when_nothing_has_changed(self):
        segment = self.segment("[('state', '=', 'active')]")
        segment.action_refresh()
        before = self.rows()

        segment.action_refresh()

        self.assertEqual(self.rows(), before)
        self.assertTrue(before)

    def rows(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, xmin::text, since, until FROM loyalty_club_segment_member ORDER BY id"
        )
        return self.env.cr.fetchall()

    def test_refreshing_equals_searching(self):
        members = [self.new_member(f"M{number}") for number in range(6)]
        segment = self.segment()
        state = st.sampled_from(["pending", "active", "suspended"])
        kind = st.sampled_from(["customer", "staff", "agent"])
        leaf = st.one_of(
            st.tuples(st.just("kind"), st.sampled_from(["=", "!="]), kind),
            st.tuples(st.just("state"), st.sampled_from(["=", "!="]), state),
            st.tuples(st.just("partner_id.name"), st.just("ilike"), st.sampled_from("M123")),
        )
        domain = st.tuples(st.sampled_from("&|"), leaf, leaf).map(list)

        @settings(deadline=None, max_examples=25, derandomize=True)
        @given(st.lists(st.tuples(kind, state), min_size=6, max_size=6), domain)
        def check(values, rule):
            for member, (member_kind, member_state) in zip(members, values, strict=True):
                member.write({"kind": member_kind, "state": member_state})
            segment.domain = repr(rule)
            segment.action_refresh()
            club = [("club_id", "=", self.club.id)]
            found = self.env["loyalty.club.member"].search([*club, *rule])
            self.assertIn_(segment, found)

        check()
        closed = self.lines(segment).filtered("until")
        self.assertTrue(closed, "nobody ever left: the test proves little")

    def test_merged_memberships_and_other_clubs_are_never_in(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        stranger = self.new_member("Stranger", club_id=other.id)
        twin = self.new_member("Sara again")
        twin._merge_into(self.member)
        segment = self.segment("[]")

        segment.action_refresh()

        self.assertIn_(segment, self.member)
        self.assertNotIn(stranger, segment._members())

    def test_whoever_is_in_another_segment_is_left_out(self):
        reza = self.new_member("Reza")
        vip = self.segment("[('kind', '=', 'staff')]", name="VIP")
        rest = self.segment("[]", name="The rest", excluded_ids=[Command.set(vip.ids)])
        reza.kind = "staff"

        (rest | vip)._refresh()

        self.assertIn_(vip, reza)
        self.assertIn_(rest, self.member)
        with self.assertRaises(ValidationError):
            vip.excluded_ids = rest

    def test_relative_dates_follow_the_day(self):
        self.member.join_date = fields.Date.today() - timedelta(days=20)
        segment = self.segment("[('join_date', '>=', 'today -10d')]")
        segment.action_refresh()
        self.assertIn_(segment)

        self.member.join_date = fields.Date.today() - timedelta(days=5)
        segment.action_refresh()

        self.assertIn_(segment, self.member)

    def test_size_of_each_day_is_kept(self):
        segment = self.segment("[('kind', '=', 'staff')]")
        segment.action_refresh()
        self.member.kind = "staff"
        segment.action_refresh()

        day = self.env["loyalty.club.segment.size"].search([("segment_id", "=", segment.id)])

        self.assertEqual((len(day), day.size, day.come, day.gone), (1, 1, 1, 0))

    def test_preview_counts_before_anything_is_stored(self):
        segment = self.segment("[('kind', '=', 'staff')]")
        self.member.kind = "staff"

        self.assertEqual((segment.size, segment.preview_count), (0, 1))


@tagged("post_install", "-at_install")
class TestSegmentFaults(SegmentWords):
    """A rule that fails harms nobody else, and no rule finds what its author may not read."""

    def break_rule(self, segment, domain):
        """As if the field that the rule names had gone since."""
        self.env.cr.execute(
            "UPDATE loyalty_club_segment SET domain = %s WHERE id = %s", [domain, segment.id]
        )
        segment.invalidate_recordset()

    def test_a_rule_that_fails_says_so_and_keeps_its_members(self):
        broken = self.segment("[('state', '=', 'active')]", name="Broken")
        sound = self.segment("[('kind', '=', 'customer')]", name="Sound", sequence=99)
        broken.action_refresh()
        for domain in ("[('gone_field', '=', 1)]", "[('kind'", "[('number', '=', 1, 2)]"):
            with self.subTest(domain=domain):
                self.break_rule(broken, domain)
                (broken | sound).sudo()._refresh()

                self.assertTrue(broken.error)
                self.assertIn_(broken, self.member)
                self.assertIn_(sound, self.member)
        broken.domain = "[('kind', '=', 'staff')]"
        broken.action_refresh()
        self.assertFalse(broken.error)
        self.assertIn_(broken)

    def test_the_job_goes_on_behind_a_rule_that_fails(self):
        broken = self.segment("[]", name="Broken", sequence=1)
        sound = self.segment("[]", name="Sound", sequence=2)
        self.break_rule(broken, "[('gone_field', '=', 1)]")

        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.cron_segment").method_direct_trigger()

        self.env.invalidate_all()
        self.assertTrue(broken.error)
        self.assertIn_(sound, self.member)

    def test_what_the_author_may_not_read_cannot_be_named(self):
        secret = "[('wallet_ids.entry_ids.idempotency_key', '!=', False)]"
        nested = "[('wallet_ids', 'any', [('entry_ids.idempotency_key', '!=', False)])]"
        for domain in (secret, nested, "[('identity_index', '!=', False)]"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.segment(domain)
        self.assertTrue(self.segment(secret, user=self.manager))

    def test_identity_codes_are_no_rule_of_who_may_not_see_them(self):
        for domain in (
            "[('identity_code', '=', '0499370899')]",
            "[('partner_id.club_member_ids.identity_code', '=', '0499370899')]",
        ):
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, "sealed"):
                self.segment(domain)
        self.assertTrue(self.segment("[('identity_code', '=', False)]", user=self.manager))

    def test_a_field_read_by_its_search_alone_is_checked_as_well(self):
        """The ORM asks no rights for a computed field that is searched."""
        field = self.env["loyalty.club.member"]._fields["bought_total"]
        self.patch(field, "groups", fields.NO_ACCESS)

        with self.assertRaises(ValidationError):
            self.segment("[('bought_total', '>', 0)]")

    def test_rights_that_were_lost_count_at_the_next_refresh(self):
        segment = self.segment(
            "[('wallet_ids.entry_ids.idempotency_key', '!=', False)]", user=self.manager
        )
        self.give_points(5)
        segment.action_refresh()
        self.assertIn_(segment.sudo(), self.member)
        self.manager.group_ids = [
            Command.unlink(self.env.ref("loyalty_club.group_manager").id),
            Command.link(self.env.ref("loyalty_club.group_marketer").id),
        ]

        segment.sudo()._refresh()

        self.assertTrue(segment.error)

    def test_who_changes_the_rule_is_its_author_and_nobody_says_otherwise(self):
        segment = self.segment("[]", user=self.manager)
        self.assertEqual(segment.author_id, self.manager)

        segment.with_user(self.marketer).domain = "[('kind', '=', 'staff')]"

        self.assertEqual(segment.author_id, self.marketer)
        for values in ({"author_id": self.manager.id}, {"size": 7}, {"error": "x"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                segment.with_user(self.manager).write(values)

    def test_cashier_reads_and_does_nothing_else(self):
        segment = self.segment("[]")
        seen = segment.with_user(self.cashier)
        self.assertEqual(seen.name, segment.name)

        for act in (seen.action_refresh, lambda: seen.write({"name": "Mine"})):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            seen._add(self.member)

    def test_segment_that_had_members_is_kept(self):
        segment = self.segment("[]")
        segment.action_refresh()

        with self.assertRaises(UserError):
            segment.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            segment.kind = "manual"

    def test_a_member_is_in_a_segment_once(self):
        segment = self.by_hand(self.member)

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO loyalty_club_segment_member (segment_id, member_id, since)"
                " VALUES (%s, %s, now())",
                [segment.id, self.member.id],
            )


@tagged("post_install", "-at_install")
class TestSegmentByHand(SegmentWords):
    """Groups put together by hand, what follows a merge, and who uses them."""

    def test_members_are_added_and_taken_out(self):
        reza = self.new_member("Reza")
        segment = self.by_hand(self.member, reza)
        self.assertIn_(segment, self.member, reza)
        self.assertEqual(self.lines(segment).user_id, self.marketer)

        segment._add(reza)
        segment._remove(self.member)

        self.assertIn_(segment, reza)
        self.assertEqual(len(self.lines(segment)), 2)

    def test_the_nightly_job_leaves_them_as_they_are(self):
        segment = self.by_hand(self.member)

        segment.sudo()._refresh()

        self.assertIn_(segment, self.member)

    def test_rules_and_strangers_are_refused(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        stranger = self.new_member("Stranger", club_id=other.id)
        twin = self.new_member("Sara again")
        twin._merge_into(self.member)
        segment = self.by_hand()

        for members in (stranger, twin):
            with self.subTest(member=members.display_name), self.assertRaises(UserError):
                segment._add(members)
        with self.assertRaises(UserError):
            self.segment("[]")._add(self.member)

    def test_marked_members_are_put_in_from_their_list(self):
        segment = self.by_hand()
        wizard = (
            self.env["loyalty.club.segment.assign"]
            .with_user(self.marketer)
            .with_context(active_model="loyalty.club.member", active_ids=self.member.ids)
            .create({"segment_ids": [Command.set(segment.ids)]})
        )
        wizard.action_assign()
        self.assertIn_(segment, self.member)

        wizard.act = "remove"
        wizard.action_assign()

        self.assertIn_(segment)

    def test_a_merge_hands_segments_over_each_once(self):
        twin = self.new_member("Sara again")
        both = self.by_hand(self.member, twin)
        only = self.segment(name="Only the twin's", kind="manual", domain=False)
        only._add(twin)

        twin._merge_into(self.member)
        (both | only).sudo()._refresh()

        self.assertIn_(both, self.member)
        self.assertIn_(only, self.member)
        self.assertFalse(self.lines(both | only).filtered(lambda line: line.member_id == twin))

    def lines(self, segments):
        return self.env["loyalty.club.segment.member"].search([("segment_id", "in", segments.ids)])

    def test_members_are_found_by_segment(self):
        reza = self.new_member("Reza")
        segment = self.by_hand(self.member)
        Member = self.env["loyalty.club.member"]
        club = [("club_id", "=", self.club.id)]

        for leaf, expected in (
            (("segment_ids", "in", segment.ids), self.member),
            (("segment_ids", "not in", segment.ids), reza),
            (("segment_ids", "=", False), reza),
            (("segment_ids", "!=", False), self.member),
            (("segment_ids", "ilike", "by hand"), self.member),
            (("segment_ids.kind", "=", "manual"), self.member),
            (("segment_ids", "=", segment.id), self.member),
        ):
            with self.subTest(leaf=leaf):
                self.assertEqual(Member.search([*club, leaf]), expected)
        self.assertEqual(self.member.segment_ids, segment)
        segment.active = False
        self.env.invalidate_all()
        self.assertFalse(self.member.segment_ids)

    def test_an_occasion_for_a_segment_is_for_its_members_alone(self):
        self.new_member("Reza")
        segment = self.by_hand(self.member)
        charge = (
            self.env["loyalty.club.occasion.charge"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Nowruz",
                    "club_id": self.club.id,
                    "kind_id": self.club.points_kind_id.id,
                    "amount": 5,
                    "segment_ids": [Command.set(segment.ids)],
                }
            )
        )
        self.assertEqual(charge.todo_count, 1)

        charge.action_charge()

        self.assertPoints(5)
        self.assertEqual(charge.charged_count, 1)
        with self.assertRaises(UserError):
            charge.segment_ids = False

    def test_segments_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "segment_stranger",
            groups="loyalty_club.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        segment = self.by_hand(self.member)

        found = self.env["loyalty.club.segment"].with_user(stranger).search([])

        self.assertNotIn(segment.id, found.ids)
        with self.assertRaises(AccessError):
            segment.with_user(stranger).action_view_members()
            segment.with_user(stranger)._add(self.member)

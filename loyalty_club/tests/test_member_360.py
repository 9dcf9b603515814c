from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import new_test_user, tagged

from ..movement import Movement
from .screens_common import ScreensCommon

MANY = 5000


@tagged("post_install", "-at_install")
class TestMember360(ScreensCommon):
    """One form shows everything of a member, and costs the same for 5,000 purchases as for 5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.busy = cls.new_member("Busy")
        cls.buy(cls.member, 5)
        cls.buy(cls.busy, MANY)
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE loyalty_club_purchase, loyalty_club_entry, loyalty_club_lot")

    @classmethod
    def buy(cls, member, count):
        """So many purchases, each with the points it earned, messages and opportunities."""
        now = fields.Datetime.now()
        cls.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "club_id": cls.club.id,
                    "company_id": cls.company.id,
                    "channel": ("pos", "sale", "website")[number % 3],
                    "date": fields.Datetime.to_string(now - timedelta(hours=number)),
                    "amount": 10,
                    "refund": False,
                    "origin_key": f"360:{member.id}:{number}",
                }
                for number in range(count)
            ]
        )
        wallet = member.wallet_ids[:1]
        cls.env["loyalty.club.wallet"]._post(
            Movement(
                wallet_id=wallet.id,
                amount=Decimal(1),
                kind="earn",
                key=f"360:{wallet.id}:{number}",
                expires_on=fields.Date.today() + timedelta(days=30 + number % 900),
            )
            for number in range(count)
        )
        cls.env.cr.execute(
            "INSERT INTO loyalty_club_outbox (kind, partner_id, company_id, channel, state)"
            " SELECT 'notice', %s, %s, 'sms', 'sent' FROM generate_series(1, %s)",
            [member.partner_id.id, cls.company.id, count],
        )
        cls.env.cr.execute(
            "INSERT INTO crm_lead (name, type, partner_id, active, company_id, create_date)"
            " SELECT 'Lead', 'opportunity', %s, TRUE, %s, now() FROM generate_series(1, %s)",
            [member.partner_id.id, cls.company.id, count],
        )

    def form(self, user):
        model = self.env["loyalty.club.member"].with_user(user)
        arch = etree.fromstring(model.get_view(False, "form")["arch"])
        return self.specification(model, arch)

    def cost(self, member, user):
        """Queries and rows that opening the form takes."""
        specification = self.form(user)
        member = member.with_user(user)
        member.web_read(specification)  # what is loaded once per process counts for neither
        self.env.flush_all()
        self.env.invalidate_all()
        fetched = []
        execute = Cursor.execute

        def counting(cursor, *args, **kwargs):
            execute(cursor, *args, **kwargs)
            fetched.append(cursor.rowcount)

        with patch.object(Cursor, "execute", counting):
            values = member.web_read(specification)[0]
        return len(fetched), sum(max(count, 0) for count in fetched), values

    def test_five_thousand_purchases_cost_what_five_cost(self):
        for group in ("cashier", "marketer", "manager", "auditor"):
            few_queries, few_rows, few = self.cost(self.member, self.users[group])
            many_queries, many_rows, many = self.cost(self.busy, self.users[group])

            with self.subTest(group=group):
                self.assertEqual(few["purchase_count"], 5)
                self.assertEqual(many["purchase_count"], MANY)
                self.assertEqual(many["entry_count"], MANY)
                self.assertEqual(len(many["recent_purchase_ids"]), 10)
                # The lots that expire first are of other entries than the latest: one query.
                self.assertLessEqual(many_queries, few_queries + 1)
                # Ten of each kind instead of five, and nothing else.
                self.assertLessEqual(many_rows, few_rows + 40)

    def test_no_field_of_the_form_loads_all_rows(self):
        values = self.cost(self.busy, self.users["manager"])[2]

        for name, value in values.items():
            if isinstance(value, list):
                with self.subTest(field=name):
                    self.assertLessEqual(len(value), 20)

    def test_the_latest_are_shown_in_their_order(self):
        busy = self.busy.with_user(self.users["manager"])

        for name, model, order in (
            ("recent_purchase_ids", "loyalty.club.purchase", "date desc, id desc"),
            ("recent_entry_ids", "loyalty.club.entry", "id desc"),
        ):
            expected = self.env[model].search([("member_id", "=", busy.id)], order=order, limit=10)
            self.assertEqual(busy[name].ids, expected.ids)
        days = busy.expiring_lot_ids.mapped("expires_on")
        self.assertEqual(days, sorted(days))
        self.assertEqual(len(days), 10)

    def test_the_last_events_are_the_end_of_the_timeline(self):
        busy = self.busy.with_user(self.users["manager"])
        people = [("partner_id", "=", busy.partner_id.id)]

        rows = self.env["loyalty.club.timeline"].search(people, limit=10)

        self.assertEqual(busy.recent_event_ids.mapped("date"), rows.mapped("date"))
        self.assertEqual(set(busy.recent_message_ids.mapped("kind")), {"message"})

    def test_rows_of_the_timeline_are_found_by_their_id(self):
        Timeline = self.env["loyalty.club.timeline"]
        rows = Timeline.search([("partner_id", "=", self.member.partner_id.id)])
        before = {row.id: (row.kind, row.date, row.source_id) for row in rows}
        self.env.invalidate_all()

        after = {row.id: (row.kind, row.date, row.source_id) for row in Timeline.browse(rows.ids)}

        self.assertEqual(after, before)
        self.assertEqual(
            {row.kind for row in rows},
            {"purchase", "value", "message", "opportunity", "joined"}
            | ({"card"} & set(rows.mapped("kind"))),
        )
        self.assertTrue(all(row.title for row in rows if row.kind not in ("joined",)))
        self.assertEqual(Timeline.search([("id", "in", rows[:2].ids)]), rows[:2])
        self.assertEqual(set(rows[:2].exists()), set(rows[:2]))

    def test_all_purchases_of_merged_memberships_are_one_story(self):
        twin = self.new_member("Sara again")
        self.buy(twin, 2)
        keys = set(self.timeline(twin).mapped("source_id"))
        self.assertTrue(keys)

        twin._merge_into(self.member)
        self.env.invalidate_all()

        self.assertLessEqual(keys, set(self.timeline(self.member).mapped("source_id")))

    def timeline(self, member):
        action = member.with_user(self.users["manager"]).action_view_timeline()
        return self.env["loyalty.club.timeline"].search(action["domain"])

    def test_opportunities_need_the_right_to_read_them(self):
        seller = new_test_user(
            self.env,
            "seller_of_360",
            groups="loyalty_club.group_user,sales_team.group_sale_salesman_all_leads",
        )

        self.assertEqual(len(self.busy.with_user(seller).recent_lead_ids), 10)
        self.assertFalse(self.busy.with_user(self.users["marketer"]).recent_lead_ids)

    def test_another_company_sees_nothing_of_the_timeline(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger_of_360",
            groups="loyalty_club.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )

        rows = (
            self.env["loyalty.club.timeline"]
            .with_user(stranger)
            .search([("partner_id", "=", self.member.partner_id.id), ("kind", "!=", "mailing")])
        )

        self.assertFalse(rows)

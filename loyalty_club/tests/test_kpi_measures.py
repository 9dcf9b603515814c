from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..clock import today_in
from .rfm_common import TODAY, RfmCommon

FIRST, LAST = date(2025, 6, 1), date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestKpiMeasures(RfmCommon):
    """Key figures by their definitions, on cases that one can count by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.club.member"].search([("club_id", "=", cls.club.id)]).write(
            {"join_date": "2025-01-01"}
        )
        cls.nobody = cls.env["loyalty.club.member"]
        cls.strangers = cls.env["res.partner"].create([{"name": "A"}, {"name": "B"}])

    def figure(self, name, first=FIRST, last=LAST):
        return self.env["loyalty.club.kpi"]._measure(self.club, first, last)[name]

    def test_activation_is_the_share_of_buyers_who_are_members(self):
        self.assertIsNone(self.figure("activation")["value"])
        for member in self.members[:3]:
            self.buy(member, 5, 10)
        self.buy(self.nobody, 5, 10, partner=self.strangers[0])
        self.buy(self.nobody, 40, 10, partner=self.strangers[1])  # before the period

        self.assertEqual(self.figure("activation"), {"value": 0.75, "members": 3, "eligible": 4})

    def test_the_club_says_who_is_eligible(self):
        self.buy(self.members[0], 5, 10)
        self.buy(self.nobody, 5, 10, partner=self.strangers[0])
        self.club.kpi_eligible_domain = "[('name', '!=', 'A')]"

        self.assertEqual(self.figure("activation")["value"], 1)
        for text in ("[('no_such_field', '=', 1)]", "[(", "7"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.club.kpi_eligible_domain = text

    def test_engagement_is_the_share_of_members_who_did_something(self):
        self.buy(self.members[0], 5, 10)
        self.buy(self.members[0], 6, 10)
        self.buy(self.members[1], 40, 10)
        self.buy(self.members[2], 3, -10, refund=True)

        self.assertEqual(self.figure("engagement"), {"value": 1 / 9, "active": 1, "members": 9})

    def test_redemption_is_points_used_of_points_issued(self):
        today = today_in(self.company)
        self.assertIsNone(self.figure("redemption", today, today)["value"])
        self.sell([self.line(qty=4)], self.member.partner_id)  # 400: 40 points
        card = self.points_card()
        self.sell([self.line(), self.reward_line(card, 10)], self.member.partner_id)

        found = self.figure("redemption", today, today)

        self.assertEqual(found["used"], 10)
        self.assertEqual(found["value"], 10 / found["issued"])
        self.assertGreaterEqual(found["issued"], 40)

    def test_value_delta_is_between_means_of_members_and_others(self):
        self.buy(self.members[0], 5, 300)
        self.buy(self.members[1], 5, 100)
        self.buy(self.nobody, 5, 80, partner=self.strangers[0])
        self.members[2].join_date = "2025-06-20"
        self.buy(self.members[2], 20, 40)  # on 10 June she was no member yet

        self.assertEqual(
            self.figure("value_delta"),
            {"value": 140, "members": 2, "others": 2, "member_mean": 200, "other_mean": 60},
        )

    def test_retention_is_of_those_who_bought_before(self):
        stays, leaves, comes = self.members[:3]
        for member, days in ((stays, 40), (stays, 5), (leaves, 45), (comes, 5)):
            self.buy(member, days, 10)

        self.assertEqual(self.figure("retention"), {"value": 0.5, "retained": 1, "customers": 2})

    def test_frequency_is_compared_with_the_days_before_joining(self):
        self.club.kpi_compare_days = 30
        member = self.members[0]
        self.env["loyalty.club.member"].search([("club_id", "=", self.club.id)]).write(
            {"join_date": TODAY}
        )
        member.join_date = TODAY - timedelta(days=60)
        self.buy(member, 95, 10)  # more than 30 days before
        for days in (80, 70):
            self.buy(member, days, 10)
        for days in (60, 50, 40):
            self.buy(member, days, 10)

        self.assertEqual(
            self.figure("frequency_change"),
            {"value": 0.5, "members": 1, "before": 2, "after": 3},
        )


@tagged("post_install", "-at_install")
class TestBehaviourReports(RfmCommon):
    """Who is away, and who buys how."""

    def test_idle_members_are_told_by_days(self):
        today = today_in(self.company)
        shift = (TODAY - today).days
        self.env["loyalty.club.member"].search([("club_id", "=", self.club.id)]).write(
            {"join_date": today - timedelta(days=400)}
        )
        for member, days in zip(self.members, (3, 29, 30, 90, 364, 365), strict=False):
            self.buy(member, shift + days, 10)
        self.env["loyalty.club.rfm"]._rebuild(self.club)

        rows = self.env["loyalty.club.inactive"].search([("club_id", "=", self.club.id)])

        found = {row.member_id: (row.days_idle, row.idle) for row in rows}
        expected = [(3, "0"), (29, "0"), (30, "30"), (90, "90"), (364, "180"), (365, "365")]
        self.assertEqual([found[member] for member in self.members[:6]], expected)
        self.assertEqual(found[self.members[7]], (400, "365"))
        away = rows.search([("club_id", "=", self.club.id), ("days_idle", ">=", 365)])
        self.assertEqual(len(away), 4)
        action = away.action_view_members()
        self.assertEqual(self.env["loyalty.club.member"].search(action["domain"]), away.member_id)

    def test_use_of_value_is_a_sign_of_life(self):
        self.member.join_date = today_in(self.company) - timedelta(days=100)
        self.sell([self.line(), self.reward_line(self.give_points(50), 20)], self.member.partner_id)

        row = self.env["loyalty.club.inactive"].search([("member_id", "=", self.member.id)])

        self.assertEqual(row.last_use_on, today_in(self.company))
        self.assertEqual(row.days_idle, 0)

    def test_ways_of_buying_are_summed_up(self):
        for days in (300, 200, 100):
            self.buy(self.members[0], days, 100)
        for days in (300, 290, 20):
            self.buy(self.members[1], days, 100)
        self.buy(self.members[2], 10, 50)
        self.rebuild()
        behaviour = self.env["loyalty.club.behaviour"]
        own = [("club_id", "=", self.club.id)]

        groups = {
            key: (count, money)
            for key, count, money in behaviour._read_group(
                own, ["behaviour"], ["__count", "monetary:sum"]
            )
        }

        self.assertEqual(
            groups, {"regular": (1, 300), "irregular": (1, 300), "once": (1, 50), "none": (6, 0)}
        )
        trends = dict(behaviour._read_group(own, ["trend"], ["__count"]))
        self.assertEqual(trends, {"less": 2, "new": 7})

    def test_months_are_those_of_the_clubs_calendar(self):
        today = today_in(self.company)
        self.buy(self.members[0], (TODAY - today).days, 50)
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env["loyalty.club"].search([]).rfm_calendar = "jalali"
        self.env.invalidate_all()

        row = self.env["loyalty.club.behaviour"].search([("member_id", "=", self.members[0].id)])

        self.assertRegex(row.last_month, r"^14\d\d-\d\d$")
        self.assertEqual(row.last_month, row.join_month)

    def test_a_member_counts_in_each_of_her_segments(self):
        segments = self.env["loyalty.club.segment"].create(
            [
                {"name": name, "club_id": self.club.id, "kind": "manual", "domain": False}
                for name in ("One", "Two")
            ]
        )
        for segment in segments:
            segment._add(self.members[0])
        self.buy(self.members[0], 10, 50)
        self.rebuild()

        rows = self.env["loyalty.club.behaviour.segment"].search(
            [("segment_id", "in", segments.ids)]
        )

        self.assertEqual(rows.segment_id, segments)
        self.assertEqual(rows.mapped("monetary"), [50, 50])


@tagged("post_install", "-at_install")
class TestRfmByCompany(RfmCommon):
    """Dealers: what a company's people buy counts for the company."""

    def test_purchases_of_a_companys_people_are_the_companys(self):
        company = self.env["res.partner"].create({"name": "Spare Parts Ltd", "is_company": True})
        buyers = self.env["res.partner"].create(
            [{"name": name, "parent_id": company.id} for name in ("First", "Second")]
        )
        dealer = self.env["loyalty.club.member"].create(
            {"club_id": self.club.id, "partner_id": company.id, "kind": "agent"}
        )
        person = self.env["loyalty.club.member"].create(
            {"club_id": self.club.id, "partner_id": buyers[0].id}
        )
        self.buy(person, 20, 100)
        self.buy(self.env["loyalty.club.member"], 10, 50, partner=buyers[1])
        self.buy(self.members[0], 5, 10)
        self.rebuild()
        self.assertEqual((dealer.rfm_frequency, person.rfm_frequency), (0, 1))

        self.club.rfm_by_company = True
        self.update()

        self.assertEqual((dealer.rfm_frequency, dealer.rfm_monetary), (2, 150))
        self.assertEqual(dealer.rfm_id.visits, 2)
        self.assertFalse(person.rfm_frequency)
        self.assertEqual(self.members[0].rfm_frequency, 1)
        self.buy(self.env["loyalty.club.member"], 1, 50, partner=buyers[1])
        self.update()
        self.assertEqual(dealer.rfm_frequency, 3)

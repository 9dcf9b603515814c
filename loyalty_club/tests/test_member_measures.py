import doctest
from datetime import date, timedelta
from decimal import Decimal

from odoo.fields import Domain
from odoo.tests import tagged

from ..clock import today_in
from ..domain import yearly
from ..movement import Movement
from .common import ClubCommon

COMPARE = ("<", "<=", ">", ">=", "=", "!=")


@tagged("post_install", "-at_install")
class TestMemberMeasures(ClubCommon):
    """Searching by a figure finds exactly the members whose figure, as it is shown, fits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Tehran"
        cls.today = today_in(cls.company)
        cls.members = cls.member | cls.new_member("Reza") | cls.new_member("Ali")
        cls.members |= cls.new_member("Zahra")
        sara, reza, ali, _zahra = cls.members
        for number, (member, days, time, amount, refund) in enumerate(
            [
                (sara, 100, "12:00", 70, False),
                (sara, 10, "12:00", 30, False),
                (sara, 3, "12:00", -30, True),
                (reza, 10, "20:29", 100, False),  # 23:59 in Tehran
                (reza, 10, "20:30", 100, False),  # 0:00 of the next day
                (ali, 5, "12:00", -40, True),
            ]
        ):
            cls.env["loyalty.club.purchase"]._record(
                [
                    {
                        "partner_id": member.partner_id.id,
                        "member_id": member.id,
                        "club_id": cls.club.id,
                        "company_id": cls.company.id,
                        "channel": "pos",
                        "date": f"{cls.today - timedelta(days=days)} {time}:00",
                        "amount": amount,
                        "refund": refund,
                        "origin_key": f"measure:{number}",
                    }
                ]
            )

    def assertSearched(self, name, values):
        """For each comparison with each value, the search equals the figures."""
        self.env.flush_all()
        self.env.invalidate_all()
        club = Domain("club_id", "=", self.club.id)
        figures = {member: member[name] for member in self.members}
        self.assertGreater(len(set(figures.values())), 1, "all alike: the test proves nothing")
        tests = {
            "<": lambda a, b: a < b,
            "<=": lambda a, b: a <= b,
            ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b,
            "=": lambda a, b: a == b,
            "!=": lambda a, b: a != b,
        }
        for operator in COMPARE:
            for value in values:
                expected = {
                    member
                    for member, figure in figures.items()
                    if (figure is not False or operator in ("=", "!="))
                    and tests[operator](figure, value)
                }
                found = self.env["loyalty.club.member"].search(club & Domain(name, operator, value))
                with self.subTest(name=name, operator=operator, value=value):
                    self.assertEqual(set(found), expected)

    def days(self, *ago):
        return [self.today - timedelta(days=count) for count in ago]

    def test_last_and_first_purchase(self):
        sara, reza, ali, _zahra = self.members
        self.assertEqual(
            [sara.last_purchase_on, reza.last_purchase_on, reza.first_purchase_on],
            self.days(10, 9, 10),
        )
        self.assertFalse(ali.last_purchase_on)
        self.assertSearched("last_purchase_on", self.days(101, 100, 11, 10, 9, 8))
        self.assertSearched("first_purchase_on", self.days(101, 100, 99, 10, 9))
        never = self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("last_purchase_on", "=", False)]
        )
        self.assertEqual(set(never), set(self.members[2:]))

    def test_days_since_and_to(self):
        wallet = self.members[0].wallet_ids[:1]
        self.put(wallet, 5, expires_on=self.today + timedelta(days=7))
        self.put(self.members[1].wallet_ids[:1], 5, expires_on=self.today + timedelta(days=9))
        self.members[0].join_date = self.today - timedelta(days=40)

        self.assertDays("days_since_purchase", (8, 9, 10, 11))
        self.assertDays("days_since_joining", (0, 1, 39, 40, 41))
        self.assertDays("days_to_expiry", (6, 7, 8, 9, 10))

    def assertDays(self, name, values):
        """As :meth:`assertSearched`; who has no such day (-1) is never found."""
        self.env.flush_all()
        self.env.invalidate_all()
        club = Domain("club_id", "=", self.club.id)
        known = {member: member[name] for member in self.members if member[name] >= 0}
        self.assertGreater(len(set(known.values())), 1, "all alike: the test proves nothing")
        for operator, fits in (("<=", int.__le__), (">", int.__gt__), ("=", int.__eq__)):
            for value in values:
                found = self.env["loyalty.club.member"].search(club & Domain(name, operator, value))
                expected = {member for member, days in known.items() if fits(days, value)}
                with self.subTest(name=name, operator=operator, value=value):
                    self.assertEqual(set(found), expected)

    def test_sums_and_counts(self):
        self.assertEqual(self.members.mapped("bought_total"), [70, 200, -40, 0])
        self.assertEqual(self.members.mapped("bought_average"), [35, 100, 0, 0])
        self.assertSearched("bought_total", [-50, -40, 0, 70, 100, 200, 201])
        self.assertSearched("purchase_count", [0, 1, 2, 3])

    def test_credit(self):
        kind = self.new_kind("ewallet")
        for member, amount in zip(self.members, (10, 20), strict=False):
            wallet = kind._wallets_of(member)[member.id]
            self.put(wallet, amount)

        self.assertSearched("credit_balance", [0, 5, 10, 20, 25])

    def put(self, wallet, amount, expires_on=None):
        self.env["loyalty.club.wallet"]._post_or_raise(
            [
                Movement(
                    wallet_id=wallet.id,
                    amount=Decimal(amount),
                    kind="topup" if not expires_on else "earn",
                    key=f"measure:{wallet.id}:{wallet.seq}",
                    expires_on=expires_on,
                )
            ]
        )

    def test_next_expiry(self):
        sara, reza, ali, _zahra = self.members
        day = self.today + timedelta(days=10)
        self.put(sara.wallet_ids[:1], 5, expires_on=day)
        self.put(sara.wallet_ids[:1], 5, expires_on=day + timedelta(days=5))
        self.put(reza.wallet_ids[:1], 5, expires_on=day + timedelta(days=5))
        self.put(ali.wallet_ids[:1], 5, expires_on=self.today - timedelta(days=1))

        self.assertEqual(sara.next_expiry_on, day)
        self.assertFalse(ali.next_expiry_on)
        self.assertSearched("next_expiry_on", [day + timedelta(days=n) for n in (-1, 0, 1, 5, 6)])

    def test_points(self):
        self.give_points(10, self.members[0])

        self.assertSearched("points_balance", [0, 5, 10, 11])

    def test_days_to_the_birthday(self):
        today = self.today
        for member, days in zip(self.members, (0, 7, 40), strict=False):
            comes = today + timedelta(days=days)
            member.birthday = date(1988, comes.month, min(comes.day, 28))
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("birthday_in_days", "<=", 30)]
        )

        expected = self.members.filtered(lambda member: 0 <= member.birthday_in_days <= 30)
        self.assertEqual(set(found), set(expected))
        self.assertEqual(self.members[3].birthday_in_days, -1)
        self.assertNotIn(self.members[3], found)

    def test_doctests_of_yearly_days(self):
        result = doctest.testmod(yearly)

        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)

    def test_all_figures_of_many_members_take_as_many_queries_as_of_one(self):
        names = ("bought_total", "last_purchase_on", "credit_balance", "next_expiry_on")

        def queries(members):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for name in names:
                members.mapped(name)
            return self.env.cr.sql_log_count - before

        one = queries(self.members[:1])
        self.assertEqual(queries(self.members), one)

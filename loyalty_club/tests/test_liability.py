from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..domain.posting import COUNTER_ROLES, counter_role
from .ledger_posting_common import FIRST_DAY, LedgerPostingCommon


@tagged("post_install", "-at_install")
class TestLiability(LedgerPostingCommon):
    """The reports say what the wallets and entries say, by everything one asks for."""

    def owed(self, *groups, domain=()):
        self.env.invalidate_all()
        rows = self.env["loyalty.club.liability.report"]._read_group(
            [("club_id", "=", self.club.id), *domain], list(groups), ["units:sum", "amount:sum"]
        )
        return {row[0] if groups else None: tuple(round(x, 3) for x in row[-2:]) for row in rows}

    def test_what_is_owed_is_what_the_wallets_hold(self):
        self.move("earn", 300)
        self.move("spend", -120, day=1)
        self.move("topup", 80.5, self.credit)
        self.move("debt", -20, self.debt)

        found = self.owed("kind_id")

        self.assertEqual(
            found, {self.points: (180, 18), self.credit: (80.5, 80.5), self.debt: (-20, -2)}
        )
        for kind, (units, _amount) in found.items():
            self.assertAlmostEqual(sum(kind.wallet_ids.mapped("balance")), units)

    def test_it_agrees_with_the_books(self):
        self.move("earn", 333)
        self.move("topup", 41.27, self.credit)

        posting = self.post(0)

        self.assertAlmostEqual(self.owed()[None][1], posting.liability)

    def test_it_is_told_by_age_expiry_and_branch(self):
        expiry = FIRST_DAY + timedelta(days=400)
        self.move("earn", 10, day=0, branch_id=self.branch.id, expires_on=expiry)
        self.move("earn", 20, day=60)
        self.move("earn", 40, day=300)

        with freeze_time(f"{FIRST_DAY + timedelta(days=310)} 12:00:00"):
            self.assertEqual(self.owed("age"), {"4": (30, 3), "1": (40, 4)})
            by_branch = self.owed("branch_id")
            by_month = self.owed("expires_on:month")
            self.assertFalse(self.owed("kind_id", domain=[("lapsed", "=", True)]))
        with freeze_time(f"{expiry + timedelta(days=1)} 12:00:00"):
            lapsed = self.owed("kind_id", domain=[("lapsed", "=", True)])

        self.assertEqual(by_branch[self.branch], (10, 1))
        self.assertEqual(by_month[expiry.replace(day=1)], (10, 1))
        self.assertEqual(lapsed, {self.points: (10, 1)})

    def test_another_company_sees_nothing_of_it(self):
        self.move("earn", 10)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "liability_stranger", groups="loyalty_club.group_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip

        for model in ("loyalty.club.liability.report", "loyalty.club.movement.report"):
            ours = self.env[model].search([("club_id", "=", self.club.id)])
            self.assertTrue(ours)
            self.assertFalse(self.env[model].with_user(stranger).search([("id", "in", ours.ids)]))

    # --- movements in money ----------------------------------------------------------

    def test_movements_are_told_by_what_stands_against_them(self):
        self.move("earn", 300)
        self.move("spend", -120)
        self.move("topup", 80.5, self.credit)
        self.move("fee", -1.5, self.credit)

        rows = self.env["loyalty.club.movement.report"]._read_group(
            [("club_id", "=", self.club.id)], ["kind_id", "role"], ["units:sum", "amount:sum"]
        )

        self.assertEqual(
            {(kind, role): (units, round(amount, 3)) for kind, role, units, amount in rows},
            {
                (self.points, "cost"): (300, 30),
                (self.points, "clearing"): (-120, -12),
                (self.credit, "clearing"): (80.5, 80.5),
                (self.credit, "fee"): (-1.5, -1.5),
            },
        )

    def test_the_report_and_the_books_know_the_same_roles(self):
        gifts = self.new_kind("gift_card")
        product = self.product("Gift Card", 50.0)
        self.new_program("gift_card", product, gifts)
        self.sell([self.line(product)])
        self.env["loyalty.card"].create({"program_id": gifts.program_ids.id, "points": 30})
        self.move("earn", 300)
        self.move("adjust", -3)
        self.env.flush_all()

        rows = self.env["loyalty.club.movement.report"].search([("club_id", "=", self.club.id)])

        self.assertGreaterEqual(len(rows), 4)
        self.assertEqual(set(rows.mapped("kind")) & {"issue"}, {"issue"})
        for row in rows:
            sold = row.entry_id.origin_model == "pos.order"
            self.assertEqual(row.role, counter_role(row.kind, sold), row.kind)
            self.assertIn(row.kind, COUNTER_ROLES)

    def test_an_entry_is_dated_by_its_day(self):
        entry = self.move("earn", 5, day=3)

        row = self.env["loyalty.club.movement.report"].search([("entry_id", "=", entry.id)])

        self.assertEqual(fields.Date.to_date(row.date), FIRST_DAY + timedelta(days=3))

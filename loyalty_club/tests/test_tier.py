from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..clock import today_in
from ..movement import Movement
from .tier_common import TierCommon


@tagged("post_install", "-at_install")
class TestTierLadder(TierCommon):
    """A ladder is judged when it is saved, with the reason in words."""

    def assertRefused(self, words, *levels):
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            self.ladder(*levels)

    def test_unsound_ladders_are_refused_with_the_reason(self):
        self.assertRefused("ask for the same", {}, {"min_spend": 350}, {"min_spend": 350})
        self.assertRefused("asks for less than", {}, {"min_spend": 350}, {"min_spend": 300})
        self.assertRefused("there is a gap", {}, {"min_spend": 350}, {"min_visits": 3})
        self.assertRefused("both ask for nothing", {}, {})
        self.assertRefused("would have no level", {"min_spend": 350})
        self.assertRefused("less than nothing", {}, {"min_spend": -1})
        self.assertRefused("no figure has a weight", {}, {"min_score": 5})
        self.assertRefused("no figure brings them", {}, {"min_spend": 5, "entry": "manual"})
        self.assertRefused("begins with a level that asks for nothing", {"entry": "manual"})
        self.assertRefused("cannot be the lowest", {"entry": "manual"}, {}, {"min_spend": 5})

    def test_levels_change_places_in_one_step(self):
        ladder = self.ladder({}, {"min_spend": 350}, {"min_spend": 1000})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            (ladder[0] | ladder[2] | ladder[1]).web_resequence({})
        ladder.web_resequence({}, offset=5)
        self.assertEqual(ladder.mapped("sequence"), [5, 6, 7])

        self.club.write(
            {
                "tier_ids": [
                    (1, ladder[1].id, {"sequence": 9, "min_spend": 2000}),
                    (1, ladder[2].id, {"sequence": 8}),
                ]
            }
        )

        self.assertEqual(
            self.Tier._ladder(self.club.id)[0], (ladder[0] | ladder[2] | ladder[1])._ids
        )

    def test_weights_that_a_level_needs_stay(self):
        self.club.tier_weight_visits = 1
        self.ladder({}, {"min_score": 5})
        with self.assertRaisesRegex(ValidationError, "no figure has a weight"):
            self.club.tier_weight_visits = 0

    def test_a_score_and_its_weights_leave_together(self):
        self.club.tier_weight_visits = 1
        _entry, gold = self.ladder({}, {"min_score": 5})

        self.club.write(
            {"tier_weight_visits": 0, "tier_ids": [(1, gold.id, {"min_score": 0, "min_visits": 5})]}
        )

        self.assertEqual(gold.requirement, "5 purchases")

    def test_terms_that_cannot_be_kept_are_refused(self):
        for values in (
            {"tier_period_months": 5},
            {"tier_year_month": 13},
            {"tier_year_day": 31},
            {"tier_grace_days": -1},
            {"tier_keep": "months", "tier_keep_months": 0},
            {"tier_period": "rolling"},  # to the end of the next period: there is none
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.club.write(values)
                self.env.flush_all()

    def test_the_requirement_is_said_in_words(self):
        ladder = self.ladder(
            {}, {"min_spend": 350, "min_visits": 3, "need": "any"}, {"entry": "manual"}
        )
        self.assertEqual(ladder[0].requirement, "Everybody starts here")
        self.assertIn(" or 3 purchases", ladder[1].requirement)
        self.assertEqual(ladder[2].requirement, "By invitation")

    def test_a_level_that_somebody_had_is_archived_not_deleted(self):
        ladder = self.ladder({}, {"min_spend": 350}, {"min_spend": 1000})
        self.buy(self.member, "2024-05-01", 400)
        self.decide("2024-05-02")

        with self.assertRaises(UserError):
            ladder[1].unlink()
        ladder[2].unlink()
        ladder[1].active = False
        self.decide("2024-05-03")

        self.assertEqual(self.member.tier_id, ladder[0])


@tagged("post_install", "-at_install")
class TestTier(TierCommon):
    """Members go up at once and down in time, and it is told why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry, cls.silver, cls.gold = cls.tiers = cls.ladder(
            {}, {"min_spend": 350}, {"min_spend": 1000}
        )
        cls.member.join_date = "2023-01-01"
        cls.today = today_in(cls.company)

    def test_a_calendar_year_and_the_next(self):
        self.decide("2024-03-01")
        self.assertEqual(self.member.tier_id, self.entry)
        self.buy(self.member, "2024-03-02", 999.99)
        self.decide("2024-03-02")
        self.assertEqual(self.member.tier_id, self.silver)
        self.buy(self.member, "2024-12-31", 0.01, time="23:59:59")
        self.decide("2024-12-31")
        self.assertEqual(self.member.tier_id, self.gold)
        self.assertEqual(str(self.standing().until), "2025-12-31")
        self.buy(self.member, "2025-06-01", 350)
        self.decide("2025-12-31")
        self.assertEqual(self.member.tier_id, self.gold)

        changes = self.decide("2026-01-01")

        self.assertEqual((self.member.tier_id, changes.fall), (self.silver, True))
        self.assertEqual(str(self.standing().until), "2026-12-31")
        self.decide("2027-01-01")
        self.assertEqual(self.member.tier_id, self.entry)
        self.assertEqual(self.reasons(), ["qualified", "qualified", "dropped", "dropped"])

    def test_a_change_keeps_the_figures_behind_it(self):
        self.decide("2024-03-01")
        self.buy(self.member, "2024-03-02", 400, quantity=3)

        change = self.decide("2024-03-02")

        self.assertEqual((change.from_tier_id, change.tier_id), (self.entry, self.silver))
        self.assertEqual((change.spend, change.visits, change.fall), (400, 1, False))
        self.assertEqual(str(change.until), "2025-12-31")
        with self.assertRaises(UserError):
            change.reason = "granted"

    def test_only_rows_that_differ_are_written(self):
        self.buy(self.member, "2024-03-02", 400)
        self.decide("2024-03-02")
        rows = "SELECT id, xmin::text FROM loyalty_club_tier_standing ORDER BY id"
        self.env.cr.execute(rows)
        before = self.env.cr.fetchall()

        self.decide("2024-03-03")

        self.env.cr.execute(rows)
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_the_shops_day_decides(self):
        self.company.partner_id.tz = "Asia/Tehran"
        self.buy(self.member, "2023-12-31", 350, time="20:29:59")
        self.decide("2024-01-01")
        self.assertEqual(str(self.standing().until), "2024-12-31")
        self.buy(self.member, "2023-12-31", 350, time="20:30:00")
        self.decide("2024-01-01")
        self.assertEqual(str(self.standing().until), "2025-12-31")

    def test_what_came_back_no_longer_counts(self):
        self.buy(self.member, "2024-03-02", 1000)
        self.decide("2024-03-02")
        self.buy(self.member, "2024-03-05", -700, refund=True)

        self.decide("2024-03-05")

        self.assertEqual(self.member.tier_id, self.entry)
        self.assertEqual(self.reasons(), ["qualified", "returned"])

    def test_a_promise_outlives_new_terms_but_not_goods_that_come_back(self):
        self.buy(self.member, "2024-03-02", 1000)
        self.buy(self.member, "2024-03-03", -1, refund=True)
        self.buy(self.member, "2024-03-04", 10)
        self.decide("2024-03-04")
        self.gold.min_spend = 5000
        self.decide("2024-03-05")
        self.assertEqual(self.member.tier_id, self.gold)

        self.buy(self.member, "2024-03-06", -1, refund=True)  # would not have been gold anyway
        self.decide("2024-03-06")
        self.assertEqual(self.member.tier_id, self.gold)
        self.decide("2026-01-01")

        self.assertEqual(self.member.tier_id, self.entry)

    def test_points_are_those_earned_by_purchases(self):
        self.club.write({"tier_period": "ever"})
        self.tiers.unlink()
        _entry, gold = self.ladder({}, {"min_points": 20})
        self.give_points(500)
        self.Tier._recompute(self.club)
        self.assertNotEqual(self.member.tier_id, gold)
        order = self.sell([self.line(qty=2)], self.member.partner_id)
        self.Tier._promote(self.member)
        self.assertEqual(self.member.tier_id, gold)

        self.sync(self.payload([self.return_line(order.lines[0])], self.member.partner_id))
        self.Tier._recompute(self.club)

        self.assertNotEqual(self.member.tier_id, gold)

    def test_bonus_points_count_where_the_club_says_so(self):
        self.club.write({"tier_period": "ever", "tier_points": "all"})
        self.tiers.unlink()
        _entry, gold = self.ladder({}, {"min_points": 20})
        wallet = self.points_card().club_wallet_id
        self.env["loyalty.club.wallet"]._post_or_raise(
            [self.movement(wallet, 20, "bonus", "tier-bonus")]
        )

        self.Tier._recompute(self.club)

        self.assertEqual(self.member.tier_id, gold)

    def movement(self, wallet, amount, kind, key):
        return Movement(wallet.id, Decimal(amount), kind, key)

    def test_items_of_the_till_are_counted_and_returned(self):
        self.tiers.unlink()
        _entry, gold = self.ladder({}, {"min_items": 3})
        order = self.sell([self.line(qty=3, price=1)], self.member.partner_id)
        self.Tier._promote(self.member)
        self.assertEqual(self.member.tier_id, gold)

        self.sync(self.payload([self.return_line(order.lines[0])], self.member.partner_id))

        journal = self.env["loyalty.club.purchase"].search([("member_id", "=", self.member.id)])
        self.assertEqual(sorted(journal.mapped("quantity")), [-1, 3])
        self.Tier._recompute(self.club)
        self.assertNotEqual(self.member.tier_id, gold)

    def test_promotion_is_one_statement_and_never_leads_down(self):
        today = today_in(self.company)
        self.buy(self.member, today - timedelta(days=900), 1000)
        self.decide(today - timedelta(days=900))
        self.assertEqual(self.member.tier_id, self.gold)
        self.Tier._promote(self.member)
        self.assertEqual(self.member.tier_id, self.gold)
        other = self.new_member("Reza")
        self.buy(other, today, 340)
        self.Tier._promote(other)
        self.assertEqual(other.tier_id, self.entry)  # read before, as the till has it
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Tier._promote(other)
        self.buy(other, today, 10)

        self.Tier._promote(other)

        self.assertEqual(other.tier_id, self.silver)
        self.assertEqual(self.member.tier_id, self.gold)
        with self.assertQueryCount(0):
            self.Tier._promote(self.member)  # nothing is higher

    def test_the_sale_itself_brings_the_level(self):
        self.sell([self.line(qty=3, price=100)], self.member.partner_id)
        self.assertEqual(self.member.tier_id, self.entry)

        self.sell([self.line(qty=1, price=50)], self.member.partner_id)

        self.assertEqual(self.member.tier_id, self.silver)
        self.assertEqual(self.reasons(), ["qualified"])

    def test_points_for_acts_are_a_measure_of_their_own(self):
        self.club.tier_period = "ever"
        self.tiers.unlink()
        _entry, gold = self.ladder({}, {"min_engagement": 5})
        self.buy(self.member, self.today, 10**6)
        self.Tier._recompute(self.club)
        self.assertNotEqual(self.member.tier_id, gold)
        kind = self.env["loyalty.club.act.kind"].search([("club_id", "=", self.club.id)], limit=1)
        self.env.cr.execute(
            "INSERT INTO loyalty_club_act (member_id, club_id, company_id, kind_id, seq, date, day,"
            " wallet_kind_id, amount, key) VALUES (%s, %s, %s, %s, 1, now() AT TIME ZONE 'UTC',"
            " %s, %s, 5, 'tier-act')",
            [
                self.member.id, self.club.id, self.company.id, kind.id, self.today,
                self.club.points_kind_id.id,
            ],
        )  # fmt: skip

        self.Tier._recompute(self.club)

        self.assertEqual(self.member.tier_id, gold)

    def test_without_levels_a_sale_asks_nothing(self):
        self.tiers.unlink()
        self.Tier._ladder(self.club.id)
        self.assertEqual(self.member.club_id, self.club)  # read before, as the till has it
        with self.assertQueryCount(0):
            self.assertFalse(self.Tier._promote(self.member))

    def test_new_members_begin_on_the_entry_level_or_where_their_purchases_lead(self):
        partner = self.env["res.partner"].create({"name": "Nasrin"})
        self.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": partner.id,
                    "club_id": self.club.id,
                    "company_id": self.company.id,
                    "channel": "import",
                    "date": f"{today_in(self.company)} 00:00:00",
                    "amount": 400,
                    "refund": False,
                    "origin_key": "tier:nasrin",
                }
            ]
        )

        known = self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": self.club.id}
        )

        self.assertEqual(self.new_member("Omid").tier_id, self.entry)
        self.assertEqual(known.tier_id, self.silver)

    def test_a_head_start_counts_in_the_first_period_alone(self):
        self.club.write({"tier_head_start": 100, "tier_head_start_measure": "spend"})
        self.member.join_date = "2024-02-01"
        self.buy(self.member, "2024-03-02", 250)
        self.decide("2024-03-02")
        self.assertEqual(self.member.tier_id, self.silver)
        self.buy(self.member, "2025-03-02", 250)
        self.decide("2026-03-02")
        self.assertEqual(self.member.tier_id, self.entry)

    def test_progress_says_what_is_left_and_whether_the_level_stays(self):
        today = today_in(self.company)
        self.decide(today)
        start = self.member._tier_progress()[self.member]
        self.assertEqual((start["tier"], start["next"]), (self.entry, self.silver))
        self.assertEqual((start["percent"], start["missing"][0]["amount"]), (0, 350))
        self.buy(self.member, today, 500)
        self.Tier._promote(self.member)

        found = self.member._tier_progress()[self.member]

        self.assertEqual((found["tier"], found["next"]), (self.silver, self.gold))
        self.assertEqual((found["percent"], found["missing"][0]["amount"]), (50, 500))
        self.assertIn("500.00", found["missing"][0]["text"])
        self.assertEqual((found["until"], found["keeps"]), (date(today.year + 1, 12, 31), True))

    def test_progress_of_the_year_after_says_what_keeps_the_level(self):
        today = today_in(self.company)
        self.buy(self.member, today.replace(year=today.year - 1, month=5, day=1), 400)
        self.decide(today)

        found = self.member._tier_progress()[self.member]

        self.assertEqual((found["tier"], found["keeps"]), (self.silver, False))
        self.assertEqual(found["keep"][0]["amount"], 350)

    def test_progress_of_many_is_one_query(self):
        members = self.member | self.new_member("Ali") | self.new_member("Mina")
        self.decide(today_in(self.company))
        members._tier_progress()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["loyalty.club.member"]._tier_progress()
            self.Tier._running(self.club, members.ids)


@tagged("post_install", "-at_install")
class TestTierGiven(TierCommon):
    """Levels that are given: by invitation, for a fee, as a reward."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entry, cls.silver, cls.gold, cls.circle = cls.tiers = cls.ladder(
            {}, {"min_spend": 350}, {"min_spend": 1000}, {"entry": "manual"}
        )
        cls.today = today_in(cls.company)
        cls.Tier._recompute(cls.club)

    def after(self, days):
        return self.today + timedelta(days=days)

    def test_no_figure_brings_a_level_by_invitation(self):
        self.buy(self.member, self.today, 10**9)
        self.decide(self.today)
        self.assertEqual(self.member.tier_id, self.gold)

    def test_a_given_level_ends_and_the_figures_decide(self):
        self.buy(self.member, self.today, 400)
        self.circle._grant(self.member, self.circle, "invited", self.after(30), "A friend")
        self.assertEqual(self.member.tier_id, self.circle)
        self.assertEqual(self.member.tier_until, self.after(30))
        self.assertEqual(self.member.tier_given_as, "invited")
        self.decide(self.after(30))
        self.assertEqual(self.member.tier_id, self.circle)

        change = self.decide(self.after(31))

        self.assertEqual((self.member.tier_id, change.reason), (self.silver, "expired"))
        self.assertTrue(change.fall)
        self.assertEqual(self.reasons(), ["invited", "expired"])

    def test_a_club_that_fails_leaves_the_others_alone(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        right, tried = type(self.Tier)._recompute, []

        def recompute(tiers, clubs, *args, **kwargs):
            tried.append(clubs.id)
            if clubs in (self.club, other):
                raise ValueError("of this club")
            return right(tiers, clubs, *args, **kwargs)

        with (
            patch.object(type(self.Tier), "_recompute", recompute),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60),
            mute_logger("odoo.addons.loyalty_club.models.tier_compute"),
        ):
            self.Tier._cron_recompute()

        self.assertLessEqual({self.club.id, other.id}, set(tried))

    def test_given_again_it_lasts_until_the_later_day(self):
        self.Tier._grant(self.member, self.circle, "bought", self.after(30))
        self.Tier._grant(self.member, self.circle, "bought", self.after(10))
        self.assertEqual(self.standing().granted_until, self.after(30))
        self.Tier._grant(self.member, self.circle, "granted")
        self.assertFalse(self.standing().granted_until)

    def test_a_lower_gift_does_not_take_a_higher_one_away(self):
        self.Tier._grant(self.member, self.circle, "invited", self.after(30))

        self.assertFalse(self.Tier._grant(self.member, self.silver, "reward", self.after(90)))

        self.assertEqual(self.member.tier_id, self.circle)

    def test_what_is_given_is_below_what_is_reached(self):
        self.Tier._grant(self.member, self.silver, "reward", self.after(30))
        self.buy(self.member, self.today, 1000)
        self.Tier._promote(self.member)
        self.assertEqual(self.member.tier_id, self.gold)
        self.decide(self.after(31))
        self.assertEqual(self.member.tier_id, self.gold)

    def test_taken_back(self):
        self.Tier._grant(self.member, self.circle, "bought", self.after(30))
        had = self.Tier._withdraw(self.member, self.circle, note="Fee given back")
        self.assertEqual((had, self.member.tier_id), (self.member, self.entry))
        self.assertEqual(self.reasons(), ["bought", "withdrawn"])
        self.assertFalse(self.Tier._withdraw(self.member, self.circle))

    def test_falls_are_told_to_whoever_extends(self):
        told = []
        self.patch(type(self.Tier), "_fallen", lambda _self, changes: told.append(changes))
        self.Tier._grant(self.member, self.circle, "invited", self.after(1))
        self.assertFalse(told)
        self.decide(self.after(2))
        self.assertEqual(told[0].member_id, self.member)

    def test_a_merge_keeps_the_higher_level_and_both_histories(self):
        twin = self.new_member("Sara again")
        self.buy(twin, self.today, 1000)
        self.Tier._promote(twin)
        self.Tier._grant(self.member, self.silver, "reward", self.after(5))

        twin._merge_into(self.member)

        self.env.invalidate_all()
        self.assertEqual(self.member.tier_id, self.gold)
        self.assertFalse(twin.tier_id or self.standing(twin))
        self.assertEqual(len(self.member.tier_change_ids), 3)

    def test_a_merge_hands_a_promised_level_over(self):
        twin = self.new_member("Sara again")
        self.buy(twin, self.today, 1000)
        self.Tier._promote(twin)
        self.gold.min_spend = 9000

        twin._merge_into(self.member)

        self.env.invalidate_all()
        self.assertEqual(self.member.tier_id, self.gold)
        self.assertEqual(self.reasons()[-1], "merged")


@tagged("post_install", "-at_install")
class TestTierRights(TierCommon):
    def test_nobody_writes_levels_standings_or_history_by_hand(self):
        ladder = self.ladder({}, {"min_spend": 350})
        manager = new_test_user(self.env, "tier_manager", groups="loyalty_club.group_manager")
        member = self.member.with_user(manager)
        self.Tier._recompute(self.club)

        with self.assertRaises(UserError):
            member.tier_id = ladder[1]
        with self.assertRaises(UserError):
            self.standing().with_user(manager).write({"tier_id": ladder[1].id})
        with self.assertRaises(UserError):
            self.env["loyalty.club.member"].with_user(manager).create(
                {
                    "partner_id": manager.partner_id.id,
                    "club_id": self.club.id,
                    "tier_id": ladder[1].id,
                }
            )

    def test_a_cashier_does_not_decide_levels(self):
        ladder = self.ladder({}, {"min_spend": 350})
        with self.assertRaises(AccessError):
            ladder.with_user(self.cashier).action_recompute()
        with self.assertRaises(AccessError):
            self.club.with_user(self.cashier).action_compute_tiers()

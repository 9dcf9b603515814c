from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..clock import today_in
from ..domain import reward_code
from .common import ClubCommon
from .till_common import TillBrowserCommon


class TakenCommon(ClubCommon):
    """Sara has 100 points; for 10 of them a member gets 5 off, for 40 a free tea."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls.five_off()
        cls.gift = cls.env["loyalty.reward"].create(
            {
                "program_id": cls.program.id,
                "reward_type": "product",
                "reward_product_id": cls.tea.id,
                "required_points": 40,
                "description": "Free tea",
            }
        )

    def setUp(self):
        super().setUp()
        self.card = self.give_points(100)
        self.wallet = self.card.club_wallet_id

    def take(self, reward=None, key="request-1", member=None):
        return self.env["loyalty.club.reward.taken"]._take(
            member or self.member, reward or self.cup, key
        )

    def assertHeld(self, held, balance=100):
        self.env.invalidate_all()
        self.assertEqual((self.wallet.balance, self.wallet.held), (balance, held))
        self.assertEqual(self.card.points, balance - held)

    def collect(self, *taken, lines=None, **values):
        """A sale that collects rewards, as a till sends it."""
        lines = lines or [self.line(), self.reward_line(self.card, 10, self.cup, value=5)]
        codes = " ".join(one.code for one in taken)
        return self.sell(lines, self.member.partner_id, club_taken_codes=codes, **values)

    def give_back(self, order):
        back = [self.return_line(line) for line in order.lines]
        self.sync(self.payload(back, self.member.partner_id))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRewardTaken(TakenCommon):
    """A reward is taken once, and ends once: collected, cancelled, or run out."""

    def test_points_are_held_at_once(self):
        taken = self.take()

        self.assertEqual((taken.state, taken.points), ("open", 10))
        self.assertEqual(taken.until, today_in(self.company) + timedelta(days=30))
        self.assertEqual(reward_code.read_reward_code(taken.code.lower()), taken.code)
        self.assertHeld(10)
        self.assertLedgerSound()

    def test_same_request_is_one_reward(self):
        self.assertEqual(self.take(), self.take())
        self.assertHeld(10)
        self.assertNotEqual(self.take(), self.take(key="request-2"))
        self.assertHeld(20)

    def test_key_of_somebody_else_is_another(self):
        other = self.new_member("Mina")
        self.give_points(50, other)

        self.assertNotEqual(self.take(), self.take(member=other))

    def test_too_few_points(self):
        self.cup.required_points = 101
        with self.assertRaises(UserError), self.cr.savepoint():
            self.take()
        self.assertFalse(self.member.taken_ids)
        self.assertHeld(0)

    def test_price_of_her_level(self):
        tier = self.env["loyalty.club.tier"].create(
            {"name": "Gold", "club_id": self.club.id, "reward_discount_percent": 25}
        )
        tier._grant(self.member, tier)

        self.assertEqual(self.take().points, 8)  # 7.5, and points are whole

    def test_what_cannot_be_taken(self):
        per_point = self.program.reward_ids[0]
        self.assertEqual(per_point.discount_mode, "per_point")
        with self.assertRaises(UserError):
            self.take(per_point)
        self.cup.club_from = today_in(self.company) + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "from"):
            self.take()
        self.cup.write({"club_from": False, "active": False})
        with self.assertRaisesRegex(UserError, "not there any more"):
            self.take()

    def test_suspended_members_take_nothing(self):
        self.member.state = "suspended"
        with self.assertRaisesRegex(UserError, "not active"):
            self.take()

    def test_units_and_limits(self):
        self.cup.write({"club_quantity": 2, "club_per_member": 1})
        taken = self.take()
        self.assertEqual(self.cup.club_left, 1)
        with self.assertRaisesRegex(UserError, "no more than 1"):
            self.take(key="request-2")

        taken._cancel()
        self.env.invalidate_all()
        self.assertEqual(self.cup.club_left, 2)
        self.take(key="request-3")

    def test_reward_of_one_shop_is_taken_anywhere(self):
        self.cup.club_branch_ids = self.env["loyalty.club.branch"].create(
            {"name": "Other", "club_id": self.club.id, "code": "OT"}
        )
        taken = self.take()

        told = self.till.with_user(self.cashier)._club_identify(taken.code)
        self.assertIn("Other", told["message"])

    # --- ends --------------------------------------------------------------------------

    def test_cancelled_points_are_free(self):
        taken = self.take()
        taken._cancel()
        taken._cancel()

        self.assertEqual(taken.state, "cancelled")
        self.assertHeld(0)
        self.assertFalse(self.wallet.entry_ids.filtered(lambda entry: entry.amount < 0))
        with self.assertRaisesRegex(UserError, "cancelled"):
            self.collect(taken)

    def test_runs_out_and_gives_back(self):
        taken = self.take()
        self.run_job(taken.until)
        self.assertEqual(taken.state, "open")
        self.run_job(taken.until + timedelta(days=1))

        self.assertEqual(taken.state, "expired")
        self.assertHeld(0)

    def test_runs_out_and_is_lost(self):
        self.club.taken_forfeit = True
        self.cup.club_quantity = 1
        first, second = self.take(), self.take(self.gift, "request-2")
        self.run_job(first.until + timedelta(days=1))

        self.assertEqual((first | second).mapped("state"), ["forfeited", "forfeited"])
        self.assertHeld(0, balance=50)
        self.assertEqual(self.cup.club_left, 1)
        self.assertEqual(set((first | second).hold_id.mapped("state")), {"captured"})
        spent = self.wallet.entry_ids.filtered(lambda entry: entry.amount < 0)
        origins = {(entry.origin_model, entry.origin_id, entry.amount) for entry in spent}
        self.assertEqual(origins, {(first._name, first.id, -10), (first._name, second.id, -40)})
        self.assertLedgerSound()

    def run_job(self, day):
        path = "odoo.addons.loyalty_club.models.reward_taken_due.today_in"
        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60)
        with patch(path, lambda _company: day), progress:
            self.env["loyalty.club.reward.taken"]._cron_run_out()
        self.env.invalidate_all()

    def test_merged_memberships_keep_it(self):
        other = self.new_member("Sara again")
        self.give_points(50, other)
        mine, theirs = self.take(), self.take(self.gift, member=other)
        other._merge_into(self.member, "Twice the same")

        self.assertEqual((mine | theirs).mapped("state"), ["open", "open"])
        self.assertEqual(theirs.member_id, self.member)
        self.assertHeld(50, balance=150)
        self.collect(mine)
        self.assertEqual(mine.state, "collected")

    def test_leaving_ends_it(self):
        taken = self.take()
        self.member._close("Moved away")

        self.assertEqual(taken.state, "cancelled")
        self.assertHeld(0)

    def test_hold_released_by_hand(self):
        taken = self.take()
        taken.hold_id._release_by_hand()

        self.assertEqual(taken.state, "cancelled")
        self.assertHeld(0)

    def test_cancelled_by_staff(self):
        taken = self.take()
        with self.assertRaises(AccessError):
            taken.with_user(self.cashier).action_cancel()
        self.assertEqual(taken.state, "open")
        taken.with_user(self.env.ref("base.user_admin")).action_cancel()
        self.assertEqual(taken.state, "cancelled")

    # --- at the till -------------------------------------------------------------------

    def test_till_knows_the_code(self):
        taken = self.take()
        for door in ("_club_identify", "_club_find"):
            told = getattr(self.till.with_user(self.cashier), door)(taken.code.lower())
            told = told.get("exact") or told
            self.assertEqual(told["partner_id"], self.member.partner_id.id)
            self.assertEqual(
                (told["give"]["code"], told["give"]["reward_id"], told["give"]["points"]),
                (taken.code, self.cup.id, 10),
            )
        told = self.till.with_user(self.cashier)._club_customer(self.member.partner_id.id)
        self.assertEqual([one["code"] for one in told["taken"]], [taken.code])

    def test_till_says_why_not(self):
        taken = self.take()
        taken._cancel()
        till = self.till.with_user(self.cashier)

        self.assertIn("cancelled", till._club_identify(taken.code)["message"])
        found = till._club_find(taken.code)
        self.assertIn("cancelled", found["message"])
        self.assertFalse(found["exact"])
        self.assertFalse(till._club_customer(self.member.partner_id.id)["taken"])

    def test_collected_with_a_sale(self):
        taken = self.take()
        order = self.collect(taken)

        self.env.invalidate_all()
        self.assertEqual(taken.state, "collected")
        self.assertEqual((taken.origin_model, taken.origin_id), ("pos.order", order.id))
        self.assertEqual(taken.branch_id, self.branch)
        self.assertEqual(taken.hold_id.state, "captured")
        spent = self.wallet.entry_ids.filtered(lambda entry: entry.kind == "spend")
        self.assertEqual(spent.mapped("amount"), [-10])
        self.assertEqual(taken.hold_id.entry_id, spent)
        self.assertEqual(self.wallet.held, 0)
        self.assertLedgerSound()

    def test_collected_with_the_last_points(self):
        self.cup.required_points = 100
        taken = self.take()
        self.collect(
            taken, lines=[self.line(), self.reward_line(self.card, 100, self.cup, value=5)]
        )

        self.env.invalidate_all()
        self.assertEqual(taken.state, "collected")
        self.assertEqual(self.wallet.held, 0)

    def test_collected_once(self):
        taken = self.take()
        self.collect(taken)
        with self.assertRaisesRegex(UserError, "collected already"):
            self.collect(taken)

    def test_same_order_sent_twice(self):
        taken = self.take()
        lines = [self.line(), self.reward_line(self.card, 10, self.cup, value=5)]
        payload = self.payload(lines, self.member.partner_id, club_taken_codes=taken.code)
        self.assertEqual(self.sync(payload), self.sync(payload))

        spent = self.wallet.entry_ids.filtered(lambda entry: entry.kind == "spend")
        self.assertEqual(spent.mapped("amount"), [-10])

    def test_without_its_line_it_stays(self):
        taken = self.take()
        self.collect(taken, lines=[self.line()])

        self.assertEqual(taken.state, "open")
        self.assertEqual(self.wallet.held, 10)

    def test_of_somebody_else_is_not_used(self):
        other = self.new_member("Mina")
        self.give_points(50, other)
        theirs = self.take(member=other)
        self.collect(theirs)

        self.env.invalidate_all()
        self.assertEqual(theirs.state, "open")
        self.assertEqual(self.wallet_of(other).held, 10)

    def wallet_of(self, member):
        return self.points_card(member).club_wallet_id

    def test_one_taken_one_bought(self):
        taken = self.take()
        lines = [self.line()]
        lines += [self.reward_line(self.card, 10, self.cup, value=5) for _time in range(2)]
        self.collect(taken, lines=lines)

        spent = self.wallet.entry_ids.filtered(lambda entry: entry.kind == "spend")
        self.assertEqual(spent.mapped("amount"), [-10, -10])
        self.assertEqual(taken.state, "collected")

    def test_price_is_that_of_the_day_it_was_taken(self):
        taken = self.take()
        self.cup.required_points = 30
        self.collect(taken, lines=[self.line(), self.reward_line(self.card, 30, self.cup, value=5)])

        spent = self.wallet.entry_ids.filtered(lambda entry: entry.kind == "spend")
        self.assertEqual(spent.mapped("amount"), [-10])

    def test_terms_that_came_later_do_not_matter_to_its_unit(self):
        self.cup.write({"club_quantity": 1, "club_per_member": 1})
        taken = self.take()
        self.assertEqual(self.cup.club_left, 0)
        self.collect(taken)

        claims = self.env["loyalty.club.reward.claim"].search([("reward_id", "=", self.cup.id)])
        self.assertEqual(len(claims), 1)
        self.env.invalidate_all()
        self.assertEqual(self.cup.club_left, 0)

    def test_a_return_gives_points_and_unit_back(self):
        self.cup.club_quantity = 1
        taken = self.take()
        lot = self.wallet.lot_ids
        self.assertEqual(len(lot), 1)
        order = self.collect(taken)
        left = lot.remaining
        self.give_back(order)

        self.assertEqual(taken.state, "returned")
        self.assertEqual(self.cup.club_left, 1)
        self.assertEqual(lot.remaining, left + 10)
        self.assertHeld(0)
        self.assertLedgerSound()


@tagged("post_install", "-at_install")
class TestRewardTakenTours(TakenCommon, TillBrowserCommon):
    """A cashier hands over what was taken beforehand, at a real till in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sugar = cls.product("Sugar", 5.0, pos_categ_ids=cls.category)

    def orders(self):
        return self.env["pos.order"].search([("config_id", "=", self.till.id)])

    def test_code_names_member_and_reward(self):
        self.gift.required_points = 100
        terms = {"discount_percent": 5, "discount_mode": "discount"}
        self.env["loyalty.club.card"]._issue(self.club, self.member).write(terms)
        taken = self.take(self.gift)
        self.assertHeld(100)

        self.cashier_does("ClubTakenByCode", club_reward=taken.code)

        self.assertEqual(taken.state, "collected")
        self.assertEqual(self.orders().amount_total, 4.75)
        self.assertEqual(self.orders().club_taken_codes, taken.code)
        self.assertEqual(self.wallet.held, 0)
        self.assertEqual(self.wallet.balance, 0)
        self.assertLedgerSound()

    def test_panel_shows_what_waits(self):
        self.gift.active = False  # else stock gives tea away as soon as there is some
        taken = self.take()

        self.cashier_does("ClubTakenFromPanel")

        self.assertEqual(taken.state, "collected")
        self.assertEqual(self.orders().amount_total, 195)
        self.assertHeld(0, balance=109)
        self.assertLedgerSound()

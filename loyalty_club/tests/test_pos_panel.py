"""What a cashier sees of the customer in front of her."""

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..clock import today_in
from ..models.pos_panel import TillPanel
from .ledger_common import LedgerCommon

MOST_QUERIES = 10  # that the panel adds to what the till is told anyway


@tagged("post_install", "-at_install")
class TestPosPanel(LedgerCommon):
    """Sara, her value, her level, her days, at a till of the test shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = today_in(cls.company)
        cls.club.till_script_ids.unlink()

    def panel(self, member=None, user=None):
        partner = (member or self.member).partner_id
        till = self.till.with_user(user or self.cashier)
        return till._club_customer(partner.id)["panel"]

    def script(self, situation, text, **values):
        return self.env["loyalty.club.till.script"].create(
            {"club_id": self.club.id, "situation": situation, "text": text, **values}
        )

    # --- value ----------------------------------------------------------------------------

    def test_points_and_money_are_what_can_be_used(self):
        self.give_points(120)
        credit = self.new_kind("ewallet")
        wallet = self.wallet_of(self.member, credit)
        self.post(40, wallet=wallet)
        self.env["loyalty.club.hold"]._authorize(wallet.id, Decimal(15), "panel")

        panel = self.panel()

        self.assertEqual(panel["points"]["available"], 120)
        self.assertEqual(panel["points"]["name"], self.club.point_name)
        row = panel["wallets"][0]
        self.assertEqual((row["wallet_id"], row["type"]), (wallet.id, "ewallet"))
        self.assertEqual((float(row["available"]), row["amount"]), (25, 25))
        self.assertEqual(panel["member_number"], self.member.number)

    def test_what_expires_within_a_month_is_named(self):
        wallet = self.points_card().club_wallet_id
        self.post(30, wallet=wallet, expires_on=self.today + timedelta(days=5))
        self.post(70, wallet=wallet, expires_on=self.today + timedelta(days=50))

        expiring = self.panel()["points"]["expiring"]

        self.assertEqual(expiring["amount"], 30)
        self.assertEqual(expiring["on"], str(self.today + timedelta(days=5)))

    def test_later_expiry_is_not_announced(self):
        wallet = self.points_card().club_wallet_id
        self.post(30, wallet=wallet, expires_on=self.today + timedelta(days=50))

        self.assertFalse(self.panel()["points"]["expiring"])

    # --- warnings -------------------------------------------------------------------------

    def test_suspended_member_and_lost_card_are_warned_of(self):
        self.assertEqual(self.panel()["warnings"], [])

        card = self.env["loyalty.club.card"]._issue(self.club, self.member)
        card._report_lost("Test")
        self.member.state = "suspended"

        warnings = "\n".join(self.panel()["warnings"])
        self.assertIn("suspended", warnings)
        self.assertIn("reported lost", warnings)

    def test_own_account_is_warned_of(self):
        own = self.env["loyalty.club.member"]._enrol(self.club, self.cashier.partner_id)

        self.assertIn("your own account", "\n".join(self.panel(own)["warnings"]))
        self.assertEqual(self.panel()["warnings"], [])

    # --- lines for the cashier --------------------------------------------------------------

    def test_first_line_whose_situation_is_there_is_said(self):
        self.script("greeting", "Hello {name}, {points}", sequence=9)
        self.script("birthday", "Happy birthday {name}", sequence=1)
        self.give_points(5)

        self.assertEqual(self.panel()["script"], "Hello Sara, 5 points")

        self.member.birthday = self.today.replace(year=1990, day=min(self.today.day, 28))
        birthday = self.member.birthday.day == self.today.day
        self.assertEqual(self.panel()["birthday"], birthday)
        self.assertIn("Happy birthday" if birthday else "Hello", self.panel()["script"])

    def test_expiry_is_said_within_the_days_of_its_line(self):
        wallet = self.points_card().club_wallet_id
        self.post(30, wallet=wallet, expires_on=self.today + timedelta(days=5))
        line = self.script("expiring", "{amount} until {day}", within_days=5)

        self.assertIn("30 points until", self.panel()["script"])

        line.within_days = 4
        self.assertEqual(self.panel()["script"], "")

    def test_a_name_that_runs_the_other_way_does_not_turn_the_line_around(self):
        self.script("greeting", "Hello {name}, welcome")
        self.member.partner_id.name = "علی"

        self.assertEqual(self.panel()["script"], "Hello \u2068علی\u2069, welcome")

    def test_stranger_is_invited(self):
        self.script("stranger", "Would you like to join {club}?")
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        answer = self.till.with_user(self.cashier)._club_customer(stranger.id)["panel"]

        self.assertEqual(
            answer, {"member_number": False, "script": "Would you like to join Test Club?"}
        )
        self.assertEqual(self.till.club_invitation, "Would you like to join Test Club?")

    def test_line_names_only_what_is_known_there(self):
        for situation, text in (("greeting", "{amount}"), ("stranger", "{name}")):
            with self.subTest(text=text), self.assertRaisesRegex(ValidationError, "not known"):
                self.script(situation, text)

    def test_new_club_has_a_line_for_each_situation(self):
        club = self.env["loyalty.club"].create({"name": "Other"})

        situations = club.till_script_ids.mapped("situation")

        self.assertEqual(len(situations), 7)
        self.assertEqual(len(set(situations)), 7)

    # --- never in the way -------------------------------------------------------------------

    def test_whatever_fails_keeps_nobody_from_selling(self):
        with (
            patch.object(TillPanel, "_read", lambda panel: panel.env.cr.execute("SELECT nothing")),
            mute_logger("odoo.addons.loyalty_club.models.pos_panel", "odoo.sql_db"),
        ):
            answer = self.till.with_user(self.cashier)._club_customer(self.member.partner_id.id)

        self.assertIs(answer["panel"], False)
        self.assertTrue(self.sell(partner=self.member.partner_id), "the transaction goes on")

    def test_till_that_wants_none_is_told_nothing(self):
        self.till.club_show_panel = False

        self.assertIs(self.panel(), False)

    def test_few_queries_whatever_she_has(self):
        for kind in ("ewallet", "cashback"):
            self.post(40, wallet=self.wallet_of(self.member, self.new_kind(kind)))
        self.give_points(10)
        self.member.birthday = self.today
        Tier = self.env["loyalty.club.tier"]
        tiers = Tier.create(
            [
                {"name": name, "club_id": self.club.id, "sequence": number, "min_spend": spend}
                for number, (name, spend) in enumerate((("Blue", 0), ("Silver", 500)))
            ]
        )
        Tier._grant(self.member, tiers[0])
        self.promotion(tiers[0])
        for points in (5, 7, 9):
            self.reward.copy({"required_points": points})
        till = self.till.with_user(self.cashier)
        partner = self.member.partner_id.id

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answer = till._club_customer(partner)
            return self.env.cr.sql_log_count - before, answer["panel"]

        count()  # what the registry keeps
        whole, panel = count()
        self.till.club_show_panel = False
        rest, _none = count()
        self.assertTrue(panel["offers"] and panel["wallets"] and panel["birthday"])
        self.assertEqual(len(panel["rewards"]), 4)
        self.assertLessEqual(whole - rest, MOST_QUERIES)

    def promotion(self, tiers):
        """Ten per cent for members of these levels alone."""
        return self.env["loyalty.program"].create(
            {
                "name": "Ten for her",
                "program_type": "promotion",
                "applies_on": "current",
                "trigger": "auto",
                "company_id": self.company.id,
                "club_tier_ids": [Command.set(tiers.ids)],
                "rule_ids": [Command.clear(), Command.create({})],
                "reward_ids": [Command.clear(), Command.create({"discount": 10})],
            }
        )

    def test_offer_is_named_and_announced(self):
        _base, tier = self.env["loyalty.club.tier"].create(
            [
                {"name": "Blue", "club_id": self.club.id, "sequence": 1},
                {"name": "Gold", "club_id": self.club.id, "sequence": 2, "min_spend": 500},
            ]
        )
        self.env["loyalty.club.tier"]._grant(self.member, tier)
        self.promotion(tier)
        self.script("offer", "For you alone: {offer}")

        panel, other = self.panel(), self.panel(self.new_member("Mina"))

        self.assertEqual([offer["name"] for offer in panel["offers"]], ["Ten for her"])
        self.assertIn("10%", panel["offers"][0]["text"])
        self.assertEqual(panel["script"], "For you alone: Ten for her")
        self.assertEqual((other["offers"], other["script"]), ([], ""))

    # --- a part of the points -----------------------------------------------------------------

    def test_part_of_the_points_is_taken(self):
        card = self.give_points(100)

        order = self.sell([self.line(), self.reward_line(card, 37)], self.member.partner_id)

        self.assertEqual(order.amount_total, 96.3)
        self.assertPoints(100 - 37 + 9)

    def test_part_of_the_points_at_the_share_of_a_level(self):
        tier = self.env["loyalty.club.tier"].create(
            {"name": "Gold", "club_id": self.club.id, "reward_discount_percent": 10}
        )
        self.env["loyalty.club.tier"]._grant(self.member, tier, "hand")
        card = self.give_points(100)
        value = 40 * self.reward.discount

        self.sell([self.line(), self.reward_line(card, 36, value=value)], self.member.partner_id)

        self.assertEqual(card.points, 100 - 36 + 9)


@tagged("post_install", "-at_install")
class TestRewardTerms(LedgerCommon):
    """A reward that is there for some days, some members, some shops, and only so often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = today_in(cls.company)
        cls.other = cls.new_member("Mina")
        cls.cup = cls.five_off()

    def choose(self, member=None, times=1, **values):
        """A sale by which a member chooses the reward, out of 100 points that she is given."""
        member = member or self.member
        card = self.give_points(100, member)
        lines = [self.line()]
        lines += [self.reward_line(card, 10, self.cup, value=5) for _time in range(times)]
        return self.sell(lines, member.partner_id, **values)

    def claims(self):
        return self.env["loyalty.club.reward.claim"].search([("reward_id", "=", self.cup.id)])

    def reason(self, member=None, till=None):
        partner = (member or self.member).partner_id
        rewards = (till or self.till).with_user(self.cashier)._club_customer(partner.id)["rewards"]
        return rewards.get(self.cup.id)

    def assertRefused(self, words, member=None, **values):
        """The till knows why, and the server refuses."""
        self.assertIn(words, self.reason(member))
        self.assertRefusedWith(words, member, **values)

    def assertRefusedWith(self, words, member=None, **values):
        """The server refuses, and says why."""
        with self.assertRaises(UserError) as caught:
            self.choose(member, **values)
        self.assertIn(words, str(caught.exception))

    def test_without_terms_nothing_is_counted(self):
        self.choose()

        self.assertIsNone(self.reason())
        self.assertFalse(self.claims())

    def test_last_one_goes_once(self):
        self.cup.club_quantity = 2
        self.choose()
        self.assertEqual(self.cup.club_left, 1)
        self.choose(self.other)

        self.assertRefused("nothing left", self.other)
        self.assertEqual(sorted(self.claims().mapped("number")), [1, 2])
        self.assertEqual(self.cup.club_left, 0)

    def test_more_than_are_left_at_once(self):
        self.cup.club_quantity = 2
        self.assertRefusedWith("only 2 left", times=3)

    def test_each_member_so_many(self):
        self.cup.club_per_member = 1
        self.choose()

        self.assertRefused("no more than 1")
        self.assertIsNone(self.reason(self.other))
        self.choose(self.other)

    def test_what_comes_back_is_there_again(self):
        self.cup.write({"club_quantity": 1, "club_per_member": 1})
        order = self.choose()
        self.assertEqual(self.cup.club_left, 0)

        back = [self.return_line(line) for line in order.lines]
        self.sync(self.payload(back, self.member.partner_id))

        self.env.invalidate_all()
        self.assertEqual(self.cup.club_left, 1)
        self.assertTrue(self.claims().returned_on)
        self.choose()
        self.assertEqual(len(self.claims()), 2)

    def test_days(self):
        day = timedelta(days=1)
        self.cup.club_from = self.today + day
        self.assertRefused("from")
        self.cup.write({"club_from": False, "club_until": self.today - day})
        self.assertRefused("until")
        self.cup.write({"club_from": self.today, "club_until": self.today})
        self.choose()

    def test_members_and_shops(self):
        regulars = self.env["loyalty.club.segment"].create(
            {"name": "Regulars", "kind": "manual", "club_id": self.club.id}
        )
        regulars._add(self.member)
        self.cup.club_segment_ids = regulars
        self.assertRefused("for other members", self.other)
        self.choose()
        names = [[row["text"] for row in m._rewards_in_reach()] for m in (self.member, self.other)]
        self.assertEqual(["Five off" in shown for shown in names], [True, False])

        shop = self.env["loyalty.club.branch"].create(
            {"name": "Other shop", "club_id": self.club.id, "code": "OS"}
        )
        self.cup.write({"club_segment_ids": [Command.clear()], "club_branch_ids": shop.ids})
        self.assertRefused("in other shops")

    def test_terms_are_of_the_rewards_own_club(self):
        club = self.env["loyalty.club"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.cup.club_branch_ids = self.env["loyalty.club.branch"].create(
                {"name": "Elsewhere", "club_id": club.id, "code": "EW"}
            )

    def test_panel_says_why_not(self):
        self.cup.club_until = self.today - timedelta(days=1)
        self.give_points(50)

        till = self.till.with_user(self.cashier)
        panel = till._club_customer(self.member.partner_id.id)["panel"]

        reasons = {row["id"]: row["reason"] for row in panel["rewards"]}
        self.assertIn("until", reasons[self.cup.id])
        self.assertEqual(reasons[self.reward.id], "")

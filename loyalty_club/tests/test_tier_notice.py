from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .tier_benefit_common import BenefitCommon


@tagged("post_install", "-at_install")
class TestTierNotice(BenefitCommon):
    """Members who fell, or are about to, are told the way back: once, and if they want to be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "sara@example.com"
        cls.notices = cls.env["loyalty.club.tier.notice"]
        cls.outbox = cls.env["loyalty.club.outbox"]

    def agree(self, given=True):
        self.member._set_consents({("marketing", "email"): given}, "backend")

    def fall(self):
        """Gold by figures long ago, that are not there any more."""
        self.gold._grant(self.member, self.gold, until=self.today)
        self.sell([self.line(qty=6)], self.partner)
        return self.gold._recompute(self.club, today=self.today + timedelta(days=1))

    def tell(self):
        """Texts that went out by telling whoever waits."""
        before = self.outbox.search([])
        while self.notices._tell(100):
            pass
        return (self.outbox.search([], order="id") - before).sudo().mapped("body")

    def test_who_fell_is_told_what_is_missing(self):
        self.agree()
        self.fall()

        texts = self.tell()

        self.assertEqual(len(texts), 1)
        for part in ("Sara", "Silver", "Gold", "400"):
            self.assertIn(part, texts[0])

    def test_nobody_is_told_twice(self):
        self.agree()
        changes = self.fall()
        self.gold._fallen(changes)

        self.assertEqual(len(self.tell()), 1)
        self.assertEqual(self.tell(), [])

    def test_who_did_not_agree_is_not_told(self):
        self.fall()

        self.assertEqual(self.tell(), [])
        self.assertFalse(self.notices.search([("member_id", "=", self.member.id)]).told)

    def test_a_club_may_keep_quiet(self):
        self.agree()
        self.club.tier_tell_falls = False
        self.fall()

        self.assertEqual(self.tell(), [])

    def test_who_is_back_already_is_not_told(self):
        self.agree()
        self.fall()
        self.sell([self.line(qty=4)], self.partner)
        self.assertEqual(self.level(), self.gold)

        self.assertEqual(self.tell(), [])

    def test_who_lost_what_was_given_is_told_to_ask(self):
        vip = self.env["loyalty.club.tier"].create(
            {"name": "Friend", "club_id": self.club.id, "sequence": 9, "entry": "manual"}
        )
        self.agree()
        vip._grant(self.member, vip, until=self.today)
        vip._recompute(self.club, today=self.today + timedelta(days=1))

        self.assertIn("Ask in the shop", self.tell()[0])

    def test_what_a_person_took_back_is_not_told(self):
        self.agree()
        self.give(self.gold)
        self.gold._withdraw(self.member, self.gold)

        self.assertEqual(self.tell(), [])

    # --- before it is lost -----------------------------------------------------------

    def about_to_end(self, days):
        """Silver by figures that are of the period before, and end so many days from now."""
        self.sell([self.line(qty=6)], self.partner)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_purchase DISABLE TRIGGER USER;"
            "UPDATE loyalty_club_purchase SET date = date - INTERVAL '2 years';"
            "ALTER TABLE loyalty_club_purchase ENABLE TRIGGER USER;"
            "UPDATE loyalty_club_tier_standing SET earned_until = %(day)s, until = %(day)s"
            " WHERE member_id = %(member)s",
            {"day": self.today + timedelta(days=days), "member": self.member.id},
        )
        self.env.invalidate_all()

    def test_who_is_about_to_fall_is_told_what_keeps_the_level(self):
        self.agree()
        self.about_to_end(30)

        self.notices._note_endings()
        texts = self.tell()

        self.assertEqual(len(texts), 1)
        self.assertIn("Silver", texts[0])
        self.assertIn("500", texts[0])

    def test_not_earlier_than_the_club_says(self):
        self.agree()
        self.about_to_end(31)

        self.notices._note_endings()

        self.assertEqual(self.tell(), [])

    def test_whose_figures_keep_it_is_left_alone(self):
        self.agree()
        self.about_to_end(30)
        self.sell([self.line(qty=5)], self.partner)
        self.env.cr.execute(
            "UPDATE loyalty_club_tier_standing SET earned_until = %s WHERE member_id = %s",
            (self.today + timedelta(days=30), self.member.id),
        )
        self.env.invalidate_all()

        self.notices._note_endings()

        self.assertEqual(self.tell(), [])

    # --- given by hand ---------------------------------------------------------------

    def wizard(self, how="granted", user=None, **values):
        wizards = self.env["loyalty.club.tier.grant"]
        return wizards.with_user(user or self.env.user).create(
            {
                "how": how,
                "club_id": self.club.id,
                "tier_id": self.gold.id,
                "member_ids": [Command.set(self.member.ids)],
                "note": "Ten years with us",
                **values,
            }
        )

    def test_a_marketer_gives_a_level_with_a_reason_and_a_last_day(self):
        marketer = new_test_user(self.env, "giver", groups="loyalty_club.group_marketer")
        self.gold.valid_months = 6

        self.wizard(user=marketer).action_apply()

        change = self.env["loyalty.club.tier.change"].search(
            [("member_id", "=", self.member.id)], order="id desc", limit=1
        )
        self.assertEqual(self.level(), self.gold)
        self.assertEqual((change.reason, change.note), ("granted", "Ten years with us"))
        self.assertTrue(change.until)

    def test_nobody_else_gives_levels(self):
        with self.assertRaises(AccessError):
            self.wizard().with_user(self.cashier).action_apply()

    def test_a_reason_is_asked_for(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.wizard(note=" ").action_apply()

    def test_a_day_that_is_over_is_refused(self):
        with self.assertRaisesRegex(UserError, "last day is over"):
            self.wizard(until=self.today - timedelta(days=1)).action_apply()

    def test_it_is_taken_back(self):
        self.give(self.gold)

        self.wizard("withdrawn").action_apply()

        self.assertEqual(self.level(), self.basic)

    def test_what_was_not_given_is_not_taken_back(self):
        with self.assertRaisesRegex(UserError, "was not given"):
            self.wizard("withdrawn").action_apply()

    def test_what_is_paid_for_is_not_taken_back_by_hand(self):
        self.gold._grant(self.member, self.gold, "bought")
        # sudo: as a fee that was sold has noted it
        self.member.sudo().write({"paid_tier_id": self.gold.id, "tier_paid_until": self.today})

        with self.assertRaisesRegex(UserError, "Give the fee back"):
            self.wizard("withdrawn").action_apply()

        self.assertEqual(self.level(), self.gold)

    # --- for points ------------------------------------------------------------------

    def test_each_of_several_pays_once_or_nobody_does(self):
        self.gold.write({"points_price": 50, "points_months": 3})
        twin = self.new_member("Second")
        self.give_points(120)
        both = {"member_ids": [Command.set((self.member | twin).ids)]}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.wizard("reward", **both).action_apply()
        self.assertPoints(120)
        self.give_points(60, twin)
        wizard = self.wizard("reward", **both)

        wizard.action_apply()
        wizard.action_apply()

        self.assertPoints(70)
        self.assertPoints(10, twin)
        self.assertEqual((self.member | twin).tier_id, self.gold)

    def test_points_buy_a_level_once_for_each_request(self):
        self.gold.write({"points_price": 50, "points_months": 3})
        self.give_points(120)
        wizard = self.wizard("reward")

        wizard.action_apply()
        wizard.action_apply()

        self.assertPoints(70)
        self.assertEqual(self.level(), self.gold)
        reward = self.env["loyalty.club.tier.reward"].search([("member_id", "=", self.member.id)])
        self.assertEqual(reward.points, 50)
        self.assertLedgerSound()

    def test_too_few_points_buy_nothing(self):
        self.gold.points_price = 50
        self.give_points(49)

        with self.assertRaises(UserError), self.cr.savepoint():
            self.wizard("reward").action_apply()

        self.assertEqual(self.level(), self.basic)
        self.assertPoints(49)

    def test_points_buy_no_level_that_she_has(self):
        self.gold.points_price = 50
        self.give_points(100)
        self.give(self.gold)

        with self.assertRaisesRegex(UserError, "would bring nothing"):
            self.wizard("reward").action_apply()

    def test_a_level_that_has_no_price_is_not_exchanged(self):
        self.give_points(100)

        with self.assertRaisesRegex(UserError, "not exchanged for points"):
            self.wizard("reward").action_apply()

    def test_when_its_months_are_over_she_is_where_she_was(self):
        self.gold.write({"points_price": 50, "points_months": 3})
        self.give_points(50)
        self.wizard("reward").action_apply()

        self.gold._recompute(self.club, today=self.today + timedelta(days=95))

        self.assertEqual(self.level(), self.basic)

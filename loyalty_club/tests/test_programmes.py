"""Well-known programmes set up from data alone, and where their terms are easily got wrong."""

from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..domain.sale import NO_PRODUCT, Sale, SaleLine
from ..domain.tier_periods import idle_steps, spans
from ..domain.tiers import Standing, deserved_in, level_for, step
from ..models import act_batch, act_birthday, conversion_issue
from ..models.programme import programmes
from ..movement import Movement
from .common import ClubCommon

NOON = datetime(2026, 5, 4, 12)  # noqa: DTZ001 - the shop's clock has no zone


class ProgrammeCommon(ClubCommon):
    """A new club for each programme."""

    rows = 0

    def start(self, code, factor=1.0):
        """A club that begins as the programme does, and a member of it."""
        club = self.env["loyalty.club"].create({"name": f"Test {code}"})
        club._apply_programme(code, factor)
        return club

    def joined(self, club, **values):
        ProgrammeCommon.rows += 1
        partner = self.env["res.partner"].create({"name": f"Member {ProgrammeCommon.rows}"})
        return self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": club.id, **values}
        )

    def bought(self, member, day, amount):
        ProgrammeCommon.rows += 1
        self.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "club_id": member.club_id.id,
                    "company_id": self.company.id,
                    "channel": "import",
                    "date": f"{day} 10:00:00",
                    "amount": amount,
                    "quantity": 1,
                    "refund": False,
                    "origin_key": f"programme:{ProgrammeCommon.rows}",
                }
            ]
        )

    def decide(self, club, day):
        self.env["loyalty.club.tier"]._recompute(club, today=date.fromisoformat(day))
        self.env.invalidate_all()

    def level(self, club, **figures):
        """Name of the level that figures of a period lead to."""
        _order, asking = self.env["loyalty.club.tier"]._ladder(club.id)
        terms, _points = club._tier_terms(club.id)
        place = level_for(
            [level for _tier, level in asking],
            {name: Decimal(str(figure)) for name, figure in figures.items()},
            terms.weights,
        )
        return self.env["loyalty.club.tier"].browse(asking[place][0]).name

    def kept(self, club, day, **figures):
        """Level and last day of whoever reaches figures on ``day``."""
        _order, asking = self.env["loyalty.club.tier"]._ladder(club.id)
        terms, _points = club._tier_terms(club.id)
        running = spans(terms, date.fromisoformat(day), date.fromisoformat(day))[0]
        figures = {name: Decimal(figure) for name, figure in figures.items()}
        found = deserved_in([level for _tier, level in asking], terms, [(running, figures)])
        return self.env["loyalty.club.tier"].browse(asking[found.level][0]).name, found.until

    def earns(self, member, amount, paid=None, lines=()):
        """What goods for ``amount`` earn: dict of the kinds' names to amounts."""
        goods = SaleLine(1, 1, quantity=Decimal(1), amount=Decimal(str(amount)))
        sale = Sale(NOON, "pos", None, (goods, *lines), paid or {})
        engine = self.env["loyalty.club.earn.engine"]
        found = {}
        for award in engine._earned(member.club_id, member, sale, datetime.now()):  # noqa: DTZ005
            name = self.env["loyalty.club.wallet.kind"].browse(award.kind).name
            found[name] = found.get(name, 0) + award.amount
        return found

    def tier(self, club, name):
        return club.tier_ids.filtered(lambda tier: tier.name == name)

    def on(self, day):
        """Acts are done on ``day``."""
        return patch.object(act_batch, "day_at", lambda _moment, _zone: date.fromisoformat(day))

    def do(self, member, code, key, day):
        with self.on(day):
            return member._earn_act(code, key)

    def points(self, member):
        self.env.invalidate_all()
        wallets = member.wallet_ids.filtered(lambda wallet: wallet.type == "points")
        return sum(wallets.mapped("balance"))


@tagged("post_install", "-at_install")
class TestProgrammes(ProgrammeCommon):
    # === ALL OF THEM === #

    def test_each_programme_is_set_up_from_its_file_alone(self):
        self.assertEqual(len(programmes()), 13)
        for code, programme in programmes().items():
            with self.subTest(code):
                club = self.start(code)

                self.assertEqual(club.programme, code)
                self.assertEqual(len(club.tier_ids), len(programme.get("tiers") or []))
                rules = self.env["loyalty.club.earn.rule"].search([("club_id", "=", club.id)])
                self.assertEqual(len(rules), len(programme.get("rules") or []))
                self.assertEqual(set(rules.mapped("state")), {"active"} if rules else set())
                self.assertIn("en_US", programme["summary"])

    def test_a_club_that_has_terms_of_its_own_keeps_them(self):
        club = self.start("sephora")

        with self.assertRaisesRegex(UserError, "has levels or earning rules already"):
            club._apply_programme("waggon")

    def test_money_is_turned_into_the_clubs_currency(self):
        club = self.start("alamdar", factor=10)

        self.assertEqual(club.earn_per_amount, 1500000)
        self.assertEqual(self.tier(club, "Group 2").min_points, 4)

    def test_texts_come_in_the_languages_of_the_database(self):
        self.env["res.lang"]._activate_lang("fa_IR")

        club = self.start("starbucks").with_context(lang="fa_IR")

        self.assertEqual(club.point_name, "ستاره")
        self.assertEqual(club.with_context(lang="en_US").point_name, "stars")

    def test_a_manager_starts_a_club_and_nobody_else_does(self):
        wizard = self.env["loyalty.club.programme.apply"]
        manager = new_test_user(self.env, "club_starts", groups="loyalty_club.group_manager")
        marketer = new_test_user(self.env, "club_asks", groups="loyalty_club.group_marketer")

        action = wizard.with_user(manager).create({"programme": "sephora"}).action_apply()

        club = self.env["loyalty.club"].browse(action["res_id"])
        self.assertEqual((club.name, len(club.tier_ids)), ("Sephora Beauty Insider", 3))
        with self.assertRaises(AccessError):
            wizard.with_user(marketer).create({"programme": "sephora"})

    # === SEPHORA === #

    def test_sephora_levels_by_the_calendar_year_and_the_next(self):
        club = self.start("sephora")
        sara = self.joined(club, join_date="2024-01-01")

        self.assertEqual(self.level(club, spend=349.99), "Insider")
        self.assertEqual(self.level(club, spend=350), "VIB")
        self.assertEqual(self.level(club, spend=999.99), "VIB")
        self.assertEqual(self.level(club, spend=1000), "Rouge")
        self.bought(sara, "2024-12-30", 200)
        self.bought(sara, "2025-01-02", 200)
        self.decide(club, "2025-01-02")
        self.assertEqual(sara.tier_id.name, "Insider")  # 400, but not in one calendar year
        self.bought(sara, "2025-12-31", 150)
        self.decide(club, "2025-12-31")
        self.assertEqual(sara.tier_id.name, "VIB")
        self.decide(club, "2026-12-31")
        self.assertEqual(sara.tier_id.name, "VIB")
        self.decide(club, "2027-01-01")
        self.assertEqual(sara.tier_id.name, "Insider")

    def test_sephora_500_points_are_10_dollars(self):
        reward = self.start("sephora").program_id.reward_ids

        self.assertEqual(
            (reward.required_points, reward.discount, reward.discount_mode), (500, 10, "per_order")
        )

    def test_what_a_level_earned_once_is_kept_when_its_terms_change(self):
        """VIB and Rouge earned 1.25 and 1.5 points per dollar, and later 1 like everybody."""
        club = self.start("sephora")
        vib, sara = self.tier(club, "VIB"), self.joined(club)
        self.env["loyalty.club.tier"]._grant(sara, vib)
        vib.earn_multiplier = 1.25
        self.assertEqual(sum(self.earns(sara, 100).values()), 125)

        vib.earn_multiplier = 1

        self.assertEqual(sum(self.earns(sara, 100).values()), 100)
        versions = self.env["loyalty.club.earn.version"].search([("tier_id", "=", vib.id)])
        self.assertEqual(versions.spec["params"], {"factor": "1.25"})
        self.assertTrue(versions.valid_until)

    # === THE NORTH FACE === #

    def test_xplr_acts_bring_at_most_100_points_a_year(self):
        club = self.start("north_face_xplr")
        sara = self.joined(club)

        for number in range(4):
            self.do(sara, "referral", f"friend {number}", "2026-02-01")
        refused = self.do(sara, "referral", "a fifth friend", "2026-02-01")
        self.assertEqual((self.points(sara), refused.refused), (100, "room"))

        self.do(sara, "checkin", "shop", "2027-01-01")
        self.do(sara, "app", "once", "2027-01-01")
        self.do(sara, "app", "twice", "2027-01-02")
        self.assertEqual(self.points(sara), 115)

    def test_xplr_points_become_rewards_three_times_a_year_and_in_hundreds(self):
        club = self.start("north_face_xplr")
        rate = self.env["loyalty.club.conversion"].search([("club_id", "=", club.id)])
        sara, ali = self.joined(club), self.joined(club)
        for member, points in ((sara, 250), (ali, 99)):
            self.points_card(member).with_user(self.env.ref("base.user_admin")).points += points
        cron = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60)

        def night(day):
            today = patch.object(
                conversion_issue, "today_in", lambda _company: date.fromisoformat(day)
            )
            with cron, today:
                self.env["loyalty.club.conversion"]._cron_issue()
            self.env.invalidate_all()

        night("2026-04-30")
        self.assertEqual(self.points(sara), 250)
        night("2026-05-01")
        self.assertEqual((self.points(sara), self.points(ali)), (50, 99))
        reward = sara.wallet_ids.filtered(lambda wallet: wallet.kind_id == rate.to_kind_id)
        self.assertEqual(reward.balance, 20)
        self.points_card(sara).with_user(self.env.ref("base.user_admin")).points += 100
        night("2026-05-02")
        self.assertEqual(self.points(sara), 150)  # once in a month of issue
        night("2026-09-03")
        self.assertEqual((self.points(sara), reward.balance), (50, 30))
        policy = rate.to_kind_id.expiry_policy_id
        self.assertEqual(policy._expires_on(date(2026, 5, 1)), date(2027, 4, 1))
        self.assertLedgerSound()

    def test_xplr_birthdays_bring_25_dollars_on_125_from_april_2026(self):
        club = self.start("north_face_xplr")
        sara = self.joined(club, birthday="1990-04-01", join_date="2020-01-01")
        kind = club.kind_ids.filtered(lambda kind: kind.name == "Birthday reward")

        for day in ("2026-03-31", "2026-04-01", "2026-04-02"):
            self.night_of_birthdays(day)

        wallet = sara.wallet_ids.filtered(lambda wallet: wallet.kind_id == kind)
        self.assertEqual(wallet.balance, 25)
        self.assertEqual(kind.terms_id.minimum_basket, 125)
        early = self.joined(club, birthday="1990-03-31", join_date="2020-01-01")
        self.night_of_birthdays("2026-03-31")
        self.assertFalse(early.wallet_ids.filtered(lambda wallet: wallet.kind_id == kind))

    def night_of_birthdays(self, day):
        cron = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60)
        today = patch.object(act_birthday, "today_in", lambda _company: date.fromisoformat(day))
        with cron, today, self.on(day):
            self.env["loyalty.club.act.kind"]._cron_birthdays()
        self.env.invalidate_all()

    def test_north_face_hong_kong_levels_and_what_they_earn(self):
        club = self.start("north_face_hk")
        sara = self.joined(club)

        self.assertEqual(self.level(club, visits=0, spend=0), "Explorer")
        self.assertEqual(self.level(club, visits=1, spend=1), "Blazer")
        self.assertEqual(self.level(club, visits=1, spend="3499.99"), "Blazer")
        self.assertEqual(self.level(club, visits=1, spend=3500), "Adventurer")
        self.assertEqual(self.level(club, visits=9, spend="6999.99"), "Adventurer")
        self.assertEqual(self.level(club, visits=9, spend=7000), "Pioneer")
        self.assertEqual(
            self.kept(club, "2026-05-04", visits=1, spend=3500), ("Adventurer", date(2027, 5, 3))
        )
        self.assertEqual(club.program_id.reward_ids.club_share, 30)
        for name, points in (("Explorer", 101), ("Adventurer", 121), ("Pioneer", 151)):
            self.env["loyalty.club.tier"]._grant(sara, self.tier(club, name))
            self.assertEqual(sum(self.earns(sara, 101).values()), points, name)

    # === STARBUCKS === #

    def test_starbucks_two_stars_per_dollar_paid_with_the_card(self):
        club = self.start("starbucks")
        sara = self.joined(club)
        card = club.kind_ids.filtered(lambda kind: kind.type == "ewallet")

        def stars(by_card):
            lines = (SaleLine(NO_PRODUCT, amount=Decimal(-by_card), kind=card.id),)
            paid = {f"kind:{card.id}": Decimal(by_card), "method:1": Decimal(100 - by_card)}
            return sum(self.earns(sara, 100, paid, lines if by_card else ()).values())

        self.assertEqual([stars(0), stars(100), stars(60)], [100, 200, 160])

    def test_starbucks_rewards_at_25_to_400_stars(self):
        rewards = self.start("starbucks").program_id.reward_ids

        self.assertEqual(sorted(rewards.mapped("required_points")), [25, 100, 200, 300, 400])
        self.assertEqual(set(rewards.mapped("reward_type")), {"product"})
        self.assertEqual(len(rewards.reward_product_tag_id), 5)

    def test_starbucks_stars_of_december_expire_on_the_first_of_july(self):
        policy = self.start("starbucks").points_kind_id.expiry_policy_id

        self.assertEqual(policy._expires_on(date(2020, 12, 15)), date(2021, 6, 30))

    # === AADVANTAGE === #

    def test_aadvantage_counts_from_march_and_lasts_to_the_end_of_march(self):
        club = self.start("aadvantage")

        for points, name in (
            (39999, "Member"), (40000, "Gold"), (74999, "Gold"), (75000, "Platinum"),
            (125000, "Platinum Pro"), (199999, "Platinum Pro"), (200000, "Executive Platinum"),
        ):  # fmt: skip
            self.assertEqual(self.level(club, points=points), name)
        for day, until in (
            ("2026-02-28", date(2027, 3, 31)),
            ("2026-03-01", date(2028, 3, 31)),
            ("2027-02-28", date(2028, 3, 31)),
        ):
            self.assertEqual(self.kept(club, day, points=40000), ("Gold", until), day)

    def test_aadvantage_spending_miles_lowers_no_status(self):
        club = self.start("aadvantage")
        sara = self.joined(club)
        wallet = club.points_kind_id._wallets_of(sara)[sara.id]
        self.post(wallet, 40000, "earn", "flights")
        self.env["loyalty.club.tier"]._promote(sara)
        self.env.invalidate_all()
        self.assertEqual(sara.tier_id.name, "Gold")

        self.post(wallet, -40000, "spend", "award ticket")
        self.env["loyalty.club.tier"]._recompute(club)

        self.env.invalidate_all()
        self.assertEqual((sara.tier_id.name, wallet.balance), ("Gold", 0))

    def post(self, wallet, amount, kind, key):
        self.env["loyalty.club.wallet"]._post_or_raise(
            [Movement(wallet.id, Decimal(amount), kind, f"programme:{wallet.id}:{key}")]
        )

    # === IRAN === #

    def test_waggon_levels_begin_above_their_amounts(self):
        club = self.start("waggon")

        for spend, name in (
            (500000, "Member"), (500001, "White"), (5000000, "White"), (5000001, "Silver"),
            (15000000, "Silver"), (15000001, "Gold"),
        ):  # fmt: skip
            self.assertEqual(self.level(club, spend=spend), name)

    def test_waggon_gives_credit_and_whites_lives_to_the_end_of_the_next_season(self):
        club = self.start("waggon")
        sara = self.joined(club)
        self.assertEqual(self.earns(sara, 1000), {})

        found = []
        for name in ("White", "Silver", "Gold"):
            self.env["loyalty.club.tier"]._grant(sara, self.tier(club, name))
            found.append(self.earns(sara, 1000))

        self.assertEqual(found, [{"White credit": 100}, {"Credit": 150}, {"Credit": 200}])
        white = club.kind_ids.filtered(lambda kind: kind.name == "White credit")
        self.assertEqual(white.expiry_policy_id._expires_on(date(2024, 9, 21)), date(2024, 12, 20))
        self.assertEqual(white.expiry_policy_id._expires_on(date(2024, 9, 22)), date(2025, 3, 20))
        credit = club.kind_ids.filtered(lambda kind: kind.name == "Credit")
        self.assertFalse(credit.expiry_policy_id)

    def test_waggon_birthdays_are_worth_more_on_higher_levels(self):
        club = self.start("waggon")
        club.act_calendar = "gregorian"
        sara, ali = (
            self.joined(club, birthday="1990-06-01", join_date="2020-01-01") for _ in range(2)
        )
        self.env["loyalty.club.tier"]._grant(sara, self.tier(club, "White"))
        self.env["loyalty.club.tier"]._grant(ali, self.tier(club, "Gold"))

        self.night_of_birthdays("2026-06-01")

        self.assertEqual(sum(sara.wallet_ids.mapped("balance")), 50000)
        self.assertEqual(sum(ali.wallet_ids.mapped("balance")), 200000)

    def test_alamdar_groups_and_what_they_get_back(self):
        club = self.start("alamdar")
        sara = self.joined(club)

        for points, name in (
            (0, "Group 1"), (3, "Group 1"), (4, "Group 2"), (13, "Group 2"), (14, "Group 3"),
            (27, "Group 3"), (28, "Group 4"),
        ):  # fmt: skip
            self.assertEqual(self.level(club, points=points), name)
        self.assertEqual(self.earns(sara, 299999), {"Points": 1})
        for name, percent in (("Group 2", 3), ("Group 3", 5), ("Group 4", 7)):
            self.env["loyalty.club.tier"]._grant(sara, self.tier(club, name))
            self.assertEqual(self.earns(sara, 300000), {"Points": 2, "Wallet": percent * 3000})

    def test_alamdar_more_than_six_months_without_a_purchase_cost_one_group(self):
        club = self.start("alamdar")
        terms, _points = club._tier_terms(club.id)
        bought = date(2025, 3, 21)  # 1 Farvardin 1404
        held = deserved = Standing(3)

        def after(day):
            idle = idle_steps(terms, 4, day, bought)
            return step(held, deserved, 3, idle, day, terms, day)[0].level

        self.assertEqual(after(date(2025, 9, 23)), 3)  # 1 Mehr: six months
        self.assertEqual(after(date(2025, 9, 24)), 2)
        self.assertEqual(after(date(2026, 3, 22)), 1)

    def test_diba_acts_have_caps_and_lives_of_their_own(self):
        club = self.start("diba")
        sara = self.joined(club)
        self.assertEqual(self.points(sara), 5)  # for joining

        for number in range(3):
            self.do(sara, "visit", f"visit {number}", "2026-05-04")
        self.assertEqual(self.points(sara), 7)
        for number in range(4):
            self.do(sara, "referral", f"friend {number}", "2026-05-04")
        self.assertEqual(self.points(sara), 82)
        self.do(sara, "referral", "next month", "2026-05-22")  # 1 Khordad 1405
        self.do(sara, "review", "tea", "2026-05-22")
        self.assertEqual(self.points(sara), 112)

        lots = self.env["loyalty.club.lot"].search([("wallet_id.member_id", "=", sara.id)])
        days = {(lot.amount, lot.expires_on) for lot in lots if lot.amount in (1, 25)}
        self.assertIn((1, date(2026, 6, 3)), days)
        self.assertIn((25, date(2026, 8, 2)), days)
        policy = club.points_kind_id.expiry_policy_id
        self.assertEqual(policy._expires_on(date(2026, 5, 4)), date(2027, 5, 4))
        self.assertEqual(self.earns(sara, 250000), {"Points": 10})
        self.assertEqual(club.point_value, 1000)

    def test_iran24_points_live_180_days_and_do_not_come_back_expired(self):
        policy = self.start("iran24").points_kind_id.expiry_policy_id

        self.assertEqual(policy._expires_on(date(2025, 3, 1)), date(2025, 8, 28))
        self.assertEqual(policy.refund_policy, "lapse")

    def test_sabzafzar_1000_points_in_30_days_bring_200_more(self):
        club = self.start("sabzafzar")
        sara, ali = self.joined(club), self.joined(club)
        self.assertEqual(self.points(sara), 50)

        for member, points in ((sara, 1000), (ali, 900)):
            self.env["loyalty.club.tier"]._recompute(club)
            wallet = club.points_kind_id._wallets_of(member)[member.id]
            self.post(wallet, points, "earn", "purchase")
            self.env["loyalty.club.tier"]._promote(member)
            self.env["loyalty.club.tier"]._promote(member)

        self.assertEqual((self.points(sara), self.points(ali)), (1250, 950))
        self.assertEqual(club.point_value, 100)  # 100 points: 10,000 rial
        self.assertLedgerSound()

    # === OTHERS === #

    def test_travellers_rise_by_trips_or_by_money(self):
        club = self.start("traveller")

        self.assertEqual(self.level(club, visits=3, spend=2999), "Traveller")
        self.assertEqual(self.level(club, visits=4, spend=100), "Frequent traveller")
        self.assertEqual(self.level(club, visits=1, spend=3000), "Frequent traveller")
        self.assertEqual(self.level(club, visits=10, spend=0), "Globetrotter")

    def test_elf_is_climbed_by_purchases_and_by_taking_part(self):
        club = self.start("elf")
        sara = self.joined(club)

        self.assertEqual(self.level(club, points=100, engagement=49), "Squad")
        self.assertEqual(self.level(club, points=100, engagement=50), "Star")
        self.assertEqual(self.do(sara, "receipt", "one", "2026-05-04").amount, 10)
        self.assertEqual(self.do(sara, "receipt", "two", "2026-05-04").refused, "day")

    def test_digikala_gives_points_for_purchases_and_a_discount_on_the_next(self):
        club = self.start("digikala")
        sara = self.joined(club)

        self.assertEqual(self.earns(sara, 259000), {"Points": 25})
        reward = club.program_id.reward_ids
        self.assertEqual((reward.discount_mode, reward.discount), ("per_point", 100))

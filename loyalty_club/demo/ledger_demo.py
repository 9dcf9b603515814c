"""A history for the sample club: every kind of value, and all that can happen to it.

It goes through the doors that users have, so that what the screens show is what happens. Days
count back from today: the club looks alive whenever it is installed.
"""

from decimal import Decimal

from odoo import fields

from ..movement import Authority, authority
from . import till_demo
from .sample import Sample, days_ago


def load(club):
    """Give the sample club its history; called once, by the sample data.

    :param club: loyalty.club, the one of the sample data.
    """
    sample = Story(club)
    sample.set_up()
    for tell in (
        sample.opening_balances,
        sample.prepaid_credit,
        sample.points,
        sample.stamp_cards,
        sample.gift_card,
        sample.debt,
        sample.occasion,
        sample.adjustments,
        sample.transfer_and_conversion,
        sample.merge,
        sample.today_at_the_till,
    ):
        tell()
    sample.play()


class Story(Sample):
    """What happened. Each method tells a part of it."""

    def opening_balances(self):
        """Points brought along from the system before, by the import that users have."""
        points = {"D-1": 850, "D-2": 120, "D-3": 60, "D-4": 312, "D-5": 35, "D-8": 1200, "D-9": 240}
        rows = [
            {"external_ref": member, "opening_points": str(amount)}
            for member, amount in points.items()
        ]
        self.at(85, self.env["loyalty.club.import"]._import_rows, self.club.id, rows)

    def prepaid_credit(self):
        sara = self.wallet(self.credit, "member_sara")
        self.post(70, sara, 100, "topup")
        self.post(70, sara, 10, "bonus")
        self.post(52, sara, -35.5, "spend")
        self.post(31, sara, -18.25, "spend", "branch_tajrish")
        nasrin = self.wallet(self.credit, "member_nasrin")
        self.post(44, nasrin, 300, "topup", "branch_tajrish")
        self.post(44, nasrin, 30, "bonus", "branch_tajrish")
        self.post(12, nasrin, -120, "spend", "branch_tajrish")
        cash = self.wallet(self.cash, "member_sara")
        self.post(27, cash, 60, "topup")
        self.post(15, cash, -22.4, "spend", "branch_isfahan")

    def points(self):
        """Earned, spent, expired and told of, and some that wait for the end of a return time."""
        sara = self.wallet(self.points_kind, "member_sara")
        self.post(84, sara, 240, "grant", note="Nowruz gift", expires_on=self.day(-6))
        self.post(75, sara, 64, "earn")
        self.post(60, sara, -200, "spend", note="Two cinema tickets")
        self.post(33, sara, 23, "earn")
        self._night_of_expiry(5, sara)
        self.post(4, sara, 15, "earn", available_on=self.day(3), note="Return time still running")
        self.post(2, sara, 90, "bonus", note="Double points week", expires_on=self.day(9))
        nasrin = self.wallet(self.points_kind, "member_nasrin")
        self.post(80, nasrin, 30, "grant", "branch_tajrish", expires_on=self.day(-20))
        self.post(70, nasrin, 82, "earn", "branch_tajrish")
        self._night_of_expiry(19, nasrin)
        self.post(12, nasrin, 95, "earn", "branch_tajrish")
        notices = self.env["loyalty.club.expiry.notice"]
        self.at(1, notices._tell, self.company, self.day(9), self.day(-1))

    def _night_of_expiry(self, ago, wallet):
        """The pass that took what nobody had spent in time."""
        expiry = self.env["loyalty.club.expiry"]
        self.at(ago, expiry._expire_wallets, wallet.ids, self.day(-ago))

    def stamp_cards(self):
        """A card that is almost full, and one that was filled, with the next one begun."""
        program = self.named(
            "stamp_program_visits",
            self.env["loyalty.club.stamp.program"].create(
                {
                    "name": "Every tenth visit",
                    "club_id": self.club.id,
                    "minimum_amount": 20,
                    "stamps_needed": 10,
                    "reward_kind_id": self.points_kind.id,
                    "reward_amount": 100,
                }
            ),
        )
        self.named("wallet_kind_visits", program.kind_id)
        for member, visits in (
            ("member_nasrin", range(77, 5, -6)),
            ("member_sara", range(58, 2, -7)),
        ):
            for ago in visits:
                self.at(ago, self._stamp, program, self.ref(member), ago)

    def _stamp(self, program, member, ago):
        key = self.key(f"stamp:{member.id}:{ago}")
        common = {"branch_id": member.branch_id.id or None}
        stamped = program._stamped(member, 1, common, key)
        self.env["loyalty.club.wallet"]._post_or_raise([stamped])
        program._complete(member, common, key)

    def gift_card(self):
        self.at(40, self._sell_gift_card)
        self.at(18, self._spend_gift_card)

    def _sell_gift_card(self):
        sale = Authority("issue", "spend", self.key("gift"), branch_id=self.ref("branch_vanak").id)
        with authority(sale):
            card = self.env["loyalty.card"].create(
                {"program_id": self.gift.program_ids[:1].id, "points": 50}
            )
        self.named("gift_card", card)

    def _spend_gift_card(self):
        spending = Authority(
            "adjust", "spend", self.key("gift-spent"), branch_id=self.ref("branch_isfahan").id
        )
        with authority(spending):
            self.ref("gift_card").points -= 19.9

    def debt(self):
        """Points spent, then the goods that had earned them came back."""
        wallet = self.wallet(self.points_kind, "member_zahra")
        self.post(28, wallet, 99, "earn", "branch_isfahan")
        self.post(21, wallet, -90, "spend", "branch_isfahan", note="Tote bag")
        self.at(14, self._take_back, wallet)
        self.post(8, wallet, 12, "earn", "branch_isfahan")
        branch = {"branch_id": self.ref("branch_isfahan").id}
        debts = self.env["loyalty.club.debt"]
        self.at(8, debts._settle, wallet.member_id, branch, self.key("settled"))

    def _take_back(self, wallet):
        earned = wallet.entry_ids.filtered(lambda entry: entry.kind == "earn")[-1:]
        common = {"branch_id": earned.branch_id.id, "note": "Returned goods"}
        self.env["loyalty.club.debt"]._take_back(earned, Decimal(40), common, self.key("return"))

    def occasion(self):
        charge = self.env["loyalty.club.occasion.charge"].create(
            {
                "name": "Yalda night",
                "club_id": self.club.id,
                "kind_id": self.cashback.id,
                "amount": 5,
                "domain": "[('kind', 'in', ('customer', 'colleague'))]",
            }
        )
        self.at(16, self.named("occasion_yalda", charge).action_charge)

    def adjustments(self):
        """One that a second manager approved, and one that waits for her."""
        approved = self._adjustment(
            "adjustment_approved", "member_pars", 400, "Contract bonus for the year", 24
        )
        # sudo: as in Adjustment.action_approve, whose person is the administrator here
        self.at(23, approved.with_user(self.ref("base.user_admin")).sudo()._book)
        waiting = self._adjustment(
            "adjustment_waiting", "member_nasrin", 350, "Complaint about a late delivery", 1
        )
        self.at(1, waiting._ask_second_person)

    def _adjustment(self, xml_id, member, amount, reason, ago):
        with days_ago(self.company, ago):
            adjustment = self.env["loyalty.club.adjustment"].create(
                {
                    "wallet_id": self.wallet(self.points_kind, member).id,
                    "amount": amount,
                    "reason": reason,
                    "maker_id": self.env.uid,
                    "date": fields.Datetime.now(),
                }
            )
        return self.named(xml_id, adjustment)

    def transfer_and_conversion(self):
        self.at(
            3,
            self.conversion._convert,
            self.ref("member_sara"),
            Decimal(200),
            self.key("conversion"),
        )
        self.at(0, self._transfer)

    def _transfer(self):
        sender = self.wallet(self.points_kind, "member_sara")
        # sudo: as the member on the portal, for whom small amounts need no code
        transfers = self.env["loyalty.club.transfer"].with_user(self.ref("user_member")).sudo()
        transfer = transfers._request(
            sender.id, self.ref("member_ali").id, Decimal(30), self.key("transfer")
        )
        self.named("transfer_sara", transfer.with_env(self.env))

    def merge(self):
        """A second card of the same person, made one with her membership."""
        partner = self.env["res.partner"].create(
            {"name": "Nasrin Hosseini (old card)", "phone": "+989951000011"}
        )
        self.named("partner_nasrin_old", partner)
        member = self.env["loyalty.club.member"].create(
            {"club_id": self.club.id, "partner_id": partner.id, "external_ref": "D-11"}
        )
        self.named("member_nasrin_old", member)
        wallet = self.wallet(self.points_kind, "member_nasrin_old")
        self.post(80, wallet, 45, "opening", "branch_isfahan")
        survivor = self.ref("member_nasrin")
        self.at(11, member._merge_into, survivor, "Two cards of one person")

    def today_at_the_till(self):
        self.at(0, self._hold)
        self.at(0, till_demo.ways_to_pay, self)
        self.at(0, till_demo.sale_and_return, self)

    def _hold(self):
        self.env["loyalty.club.hold"]._authorize(
            self.wallet(self.credit, "member_sara").id,
            Decimal(12),
            self.key("hold"),
            minutes=60 * 24 * 30,
            branch_id=self.ref("branch_vanak").id,
            note="Order by telephone, to be collected",
        )

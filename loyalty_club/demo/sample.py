"""The words in which the sample club's story is told, and the kinds of value it keeps."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from unittest.mock import patch

from odoo import Command, fields

from ..clock import start_of, today_in
from ..movement import Movement


@contextmanager
def days_ago(company, count):
    """Let what is booked inside have happened ``count`` days ago, in the morning of the shop.

    The ledger dates entries itself and lets nobody choose the day, which is right; a sample
    club needs a past all the same, so here, and only here, the clock is set back.
    """
    if not count:
        yield
        return
    # The shop's own day: late in the evening UTC it is another one.
    moment = start_of(company) + timedelta(hours=9, minutes=30) - timedelta(days=count)
    with patch.object(fields.Datetime, "now", lambda *_args: moment):
        yield


class Sample:
    """The sample club and its people, by the names of the sample data.

    What happens is noted by :meth:`at` and played in the order of the days.
    """

    def __init__(self, club):
        # sudo: the sample data are loaded by the system; the entries bear the manager's name
        self.club = club.with_user(club.env.ref("loyalty_club.user_manager")).sudo()
        self.env = self.club.env
        self.company = self.club.company_id
        self.today = today_in(self.company)
        self.points_kind = self.club.points_kind_id
        self.story = []

    # --- words -----------------------------------------------------------------------

    def ref(self, name):
        return self.env.ref(name if "." in name else f"loyalty_club.{name}")

    def named(self, name, record):
        """Make ``record`` known as ``loyalty_club.name``."""
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"loyalty_club.{name}", "record": record, "noupdate": True}]
        )
        return record

    def day(self, count):
        """The date ``count`` days from today; negative: days ago."""
        return self.today + timedelta(days=count)

    def wallet(self, kind, member):
        """Wallet of that kind of the member called so, with the card by which tills see it."""
        wallet = kind._wallets_of(self.ref(member))[self.ref(member).id]
        self.env["loyalty.card"]._club_create_for(kind, wallet)
        return wallet

    def at(self, ago, action, *args, **kwargs):
        """Let ``action`` happen ``ago`` days ago."""
        self.story.append((ago, partial(action, *args, **kwargs)))

    def post(self, ago, wallet, amount, kind, branch="branch_vanak", **values):
        """Let one entry be booked ``ago`` days ago."""
        movement = Movement(
            wallet_id=wallet.id,
            amount=Decimal(str(amount)),
            kind=kind,
            key=self.key(len(self.story)),
            branch_id=self.ref(branch).id,
            **values,
        )
        self.at(ago, wallet._post_or_raise, [movement])

    def key(self, name):
        return f"sample:{self.club.id}:{name}"

    def play(self):
        for ago, action in sorted(self.story, key=lambda event: -event[0]):
            with days_ago(self.company, ago):
                action()

    # --- what the club keeps ---------------------------------------------------------

    def set_up(self):
        """Kinds of value as a manager makes them, and the rate between them."""
        self.cash = self._kind("cash", "wallet_kind_cash")
        self.credit = self._kind("prepaid", "wallet_kind_prepaid", pays=100.0, gets=110.0)
        self.gift = self._kind("gift_card", "wallet_kind_gift_card")
        self.cashback = self._kind(
            "granted", "wallet_kind_cashback", name="Cashback", valid_days=60, minimum_basket=30.0
        )
        terms = self.named("terms_cashback", self.cashback.terms_id)
        food = self.env.ref("point_of_sale.product_category_food", raise_if_not_found=False)
        if food:
            terms.category_ids = [Command.set(food.ids)]
        self.points_kind.write(
            {
                "transferable": True,
                "transfer_free_amount": 50,
                "transfer_day_amount": 500,
                "adjust_approval_above": 200,
            }
        )
        self.conversion = self.named(
            "conversion_points",
            self.env["loyalty.club.conversion"].create(
                {
                    "club_id": self.club.id,
                    "from_kind_id": self.points_kind.id,
                    "to_kind_id": self.cash.id,
                    "from_amount": 100,
                    "to_amount": 8,
                    "minimum": 100,
                }
            ),
        )

    def _kind(self, preset, xml_id, **values):
        action = (
            self.env["loyalty.club.wallet.kind.preset"]
            .create({"club_id": self.club.id, "preset": preset, **values})
            .action_create()
        )
        return self.named(xml_id, self.env[action["res_model"]].browse(action["res_id"]))

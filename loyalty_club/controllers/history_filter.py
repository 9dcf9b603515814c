"""What a member asks her history for, read from the address."""

from urllib.parse import urlencode

from odoo.fields import Domain
from odoo.http import request

from ..clock import today_in
from ..domain.codes import InputError
from ..domain.dates import jalali_text, typed_moment
from ..domain.periods import begun

# Kinds of movements that people ask for, by the kinds of entries.
MOVEMENTS = {
    "purchases": ("earn", "refund_earn", "debt", "debt_settle"),
    "payments": ("spend", "capture", "refund_spend"),
    "gifts": ("bonus", "grant", "issue"),
    "topups": ("topup", "refund_topup"),
    "transfers": ("transfer_out", "transfer_in", "fee"),
    "conversions": ("convert_out", "convert_in"),
    "expiry": ("expire", "reinstate"),
    "others": ("opening", "adjust", "merge_out", "merge_in", "forfeit", "payout"),
}
FILTERS = {
    "all": Domain.TRUE,
    "earned": Domain("amount", ">", 0),
    "spent": Domain("amount", "<", 0),
    **{name: Domain("kind", "in", kinds) for name, kinds in MOVEMENTS.items()},
}
PERIODS = ("month", "quarter", "year")
# Channels by which purchases come into the journal.
SOLD = ("pos", "sale", "website", "import")


class HistoryFilter:
    """A period, a shop and whatever else a list is narrowed by.

    What the address asks for and does not exist is read as if it were not asked; of a day that
    cannot be read the page says so.

    :param account: the signed-in person's membership, see ``_club_account``.
    :param url: address of the list.
    :param form: what the address asks for, texts by name.
    :param branches: shops to choose from (loyalty.club.branch).
    """

    def __init__(self, account, url, form, branches):
        self.url = url
        self.jalali = request.env.lang == "fa_IR"
        self.today = today_in(account["member"].company_id)
        self.branches = branches
        self.branch = branches.filtered(lambda one: str(one.id) == form.get("branch"))
        self.wrong = set()
        self.typed = {name: form.get(name) or "" for name in ("date_from", "date_to")}
        self.period = form.get("period") if form.get("period") in PERIODS else None
        self.date_from, self.date_to = (self._day(name) for name in self.typed)
        if self.period:
            self.date_from = begun(self.period, self.today, jalali=self.jalali)
            self.date_to = None
        elif self.date_from and self.date_to and self.date_from > self.date_to:
            self.date_from, self.date_to = self.date_to, self.date_from
        self.kept = {}

    def _day(self, name):
        """The day that was typed in either calendar, or None."""
        try:
            return typed_moment(self.typed[name]).day if self.typed[name] else None
        except InputError:
            self.wrong.add(name)
            return None

    def keep(self, **values):
        """Note what else the list is narrowed by, for the addresses of its pages.

        :param values: texts by their names in the address; empty ones are left out.
        """
        self.kept.update(values)
        return self

    # === FOR THE TEMPLATE === #

    @property
    def has_period(self):
        """Whether a period is asked for."""
        return bool(self.date_from or self.date_to)

    @property
    def is_narrow(self):
        """Whether anything is left out of the list."""
        others = (self.kept.get(name) for name in ("filterby", "channel"))
        return self.has_period or bool(self.branch) or any(others)

    @property
    def is_open(self):
        """Whether the form is unfolded: something in it was asked for."""
        typed = not self.period and self.has_period
        chosen = any(self.kept.get(name) for name in ("filterby", "channel", "sortby"))
        return bool(self.wrong or typed or chosen or self.branch)

    @property
    def everything(self):
        """The address of the whole list."""
        wallet = self.kept.get("wallet")
        return f"{self.url}?wallet={wallet}" if wallet else self.url

    @property
    def args(self):
        """What stands in the addresses of the list's pages."""
        days = {} if self.period else {name: self.text(name) for name in self.typed}
        args = {"period": self.period, **days, "branch": self.branch.id, **self.kept}
        return {name: value for name, value in args.items() if value}

    def text(self, name):
        """A day as its input holds it: as it was typed when it could not be read."""
        if name in self.wrong:
            return self.typed[name]
        day = self.date_from if name == "date_from" else self.date_to
        return self.day_text(day) if day else ""

    def day_text(self, day):
        """``day`` as it is typed: year first, in the reader's calendar."""
        return jalali_text(day) if self.jalali else day.isoformat()

    @property
    def example(self):
        """Today, to show how a day is written."""
        return self.day_text(self.today)

    def address(self, **changes):
        """The address of the list with these changes; None takes a part away."""
        args = {name: value for name, value in {**self.args, **changes}.items() if value}
        return f"{self.url}?{urlencode(args)}" if args else self.url

    def periods(self):
        """What to choose from by one click: list of (address, label, whether it is chosen)."""
        none = dict.fromkeys(self.typed)
        labels = {
            "month": request.env._("This month"),
            "quarter": request.env._("Last 3 months"),
            "year": request.env._("This year"),
        }
        found = [
            (self.address(period=name, **none), label, self.period == name)
            for name, label in labels.items()
        ]
        whole = (self.address(period=None, **none), request.env._("Any time"), not self.has_period)
        return [whole, *found]

    def channels(self):
        """Where a purchase may have been made: dict of channel to label."""
        return {
            "pos": request.env._("In the shop"),
            "sale": request.env._("By order"),
            "website": request.env._("Web shop"),
            "import": request.env._("Earlier records"),
        }

    def movements(self):
        """Kinds of movements to choose from: list of (value, label)."""
        return [
            ("all", request.env._("All movements")),
            ("earned", request.env._("Everything received")),
            ("spent", request.env._("Everything spent or taken back")),
            ("purchases", request.env._("Earned by purchases")),
            ("payments", request.env._("Spent on purchases")),
            ("gifts", request.env._("Gifts and bonuses")),
            ("topups", request.env._("Top-ups")),
            ("transfers", request.env._("Sent and received")),
            ("conversions", request.env._("Conversions")),
            ("expiry", request.env._("Expired")),
            ("others", request.env._("Corrections and others")),
        ]


def page_number(page):
    """The page that an address asks for; the first one when that is no number."""
    text = str(page)
    return int(text) if text.isdecimal() and len(text) < 1000 else 1

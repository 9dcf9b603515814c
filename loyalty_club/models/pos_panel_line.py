"""What the cashier says to the customer in front of her."""

import unicodedata

from odoo.tools import format_date

PAYABLE = ("ewallet", "cashback")  # types of wallets that a till shows in money


class CashierLine:
    """One sentence for one customer, made of what the panel has read.

    :param panel: :class:`~.pos_panel.TillPanel`, after it has read.
    """

    def __init__(self, panel):
        self.panel = panel
        self.env = panel.env

    def said(self, points, tier, offers, birthday, anniversary):
        """The first of the club's lines that fits.

        :param points: as the panel shows them, or False; ``tier`` and ``offers`` as well.
        :param birthday: whether it is today; ``anniversary`` as well.
        :returns: str, empty where the club has no line for her.
        """
        words = {
            "name": self._isolated(self.panel.person["name"] or ""),
            "points": points["text"] if points else "",
            "level": tier["name"] if tier else "",
        }
        facts = {"greeting": words}
        if birthday:
            facts["birthday"] = words
        if anniversary:
            facts["anniversary"] = words
        if offers:
            facts["offer"] = words | {"offer": offers[0]["name"]}
        if tier and tier["way"]:
            facts["close"] = words | {
                "missing": self.panel.answer["tier"]["missing"],
                "next": tier["next"],
                "percent": tier["percent"],
            }
        if expiring := self._first_expiring():
            facts["expiring"] = words | expiring
        return self.env["loyalty.club.till.script"]._said(self.panel.club, facts)

    def _isolated(self, name):
        """``name`` so that it does not turn the line around it, where it runs the other way."""
        to_left = any(unicodedata.bidirectional(char) in ("R", "AL") for char in name)
        line_to_left = (self.env.lang or "")[:2] in ("ar", "fa", "he", "ur")
        return name if to_left == line_to_left else f"\u2068{name}\u2069"

    def _first_expiring(self):
        rows = [
            row for row in self.panel.wallets if row["day"] and row["type"] in ("points", *PAYABLE)
        ]
        if not rows:
            return None
        row = min(rows, key=lambda row: row["day"])
        day = row["day"]
        return {
            "amount": self.panel.expiring(row)["text"],
            "day": format_date(self.env, day),
            "in_days": (day - self.panel.today).days,
        }

"""The bounds of the scores: set when a period begins, and held until it ends.

Within a period a member's scores change by what she does and by the days that pass, not by what
others do: figures of two days can be compared, and a night has to look at few. The bounds of
recency are held as ages, so that who stays away goes on losing. A club with many more or far fewer
buyers than before gets new bounds at once.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..domain.acts import span_start
from ..domain.rfm import first_groups, least_values, score_bounds

# Bounds that were set among so many buyers do not hold for this part of them more or fewer.
_GROWTH = 5
_HELD = ("frequency", "monetary")


class LoyaltyClub(models.Model):
    """How long bounds hold."""

    _inherit = "loyalty.club"

    rfm_hold = fields.Selection(
        [("month", "A month"), ("week", "A week"), ("day", "A day")],
        string="Same bounds for",
        required=True,
        default="month",
        help="From which value on a score begins is worked out among all buyers when a month, week "
        "or day begins, and then stays: within it, a member's scores change only by what she buys "
        "and by the days she stays away, so that figures can be compared. Months and weeks are "
        "those of the calendar of the history. New bounds are set at once when the look-back or "
        "the best score changes, or when the number of buyers has changed by a fifth.",
    )
    rfm_bounds_on = fields.Date(string="Bounds set on", readonly=True, copy=False)

    # === BUSINESS METHODS === #

    def _rfm_period(self, day):
        """The first day of the period that ``day`` lies in."""
        return span_start(self.rfm_hold, day, self.rfm_calendar)


class LoyaltyClubRfm(models.Model):
    """From which values on scores begin."""

    _inherit = "loyalty.club.rfm"

    @api.model
    def _held_bounds(self, club, day):
        """The bounds that hold on ``day`` as :meth:`_bounds_at` has them, or None."""
        of, since = self._computed_of(club), club.rfm_bounds_on
        if not since or of.get("bounded_by") != self._bounded_by(club):
            return None
        if club._rfm_period(since) != club._rfm_period(day):
            return None
        return self._bounds_at(of, day)

    @api.model
    def _bounds_at(self, of, day):
        """The bounds of the scores, by measure, by what is noted of the values.

        Those of recency are days: who bought last on one of them has the age that is held.
        """
        bounds = of["bounds"]
        days = [(day - timedelta(days=age)).isoformat() for age in bounds["recency"]]
        return {"last_purchase_on": days, **{name: bounds[name] for name in _HELD}}

    @api.model
    def _bounds_to_hold(self, bounds, day):
        """What is noted of the bounds of ``day``."""
        ages = [(day - date.fromisoformat(text)).days for text in bounds["last_purchase_on"]]
        return {"recency": ages, **{name: bounds[name] for name in _HELD}}

    @api.model
    def _bounded_by(self, club):
        """What bounds depend on beside the figures, as text."""
        return f"{self._basis(club)} {club.rfm_scale}"

    @api.model
    def _bounds_of(self, club, day):
        """The bounds of ``day`` for a club whose figures will be what ``loyalty_club_rfm_fresh``
        says: those that hold, or new ones.

        :returns: the bounds, and what is to be noted of them.
        """
        former = self._computed_of(club)
        bounds, buyers = self._held_bounds(club, day), self._buyers_after(former.get("buyers"))
        among, since = former.get("among"), club.rfm_bounds_on
        if not bounds or not among or abs(buyers - among) * _GROWTH > among:
            bounds, buyers = self._bounds_after(club, former.get("bounds"))
            among, since = buyers, day
        return bounds, {
            "bounds": self._bounds_to_hold(bounds, day),
            "bounded_by": self._bounded_by(club),
            "since": since,
            "buyers": buyers,
            "among": among,
        }

    @api.model
    def _buyers_after(self, former):
        """How many have bought in the window when values are what ``loyalty_club_rfm_fresh`` says.

        :param former: how many had up to now; 0 where nobody counted.
        """
        return (former or 0) + self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM((frequency > 0)::int"
                " - COALESCE(was_frequency > 0, FALSE)::int), 0) FROM loyalty_club_rfm_fresh"
            )
        )[0][0]

    @api.model
    def _bounds_after(self, club, former):
        """The bounds when the values of ``club`` will be what ``loyalty_club_rfm_fresh`` says.

        Values are counted, not sorted: the days and numbers there are, and amounts in groups; only
        groups in which a score begins are looked into.

        :param former: the bounds up to now, whose size says how large groups are.
        :returns: the bounds by measure, and how many bought in the window.
        """
        size = _group_size((former or {}).get("monetary") or self._mean_amount())
        days, numbers, groups = self._counts(club, size)
        found = {
            "last_purchase_on": least_values(days, club.rfm_scale),
            "frequency": least_values(numbers, club.rfm_scale),
            "monetary": self._least_amounts(club, groups, size),
        }
        bounds = {
            name: [str(bound) for bound in score_bounds(least, club.rfm_scale)]
            for name, least in found.items()
        }
        return bounds, sum(days.values())

    @api.model
    def _mean_amount(self):
        """A list of the mean of what is spent, where no bounds say how large amounts are."""
        rows = self.env.execute_query(
            SQL("SELECT AVG(monetary)::text FROM loyalty_club_rfm_fresh WHERE frequency > 0")
        )
        return [mean for (mean,) in rows if mean]

    @api.model
    def _counts(self, club, size):
        """How many bought last on each day, so often, and for about so much: three dicts."""
        group = "round(v.{name}, %s)::text"
        days = self._count(club, "v.{name}", "last_purchase_on", "was_on")
        numbers = self._count(club, "v.{name}", "frequency", "was_frequency")
        groups = self._count(club, group, "monetary", "was_monetary", -size.adjusted())
        return days, numbers, {Decimal(text): peers for text, peers in groups.items()}

    @api.model
    def _count(self, club, value, name, was, *params, among=None):
        """How many of who bought in the window have each value, as it will be.

        Those of the table are counted, in as many processes as there are, and corrected by what is
        fresh.

        :param value: an expression of our own in which {name} stands for the figure.
        :param name, was: the figure, and where ``loyalty_club_rfm_fresh`` has the stored one.
        :param among: a function from the name of the figure to a condition on it (SQL).
        """
        stored = SQL("loyalty_club_rfm v WHERE v.club_id = %s AND", club.id)
        fresh = SQL("loyalty_club_rfm_fresh v WHERE")
        found = Counter()
        for sign, figure, bought, source in (
            (1, name, "frequency", stored),
            (-1, was, "was_frequency", fresh),
            (1, name, "frequency", fresh),
        ):
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s, COUNT(*) FROM %s %s > 0 AND %s GROUP BY 1",
                    SQL(value.format(name=figure), *params),
                    source,
                    SQL.identifier("v", bought),
                    among(figure) if among else SQL("TRUE"),
                )
            )
            for item, peers in rows:
                found[item] += sign * peers
        return {item: peers for item, peers in found.items() if peers}

    @api.model
    def _least_amounts(self, club, groups, size):
        """The least amount of each score; ``groups`` of amounts say where to look for it."""
        first = first_groups(groups, club.rfm_scale)
        if not first:
            return {}

        def among(figure):
            amount = SQL.identifier("v", figure)
            around = SQL(" OR ").join(
                SQL("%s BETWEEN %s AND %s", amount, group - size, group + size) for group in first
            )
            groups = SQL("round(%s, %s) = ANY(%s)", amount, -size.adjusted(), list(first))
            return SQL("(%s) AND %s", around, groups)

        rows = self._count(club, "v.{name}::text", "monetary", "was_monetary", among=among)
        within = {group: {} for group in first}
        for text, peers in rows.items():
            amount = Decimal(text)
            own = within[amount.quantize(size, ROUND_HALF_UP)]
            # The same amount may come with more zeros behind it.
            own[amount] = own.get(amount, 0) + peers
        least = {}
        for group, below in first.items():
            some = least_values(
                {amount: peers for amount, peers in within[group].items() if peers},
                club.rfm_scale,
                below=below,
                n=sum(groups.values()),
            )
            least = some | least
        return least


def _group_size(bounds):
    """A power of ten: about a hundredth of the highest of these amounts."""
    digits = max((Decimal(bound).adjusted() for bound in bounds), default=0)
    return Decimal(1).scaleb(digits - 2)

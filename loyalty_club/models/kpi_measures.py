"""The club's key figures of a period, each by one statement over the journal or the ledger.

docs/measures.md says what each of them means and which readings were open. Periods are whole days
of the shop, both ends included.
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..clock import zone_of
from ..const import ACTIVITY_KINDS
from ..finding import found_in

# A purchase, and what undoes one: of an invoice reset to draft nothing is left.
_TIMES = SQL("CASE WHEN p.refund THEN 0 WHEN p.amount < 0 THEN -1 ELSE 1 END")
# Entries of the points kind that bring points in, that use them, and that take them back.
_ISSUED = ("opening", "issue", "earn", "bonus", "grant", "refund_earn", "adjust")
_USED = ("spend", "capture", "convert_out", "refund_spend")


class LoyaltyClubKpi(models.AbstractModel):
    """Key figures of a club; nothing here is stored."""

    _name = "loyalty.club.kpi"
    _description = "Key Figures"

    @api.model
    def _measure(self, club, first, last):
        """All key figures of ``club`` (loyalty.club) from ``first`` to ``last`` (dates).

        :returns: dict of the figure's name to a dict with ``value`` (None: there is nothing to
            divide by), and the numbers that it is made of.
        """
        self._flush_sources()
        return {
            "activation": self._activation(club, first, last),
            "engagement": self._engagement(club, first, last),
            "redemption": self._redemption(club, first, last),
            "value_delta": self._value_delta(club, first, last),
            "retention": self._retention(club, first, last),
            "frequency_change": self._frequency_change(club, last),
        }

    @api.model
    def _flush_sources(self):
        for name in ("loyalty.club.member", "loyalty.club.purchase", "loyalty.club.wallet"):
            self.env[name].flush_model()

    @api.model
    def _between(self, club, first, last):
        """The moments (naive, UTC) at which the period begins and is over."""
        zone = ZoneInfo(zone_of(club.company_id))
        return [
            datetime.combine(day, time.min, zone).astimezone(timezone.utc).replace(tzinfo=None)
            for day in (first, last + timedelta(days=1))
        ]

    # === KPI-01 === #

    @api.model
    def _activation(self, club, first, last):
        """Members among the eligible: contacts who bought in the period and whom the club may
        want as members (``kpi_eligible_domain``)."""
        start, end = self._between(club, first, last)
        bought = SQL(
            "SELECT p.partner_id FROM loyalty_club_purchase p WHERE p.club_id = %s"
            " AND p.date >= %s AND p.date < %s GROUP BY p.partner_id HAVING SUM(%s) > 0",
            club.id,
            start,
            end,
            _TIMES,
        )
        # sudo: which contacts are eligible is the club's rule, whoever asks for the figure
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        query = contacts._search(club._kpi_eligible() & found_in(bought))
        row = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), COUNT(*) FILTER (WHERE EXISTS (
                           SELECT FROM loyalty_club_member m
                            WHERE m.partner_id = eligible.id AND m.club_id = %s
                              AND m.join_date <= %s AND m.merged_into_id IS NULL
                              AND (m.closed_on IS NULL OR m.closed_on > %s)))
                  FROM %s AS eligible(id)
                """,
                club.id,
                last,
                last,
                query.subselect(),
            )
        )[0]
        return _share(row[1], row[0], members="members", eligible="eligible")

    # === KPI-02 === #

    @api.model
    def _engagement(self, club, first, last):
        """Members who bought, or used a wallet, in the period, among those at its end."""
        start, end = self._between(club, first, last)
        row = self.env.execute_query(
            SQL(
                """
                WITH active AS (
                    SELECT p.member_id FROM loyalty_club_purchase p
                     WHERE p.club_id = %(club)s AND p.date >= %(start)s AND p.date < %(end)s
                       AND NOT p.refund AND p.amount >= 0
                     UNION
                    SELECT e.member_id FROM loyalty_club_entry e
                     WHERE e.company_id = %(company)s AND e.club_id = %(club)s
                       AND e.date >= %(start)s AND e.date < %(end)s
                       AND e.kind = ANY(%(kinds)s)
                )
                SELECT COUNT(*), COUNT(active.member_id)
                  FROM loyalty_club_member m LEFT JOIN active ON active.member_id = m.id
                 WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL
                   AND m.join_date <= %(last)s
                   AND (m.closed_on IS NULL OR m.closed_on > %(last)s)
                """,
                club=club.id,
                company=club.company_id.id,
                start=start,
                end=end,
                last=last,
                kinds=sorted(ACTIVITY_KINDS),
            )
        )[0]
        return _share(row[1], row[0], members="active", eligible="members")

    # === KPI-03 === #

    @api.model
    def _redemption(self, club, first, last):
        """Points used among those issued in the period, both without what returns undid."""
        start, end = self._between(club, first, last)
        row = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(e.amount) FILTER (WHERE e.kind = ANY(%(issued)s)), 0)::float8,
                       COALESCE(-SUM(e.amount) FILTER (WHERE e.kind = ANY(%(used)s)), 0)::float8
                  FROM loyalty_club_entry e
                  JOIN loyalty_club_wallet w ON w.id = e.wallet_id AND w.kind_id = %(points)s
                 WHERE e.company_id = %(company)s AND e.club_id = %(club)s
                       AND e.date >= %(start)s AND e.date < %(end)s
                """,
                issued=list(_ISSUED),
                used=list(_USED),
                points=club.points_kind_id.id or 0,
                club=club.id,
                company=club.company_id.id,
                start=start,
                end=end,
            )
        )[0]
        return _share(row[1], row[0], members="used", eligible="issued")

    # === KPI-04 === #

    @api.model
    def _value_delta(self, club, first, last):
        """How much more a member who bought spent in the period than a buyer who is none.

        What somebody bought before she joined counts as a buyer's who is none.
        """
        start, end = self._between(club, first, last)
        row = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE member),
                       COALESCE(SUM(spent) FILTER (WHERE member), 0),
                       COUNT(*) FILTER (WHERE NOT member),
                       COALESCE(SUM(spent) FILTER (WHERE NOT member), 0)
                  FROM (SELECT p.partner_id, SUM(p.amount)::float8 AS spent,
                               COALESCE((p.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                                        >= m.join_date, FALSE) AS member
                          FROM loyalty_club_purchase p
                          LEFT JOIN loyalty_club_member m ON m.id = p.member_id
                         WHERE p.club_id = %(club)s AND p.date >= %(start)s AND p.date < %(end)s
                         GROUP BY p.partner_id, 3 HAVING SUM(%(times)s) > 0) AS buyer
                """,
                zone=zone_of(club.company_id),
                times=_TIMES,
                club=club.id,
                start=start,
                end=end,
            )
        )[0]
        members, spent, others, other_spent = row
        mean = spent / members if members else None
        other_mean = other_spent / others if others else None
        delta = mean - other_mean if members and others else None
        return {
            "value": delta,
            "members": members,
            "others": others,
            "member_mean": mean,
            "other_mean": other_mean,
        }

    # === KPI-05 === #

    @api.model
    def _retention(self, club, first, last):
        """Who of those that bought in the period of the same length before bought again."""
        start, end = self._between(club, first, last)
        before = self._between(club, first - (last - first) - timedelta(days=1), first)[0]
        row = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE earlier > 0),
                       COUNT(*) FILTER (WHERE earlier > 0 AND again > 0)
                  FROM (SELECT COALESCE(m.id, -p.partner_id) AS who,
                               SUM(%(times)s) FILTER (WHERE p.date < %(start)s) AS earlier,
                               SUM(%(times)s) FILTER (WHERE p.date >= %(start)s) AS again
                          FROM loyalty_club_purchase p
                          LEFT JOIN loyalty_club_member m ON m.id = p.member_id
                         WHERE p.club_id = %(club)s AND p.date >= %(before)s AND p.date < %(end)s
                         GROUP BY 1) AS customer
                """,
                times=_TIMES,
                club=club.id,
                before=before,
                start=start,
                end=end,
            )
        )[0]
        return _share(row[1], row[0], members="retained", eligible="customers")

    # === KPI-06 === #

    @api.model
    def _frequency_change(self, club, last):
        """Purchases per member in the days after joining beside those in as many days before.

        Counted are members whose membership and whose history both reach so far
        (``kpi_compare_days``): nobody is compared with days of which nothing is known.
        """
        since = self.env["loyalty.club.rfm"]._first_day(club)
        days = club.kpi_compare_days
        if not since:
            return {"value": None, "members": 0, "before": 0, "after": 0}
        row = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(DISTINCT m.id),
                       COALESCE(SUM(%(times)s) FILTER (WHERE p.day < m.join_date), 0),
                       COALESCE(SUM(%(times)s) FILTER (WHERE p.day >= m.join_date), 0)
                  FROM loyalty_club_member m
                  LEFT JOIN LATERAL (
                        SELECT p.refund, p.amount,
                               (p.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                          FROM loyalty_club_purchase p WHERE p.member_id = m.id) p
                    ON p.day >= m.join_date - %(days)s AND p.day < m.join_date + %(days)s
                 WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL
                   AND m.join_date - %(days)s >= %(since)s AND m.join_date + %(days)s <= %(last)s
                   AND (m.closed_on IS NULL OR m.closed_on > m.join_date + %(days)s)
                """,
                times=_TIMES,
                zone=zone_of(club.company_id),
                days=days,
                club=club.id,
                since=since,
                last=last,
            )
        )[0]
        members, before, after = row[0], int(row[1]), int(row[2])
        change = (after - before) / before if before else None
        return {"value": change, "members": members, "before": before, "after": after}


def _share(part, whole, *, members, eligible):
    """A rate and the two numbers that it is made of, under their names."""
    return {"value": part / whole if whole > 0 else None, members: part, eligible: whole}


class LoyaltyClub(models.Model):
    """What a club decides about its key figures."""

    _inherit = "loyalty.club"

    kpi_eligible_domain = fields.Char(
        string="Eligible as members",
        default="[]",
        help="Of the contacts who bought, those whom the club wants as members: the activation "
        "rate is the share of them who are.",
    )
    kpi_compare_days = fields.Integer(
        string="Days before and after joining",
        required=True,
        default=180,
        help="So many days before and after a member joined are compared for the frequency of "
        "purchases.",
    )

    _compare_positive = models.Constraint(
        "CHECK (kpi_compare_days > 0)", "Before and after joining are at least one day each."
    )

    @api.constrains("kpi_eligible_domain")
    def _check_kpi_eligible_domain(self):
        for club in self:
            try:
                club._kpi_eligible().validate(self.env["res.partner"])
            except (ValueError, TypeError, KeyError, SyntaxError) as error:
                raise ValidationError(
                    self.env._(
                        "Who is eligible as a member cannot be read: %(reason)s. Choose the "
                        "conditions again.",
                        reason=error,
                    )
                ) from error

    def _kpi_eligible(self):
        """The condition on contacts whom the club wants as members."""
        return Domain(safe_eval(self.kpi_eligible_domain or "[]"))

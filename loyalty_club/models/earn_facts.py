from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..clock import clock_at
from ..domain.periods import month_start
from ..domain.sale import MOST_DAYS, MemberFacts, Used

# Columns of the member that facts are made of, in the order of MemberFacts.
_PERSON = (
    "sex",
    "age_group",
    "area_id",
    "join_date",
    "birth_jalali",
    "birth_gregorian",
    "anniversary_jalali",
    "anniversary_gregorian",
)


class LoyaltyClubEarnFacts(models.AbstractModel):
    """What earning rules ask about a member, read from the tables: one statement for each sale."""

    _name = "loyalty.club.earn.facts"
    _description = "Facts about a Buyer"

    @api.model
    def _read_facts(self, member, needs, moment, zone, origin=None):
        """What is known of ``member`` before a sale.

        :param needs: ``member``, ``segments``, ``purchases``, ``days``: only these are read.
        :param moment: of the sale, in UTC.
        :param zone: name of the time zone of the shop.
        :param origin: model and id, or ids, of the document of the sale, which does not count.
        :returns: :class:`~..domain.sale.MemberFacts`.
        """
        member.flush_recordset()
        self.env["res.partner"].flush_model(["is_company"])
        values = {"member": member.id, "moment": moment, "zone": zone, "most": MOST_DAYS}
        before = self._before(origin)
        nothing = SQL("NULL")
        self.env.cr.execute(
            SQL(
                """
                SELECT m.tier_id, m.kind, p.is_company, %(segments)s, %(purchases)s, %(days)s,
                       %(person)s
                  FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id
                 WHERE m.id = %(member)s
                """,
                member=member.id,
                person=SQL(", ").join(SQL.identifier("m", name) for name in _PERSON),
                segments=SQL(
                    "ARRAY(SELECT s.segment_id FROM loyalty_club_segment_member s"
                    " WHERE s.member_id = %(member)s AND s.until IS NULL)",
                    **values,
                )
                if "segments" in needs
                else nothing,
                purchases=self._purchases(before, values) if "purchases" in needs else nothing,
                days=self._days(before, values) if "days" in needs else nothing,
            )
        )
        tier, kind, company, segments, purchases, days, *person = self.env.cr.fetchone()
        sex, age_group, area, joined, *birthdays = person
        return MemberFacts(
            tier,
            frozenset(segments or ()),
            frozenset({kind, "company" if company else "person"}),
            sex,
            age_group,
            area,
            joined,
            *(number or 0 for number in birthdays),
            purchases=int(purchases or 0),
            days=tuple(days or ()),
        )

    @api.model
    def _before(self, origin):
        """Rows of the journal that are not of the sale in question."""
        if not origin:
            return SQL("TRUE")
        model, ids = origin
        ids = [ids] if isinstance(ids, int) else ids
        return SQL(
            "(j.origin_model IS DISTINCT FROM %s OR NOT COALESCE(j.origin_id = ANY(%s), FALSE))",
            model,
            ids,
        )

    @api.model
    def _purchases(self, before, values):
        """How many purchases are kept, at least in part.

        A return names no purchase in the journal: one of the same amount came back wholly.
        They count in the order in which they arrive, so that a till that was offline makes no
        second first purchase.
        """
        return SQL(
            """
            (SELECT SUM(GREATEST(bought - back, 0)) FROM (
                SELECT COUNT(*) FILTER (WHERE NOT j.refund AND j.amount > 0) AS bought,
                       COUNT(*) FILTER (WHERE j.amount < 0)
                       - COUNT(*) FILTER (WHERE j.refund AND j.amount > 0) AS back
                  FROM loyalty_club_purchase j
                 WHERE j.member_id = %(member)s AND %(before)s
                 GROUP BY ABS(j.amount)
            ) AS alike)
            """,
            before=before,
            **values,
        )

    @api.model
    def _days(self, before, values):
        return SQL(
            """
            ARRAY(SELECT DISTINCT (j.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                    FROM loyalty_club_purchase j
                   WHERE j.member_id = %(member)s AND NOT j.refund AND j.amount > 0
                     AND j.date <= %(moment)s AND %(before)s
                   ORDER BY 1 DESC LIMIT %(most)s)
            """,
            before=before,
            **values,
        )

    @api.model
    def _read_used(self, member, rules, moment, zone):
        """What capped rules gave before.

        What all members got together is as the sale's transaction sees it: sales of the same
        moment at other tills may exceed such a limit by what they give.

        :param rules: :class:`~..domain.earn_rule.Rule` with caps, each of a record.
        :returns: dict of version id to :class:`~..domain.sale.Used`.
        """
        day = clock_at(moment, zone).date()
        # Months are those that the shop's people live by.
        jalali = member.company_id.country_id.code == "IR"
        month = month_start(day, jalali=jalali)
        together = [rule.rule for rule in rules if "rule_total" in rule.caps]
        self.env.cr.execute(
            SQL(
                """
                SELECT rule.id, mine.day::text, mine.month::text, mine.total::text,
                       every.total::text
                  FROM unnest(%(rules)s::int[]) AS rule(id)
                 CROSS JOIN LATERAL (
                        SELECT COALESCE(SUM(a.amount) FILTER (WHERE shop.day = %(day)s), 0) AS day,
                               COALESCE(SUM(a.amount) FILTER (
                                   WHERE shop.day >= %(month)s AND shop.day < %(next)s
                               ), 0) AS month,
                               COALESCE(SUM(a.amount), 0) AS total
                          FROM loyalty_club_earn_award a
                         CROSS JOIN LATERAL (
                                SELECT (a.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                               ) AS shop(day)
                         WHERE a.member_id = %(member)s AND a.rule_id = rule.id
                       ) AS mine
                 CROSS JOIN LATERAL (
                        SELECT COALESCE(MAX(before.amount), 0) + COALESCE(SUM(a.amount), 0) AS total
                          FROM (SELECT rule.id) AS this(rule_id)
                          LEFT JOIN loyalty_club_earn_total before USING (rule_id)
                          LEFT JOIN loyalty_club_earn_award a
                                 ON a.rule_id = rule.id AND a.id > COALESCE(before.up_to, 0)
                         WHERE rule.id = ANY(%(together)s::int[])
                       ) AS every
                """,
                rules=sorted({rule.rule for rule in rules}),
                together=together,
                member=member.id,
                day=day,
                month=month,
                next=month_start(month + timedelta(days=31), jalali=jalali),
                zone=zone,
            )
        )
        used = {
            rule: Used(*(Decimal(figure) for figure in figures))
            for rule, *figures in self.env.cr.fetchall()
        }
        return {rule.version: used[rule.rule] for rule in rules}

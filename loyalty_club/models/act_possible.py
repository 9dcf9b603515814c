from odoo import models
from odoo.tools import SQL

from ..clock import today_in
from ..domain.acts import SPANS, Tally, span_start, used_up


class LoyaltyClubMember(models.Model):
    """What a member can do to earn something, and how much of it is left."""

    _inherit = "loyalty.club.member"

    def _acts_possible(self):
        """What this member can earn something for, and how much of it is left.

        :returns: list of dicts: ``kind`` (loyalty.club.act.kind), ``gives`` and ``limits`` in
            words, ``open`` whether it can be done now, ``again`` first day on which it counts
            again, ``how`` it is done.
        """
        self.ensure_one()
        # sudo: the club's own rules, for the member whom they are for
        member = self.sudo()
        club = member.club_id
        kinds = club.act_kind_ids.filtered("listed")
        day = today_in(club.company_id)
        rules = self.env["loyalty.club.act.rule"].sudo()._in_force(kinds, day)
        rule_of = rules._for_members(member)
        tallies = member._act_tallies(day)
        found = []
        for kind in kinds:
            rule = rule_of.get((member.id, kind.id))
            if rule:
                spent = used_up(
                    rule._terms(), tallies.get(kind.id, Tally()), day, club.act_calendar
                )
                found.append(
                    {
                        "kind": kind,
                        "how": kind.how,
                        "gives": rule._given_text(),
                        "limits": ", ".join(rule._limit_texts()),
                        "open": not spent and member.state == "active",
                        "again": spent and spent.again,
                    }
                )
        return found

    def _act_tallies(self, day):
        """How often this member was given something, by kind of act: dict of kind id to Tally."""
        calendar = self.club_id.act_calendar
        counts = SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE day >= %s)", span_start(span, day, calendar))
            for span in SPANS
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT kind_id, MAX(day), %s FROM loyalty_club_act"
                " WHERE member_id = %s AND refused IS NULL GROUP BY kind_id",
                counts,
                self.id,
            )
        )
        return {
            kind: Tally(dict(zip(SPANS, times, strict=True)), last) for kind, last, *times in rows
        }

    def _visit(self, kind):
        """Let a click of the member count; two at once are one.

        :param kind: loyalty.club.act.kind that is known by a click.
        :returns: :class:`..act_batch.ActOutcome`.
        """
        self.ensure_one()
        day = today_in(self.company_id)
        before = self._act_tallies(day).get(kind.id, Tally()).times.get("day", 0)
        return self._earn_act(kind.code, f"visit:{self.id}:{day}:{before}")

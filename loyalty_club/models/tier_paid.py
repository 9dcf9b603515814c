"""Members who have paid for a level: which, and until when. It follows from their payments."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import today_in
from ..domain.bought import Fee, best_on, spans

_BATCH = 500
_OWN = frozenset({"paid_tier_id", "tier_paid_until"})


class LoyaltyClubMember(models.Model):
    """Which level a member has paid for, and until when."""

    _inherit = "loyalty.club.member"

    paid_tier_id = fields.Many2one(
        "loyalty.club.tier", string="Bought level", readonly=True, copy=False, ondelete="restrict"
    )
    tier_paid_until = fields.Date(
        string="Level paid until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Last day of the level that the member has bought.",
    )

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name in _OWN or super()._is_own_field(name)

    def _check_own_fields(self, vals):
        if _OWN & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "Which level was bought follows from sales. Sell its fee at the till or by an "
                    "invoice, or take it back there."
                )
            )
        return super()._check_own_fields(vals)

    # === BUSINESS METHODS === #

    def _follow_tier_fees(self):
        """Let these members have the levels that their payments say. A fixed number of queries,
        and one grant for each level and last day."""
        # sudo: what a sale means for the membership is noted by the club, whoever sells
        members = self.sudo()
        paid = self.env["loyalty.club.fee.payment"]._spans_of(members)
        turned, ended = {}, self.browse()
        for member in members:
            span = best_on(today_in(member.company_id), paid.get(member.id, ()))
            now = (span.level, span.last) if span else (False, False)
            if now == (member.paid_tier_id.id, member.tier_paid_until):
                continue
            if span:
                turned.setdefault(now, self.browse())
                turned[now] |= member
            else:
                ended |= member
        for (tier_id, last), group in turned.items():  # as many as levels and days
            tier = self.env["loyalty.club.tier"].sudo().browse(tier_id)  # sudo: as above
            group._leave_bought(tier)
            group._shorten_bought(tier, last)
            group.write({"paid_tier_id": tier_id, "tier_paid_until": last})
            tier._grant(group, tier, "bought", until=last)
        ended._end_bought()

    def _bought_standings(self, tier):
        """Where these members, as superuser, have ``tier`` because they bought it, and no longer
        than they paid for."""
        standings = self.env["loyalty.club.tier.standing"].search(
            [
                ("member_id", "in", self.ids),
                ("granted_tier_id", "=", tier.id),
                ("granted_reason", "=", "bought"),
            ]
        )
        return standings.filtered(
            lambda standing: standing.granted_until == standing.member_id.tier_paid_until
        )

    def _leave_bought(self, tier):
        """The level that these members have paid for is ``tier`` now: another one that was given
        for a fee makes way, also a higher one, whose fee came back."""
        others = self.filtered(lambda member: member.paid_tier_id - tier)
        for old, members in others.grouped("paid_tier_id").items():  # as many as levels
            standings = members._bought_standings(old)
            if standings:
                self.env.cr.execute(
                    SQL(
                        "UPDATE loyalty_club_tier_standing SET granted_tier_id = NULL,"
                        " granted_until = NULL, granted_reason = NULL WHERE id = ANY(%s)",
                        standings.ids,
                    )
                )
                standings.invalidate_recordset()

    def _shorten_bought(self, tier, last):
        """A fee of several came back: the level these members keep ends earlier. What is given
        once more lasts until the later day, so this comes first."""
        longer = self._bought_standings(tier).filtered(
            lambda standing: standing.granted_until > last
        )
        if longer:
            self.env.cr.execute(
                SQL(
                    "UPDATE loyalty_club_tier_standing SET granted_until = %s WHERE id = ANY(%s)",
                    last,
                    longer.ids,
                )
            )
            longer.invalidate_recordset(["granted_until"])

    def _end_bought(self):
        """These members have bought no level that is still paid. Where the time was over, the
        level ended with it; where the fee came back, it ends now."""
        refunded = self.filtered(
            lambda member: member.tier_paid_until >= today_in(member.company_id)
        )
        for tier, members in refunded.grouped("paid_tier_id").items():  # as many as levels
            holders = members._bought_standings(tier).member_id
            tier._withdraw(holders, tier, note=self.env._("The fee was given back."))
        self.write({"paid_tier_id": False, "tier_paid_until": False})

    def _hand_over_profile(self, survivor):
        """A level that was paid for a merged membership is paid for the one that stays."""
        result = super()._hand_over_profile(survivor)
        self.sudo().write({"paid_tier_id": False, "tier_paid_until": False})
        survivor._follow_tier_fees()
        return result

    # === JOBS === #

    @api.model
    def _cron_tier_fees(self):
        """See what follows where a bought level has ended, or another one that covered it."""
        while done := self._follow_ended_fees(_BATCH):
            if self.env["ir.cron"]._commit_progress(done) <= 0:
                return
        self._grant_bought_again()

    @api.model
    def _grant_bought_again(self):
        """Who was given a higher level for some time and has paid for another comes back to
        that."""
        self.env["loyalty.club.tier.standing"].flush_model()
        # sudo: a pass of the system
        for company in self.env["loyalty.club"].sudo().search([("active", "=", True)]).company_id:
            free = SQL(
                "(SELECT m.id FROM loyalty_club_member m"
                "   LEFT JOIN loyalty_club_tier_standing s ON s.member_id = m.id"
                "  WHERE m.tier_paid_until >= %s AND s.granted_tier_id IS NULL)",
                today_in(company),
            )
            waiting = [("company_id", "=", company.id), ("id", "in", free)]
            members = (
                self.sudo()
                .search(waiting)
                .grouped(lambda member: (member.paid_tier_id, member.tier_paid_until))
            )
            for (tier, last), group in members.items():  # as many as levels and days
                tier._grant(group, tier, "bought", until=last)

    @api.model
    def _follow_ended_fees(self, limit):
        """One batch of members whose bought level has ended; how many."""
        done = 0
        # sudo: a pass of the system
        for company in self.env["loyalty.club"].sudo().search([("active", "=", True)]).company_id:
            ended = [
                ("company_id", "=", company.id),
                ("tier_paid_until", "<", today_in(company)),
                ("merged_into_id", "=", False),
            ]
            members = self.sudo().search(ended, limit=limit - done)
            members._follow_tier_fees()
            done += len(members)
            if done >= limit:
                break
        return done


class LoyaltyClubFeePayment(models.Model):
    _inherit = "loyalty.club.fee.payment"

    @api.model
    def _spans_of(self, members):
        """From when to when members have paid for levels.

        Fees that were given back count for nothing. What was paid for memberships that were
        merged into these counts for them.

        :param members: loyalty.club.member, as superuser.
        :returns: dict of member's id to a list of :class:`~..domain.bought.Span`, whose levels
            are ids.
        """
        people = members | members.merged_ids
        rows = self.sudo().search(  # sudo: see _of
            [("member_id", "in", people.ids), ("tier_id", "!=", False)], order="id"
        )
        fees = {}
        for (member, _model, _id, tier), group in rows.grouped(
            lambda row: (row.member_id, row.origin_model, row.origin_id, row.tier_id)
        ).items():
            fee = Fee(
                day=min(group.mapped("date")),
                rank=tier._rank(),
                months=sum(group.mapped("months")),
                amount=max(
                    sum((Decimal(str(row.amount)) for row in group), Decimal(0)), Decimal(0)
                ),
                level=tier.id,
            )
            kept = (member.merged_into_id or member).id
            fees.setdefault(kept, []).append((fee, tier.fee_credit_unused))
        return {
            member: spans(
                [fee for fee, _credit in paid],
                credit_unused=all(credit for _fee, credit in paid),
                calendar=members.browse(member).club_id.tier_calendar,
            )
            for member, paid in fees.items()
        }

"""Carrying an occasion charge out: who is left, in batches, each member once."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import start_of
from ..movement import Movement

_AT_ONCE = 500  # a group up to this size is charged while the manager waits
_BATCH = 1000


class LoyaltyClubOccasionCharge(models.Model):
    _inherit = "loyalty.club.occasion.charge"

    def _todo(self, after=0):
        """Active members of the group who were not credited, under whatever number.

        :param after: only members with higher ids.
        :returns: the query, in the order of the ids.
        """
        Member = self.env["loyalty.club.member"]
        Member.flush_model()
        active = self._group(self.env) & Domain([("state", "=", "active"), ("id", ">", after)])
        query = Member._search(active, order="id")
        prefix = f"occasion:{self._origin.id or 0}:"
        query.add_where(
            SQL(
                """
                NOT EXISTS (
                    SELECT FROM loyalty_club_entry e WHERE e.idempotency_key = %(prefix)s || %(id)s)
                AND NOT EXISTS (
                    SELECT FROM loyalty_club_member former
                      JOIN loyalty_club_entry e ON e.idempotency_key = %(prefix)s || former.id
                     WHERE former.merged_into_id = %(id)s)
                """,
                prefix=prefix,
                id=SQL.identifier(query.table, "id"),
            )
        )
        return query

    def _count_todo(self):
        query = self._todo()
        query.order = None
        return self.env.execute_query(query.select(SQL("COUNT(*)")))[0][0]

    def _needs_approval(self, todo):
        """Whether giving it to ``todo`` members, with what the same person has given today on
        other occasions, is above what one person decides alone.
        """
        club = self.club_id
        limit = club.occasion_approval_above
        if not limit:
            return False
        worth = self._worth(self.kind_id, todo * self.amount) + self._given_alone_today()
        return club.currency_id.compare_amounts(worth, limit) > 0

    def _worth(self, kind, amount):
        """``amount`` of ``kind`` in the club's currency; points at their value."""
        if kind.currency_id:
            return kind.currency_id._convert(amount, self.club_id.currency_id, self.company_id)
        return amount * self.club_id.point_value

    def _given_alone_today(self):
        """What the user has given to members of the club today without a second person."""
        alone = [
            ("club_id", "=", self.club_id.id),
            ("maker_id", "=", self.env.uid),
            ("checker_id", "=", False),
        ]
        charges = self.search(alone)
        given = self.env["loyalty.club.entry"]._read_group(
            [
                ("origin_model", "=", self._name),
                ("origin_id", "in", charges.ids),
                ("date", ">=", start_of(self.company_id)),
            ],
            ["origin_id"],
            ["amount:sum"],
        )
        worth = sum(self._worth(self.browse(charge).kind_id, total) for charge, total in given)
        running = charges.filtered(lambda charge: charge.state == "running")
        return worth + sum(
            self._worth(charge.kind_id, charge._count_todo() * charge.amount) for charge in running
        )

    def _start(self):
        """Begin a run over the group: at once if it is small, else by the job."""
        self.write({"state": "running", "progress_id": 0, "refused_count": 0})
        if self._count_todo() <= _AT_ONCE:
            self._charge_batch(_AT_ONCE)
        if self.state == "running":
            self.env.ref("loyalty_club.cron_occasion")._trigger()

    @api.model
    def _cron_charge(self):
        """Go on with the charges that are running, a batch per transaction."""
        Cron = self.env["ir.cron"]
        for charge in self.search([("state", "=", "running")], order="id"):
            while charge.try_lock_for_update() and charge.state == "running":
                done = charge._charge_batch(_BATCH)
                if Cron._commit_progress(done, remaining=charge.state == "running") <= 0:
                    return
                charge.invalidate_recordset()

    def _charge_batch(self, limit):
        """Credit the next members of the run, in one batch of the ledger.

        :param limit: how many at most.
        :returns: how many members were dealt with; the run is over when there were fewer.
        """
        self.ensure_one()
        # As the person who asked: a group is what she may see.
        mine = self.with_user(self.maker_id).with_context(allowed_company_ids=self.company_id.ids)
        query = mine._todo(self.progress_id)
        query.limit = limit
        members = self.env["loyalty.club.member"].browse(query.get_result_ids())
        credited = self._credit(members)
        values = {
            "charged_count": self.charged_count + len(credited),
            "refused_count": self.refused_count + len(members) - len(credited),
        }
        if len(members) < limit:
            values |= {"state": "done", "progress_id": 0}
        else:
            values["progress_id"] = members[-1].id
        self.write(values)
        self._tell(credited)
        return len(members)

    def _credit(self, members):
        """Book one entry for each of ``members``; return those whom the ledger credited."""
        wallets = self.kind_id._wallets_of(members)
        self.env["loyalty.card"]._club_create_for(self.kind_id, wallets.values())
        outcomes = self.env["loyalty.club.wallet"]._post(
            Movement(
                wallet_id=wallets[member.id].id,
                amount=self._exact_amount(),
                kind="grant",
                key=f"occasion:{self.id}:{member.id}",
                origin=(self._name, self.id),
                branch_id=member.branch_id.id or None,
                expires_on=self.expires_on or None,
                terms_id=self.terms_id.id or None,
                note=self.name,
            )
            for member in members
        )
        booked = {
            member.id
            for member, outcome in zip(members, outcomes, strict=True)
            if outcome.status == "posted"
        }
        return members.filtered(lambda member: member.id in booked)

    def _tell(self, members):
        """Write to those who were credited; the messages leave after this transaction."""
        text = (self.message or "").strip()
        if text and members:
            self.env["loyalty.club.outbox"]._queue_texts(
                "notice",
                [
                    {
                        "partner_id": member.partner_id.id,
                        "company_id": member.company_id.id,
                        "subject": self.name,
                        "body": text,
                    }
                    for member in members
                ],
            )

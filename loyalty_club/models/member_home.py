"""The first page of a membership: what happened lately, what it brought, what ends soon."""

import json
from collections import defaultdict, namedtuple
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from ..clock import today_in

_ENTRIES, _PURCHASES, _LOTS = 5, 3, 3  # that the page names
_SOON = timedelta(days=14)  # what ends within is marked

# What the one statement brings: each part uses the columns that it needs.
_Row = namedtuple("_Row", "id moment day word amount number branch model document note")

# Parts of the first page: the first row names the types of the columns.
_STATEMENT = """
    SELECT 'activity', NULL::int, MAX(date), NULL::date, NULL,
           NULL::numeric, COUNT(*) FILTER (WHERE date >= %(since)s)::numeric,
           NULL, NULL, NULL, NULL
      FROM loyalty_club_purchase
     WHERE member_id = %(member)s AND NOT refund AND amount > 0
    UNION ALL
    SELECT 'saved', NULL, NULL, NULL, NULL, saved.amount, NULL, NULL, NULL, NULL, NULL
      FROM (%(saved)s) saved
    UNION ALL
    SELECT 'audience', audience.tier_id, NULL, NULL, array_to_json(audience.segments)::text,
           NULL, NULL, NULL, NULL, NULL, NULL
      FROM (%(audience)s) audience
    UNION ALL
    SELECT 'given', given.reward_id, NULL, NULL, CASE WHEN given.mine THEN 'mine' END,
           NULL, given.number::numeric, NULL, NULL, NULL, NULL
      FROM (%(given)s) given
    UNION ALL
    SELECT 'taken', NULL, NULL, NULL, NULL, NULL, COUNT(*)::numeric, NULL, NULL, NULL, NULL
      FROM loyalty_club_reward_taken
     WHERE member_id = %(member)s AND state = 'open'
    UNION ALL
    SELECT 'accepted', version.agreement_id, NULL, NULL, NULL, NULL, MAX(version.number),
           NULL, NULL, NULL, NULL
      FROM loyalty_club_agreement_acceptance acceptance
      JOIN loyalty_club_agreement_version version ON version.id = acceptance.version_id
     WHERE acceptance.member_id = %(member)s
     GROUP BY version.agreement_id
    UNION ALL
    SELECT 'invited', tier.id, NULL, invitation.answer_by, %(tier)s, NULL, NULL,
           NULL, NULL, NULL, NULL
      FROM loyalty_club_tier_invitation invitation
      JOIN loyalty_club_tier tier ON tier.id = invitation.tier_id
     WHERE invitation.member_id = %(member)s AND invitation.state = 'open'
       AND invitation.answer_by >= %(today)s
    UNION ALL (
    SELECT 'lot', wallet_id, NULL, expires_on::date, NULL, SUM(remaining), NULL,
           NULL, NULL, NULL, NULL
      FROM loyalty_club_lot
     WHERE wallet_id = ANY(%(wallets)s) AND remaining > 0 AND expires_on >= %(today)s
     GROUP BY wallet_id, expires_on::date
     ORDER BY 4, 2 LIMIT %(lots)s)
    UNION ALL (
    SELECT 'purchase', purchase.id, purchase.date, NULL, purchase.channel,
           purchase.amount, NULL, %(branch)s, NULL, NULL, NULL
      FROM loyalty_club_purchase purchase
      LEFT JOIN loyalty_club_branch branch ON branch.id = purchase.branch_id
     WHERE purchase.member_id = %(member)s
     ORDER BY purchase.date DESC, purchase.id DESC LIMIT %(purchases)s)
    UNION ALL (
    SELECT 'entry', entry.id, entry.date, NULL, entry.kind,
           entry.amount, entry.balance_after, %(branch)s, entry.origin_model,
           %(document)s, entry.note
      FROM loyalty_club_entry entry
      LEFT JOIN loyalty_club_branch branch ON branch.id = entry.branch_id
     WHERE entry.wallet_id = %(points)s
     ORDER BY entry.seq DESC LIMIT %(entries)s)
"""


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _home(self, wallets):
        """Figures and latest rows for the member's own page: one query, however long she is one.

        :param wallets: hers (loyalty.club.wallet).
        :returns: dict of ``entries`` of her points, ``purchases`` on all channels and what is
            ``expiring`` first, each a list of dicts, ``count`` of purchases in twelve months,
            ``last`` (day of the latest one, or None), ``saved`` (money saved so far),
            ``waiting`` (number of rewards to be collected), ``due`` (whether she is asked to
            accept terms), ``invited`` (levels that she is invited to, with the last day to
            answer), ``audience``, a pair of sets of ids, of levels and segments, and ``claimed``,
            how many of rewards were given, as claims tell it.
        """
        self.ensure_one()
        found = defaultdict(list)
        for part, *row in self.env.execute_query(self._home_sql(wallets)):
            found[part].append(_Row(*row))
        activity = found["activity"][0]
        return {
            "entries": self._home_entries(found["entry"]),
            "purchases": self._home_purchases(found["purchase"]),
            "expiring": self._home_lots(found["lot"], wallets),
            "last": activity.moment and self._home_day(activity.moment),
            "count": int(activity.number),
            "audience": (
                {row.id for row in found["audience"] if row.id},
                {segment for row in found["audience"] for segment in json.loads(row.word)},
            ),
            "claimed": self.env["loyalty.club.reward.claim"]._given_of(
                (row.word == "mine", row.id, int(row.number)) for row in found["given"]
            ),
            "waiting": int(found["taken"][0].number),
            "due": self._home_due(found["accepted"]),
            "invited": [{"tier": row.word, "until": row.day} for row in found["invited"]],
            "saved": max(sum(row.amount for row in found["saved"]), 0),
        }

    # === PARTS === #

    def _home_entries(self, rows):
        kinds = self._labels("loyalty.club.entry", "kind")
        texts = self.env["loyalty.club.entry"]._document_texts()
        return [
            {
                "id": row.id,
                "day": self._home_day(row.moment),
                "kind": kinds[row.word],
                "amount": row.amount,
                "balance": row.number,
                "branch": row.branch,
                "document": texts[row.model][1] % {"number": row.document}
                if row.document
                else row.note,
            }
            for row in rows
        ]

    def _home_purchases(self, rows):
        channels = self._labels("loyalty.club.purchase", "channel")
        return [
            {
                "day": self._home_day(row.moment),
                "text": self.currency_id._format_shown(float(row.amount), self.company_id),
                "place": row.branch or channels[row.word],
                "returned": row.amount < 0,
            }
            for row in rows
        ]

    def _home_lots(self, rows, wallets):
        kinds = {wallet.id: wallet.kind_id for wallet in wallets}
        soon = today_in(self.company_id) + _SOON
        return [
            {
                "text": kinds[row.id]._format_shown(row.amount),
                "day": row.day,
                "soon": row.day <= soon,
            }
            for row in rows
        ]

    def _home_due(self, rows):
        accepted = {row.id: row.number for row in rows}
        asked = self.env["loyalty.club.agreement"]._asked_numbers(
            self.club_id.id, today_in(self.company_id)
        )
        return any(least > accepted.get(agreement, 0) for agreement, least in asked)

    def _home_day(self, moment):
        return fields.Datetime.context_timestamp(self, moment).date()

    def _labels(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    # === SQL === #

    def _home_sql(self, wallets):
        """Rows of a part's name and :class:`_Row`."""
        for name in (
            *("entry", "lot", "purchase", "branch", "agreement.acceptance"),
            *("tier", "tier.invitation"),
        ):
            self.env[f"loyalty.club.{name}"].flush_model()
        today = today_in(self.company_id)
        points = wallets.filtered(lambda wallet: wallet.type == "points")
        return SQL(
            _STATEMENT,
            since=today - relativedelta(months=12),
            member=self.id,
            saved=self._saved_sql(self.ids),
            audience=self._audience_sql(self.partner_id),
            given=self.env["loyalty.club.reward.claim"]._given_sql(
                self.env["loyalty.reward"]._club_counted(), self
            ),
            wallets=list(wallets.ids),
            points=points.id or None,
            today=today,
            branch=self.env["loyalty.club.branch"]._field_to_sql("branch", "name"),
            document=self._document_sql(),
            tier=self.env["loyalty.club.tier"]._field_to_sql("tier", "name"),
            lots=_LOTS,
            purchases=_PURCHASES,
            entries=_ENTRIES,
        )

    def _document_sql(self):
        """Number of the document behind an entry, of the kinds that members have a copy of."""
        texts = self.env["loyalty.club.entry"]._document_texts()
        return SQL(
            "CASE entry.origin_model %s END",
            SQL(" ").join(
                SQL(
                    "WHEN %s THEN (SELECT document.%s FROM %s document"
                    " WHERE document.id = entry.origin_id)",
                    model,
                    SQL.identifier(field),
                    SQL.identifier(self.env[model]._table),
                )
                for model, (field, _text) in texts.items()
            ),
        )

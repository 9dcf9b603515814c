import json

from odoo import api, fields, models
from odoo.tools import SQL

_BATCH = 10_000
# What a new card is made of, with the column types.
_COLUMNS = {
    "number": "text",
    "serial": "int",
    "type": "text",
    "member_id": "int",
    "branch_id": "int",
    "batch_id": "int",
    "replaces_id": "int",
    "expires_on": "date",
    "discount_percent": "numeric",
    "discount_mode": "text",
    "pin_required": "bool",
    "uid_index": "text",
    "uid_sealed": "text",
    "uid_masked": "text",
}


class LoyaltyClubCard(models.Model):
    """New cards, as many as there are: written by one statement with the facts of them."""

    _inherit = "loyalty.club.card"

    @api.model
    def _make(self, club, rows, reason=None):
        """Make cards; those that have a member are active at once, others are in stock.

        :param club: loyalty.club, one record.
        :param rows: list of dicts of ``_COLUMNS``, what is missing is empty; those without a
            ``number`` get one of the club's own.
        :param reason: why, in words; stays with the facts.
        :returns: the cards, in the order of ``rows``.
        """
        nameless = [row for row in rows if not row.get("number")]
        if nameless:
            taken = club._next_card_numbers(len(nameless))
            for row, (serial, number) in zip(nameless, taken, strict=True):
                row.update(serial=serial, number=number)
        made = []
        for at in range(0, len(rows), _BATCH):
            made += self._insert(club, rows[at : at + _BATCH], reason)
        self.env["loyalty.club.member"].invalidate_model(["card_ids"], flush=False)
        self.env["loyalty.club.card.batch"].invalidate_model(flush=False)
        return self.browse(made)

    @api.model
    def _insert(self, club, rows, reason):
        """Write cards and the facts of them; ids of the cards, in the order of ``rows``."""
        names = [SQL.identifier(name) for name in _COLUMNS]
        types = [
            SQL("%s %s", name, SQL(kind))
            for name, kind in zip(names, _COLUMNS.values(), strict=True)
        ]
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                WITH made AS (
                    INSERT INTO loyalty_club_card
                           (club_id, company_id, state, issued_on, activated_on,
                            create_uid, write_uid, create_date, write_date, %(names)s)
                    SELECT %(club)s, %(company)s,
                           CASE WHEN member_id IS NULL THEN 'stock' ELSE 'active' END,
                           CASE WHEN member_id IS NULL THEN NULL ELSE %(now)s::timestamp END,
                           CASE WHEN member_id IS NULL THEN NULL ELSE %(now)s::timestamp END,
                           %(uid)s, %(uid)s, %(now)s, %(now)s, %(names)s
                      FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (%(types)s)
                 RETURNING id, member_id, state, CASE WHEN discount_mode = 'discount'
                           THEN discount_percent ELSE 0 END AS percent
                )
                INSERT INTO loyalty_club_card_event
                       (card_id, member_id, kind, date, user_id, to_state, reason, percent)
                SELECT id, member_id, CASE WHEN member_id IS NULL THEN 'made' ELSE 'issued' END,
                       %(now)s, %(uid)s, state, %(reason)s, percent
                  FROM made ORDER BY id
             RETURNING card_id
                """,
                names=SQL(", ").join(names),
                types=SQL(", ").join(types),
                club=club.id,
                company=club.company_id.id,
                now=now,
                uid=self.env.uid,
                rows=json.dumps([_complete(row) for row in rows], default=str),
                reason=(reason or "").strip() or None,
            )
        )
        return sorted(card for (card,) in self.env.cr.fetchall())

    @api.model
    def _make_virtual(self, members):
        """Give each of ``members`` a virtual card.

        :param members: loyalty.club.member, just made or without a card.
        """
        for club, group in members.grouped("club_id").items():
            last_day = club._card_last_day()
            self._make(
                club,
                [
                    {
                        "type": "virtual",
                        "member_id": member.id,
                        "branch_id": member.branch_id.id or None,
                        "expires_on": last_day or None,
                        **club._card_defaults(),
                    }
                    for member in group
                ],
            )


def _complete(row):
    values = {name: row.get(name) or None for name in _COLUMNS}
    return {
        **values,
        "type": values["type"] or "physical",
        "discount_percent": values["discount_percent"] or 0,
        "discount_mode": values["discount_mode"] or "none",
    }

from odoo import fields, models
from odoo.tools import SQL

from ..const import CARD_STATES
from .append_only import freeze_table

EVENTS = [
    ("made", "Made"),
    ("issued", "Issued"),
    ("blocked", "Blocked"),
    ("lost", "Reported lost"),
    ("replaced", "Replaced"),
    ("reactivated", "Activated again"),
    ("expired", "Expired"),
    ("moved", "Moved to another membership"),
    ("returned", "Taken back into stock"),
    ("changed", "Terms changed"),
    ("chip", "Chip recorded"),
    ("pin_set", "PIN set"),
    ("pin_removed", "PIN removed"),
]


class LoyaltyClubCardEvent(models.Model):
    """Something that happened to a card: what, when, by whom, and why."""

    _name = "loyalty.club.card.event"
    _inherit = ["loyalty.club.fact"]
    _description = "Card Event"
    _order = "id desc"
    _log_access = False  # date and user are facts of the event itself
    _repointable = frozenset({"member_id"})  # a membership that never was used can be deleted
    _erasable = frozenset({"reason"})
    _rec_name = "kind"

    card_id = fields.Many2one(
        "loyalty.club.card", required=True, readonly=True, ondelete="restrict", index=True
    )
    member_id = fields.Many2one(
        "loyalty.club.member",
        string="Holder",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Whose the card was then.",
    )
    club_id = fields.Many2one(related="card_id.club_id")
    company_id = fields.Many2one(related="card_id.company_id")
    kind = fields.Selection(EVENTS, string="What", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    from_state = fields.Selection(CARD_STATES, string="From", readonly=True)
    to_state = fields.Selection(CARD_STATES, string="To", readonly=True)
    reason = fields.Char(readonly=True)
    percent = fields.Float(
        string="Off prices (%)",
        digits=(5, 2),
        readonly=True,
        aggregator=None,
        help="What the card took off prices from then on.",
    )

    def init(self):
        freeze_table(self.env.cr, self._table, sorted(self._repointable), sorted(self._erasable))


class LoyaltyClubCard(models.Model):
    _inherit = "loyalty.club.card"

    event_ids = fields.One2many("loyalty.club.card.event", "card_id", readonly=True)

    def _note(self, kind, reason=None):
        """Write down what happened to these cards and left their state as it is."""
        self._turn(
            SQL("SELECT id FROM loyalty_club_card WHERE id = ANY(%s)", self.ids), kind, reason
        )

    def _turn(self, chosen, kind, reason=None, to_state=None, **values):
        """Change cards and write the facts of it, by one statement.

        :param chosen: SQL that selects the ids of the cards; it locks them where others may
            change them at the same moment.
        :param kind: one of ``EVENTS``.
        :param to_state: state that the cards get; None: they keep theirs.
        :param values: further columns that they get.
        :returns: ids of the cards.
        """
        self.flush_model()
        reason = (reason or "").strip() or None
        values = {
            **({"state": to_state, "reason": _kept_reason(to_state, reason)} if to_state else {}),
            **values,
            "write_uid": self.env.uid,
            "write_date": fields.Datetime.now(),
        }
        self.env.cr.execute(
            SQL(
                """
                WITH chosen AS MATERIALIZED (%(chosen)s), before AS (
                    SELECT c.id, c.member_id, c.state FROM loyalty_club_card c
                      JOIN chosen USING (id) ORDER BY c.id
                ), changed AS (
                    UPDATE loyalty_club_card c SET %(sets)s FROM chosen WHERE c.id = chosen.id
                 RETURNING c.id, c.member_id, CASE WHEN c.discount_mode = 'discount'
                           THEN c.discount_percent ELSE 0 END AS percent
                )
                INSERT INTO loyalty_club_card_event
                       (card_id, member_id, kind, date, user_id, from_state, to_state, reason,
                        percent)
                SELECT b.id, COALESCE(c.member_id, b.member_id), %(kind)s, %(now)s, %(uid)s,
                       b.state, COALESCE(%(to_state)s, b.state), %(reason)s, c.percent
                  FROM before b JOIN changed c ON c.id = b.id ORDER BY b.id
             RETURNING card_id
                """,
                chosen=chosen,
                sets=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
                ),
                kind=kind,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                to_state=to_state,
                reason=reason,
            )
        )
        turned = [card for (card,) in self.env.cr.fetchall()]
        self.env["loyalty.club.card.event"].invalidate_model()
        self.browse(turned).invalidate_recordset(flush=False)
        self.env["loyalty.club.member"].invalidate_model(["card_ids"], flush=False)
        return turned


def _kept_reason(to_state, reason):
    """A card that is replaced after it was lost is still lost for the first reason."""
    return SQL("CASE WHEN c.state = %s THEN c.reason ELSE %s END", to_state, reason)

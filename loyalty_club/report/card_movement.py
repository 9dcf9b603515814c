from odoo import fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS, ENTRY_KINDS


class LoyaltyClubCardMovement(models.Model):
    """Ledger entries by the card that went for them.

    A sale knows its card. What is booked otherwise is counted for the member's card if she had
    exactly one at that moment; else no card is named rather than a wrong one.
    """

    _name = "loyalty.club.card.movement"
    _description = "Card Movement"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one("loyalty.club.entry", readonly=True)
    card_id = fields.Many2one("loyalty.club.card", readonly=True)
    card_type = fields.Selection(related="card_id.type", string="Kind of card")
    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True)
    kind_id = fields.Many2one("loyalty.club.wallet.kind", string="Kind of value", readonly=True)
    unit = fields.Char(related="kind_id.unit")
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(ENTRY_KINDS, string="Reason", readonly=True)
    # Of several kinds of value a sum says nothing; in and out are summed by kind.
    amount = fields.Float(digits=AMOUNT_DIGITS, readonly=True, aggregator=False)
    received = fields.Float(string="In", digits=AMOUNT_DIGITS, readonly=True)
    used = fields.Float(string="Out", digits=AMOUNT_DIGITS, readonly=True)
    balance_after = fields.Float(
        string="Balance after", digits=AMOUNT_DIGITS, readonly=True, aggregator=False
    )
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )

    _depends = {
        "loyalty.club.card": ["member_id", "activated_on", "ended_on"],
        "loyalty.club.entry": ["wallet_id", "amount", "date", "member_id", "origin_id"],
        "loyalty.club.member": ["merged_into_id"],
        "loyalty.club.wallet": ["kind_id"],
        "pos.order": ["club_card_id"],
    }

    @property
    def _table_query(self):
        """Plain joins: indexes lead from one card to its entries, and from the entries of a month
        to their cards."""
        return SQL(
            """
            SELECT e.id, e.id AS entry_id, found.card_id, e.member_id, e.club_id, e.company_id,
                   e.branch_id, w.kind_id, e.date, e.kind, e.amount, e.balance_after,
                   GREATEST(e.amount, 0) AS received, GREATEST(-e.amount, 0) AS used,
                   e.origin_model, e.origin_id
              FROM (%(sold)s UNION ALL %(only)s) AS found
              JOIN loyalty_club_entry e ON e.id = found.entry_id
              JOIN loyalty_club_wallet w ON w.id = e.wallet_id
            """,
            sold=SQL(
                """
                SELECT o.club_card_id AS card_id, e.id AS entry_id
                  FROM pos_order o
                  JOIN loyalty_club_entry e ON e.origin_model = 'pos.order' AND e.origin_id = o.id
                 WHERE o.club_card_id IS NOT NULL
                """
            ),
            only=SQL(
                """
                SELECT c.id AS card_id, e.id AS entry_id
                  FROM loyalty_club_card c
                  JOIN loyalty_club_member m ON COALESCE(m.merged_into_id, m.id) = c.member_id
                  JOIN loyalty_club_entry e
                    ON e.member_id = m.id AND e.date >= c.activated_on
                   AND (c.ended_on IS NULL OR e.date < c.ended_on)
                 WHERE NOT EXISTS (
                       SELECT FROM pos_order o
                        WHERE e.origin_model = 'pos.order' AND o.id = e.origin_id
                          AND o.club_card_id IS NOT NULL)
                   AND NOT EXISTS (
                       SELECT FROM loyalty_club_card other
                        WHERE other.member_id = c.member_id AND other.id <> c.id
                          AND other.activated_on <= e.date
                          AND (other.ended_on IS NULL OR other.ended_on > e.date))
                """
            ),
        )

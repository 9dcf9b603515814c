from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..clock import today_in
from .append_only import freeze_table


class LoyaltyClubLotChange(models.Model):
    """Somebody gave a lot another last day: who, from when to when, and why.

    Days that move by themselves when a member is active are no such facts.
    """

    _name = "loyalty.club.lot.change"
    _inherit = ["loyalty.club.fact"]
    _description = "Lot Change"
    _order = "id desc"
    _log_access = False
    _rec_name = "lot_id"
    _erasable = frozenset({"reason"})

    lot_id = fields.Many2one(
        "loyalty.club.lot", required=True, readonly=True, ondelete="restrict", index=True
    )
    member_id = fields.Many2one(related="lot_id.member_id")
    company_id = fields.Many2one(related="lot_id.company_id")
    kind = fields.Selection(
        [("extended", "Extended"), ("grace", "Given back after it expired")],
        string="What",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    from_day = fields.Date(string="From", required=True, readonly=True)
    to_day = fields.Date(string="To", required=True, readonly=True)
    reason = fields.Char(readonly=True)

    _later = models.Constraint("CHECK (to_day > from_day)", "A lot is extended to a later day.")
    _reason_given = models.Constraint(
        "CHECK (kind <> 'extended' OR reason <> '')", "An extension has a reason."
    )

    def init(self):
        freeze_table(self.env.cr, self._table, erasable=sorted(self._erasable))

    @api.model
    def _extend(self, lots, day, reason):
        """Let lots live until a later day.

        :param lots: loyalty.club.lot, which the user may read.
        :param day: the new last day (date), today or later.
        :param reason: why, in a person's words.
        :returns: number of lots that were given the new day; those that are empty by now, live
            longer anyway or never expire are left.
        :raises AccessError: for anyone but a club manager.
        :raises UserError: without a reason, for a day gone by, or when no lot can be extended.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager extends what expires."))
        lots.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays with the lot."))
        if any(day < today_in(company) for company in lots.company_id):
            raise UserError(self.env._("Choose a last day that is not over yet."))
        lots.wallet_id._lock_for_lots()
        extended = self._move_lots(
            SQL(
                "SELECT id, expires_on, %s::date AS day FROM loyalty_club_lot"
                " WHERE id = ANY(%s) AND remaining > 0 AND expires_on < %s",
                day,
                lots.ids,
                day,
            ),
            "extended",
            reason,
        )
        if not extended:
            raise UserError(
                self.env._("None of these lots expires before that day with something left in it.")
            )
        return extended

    @api.model
    def _move_lots(self, chosen, kind, reason=None):
        """Give lots another day and write the facts, by one statement.

        :param chosen: SQL that selects lot id, ``expires_on`` and the new ``day``.
        :returns: number of lots.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH chosen AS MATERIALIZED (%s), moved AS (
                    UPDATE loyalty_club_lot l SET expires_on = c.day FROM chosen c
                     WHERE l.id = c.id
                )
                INSERT INTO loyalty_club_lot_change
                       (lot_id, kind, date, user_id, from_day, to_day, reason)
                SELECT c.id, %s, %s, %s, c.expires_on, c.day, %s FROM chosen c ORDER BY c.id
                """,
                chosen,
                kind,
                fields.Datetime.now(),
                self.env.uid,
                reason,
            )
        )
        count = self.env.cr.rowcount
        if count:
            self.env["loyalty.club.lot"].invalidate_model(["expires_on", "change_ids"])
        return count


class LoyaltyClubLot(models.Model):
    _inherit = "loyalty.club.lot"

    change_ids = fields.One2many("loyalty.club.lot.change", "lot_id", readonly=True)


class LoyaltyClubWallet(models.Model):
    _inherit = "loyalty.club.wallet"

    def _lock_for_lots(self):
        """Lock the wallets, in id order as the ledger does, before their lots are changed
        around it: until the transaction ends nothing moves in them."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM loyalty_club_wallet WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                self.ids,
            )
        )

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS
from ..transaction import in_short_transaction


class LoyaltyClubLot(models.Model):
    """What one credit left behind to be spent: debits empty lots, oldest expiry first."""

    _name = "loyalty.club.lot"
    _inherit = ["loyalty.club.fact"]
    _description = "Lot"
    _order = "wallet_id, expires_on, id"
    _log_access = False
    _rec_name = "entry_id"

    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="wallet_id.company_id")
    member_id = fields.Many2one(related="wallet_id.member_id")
    kind_id = fields.Many2one(related="wallet_id.kind_id")
    unit = fields.Char(related="kind_id.unit")
    entry_id = fields.Many2one(
        "loyalty.club.entry", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, readonly=True)
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    remaining = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    expires_on = fields.Date(
        string="Expires on", readonly=True, help="Last day on which it may be spent."
    )
    available_on = fields.Date(
        string="Available on", readonly=True, help="First day on which it may be spent."
    )
    pending = fields.Boolean(
        string="Pending value",
        required=True,
        readonly=True,
        default=False,
        help="It waits for the day on which it becomes available.",
    )
    terms_id = fields.Many2one(
        "loyalty.club.terms", string="Conditions of use", readonly=True, ondelete="restrict"
    )
    by_policy = fields.Boolean(
        readonly=True,
        help="The expiry policy gave it its last day; it was not given one of its own.",
    )
    paid_in = fields.Boolean(
        readonly=True,
        help="Its holder, or who passed it on, has paid for it: a top-up, an opening balance or "
        "an adjustment, not a gift of the club.",
    )
    allocation_ids = fields.One2many("loyalty.club.allocation", "lot_id", readonly=True)

    _remaining_sound = models.Constraint(
        "CHECK (amount > 0 AND remaining >= 0 AND remaining <= amount)",
        "A lot holds between nothing and what was put in.",
    )
    _entry_index = models.Index("(entry_id)")
    _open_index = models.Index("(wallet_id, expires_on, id) WHERE remaining > 0")
    _due_index = models.Index("(expires_on) WHERE remaining > 0")
    _pending_index = models.Index("(available_on) WHERE pending")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise UserError(self.env._("Lots are opened by the ledger's own entries, not by hand."))
        return super().create(vals_list)

    @api.model
    def _cron_mature(self, limit=5000):
        """Let pending lots whose day has come count as available.

        Lots may be spent from that day on whether this has run or not; it brings what
        wallets and cards show up to date.
        """
        while True:
            matured = in_short_transaction(
                self.env, lambda env: env["loyalty.club.lot"]._mature(limit)
            )
            if matured < limit or self.env["ir.cron"]._commit_progress(matured) <= 0:
                break

    @api.model
    def _mature(self, limit):
        """Let at most ``limit`` pending lots become available; returns how many did.

        Wallets are locked before their lots, in id order, as the ledger's door does.
        """
        self.env["loyalty.club.wallet"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT l.id, l.wallet_id
                      FROM loyalty_club_lot l
                      JOIN loyalty_club_wallet w ON w.id = l.wallet_id
                      JOIN res_company c ON c.id = w.company_id
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE l.pending AND l.available_on
                           <= (%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(p.tz, %s))::date
                     ORDER BY l.available_on LIMIT %s
                ), locked AS MATERIALIZED (
                    SELECT id FROM loyalty_club_wallet
                     WHERE id IN (SELECT wallet_id FROM due)
                     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                ), matured AS (
                    UPDATE loyalty_club_lot l SET pending = FALSE
                      FROM due JOIN locked ON locked.id = due.wallet_id
                     WHERE l.id = due.id AND l.pending
                    RETURNING l.wallet_id, l.remaining
                ), moved AS (
                    UPDATE loyalty_club_wallet w SET pending = w.pending - s.amount
                      FROM (SELECT wallet_id, SUM(remaining) AS amount FROM matured
                             GROUP BY wallet_id) s
                     WHERE w.id = s.wallet_id
                    RETURNING w.id, GREATEST(w.balance - w.held - w.pending, 0) AS available
                ), card AS (
                    UPDATE loyalty_card c SET points = moved.available
                      FROM moved WHERE c.club_wallet_id = moved.id
                )
                SELECT COUNT(*) FROM matured
                """,
                fields.Datetime.now(),
                self.env.user.tz or "UTC",
                limit,
            )
        )
        matured = self.env.cr.fetchone()[0]
        if matured:
            self.env.invalidate_all(flush=False)
        return matured

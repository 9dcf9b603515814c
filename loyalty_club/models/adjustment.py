from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import start_of
from ..const import AMOUNT_DIGITS
from ..movement import Movement


class LoyaltyClubAdjustment(models.Model):
    """A change of a balance by hand: who asked, why, who decided, and the entry it became.

    Up to the limit of the wallet's kind it is booked at once. Above it, or when what one
    person adjusted on the same day goes above it, it waits for a second manager.
    """

    _name = "loyalty.club.adjustment"
    _description = "Adjustment"
    _inherit = ["loyalty.club.own.work", "loyalty.club.approval"]
    _order = "id desc"

    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict", index=True
    )
    kind_id = fields.Many2one(
        related="wallet_id.kind_id", store=True, precompute=True, ondelete="restrict"
    )
    club_id = fields.Many2one(related="kind_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True)
    member_id = fields.Many2one(related="wallet_id.member_id")
    unit = fields.Char(related="kind_id.unit")
    date = fields.Datetime(
        string="Asked on", required=True, readonly=True, default=fields.Datetime.now
    )
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Awaiting approval"), ("booked", "Booked"), ("refused", "Refused")],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
        tracking=True,
    )
    entry_id = fields.Many2one(
        "loyalty.club.entry", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    balance = fields.Float(related="wallet_id.balance", string="Balance now")
    balance_after = fields.Float(
        string="Balance then", compute="_compute_balance_after", digits=AMOUNT_DIGITS
    )

    _not_zero = models.Constraint("CHECK (amount <> 0)", "An adjustment moves something.")
    _booked_has_entry = models.Constraint(
        "CHECK ((state = 'booked') = (entry_id IS NOT NULL))",
        "A booked adjustment has its entry.",
    )
    _maker_index = models.Index("(maker_id, kind_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "amount")
    def _compute_display_name(self):
        for adjustment in self:
            amount = adjustment.kind_id._format(adjustment.amount) if adjustment.kind_id else ""
            adjustment.display_name = f"{adjustment.wallet_id.display_name}: {amount}"

    @api.depends("balance", "amount", "entry_id.balance_after")
    def _compute_balance_after(self):
        for adjustment in self:
            booked = adjustment.entry_id.balance_after
            adjustment.balance_after = (
                booked if adjustment.entry_id else adjustment.balance + adjustment.amount
            )

    # === ACTION METHODS === #

    def action_approve(self):
        """Book what another manager asked for.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for the person who asked; when it was refused meanwhile; when
            the wallet no longer holds what shall be taken.
        """
        self._check_second_person()
        for adjustment in self.filtered(lambda record: record.state != "booked"):
            adjustment._check_waiting()
            # sudo: adjustments are written by their own code alone; the person was checked
            adjustment.sudo()._book()

    def action_refuse(self):
        """Let the adjustment drop: nothing is booked. The maker may take it back as well.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when it was booked meanwhile.
        """
        self._check_manager(self.env._("Only a club manager decides this."))
        for adjustment in self.filtered(lambda record: record.state != "refused"):
            adjustment._check_waiting()
            # sudo: as in action_approve
            adjustment.sudo()._decided(state="refused")

    def _check_waiting(self):
        if self.state != "waiting":
            raise UserError(
                self.env._(
                    "“%(adjustment)s” was decided already, by %(person)s.",
                    adjustment=self.display_name,
                    person=self.sudo().checker_id.name,  # sudo: a colleague's name
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _request(self, wallet, amount, reason):
        """Ask for an adjustment; it is booked at once unless a second person has to decide.

        :param wallet: loyalty.club.wallet, one record.
        :param amount: signed Decimal in the wallet's unit.
        :param reason: why, in words; stays on the ledger.
        :returns: the adjustment, ``booked`` or ``waiting``.
        :raises AccessError: for anyone but a club manager.
        :raises UserError: when the amount is nothing or a fraction of the smallest step, the
            reason is empty, or the wallet does not hold what shall be taken.
        """
        self._check_manager(self.env._("Only a club manager adjusts balances."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays on the ledger."))
        step = Decimal(str(wallet.kind_id.rounding))
        if not amount or amount % step:
            raise UserError(
                self.env._(
                    "Enter an amount other than zero, in whole steps of %(step)s.",
                    step=wallet.kind_id._format(step),
                )
            )
        alone = self._may_decide_alone(wallet.kind_id, amount)
        # sudo: adjustments are written by their own code alone; the group was checked
        adjustment = self.sudo().create(
            {
                "wallet_id": wallet.id,
                "amount": float(amount),
                "reason": reason,
                "maker_id": self.env.uid,
            }
        )
        if alone:
            adjustment._book()
        else:
            adjustment._ask_second_person()
        return adjustment.sudo(False)

    @api.model
    def _may_decide_alone(self, kind, amount):
        """Whether one person may book ``amount``: it and what she booked alone today stay
        within the limit of ``kind``."""
        limit = Decimal(str(kind.adjust_approval_above))
        return not limit or self._booked_alone_today(kind) + abs(amount) <= limit

    @api.model
    def _booked_alone_today(self, kind):
        """What the user has adjusted, or issued on cards by hand, today in ``kind`` on her
        own, up and down together.

        Adjustments sent at the same moment wait here for each other, and are counted as
        another cursor sees them: two browser windows are no way around the limit.
        """
        query = SQL(
            """
            SELECT id, abs(amount)::text FROM loyalty_club_adjustment
             WHERE maker_id = %s AND kind_id = %s AND checker_id IS NULL AND state = 'booked'
               AND date >= %s
             UNION ALL
            SELECT -e.id, abs(e.amount)::text
              FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
             WHERE e.user_id = %s AND w.kind_id = %s AND e.kind = 'issue'
               AND e.origin_model = 'loyalty.card' AND e.date >= %s
            """,
            *(self.env.uid, kind.id, start_of(kind.company_id)) * 2,
        )
        self.flush_model()
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtext('loyalty_club_adjustment'), %s)", kind.id)
        )
        booked = {}
        with self.env.registry.cursor() as committed:
            for cursor in (self.env.cr, committed):
                cursor.execute(query)
                booked.update(cursor.fetchall())
        return sum(map(Decimal, booked.values()), Decimal(0))

    def _book(self):
        """Move the value; the key makes a second call harmless."""
        self.ensure_one()
        outcome = self.env["loyalty.club.wallet"]._post_or_raise(
            [
                Movement(
                    wallet_id=self.wallet_id.id,
                    amount=Decimal(str(self.amount)),
                    kind="adjust",
                    key=f"adjustment:{self.id}",
                    origin=(self._name, self.id),
                    note=self.reason,
                )
            ]
        )[0]
        values = {"state": "booked", "entry_id": outcome.entry_id}
        if self.env.uid == self.maker_id.id:
            self.write(values)
        else:
            self._decided(**values)


class LoyaltyClubWalletKind(models.Model):
    _inherit = "loyalty.club.wallet.kind"

    adjust_approval_above = fields.Float(
        string="Second person above",
        digits=AMOUNT_DIGITS,
        help="A manager adjusts balances alone up to this much a day, gifts and deductions "
        "counted together. Above it another manager approves. 0: nobody has to approve. Set by "
        "administrators of access rights only.",
    )

    _adjust_approval_sound = models.Constraint(
        "CHECK (adjust_approval_above >= 0)", "A limit cannot be negative."
    )

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS
from ..transaction import in_short_transaction
from .wallet_holds import HoldDesk

HOLD_STATES = [
    ("open", "Open"),
    ("captured", "Captured"),
    ("released", "Released"),
    ("expired", "Expired"),
]


class HoldOutcome(NamedTuple):
    """Answer to an authorisation, a capture or a release.

    :param status: ``open``, ``captured``, ``released`` or ``expired``: the state the hold is
        in; ``refused`` when it was not to be had.
    :param reason: for a refusal one of ``const.REFUSALS``, ``unknown`` (no such hold),
        ``over`` (it ended another way) or ``too_much`` (more than is held).
    :param hold_id: the hold, when there is one.
    :param available: what the wallet has available now, a Decimal.
    :param replayed: whether this is the answer to an earlier request.
    """

    status: str
    reason: str | None
    hold_id: int | None
    available: object
    replayed: bool = False

    @property
    def ok(self):
        return self.status != "refused"


class LoyaltyClubHold(models.Model):
    """Value promised to a payment that is under way: authorised, then captured or let go.

    A hold ends exactly once. What is held stays in the wallet's balance and cannot be used
    for anything else.
    """

    _name = "loyalty.club.hold"
    _inherit = ["loyalty.club.own.work"]
    _description = "Hold"
    _order = "id desc"
    _rec_name = "key"
    _log_access = False

    key = fields.Char(required=True, readonly=True, help="The request that asked for it.")
    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict", index=True
    )
    kind_id = fields.Many2one(related="wallet_id.kind_id")
    unit = fields.Char(related="kind_id.unit")
    member_id = fields.Many2one(related="wallet_id.member_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    captured = fields.Float(digits=AMOUNT_DIGITS, readonly=True, default=0.0)
    state = fields.Selection(
        HOLD_STATES, string="Status", required=True, readonly=True, default="open"
    )
    date = fields.Datetime(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="The shop's day when it was authorised.")
    expires_at = fields.Datetime(
        string="Expires", required=True, readonly=True, help="Then it is released automatically."
    )
    closed_at = fields.Datetime(string="Ended", readonly=True)
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    note = fields.Char(readonly=True)
    pays = fields.Float(
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="Money that it pays for at a till, in the till's currency.",
    )
    entry_id = fields.Many2one(
        "loyalty.club.entry", string="Captured by", readonly=True, ondelete="restrict"
    )

    _key_unique = models.Constraint("UNIQUE (key)", "This hold was already asked for.")
    _sound = models.Constraint(
        "CHECK (amount > 0 AND captured >= 0 AND captured <= amount"
        " AND (state = 'captured') = (captured > 0))",
        "A hold captures at most what is held.",
    )
    _open_index = models.Index("(expires_at) WHERE state = 'open'")
    _wallet_open_index = models.Index("(wallet_id) WHERE state = 'open'")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise UserError(self.env._("Holds are made by a till or a transfer, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("A hold is not edited. It is captured, or released."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Holds are kept. Release an open one instead."))

    # === BUSINESS METHODS === #

    def _release_by_hand(self):
        """Let open holds go on a manager's word: their value is available again.

        :raises AccessError: for anyone but a club manager.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager releases holds."))
        self.check_access("read")
        for hold in self.sudo().filtered(lambda hold: hold.state == "open"):  # sudo: checked
            hold._release(hold.key)

    @api.model
    def _authorize(self, wallet_id, amount, key, **details):
        """Hold value for a payment; the same key is answered the same way again.

        :param wallet_id: the wallet that shall pay.
        :param amount: positive Decimal in the wallet's unit, a whole number of its steps.
        :param key: idempotency key made by the caller before asking.
        :param details: ``minutes`` (how long, 15 by default), ``origin`` (model and id),
            ``branch_id``, ``note``, ``pays``, ``older_than``, ``basket`` (what will be paid for:
            value on conditions of use is held only for what is known to meet them).
        :returns: :class:`HoldOutcome`; too little, a blocked wallet, a limit are answers.
        :raises ValueError: for what no caller should ask: no amount, an unknown wallet.
        """
        return HoldOutcome(*HoldDesk(self.env).authorize(wallet_id, amount, key, **details))

    @api.model
    def _capture(self, key, amount=None, **details):
        """Take what was held, or a part of it; the rest is let go. A hold is captured once.

        :param key: the hold's key.
        :param amount: positive Decimal, at most what is held; None for all of it.
        :param details: ``origin``, ``branch_id``, ``note``.
        :returns: :class:`HoldOutcome`; ``over`` when it was released or has expired.
        """
        return HoldOutcome(*HoldDesk(self.env).capture(key, amount, **details))

    @api.model
    def _release(self, key, state="released"):
        """Let a hold go. Released twice is released.

        :returns: :class:`HoldOutcome`; ``over`` when it was captured.
        """
        return HoldOutcome(*HoldDesk(self.env).release(key, state))

    @api.model
    def _available(self, wallet_id):
        """What can be used of a wallet now, an exact Decimal read from the database."""
        return HoldDesk(self.env).available(wallet_id)

    @api.model
    def _cron_expire(self, limit=500):
        """Let go what nobody captured in time."""
        while True:
            ended = in_short_transaction(
                self.env, lambda env: HoldDesk(env).expire(fields.Datetime.now(), limit)
            )
            if ended < limit or self.env["ir.cron"]._commit_progress(ended) <= 0:
                break

    @api.model
    def _refusal_text(self, wallet, outcome):
        """A sentence for a person: why ``outcome`` was refused, and what to do."""
        texts = {
            "unknown": self.env._("This payment was never authorised. Start it again."),
            "over": self.env._(
                "The time for this payment is over, or it was cancelled. Start it again."
            ),
            "too_much": self.env._("More was asked than is held for this payment."),
            "key_reused": self.env._(
                "This payment was already asked for with other figures. Start it again."
            ),
        }
        return texts.get(outcome.reason) or wallet._refusal_text_of(
            outcome.reason, outcome.available
        )

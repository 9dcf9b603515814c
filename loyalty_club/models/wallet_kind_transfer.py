from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import AMOUNT_DIGITS
from ..domain import transfer

TRANSFERABLE_TYPES = ("points", "ewallet", "cashback")


class LoyaltyClubWalletKind(models.Model):
    """On which terms members send each other value of a kind."""

    _inherit = "loyalty.club.wallet.kind"

    transferable = fields.Boolean(
        help="Members may send each other value of this kind. It keeps its expiry and its "
        "conditions of use."
    )
    transfer_minimum = fields.Float(
        string="Least amount", digits=AMOUNT_DIGITS, required=True, default=0.0
    )
    transfer_fee_fixed = fields.Float(
        string="Fixed fee",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Paid by the sender, in the same value, beside what the receiver gets.",
    )
    transfer_fee_percent = fields.Float(
        string="Fee in percent", digits=(5, 2), required=True, default=0.0
    )
    transfer_day_amount = fields.Float(
        string="Sent per day",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Most that a member sends in a day. 0: no limit.",
    )
    transfer_day_count = fields.Integer(
        string="Transfers sent per day", required=True, default=0, help="0: no limit."
    )
    transfer_received_amount = fields.Float(
        string="Received per day",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Most that a member receives in a day, from all others together. 0: no limit.",
    )
    transfer_received_count = fields.Integer(
        string="Transfers received per day", required=True, default=0, help="0: no limit."
    )
    transfer_member_days = fields.Integer(
        string="Days of membership",
        required=True,
        default=0,
        help="Members can send value after so many days of membership.",
    )
    transfer_value_hours = fields.Integer(
        string="Hours in the wallet",
        required=True,
        default=0,
        help="Only value that has been in the wallet for so long is sent on. It keeps value "
        "from being passed from hand to hand.",
    )
    transfer_freeze_hours = fields.Integer(
        string="Hours after a change of contact",
        required=True,
        default=24,
        help="After a member's phone, e-mail address, password or PIN was changed, nothing is sent "
        "for so long: whoever took an account over cannot empty it at once.",
    )
    transfer_free_amount = fields.Float(
        string="Without a code up to",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Members who have signed in themselves send so much, in one transfer and in a day, "
        "without a one-time code. 0: always with a code.",
    )
    transfer_receiver_confirms = fields.Boolean(
        string="Receiver confirms too",
        help="Value moves when the receiver, too, has entered a one-time code.",
    )
    transfer_approval_above = fields.Float(
        string="Approval above",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Larger transfers wait for a club manager who did not enter them. 0: none do. Set "
        "by administrators of access rights only.",
    )
    transfer_wait_hours = fields.Integer(
        string="Waits for (hours)",
        required=True,
        default=24,
        help="How long a transfer waits for the receiver or for approval before it lapses.",
    )

    _transfer_terms_sound = models.Constraint(
        "CHECK (transfer_minimum >= 0 AND transfer_fee_fixed >= 0"
        " AND transfer_fee_percent BETWEEN 0 AND 100"
        " AND transfer_day_amount >= 0 AND transfer_day_count >= 0"
        " AND transfer_received_amount >= 0 AND transfer_received_count >= 0"
        " AND transfer_member_days >= 0 AND transfer_value_hours >= 0"
        " AND transfer_freeze_hours >= 0 AND transfer_free_amount >= 0"
        " AND transfer_approval_above >= 0 AND transfer_wait_hours > 0)",
        "Terms of transfers are not negative, a fee is at most 100 %, and a transfer waits for "
        "at least an hour.",
    )

    @api.constrains("transferable", "type")
    def _check_transferable(self):
        for kind in self:
            if kind.transferable and kind.type not in TRANSFERABLE_TYPES:
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” cannot be sent from member to member: only points, credit "
                        "and cashback can.",
                        kind=kind.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _transfer_limits(self):
        """The terms as the domain reads them: :class:`~..domain.transfer.Limits`."""
        self.ensure_one()
        return transfer.Limits(
            minimum=_exact(self.transfer_minimum),
            sent_amount=_exact(self.transfer_day_amount),
            sent_count=self.transfer_day_count,
            received_amount=_exact(self.transfer_received_amount),
            received_count=self.transfer_received_count,
            member_days=self.transfer_member_days,
        )

    def _transfer_fee(self, amount):
        """What it costs to send ``amount`` (Decimal), a Decimal in whole steps."""
        self.ensure_one()
        return transfer.fee(
            amount,
            _exact(self.transfer_fee_fixed),
            _exact(self.transfer_fee_percent),
            _exact(self.rounding),
        )


class LoyaltyClubWallet(models.Model):
    _inherit = "loyalty.club.wallet"

    transferable = fields.Boolean(related="kind_id.transferable")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    can_transfer = fields.Boolean(
        compute="_compute_can_transfer", help="There is something that may be sent to others."
    )

    @api.depends("state", "wallet_ids.kind_id.transferable")
    def _compute_can_transfer(self):
        for member in self:
            # sudo: whether there is such a kind, for those who read no wallets
            kinds = member.sudo().wallet_ids.kind_id
            member.can_transfer = member.state == "active" and any(kinds.mapped("transferable"))


def _exact(number):
    return Decimal(str(number))

"""Fees that were paid, for membership or for a level: facts, from which it follows until when a
member has paid."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..clock import today_in
from ..domain.fee import paid_until
from ..domain.lots import ZERO
from ..domain.tier_periods import add_months
from .append_only import freeze_table


class LoyaltyClubFeePayment(models.Model):
    """That a document paid, or gave back, fees of one member: for membership, or for a level.

    A document counts for what stands in it in all: doing the same again adds nothing, and what
    comes back is a row with a negative number.
    """

    _name = "loyalty.club.fee.payment"
    _inherit = ["loyalty.club.fact"]
    _description = "Membership Fee Paid"
    _order = "id desc"
    _rec_name = "member_id"
    _repointable = frozenset({"member_id"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(required=True, readonly=True)
    quantity = fields.Integer(
        required=True, readonly=True, help="Fees that were paid; negative: given back."
    )
    months = fields.Integer(required=True, readonly=True)
    tier_id = fields.Many2one(
        "loyalty.club.tier",
        string="Level",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The level that was paid for. Empty: membership itself.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        readonly=True, help="What was paid, without tax; negative: given back."
    )
    covers_until = fields.Date(
        string="Pays until", readonly=True, help="As far as was known when it was paid."
    )
    origin_model = fields.Char(required=True, readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", required=True, readonly=True
    )
    origin_key = fields.Char(required=True, readonly=True)

    _origin_unique = models.Constraint(
        "UNIQUE (origin_key)", "This payment of a membership fee is noted already."
    )
    _origin_index = models.Index("(origin_model, origin_id)")

    def init(self):
        # Whose payment it is follows merged memberships.
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document by which it was paid.

        :raises UserError: when it is gone.
        """
        return self._open_origin(self.env._("The document of this payment is no longer there."))

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, document):
        """The rows of a document, as superuser."""
        # sudo: whoever sells or returns; the club notes what it means
        return self.sudo().search(
            [("origin_model", "=", document._name), ("origin_id", "=", document.id)], order="id"
        )

    @api.model
    def _bring_in_line(self, document, product, member, quantity, amount=ZERO):
        """Let ``document`` have paid for ``quantity`` fees in all.

        Two requests that do it at once make one payment: the second is refused by the key and
        tried again.

        :param document: record of one document.
        :param product: product.product, the fee of the member's club or of one of its levels.
        :param member: loyalty.club.member for whom it pays, if it has paid for none yet.
        :param quantity: whole number of fees, what came back left out.
        :param amount: Decimal, what is paid for them in all, without tax, in the currency of
            the company.
        """
        rows = self._of(document).filtered(lambda row: row.product_id == product)
        member = rows.member_id[:1] or member.sudo()
        missing = quantity - sum(rows.mapped("quantity"))
        if not missing or not member:
            return
        club = member.club_id
        # What it was the fee of when it was paid comes back, whatever it sells by now.
        tier = rows.tier_id[:1] if rows else self.env["loyalty.club.tier"]._of_fee(product)
        months = (tier or club).fee_months
        each = abs(rows[0].months // rows[0].quantity) if rows else months
        today = today_in(club.company_id)
        before = sum((Decimal(str(row.amount)) for row in rows), ZERO)
        self.sudo().create(
            {
                "member_id": member.id,
                "club_id": club.id,
                "company_id": club.company_id.id,
                "product_id": product.id,
                "tier_id": tier.id,
                "date": today,
                "quantity": missing,
                "months": missing * each,
                "amount": float(amount - before),
                "covers_until": self._covers_until(member, tier, today, missing * each),
                "origin_model": document._name,
                "origin_id": document.id,
                "origin_key": f"{document._name},{document.id},{product.id},{len(rows)}",
            }
        )
        survivor = member._survivor()
        if tier:
            survivor._follow_tier_fees()
        else:
            survivor._follow_fees()

    @api.model
    def _covers_until(self, member, tier, today, months):
        """Until when a fee of this moment pays: it goes on where the one before it ends."""
        ends = member.tier_paid_until if tier else member.paid_until
        if months <= 0:
            return today
        begins = max(today, ends + timedelta(days=1)) if ends else today
        if tier and member.paid_tier_id != tier:
            begins = today
        calendar = member.club_id.tier_calendar if tier else "gregorian"
        return add_months(begins, months, calendar) - timedelta(days=1)

    @api.model
    def _paid_until(self, members):
        """Until when these memberships of one person are paid; None if nothing ever was."""
        rows = self.sudo().search(
            [("member_id", "in", members.ids), ("tier_id", "=", False)], order="id"
        )
        if not rows:
            return None
        paid = [
            (min(group.mapped("date")), sum(group.mapped("months")))
            for group in rows.grouped(lambda row: (row.origin_model, row.origin_id)).values()
        ]
        until = paid_until((day, months) for day, months in paid if months > 0)
        return until or min(rows.mapped("date")) - timedelta(days=1)

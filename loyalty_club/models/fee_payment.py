"""Membership fees that were paid: facts, from which it follows until when a member has paid."""

from datetime import timedelta

from odoo import api, fields, models

from ..clock import today_in
from ..domain.fee import paid_until
from .append_only import freeze_table


class LoyaltyClubFeePayment(models.Model):
    """That a document paid, or gave back, membership fees of one member.

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
    def _bring_in_line(self, document, product, member, quantity):
        """Let ``document`` have paid for ``quantity`` fees in all.

        Two requests that do it at once make one payment: the second is refused by the key and
        tried again.

        :param document: record of one document.
        :param product: product.product, the fee of the member's club.
        :param member: loyalty.club.member for whom it pays, if it has paid for none yet.
        :param quantity: whole number of fees, what came back left out.
        """
        rows = self._of(document).filtered(lambda row: row.product_id == product)
        member = rows.member_id[:1] or member.sudo()
        missing = quantity - sum(rows.mapped("quantity"))
        if not missing or not member:
            return
        club = member.club_id
        each = abs(rows[0].months // rows[0].quantity) if rows else club.fee_months
        self.sudo().create(
            {
                "member_id": member.id,
                "club_id": club.id,
                "company_id": club.company_id.id,
                "product_id": product.id,
                "date": today_in(club.company_id),
                "quantity": missing,
                "months": missing * each,
                "origin_model": document._name,
                "origin_id": document.id,
                "origin_key": f"{document._name},{document.id},{product.id},{len(rows)}",
            }
        )
        member._survivor()._follow_fees()

    @api.model
    def _paid_until(self, members):
        """Until when these memberships of one person are paid; None if nothing ever was."""
        rows = self.sudo().search([("member_id", "in", members.ids)], order="id")
        if not rows:
            return None
        paid = [
            (min(group.mapped("date")), sum(group.mapped("months")))
            for group in rows.grouped(lambda row: (row.origin_model, row.origin_id)).values()
        ]
        until = paid_until((day, months) for day, months in paid if months > 0)
        return until or min(rows.mapped("date")) - timedelta(days=1)

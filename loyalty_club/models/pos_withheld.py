"""Sales that bring their customer nothing, because somebody else may have made them.

A cashier could put her own card, or a friend's, onto what strangers buy. So the customer is
fixed when payment begins, and nobody earns by what she rings up herself.
"""

from odoo import fields, models

WITHHELD = [
    ("late", "The customer was chosen after payment had begun"),
    ("own", "The cashier's own account"),
]


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_fix_customer = fields.Boolean(
        string="Fix the customer when payment begins",
        default=True,
        help="Who is chosen later earns nothing by this sale, until a manager adds it with a "
        "reason.",
    )


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_payment_begun = fields.Boolean(readonly=True, copy=False, help="As the till sent it.")
    club_fixed_customer = fields.Integer(
        readonly=True,
        copy=False,
        help="Id of the contact who was the customer when payment began, as the till sent it.",
    )
    club_withheld = fields.Selection(
        WITHHELD,
        string="Earned nothing, because",
        readonly=True,
        copy=False,
        help="Why the club counts nothing of this sale for its customer.",
    )

    def _club_withheld_text(self):
        """Why nothing was earned, and what to do: a sentence for the staff, or False."""
        if not self.club_withheld:
            return False
        if self.club_withheld == "own":
            return self.env._(
                "Nothing was earned: nobody earns by what she sells herself. Let a colleague "
                "sell your own purchases."
            )
        return self.env._(
            "Nothing was earned: the customer was chosen after payment had begun. A manager can "
            "add the member, with a reason."
        )

    def _club_sellers(self):
        """The contacts of those who may have sold the order, in sudo."""
        order = self.sudo()  # sudo: who sold it is asked by our own code
        sellers = (order.user_id | order.create_uid).partner_id
        if "employee_id" in order._fields:  # cashiers who share one login
            employee = order.employee_id
            sellers |= employee.user_id.partner_id | employee.work_contact_id
        return sellers

    def _club_is_sold_by(self, member):
        """Whether ``member`` may have sold the order herself: by contact, or by mobile."""
        sellers = self._club_sellers()
        if member.partner_id in sellers:
            return True
        numbers = {n for seller in sellers for n in member.club_id._mobiles(seller.phone)}
        return bool(member.mobile) and member.mobile in numbers


class PosWithheld:
    """Whether a paid order brings its customer anything: a part of its settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.order = settlement.order

    def judge(self, member):
        """Note on the order why it brings its customer nothing.

        :param member: loyalty.club.member of the order's customer, or empty.
        """
        reason = self._reason(member)
        if self.order.club_withheld != reason:
            self.order.club_withheld = reason

    def _reason(self, member):
        if not member:
            return False
        if not self.settlement.sold:
            # What did not count when it was bought does not count when it comes back.
            originals = self.settlement.returned.refunded_orderline_id.order_id
            reasons = originals.mapped("club_withheld")
            return reasons[0] if reasons and all(reasons) else False
        if self.order._club_is_sold_by(member):
            return "own"
        return "late" if self._is_late() else False

    def _is_late(self):
        order = self.order
        fixed = order.config_id.club_fix_customer and order.club_payment_begun
        return fixed and order.club_fixed_customer != order.partner_id.id

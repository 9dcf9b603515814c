"""What a sales order would earn, what it earned and why."""

from odoo import fields, models

from .sale_basket import ordered_rows, sale_of


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # Customers read their own orders; what rules are called and do is told to them elsewhere.
    club_explanation = fields.Text(
        string="What it earned and why",
        compute="_compute_club_explanation",
        groups="base.group_user",
    )
    club_quote = fields.Text(
        string="What it would earn",
        compute="_compute_club_quote",
        groups="base.group_user",
        help="What the order as it is brings its customer, and what is missing for more.",
    )

    # === COMPUTE METHODS === #

    def _compute_club_explanation(self):
        texts = self.env["loyalty.club.entry"]._explained_of("sale.order", self.ids)
        for order in self:
            order.club_explanation = texts.get(order.id, False)

    def _compute_club_quote(self):
        """Shown on forms, of one order: until it has earned something, or is cancelled."""
        for order in self:
            answer = order._club_quote() if order._club_is_open() else False
            order.club_quote = order._club_quote_text(answer) if answer else False

    # === BUSINESS METHODS === #

    def _club_is_open(self):
        """Whether the order has yet to earn: nothing of it was invoiced."""
        return self.state != "cancel" and not self.invoice_ids and self.order_line

    def _club_quote(self, advertised=False):
        """What the order would earn its customer, and what is missing for more.

        :param advertised: for the customer's own eyes: without rules that are not advertised.
        :returns: as ``loyalty.club.earn.engine._quote``; False where no club serves the order, or
            the customer is no active member.
        """
        self.ensure_one()
        order = self.sudo()  # sudo: whoever sells or buys is told what the purchase brings
        _branch, club = order._club_place()
        member = order.env["loyalty.club.member"]._find(club, order.partner_id)
        if not club or member.state != "active":
            return False
        return order._club_quote_for(club, member, ordered_rows(order), advertised)

    def _club_quote_for(self, club, member, rows, advertised=False):
        """As :meth:`_club_quote`, for ``rows`` of the order; without a member for a new one."""
        engine = self.env["loyalty.club.earn.engine"]
        # What was ordered is judged by the rules of that moment, whenever it is invoiced.
        moment = self.date_order if self.state == "sale" else fields.Datetime.now()
        needs = engine._needs(engine._rules(club, moment))
        sale = sale_of(club, self, rows, engine._clock(club, moment), needs)
        return engine._quote(club, member, sale, moment, advertised=advertised)

    def _club_quote_text(self, answer):
        """A quote in sentences, one a line."""
        earned = ", ".join(row["text"] for row in answer["earned"])
        lines = [self.env._("It would earn %(earned)s.", earned=earned)] if earned else []
        return "\n".join(lines + [row["text"] for row in answer["missing"]])

"""Sales that a manager counts for a member afterwards, with a reason."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .append_only import freeze_table
from .pos_lines import PAID
from .pos_settlement import PosSettlement


class LoyaltyClubLateAttach(models.Model):
    """A sale was counted for a member after it had been paid: who did it, for whom, and why."""

    _name = "loyalty.club.late.attach"
    _inherit = ["loyalty.club.fact"]
    _description = "Member Added to a Sale Afterwards"
    _order = "id desc"
    _log_access = False  # date and user are facts of the record itself
    _repointable = frozenset({"member_id"})  # follows a merged membership
    _erasable = frozenset({"reason"})
    _rec_name = "order_id"

    order_id = fields.Many2one("pos.order", required=True, readonly=True, ondelete="restrict")
    config_id = fields.Many2one(related="order_id.config_id", string="Till")
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    seller_id = fields.Many2one(
        "res.users", string="Sold by", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    reason = fields.Char(required=True, readonly=True)

    _once = models.UniqueIndex("(order_id)", "A member was added to this sale already.")

    def init(self):
        freeze_table(self.env.cr, self._table, sorted(self._repointable), sorted(self._erasable))


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    late_attach_days = fields.Integer(
        string="Days to add a member to a sale",
        default=7,
        help="For so many days after a sale a manager may count it for a member whom the cashier "
        "forgot.",
    )

    _late_attach_days_positive = models.Constraint(
        "CHECK (late_attach_days >= 0)", "The days to add a member to a sale are not negative."
    )


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_late_attach_ids = fields.One2many(
        "loyalty.club.late.attach",
        "order_id",
        string="Added afterwards",
        readonly=True,
        groups="loyalty_club.group_marketer,loyalty_club.group_auditor,"
        "point_of_sale.group_pos_manager",
    )
    club_can_attach = fields.Boolean(compute="_compute_club_can_attach")

    @api.model
    def _club_untold(self):
        return super()._club_untold() | {"club_late_attach_ids", "club_can_attach"}

    @api.depends("state", "partner_id", "club_withheld")
    def _compute_club_can_attach(self):
        """Whether a member may still be added: a question of the sale, not of who asks."""
        # sudo: the button shows on orders that the user may read
        orders = self.sudo()
        earned = orders._club_earning_orders()
        for order, asked in zip(orders, self, strict=True):
            asked.club_can_attach = not order._club_attach_obstacle(earned)

    # === ACTION METHODS === #

    def action_club_attach(self):
        """Ask for the member and the reason.

        :raises AccessError: for anyone but managers.
        """
        self.ensure_one()
        self._club_check_attach_right()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a member afterwards"),
            "res_model": "loyalty.club.order.attach",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _club_check_attach_right(self):
        """:raises AccessError: for anyone but a manager, of the club or of the Point of Sale."""
        user = self.env.user
        groups = ("loyalty_club.group_manager", "point_of_sale.group_pos_manager")
        if not any(user.has_group(group) for group in groups):
            raise AccessError(
                self.env._("Only managers add a member to a sale that was paid. Ask one of them.")
            )
        self.check_access("read")

    def _club_attach(self, member, reason):
        """Count this paid sale for ``member``, as if she had been its customer.

        What came back of it since is left out. The sale earns by the rules of its own moment.

        :param member: loyalty.club.member of the till's club, active.
        :param reason: why, in words; it stays with the sale.
        :returns: the record of it, in sudo.
        :raises AccessError: for anyone but managers.
        :raises UserError: when the sale is another member's, too old, or when it is the
            manager's or the cashier's own account.
        """
        self.ensure_one()
        self._club_check_attach_right()
        # sudo: the right was checked; the ledger books on the club's behalf
        order, member = self.sudo(), member.sudo()
        order._club_check_attach(member, reason, self.env.user)
        record = self.env["loyalty.club.late.attach"].sudo()
        record = record.create(
            {
                "order_id": order.id,
                "member_id": member.id,
                "club_id": member.club_id.id,
                "company_id": member.company_id.id,
                "user_id": self.env.uid,
                "seller_id": order.user_id.id,
                "reason": reason.strip(),
            }
        )
        returns = order.lines.refund_orderline_ids.order_id
        returns = returns.filtered(
            lambda back: not back.partner_id or back.partner_id == order.partner_id
        )
        (order | returns).write({"partner_id": member.partner_id.id, "club_withheld": False})
        PosSettlement(order).attach(member, returns)
        return record

    def _club_check_attach(self, member, reason, manager):
        """:raises UserError: with a sentence for the manager who may not do it."""
        if not (reason or "").strip():
            raise UserError(self.env._("Write the reason: it stays with the sale."))
        if obstacle := self._club_attach_obstacle(self._club_earning_orders()):
            raise UserError(obstacle)
        if member.club_id != self.config_id._club() or member.state != "active":
            raise UserError(self.env._("Choose an active member of this till's club."))
        if self._club_is_sold_by(member) or member.partner_id == manager.partner_id:
            raise UserError(
                self.env._(
                    "Nobody counts a sale for the account of who sold it, or for her own. Ask "
                    "another manager."
                )
            )
        if self.account_move and self.partner_id != member.partner_id:
            raise UserError(self.env._("This sale was invoiced to somebody else."))

    def _club_attach_obstacle(self, earned):
        """Why no member can be added to this sale any more: a sentence, or False.

        :param earned: ids of the orders that earned something already.
        """
        club = self.config_id._club()
        if not club or self.state not in PAID or not self._club_has_goods():
            return self.env._("There is nothing in this order that a member could earn by.")
        if self.id in earned or (self.partner_id.club_member_ids and not self.club_withheld):
            return self.env._("This sale counts for a member already.")
        if self.date_order < fields.Datetime.now() - timedelta(days=club.late_attach_days):
            return self.env._(
                "Members are added within %(days)s days of the sale. This one is older.",
                days=club.late_attach_days,
            )
        return False

    def _club_has_goods(self):
        return bool(self.lines.filtered(lambda line: not line.refunded_orderline_id))

    def _club_earning_orders(self):
        """Ids of those of these orders that earned something: one query."""
        entries = self.env["loyalty.club.entry"].search_fetch(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "in", self.ids),
                ("kind", "=", "earn"),
            ],
            ["origin_id"],
        )
        return set(entries.mapped("origin_id"))

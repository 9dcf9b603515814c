"""What the till prints about the club: read from the ledger, never worked out by the till."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS
from .pos_lines import PAID

EARNED = ("earn", "refund_earn", "debt")
SPENT = ("spend", "capture", "refund_spend")
GIVEN = ("bonus", "grant", "convert_in")  # what a full stamp card turned into, among others
# What is read of an entry; a till asks after every sale.
READ = (
    "origin_id",
    "wallet_id",
    "member_id",
    "club_id",
    "kind",
    "amount",
    "balance_after",
    "seq",
    "seal",
    "key_id",
)


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_booked = fields.Boolean(
        compute="_compute_club_points",
        help="The club has booked the order: what is printed about points is final.",
    )
    club_points_earned = fields.Float(
        string="Points earned", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_points_spent = fields.Float(
        string="Points spent", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_points_given = fields.Float(
        string="Points given", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_points_settled = fields.Float(
        string="Points owed, now settled", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_points_balance = fields.Float(
        string="Points after this order", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_points_available = fields.Float(
        string="Points that can be used now",
        compute="_compute_club_points",
        digits=AMOUNT_DIGITS,
        help="The balance without what is held and pending.",
    )
    club_receipt_code = fields.Char(
        string="Receipt code",
        compute="_compute_club_points",
        help="With it anyone can check that what was booked stands unchanged in the ledger.",
    )
    club_point_name = fields.Char(compute="_compute_club_points")
    club_member_number = fields.Char(compute="_compute_club_points")
    club_wallets = fields.Json(
        string="Prepaid credit and gift cards",
        compute="_compute_club_points",
        help="What was paid from, or put onto, each of them, and what is left.",
    )
    club_entry_count = fields.Integer(compute="_compute_club_points")

    def _compute_club_points(self):
        """What the ledger says about each order: nothing is stored twice."""
        # sudo: whoever may read the order may read what it earned and spent
        Entry = self.env["loyalty.club.entry"].sudo()
        origin = [("origin_model", "=", "pos.order"), ("origin_id", "in", self.ids)]
        found = Entry.search_fetch(origin, READ, order="id") if self.ids else Entry
        by_order = found.grouped("origin_id")
        for order in self:
            entries = by_order.get(order.id, Entry)
            points = entries.filtered(lambda entry: entry.kind_id.type == "points")
            order.club_booked = order.state in PAID
            owed = entries.filtered(lambda entry: entry.kind_id.type == "debt")
            order.club_points_earned = _sum(points | owed, EARNED)
            order.club_points_spent = -_sum(points, SPENT)
            order.club_points_given = _sum(points, GIVEN)
            order.club_points_settled = -_sum(points, ("debt_settle",))
            order.club_points_balance = points[-1:].balance_after
            order.club_points_available = points.wallet_id[:1].available
            order.club_receipt_code = (points or entries)[-1:].receipt_code
            order.club_point_name = points.club_id.point_name
            order.club_member_number = points.member_id[:1].number
            order.club_wallets = order._club_money(entries)
            order.club_entry_count = len(entries)
        self.filtered(
            lambda order: order.club_booked and not order.club_member_number
        )._club_members_unmoved()

    @api.model
    def _club_money(self, entries):
        """What an order moved in wallets kept in money, and what is left in each.

        A gift card is named by the end of its code: whoever has the code has the money.

        :param entries: loyalty.club.entry of one order.
        """
        money = entries.filtered(lambda entry: entry.kind_id.currency_id)
        return [
            {
                "name": wallet.kind_id.name,
                "code": (wallet.card_ids.code or "")[-4:] if wallet.kind_id.bearer else "",
                "amount": sum(moved.mapped("amount")),
                "balance": moved[-1].balance_after,
            }
            for wallet, moved in money.grouped("wallet_id").items()
        ]

    def _club_members_unmoved(self):
        """Number and balance of members whose order moved no points, for example because
        it was too small: their receipts say so."""
        members = self._club_members()
        wallets = self.env["loyalty.club.wallet"].sudo()  # sudo: as in _compute_club_points
        wallets = wallets.search(
            [("member_id", "in", list({m.id for m in members.values()})), ("type", "=", "points")]
        ).grouped("member_id")
        orders = self.filtered(lambda order: members.get(order.id) in wallets)
        balances = orders._club_balances_then({o.id: wallets[members[o.id]].id for o in orders})
        for order in orders:
            member = members[order.id]
            order.club_member_number = member.number
            order.club_point_name = member.club_id.point_name
            order.club_points_balance = balances[order.id]
            order.club_points_available = wallets[member].available

    def _club_members(self):
        """The membership under which each of these orders was sold, by order id."""
        # sudo: as in _compute_club_points
        members = self.env["loyalty.club.member"].sudo()
        found = members.search([("partner_id", "in", self.partner_id.ids)]) if self else members
        by_holder = {(member.club_id, member.partner_id): member for member in found}
        clubs = {config: config.sudo()._club() for config in self.config_id}
        holders = {order.id: (clubs[order.config_id], order.partner_id) for order in self}
        return {key: by_holder[holder] for key, holder in holders.items() if holder in by_holder}

    def _club_balances_then(self, wallet_ids):
        """Balance of a wallet at the time of each of these orders, by order id.

        :param wallet_ids: dict of order id to wallet id.
        """
        if not self:
            return {}
        # A till's clock may be slow; the time of booking is the server's.
        dates = [max(order.date_order, order.create_date) for order in self]
        self.env.cr.execute(
            SQL(
                """
                SELECT o.id, COALESCE(e.balance_after, 0)::float
                  FROM unnest(%s::int[], %s::int[], %s::timestamp[]) AS o(id, wallet_id, date)
                  LEFT JOIN LATERAL (
                        SELECT balance_after FROM loyalty_club_entry
                         WHERE wallet_id = o.wallet_id AND date <= o.date
                         ORDER BY seq DESC LIMIT 1
                       ) e ON TRUE
                """,
                self.ids,
                [wallet_ids[order.id] for order in self],
                dates,
            )
        )
        return dict(self.env.cr.fetchall())


def _sum(entries, kinds):
    return sum(entries.filtered(lambda entry: entry.kind in kinds).mapped("amount"))

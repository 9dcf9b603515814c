from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..const import AMOUNT_DIGITS, CHANNELS
from .append_only import freeze_table

_COLUMNS = SQL(
    "partner_id, member_id, club_id, company_id, branch_id, channel, date, amount, quantity,"
    " refund, origin_model, origin_id, origin_key"
)


class LoyaltyClubPurchase(models.Model):
    """The purchase journal: one narrow fact per purchase of a known contact.

    RFM, tiers, KPIs and predictions read this table and nothing else. Returns are rows
    of their own with a negative amount.
    """

    _name = "loyalty.club.purchase"
    _inherit = ["loyalty.club.fact"]
    _description = "Purchase"
    _order = "date desc, id desc"
    _log_access = False
    _repointable = frozenset({"partner_id", "member_id"})

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, readonly=True, ondelete="restrict"
    )
    member_id = fields.Many2one("loyalty.club.member", readonly=True, ondelete="restrict")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(
        "loyalty.club.branch", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    amount = fields.Float(
        string="Net amount",
        digits=AMOUNT_DIGITS,
        required=True,
        readonly=True,
        help="What was bought, in the company's currency: without tax, top-ups and gift cards, "
        "after discounts. What was paid with a wallet or gift card counts.",
    )
    quantity = fields.Float(
        string="Items",
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="How many items were bought, in the units of their products, returned ones negative; "
        "empty where only the amount is known.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    refund = fields.Boolean(
        required=True,
        readonly=True,
        default=False,
        help="Goods came back. A purchase with a negative amount, or a return with a positive "
        "one, undoes an earlier row.",
    )
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )
    origin_key = fields.Char(required=True, readonly=True)

    _origin_unique = models.Constraint(
        "UNIQUE (origin_key)", "This purchase is already in the journal."
    )
    _member_index = models.Index("(member_id, date) INCLUDE (amount, refund)")
    _partner_index = models.Index("(partner_id, date)")
    _club_date_index = models.Index("(club_id, date)")

    def init(self):
        # Whose purchase it is follows merged contacts and new memberships.
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name", "date")
    def _compute_display_name(self):
        for purchase in self:
            purchase.display_name = self.env._(
                "%(contact)s, %(date)s",
                contact=purchase.partner_id.name or "",
                date=format_datetime(self.env, purchase.date, dt_format="short"),
            )

    # === CRUD METHODS === #

    @api.model
    def _fact_refusal(self):
        return self.env._("A purchase in the journal is a fact: it is not changed or deleted.")

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document behind the purchase.

        :raises UserError: when it came from an import and has none.
        """
        return self._open_origin(self.env._("This purchase was imported; it has no document here."))

    # === BUSINESS METHODS === #

    @api.model
    def _backfill(self, club):
        """Bring the history of ``club`` into the journal: one statement per channel.

        Repeatable: what is there already stays as it is. Glue addons add their channel.

        :returns: number of rows added.
        """
        # sudo: the history of every till counts, whichever of them the user may open
        tills = self.env["pos.config"].sudo().with_context(active_test=False)
        tills = tills.search([("company_id", "=", club.company_id.id)])
        return self._record_pos({till: club for till in tills if till._club() == club})

    @api.model
    def _record_pos(self, clubs, orders=None):
        """Write paid till orders of known contacts into the journal, by one statement.

        The same statement serves the sale of this moment and the history.

        :param clubs: dict of pos.config to the loyalty.club it serves.
        :param orders: pos.order of those tills to record, or None for all.
        :returns: number of rows added.
        """
        # A sale in progress has more to write to its lines, and writes it once, at its end:
        # only what is read here is flushed now.
        self.env["pos.order.line"].flush_model(
            ["order_id", "product_id", "qty", "price_unit", "price_subtotal", "reward_id"]
        )
        self.env["pos.order"].flush_model()
        self.env["loyalty.club.member"].flush_model(["partner_id", "club_id"])
        left_out = set(self.env["loyalty.program"]._club_stored_value_products())
        left_out |= self.env["loyalty.club"]._fee_products()
        for till in clubs:
            for product in till._club_uncounted():
                left_out |= set(till[product].ids)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_purchase (%(columns)s)
                SELECT o.partner_id, m.id, till.club_id, o.company_id, till.branch_id, 'pos',
                       o.date_order,
                       goods.amount / COALESCE(NULLIF(o.currency_rate::numeric, 0), 1),
                       goods.quantity, goods.amount < 0, 'pos.order', o.id, 'pos.order,' || o.id
                  FROM unnest(%(tills)s::int[], %(clubs)s::int[], %(branches)s::int[])
                       AS till(id, club_id, branch_id)
                  JOIN pos_order o ON o.config_id = till.id
                  JOIN LATERAL (
                        SELECT SUM(  -- as pos_lines.worth: the sign of a subtotal says nothing
                                   CASE WHEN (l.qty < 0) <> (l.price_unit < 0)
                                        THEN -ABS(l.price_subtotal) ELSE ABS(l.price_subtotal)
                                    END)::numeric AS amount,
                               SUM(l.qty) FILTER (WHERE l.reward_id IS NULL)::numeric AS quantity
                          FROM pos_order_line l
                          LEFT JOIN loyalty_reward r ON r.id = l.reward_id
                          LEFT JOIN loyalty_program p ON p.id = r.program_id
                         WHERE l.order_id = o.id
                           AND l.product_id <> ALL(%(left_out)s)
                           AND COALESCE(p.program_type, '') NOT IN ('gift_card', 'ewallet')
                       ) goods ON goods.amount IS NOT NULL
                  LEFT JOIN LATERAL (%(member)s) m ON TRUE
                 WHERE o.state IN ('paid', 'done') AND o.partner_id IS NOT NULL
                   AND o.club_withheld IS NULL AND %(wanted)s
                ON CONFLICT (origin_key) DO NOTHING
                """,
                columns=_COLUMNS,
                member=self.env["loyalty.club.member"]._serving(
                    SQL("o.partner_id"), SQL("till.club_id")
                ),
                tills=[till.id for till in clubs],
                clubs=[club.id for club in clubs.values()],
                branches=[till.club_branch_id.id or None for till in clubs],
                left_out=list(left_out) or [0],
                wanted=SQL("TRUE") if orders is None else SQL("o.id IN %s", tuple(orders.ids)),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _record(self, rows):
        """Write purchases that come from elsewhere, by one statement; repeats are ignored.

        :param rows: list of dicts with the journal's columns; ``origin_key`` makes a row
            unique for ever.
        :returns: number of rows added.
        """
        if not rows:
            return 0
        names = [name.strip() for name in _COLUMNS.code.split(",")]
        types = {
            "partner_id": "int", "member_id": "int", "club_id": "int", "company_id": "int",
            "branch_id": "int", "date": "timestamp", "amount": "numeric",
            "quantity": "numeric", "refund": "bool", "origin_id": "int",
        }  # fmt: skip
        arrays = SQL(", ").join(
            SQL("%s::" + types.get(name, "text") + "[]", [row.get(name) for row in rows])
            for name in names
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_purchase (%s) SELECT * FROM unnest(%s)"
                " ON CONFLICT (origin_key) DO NOTHING",
                _COLUMNS,
                arrays,
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _link_members(self, members):
        """Let earlier purchases of people who just joined count as the member's own."""
        if not members:
            return
        self.env["loyalty.club.member"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_purchase p SET member_id = m.id FROM loyalty_club_member m"
                " WHERE m.id IN %s AND p.partner_id = m.partner_id AND p.club_id = m.club_id"
                " AND p.member_id IS NULL",
                tuple(members.ids),
            )
        )

"""Membership for a fee: paid in advance, for some months."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date, ormcache

from ..clock import today_in
from ..domain.dates import jalali_text

_BATCH = 500
_OWN = frozenset({"paid_until", "fee_open", "fee_reminded_for", "fee_payment_ids"})


class LoyaltyClub(models.Model):
    """A club may cost something."""

    _inherit = "loyalty.club"

    fee_product_id = fields.Many2one(
        "product.product",
        string="Membership fee",
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service'), ('sale_ok', '=', True)]",
        help="Product by which the fee is sold at the till or on a sales order. Whoever buys it "
        "is a member until her months are over; it earns nothing. Empty: membership is free.",
    )
    fee_months = fields.Integer(
        string="Valid for (months)", required=True, default=12, help="What one fee pays for."
    )
    fee_first = fields.Boolean(
        string="New members pay first",
        default=True,
        help="New memberships are pending until the fee is paid; imported ones are not.",
    )
    fee_remind_days = fields.Integer(
        string="Remind (days before)",
        required=True,
        default=14,
        help="Members are told so many days before what they paid for ends. 0: they are not.",
    )
    fee_lapse = fields.Selection(
        [("suspend", "Suspend the membership"), ("keep", "Nothing: it goes on")],
        string="When it has run out",
        required=True,
        default="suspend",
    )
    fee_grace_days = fields.Integer(
        string="Days of grace", required=True, default=7, help="Before it is suspended."
    )

    _fee_sound = models.Constraint(
        "CHECK (fee_months > 0 AND fee_remind_days >= 0 AND fee_grace_days >= 0)",
        "A fee pays for at least a month; days are not negative.",
    )
    _fee_product_unique = models.UniqueIndex(
        "(fee_product_id) WHERE fee_product_id IS NOT NULL",
        "This product is the fee of another club. Each club has one of its own.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("fee_product_id")
    def _check_fee_product(self):
        stored_value = self.env["loyalty.program"]._club_stored_value_products()
        for club in self:
            if club.fee_product_id.id in stored_value:
                raise ValidationError(
                    self.env._(
                        "“%(product)s” sells credit or gift cards. Choose another product.",
                        product=club.fee_product_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        if clubs.fee_product_id:
            self.env.registry.clear_cache()
        return clubs

    def write(self, vals):
        result = super().write(vals)
        if "fee_product_id" in vals:
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    @ormcache()
    def _fee_products(self):
        """Ids of products that are a fee: they are no purchase, and earn nothing. A frozenset."""
        # sudo: the answer is the same for everyone and is kept for all
        clubs = self.sudo().with_context(active_test=False)
        return frozenset(clubs.search([("fee_product_id", "!=", False)]).fee_product_id.ids)


class LoyaltyClubMember(models.Model):
    """Until when a member has paid, and what follows from it."""

    _inherit = "loyalty.club.member"

    paid_until = fields.Date(
        string="Fee paid until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Last day that is paid. Empty: no fee was ever paid.",
    )
    fee_open = fields.Boolean(
        string="Waits for the fee",
        readonly=True,
        copy=False,
        help="The membership is pending or suspended until the fee is paid.",
    )
    fee_reminded_for = fields.Date(string="Told that it ends on", readonly=True, copy=False)
    fee_payment_ids = fields.One2many(
        "loyalty.club.fee.payment", "member_id", string="Fees paid", readonly=True
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """New members of a club that costs something are pending until they have paid."""
        # sudo: what a club costs is the product's business here
        clubs = self.env["loyalty.club"].sudo()
        vals_list = [self._as_enrolled(vals) for vals in vals_list]
        usual = clubs._for_company(self.env.company)
        waits = []
        for vals in vals_list:
            club = clubs.browse(vals["club_id"]) if vals.get("club_id") else usual
            free = "state" in vals or vals.get("channel") == "import"
            waits.append(bool(club.fee_product_id and club.fee_first and not free))
        members = super().create(
            [
                dict(vals, state="pending") if wait else vals
                for vals, wait in zip(vals_list, waits, strict=True)
            ]
        )
        waiting = self.browse(
            member.id for member, wait in zip(members, waits, strict=True) if wait
        )
        waiting.sudo().fee_open = True  # sudo: written by this code alone
        return members

    def write(self, vals):
        """Who changes the status by hand decides it: then it no longer hangs on the fee."""
        result = super().write(vals)
        if "state" in vals and "fee_open" not in vals:
            self.sudo().filtered("fee_open").fee_open = False  # sudo: as in create
        return result

    def _is_own_field(self, name):
        return name in _OWN or super()._is_own_field(name)

    def _check_own_fields(self, vals):
        if _OWN & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "Until when a fee is paid follows from sales. Sell the fee at the till or by "
                    "an invoice, or take it back there."
                )
            )
        return super()._check_own_fields(vals)

    # === BUSINESS METHODS === #

    def _follow_fees(self):
        """Let these members stand as their payments say."""
        # sudo: what a sale means for the membership is noted by the club, whoever sells
        for member in self.sudo():
            until = self.env["loyalty.club.fee.payment"]._paid_until(member | member.merged_ids)
            if until and until != member.paid_until:
                member.paid_until = until
        self.sudo()._follow_paid_until()

    def _follow_paid_until(self):
        """Open memberships that are paid, suspend those that have run out."""
        for club, members in self.grouped("club_id").items():
            today = today_in(club.company_id)
            paid = members.filtered(
                lambda member, day=today: (
                    member.fee_open and member.paid_until and member.paid_until >= day
                )
            )
            paid.fee_open = False
            paid.filtered(lambda member: member.state in ("pending", "suspended")).write(
                {"state": "active"}
            )
            last = today - timedelta(days=club.fee_grace_days)
            over = members.filtered(
                lambda member, last=last: (
                    member.state == "active"
                    and not member.fee_open
                    and member.paid_until
                    and member.paid_until < last
                )
            )
            if club.fee_product_id and club.fee_lapse == "suspend" and over:
                over.write({"state": "suspended", "fee_open": True})

    def _hand_over_profile(self, survivor):
        """What was paid for a merged membership is paid for the one that stays."""
        result = super()._hand_over_profile(survivor)
        survivor._follow_fees()
        return result

    # === JOBS === #

    @api.model
    def _cron_fees(self):
        """Remind those whose fee ends, suspend those whose fee has ended, take back what an
        invoice no longer pays."""
        # sudo: a pass of the system
        clubs = self.env["loyalty.club"].sudo().search([("fee_product_id", "!=", False)])
        for club in clubs:
            while done := self._remind(club):
                if self.env["ir.cron"]._commit_progress(done) <= 0:
                    return
            while done := self._lapse(club):
                if self.env["ir.cron"]._commit_progress(done) <= 0:
                    return
        self.env["account.move"]._club_check_fees()

    @api.model
    def _remind(self, club):
        """Tell one batch of members; how many."""
        if not club.fee_remind_days:
            return 0
        today = today_in(club.company_id)
        self.flush_model(["club_id", "paid_until", "fee_reminded_for", "state"])
        told = self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_club_member SET fee_reminded_for = paid_until WHERE id IN (
                    SELECT id FROM loyalty_club_member
                     WHERE club_id = %s AND state = 'active' AND paid_until BETWEEN %s AND %s
                       AND fee_reminded_for IS DISTINCT FROM paid_until
                     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                club.id,
                today,
                today + timedelta(days=club.fee_remind_days),
                _BATCH,
            )
        )
        # sudo: the messages are theirs
        members = self.sudo().browse(row[0] for row in told)
        members.invalidate_recordset(["fee_reminded_for"], flush=False)
        self.env["loyalty.club.outbox"]._queue_texts(
            "notice", [member._fee_text() for member in members]
        )
        return len(members)

    @api.model
    def _lapse(self, club):
        """Suspend one batch of members who have not paid; how many."""
        if club.fee_lapse != "suspend":
            return 0
        last = today_in(club.company_id) - timedelta(days=club.fee_grace_days)
        members = self.sudo().search(
            [
                ("club_id", "=", club.id),
                ("state", "=", "active"),
                ("fee_open", "=", False),
                ("paid_until", "<", last),
            ],
            limit=_BATCH,
        )
        members._follow_paid_until()
        return len(members)

    def _fee_text(self):
        """The message that what a member paid for ends."""
        env = self.env["loyalty.club.outbox"]._in_language_of(self.partner_id)
        day = self.paid_until
        words = {
            "name": self.partner_id.name,
            "club": self.club_id.with_env(env).name,
            "day": jalali_text(day) if env.lang == "fa_IR" else format_date(env, day),
        }
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "subject": env._("%(club)s: your membership ends on %(day)s", **words),
            "body": env._(
                "%(name)s, your membership of %(club)s is paid until %(day)s. Pay the next fee in "
                "the shop, and nothing is lost.",
                **words,
            ),
        }

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain.conversion import Converted, convert
from ..movement import Movement


class LoyaltyClubConversion(models.Model):
    """A rate at which members turn one kind of value into another: points into credit, or
    credit into points."""

    _name = "loyalty.club.conversion"
    _inherit = ["loyalty.club.remembered"]
    _description = "Conversion Rate"
    _order = "club_id, sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    from_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Convert",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('type', 'not in', ('debt', 'gift_card', 'stamp'))]",
    )
    to_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Into",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('id', '!=', from_kind_id),"
        " ('type', 'not in', ('debt', 'gift_card', 'stamp'))]",
    )
    from_amount = fields.Float(string="This much", digits=AMOUNT_DIGITS, required=True, default=1.0)
    to_amount = fields.Float(string="Gives", digits=AMOUNT_DIGITS, required=True, default=1.0)
    from_unit = fields.Char(string="Unit taken", related="from_kind_id.unit")
    to_unit = fields.Char(string="Unit given", related="to_kind_id.unit")
    minimum = fields.Float(
        digits=AMOUNT_DIGITS, help="Least that is converted at a time. 0: any amount."
    )
    valid_from = fields.Date(string="Valid from", help="First day. Empty: from now on.")
    valid_until = fields.Date(string="Valid until", help="Last day. Empty: until further notice.")

    _amounts_sound = models.Constraint(
        "CHECK (from_amount > 0 AND to_amount > 0 AND minimum >= 0)",
        "A rate turns a positive amount into a positive amount.",
    )
    _kinds_differ = models.Constraint(
        "CHECK (from_kind_id <> to_kind_id)", "A rate leads from one kind of value to another."
    )
    _days_in_order = models.Constraint(
        "CHECK (valid_from <= valid_until)", "A rate ends after it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("from_kind_id", "to_kind_id", "from_amount", "to_amount")
    def _compute_display_name(self):
        for rate in self:
            if not (rate.from_kind_id and rate.to_kind_id):
                rate.display_name = self.env._("New rate")
                continue
            rate.display_name = self.env._(
                "%(kind)s into %(other)s: %(amount)s for %(price)s",
                kind=rate.from_kind_id.name,
                other=rate.to_kind_id.name,
                amount=rate.to_kind_id._format(rate.to_amount),
                price=rate.from_kind_id._format(rate.from_amount),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("club_id", "from_kind_id", "to_kind_id")
    def _check_kinds(self):
        for rate in self:
            kinds = rate.from_kind_id | rate.to_kind_id
            if kinds.club_id != rate.club_id or any(
                kind.type in ("debt", "stamp") or kind.bearer for kind in kinds
            ):
                raise ValidationError(
                    self.env._(
                        "Choose two kinds of value of %(club)s that belong to members: neither "
                        "debts nor gift cards are converted.",
                        club=rate.club_id.name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _for_member(self, member, today=None):
        """Rates that ``member`` can use on ``today`` (date; the club's day when None)."""
        return self.search(
            [
                ("club_id", "=", member.club_id.id),
                *self._valid_on(today or today_in(member.company_id)),
            ]
        )

    @api.model
    def _valid_on(self, day):
        return [
            "|", ("valid_from", "=", False), ("valid_from", "<=", day),
            "|", ("valid_until", "=", False), ("valid_until", ">=", day),
        ]  # fmt: skip

    def _preview(self, amount):
        """What converting ``amount`` (Decimal, in units of the first kind) would do.

        :returns: :class:`~..domain.conversion.Converted`; what rounding leaves out is not
            taken.
        """
        self.ensure_one()
        step = Decimal(str(self.from_kind_id.rounding))
        whole = amount - amount % step
        return convert(
            whole,
            Decimal(str(self.from_amount)),
            Decimal(str(self.to_amount)),
            step,
            Decimal(str(self.to_kind_id.rounding)),
        )

    def _offer(self, member, amount):
        """What converting ``amount`` would give ``member`` now; nothing is written.

        :param amount: Decimal in units of the first kind.
        :returns: :class:`~..domain.conversion.Converted`.
        :raises UserError: when the member has not so much, and as :meth:`_convert` does.
        """
        self.ensure_one()
        self._check_in_force(member)
        result = self._preview(amount)
        self._check_enough(amount, result)
        wallet = self._source(member)
        available = Decimal(str(wallet.available))
        if available < result.taken:
            raise UserError(
                self.env._(
                    "You can use only %(available)s. Convert less.",
                    available=self.from_kind_id._format_told(available),
                )
            )
        return result

    def _source(self, member):
        """The member's wallet that this rate takes from, if she has it."""
        return member.wallet_ids.filtered(lambda wallet: wallet.kind_id == self.from_kind_id)

    def _told(self):
        """The rate in one sentence for members."""
        self.ensure_one()
        return self.env._(
            "%(amount)s gives %(other)s.",
            amount=self.from_kind_id._format_shown(self.from_amount),
            other=self.to_kind_id._format_shown(self.to_amount),
        )

    def _left_told(self, amount):
        """What rounding leaves with the member, as a sentence for her."""
        return self.env._(
            "%(amount)s is too little for one more step and stays with you.",
            amount=self.from_kind_id._format_shown(amount),
        )

    def _convert(self, member, amount, key):
        """Convert ``amount`` of the member's value at this rate, at most once per ``key``.

        It is the member's own use of the value: blocks and spending limits apply. What is
        given is a new lot by the rules of its kind.

        :param member: loyalty.club.member, one record.
        :param amount: positive Decimal in units of the first kind.
        :param key: idempotency key, one per request.
        :returns: :class:`~..domain.conversion.Converted`, for a repeat the first answer.
        :raises UserError: when the rate or the membership is not in force, the amount is
            below the minimum or gives nothing, or the ledger refuses.
        """
        self.ensure_one()
        # sudo: ledger's door; who may convert for this member is the caller's to decide
        rate, member = self.sudo(), member.sudo()
        wallets = [
            kind._wallets_of(member)[member.id] for kind in (rate.from_kind_id, rate.to_kind_id)
        ]
        return rate._answered(wallets, amount, key) or rate._book(member, wallets, amount, key)

    def _answered(self, wallets, amount, key):
        """What ``key`` converted before, or None.

        :raises UserError: when it converted something else.
        """
        keys = [f"{key}:out", f"{key}:in"]
        entries = self.env["loyalty.club.entry"].search([("idempotency_key", "in", keys)])
        if not entries:
            return None
        booked = {entry.idempotency_key: entry for entry in entries}
        taken = -Decimal(str(booked[keys[0]].amount)) if keys[0] in booked else None
        # What is asked may be a little more than what was taken; how much, the rate says that
        # was in force then.
        other = taken is None or taken > amount
        if not other and self.write_date <= entries[0].date:
            other = self._preview(amount).taken != taken
        if other or [booked[name].wallet_id for name in keys if name in booked] != wallets:
            raise UserError(wallets[0]._refusal_text_of("key_reused", Decimal(0)))
        return Converted(*(abs(Decimal(str(booked[name].amount))) for name in keys))

    def _book(self, member, wallets, amount, key):
        self._check_in_force(member)
        result = self._preview(amount)
        self._check_enough(amount, result)
        source, target = wallets
        self.env["loyalty.card"]._club_create_for(self.to_kind_id, target)
        common = {"origin": (self._name, self.id), "note": self.display_name}
        movements = [
            Movement(source.id, -result.taken, "convert_out", f"{key}:out", **common),
            Movement(target.id, result.given, "convert_in", f"{key}:in", **common),
        ]
        Wallet = self.env["loyalty.club.wallet"]
        refusal = Wallet._refusal_text_in(movements, Wallet._post_together(movements))
        if refusal:
            raise UserError(refusal)
        return result

    def _check_in_force(self, member):
        if member.state != "active" or member.club_id != self.club_id:
            raise UserError(
                self.env._(
                    "Only active members of %(club)s convert at this rate.",
                    club=self.club_id.name,
                )
            )
        if not self.active or not self.filtered_domain(self._valid_on(today_in(self.company_id))):
            raise UserError(self.env._("“%(rate)s” is not in force today.", rate=self.display_name))

    def _check_enough(self, amount, result):
        kind = self.from_kind_id
        if amount <= 0 or amount < Decimal(str(self.minimum)):
            raise UserError(
                self.env._(
                    "Convert at least %(minimum)s.",
                    minimum=kind._format_told(self.minimum or kind.rounding),
                )
            )
        if not result.given:
            raise UserError(
                self.env._(
                    "%(amount)s gives less than the smallest step of “%(kind)s”. Convert more.",
                    amount=kind._format_told(amount),
                    kind=self.to_kind_id.name,
                )
            )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    convertible = fields.Boolean(compute="_compute_convertible")

    @api.depends("club_id")
    def _compute_convertible(self):
        """Whether a rate of the member's club is in force."""
        for club, members in self.grouped("club_id").items():
            rates = self.env["loyalty.club.conversion"]._for_member(members[:1]) if club else False
            members.convertible = bool(rates)

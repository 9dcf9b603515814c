from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..clock import today_in
from ..const import CARD_DISCOUNT_MODES, CARD_STATES, CARD_TYPES
from ..domain import card_number
from ..domain.codes import InputError


class LoyaltyClubCard(models.Model):
    """A card of the club: printed, shown on a telephone, or a chip.

    It names its holder at the till and carries the holder's terms; the value stays in the
    member's wallets, so that a lost card loses nothing. Its states change by our own code
    alone, each change with a fact of it (``loyalty.club.card.event``).
    """

    _name = "loyalty.club.card"
    _inherit = ["loyalty.club.own.work", "loyalty.club.sealed"]
    _description = "Club Card"
    _order = "id desc"
    _rec_name = "number"
    _open = frozenset({"discount_percent", "discount_mode", "expires_on"})
    _sealed = {"uid_sealed": "card_uid"}
    _blind = frozenset({"uid_index", "pin_hash"})

    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    member_id = fields.Many2one(
        "loyalty.club.member",
        string="Holder",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty while the card is in stock.",
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    member_kind = fields.Selection(related="member_id.kind", string="Kind of member")
    grade_id = fields.Many2one(related="member_id.grade_id")
    branch_id = fields.Many2one(
        "loyalty.club.branch",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The shop that has it in stock, or issued it.",
    )
    batch_id = fields.Many2one(
        "loyalty.club.card.batch", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    type = fields.Selection(CARD_TYPES, required=True, readonly=True, default="physical")
    number = fields.Char(required=True, readonly=True, copy=False)
    serial = fields.Integer(readonly=True, aggregator=False)
    uid_index = fields.Char(readonly=True, copy=False)
    uid_sealed = fields.Char(readonly=True, copy=False)
    uid_masked = fields.Char(string="Chip", readonly=True, copy=False)
    state = fields.Selection(
        CARD_STATES, string="Status", required=True, readonly=True, default="stock"
    )
    issued_on = fields.Datetime(string="Issued on", readonly=True)
    activated_on = fields.Datetime(
        string="Active since", readonly=True, help="Since when it is the holder's."
    )
    ended_on = fields.Datetime(
        string="Ended on", readonly=True, help="Since when it can no longer be used."
    )
    expires_on = fields.Date(string="Valid until", help="Last day on which it can be used.")
    replaces_id = fields.Many2one(
        "loyalty.club.card",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    replaced_by_ids = fields.One2many(
        "loyalty.club.card", "replaces_id", string="Replaced by", readonly=True
    )
    reason = fields.Char(readonly=True, help="Why it is in this state.")
    discount_percent = fields.Float(string="Discount (%)", digits=(5, 2), aggregator="avg")
    discount_mode = fields.Selection(
        CARD_DISCOUNT_MODES,
        string="The discount is",
        required=True,
        default="none",
        help="Taken off the prices at the sale, or left to the holder as credit for the next one.",
    )
    in_force = fields.Boolean(
        string="Usable", compute="_compute_in_force", help="Active, valid, of an active member."
    )

    _number_unique = models.UniqueIndex(
        "(club_id, number)", "Another card of the club has this number."
    )
    _uid_unique = models.UniqueIndex(
        "(club_id, uid_index) WHERE uid_index IS NOT NULL",
        "Another card of the club has this chip.",
    )
    _club_state_index = models.Index("(club_id, state)")
    _expiry_index = models.Index("(expires_on) WHERE state = 'active' AND expires_on IS NOT NULL")
    _discount_sound = models.Constraint(
        "CHECK (discount_percent >= 0 AND discount_percent <= 100)",
        "A discount lies between 0 and 100 %.",
    )
    _active_has_holder = models.Constraint(
        "CHECK (CASE state WHEN 'stock' THEN member_id IS NULL"
        " WHEN 'active' THEN member_id IS NOT NULL ELSE TRUE END)",
        "A card in stock belongs to nobody, an active one to a member.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "member_id.display_name")
    def _compute_display_name(self):
        for card in self:
            number = card_number.grouped(card.number or "")
            # sudo: whoever may see the card sees whose it is
            holder = card.sudo().member_id.partner_id.name
            card.display_name = f"{number} · {holder}" if holder else number

    @api.depends("state", "expires_on", "member_id.state")
    def _compute_in_force(self):
        for card in self:
            card.in_force = not card._obstacle()

    @api.model
    def _search_display_name(self, operator, value):
        """Numbers are found however they are typed, and cards by their holder's name."""
        if operator not in ("=", "ilike", "like", "=ilike", "=like") or not value:
            return super()._search_display_name(operator, value)
        try:
            typed = card_number.normalise_card(value)
        except InputError:
            typed = value
        found = Domain("number", operator, typed) | Domain("member_id.number", operator, typed)
        return found | Domain("member_id.partner_id.name", operator, value)

    # === CRUD METHODS === #

    def write(self, vals):
        """Only its terms are edited by hand, by a club manager.

        :raises UserError: for anything else.
        """
        if not self.env.su and vals.keys() - self._open:
            raise UserError(
                self.env._(
                    "A card is issued, blocked and replaced by its buttons, which keep a record "
                    "of who did it."
                )
            )
        before = [card._terms_text() for card in self]
        result = super().write(vals)
        if self._open & vals.keys():
            for card, said in zip(self, before, strict=True):
                if said != card._terms_text():
                    card._note("changed", f"{said} → {card._terms_text()}")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A card is never deleted: its number stays known. Block it instead.")
        )

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_text(self, club, text):
        """The card that a scanned or typed text names, in whatever state it is.

        :param club: loyalty.club, one or more.
        :param text: a card number or a chip's identifier, in digits of any keyboard, as any
            reader writes it.
        :returns: loyalty.club.card, one record or none. The environment must be allowed to
            read cards.
        """
        try:
            number = card_number.normalise_card(text)
        except InputError:
            return self.browse()
        clubs = Domain("club_id", "in", club.ids)
        found = self.search(clubs & Domain("number", "=", number), limit=1)
        chips = () if found else card_number.chip_forms(text)
        if chips:
            indexes = [self._index_of("card_uid", chip) for chip in chips]
            # sudo: the index is read by nobody; the club's cards were asked for by the user
            by_chip = self.sudo().search(clubs & Domain("uid_index", "in", indexes), limit=1)
            found = by_chip.sudo(self.env.su)
        return found

    @api.model
    def _held_by(self, club, text):
        """The member whose card a scanned or typed text names.

        :param club: as for :meth:`_find_by_text`.
        :returns: loyalty.club.member, one record or none: of cards that are active and valid,
            and of active members. For others :meth:`_refusal` says why not.
        """
        card = self._find_by_text(club, text)
        return card.member_id if card.in_force else card.member_id.browse()

    def _refusal(self):
        """A sentence for the cashier: why the card cannot be used and what to do; None when it
        can."""
        self.ensure_one()
        obstacle = self._obstacle()
        if not obstacle:
            return None
        number = card_number.grouped(self.number)
        return {
            "stock": self.env._(
                "Card %(number)s has not been issued. Issue it to a member first.", number=number
            ),
            "blocked": self.env._(
                "Card %(number)s is blocked. A club marketer can activate it again.", number=number
            ),
            "lost": self.env._(
                "Card %(number)s was reported lost. Keep it, and ask the customer for the new "
                "card.",
                number=number,
            ),
            "replaced": self.env._(
                "Card %(number)s was replaced by another one. Ask for the new card.", number=number
            ),
            "expired": self.env._(
                "Card %(number)s is no longer valid. Replace it by a new one.", number=number
            ),
            "member": self.env._(
                "The membership of card %(number)s is not active. Ask a club marketer.",
                number=number,
            ),
        }[obstacle]

    def _obstacle(self):
        """Why the card cannot be used: a state, ``member``, or None when it can be."""
        self.ensure_one()
        if self.state != "active":
            return self.state
        if self.expires_on and self.expires_on < today_in(self.company_id):
            return "expired"
        # sudo: whoever may see the card learns whether it can be used
        return None if self.sudo().member_id.state == "active" else "member"

    def _terms_text(self):
        """The terms of this card in words, for the record of their changes."""
        modes = dict(self._fields["discount_mode"]._description_selection(self.env))
        given = self.discount_mode != "none"
        percent = f"{self.discount_percent:g} % ({modes[self.discount_mode]})" if given else "–"
        return ", ".join(filter(None, (percent, self.expires_on and str(self.expires_on))))

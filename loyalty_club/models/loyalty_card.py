from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..bulk import copies_of
from ..domain import codes
from ..movement import Authority, Movement, authority, current_authority

# Fields of a managed card that say whose value it is, or how much.
GUARDED = {
    "points",
    "partner_id",
    "program_id",
    "code",
    "expiration_date",
    "active",
    "club_wallet_id",
    "source_pos_order_id",
}


class LoyaltyCard(models.Model):
    """The only bridge between stock loyalty and the ledger.

    A managed card mirrors a wallet. Whatever stock code writes to its ``points`` becomes
    a ledger entry here, if the code that runs was given authority by ours, or the user is
    a club manager; everyone else is refused.
    """

    _inherit = "loyalty.card"

    club_wallet_id = fields.Many2one(
        "loyalty.club.wallet", string="Club wallet", readonly=True, copy=False, ondelete="restrict"
    )
    club_branch_id = fields.Many2one(
        "loyalty.club.branch", string="Branch", compute="_compute_club_branch_id"
    )

    _club_wallet_unique = models.UniqueIndex(
        "(club_wallet_id) WHERE club_wallet_id IS NOT NULL", "A wallet has one card."
    )
    _club_points_sound = models.Constraint(
        "CHECK (club_wallet_id IS NULL OR points >= 0)",
        "A card kept by the club cannot go below zero.",
    )

    # === COMPUTE METHODS === #

    @api.depends("club_wallet_id.member_id.branch_id")
    def _compute_club_branch_id(self):
        """A member's card belongs to the home shop, a bearer's to the shop that issued it."""
        # sudo: who sees a card sees its shop, whatever rights on the ledger
        wallets = self.sudo().club_wallet_id
        bearers = wallets.filtered(lambda wallet: not wallet.member_id)
        issued = (
            self.env["loyalty.club.entry"]
            .sudo()
            .search([("wallet_id", "in", bearers.ids), ("seq", "=", 1)])
        )
        shops = {entry.wallet_id: entry.branch_id for entry in issued}
        for card in self:
            wallet = card.sudo().club_wallet_id  # sudo: as above
            shop = wallet.member_id.branch_id or shops.get(wallet)
            card.club_branch_id = shop.id if shop else False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Give cards of managed programs their wallet; their first points become an entry."""
        for vals in vals_list:
            # Nobody's defaults, and no request's, hang a card on somebody's wallet.
            vals.setdefault("club_wallet_id", False)
        managed = self._club_managed_programs(vals_list)
        if any(v["club_wallet_id"] and v["program_id"] not in managed for v in vals_list):
            self._club_require_authority()
        if not managed:
            return super().create(vals_list)
        opening = [0.0] * len(vals_list)
        for index, vals in enumerate(vals_list):
            program = managed.get(vals.get("program_id"))
            if program:
                opening[index] = vals.get("points") or 0.0
                vals_list[index] = self._club_prepare(program, vals)
        if any(opening):
            self._club_require_authority()
        cards = super().create(vals_list)
        cards._club_post_opening(opening)
        return cards

    def write(self, vals):
        managed = self.filtered("club_wallet_id") if GUARDED & vals.keys() else self.browse()
        if self != managed and self._club_joins(vals):
            self._club_require_authority(GUARDED & vals.keys())
        if not managed:
            return super().write(vals)
        managed._club_require_authority(GUARDED & vals.keys())
        if "points" in vals:
            managed._club_move_to(vals["points"])
        if "expiration_date" in vals:
            # sudo: authority was just checked; the wallet follows its card
            managed.sudo().club_wallet_id.write({"valid_until": vals["expiration_date"]})
        rest = {name: value for name, value in vals.items() if name != "points"}
        if rest:
            super(LoyaltyCard, managed).write(rest)
        if self != managed:
            super(LoyaltyCard, self - managed).write(vals)
        return True

    def unlink(self):
        """Cards with movements are archived: their wallet and its entries stay."""
        managed = self.filtered("club_wallet_id")
        used = managed.filtered(lambda card: card.sudo().club_wallet_id.seq)  # sudo: see create
        if managed:
            managed._club_require_authority()
        used.action_archive()
        # sudo: authority was just checked; the empty wallet of a bearer goes with its card
        empty = (managed - used).sudo().club_wallet_id.filtered("kind_id.bearer")
        result = super(LoyaltyCard, self - used).unlink()
        empty.unlink()
        return result

    def _club_unlink(self):
        """Delete unused managed cards together with their member."""
        with authority(Authority("adjust", "adjust", "unlink")):
            self.unlink()

    # === BUSINESS METHODS - STOCK'S DOORS === #

    @api.model
    def get_loyalty_card_partner_by_code(self, code):
        """Besides loyalty cards, know members by the cards of the club, printed or read by a
        reader, by their number (typed or scanned), and by the numbers and codes they had before
        a merge.

        :raises UserError: for a card that may not be used: lost, blocked, replaced, expired.
        """
        partner = super().get_loyalty_card_partner_by_code(code)
        if partner or not code:
            return partner
        # sudo: a cashier who has the number may look up whose it is
        clubs = self.env["loyalty.club"].sudo()
        clubs = clubs.search([("company_id", "in", self.env.companies.ids)])
        card = self.env["loyalty.club.card"].sudo()._find_by_text(clubs, code)
        if refusal := card and card._refusal():
            raise UserError(refusal)
        if card:
            return card.partner_id
        return self.env["loyalty.club.member"].sudo()._named_by(code).partner_id or False

    # === BUSINESS METHODS - BRIDGE === #

    @api.model
    def _club_managed_programs(self, vals_list):
        """Managed programs among those the new cards belong to, by id."""
        default = self.default_get(["program_id"]).get("program_id")
        ids = {vals.setdefault("program_id", default) for vals in vals_list} - {False, None}
        # sudo: whether a program is managed does not depend on who asks
        programs = self.env["loyalty.program"].sudo().browse(ids).exists()
        return {program.id: program for program in programs if program.club_wallet_kind_id}

    @api.model
    def _club_joins(self, vals):
        """Whether writing ``vals`` makes a card of the club's of one that is not."""
        # sudo: as in _club_managed_programs
        program = self.env["loyalty.program"].sudo().browse(vals.get("program_id") or ())
        return bool(vals.get("club_wallet_id") or program.club_wallet_kind_id)

    @api.model
    def _club_require_authority(self, names=frozenset()):
        """Stop unless our own code granted authority, or a club manager asks.

        :param names: fields to be written. Where points are absorbed, stock code may touch
            nothing else of a card with a user's own rights.
        :raises AccessError: for anyone else.
        """
        granted = current_authority()
        if granted and (not granted.absorb or self.env.su or names == {"points"}):
            return
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(
                self.env._(
                    "The balance and the holder of a club card are changed by the ledger only. "
                    "Ask a club manager to adjust it."
                )
            )

    @api.model
    def _club_prepare(self, program, vals):
        """Values of a new managed card: an empty card on a wallet of its own.

        :raises AccessError: when somebody names the wallet; only our own code does.
        """
        granted = current_authority()
        if vals.get("club_wallet_id") and not (self.env.su or (granted and not granted.absorb)):
            raise AccessError(
                self.env._("A card's wallet is chosen by the club itself. Leave it empty.")
            )
        kind = program.club_wallet_kind_id
        vals = dict(vals, points=0.0)
        if not vals.get("club_wallet_id"):
            vals["club_wallet_id"] = self._club_wallet_for(program, kind, vals).id
        # Stock's own codes have 32 bits of chance: of 100,000 cards, two would have the same.
        vals["code"] = vals.get("code") or self._club_gift_code()
        return vals

    @api.model
    def _club_wallet_for(self, program, kind, vals):
        """The wallet a new card shall mirror: a bearer's, or the member's own."""
        valid_until = vals.get("expiration_date") or False
        # sudo: who may make this card was decided by the caller; the wallet comes with it
        if kind.bearer:
            return (
                self.env["loyalty.club.wallet"]
                .sudo()
                .create({"kind_id": kind.id, "valid_until": valid_until})
            )
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        if not partner:
            raise UserError(
                self.env._(
                    "“%(program)s” is kept by the club: choose the member this card is for.",
                    program=program.name,
                )
            )
        Member = self.env["loyalty.club.member"].sudo()
        known = Member._find(kind.club_id, partner)
        member = known or Member._enrol(kind.club_id, partner)
        wallet = kind.sudo()._wallets_of(member)[member.id]
        if not known:
            # Enrolling made a card of points; the one asked for takes its place.
            wallet.card_ids._club_unlink()
        if wallet.card_ids:
            raise UserError(
                self.env._(
                    "%(partner)s already has a card of “%(program)s”: %(code)s.",
                    partner=partner.display_name,
                    program=program.name,
                    code=wallet.card_ids[0].code,
                )
            )
        return wallet

    @api.model
    def _club_gift_code(self):
        """A code that stock tills scan as a coupon (prefix 044) and nobody can guess."""
        return "044" + codes.gift_code()

    @api.model
    def _club_create_for(self, kind, wallets):
        """Make the cards through which tills see ``wallets``, where they have none.

        :param kind: loyalty.club.wallet.kind of all these wallets.
        :param wallets: iterable of loyalty.club.wallet.
        """
        program = kind.program_ids[:1]
        if not program:
            return self.browse()
        rows = [
            {"partner_id": wallet.member_id.partner_id.id, "club_wallet_id": wallet.id}
            for wallet in wallets
            if not wallet.card_ids
        ]
        cards = self.with_context(tracking_disable=True, loyalty_no_mail=True).create(
            [{"program_id": program.id, **row} for row in rows[:1]]
        )
        if len(rows) > 1:
            cards |= copies_of(cards, [{"code": self._club_gift_code(), **row} for row in rows[1:]])
        return cards

    def _club_post_opening(self, amounts):
        """Book the points with which managed cards were created."""
        granted = current_authority()
        if granted and granted.absorb:
            return
        if not granted and any(amounts):
            self._club_check_issue(amounts)
        movements = [
            Movement(
                wallet_id=card.club_wallet_id.id,
                amount=card._club_amount(amount),
                kind="issue",
                key=f"card:{card.id}:issue",
                origin=(granted and granted.origin) or ("loyalty.card", card.id),
                branch_id=granted.branch_id if granted else None,
                note=granted.note if granted else None,
            )
            for card, amount in zip(self, amounts, strict=True)
            if amount and card.club_wallet_id
        ]
        self.env["loyalty.club.wallet"].sudo()._post_or_raise(movements)  # sudo: ledger's door

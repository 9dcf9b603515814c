from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

STORED_VALUE = ("gift_card", "ewallet")
# Which stock program type may carry which kind of wallet.
PROGRAM_TYPES = {
    "points": "loyalty",
    "ewallet": "ewallet",
    "cashback": "ewallet",
    "gift_card": "gift_card",
}


class LoyaltyProgram(models.Model):
    """A program is managed when a club keeps its value: the wallets are the truth then, and
    the stock cards mirror them."""

    _inherit = "loyalty.program"

    club_wallet_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kept by the club as",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        help="When set, the customer club keeps the value of this program's cards on its "
        "ledger. Cards that exist already are taken over with their balances.",
    )

    club_rounding = fields.Float(
        related="club_wallet_kind_id.rounding",
        help="Smallest step of the value the club keeps; zero when it keeps none.",
    )
    club_point_name = fields.Char(related="club_wallet_kind_id.club_id.point_name")

    club_kind_domain = fields.Binary(compute="_compute_club_kind_domain")

    # === COMPUTE METHODS === #

    @api.depends("program_type", "company_id")
    def _compute_club_kind_domain(self):
        """Kinds of value that this type of program may carry."""
        for program in self:
            kinds = [kind for kind, name in PROGRAM_TYPES.items() if name == program.program_type]
            domain = Domain("type", "in", kinds)
            if program.company_id:
                domain &= Domain("company_id", "=", program.company_id.id)
            program.club_kind_domain = list(domain)

    def _compute_total_order_count(self):
        """Managed programs without a usage limit need no count.

        Stock counts all past redemptions at every sale and till start, which grows with
        history; the till reads the number for limited programs only.
        """
        free = self.filtered(lambda p: p.club_wallet_kind_id and not p.limit_usage)
        free.total_order_count = 0
        return super(LoyaltyProgram, self - free)._compute_total_order_count()

    # === CONSTRAINT METHODS === #

    @api.constrains("club_wallet_kind_id", "program_type", "company_id", "currency_id")
    def _check_club_kind(self):
        for program in self.filtered("club_wallet_kind_id"):
            kind = program.club_wallet_kind_id
            if PROGRAM_TYPES.get(kind.type) != program.program_type:
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” cannot be kept by a program of this type.", kind=kind.name
                    )
                )
            if program.company_id != kind.company_id:
                raise ValidationError(
                    self.env._(
                        "The program and the club must belong to the same company: set the "
                        "program's company to %(company)s.",
                        company=kind.company_id.name,
                    )
                )
            if kind.currency_id and program.currency_id != kind.currency_id:
                raise ValidationError(
                    self.env._(
                        "The program and “%(kind)s” use different currencies.", kind=kind.name
                    )
                )

    @api.constrains("club_wallet_kind_id", "rule_ids")
    def _check_club_products(self):
        """One product may feed one program: the server must know whose top-up it is."""
        for program in self.filtered("club_wallet_kind_id"):
            products = program.rule_ids.product_ids
            if program.program_type not in STORED_VALUE or not products:
                continue
            other = self.search(
                [
                    ("id", "!=", program.id),
                    ("program_type", "in", STORED_VALUE),
                    ("rule_ids.product_ids", "in", products.ids),
                    ("company_id", "in", [program.company_id.id, False]),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(other)s” is sold with the same product. Give this program a "
                        "product of its own, so that it is clear what a customer bought.",
                        other=other.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("club_wallet_kind_id") for vals in vals_list):
            self._club_require_manager()
        programs = super().create(vals_list)
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        if "club_wallet_kind_id" in vals:
            self._club_require_manager()
            self._club_release(vals["club_wallet_kind_id"])
        result = super().write(vals)
        if vals.get("club_wallet_kind_id"):
            loyalty = self.filtered(lambda p: p.program_type == "loyalty")
            # Points of a sale must not pay for that same sale: spending is booked first.
            loyalty.filtered(lambda p: p.applies_on != "future").applies_on = "future"
            self.env["loyalty.card"]._club_adopt(self)
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS - TILL === #

    @api.model
    def _load_pos_data_fields(self, config):
        """The till knows a program that the club keeps by its ``club_rounding``."""
        names = super()._load_pos_data_fields(config)
        return [*names, "club_rounding", "club_point_name"]

    # === BUSINESS METHODS === #

    @api.model
    def _club_require_manager(self):
        """Which programs the club keeps is for its managers (and our own set-up) to say.

        :raises AccessError: for anyone else.
        """
        if not self.env.su and not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(
                self.env._("Only a club manager decides which programs the club keeps.")
            )

    def _club_release(self, kind_id):
        """Give programs that leave their kind back to stock, with their cards.

        :param kind_id: the kind they are about to have, or False.
        :raises ValidationError: when value has moved: such a program stays with its kind.
        """
        leaving = self.filtered(
            lambda p: p.club_wallet_kind_id and p.club_wallet_kind_id.id != kind_id
        )
        # sudo: cards of anyone count, archived ones too
        cards = leaving.sudo().with_context(active_test=False).coupon_ids
        wallets = cards.club_wallet_id
        if wallets.filtered("seq"):
            raise ValidationError(
                self.env._(
                    "The club's ledger holds movements of this program; it can no longer be "
                    "taken away from the club. Archive it and make a new program."
                )
            )
        if wallets:
            cards._club_unlink_wallets()

    @api.model
    @tools.ormcache()
    def _club_stored_value_products(self):
        """Products that sell stored value (top-ups, gift cards), and for which program.

        :returns: dict of product id to dict of company id (False: all companies) to
            (program id, whether a club keeps the program). Not to be changed.
        """
        # sudo: the answer is the same for everyone and is kept for all
        programs = self.sudo().with_context(active_test=False)
        programs = programs.search([("program_type", "in", STORED_VALUE)])
        # A live program comes before an archived one, a kept one before stock's.
        programs = programs.sorted(lambda p: (not p.active, not p.club_wallet_kind_id))
        products = {}
        for program in programs:
            answer = (program.id, bool(program.club_wallet_kind_id))
            for product in program.rule_ids.product_ids:
                by_company = products.setdefault(product.id, {})
                by_company.setdefault(program.company_id.id, answer)
        return products

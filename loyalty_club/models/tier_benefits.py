"""What a level of the ladder brings its members.

Nothing of it is written on contacts: whoever sells looks up what the customer's level gives at
that moment, so that it ends with the level.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import formatLang, ormcache

from ..domain.earn_spec import new_spec, plain
from ..domain.lots import ZERO

# Benefits that are looked up at a sale, and what of them is read.
LOOKED_UP = ("pricelist_id", "payment_term_id", "credit_limit")
_EARNING = frozenset({"earn_multiplier", "active"})


class LoyaltyClubTier(models.Model):
    """The benefits of a level."""

    _inherit = "loyalty.club.tier"
    _check_company_auto = True

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )
    earn_multiplier = fields.Float(
        string="Points of purchases, times",
        digits=(6, 3),
        required=True,
        default=1.0,
        help="1.5: what a purchase earns by the club's terms, and half of that on top. Members "
        "of the level earn so from the moment in which it is saved.",
    )
    reward_discount_percent = fields.Float(
        string="Rewards cost less (%)",
        digits=(5, 2),
        help="The same reward takes so many per cent fewer points off members of this level, "
        "rounded up to whole points: at the till, on sales orders and in the web shop.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Prices of the level",
        check_company=True,
        ondelete="restrict",
        help="Active members of the level buy by this pricelist, before the club's own. A "
        "pricelist that stands on the contact itself comes first. At the till it has to be one "
        "of the till's pricelists.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment terms",
        check_company=True,
        ondelete="restrict",
        help="On sales orders and invoices of members of the level, unless terms stand on the "
        "contact itself.",
    )
    credit_limit = fields.Monetary(
        currency_field="company_currency_id",
        help="How much members of the level may owe before sales orders and invoices warn, "
        "unless a limit stands on the contact itself. 0: the company's.",
    )
    early_access_days = fields.Integer(
        string="Buys earlier by (days)",
        help="Products of the web shop that go on sale on a day can be bought so many days "
        "earlier by signed-in members of the level.",
    )

    _benefits_sound = models.Constraint(
        "CHECK (earn_multiplier > 0 AND reward_discount_percent >= 0"
        " AND reward_discount_percent < 100 AND credit_limit >= 0 AND early_access_days >= 0)",
        "Points are multiplied by more than 0, rewards cost less by 0 to under 100 per cent, and "
        "neither a credit limit nor days are negative.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._note_multiplier()
        self._forget_benefits()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if _EARNING & vals.keys():
            self._note_multiplier()
        if {"active", *LOOKED_UP} & vals.keys():
            self._forget_benefits()
        return result

    # === BUSINESS METHODS - EARNING === #

    def _earn_spec(self):
        """What a purchase of a member of this level earns on top: a list of specs."""
        self.ensure_one()
        kind = self.club_id.points_kind_id
        if not self.active or self.earn_multiplier == 1 or not kind:
            return []
        return [
            new_spec(
                source="tier",
                tier=self.id,
                kind=kind.id,
                type="multiplier",
                params={"factor": plain(self.earn_multiplier)},
                who={"tiers": [self.id]},
                rounding=self.club_id.earn_rounding,
                step=plain(kind.rounding),
            )
        ]

    def _note_multiplier(self):
        """Keep what the levels earn as it is now, where it has changed."""
        # sudo: whoever may change a level leaves a trace of what it earned
        versions = self.env["loyalty.club.earn.version"].sudo()
        for tier in self:  # a ladder has few levels, and they seldom change
            specs = tier._earn_spec()
            if specs or versions.search_count([("tier_id", "=", tier.id)], limit=1):
                versions._note(tier.club_id, "tier", tier, specs)

    # === BUSINESS METHODS - WHO HAS WHAT === #

    def _forget_benefits(self):
        self.env.registry.clear_cache()
        self.env["res.partner"].invalidate_model(["property_product_pricelist"])

    @api.model
    @ormcache("benefit")
    def _giving(self, benefit):
        """Levels that give something: dict of id to (company's id, what it gives).

        Not to be changed.

        :param benefit: one of ``LOOKED_UP``.
        """
        # sudo: the answer is the same for everyone and is kept for all
        return {
            tier.id: (tier.company_id.id, getattr(tier[benefit], "id", tier[benefit]))
            for tier in self.sudo().search([("club_id.active", "=", True)])
            if tier[benefit] and getattr(tier[benefit], "active", True)
        }

    @api.model
    def _of_partners(self, partners, company, benefit):
        """The levels by which contacts have a benefit in a company.

        A person who buys for a firm has what the firm's level gives, unless she has something of
        her own. Costs one query, and none where no level gives it.

        :param partners: res.partner.
        :param company: res.company in which it is sold.
        :param benefit: one of ``LOOKED_UP``.
        :returns: dict of contact's id to loyalty.club.tier, as superuser.
        """
        giving = [
            tier for tier, (home, _what) in self._giving(benefit).items() if home == company.id
        ]
        if not giving or not partners:
            return {}
        # sudo: whoever sells to a member gives what the member's level gives
        members = self.env["loyalty.club.member"].sudo()
        found = members.search_fetch(
            [
                ("partner_id", "in", (partners | partners.commercial_partner_id)._origin.ids),
                ("tier_id", "in", giving),
                ("state", "=", "active"),
            ],
            ["partner_id", "club_id", "tier_id"],
        ).sorted(lambda member: (member.club_id.sequence, member.club_id.id))
        tiers = {}
        for member in found:
            tiers.setdefault(member.partner_id.id, member.tier_id)
        return {
            partner.id: tiers.get(partner._origin.id) or tiers[partner.commercial_partner_id.id]
            for partner in partners
            if partner._origin.id in tiers or partner.commercial_partner_id.id in tiers
        }

    # === BUSINESS METHODS - IN WORDS === #

    def _benefit_lines(self):
        """What the level brings, a short sentence each: for members and for who might become one.

        :returns: list of texts in the language of the environment.
        """
        self.ensure_one()
        tier = self.sudo()  # sudo: a ladder is there to be seen
        number = self.env["loyalty.club"]._plain
        lines = []
        if tier.earn_multiplier > 1:
            lines.append(
                self.env._("%(factor)s times the points", factor=number(tier.earn_multiplier))
            )
        if tier.reward_discount_percent:
            lines.append(
                self.env._(
                    "Rewards for %(percent)s %% fewer points",
                    percent=number(tier.reward_discount_percent),
                )
            )
        if tier.pricelist_id:
            lines.append(self.env._("Prices of its own"))
        if tier.payment_term_id:
            lines.append(self.env._("Payment: %(terms)s", terms=tier.payment_term_id.name))
        if tier.early_access_days:
            lines.append(
                self.env._(
                    "New products %(days)s days earlier",
                    days=formatLang(self.env, tier.early_access_days, digits=0),
                )
            )
        return lines

    @api.model
    @ormcache("tier_id")
    def _reward_percent_of(self, tier_id):
        """The level's own per cent, a Decimal kept in memory: every reward asks."""
        # sudo: the same for whoever asks
        return Decimal(str(self.sudo().browse(tier_id).reward_discount_percent))


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def write(self, vals):
        result = super().write(vals)
        if "earn_rounding" in vals:
            self.env["loyalty.club.tier"].search([("club_id", "in", self.ids)])._note_multiplier()
        return result


class LoyaltyClubMember(models.Model):
    """What of her level's benefits goes for a member now."""

    _inherit = "loyalty.club.member"

    def _reward_percent(self):
        """By how many per cent rewards take fewer points off this member: a Decimal."""
        if len(self) != 1:
            return ZERO
        # sudo: whoever sells to a member charges what the member's level says
        member = self.sudo()
        if member.state != "active" or not member.tier_id:
            return ZERO
        return member.tier_id._reward_percent_of(member.tier_id.id)


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _club_reward_percent(self):
        """By how many per cent rewards take fewer points off this card: those of its member's
        level, and only where the card holds points."""
        self.ensure_one()
        wallet = self.sudo().club_wallet_id  # sudo: a rule, not someone's value
        return wallet.member_id._reward_percent() if wallet.kind_id.type == "points" else ZERO

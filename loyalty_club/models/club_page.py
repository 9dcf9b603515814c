"""The club's page for everybody: what membership brings, told before anybody joins."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..clock import today_in

_WAYS = 6  # to earn, besides buying, that the page names
_REWARDS = 6


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    public_page = fields.Boolean(
        string="Page for everybody",
        default=True,
        help="Shows at its address what membership brings: to visitors and to members. Off: its "
        "members alone see it, signed in.",
    )
    page_url = fields.Char(string="Address of the page", compute="_compute_page_url")
    mutual_text = fields.Html(
        string="Fair for both sides",
        translate=True,
        sanitize_attributes=True,
        help="What the members have from the club and what the shop has from it. Empty: a text "
        "of ours.",
    )
    voices_text = fields.Html(
        string="What members say",
        translate=True,
        sanitize_attributes=True,
        help="Words of members who agreed to be quoted. Empty: the page has no such part.",
    )

    # === COMPUTE METHODS === #

    def _compute_page_url(self):
        for club in self:
            club.page_url = f"{club.get_base_url()}/club/{club.id}"

    # === ACTION METHODS === #

    def action_print_poster(self):
        """A sheet with the QR code by which one joins, to hang up in the shop."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/club/{self.id}/poster",
            "target": "new",
        }

    def action_open_page(self):
        """Open the page for everybody."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/club/{self.id}", "target": "new"}

    # === BUSINESS METHODS === #

    @api.model
    def _with_page(self, company, partner=None, club_id=0):
        """The club whose page somebody may see, as superuser, or none.

        :param company: whose club it is when no id is given.
        :param partner: res.partner who is signed in, or none.
        :param club_id: id of the club that was asked for.
        """
        # sudo: visitors read no clubs; what the page says is what the club shows to them
        clubs = self.sudo()
        seen = Domain("public_page", "=", True)
        if partner:
            seen |= Domain("member_ids.partner_id", "=", partner.id)
        which = Domain("id", "=", club_id) if club_id else Domain("company_id", "=", company.id)
        found = clubs.search(which & seen)
        return (found.filtered("open_to_join") or found)[:1]

    def _benefits_told(self):
        """What membership brings, a sentence each, the strongest first.

        :returns: list of pairs of an icon's name and a text.
        """
        self.ensure_one()
        club = self.sudo()  # sudo: terms are told to whoever may join
        lines = []
        if club.welcome_amount and club._welcome_kind():
            gift = club._welcome_kind()._format_shown(club.welcome_amount)
            lines.append(("gift", self.env._("%(gift)s to welcome you.", gift=gift)))
        if club.member_terms:
            lines.append(("star", club.member_terms))
        if club.pricelist_id:
            lines.append(("tag", self.env._("Prices for members.")))
        lines += [("plus-circle", rule.note) for rule in club._told_rules()]
        return lines

    def _acts_told(self):
        """What else than buying brings something, and is for everybody.

        :returns: list of pairs of what is done and what it brings.
        """
        self.ensure_one()
        club = self.sudo()  # sudo: as above
        kinds = club.act_kind_ids.filtered("listed")
        found = {}
        for rule in club.env["loyalty.club.act.rule"]._in_force(kinds, today_in(club.company_id)):
            if not rule.tier_ids and not rule.segment_ids:
                found.setdefault(rule.kind_id, rule)
        ordered = [(kind.name, found[kind]._given_text()) for kind in kinds if kind in found]
        return ordered[:_WAYS]

    def _levels_told(self):
        """The ladder, the entry level first: list of dicts of ``tier``, ``takes`` and ``lines``."""
        self.ensure_one()
        club = self.sudo()  # sudo: a ladder is there to be seen
        return [
            {"tier": tier, "takes": tier.requirement, "lines": tier._benefit_lines()}
            for tier in club.tier_ids.sorted(lambda tier: tier._rank())
        ]

    def _rewards_told(self):
        """Rewards that every member may choose today: list of pairs of what it is and its price.

        What a point takes off is told by the club's terms.
        """
        self.ensure_one()
        club = self.sudo()  # sudo: as above
        program = club.program_id.filtered("active")
        rewards = program.reward_ids.filtered(
            lambda reward: reward.active and reward.discount_mode != "per_point"
        )
        rewards = rewards.filtered(club._is_for_everybody).sorted("required_points")
        return [
            (reward.description, club.points_kind_id._format(reward.required_points))
            for reward in rewards[:_REWARDS]
        ]

    def _is_for_everybody(self, reward):
        """Whether all members may choose ``reward`` today, and some of it is left."""
        term = reward._club_all_terms().get(reward.id)
        if not term:
            return True
        today = today_in(self.company_id)
        in_time = (term.first or today) <= today <= (term.last or today)
        left = not term.quantity or reward.club_left
        return in_time and left and not term.tiers and not term.segments

    def _fee_told(self):
        """What membership costs, as a sentence."""
        self.ensure_one()
        club = self.sudo()  # sudo: a price is told to whoever may join
        product = club.fee_product_id.with_company(club.company_id)
        if not product:
            return self.env._("Membership is free.")
        price = product.taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(club.company_id)
        ).compute_all(product.lst_price, product=product)["total_included"]
        return self.env._(
            "Membership costs %(price)s for %(months)s months.",
            price=club._money_text(price),
            months=self._plain(club.fee_months),
        )

"""Discounts and promotions for some members alone: of certain tiers, or of certain segments.

Such a program is an ordinary program of stock, so that its percentage, its products and its free
delivery are set where a shop sets them for everybody: one program for each group of members.
Who may use it is decided here, for tills, sales orders and the web shop alike.
"""

from collections import namedtuple

from odoo import Command, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .loyalty_program import STORED_VALUE
from .pos_card import sold_at

# Who reads tiers and segments; whoever else edits programs does not see for whom they are.
_READERS = "loyalty_club.group_user,loyalty_club.group_auditor"

Audience = namedtuple("Audience", "tiers segments")


class LoyaltyProgram(models.Model):
    """For which members a program is."""

    _inherit = "loyalty.program"

    club_tier_ids = fields.Many2many(
        "loyalty.club.tier",
        "loyalty_club_program_tier_rel",
        "program_id",
        "tier_id",
        string="For levels",
        ondelete="restrict",  # a tier that is gone would open the program to everybody
        copy=False,  # see copy()
        groups=_READERS,
        domain="[('company_id', '=?', company_id)]",
        help="Only active members of these levels may use the program, at the till, on sales "
        "orders and in the web shop. Empty: members of any tier, and customers who are none.",
    )
    club_segment_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_program_segment_rel",
        "program_id",
        "segment_id",
        string="For segments",
        ondelete="restrict",
        copy=False,
        groups=_READERS,
        domain="[('company_id', '=?', company_id)]",
        help="Only active members who are in one of these segments may use the program. With "
        "tiers as well, a member has to be in one of each.",
    )
    club_audience = fields.Boolean(
        string="For certain members",
        compute="_compute_club_audience",
        help="The program is for members of certain levels or segments alone.",
    )

    # === COMPUTE METHODS === #

    @api.depends("club_tier_ids", "club_segment_ids")
    def _compute_club_audience(self):
        audiences = self._club_audiences()
        for program in self:
            program.club_audience = program._origin.id in audiences

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "club_tier_ids", "club_segment_ids", "club_wallet_kind_id", "program_type", "company_id"
    )
    def _check_club_audience(self):
        """An audience is of one club, and of programs that anybody could use without it."""
        # sudo: who may edit programs need not read the club's tiers and segments
        for program in self.sudo().with_context(active_test=False):
            clubs = program.club_tier_ids.club_id | program.club_segment_ids.club_id
            if not clubs:
                continue
            if program.club_wallet_kind_id or program.program_type in STORED_VALUE:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” holds value that customers own already: it cannot be "
                        "kept from some of them. Make a promotion or a discount code for "
                        "certain members instead.",
                        program=program.name,
                    )
                )
            if len(clubs) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” is for members of %(clubs)s. Choose levels and segments "
                        "of one club, and make a program for each club.",
                        program=program.name,
                        clubs=", ".join(clubs.mapped("name")),
                    )
                )
            if program.company_id and program.company_id != clubs.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” belongs to %(company)s, and the club “%(club)s” to "
                        "%(other)s. Choose levels and segments of the program's own company.",
                        program=program.name,
                        company=program.company_id.name,
                        club=clubs.name,
                        other=clubs.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    def copy(self, default=None):
        """A copy is for whom the original is, also where its maker does not see that."""
        copies = super().copy(default)
        # sudo: whoever may copy a program makes none that is for more people
        for program, twin in zip(self.sudo(), copies.sudo(), strict=True):
            audience = program.with_context(active_test=False)
            names = {"club_tier_ids", "club_segment_ids"} - (default or {}).keys()
            wanted = {name: audience[name].ids for name in names if audience[name]}
            if wanted:
                twin.write({name: [Command.set(ids)] for name, ids in wanted.items()})
        return copies

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _club_audiences(self):
        """For whom programs are: dict of program id to Audience, of those for certain members.

        Not to be changed.
        """
        # sudo: the answer is the same for everyone and is kept for all
        programs = self.sudo().with_context(active_test=False)
        programs = programs.search(
            ["|", ("club_tier_ids", "!=", False), ("club_segment_ids", "!=", False)]
        )
        return {
            program.id: Audience(
                frozenset(program.club_tier_ids.ids), frozenset(program.club_segment_ids.ids)
            )
            for program in programs
        }

    @api.model
    def _club_refused_to(self, partner, moment=None):
        """Programs that are for members among whom ``partner`` is not.

        :param partner: res.partner, one record or none.
        :param moment: naive UTC datetime of a sale that arrives later: what she was between
            then and now counts as well.
        :returns: set of program ids; two queries at most, and none in a shop without such
            programs.
        """
        # sudo: whoever sells to a member gives what is for members like her
        members = self.env["loyalty.club.member"].sudo()
        return self._club_refused_by(lambda: members._audience_of(partner, moment))

    @api.model
    def _club_refused_by(self, audience):
        """As :meth:`_club_refused_to`.

        :param audience: called for levels and segments, where a program asks.
        """
        audiences = self._club_audiences()
        if not audiences:
            return set()
        tiers, segments = audience()
        return {
            program_id
            for program_id, audience in audiences.items()
            if (audience.tiers and not audience.tiers & tiers)
            or (audience.segments and not audience.segments & segments)
        }

    @api.model
    def _club_open_to(self, partner):
        """Ids of the programs for certain members that ``partner`` may use, in their order."""
        return sorted(self._club_audiences().keys() - self._club_refused_to(partner))

    def _club_audience_text(self):
        """Why these programs cannot be used: a sentence for whoever sells or buys."""
        return self.env._(
            "“%(program)s” is for certain members of the club, and this customer is not one of "
            "them. Choose the customer, or go on without it.",
            program=", ".join(self.mapped("name")),
        )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_audience"]


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.model
    def _audience_of(self, partner, moment=None):
        """Tiers and segments of a contact's active memberships, as two sets of ids.

        :param moment: naive UTC datetime; those that have ended since then count as well.
        """
        if not partner.id:
            return set(), set()
        rows = self.env.execute_query(self._audience_sql(partner, moment))
        tiers = {tier for _member, tier, _segments in rows if tier}
        if moment:
            tiers |= self.browse(row[0] for row in rows)._tiers_left_since(moment)
        return tiers, {segment for _member, _tier, segments in rows for segment in segments}

    @api.model
    def _audience_sql(self, partner, moment=None):
        """Rows of member, tier and array of segments, see :meth:`_audience_of`."""
        self.flush_model(["partner_id", "state", "merged_into_id", "tier_id"])
        self.env["loyalty.club.segment"].flush_model(["active"])
        self.env["loyalty.club.segment.member"].flush_model()
        return SQL(
            """
            SELECT member.id, member.tier_id, ARRAY(
                   SELECT line.segment_id FROM loyalty_club_segment_member line
                     JOIN loyalty_club_segment segment ON segment.id = line.segment_id
                    WHERE line.member_id = member.id AND segment.active
                      AND (line.until IS NULL OR line.until >= %(moment)s)) AS segments
              FROM loyalty_club_member named
              JOIN loyalty_club_member member ON member.id = CASE
                   WHEN named.state = 'closed' AND named.merged_into_id IS NOT NULL
                   THEN named.merged_into_id ELSE named.id END
             WHERE named.partner_id = %(partner)s AND member.state = 'active'
            """,
            partner=partner.id,
            moment=moment,
        )

    def _tiers_left_since(self, moment):
        """Ids of the tiers that these members have left since ``moment``."""
        changes = self.env["loyalty.club.tier.change"].search_fetch(
            [("member_id", "in", self.ids), ("date", ">=", moment)], ["from_tier_id"]
        )
        return set(changes.from_tier_id.ids)


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_told(self, partner, member, code, audience):
        """Besides the card: the programs for certain members that the customer may use."""
        answer = super()._club_told(partner, member, code, audience)
        programs = self.env["loyalty.program"]
        refused = programs._club_refused_by(audience)
        answer["programs"] = sorted(programs._club_audiences().keys() - refused)
        return answer

    def use_coupon_code(self, code, creation_date, partner_id, pricelist_id):
        """A coupon of a program for certain members is taken from them alone."""
        result = super().use_coupon_code(code, creation_date, partner_id, pricelist_id)
        program_id = result["successful"] and result["payload"]["program_id"]
        if program_id in self.env["loyalty.program"]._club_audiences():
            program = self.env["loyalty.program"].browse(program_id)
            partner = self.env["res.partner"].sudo().browse(self._club_id(partner_id)).exists()
            if program_id in program._club_refused_to(partner):
                message = program._club_audience_text()
                return {"successful": False, "payload": {"error_message": message}}
        return result


class PosOrder(models.Model):
    _inherit = "pos.order"

    def action_pos_order_paid(self):
        """What is for certain members is not given to others, whatever the till believes.

        :raises UserError: naming the program.
        """
        self._club_check_audience()
        return super().action_pos_order_paid()

    def _club_check_audience(self):
        """Whether the customer may use the programs whose rewards are on this order.

        Whoever could use them when it was sold may, however late the order arrives.
        """
        Program = self.env["loyalty.program"]
        audiences = Program._club_audiences()
        # sudo: whether a program is for certain members does not depend on who asks
        claimed = self.sudo()._club_claiming_lines().reward_id.program_id if audiences else Program
        claimed = claimed.filtered(lambda program: program.id in audiences)
        if not claimed:
            return
        refused = Program._club_refused_to(self.partner_id, sold_at(self))
        claimed = claimed.filtered(lambda program: program.id in refused)
        if claimed:
            raise UserError(claimed._club_audience_text())

    def _club_claiming_lines(self):
        """Lines by which rewards were given at this till, none of them a return."""
        return self.lines.filtered(lambda line: line.reward_id and not line.refunded_orderline_id)

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import EDUCATIONS, PREFERRED_CHANNELS, REWARDS, SEXES
from .profile_field import OF_CONTACT
from .rate_limit import HOUR

# By which a member may be told something once, and staff only corrects it.
_ONCE = ("birthday", "identity_code")
_OWN_IDENTITIES = (3, 24 * HOUR)  # codes that a member may try on her page
_HANDED_OVER = (
    "sex", "education", "occupation", "area_id", "preferred_channel", "preferred_reward",
)  # fmt: skip


class LoyaltyClubMember(models.Model):
    """What a member tells of herself, apart from what is sealed: each club has its own profile."""

    _inherit = "loyalty.club.member"

    sex = fields.Selection(SEXES)
    education = fields.Selection(EDUCATIONS)
    occupation = fields.Char()
    area_id = fields.Many2one(
        "loyalty.club.area",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
        help="Where the member lives or buys.",
    )
    interest_ids = fields.Many2many(
        "loyalty.club.interest",
        "loyalty_club_member_interest_rel",
        "member_id",
        "interest_id",
        string="Interests",
        domain="[('club_id', '=', club_id)]",
    )
    family_ids = fields.One2many("loyalty.club.family.member", "member_id")
    preferred_channel = fields.Selection(
        PREFERRED_CHANNELS,
        help="How the member likes to be addressed. Whether she may be is told by her consents.",
    )
    preferred_reward = fields.Selection(
        REWARDS, help="What the member says she likes to get. Beside it stands what she uses."
    )
    preferred_reward_used = fields.Selection(
        REWARDS,
        string="Reward used most",
        compute="_compute_preferred_reward_used",
        help="What the member spent her value on most often, as the ledger has it.",
    )

    # === COMPUTE METHODS === #

    def _compute_preferred_reward_used(self):
        used = self._rewards_used()
        for member in self:
            counts = used.get(member.id)
            member.preferred_reward_used = max(counts, key=counts.get) if counts else False

    def _rewards_used(self):
        """How often members spent what lately, from the last 200 entries of each wallet.

        Points went for what the reward of their sale was: a discount, or a product as a gift; where
        there is no such sale they are counted as a discount. Prepaid credit, cashback and gift
        cards count as credit.

        :returns: dict of member id to dict of a key of ``REWARDS`` to a number; the order of keys
            decides between equals.
        """
        self.env["loyalty.club.entry"].flush_model()
        self.env["pos.order.line"].flush_model(["reward_id", "order_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT wallet.member_id,
                       CASE WHEN kind.type <> 'points' THEN 'credit'
                            WHEN gift.given THEN 'gift' ELSE 'discount' END AS reward,
                       COUNT(*)
                  FROM loyalty_club_wallet wallet
                  JOIN loyalty_club_wallet_kind kind ON kind.id = wallet.kind_id
                 CROSS JOIN LATERAL (
                      SELECT * FROM loyalty_club_entry WHERE wallet_id = wallet.id
                       ORDER BY seq DESC LIMIT 200) entry
                  LEFT JOIN LATERAL (
                      SELECT TRUE AS given FROM pos_order_line line
                        JOIN loyalty_reward reward ON reward.id = line.reward_id
                       WHERE entry.origin_model = 'pos.order' AND line.order_id = entry.origin_id
                         AND reward.reward_type = 'product' LIMIT 1) gift ON TRUE
                 WHERE wallet.member_id = ANY(%s) AND entry.kind IN ('spend', 'capture')
                 GROUP BY 1, 2
                """,
                self.ids,
            )
        )
        used = {}
        for member, reward, count in self.env.cr.fetchall():
            used.setdefault(member, {})[reward] = count
        order = [key for key, _text in REWARDS]
        return {
            member: dict(sorted(counts.items(), key=lambda item: order.index(item[0])))
            for member, counts in used.items()
        }

    # === CONSTRAINT METHODS === #

    @api.constrains("area_id", "interest_ids", "club_id")
    def _check_profile_club(self):
        for member in self:
            others = (member.area_id.club_id | member.interest_ids.club_id) - member.club_id
            if others:
                raise ValidationError(
                    self.env._(
                        "This area or interest belongs to %(other)s. Choose one of %(club)s.",
                        other=others[:1].name,
                        club=member.club_id.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _hand_over_profile(self, survivor):
        """What the survivor does not say of herself is taken over; her family grows together."""
        result = super()._hand_over_profile(survivor)
        values = {name: self[name] for name in _HANDED_OVER if self[name] and not survivor[name]}
        if "area_id" in values:
            values["area_id"] = values["area_id"].id
        interests = self.interest_ids - survivor.interest_ids
        if interests:
            values["interest_ids"] = [Command.link(interest.id) for interest in interests]
        if values:
            survivor.write(values)
        self.env["loyalty.club.family.member"].create(
            [
                {
                    "member_id": survivor.id,
                    "relation": relative.relation,
                    "name": relative.name,
                    # sudo: opens for our own code; it is sealed again for its new holder
                    "birthday": relative.sudo().birthday,
                }
                for relative in self.family_ids
                if relative.name not in survivor.family_ids.mapped("name")
            ]
        )
        return result

    def _is_filled(self, code):
        """Whether this member has an answer to a profile field of the club."""
        member = self.sudo()  # sudo: whether there is an answer, not which one
        partner = member.partner_id
        if code == "name":
            return bool(partner.name) and partner.name != partner.phone
        if code == "email":
            return bool(partner.email)
        if code == "address":
            return bool(partner.street or partner.city)
        return bool(member[code])

    def _missing_fields(self, step="profile"):
        """What this member must still tell at ``step``.

        :param step: ``enrol``, ``join`` or ``profile``.
        :returns: loyalty.club.profile.field: mandatory ones without an answer, in order.
        """
        self.ensure_one()
        return self.club_id._profile_fields(step).filtered(
            lambda field: field.mandatory and not self._is_filled(field.code)
        )

    def _save_own_profile(self, values):
        """Write what this member says of herself, on her own pages.

        The caller has made sure that it is she who asks. What the club does not ask is left out.
        Birthday and identity code are told once, and then corrected by the staff.

        :param values: dict of the codes of profile fields; what is not in it stays as it is.
            Of the contact: ``name``, ``email``, ``street``, ``city``, ``zip``.
        :raises UserError: when she changes what only the staff corrects.
        """
        self.ensure_one()
        # sudo: she has no rights on memberships, but may say this of her own
        member = self.sudo()
        asked = set(member.club_id._profile_fields().mapped("code"))
        own = {code: value for code, value in values.items() if code in asked - OF_CONTACT}
        if "identity_code" in asked and "identity_type" in values:
            own["identity_type"] = values["identity_type"]
        member._leave_out_unchanged(own)
        contact = {name: values[name] for name in asked & {"name", "email"} if name in values}
        if "address" in asked:
            contact |= {name: values[name] for name in ("street", "city", "zip") if name in values}
        if own.get("identity_code"):
            member._check_own_identity(own)
        if "name" in contact and not member._may_rename_contact():
            del contact["name"]
        if own:
            member.write(own)
        if contact:
            member.partner_id.write(contact)

    def _check_own_identity(self, own):
        """Few tries, and an answer that tells no more than that the code is not kept: her page
        shall not say which codes the club knows.

        :raises UserError: when the code cannot be kept, or was tried too often.
        """
        limits = self.env["loyalty.club.rate.limit"]
        bucket = (f"own-identity:{self.id}", *_OWN_IDENTITIES)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        index = self._identity_columns(own, self.number)["identity_index"]
        if self._taken_identity([(self.club_id.id, index)]):
            raise UserError(
                self.env._("This identity code cannot be kept. Check it, or ask in the shop.")
            )

    def _may_rename_contact(self):
        """Whether stock lets a customer change this name: not a company's contact, and not once
        there are invoices in it. A number in place of a name is none."""
        partner = self.partner_id
        if partner.parent_id:
            return False
        return partner.can_edit_vat() or self.env["loyalty.club"]._is_nameless(partner)

    def _leave_out_unchanged(self, own):
        """Take out of ``own`` what is already so.

        :raises UserError: when something else was told before that is told once.
        """
        for code in _ONCE:
            known = code in own and self._plain_value(code)
            if not known:
                continue
            if own[code] and not self._is_told(code, own[code]):
                raise UserError(
                    self.env._(
                        "“%(field)s” is told once. If it is wrong, ask the club to correct it.",
                        field=self._fields[code]._description_string(self.env),
                    )
                )
            del own[code]

    def _is_told(self, code, value):
        """Whether ``value`` is what is known."""
        if code == "birthday":
            return fields.Date.to_date(value) == fields.Date.to_date(self._plain_value(code))
        forms = self._identity_indexes([value])
        return self.identity_index in forms or value == self.identity_code

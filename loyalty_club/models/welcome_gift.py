"""What a club gives once: to a new member for joining, and whatever else is given once."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .. import vault
from ..const import AMOUNT_DIGITS
from ..movement import Movement


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    welcome_amount = fields.Float(
        string="Welcome gift",
        digits=AMOUNT_DIGITS,
        help="What everybody gets once for joining, whichever way. Imported members get nothing: "
        "they have been customers before. 0: no gift.",
    )
    welcome_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Given as",
        ondelete="restrict",
        domain="[('club_id', '=', id), ('type', 'not in', ('debt', 'gift_card', 'stamp'))]",
        help="Empty: points.",
    )

    _welcome_not_negative = models.Constraint(
        "CHECK (welcome_amount >= 0)", "A welcome gift takes nothing away."
    )

    @api.constrains("welcome_kind_id", "welcome_amount")
    def _check_welcome(self):
        for club in self.filtered("welcome_amount"):
            club._check_gift(club._welcome_kind(), club.welcome_amount)

    def _check_gift(self, kind, amount):
        """Refuse what a club cannot give its members of itself.

        :param kind: loyalty.club.wallet.kind; empty: a new club, which gets its points in a moment.
        :param amount: how much of it, a float.
        :raises ValidationError: with what to do.
        """
        self.ensure_one()
        if not kind:
            return
        if kind.club_id != self or kind.bearer or kind.type in ("debt", "stamp"):
            raise ValidationError(
                self.env._(
                    "Members of %(club)s cannot be given “%(kind)s”. Choose another kind of value "
                    "for the gift.",
                    club=self.name,
                    kind=kind.name,
                )
            )
        if Decimal(str(amount)) % Decimal(str(kind.rounding)):
            raise ValidationError(
                self.env._("Give whole steps of %(step)s.", step=kind._format(kind.rounding))
            )

    def _welcome_kind(self):
        return self.welcome_kind_id or self.points_kind_id


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _joined(self):
        result = super()._joined()
        self._give_welcome()
        return result

    def write(self, vals):
        joining = self.browse()
        if vals.get("state") == "active":
            joining = self.filtered(lambda member: member.state == "pending")
        result = super().write(vals)
        (joining - joining._welcomed())._give_welcome()
        return result

    def _give_welcome(self):
        """Give these members, who have just joined, their club's welcome gift.

        A person gets it once: who left and joins again, or joins under another contact with
        the same mobile number or identity code, is recognised by the key.
        """
        new = self.filtered(lambda member: member.state == "active" and member.channel != "import")
        for club, members in new.grouped("club_id").items():
            club = club.sudo()  # sudo: its terms are the product's business here
            if club.welcome_amount:
                members._give_each(
                    {member: member._welcome_key() for member in members},
                    club._welcome_kind(),
                    Decimal(str(club.welcome_amount)),
                    note=self.env._("Welcome to %(club)s", club=club.name),
                )

    def _welcomed(self):
        """Those of these members who had their club's gift, also under a merged membership.

        The key alone does not tell: who has another number since has another key.
        """
        if not self:
            return self
        self.flush_recordset(["merged_into_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(m.merged_into_id, m.id)
                  FROM loyalty_club_member m
                  JOIN loyalty_club_entry e ON e.origin_model = %(model)s AND e.origin_id = m.id
                 WHERE (m.id = ANY(%(ids)s) OR m.merged_into_id = ANY(%(ids)s))
                   AND starts_with(e.idempotency_key, 'welcome:' || m.club_id || ':')
                """,
                ids=self.ids,
                model=self._name,
            )
        )
        return self.browse(row[0] for row in rows)

    def _welcome_key(self):
        return self._person_key("welcome")

    def _person_key(self, gift):
        """Key of a gift that a person gets once in a club: names the person as well as can be,
        without telling who it is.

        :param gift: short word that names what is given.
        """
        known_by = self._wanted_mobile() or self.sudo()._plain_value("identity_code")
        name = vault.blind(self.env.cr.dbname, "welcome", known_by) if known_by else self.id
        return f"{gift}:{self.club_id.id}:{name}"

    def _give_once(self, key, kind, amount, entry_kind="bonus", note=None):
        """Give this member something that ``key`` is given once for, whoever it went to.

        :param key: idempotency key of the gift.
        :param kind: loyalty.club.wallet.kind of the member's club.
        :param amount: Decimal, in the kind's unit.
        :param entry_kind: one of ``const.ENTRY_KINDS``.
        :param note: why, in words.
        :returns: whether it was given now.
        """
        self.ensure_one()
        return bool(self._give_each({self: key}, kind, amount, entry_kind, note))

    @api.model
    def _give_each(self, keys, kind, amount, entry_kind="bonus", note=None):
        """As :meth:`_give_once` for many members, in one batch of the ledger.

        :param keys: dict of member to idempotency key; of members with one key the first gets it.
        :returns: the members who got it now.
        """
        first = {key: member.id for member, key in reversed(keys.items())}
        # sudo: ledger's door; the caller decides who is given what
        members, kind = self.sudo().browse(first.values()), kind.sudo()
        wallets = kind._wallets_of(members)
        self.env["loyalty.card"].sudo()._club_create_for(kind, wallets.values())
        outcomes = (
            self.env["loyalty.club.wallet"]
            .sudo()
            ._post(
                Movement(
                    wallet_id=wallets[member.id].id,
                    amount=amount,
                    kind=entry_kind,
                    key=key,
                    origin=(self._name, member.id),
                    branch_id=member.branch_id.id or None,
                    note=note,
                )
                for member, key in zip(members, first, strict=True)
            )
        )
        return self.browse(
            member.id
            for member, outcome in zip(members, outcomes, strict=True)
            if outcome.status == "posted"
        )

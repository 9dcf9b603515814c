from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from .profile_field import OF_CONTACT

_BATCH = 5000
# Whether a member (m) or her contact (p) has an answer, by the code of the profile field.
_FILLED = {
    "name": "p.name <> '' AND p.name IS DISTINCT FROM p.phone",
    "email": "p.email <> ''",
    "address": "p.street <> '' OR p.city <> ''",
    "birthday": "m.birth_gregorian <> 0",
    "anniversary": "m.anniversary_gregorian <> 0",
    "identity_code": "m.identity_index IS NOT NULL",
    "sex": "m.sex IS NOT NULL",
    "education": "m.education IS NOT NULL",
    "occupation": "m.occupation <> ''",
    "area_id": "m.area_id IS NOT NULL",
    "preferred_channel": "m.preferred_channel IS NOT NULL",
    "preferred_reward": "m.preferred_reward IS NOT NULL",
    "interest_ids": "EXISTS (SELECT FROM loyalty_club_member_interest_rel r"
    " WHERE r.member_id = m.id)",
    "family_ids": "EXISTS (SELECT FROM loyalty_club_family_member f WHERE f.member_id = m.id)",
}
# Fields of a member, and of a contact, whose change may complete a profile.
_OF_MEMBER = (_FILLED.keys() - OF_CONTACT) | {"state"}


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    completion_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Given for a complete profile",
        ondelete="restrict",
        domain="[('club_id', '=', id), ('type', 'not in', ('debt', 'gift_card', 'stamp'))]",
        help="Kind of value that a member gets, once, when all that counts is filled in.",
    )
    completion_amount = fields.Float(string="How much", digits=(20, 3))
    # Id of the last member who was reckoned anew after the club changed what counts; empty: done.
    completion_after = fields.Integer(readonly=True, copy=False)
    completion_due = fields.Boolean(readonly=True, copy=False)

    _completion_amount_positive = models.Constraint(
        "CHECK (completion_amount >= 0)", "A gift for a complete profile is not negative."
    )

    @api.constrains("completion_kind_id", "completion_amount")
    def _check_completion_gift(self):
        # Else nobody could complete a profile: the ledger refuses such a gift.
        for club in self.filtered("completion_amount"):
            club._check_gift(club.completion_kind_id, club.completion_amount)

    def write(self, vals):
        result = super().write(vals)
        if {"completion_kind_id", "completion_amount"} & vals.keys():
            self._reckon_completion()
        return result

    def _reckon_completion(self):
        """Reckon all members anew: at once in a small club, else by the job."""
        # sudo: progress of our own job
        clubs = self.sudo()
        clubs.write({"completion_due": True, "completion_after": 0})
        for club in clubs:
            club._completion_batch(_BATCH)
        if any(clubs.mapped("completion_due")):
            self.env.ref("loyalty_club.cron_profile")._trigger()

    def _completion_sql(self):
        """The whole percent of what counts that is filled: the twin of ``domain.profile``."""
        # sudo: what counts is the club's own, whoever changed a profile
        counted = self.sudo().profile_field_ids.filtered("counts").mapped("code")
        if not counted:
            return SQL("0")
        filled = SQL(" + ").join(
            SQL("CASE WHEN %s THEN 1 ELSE 0 END", SQL(_FILLED[code])) for code in counted
        )
        return SQL("100 * (%s) / %s", filled, len(counted))

    def _completion_batch(self, limit):
        """Reckon the next members; returns how many."""
        self.ensure_one()
        members = self.env["loyalty.club.member"].search(
            [("club_id", "=", self.id), ("id", ">", self.completion_after)],
            order="id",
            limit=limit,
        )
        members._refresh_completion()
        done = len(members) < limit
        self.write({"completion_due": not done, "completion_after": 0 if done else members[-1].id})
        return len(members)


class LoyaltyClubMember(models.Model):
    """How complete a profile is, kept with every change, and the one gift for completing it."""

    _inherit = "loyalty.club.member"

    profile_completion = fields.Integer(
        string="Profile complete (%)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How much is filled in of what the club counts.",
    )
    completion_given = fields.Boolean(
        string="Gift for a complete profile given", readonly=True, copy=False
    )

    # === CRUD METHODS === #

    def _joined(self):
        result = super()._joined()
        self._refresh_completion()
        return result

    def write(self, vals):
        result = super().write(vals)
        if _OF_MEMBER & vals.keys():
            self._refresh_completion()
        return result

    @api.model
    def _kept_columns(self):
        return super()._kept_columns() | {"profile_completion", "completion_given"}

    # === BUSINESS METHODS === #

    def _refresh_completion(self):
        """Reckon the completion of these members, in one statement for each club.

        Whoever completes the profile by this gets the club's gift for it.
        """
        if not self:
            return
        # sudo: it follows from what was written, whoever wrote it
        members = self.sudo()
        for model in ("loyalty.club.member", "loyalty.club.family.member", "res.partner"):
            self.env[model].flush_model()
        for club, group in members.grouped("club_id").items():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE loyalty_club_member member SET profile_completion = known.percent
                      FROM (SELECT m.id, %(percent)s AS percent
                              FROM loyalty_club_member m JOIN res_partner p ON p.id = m.partner_id
                             WHERE m.id = ANY(%(ids)s)) known
                     WHERE member.id = known.id
                       AND member.profile_completion IS DISTINCT FROM known.percent
                    """,
                    percent=club._completion_sql(),
                    ids=group.ids,
                )
            )
        members.invalidate_recordset(["profile_completion"])
        members._give_for_completion()

    def _give_for_completion(self):
        """Book the club's gift for those who completed their profile and have not got it."""
        for club, group in self.grouped("club_id").items():
            if not club.completion_kind_id or not club.completion_amount:
                continue
            complete = group.filtered(
                lambda member: (
                    member.profile_completion == 100
                    and member.state == "active"
                    and not member.completion_given
                    and not any(member.merged_ids.mapped("completion_given"))
                )
            )
            if complete:
                complete._book_completion(club)

    def _book_completion(self, club):
        """Give to each of these, unless the person has had it under another membership."""
        keys = {member: member._person_key("profile") for member in self}
        given = self._give_each(
            keys,
            club.completion_kind_id,
            Decimal(str(club.completion_amount)),
            note=self.env._("Profile complete"),
        )
        had = (
            self.env["loyalty.club.entry"]
            .search([("idempotency_key", "in", list(set(keys.values())))])
            .mapped("idempotency_key")
        )
        known = set(had)
        (given | self.filtered(lambda member: keys[member] in known)).completion_given = True

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .append_only import freeze_table

# What can be revealed, by the member's field.
REVEALED = [
    ("identity_code", "Identity code"),
    ("birthday", "Birthday"),
    ("anniversary", "Wedding anniversary"),
    ("family_ids", "Birthdays of the family"),
]
# What else is logged with it: a copy of everything holds the sealed values as well.
EXPORTED = ("export", "Everything, as a file")
# One person reads so many values of others in an hour, not the whole club.
_REVEALS = (60, 3600)
_SHOWN = timedelta(minutes=5)


class LoyaltyClubReveal(models.Model):
    """Somebody opened a sealed value of a member: who, when, which, and why. Not what it said.

    Without a member: she opened the values of all members, for everybody.
    """

    _name = "loyalty.club.reveal"
    _inherit = ["loyalty.club.fact"]
    _description = "Revealed Value"
    _order = "id desc"
    _log_access = False  # date and user are facts of the record itself
    _erasable = frozenset({"reason"})

    member_id = fields.Many2one(
        "loyalty.club.member",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: all members' values were opened for everybody.",
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict", index=True
    )
    code = fields.Selection([*REVEALED, EXPORTED], string="Field", required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)

    def init(self):
        freeze_table(self.env.cr, self._table, erasable=sorted(self._erasable))

    @api.depends("member_id", "code")
    def _compute_display_name(self):
        for reveal in self:
            label = dict(self._fields["code"]._description_selection(self.env))[reveal.code]
            whose = reveal.member_id.number or self.env._("everybody")
            reveal.display_name = f"{label}, {whose}"

    @api.model
    def _log(self, member, code, reason):
        """Note that the user is about to see a sealed value of ``member``.

        :param code: one of ``REVEALED``, or ``export``.
        :param reason: why, in words.
        :returns: the record.
        :raises AccessError: for anyone who may not see sensitive data.
        :raises UserError: without a reason, or after too many in an hour.
        """
        if not self.env.user.has_group("loyalty_club.group_privacy"):
            raise AccessError(
                self.env._("You may not see sensitive data. Ask a club manager to look it up.")
            )
        member.ensure_one().check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why you need to see it."))
        limits = self.env["loyalty.club.rate.limit"]
        bucket = (f"reveal:{self.env.uid}", *_REVEALS)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        # sudo: nobody writes the log by hand
        return (
            self.sudo()
            .create(
                {
                    "member_id": member.id,
                    "club_id": member.club_id.id,
                    "company_id": member.company_id.id,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "code": code,
                    "reason": reason.strip(),
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _log_opening(self, opened):
        """Note that the user has opened values of all members for everybody.

        :param opened: loyalty.club.profile.field that were kept sealed, and are no longer.
        """
        # sudo: nobody writes the log by hand
        self.sudo().create(
            [
                {
                    "club_id": field.club_id.id,
                    "company_id": field.company_id.id,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "code": field.code,
                    "reason": self.env._("Opened for everybody"),
                }
                for field in opened
            ]
        )

    @api.model
    def _remove(self, member, code):
        """Forget a sealed value of ``member``, at her wish.

        :param code: ``identity_code``, ``birthday`` or ``anniversary``.
        :raises AccessError: for anyone who may not see sensitive data or change members.
        """
        if not self.env.user.has_group("loyalty_club.group_privacy"):
            raise AccessError(
                self.env._("You may not remove sensitive data. Ask a club manager to do it.")
            )
        member.ensure_one().check_access("write")
        # sudo: the right was checked; nothing but our own code empties a sealed date
        member.sudo().write({code: False})

    def _value(self):
        """What was revealed, as a text to be shown to the one who revealed it, just now.

        :raises AccessError: for anybody else.
        """
        if not self._is_fresh():
            return self.env._("It was shown. To see it again, reveal it again.")
        reveal = self.sudo()  # sudo: who may read the log is another question
        return reveal.member_id._sealed_text(reveal.code)

    def _is_fresh(self):
        """Whether what the user revealed is still shown to her.

        :raises AccessError: for anybody else.
        """
        self.ensure_one()
        reveal = self.sudo()  # sudo: who may read the log is another question
        if reveal.user_id != self.env.user:
            raise AccessError(self.env._("Somebody else revealed this. Reveal it yourself."))
        return fields.Datetime.now() - reveal.date <= _SHOWN


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    reveal_ids = fields.One2many(
        "loyalty.club.reveal",
        "member_id",
        string="Revealed",
        groups="loyalty_club.group_manager,loyalty_club.group_auditor",
    )

    def action_reveal(self, code=None):
        """Ask why a sealed value shall be seen, then show it.

        :param code: one of ``REVEALED``; left out, the window asks.
        :raises AccessError: for anyone who may not see sensitive data.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_privacy"):
            raise AccessError(
                self.env._("You may not see sensitive data. Ask a club manager to look it up.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reveal"),
            "res_model": "loyalty.club.member.reveal",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_member_id": self.id,
                "default_code": code or self.env.context.get("reveal_code") or "identity_code",
            },
        }

    def _sealed_text(self, code):
        """A sealed value in words; what is not known, or does not open, is said so."""
        if code == "family_ids":
            known = [
                f"{relative.name}: {relative.sudo().birthday or '–'}"  # sudo: opens for our code
                for relative in self.family_ids
            ]
            return "\n".join(known) or self.env._("Nothing is known.")
        value = self._plain_value(code)
        if value:
            return str(value)
        column = "identity_sealed" if code == "identity_code" else f"{code}_sealed"
        if self.sudo()[column]:  # sudo: only our own code reads it
            return self.env._("The key that opens this is not on this server.")
        return self.env._("Nothing is known.")

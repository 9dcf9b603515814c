import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..barcode import qr_svg
from ..clock import today_in
from ..domain import codes
from .act_batch import ActOutcome

# Letters of a code of our own: none that looks like another.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SHORTEST, _LONGEST = 4, 32


class LoyaltyClubActCode(models.Model):
    """A word in a story, a newsletter or on a poster: whoever found it, saw it.

    It is typed on the member's page, or opened as a link, and counts once for each member.
    """

    _name = "loyalty.club.act.code"
    _description = "Code for an Act"
    _order = "id desc"
    _rec_name = "code"

    code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: "".join(secrets.choice(_LETTERS) for _letter in range(8)),
        help="Large and small letters and blanks make no difference.",
    )
    kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Act",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('proof', '=', 'code')]",
    )
    club_id = fields.Many2one(related="kind_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True)
    note = fields.Char(string="Where it stands", help="For example: the story of 12 May.")
    active = fields.Boolean(default=True)
    date_from = fields.Date(string="From", help="First day. Empty: from now on.")
    date_until = fields.Date(string="Until", help="Last day. Empty: until further notice.")
    most_uses = fields.Integer(string="For the first", help="So many members. 0: for all.")
    use_count = fields.Integer(string="Used", compute="_compute_use_count")
    url = fields.Char(string="Link", compute="_compute_url")
    qr = fields.Html(string="QR code", compute="_compute_url", sanitize=False)

    _code_unique = models.UniqueIndex(
        "(club_id, code) WHERE active", "The club has this code already: choose another."
    )
    _sound = models.Constraint(
        "CHECK (most_uses >= 0 AND date_from <= date_until)",
        "A code ends after it begins, and is for a number of members.",
    )

    # === COMPUTE METHODS === #

    def _compute_use_count(self):
        counts = dict(
            self.env["loyalty.club.act"]._read_group(
                [
                    ("origin_model", "=", self._name),
                    ("origin_id", "in", self.ids),
                    ("refused", "=", False),
                ],
                ["origin_id"],
                ["__count"],
            )
        )
        for code in self:
            code.use_count = counts.get(code.id, 0)

    @api.depends("code")
    def _compute_url(self):
        for code in self:
            code.url = code._origin and f"{code.get_base_url()}/club/code/{code.code}"
            code.qr = code.url and qr_svg(code.url)

    # === CONSTRAINT METHODS === #

    @api.constrains("code")
    def _check_code(self):
        for code in self:
            if not _SHORTEST <= len(code.code) <= _LONGEST or not code.code.isalnum():
                raise ValidationError(
                    self.env._(
                        "A code has %(least)s to %(most)s letters and digits, and nothing else.",
                        least=_SHORTEST,
                        most=_LONGEST,
                    )
                )

    @api.constrains("kind_id")
    def _check_kind(self):
        for code in self:
            if code.kind_id.proof != "code":
                raise ValidationError(
                    self.env._(
                        "“%(act)s” is not known by a code. Choose another kind of act.",
                        act=code.kind_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalised(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalised(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if any(code.use_count for code in self):
            raise UserError(self.env._("Members have used this code. Archive it instead."))

    # === BUSINESS METHODS === #

    @api.model
    def _normalised(self, vals):
        return dict(vals, code=self._as_kept(vals["code"])) if vals.get("code") else vals

    @api.model
    def _as_kept(self, text):
        """A code as it is kept, however it was typed, without what nobody sees in it."""
        seen = "".join(filter(str.isprintable, codes.typed(text)))
        return seen.upper().replace(" ", "")

    @api.model
    def _use(self, member, text):
        """Let ``member`` use the code that she typed; wrong ones are counted.

        :param member: loyalty.club.member of who is signed in, in sudo.
        :returns: :class:`..act_batch.ActOutcome`.
        :raises UserError: for a code that is none of her club's, in one and the same sentence
            whether it never was one, is over, or was used up; and after too many wrong ones.
        """
        limits = self.env["loyalty.club.rate.limit"]
        refusal = limits._code_refusal()
        if refusal:
            raise UserError(refusal)
        # sudo: members read no codes; the text is the right to use this one
        code = self.sudo()._in_force(member, text if len(text) <= 2 * _LONGEST else "")
        if not code:
            limits._code_wrong()
            raise UserError(
                self.env._("This code is not valid. Compare it with where you found it.")
            )
        limits._code_found()
        if code._used_by(member):  # perhaps as a membership that was merged into hers
            return ActOutcome("repeated")
        return member._earn_act(
            code.kind_id.code,
            f"code-{code.id}:{member.id}",
            origin=(self._name, code.id),
            note=code.note or None,
        )

    def _in_force(self, member, text):
        """The code of the member's club that ``text`` is today, or none."""
        day = today_in(member.company_id)
        code = self.search(
            Domain("club_id", "=", member.club_id.id)
            & Domain("code", "=", self._as_kept(text))
            & Domain("kind_id.active", "=", True)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", day))
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", day)),
            limit=1,
        )
        if code.most_uses and not code._used_by(member):
            code._stand_in_line()
            if code.use_count >= code.most_uses:
                return self.browse()
        return code

    def _stand_in_line(self):
        """Let one after the other use a code that is for the first so many.

        Who comes second has an older picture of the table: the database refuses the update, the
        request is tried again, and counts the use of who came first.
        """
        self.env.cr.execute(
            SQL("UPDATE loyalty_club_act_code SET most_uses = most_uses WHERE id = %s", self.id)
        )
        self.invalidate_recordset(["use_count"])

    def _used_by(self, member):
        return self.env["loyalty.club.act"].search_count(
            [
                ("origin_model", "=", self._name),
                ("origin_id", "=", self.id),
                ("member_id", "=", member.id),
                ("refused", "=", False),
            ],
            limit=1,
        )

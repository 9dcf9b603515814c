from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import IDENTITY_TYPES
from ..domain import identity, profile
from ..domain.codes import InputError
from ..transaction import in_short_transaction

_MASK = "*"


class LoyaltyClubMember(models.Model):
    """National code, legal entity's ID or foreigner's document: unique in a club, kept sealed,
    shown masked, and found through a blind index."""

    _inherit = "loyalty.club.member"

    identity_type = fields.Selection(IDENTITY_TYPES, string="Kind of identity code", copy=False)
    identity_code = fields.Char(
        string="Identity code",
        compute="_compute_identity",
        search="_search_identity_code",
        readonly=False,
        copy=False,
        help="National code or legal entity's ID. Kept sealed and shown masked; search for the "
        "whole code finds its member.",
    )
    identity_warning = fields.Char(compute="_compute_identity")
    identity_sealed = fields.Char(readonly=True, copy=False, prefetch=False)
    identity_index = fields.Char(readonly=True, copy=False, prefetch=False)

    _identity_unique = models.UniqueIndex(
        "(club_id, identity_index) WHERE identity_index IS NOT NULL AND merged_into_id IS NULL",
        "Another member of the club has this identity code. Look the member up by the code.",
    )

    # Lookups ask for merged memberships as well, which the unique index leaves out.
    _identity_lookup = models.Index("(identity_index) WHERE identity_index IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("identity_sealed", "identity_type")
    def _compute_identity(self):
        doubtful = self.env._(
            "It looks like an Iranian code, but its check digit does not fit. Compare it with the "
            "document."
        )
        unreadable = self.env._("The key that opens this code is not on this server.")
        for member in self:
            sealed = member.sudo().identity_sealed  # sudo: only our own code reads it
            code = member._unseal("identity_sealed")
            member.identity_code = profile.mask(code) if code else (sealed and "?") or False
            member.identity_warning = unreadable if sealed and not code else False
            if code and member.identity_type == "foreign" and identity.is_doubtful(code):
                member.identity_warning = doubtful

    @api.model
    def _search_identity_code(self, operator, value):
        """Whole codes only, in any writing: nothing else is known of a sealed code."""
        if operator not in ("=", "in", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        if operator == "=" and not self.env.su:
            # The ORM asks for “in”; only after that was refused it tries each value by itself
            raise NotImplementedError
        texts = [value] if isinstance(value, (str, bool)) or value is None else list(value)
        self._check_looked_up([text for text in texts if text])
        # sudo: the index is read by our own code alone; rules still hold for what is found
        members = self.sudo()
        found = Domain("identity_index", "in", self._identity_indexes(filter(None, texts)))
        if not all(texts):
            found |= Domain("identity_index", "=", False)
        return Domain("id", "in", members._search(found))

    @api.model
    def _check_looked_up(self, texts):
        """Many codes in one search, or many searches, would tell a sealed code by halving.

        :raises UserError: for more than one code, or too many in an hour; our own code is free.
        """
        if self.env.su or not texts:
            return
        if len(texts) > 1:
            raise UserError(
                self.env._("Identity codes are looked up one at a time. Search for one code.")
            )
        refusal = self.env["loyalty.club.rate.limit"]._identity_refusal()
        if refusal:
            raise UserError(refusal)

    # === BUSINESS METHODS === #

    @api.model
    def _by_identity(self, club, text, asked=False):
        """The membership of ``club`` that an identity code names, in whatever writing.

        A person may look up so many codes an hour; then nobody is found by one.

        :param text: national code, legal entity's ID or number of a foreigner's document.
        :param asked: whether a person asks, though our own code looks with all rights.
        :returns: loyalty.club.member, in whatever state, or an empty recordset; of merged
            memberships the one that stays.
        """
        counted = asked or not self.env.su
        if counted and not identity.is_whole(text or ""):
            return self.browse()
        indexes = self._identity_indexes([text])
        if not indexes or (counted and self.env["loyalty.club.rate.limit"]._identity_refusal()):
            return self.browse()
        # sudo: the index is read by our own code alone; what is found keeps the caller's rights
        found = self.sudo().search(
            [("club_id", "=", club.id), ("identity_index", "in", indexes)], order="id"
        )
        return (found.filtered(lambda member: not member.merged_into_id) or found._survivor())[
            :1
        ].with_env(self.env)

    @api.model
    def _identity_indexes(self, texts):
        forms = {form for text in texts for form in identity.identity_forms(text)}
        return [self._index_of("identity_code", form) for form in forms]

    def _identity_columns(self, vals, holder):
        """What is kept of an identity code; the kind alone says how a known code is read."""
        kind = vals.get("identity_type", self.identity_type)
        text = (vals.get("identity_code") or "").strip()
        if "identity_code" not in vals or (self and text == self.identity_code):
            if not self.sudo().identity_sealed:  # sudo: only our own code reads it
                return {"identity_type": kind}
            text = self._plain_value("identity_code")
        if not text:
            return {"identity_type": kind, "identity_sealed": False, "identity_index": False}
        kind = kind or identity.identity_kind(text)
        try:
            code = identity.normalise_identity(text, kind)
        except InputError as error:
            raise ValidationError(self._identity_sentence(error, kind)) from error
        return {
            "identity_type": kind,
            "identity_sealed": self._seal("identity_sealed", holder, code),
            "identity_index": self._index_of("identity_code", code),
        }

    @api.model
    def _identity_sentence(self, error, kind):
        """What to do about a code that cannot be one."""
        if error.code == "payment_card":
            return self.env._("This is the number of a bank card. The club must not keep it.")
        if _MASK in str(error.value):
            return self.env._("Enter the whole identity code; the stars only hide it.")
        return {
            "national": self.env._(
                "This is no national code: it has ten digits, of which the last is a check digit. "
                "Correct it, or choose “Foreigner's document”."
            ),
            "legal": self.env._(
                "This is no legal entity's ID: it has eleven digits, of which the last is a check "
                "digit. Correct it."
            ),
            "foreign": self.env._(
                "Enter the document's number: 4 to 30 letters and digits, without other signs."
            ),
        }[kind]

    def _check_identities_free(self, wanted):
        """Ask for many new codes at once; the database's index decides races.

        :param wanted: list of pairs of club id and index.
        :raises ValidationError: when another member has one of the codes; it is named to those
            who may see sensitive data.
        """
        taken = self._taken_identity(wanted)
        if not taken:
            return
        self._note_taken_identity(taken)
        if self.env.user.has_group("loyalty_club.group_privacy"):
            raise ValidationError(
                self.env._(
                    "%(member)s has this identity code already. If both are one person, merge the "
                    "two memberships.",
                    member=taken.display_name,
                )
            )
        raise ValidationError(
            self.env._(
                "Another member of the club has this identity code. Look the member up by the code "
                "instead, or ask a club manager."
            )
        )

    def _taken_identity(self, wanted):
        """A member besides these who has one of the codes, in sudo; see above."""
        if not wanted:
            return self.browse()
        # sudo: a code is taken whether or not the caller sees its member
        others = self.sudo().search_fetch(
            [
                ("club_id", "in", [club for club, _index in wanted]),
                ("identity_index", "in", [index for _club, index in wanted]),
                ("merged_into_id", "=", False),
                ("id", "not in", self.ids),
            ],
            ["club_id", "identity_index"],
        )
        pairs = set(wanted)
        return others.filtered(lambda other: (other.club_id.id, other.identity_index) in pairs)[:1]

    def _note_taken_identity(self, taken):
        """Leave word for the staff that two memberships may be one person; the refusal that
        follows undoes all else."""
        if len(self) != 1:
            return

        def work(env):
            pair = env[self._name].sudo().browse([self.id, taken.id]).exists()
            if len(pair) == 2:
                env["loyalty.club.duplicate"].sudo()._note([(pair[0], pair[1])], "identity")

        # sudo: whoever types a taken code does this with it
        in_short_transaction(self.env, work)

    @api.model
    def _reindex_identities(self, limit):
        """Make the blind indexes anew from the codes: their secret was lost, or has changed.

        :param limit: how many members at most between two commits, which are the caller's.
        :returns: generator of pairs: how many were indexed, and how many did not open.
        """
        self.flush_model(["identity_sealed", "number"])
        after = 0
        while True:
            self.env.cr.execute(
                SQL(
                    "SELECT id, number, identity_sealed FROM loyalty_club_member"
                    " WHERE id > %s AND identity_sealed IS NOT NULL ORDER BY id LIMIT %s"
                    " FOR NO KEY UPDATE",
                    after,
                    limit,
                )
            )
            rows = self.env.cr.fetchall()
            if not rows:
                return
            opened = [
                (row, self._unsealed("identity_sealed", number, sealed))
                for row, number, sealed in rows
            ]
            indexed = [(row, self._index_of("identity_code", code)) for row, code in opened if code]
            self._store_rows(("identity_index",), indexed)
            yield len(indexed), len(rows) - len(indexed)
            after = rows[-1][0]

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CONSENT_SOURCES
from .append_only import freeze_table


class LoyaltyClubAgreementAcceptance(models.Model):
    """A member has accepted a version of the terms: a fact, kept once for each version."""

    _name = "loyalty.club.agreement.acceptance"
    _inherit = ["loyalty.club.fact"]
    _description = "Acceptance of Terms"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "version_id"
    _repointable = frozenset({"member_id"})
    _erasable = frozenset({"proof"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    version_id = fields.Many2one(
        "loyalty.club.agreement.version", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(string="Accepted on", required=True, readonly=True)
    source = fields.Selection(CONSENT_SOURCES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True, ondelete="restrict")
    proof = fields.Char(readonly=True)

    _once = models.UniqueIndex("(member_id, version_id)", "This version was accepted before.")
    _version_index = models.Index("(version_id)")

    def init(self):
        # Who accepted follows merged memberships.
        freeze_table(self.env.cr, self._table, sorted(self._repointable), sorted(self._erasable))

    @api.model
    def _fact_refusal(self):
        return self.env._("What a member has accepted stays on record.")


class LoyaltyClubAgreement(models.Model):
    _inherit = "loyalty.club.agreement"

    def _due_domain(self):
        """Members who would be asked to accept these terms now: a Domain."""
        conditions = []
        self.env["loyalty.club.agreement.acceptance"].flush_model()
        for agreement in self:
            least = agreement._least_number()
            if not least:
                continue
            accepted = SQL(
                "(SELECT acceptance.member_id FROM loyalty_club_agreement_acceptance AS acceptance"
                " JOIN loyalty_club_agreement_version AS version"
                " ON version.id = acceptance.version_id"
                " WHERE version.agreement_id = %s AND version.number >= %s)",
                agreement.id,
                least,
            )
            conditions.append(
                Domain("club_id", "=", agreement.club_id.id) & Domain("id", "not in", accepted)
            )
        return Domain.OR(conditions)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _terms_in_force(self):
        """The versions that somebody who joins now accepts, one of each of the club's terms."""
        self.ensure_one()
        # sudo: terms are for everybody's eyes
        agreements = self.env["loyalty.club.agreement"].sudo()
        return agreements.search([("club_id", "=", self.id)]).current_version_id


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    terms_due = fields.Boolean(
        string="Terms to accept",
        compute="_compute_terms_due",
        search="_search_terms_due",
        help="The member has not accepted the terms in force, or a new version asks again.",
    )

    # === COMPUTE METHODS === #

    def _compute_terms_due(self):
        these = Domain("id", "in", self._origin.ids)
        # sudo: asked of members who are at hand
        due = self.sudo().search(these & self._search_terms_due("in", {True}))
        for member in self:
            member.terms_due = member._origin.id in due.ids

    @api.model
    def _search_terms_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: which terms there are is known to everybody
        agreements = self.env["loyalty.club.agreement"].sudo()
        return agreements.search([("version_ids.state", "=", "published")])._due_domain()

    # === BUSINESS METHODS === #

    def _terms_due(self):
        """The versions that this member is to be asked for now: usually one or none.

        :returns: loyalty.club.agreement.version.
        """
        self.ensure_one()
        member = self.sudo()._survivor()  # sudo: her own; the caller has found her
        agreements = self.env["loyalty.club.agreement"].sudo()
        agreements = agreements.search([("club_id", "=", member.club_id.id)])
        accepted = (
            self.env["loyalty.club.agreement.acceptance"]
            .sudo()
            .search([("member_id", "=", member.id)])
            .version_id
        )
        due = agreements.filtered(
            lambda terms: (
                terms._least_number()
                > max(
                    accepted.filtered(lambda version: version.agreement_id == terms).mapped(
                        "number"
                    ),
                    default=0,
                )
            )
        )
        return due.current_version_id

    def _accept_terms(self, version, source, proof=None):
        """Record that these members accept a version of the terms; twice is once.

        The caller has checked the right to speak for the members.

        :param version: loyalty.club.agreement.version, published.
        :param source: key of ``const.CONSENT_SOURCES``.
        :param proof: what shows it, or None.
        :returns: the facts: loyalty.club.agreement.acceptance.
        :raises UserError: when it is a draft, or another club's.
        """
        if source not in dict(CONSENT_SOURCES):
            raise ValueError(f"terms are accepted in no such way: {source}")
        facts = self.env["loyalty.club.agreement.acceptance"].sudo()  # sudo: see the docstring
        version, members = version.sudo(), self.sudo()._survivor()
        if not version or not members:
            return facts
        version.ensure_one()
        if version.state != "published" or members.club_id != version.club_id:
            raise UserError(
                self.env._("These terms are not in force here. Reload the page and try again.")
            )
        self.env["loyalty.club.member"].flush_model()
        facts.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_agreement_acceptance
                       (member_id, club_id, company_id, version_id, date, source, user_id, proof)
                SELECT member.id, member.club_id, member.company_id, %(version)s, %(now)s,
                       %(source)s, %(user)s, %(proof)s
                  FROM loyalty_club_member AS member
                 WHERE member.id = ANY(%(members)s)
                ON CONFLICT (member_id, version_id) DO NOTHING
                RETURNING id
                """,
                version=version.id,
                now=fields.Datetime.now(),
                source=source,
                user=self.env.uid,
                proof=proof or None,
                members=list(members.ids),
            )
        )
        members.invalidate_recordset(["terms_due"])
        return facts.browse([row[0] for row in self.env.cr.fetchall()]).sudo(self.env.su)

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

LEGAL_BASES = [
    ("consent", "Consent"),
    ("contract", "Contract: the membership itself"),
    ("legitimate_interest", "Legitimate interest: until the person objects"),
    ("legal_obligation", "Legal obligation"),
]
# Bases that leave the person a say, and so are found in the consent centre.
ASKED = ("consent", "legitimate_interest")
_CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")
_MESSAGES = ("sms", "email", "push", "phone")


class LoyaltyClubPurpose(models.Model):
    """What a club uses personal data for, and the words in which it asks.

    Together the purposes of a club are its record of processing: what for, on which legal
    basis, which data, who receives them, for how long. Those based on consent are asked one
    by one, for each channel apart, and are off until somebody says yes.
    """

    _name = "loyalty.club.purpose"
    _description = "Purpose of Processing"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short word by which forms, campaigns and imports name this purpose: small letters, "
        "digits and underscores. It stays as it is.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    text = fields.Text(
        string="Wording",
        required=True,
        translate=True,
        help="The sentence that members agree to. A new wording is a new version; who agreed to "
        "an earlier one did not agree to this one, and the record says so.",
    )
    legal_basis = fields.Selection(LEGAL_BASES, required=True, default="consent")
    use_sms = fields.Boolean(string="SMS")
    use_email = fields.Boolean(string="E-mail")
    use_push = fields.Boolean(string="Notifications")
    use_phone = fields.Boolean(string="Telephone calls")

    # --- the record of processing
    data_used = fields.Text(
        translate=True, help="Which personal data serve this purpose, for the record of processing."
    )
    recipients = fields.Text(
        translate=True, help="Who else receives them: providers, partners, authorities, countries."
    )
    retention_days = fields.Integer(
        string="Kept for (days)",
        help="How long after the membership has ended, or the consent was withdrawn. 0: no longer.",
    )

    version_ids = fields.One2many(
        "loyalty.club.purpose.version", "purpose_id", string="Wordings", readonly=True
    )
    version_id = fields.Many2one(
        "loyalty.club.purpose.version", string="Wording in force", compute="_compute_version_id"
    )
    agreed_count = fields.Integer(string="Agree", compute="_compute_agreed_count")

    _code_unique = models.Constraint(
        "UNIQUE (club_id, code)", "The club has another purpose with this code."
    )
    _retention_sound = models.Constraint(
        "CHECK (retention_days >= 0)", "Data are kept for zero or more days."
    )

    # === COMPUTE METHODS === #

    @api.depends("version_ids")
    def _compute_version_id(self):
        latest = self._latest_versions()
        for purpose in self:
            purpose.version_id = latest.get(purpose._origin.id)

    def _compute_agreed_count(self):
        # sudo: how many agree is no one's secret; who they are is read with one's own rights
        counts = dict(
            self.env["loyalty.club.consent"]
            .sudo()
            ._read_group(
                [("purpose_id", "in", self.ids), ("given", "=", True)],
                ["purpose_id"],
                ["member_id:count_distinct"],
            )
        )
        counts = {purpose.id: count for purpose, count in counts.items()}
        for purpose in self:
            purpose.agreed_count = counts.get(purpose.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("code")
    def _check_code(self):
        for purpose in self:
            if not _CODE.fullmatch(purpose.code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” cannot be a purpose's code: use small English letters, digits "
                        "and underscores, for example “partner_offers”.",
                        code=purpose.code,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        purposes = super().create(vals_list)
        if not self.env.context.get("loyalty_club_set_up"):
            purposes._snapshot()
        return purposes

    def write(self, vals):
        fixed = {name for name in ("code", "club_id") if name in vals}
        for purpose in self:
            if any(
                (purpose[name].id if name == "club_id" else purpose[name]) != vals[name]
                for name in fixed
            ):
                raise UserError(
                    self.env._(
                        "Club and code of a purpose stay as they are. Archive it and make "
                        "another one."
                    )
                )
        result = super().write(vals)
        if "text" in vals:
            self._snapshot()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        """What people of another language read is the wording as well."""
        result = super()._update_field_translations(field_name, translations, *args, **kwargs)
        if field_name == "text" and result:
            self._snapshot()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        # sudo: answers of any member keep the purpose
        changes = self.env["loyalty.club.consent.change"].sudo()
        if changes.search_count([("purpose_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Members have answered to this purpose. Archive it instead.")
            )
        self.sudo().version_ids.unlink()  # sudo: wordings that nobody has answered to

    # === ACTION METHODS === #

    def action_view_changes(self):
        """Open what members have answered to these purposes."""
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.consent_change_action")
        return dict(action, domain=[("purpose_id", "in", self.ids)], context={})

    def action_print_record(self):
        """Open the record of processing of the club, or of each club, as PDF.

        :raises AccessError: for anyone but club marketers, managers and auditors.
        """
        user = self.env.user
        if not (
            user.has_group("loyalty_club.group_marketer")
            or user.has_group("loyalty_club.group_auditor")
        ):
            raise AccessError(
                self.env._("The record of processing is for club marketers, managers and auditors.")
            )
        club = self.club_id[:1] or self.env["loyalty.club"]._for_company(self.env.company)
        if not club:
            raise UserError(self.env._("Make a customer club for this company first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/processing/{club.id}",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _asked(self, club):
        """The purposes of ``club`` on which members have a say, in order."""
        domain = Domain("club_id", "=", club.id) & Domain("legal_basis", "in", ASKED)
        return self.sudo().search(domain)  # sudo: the club asks everybody the same

    def _channels(self):
        """Channels (keys of ``const.CONSENT_CHANNELS``) for which this purpose is asked."""
        self.ensure_one()
        return [name for name in _MESSAGES if self[f"use_{name}"]] or ["general"]

    @api.model
    def _channel_labels(self):
        """Names of the channels in the language of the environment, by key."""
        field = self.env["loyalty.club.consent"]._fields["channel"]
        return dict(field._description_selection(self.env))

    def _versions(self):
        """The wording in force of each purpose, noted if it has changed: dict by id.

        Whoever shows a question puts the version's id into the form, and hands it over with
        the answer: what was agreed to is what was read.
        """
        self._snapshot()
        return self._latest_versions()

    def _latest_versions(self):
        if not self.ids:
            return {}
        # sudo: wordings are what everybody is shown
        versions = (
            self.env["loyalty.club.purpose.version"]
            .sudo()
            .search([("purpose_id", "in", self.ids)], order="number")
        )
        return {version.purpose_id.id: version for version in versions}

    def _snapshot(self):
        """Note the wordings that differ from the latest version of each: one statement."""
        if not self.ids:
            return
        self.flush_model(["text", "company_id"])
        Version = self.env["loyalty.club.purpose.version"]
        Version.flush_model()
        differing = SQL(
            """
            SELECT purpose.id AS purpose_id, purpose.club_id, purpose.company_id,
                   COALESCE(latest.number, 0) + 1 AS number, purpose.text
              FROM loyalty_club_purpose AS purpose
              LEFT JOIN LATERAL (
                   SELECT number, text FROM loyalty_club_purpose_version
                    WHERE purpose_id = purpose.id ORDER BY number DESC LIMIT 1
              ) AS latest ON TRUE
             WHERE purpose.id = ANY(%s) AND latest.text IS DISTINCT FROM purpose.text
            """,
            list(self.ids),
        )
        # Asked first: pages that only show a question are served by a read-only connection.
        self.env.cr.execute(differing)
        if not self.env.cr.rowcount:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_purpose_version
                       (purpose_id, club_id, company_id, number, text, date, user_id)
                SELECT purpose_id, club_id, company_id, number, text, %(now)s, %(user)s
                  FROM (%(differing)s) AS differing
                ON CONFLICT (purpose_id, number) DO NOTHING
                """,
                differing=differing,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        Version.invalidate_model()
        self.invalidate_recordset(["version_ids", "version_id"])

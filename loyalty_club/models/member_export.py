"""Everything the club keeps of a person, for the person."""

import io
import json
import zipfile

from odoo import fields, models
from odoo.exceptions import AccessError

from ..clock import today_in
from ..export_workbook import render

# What a copy of the profile says, besides what is sealed and what the contact says.
_PROFILE = (
    "number", "club_id", "state", "kind", "branch_id", "channel", "join_date", "closed_on",
    "close_reason", "external_ref", "mobile", "proven_mobile", "identity_type", "sex",
    "education", "area_id", "interest_ids", "occupation", "preferred_channel",
    "preferred_reward", "age_group", "rfm_scores", "rfm_class_id", "tier_id", "grade_id",
    "segment_ids",
)  # fmt: skip
_CONTACT = (
    "name", "phone", "email", "street", "street2", "city", "zip", "state_id", "country_id",
    "lang", "vat", "company_name", "function", "website", "ref", "barcode", "comment",
)  # fmt: skip
# Section → model, how its rows are found, and what is told of each.
_SECTIONS = {
    "family": ("loyalty.club.family.member", "member_id", ("relation", "name", "birthday")),
    "cards": (
        "loyalty.club.card",
        "member_id",
        ("number", "type", "state", "issued_on", "activated_on", "ended_on", "expires_on",
         "reason", "discount_percent", "discount_mode", "uid_masked"),
    ),
    "card_events": (
        "loyalty.club.card.event",
        "member_id",
        ("date", "kind", "card_id.number", "from_state", "to_state", "reason"),
    ),
    "consents": (
        "loyalty.club.consent",
        "member_id",
        ("purpose_id", "channel", "given", "since", "source"),
    ),
    "consent_history": (
        "loyalty.club.consent.change",
        "member_id",
        ("date", "purpose_id", "channel", "given", "source", "version_id.text", "proof"),
    ),
    "accepted_terms": (
        "loyalty.club.agreement.acceptance",
        "member_id",
        ("date", "version_id", "source", "proof"),
    ),
    "wallets": ("loyalty.club.wallet", "member_id", ("kind_id", "balance", "held", "pending")),
    "movements": (
        "loyalty.club.entry",
        "member_id",
        ("date", "kind_id", "seq", "kind", "amount", "balance_after", "branch_id", "note"),
    ),
    "lots": (
        "loyalty.club.lot",
        "wallet_id.member_id",
        ("date", "kind_id", "amount", "remaining", "available_on", "expires_on"),
    ),
    "purchases": (
        "loyalty.club.purchase",
        "member_id",
        ("date", "channel", "branch_id", "amount", "quantity", "refund"),
    ),
    "transfers_sent": (
        "loyalty.club.transfer",
        "sender_id",
        ("reference", "date", "kind_id", "amount", "state", "reason"),
    ),
    "transfers_received": (
        "loyalty.club.transfer",
        "receiver_id",
        ("reference", "date", "kind_id", "amount", "state", "reason"),
    ),
    "messages": (
        "loyalty.club.outbox",
        "partner_id.club_member_ids",
        ("create_date", "kind", "channel", "sent_to", "state"),
    ),
    "devices": ("loyalty.club.push.device", "member_id", ("name", "since", "told_at")),
    "levels": (
        "loyalty.club.tier.change",
        "member_id",
        ("date", "from_tier_id", "tier_id", "reason", "until", "note"),
    ),
    "level_invitations": (
        "loyalty.club.tier.invitation",
        "member_id",
        ("date", "tier_id", "answer_by", "state", "answered_on", "reply", "note"),
    ),
    "grades": ("loyalty.club.grade.change", "member_id", ("date", "from_grade_id", "grade_id")),
    "acts": (
        "loyalty.club.act",
        "member_id",
        ("date", "kind_id", "score", "amount", "wallet_kind_id", "refused", "note"),
    ),
    "assessments": (
        "loyalty.club.assessment",
        "member_id",
        ("confirmed_on", "index_id", "score", "answer", "note"),
    ),
    "reviews": (
        "loyalty.club.review",
        "member_id",
        ("create_date", "kind_id", "product_tmpl_id", "text", "link", "state", "score", "reason"),
    ),
    "requests": ("loyalty.club.erasure", "member_id", ("date", "source", "state", "refusal")),
}  # fmt: skip
# What a copy says in place of a date that stays sealed
_HINTS = {"birthday": "birthday_hint"}


class LoyaltyClubMember(models.Model):
    """A copy of everything that is kept of one member: she has a right to it."""

    _inherit = "loyalty.club.member"

    def action_export_data(self):
        """Ask why a copy of the member's data is made, then hand it over as a file.

        :raises AccessError: for anyone who may not see sensitive data.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_privacy"):
            raise AccessError(
                self.env._("You may not see sensitive data. Ask a club manager for the copy.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export personal data"),
            "res_model": "loyalty.club.member.export",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def _export_data(self, opened=True):
        """Everything the club keeps of one person, sealed values opened.

        The caller has made sure that it is hers, or has logged who asked. What is kept of former
        memberships that were merged into this one is among it.

        :param opened: else sealed values are hidden, as they are on her pages.
        :returns: dict of section to a dict, or a list of dicts: texts, numbers, booleans, None.
        """
        self.ensure_one()
        # sudo: a copy for the person it is about; the caller checked who asks
        member = self.sudo()._survivor()
        whole = member | member.merged_ids
        data = {
            "made_on": fields.Datetime.to_string(fields.Datetime.now()),
            "contact": self._export_row(member.partner_id, _CONTACT),
            "membership": member._export_profile(opened),
            "former_memberships": [former._export_profile(opened) for former in member.merged_ids],
        }
        for section, (model, path, names) in _SECTIONS.items():
            rows = member.env[model].search([(path, "in", whole.ids)], order="id")
            if not opened:
                names = [_HINTS.get(name, name) for name in names]
            data[section] = [self._export_row(row, names) for row in rows]
        data["looked_at"] = {
            "forms_opened": self.env["loyalty.club.view.log"]
            .sudo()
            .search_count([("member_id", "in", whole.ids)]),
            "sealed_values_opened": [
                self._export_row(reveal, ("date", "code"))
                for reveal in whole.reveal_ids.sorted("id")
            ],
        }
        data["possible_duplicates"] = self.env["loyalty.club.duplicate"].sudo().search_count(
            ["|", ("member_id", "in", whole.ids), ("other_id", "in", whole.ids)]
        )  # fmt: skip
        return data

    def _export_profile(self, opened):
        names = [name for name in _PROFILE if name in self._fields]
        if not opened:
            return {
                **self._export_row(self, names),
                "identity_code": self.identity_code or None,
                "birthday": self.birthday_hint or None,
                "anniversary": self.anniversary_hint or None,
            }
        return {
            **self._export_row(self, names),
            "identity_code": self._plain_value("identity_code"),
            "birthday": self._export_value(self._plain_value("birthday")),
            "anniversary": self._export_value(self._plain_value("anniversary")),
        }

    def _export_row(self, record, names):
        """Values of one record; a path leads to what another record says."""
        row = {}
        for name in names:
            holder, _dot, last = name.rpartition(".")
            of = record[holder] if holder else record
            value = of[last] if of else None
            if isinstance(value, str) and of._fields[last].type == "selection":
                value = dict(of._fields[last]._description_selection(self.env)).get(value, value)
            row[last if last != "text" else name.replace("_id.", "_")] = self._export_value(
                value, of._fields[last].type if of else None
            )
        return row

    def _export_value(self, value, field_type=None):
        """``value`` as JSON holds it."""
        if isinstance(value, models.BaseModel):
            names = value.sudo().mapped("display_name")
            if field_type in ("one2many", "many2many"):
                return names
            return names[0] if names else None
        if value is False and field_type != "boolean":
            return None
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value

    def _export_file(self, file_format="zip", opened=True):
        """The copy as a file.

        :param file_format: ``json``, or ``zip`` with the same as JSON and as a workbook.
        :param opened: see :meth:`_export_data`.
        :returns: name, media type, bytes.
        """
        data = self._export_data(opened)
        stem = f"{self.number}-{today_in(self.company_id)}"
        text = json.dumps(data, ensure_ascii=False, indent=2).encode()
        if file_format == "json":
            return f"{stem}.json", "application/json", text
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}.json", text)
            archive.writestr(f"{stem}.xlsx", render(data))
        return f"{stem}.zip", "application/zip", output.getvalue()

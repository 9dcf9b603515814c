from contextlib import suppress

from odoo import models
from odoo.tools import SQL, email_normalize

from ..domain.codes import InputError
from ..domain.phone import normalise_phone

# Copies of a contact's words on documents that stay: table → how it names the contact, and the
# columns that are emptied. Glue addons add theirs.
_COPIES = {
    "pos_order": (
        "partner_id",
        ("email", "mobile", "floating_order_name", "general_customer_note", "internal_note",
         "club_card_code"),
    ),
    "payment_transaction": (
        "partner_id",
        ("partner_email", "partner_address", "partner_zip", "partner_city", "partner_phone"),
    ),
    "crm_lead": (
        "partner_id",
        ("contact_name", "partner_name", "function", "email_from", "email_normalized",
         "email_cc", "email_domain_criterion", "phone", "phone_sanitized", "website", "street",
         "street2", "zip", "city", "description", "referred"),
    ),
}  # fmt: skip
# The same where the column shall say something: the label.
_NAMED = {
    "account_move": ("partner_id", ("invoice_partner_display_name",)),
    "payment_transaction": ("partner_id", ("partner_name",)),
    "crm_lead": ("partner_id", ("name",)),
}
# Messages about these are all about the person; about other documents only those she wrote or got.
_ALL_ABOUT = ("res.partner", "loyalty.club.member", "crm.lead", "loyalty.club.card")
_KEEPS_FILES = ("account.move",)  # what the law lets keep: the invoice as it was sent


class LoyaltyClubMember(models.Model):
    """What else speaks of an erased person: documents, messages, files."""

    _inherit = "loyalty.club.member"

    def _forget_documents(self, partners, label):
        """Documents of these contacts stay, without the copies of what the contacts say."""
        partners = partners._club_to_erase()
        leads = self._leads_of(partners)
        for table, (column, names) in self._copies().items():
            ids, by = (leads, "id") if table == "crm_lead" else (partners.ids, column)
            self._empty(table, by, ids, names, None)
        for table, (column, names) in _NAMED.items():
            ids, by = (leads, "id") if table == "crm_lead" else (partners.ids, column)
            self._empty(table, by, ids, names, label)
        about = {"res.partner": partners.ids, "crm.lead": leads, **self._forget_lists(partners)}
        self._forget_chatter(about, partners)
        self._forget_files(about)

    def _copies(self):
        """Copies of a contact's words on documents; see ``_COPIES``."""
        return _COPIES

    def _empty(self, table, by, ids, names, value):
        for name in names:
            if self.env["res.partner"]._club_has(table, name):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(name)s = %(value)s"
                        " WHERE %(by)s = ANY(%(ids)s) AND %(name)s IS NOT NULL",
                        table=SQL.identifier(table),
                        name=SQL.identifier(name),
                        value=value,
                        by=SQL.identifier(by),
                        ids=list(ids),
                    )
                )

    def _addresses_of(self, partners):
        """What these contacts alone are reached by: lists of e-mail addresses and numbers."""
        emails = {email_normalize(partner.email) for partner in partners if partner.email}
        phones = set()
        for partner in partners.filtered("phone"):
            phones.add(partner.phone_sanitized)
            with suppress(InputError):  # nobody can be reached there
                phones.add(normalise_phone(partner.phone, partner.country_id.code or "IR"))
        self.env.cr.execute(
            SQL(
                "SELECT email_normalized, phone_sanitized FROM res_partner WHERE id <> ALL(%s)"
                " AND (email_normalized = ANY(%s) OR phone_sanitized = ANY(%s))",
                partners.ids,
                list(emails - {None, False}),
                list(phones - {None, False}),
            )
        )
        others = {value for row in self.env.cr.fetchall() for value in row}
        taken = others | {None, False}
        return list(emails - taken), list(phones - taken)

    def _leads_of(self, partners):
        emails, phones = self._addresses_of(partners)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_lead WHERE partner_id = ANY(%s)"
                " OR email_normalized = ANY(%s) OR phone_sanitized = ANY(%s)",
                partners.ids,
                emails,
                phones,
            )
        )
        return [lead for (lead,) in self.env.cr.fetchall()]

    def _forget_lists(self, partners):
        """Entries of blacklists and mailing lists, where nobody else has the address."""
        emails, phones = self._addresses_of(partners)
        gone = {}
        for model, column, values in (
            ("mail.blacklist", "email", emails),
            ("phone.blacklist", "number", phones),
            ("mailing.contact", "email_normalized", emails),
            ("mailing.contact", "phone_sanitized", phones),
        ):
            table = self.env[model]._table
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    values,
                )
            )
            gone[model] = [*gone.get(model, []), *(row for (row,) in self.env.cr.fetchall())]
            self.env[model].invalidate_model(flush=False)
        self.env.cr.execute(
            SQL(
                "DELETE FROM sms_sms WHERE number = ANY(%s);"
                "UPDATE mailing_trace SET email = NULL, sms_number = NULL"
                " WHERE email = ANY(%s) OR sms_number = ANY(%s)",
                phones,
                emails,
                phones,
            )
        )
        return gone

    def _forget_messages(self):
        """The chatter of the memberships and their cards; the messages the club sent itself."""
        cards = self.env["loyalty.club.card"].search([("member_id", "in", self.ids)])
        about = {self._name: self.ids, cards._name: cards.ids}
        self._forget_chatter(about)
        self._forget_files(about)

    def _forget_chatter(self, about, authors=None):
        """Wipe messages: that there was one stays, and who of the staff wrote it.

        :param about: dict of model to ids of its records.
        :param authors: res.partner whose own messages, and those sent to them, go as well.
        """
        partners = list(authors.ids) if authors else []
        documents = SQL(" OR ").join(
            SQL("(m.model = %s AND m.res_id = ANY(%s))", model, list(ids))
            for model, ids in about.items()
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT m.id FROM mail_message m
                 WHERE (%(documents)s) OR m.author_id = ANY(%(partners)s)
                    OR EXISTS (SELECT FROM mail_message_res_partner_rel r
                                WHERE r.mail_message_id = m.id
                                  AND r.res_partner_id = ANY(%(partners)s))
                    OR EXISTS (SELECT FROM mail_notification n WHERE n.mail_message_id = m.id
                                  AND n.res_partner_id = ANY(%(partners)s))
                """,
                documents=documents,
                partners=partners,
            )
        )
        self._wipe_messages([message for (message,) in self.env.cr.fetchall()])
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        for model, ids in about.items():
            activities.search([("res_model", "=", model), ("res_id", "in", list(ids))]).unlink()

    def _wipe_messages(self, messages):
        if not messages:
            return
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_mail WHERE mail_message_id = ANY(%(ids)s);
                DELETE FROM mail_tracking_value WHERE mail_message_id = ANY(%(ids)s);
                DELETE FROM mail_link_preview p USING mail_message_link_preview l
                      WHERE p.id = l.link_preview_id AND l.message_id = ANY(%(ids)s);
                UPDATE mail_notification SET mail_email_address = NULL, sms_number = NULL
                 WHERE mail_message_id = ANY(%(ids)s);
                UPDATE mail_message
                   SET body = NULL, subject = NULL, email_from = NULL, reply_to = NULL,
                       incoming_email_cc = NULL, incoming_email_to = NULL,
                       outgoing_email_to = NULL
                 WHERE id = ANY(%(ids)s);
                """,
                ids=messages,
            )
        )
        self._files_of(messages).unlink()
        self.env["mail.message"].invalidate_model(flush=False)
        self.env["mail.notification"].invalidate_model(flush=False)

    def _files_of(self, messages):
        self.env.cr.execute(
            SQL(
                "SELECT a.id FROM message_attachment_rel r JOIN ir_attachment a"
                " ON a.id = r.attachment_id WHERE r.message_id = ANY(%s)"
                " AND COALESCE(a.res_model, '') <> ALL(%s)",
                messages,
                list(_KEEPS_FILES),
            )
        )
        # sudo: files of the messages just wiped
        return self.env["ir.attachment"].sudo().browse(row for (row,) in self.env.cr.fetchall())

    def _forget_files(self, about):
        for model, ids in about.items():
            if model not in _KEEPS_FILES and ids:
                # sudo: whatever was attached to what is erased
                self.env["ir.attachment"].sudo().search(
                    [
                        ("res_model", "=", model),
                        ("res_id", "in", list(ids)),
                        "|", ("res_field", "=", False), ("res_field", "!=", False),
                    ]
                ).unlink()  # fmt: skip

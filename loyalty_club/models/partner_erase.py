from odoo import Command, models
from odoo.tools import SQL

# Kept: the name is replaced, the others say nothing of the person.
_KEPT = frozenset({"name", "signup_type", "properties"})
_PERSONAL = frozenset({"char", "text", "html", "date", "binary", "image"})
# Rows that only serve a login: table → column of the user.
_OF_LOGIN = (
    ("res_users_apikeys", "user_id"),
    ("auth_totp_device", "user_id"),
    ("auth_totp_rate_limit_log", "user_id"),
    ("auth_passkey_key", "create_uid"),
    ("res_device_log", "user_id"),
    ("res_users_log", "create_uid"),
    ("mail_presence", "user_id"),
)
# Rows that only serve what a contact is sent or shown: table → column of the contact.
_OF_CONTACT = (
    ("mail_followers", "partner_id"),
    ("mail_push_device", "partner_id"),
    ("discuss_channel_member", "partner_id"),
    ("website_visitor", "partner_id"),
    ("sms_sms", "partner_id"),
    ("snailmail_letter", "partner_id"),
    ("loyalty_club_outbox", "partner_id"),
    ("loyalty_club_one_time_code", "partner_id"),
    ("loyalty_club_duplicate", "partner_id"),
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _club_to_erase(self):
        """These contacts, and those who are no others but their addresses.

        People of a member company are persons of their own: they stay.
        """
        addresses = self.with_context(active_test=False).child_ids.filtered(
            lambda child: (
                not child.club_member_ids
                and not child.with_context(active_test=False).user_ids
                and (child.type != "contact" or not child.parent_id.is_company)
            )
        )
        return self | addresses

    def _club_erase(self, label):
        """Nothing these contacts say is left but ``label`` instead of their name.

        For the erasure alone, which has decided that they are needed for nothing else. The
        company a contact belongs to stays, with what is the company's.
        """
        partners = self._club_to_erase()
        partners._club_erase_logins()
        quiet = partners.with_context(tracking_disable=True, mail_create_nolog=True)
        for partner in quiet:
            partner.write(partner._club_erased_values(label))
        partners._club_erase_columns(label)
        for table, column in _OF_CONTACT:
            partners._club_delete(table, column)

    def _club_erased_values(self, label):
        """What to write on one contact."""
        others = set(self._commercial_fields()) | set(self._address_fields())
        leave = _KEPT | (others if self.parent_id else set())
        values = {
            name: False
            for name, field in self._fields.items()
            if field.store
            and not field.company_dependent
            and (not field.compute or not field.readonly)
            and not field.related
            and field.type in _PERSONAL
            and name not in leave
            and self[name]
        }
        return {
            **values,
            "name": label,
            "category_id": [Command.clear()],
            "active": False,
        }

    def _club_erase_columns(self, label):
        """What no record writes: values by company, accounts at banks."""
        self.env.flush_all()
        by_company = [
            name
            for name, field in self._fields.items()
            if field.store and field.company_dependent and field.type in ("char", "text", "html")
        ]
        sets = [SQL("%s = NULL", SQL.identifier(name)) for name in by_company]
        # What mail and its blacklist made of the address is worked out again, but not for all.
        sets += [SQL("commercial_company_name = NULLIF(commercial_company_name, name)")]
        self.env.cr.execute(
            SQL("UPDATE res_partner SET %s WHERE id = ANY(%s)", SQL(", ").join(sets), self.ids)
        )
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner_bank SET acc_number = 'ERASED' || id,"
                " sanitized_acc_number = 'ERASED' || id, acc_holder_name = NULL, note = NULL,"
                " clearing_number = NULL, active = FALSE WHERE partner_id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_recordset(flush=False)
        self.env["res.partner.bank"].invalidate_model(flush=False)

    def _club_erase_logins(self):
        """Nobody signs in as these people any more, and no session of theirs goes on."""
        users = self.with_context(active_test=False).user_ids
        if not users:
            return
        users.with_context(tracking_disable=True).active = False
        self.env.flush_all()
        # By SQL: Odoo would tell the person by e-mail that her login was changed.
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET login = 'erased-' || id, password = NULL, signature = NULL,"
                " totp_secret = NULL, out_of_office_message = NULL WHERE id = ANY(%s)",
                users.ids,
            )
        )
        for table, column in _OF_LOGIN:
            users.partner_id._club_delete(table, column, users.ids)
        users.invalidate_recordset(flush=False)
        self.env.registry.clear_cache()  # sessions are checked against what was just wiped

    def _club_delete(self, table, column, ids=None):
        """Delete rows of a table that some addon may have made."""
        if self._club_has(table, column):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    list(self.ids if ids is None else ids),
                )
            )

    def _club_has(self, table, column):
        """Whether the database has this column; views do not count."""
        self.env.cr.execute(
            SQL(
                "SELECT TRUE FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE c.relkind = 'r' AND c.oid = to_regclass(%s) AND a.attname = %s",
                table,
                column,
            )
        )
        return bool(self.env.cr.rowcount)

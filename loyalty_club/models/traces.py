import json
import logging

from psycopg2 import Error

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain import traces
from .append_only import ERASED

_logger = logging.getLogger(__name__)
_KEPT_DAYS = 30  # so long what to look for is kept, sealed, while traces are left
_TYPES = ("text", "character varying", "character", "json", "jsonb", "ARRAY")
# What holds figures and hashes only: not read, for it is large.
_UNREAD = frozenset(
    {
        ("loyalty_club_entry", "seal"),
        ("loyalty_club_entry", "key_id"),
        ("loyalty_club_entry", "kind"),
        ("loyalty_club_entry", "origin_model"),
        ("loyalty_club_erasure", "values_sealed"),
        ("loyalty_club_rate_limit", "key"),
    }
)
# Tables whose free text we clean ourselves; by the beginning of their names.
_OURS = (
    "loyalty_club_", "loyalty_history", "loyalty_card", "loyalty_generate", "mail_message",
    "mail_mail", "mail_notification", "mail_tracking", "mail_activity", "mail_compose",
    "mail_guest", "mail_scheduled", "mail_link_preview", "mail_push", "mailing_trace",
    "mailing_contact", "mailing_sms_test", "sms_", "crm_lead", "pos_order", "pos_payment",
    "sale_order", "account_move", "account_payment", "account_bank_statement_line", "calendar_",
    "bus_bus", "ir_attachment", "ir_logging", "ir_profile", "privacy_", "portal_",
    "phone_blacklist", "mail_blacklist", "link_tracker", "payment_transaction", "discuss_channel",
    "base_import", "base_partner_merge", "stock_picking", "stock_move", "website_visitor",
    "rating_rating", "snailmail", "change_password", "res_users_", "digest_",
)  # fmt: skip
# Of those, what is a name the club gave, or is worked out: never cleaned by us.
_NOT_OURS = ("loyalty_club_wallet_kind", "loyalty_club_branch", "loyalty_club_area", "mail_alias")
# A posted document's own numbers and hashes.
_FIXED = frozenset({("account_move", "name"), ("account_move", "inalterable_hash")})


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _erasure_values(self, scope):
        """What an erased person may be recognised by, wherever it was typed.

        :param scope: see :meth:`_erase`; when the contact stays, only what is the membership's.
        :returns: list of pairs of kind (see :func:`..domain.traces.pattern`) and text.
        """
        whole = self | self.merged_ids
        values = [("code", member._plain_value("identity_code")) for member in whole]
        cards = self.env["loyalty.club.card"].search([("member_id", "in", whole.ids)])
        values += [("code", number) for number in cards.mapped("number")]
        values += [("code", card._unseal("uid_sealed")) for card in cards]
        if scope == "person":
            values += [("phone", member.mobile) for member in whole]
            values += [("phone", member.proven_mobile) for member in whole]
            for partner in whole.partner_id._club_to_erase():
                values += partner._club_known_by()
        return list(dict.fromkeys((kind, text) for kind, text in values if text))


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _club_known_by(self):
        """Pairs of kind and text by which this one contact is recognised."""
        self.ensure_one()
        users = self.with_context(active_test=False).user_ids
        return [
            ("name", self.name),
            ("email", self.email),
            ("email", self.email_normalized),
            ("phone", self.phone),
            ("phone", self.phone_sanitized),
            ("address", self.street),
            ("code", self.vat),
            ("code", self.company_registry),
            *(("code", account.acc_number) for account in self.bank_ids),
            *(("login", user.login) for user in users),
        ]


class LoyaltyClubErasure(models.Model):
    """Looking through the whole database for what somebody typed where no rule expects it."""

    _inherit = "loyalty.club.erasure"

    @api.model
    def _seal_values(self, values):
        return self._seal("values_sealed", self._holder(), json.dumps(values))

    @api.model
    def _cron_check(self):
        """Look for traces of who was erased since; what cannot be cleaned stays in the record."""
        for erasure in self.search([("values_sealed", "!=", False), ("checked_on", "=", False)]):
            erasure._check_traces()
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                return
        old = fields.Datetime.subtract(fields.Datetime.now(), days=_KEPT_DAYS)
        self.search(
            Domain("values_sealed", "!=", False) & Domain("checked_on", "<", old)
        ).values_sealed = False

    def _check_traces(self):
        """Clean what is ours and note what is left.

        What somebody else is called or reached by as well is not looked for: it says nothing
        about who was erased.
        """
        for erasure in self:
            text = erasure._unseal("values_sealed")
            if not text:
                continue
            wanted, shared = erasure._patterns(json.loads(text))
            cleaned, left = erasure._clean(wanted) if wanted else ({}, {})
            notes = erasure._lines(left)
            if shared:
                notes.append(
                    self.env._(
                        "Not looked for, because others have the same or it is too short: "
                        "%(kinds)s",
                        kinds=", ".join(sorted(shared)),
                    )
                )
            erasure.write(
                {
                    "checked_on": fields.Datetime.now(),
                    "cleaned": "\n".join(erasure._lines(cleaned)) or erasure.cleaned,
                    "left": "\n".join(notes) or False,
                    **({} if left else {"values_sealed": False}),
                }
            )

    @api.model
    def _lines(self, found):
        return [f"{table}.{column}: {count}" for (table, column), count in sorted(found.items())]

    def _patterns(self, values):
        """Expressions for the values that are this person's alone.

        :returns: list of expressions, and the set of kinds that were left out.
        """
        country = self.company_id.country_id.phone_code or 98
        wanted, left_out = [], set()
        for kind, text in values:
            expression = traces.pattern(kind, text, str(country))
            if expression and not self._is_shared(expression):
                wanted.append(expression)
            elif (kind, expression) != ("login", None):
                left_out.add(kind)
        return wanted, left_out

    def _is_shared(self, expression):
        """Whether another contact or login has it."""
        self.env.cr.execute(
            SQL(
                """
                SELECT TRUE FROM res_partner
                 WHERE concat_ws(' ', name, phone, email, street, vat) ~* %(expression)s
                 UNION ALL
                SELECT TRUE FROM res_users WHERE login ~* %(expression)s LIMIT 1
                """,
                expression=expression,
            )
        )
        return bool(self.env.cr.rowcount)

    def _clean(self, expressions):
        """Wipe what was found where it is ours.

        :returns: two dicts of (table, column) to number of rows: cleaned, and left.
        """
        self.env.flush_all()
        expression = traces.any_of(expressions)
        cleaned, left = {}, {}
        erasable = self._erasable_columns()
        for place, count in self._traces(expression).items():
            done = self._is_ours(*place) and self._clean_column(*place, expression, erasable)
            (cleaned if done else left)[place] = count
        self.env.invalidate_all()
        return cleaned, left

    @api.model
    def _traces(self, expression):
        """Where in the database something fits ``expression``: one reading of each table.

        :returns: dict of (table, column) to number of rows.
        """
        found = {}
        for table, columns in self._text_columns().items():
            counts = SQL(", ").join(
                SQL("COUNT(*) FILTER (WHERE %s::text ~* %s)", SQL.identifier(name), expression)
                for name in columns
            )
            self.env.cr.execute(SQL("SELECT %s FROM %s", counts, SQL.identifier(table)))
            row = self.env.cr.fetchone()
            found |= {
                (table, name): count for name, count in zip(columns, row, strict=True) if count
            }
        return found

    @api.model
    def _text_columns(self):
        """Every column that may hold words, by table."""
        self.env.cr.execute(
            SQL(
                """
                SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
                   AND c.data_type = ANY(%s)
                 GROUP BY c.table_name ORDER BY c.table_name
                """,
                list(_TYPES),
            )
        )
        columns = {
            table: [name for name in names if (table, name) not in _UNREAD]
            for table, names in self.env.cr.fetchall()
        }
        return {table: names for table, names in columns.items() if names}

    @api.model
    def _erasable_columns(self):
        """Columns of facts that may be wiped, and nothing else of them."""
        return {
            model._table: model._erasable
            for model in self.env.values()
            if not model._abstract and hasattr(model, "_erasable")
        }

    @api.model
    def _is_ours(self, table, column):
        """Whether the words in a column are ours to clean; glue addons may add theirs."""
        return (
            table.startswith(_OURS)
            and not table.startswith(_NOT_OURS)
            and (table, column) not in _FIXED
        )

    def _clean_column(self, table, column, expression, erasable):
        """Wipe the traces in one column; False when it refuses."""
        kind = SQL("%s", ERASED)
        if table in erasable:
            if column not in erasable[table]:
                return False
        else:
            kind = SQL(
                "regexp_replace(%s::text, %s, %s, 'gi')",
                SQL.identifier(column),
                expression,
                traces.MARK,
            )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = (%(kind)s)%(cast)s"
                        " WHERE %(column)s::text ~* %(expression)s",
                        table=SQL.identifier(table),
                        column=SQL.identifier(column),
                        kind=kind,
                        cast=self._cast(table, column),
                        expression=expression,
                    )
                )
        except Error:
            _logger.info("%s.%s holds traces that cannot be removed", table, column)
            return False
        return True

    def _cast(self, table, column):
        self.env.cr.execute(
            SQL(
                "SELECT format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attname = %s",
                table,
                column,
            )
        )
        return SQL(f"::{self.env.cr.fetchone()[0]}")

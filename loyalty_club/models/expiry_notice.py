from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_list, groupby

from ..clock import end_of, today_in
from ..const import AMOUNT_DIGITS
from ..domain.dates import jalali_text
from ..transaction import in_short_transaction

_BATCH = 1000  # members told in one transaction

# Lots of members in force whose kind of value gives notice.
_TOLD = SQL(
    """
    loyalty_club_lot l
    JOIN loyalty_club_wallet w ON w.id = l.wallet_id
    JOIN loyalty_club_member m ON m.id = w.member_id AND m.state <> 'closed'
    JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
    JOIN loyalty_club_expiry_policy p ON p.id = k.expiry_policy_id AND p.notice_days > 0
    """
)
_NOT_YET = SQL(
    """
    NOT EXISTS (SELECT 1 FROM loyalty_club_expiry_notice n
                 WHERE n.wallet_id = l.wallet_id AND n.expires_on = l.expires_on)
    """
)


class LoyaltyClubExpiryNotice(models.Model):
    """A member was told that value expires on a day: once for each wallet and day."""

    _name = "loyalty.club.expiry.notice"
    _inherit = ["loyalty.club.fact"]
    _description = "Expiry Notice"
    _order = "id desc"
    _log_access = False
    _rec_name = "wallet_id"

    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="cascade"
    )
    member_id = fields.Many2one(related="wallet_id.member_id")
    company_id = fields.Many2one(related="wallet_id.company_id")
    expires_on = fields.Date(string="Expires on", required=True, readonly=True)
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _once = models.UniqueIndex(
        "(wallet_id, expires_on)", "Of a wallet and a day a member is told once."
    )

    @api.model
    def _send(self):
        """Tell every member whose value expires soon, and was not told yet.

        :returns: number of members.
        """
        return sum(self._batches())

    @api.model
    def _batches(self):
        """Tell them batch by batch, each in a transaction of its own.

        :returns: iterator over the number of members of each batch.
        """
        for company in self.env["loyalty.club.expiry"]._companies():
            today = today_in(company)
            for day in self._days(company, today):
                while done := self._apart(company.id, day, today):
                    yield done

    @api.model
    def _apart(self, company_id, day, today):
        """Tell one batch in a short transaction of its own."""
        return in_short_transaction(
            self.env,
            lambda env: env[self._name]._tell(env["res.company"].browse(company_id), day, today),
        )

    @api.model
    def _days(self, company, today):
        """Days of expiry of which somebody has to be told."""
        # sudo: a pass of the system; archived policies are still in force
        policies = self.env["loyalty.club.expiry.policy"].sudo().with_context(active_test=False)
        longest = max(
            policies.search([("company_id", "=", company.id)]).mapped("notice_days"), default=0
        )
        if not longest:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT l.expires_on FROM %s WHERE l.remaining > 0"
                " AND l.expires_on BETWEEN %s AND %s AND l.expires_on <= %s + p.notice_days"
                " AND w.company_id = %s AND %s ORDER BY 1",
                _TOLD,
                today,
                today + timedelta(days=longest),
                today,
                company.id,
                _NOT_YET,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _tell(self, company, day, today):
        """Tell one batch of members what expires on ``day``, in one text each.

        :returns: number of members, 0 when everybody has been told.
        """
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT w.member_id FROM %s WHERE l.remaining > 0 AND l.expires_on = %s"
                " AND l.expires_on <= %s + p.notice_days AND w.company_id = %s AND %s"
                " ORDER BY 1 LIMIT %s",
                _TOLD,
                day,
                today,
                company.id,
                _NOT_YET,
                _BATCH,
            )
        )
        members = [row[0] for row in self.env.cr.fetchall()]
        if members:
            self.env["loyalty.club.outbox"]._queue_texts(
                "expiry_notice", self._texts(company, day, self._remember(members, day))
            )
        return len(members)

    @api.model
    def _remember(self, members, day):
        """Write down what the members are told now: all their wallets in which something
        expires on ``day``, so that they read of it in one text.

        :returns: list of member id, kind id and amount (Decimal), in order.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH told AS (
                    INSERT INTO loyalty_club_expiry_notice (wallet_id, expires_on, amount, date)
                    SELECT w.id, l.expires_on, SUM(l.remaining), %s FROM %s
                     WHERE l.remaining > 0 AND l.expires_on = %s AND w.member_id = ANY(%s) AND %s
                     GROUP BY w.id, l.expires_on
                    ON CONFLICT DO NOTHING
                    RETURNING wallet_id, amount
                )
                SELECT w.member_id, w.kind_id, told.amount::text
                  FROM told JOIN loyalty_club_wallet w ON w.id = told.wallet_id
                 ORDER BY w.member_id, w.kind_id
                """,
                fields.Datetime.now(),
                _TOLD,
                day,
                members,
                _NOT_YET,
            )
        )
        return [(member, kind, Decimal(text)) for member, kind, text in self.env.cr.fetchall()]

    @api.model
    def _texts(self, company, day, told):
        """What the outbox sends: a text for each member, in her language."""
        members = self.env["loyalty.club.member"].browse({row[0] for row in told})
        members.fetch(["partner_id", "club_id"])
        over = end_of(company, day)
        texts = []
        for member_id, rows in groupby(told, lambda row: row[0]):
            member = members.browse(member_id)
            env = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
            amounts = [
                env["loyalty.club.wallet.kind"].browse(kind)._format_shown(amount)
                for _member, kind, amount in rows
            ]
            words = {
                "name": member.partner_id.name,
                "amounts": format_list(env, amounts),
                "day": jalali_text(day) if env.lang == "fa_IR" else format_date(env, day),
                "club": member.with_env(env).club_id.name,
            }
            texts.append(
                {
                    "partner_id": member.partner_id.id,
                    "company_id": company.id,
                    "expires_at": over,
                    "subject": env._("%(club)s: use it by %(day)s", **words),
                    "body": env._(
                        "%(name)s, %(amounts)s at %(club)s can be used until %(day)s, and will "
                        "then be gone.",
                        **words,
                    ),
                }
            )
        return texts


class LoyaltyClubLot(models.Model):
    _inherit = "loyalty.club.lot"

    notice_date = fields.Datetime(
        string="Member was told",
        compute="_compute_notice_date",
        compute_sudo=True,
        help="When the member was told that it expires on this day.",
    )

    @api.depends("wallet_id", "expires_on")
    def _compute_notice_date(self):
        notices = self.env["loyalty.club.expiry.notice"].search_fetch(
            [
                ("wallet_id", "in", self.wallet_id.ids),
                ("expires_on", "in", [day for day in self.mapped("expires_on") if day]),
            ],
            ["wallet_id", "expires_on", "date"],
        )
        dates = {(notice.wallet_id, notice.expires_on): notice.date for notice in notices}
        for lot in self:
            lot.notice_date = dates.get((lot.wallet_id, lot.expires_on), False)

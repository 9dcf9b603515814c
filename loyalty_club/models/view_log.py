from odoo import api, fields, models
from odoo.tools import SQL

from ..transaction import in_short_transaction

# Fields that only the form shows whole, or asks for.
_OF_FORMS = {"identity_code", "birthday", "anniversary"}
_FEW = 20  # more at once are a list, not people whom somebody looks at


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    view_log_days = fields.Integer(
        string="Keep who looked (days)",
        required=True,
        default=365,
        help="For so long the club keeps who opened which member's form. 0 keeps it for ever.",
    )

    _view_log_days_positive = models.Constraint(
        "CHECK (view_log_days >= 0)", "Keep the log for zero or more days."
    )


class LoyaltyClubViewLog(models.Model):
    """Who opened whose form: one row per user, member and hour."""

    _name = "loyalty.club.view.log"
    _inherit = ["loyalty.club.own.work"]
    _description = "Viewed Member"
    _order = "hour desc, id desc"
    _rec_name = "member_id"
    _log_access = False

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="cascade", index=True
    )
    hour = fields.Datetime(string="In the hour from", required=True, readonly=True)

    _once = models.UniqueIndex("(member_id, user_id, hour)", "Noted once an hour.")
    _age_index = models.Index("(club_id, hour)")

    @api.model
    def _note(self, members):
        """Note that the user has opened the forms of ``members``, in one statement.

        Requests that only read are served by cursors that cannot write, of a replica perhaps:
        then it is written in a transaction of its own.
        """
        query = SQL(
            """
            INSERT INTO loyalty_club_view_log (member_id, club_id, company_id, user_id, hour)
            SELECT id, club_id, company_id, %(user)s,
                   date_trunc('hour', now() AT TIME ZONE 'UTC')
              FROM loyalty_club_member WHERE id = ANY(%(members)s)
                ON CONFLICT (member_id, user_id, hour) DO NOTHING
            """,
            user=self.env.uid,
            members=members.ids,
        )
        if self.env.cr.readonly:
            in_short_transaction(self.env, lambda env: env.cr.execute(query))
        else:
            members.flush_recordset()
            self.env.cr.execute(query)

    @api.autovacuum
    def _gc_old(self):
        """Forget what is older than the club keeps it."""
        self.env["loyalty.club"].flush_model(["view_log_days"])
        self.env.cr.execute(
            SQL(
                "DELETE FROM loyalty_club_view_log viewed USING loyalty_club club"
                " WHERE club.id = viewed.club_id AND club.view_log_days > 0"
                "   AND viewed.hour < (now() AT TIME ZONE 'UTC')"
                "                     - make_interval(days => club.view_log_days)"
            )
        )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    @api.readonly
    def web_read(self, specification):
        """Forms ask for the identity code, lists do not: who opens a form is noted.

        A few members asked for at once are noted like so many forms.
        """
        values = super().web_read(specification)
        opened = self.browse(self.ids)
        if 0 < len(opened) <= _FEW and _OF_FORMS & specification.keys() and not self.env.su:
            self.env["loyalty.club.view.log"]._note(opened)
        return values

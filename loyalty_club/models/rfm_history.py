from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain.periods import month_ends
from .rfm_scores import JUDGED

_MONTHS = 12


class LoyaltyClubRfmHistory(models.Model):
    """The class and stage of a member from one month's end to another.

    There is a row only where one of them changed. Each month is worked out from the journal as it
    was at the month's last day, so that it does not matter when it is worked out.
    """

    _name = "loyalty.club.rfm.history"
    _inherit = ["loyalty.club.own.work"]
    _description = "RFM History"
    _order = "since desc, id desc"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(related="member_id.branch_id")
    since = fields.Date(
        string="From the end of", required=True, readonly=True, help="Last day of the first month."
    )
    until = fields.Date(readonly=True, help="Month's end at which it was no longer so.")
    class_id = fields.Many2one("loyalty.club.rfm.class", readonly=True, ondelete="set null")
    from_class_id = fields.Many2one(
        "loyalty.club.rfm.class", string="Class before", readonly=True, ondelete="set null"
    )
    lifecycle_id = fields.Many2one(
        "loyalty.club.lifecycle", string="Stage", readonly=True, ondelete="set null"
    )
    from_lifecycle_id = fields.Many2one(
        "loyalty.club.lifecycle", string="Stage before", readonly=True, ondelete="set null"
    )
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    frequency = fields.Integer(string="Purchases", readonly=True)
    monetary = fields.Float(string="Money spent", digits=AMOUNT_DIGITS, readonly=True)

    _open_unique = models.UniqueIndex(
        "(member_id) WHERE until IS NULL", "A member has one class and one stage at a time."
    )
    _member_index = models.Index("(member_id, since)")
    _club_since_index = models.Index("(club_id, since)")

    # === BUSINESS METHODS === #

    @api.model
    def _note_months(self, club, today=None, *, months=1):
        """Work out the months that are over and not yet noted.

        :param months: how many, where none is noted yet.
        :returns: the month's ends that were noted.
        """
        today = today or today_in(club.company_id)
        # sudo: which months are noted does not depend on who asks
        noted = club.sudo().rfm_noted_on
        first = club._purchases_since()
        if not first:
            return []
        ends = month_ends(first, today, jalali=club.rfm_calendar == "jalali")
        ends = [end for end in ends if end > noted] if noted else ends[-months:]
        for end in ends:
            self._note_month(club, end)
        if ends:
            # sudo: as above
            club.sudo().rfm_noted_on = ends[-1]
            self.invalidate_model()
        return ends

    @api.model
    def _renote_months(self, club, today=None, *, months=_MONTHS):
        """Work out the last months anew, with the classes and stages of today."""
        # sudo: what is computed is computed again; the button checks the right
        self.env.cr.execute(SQL("DELETE FROM loyalty_club_rfm_history WHERE club_id = %s", club.id))
        club.sudo().rfm_noted_on = False
        return self._note_months(club, today, months=months)

    @api.model
    def _note_month(self, club, end):
        """Note who changed class or stage by ``end``, set-based."""
        values = self.env["loyalty.club.rfm"]
        values._flush_sources()
        values._make_fresh(club, end)
        bounds = values._bounds(club, "loyalty_club_rfm_fresh v")
        judged = values._judged(club, end, "fresh")
        self.env.cr.execute("DROP TABLE IF EXISTS loyalty_club_rfm_changed")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE loyalty_club_rfm_changed ON COMMIT DROP AS
                WITH present AS (
                    SELECT fresh.member_id, fresh.frequency, fresh.monetary, %(judged)s
                      FROM loyalty_club_rfm_fresh fresh
                      JOIN %(combinations)s ON c.key = %(key)s
                      JOIN loyalty_club_member m ON m.id = fresh.member_id
                     WHERE m.join_date <= %(end)s OR fresh.first_purchase_on IS NOT NULL
                )
                SELECT present.*, former.id AS former_id, former.class_id AS from_class_id,
                       former.lifecycle_id AS from_lifecycle_id
                  FROM present
                  LEFT JOIN loyalty_club_rfm_history former
                    ON former.member_id = present.member_id AND former.until IS NULL
                 WHERE former.id IS NULL
                    OR (former.class_id, former.lifecycle_id)
                       IS DISTINCT FROM (present.class_id, present.lifecycle_id)
                """,
                judged=SQL(", ").join(
                    SQL("%s AS %s", value, SQL.identifier(name))
                    for name, value in zip(JUDGED, judged, strict=True)
                ),
                combinations=values._combinations(club),
                key=values._key_of("fresh", bounds),
                end=end,
            )
        )
        self._write_changes(club, end)

    @api.model
    def _write_changes(self, club, end):
        """Let ``loyalty_club_rfm_changed`` be so from ``end`` on."""
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_rfm_history h SET until = %s FROM loyalty_club_rfm_changed c"
                " WHERE h.id = c.former_id",
                end,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_rfm_history
                       (member_id, club_id, since, class_id, from_class_id, lifecycle_id,
                        from_lifecycle_id, total, frequency, monetary)
                SELECT member_id, %s, %s, class_id, from_class_id, lifecycle_id,
                       from_lifecycle_id, total, frequency, monetary
                  FROM loyalty_club_rfm_changed ORDER BY member_id
                """,
                club.id,
                end,
            )
        )


class LoyaltyClub(models.Model):
    """Which months are noted, in which calendar."""

    _inherit = "loyalty.club"

    rfm_calendar = fields.Selection(
        [("gregorian", "Gregorian months"), ("jalali", "Persian months")],
        string="History by",
        required=True,
        default=lambda self: self._default_rfm_calendar(),
    )
    rfm_noted_on = fields.Date(string="History up to", readonly=True, copy=False)

    @api.model
    def _default_rfm_calendar(self):
        return "jalali" if self.env.company.country_id.code == "IR" else "gregorian"

    def action_note_history(self):
        """Work out classes and stages at the ends of the last twelve months.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        if not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(self.env._("Only a club marketer or manager computes RFM values."))
        for club in self:
            self.env["loyalty.club.rfm.history"]._renote_months(club)
        return True

    def _purchases_since(self):
        """The shop's day of the first purchase in the journal, or None."""
        self.ensure_one()
        return self.env["loyalty.club.rfm"]._first_day(self)


class LoyaltyClubMember(models.Model):
    """A merged membership has no history of its own any more: its purchases are the survivor's."""

    _inherit = "loyalty.club.member"

    rfm_history_ids = fields.One2many("loyalty.club.rfm.history", "member_id", readonly=True)

    def _move_journal(self, survivor):
        self.env.cr.execute(
            SQL("DELETE FROM loyalty_club_rfm_history WHERE member_id = %s", self.id)
        )
        return super()._move_journal(survivor)

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import today_in
from .append_only import ERASED

_BATCH = 200


class LoyaltyClub(models.Model):
    """How long a club keeps what it knows of people who left."""

    _inherit = "loyalty.club"

    erase_closed_months = fields.Integer(
        string="Erase closed memberships after (months)",
        help="Counted from the day a membership was closed. 0: they are kept.",
    )

    _erase_months_positive = models.Constraint(
        "CHECK (erase_closed_months >= 0)", "Keep closed memberships for zero or more months."
    )

    @api.model
    def _cron_retention(self):
        """Forget what is kept longer than the clubs say."""
        self._forget_old_proofs()
        for club in self.search([("erase_closed_months", ">", 0)]):
            for member in club._members_to_forget():
                club.env["loyalty.club.erasure"]._erase_for_age(member)
                if self.env["ir.cron"]._commit_progress(1) <= 0:
                    return

    def _members_to_forget(self):
        """Members whose membership ended so long ago, that nothing holds up; some at a time."""
        self.ensure_one()
        day = today_in(self.company_id) - relativedelta(months=self.erase_closed_months)
        return self.env["loyalty.club.member"].search(
            [
                ("club_id", "=", self.id),
                ("state", "=", "closed"),
                ("closed_on", "<=", day),
                ("erased_on", "=", False),
                ("merged_into_id", "=", False),
            ],
            order="closed_on, id",
            limit=_BATCH,
        )

    @api.model
    def _forget_old_proofs(self):
        """Of a consent that ended, and is older than its purpose keeps it, the proof goes; that
        it was given and ended stays."""
        self.env["loyalty.club.consent.change"].flush_model()
        self.env["loyalty.club.purpose"].flush_model(["retention_days"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_consent_change fact SET proof = %(erased)s
                  FROM loyalty_club_purpose purpose
                 WHERE purpose.id = fact.purpose_id AND purpose.retention_days > 0
                   AND fact.proof IS NOT NULL AND fact.proof <> %(erased)s
                   AND fact.date < (now() AT TIME ZONE 'UTC')
                                   - make_interval(days => purpose.retention_days)
                   AND NOT EXISTS (
                       SELECT FROM loyalty_club_consent kept
                        WHERE kept.member_id = fact.member_id AND kept.given
                          AND kept.purpose_id = fact.purpose_id AND kept.channel = fact.channel)
                """,
                erased=ERASED,
            )
        )
        self.env["loyalty.club.consent.change"].invalidate_model(["proof"])


class LoyaltyClubErasure(models.Model):
    _inherit = "loyalty.club.erasure"

    @api.model
    def _erase_for_age(self, member):
        """Erase a member whose time is over; what holds it up is looked at again tomorrow."""
        erasure = self._request(member, "retention")
        obstacle = erasure._try_to_carry_out()
        if obstacle and erasure.left != obstacle:
            erasure.left = obstacle

    def _try_to_carry_out(self):
        """Carry out, or say why not."""
        try:
            self._carry_out()
        except UserError as error:
            return str(error)
        return None

"""What follows from a changed configuration of profiles, or from time, in batches of a job."""

from odoo import api, fields, models

from ..clock import today_in

_BATCH = 1000
_COMPLETION_BATCH = 5000
# Where the date behind a profile field is kept: model and name of the date.
_KEPT = {
    "birthday": ("loyalty.club.member", "birthday"),
    "anniversary": ("loyalty.club.member", "anniversary"),
    "family_ids": ("loyalty.club.family.member", "birthday"),
}
RESEAL_STATES = [
    ("done", "As wanted"),
    ("running", "Being changed"),
    ("failed", "Some did not open"),
]


class LoyaltyClubProfileField(models.Model):
    _inherit = "loyalty.club.profile.field"

    reseal_state = fields.Selection(
        RESEAL_STATES,
        string="Kept as wanted",
        readonly=True,
        required=True,
        default="done",
        help="Whether all values are sealed, or not sealed, as the club wants it today. After a "
        "change they follow in batches.",
    )
    # Id of the last row that was looked at.
    reseal_after = fields.Integer(readonly=True)
    reseal_count = fields.Integer(
        string="Changed", readonly=True, help="Values that were sealed or opened by this change."
    )
    reseal_failed = fields.Integer(
        string="Not opened",
        readonly=True,
        help="Values whose key is missing on this server. Put the key back and switch again.",
    )
    reseal_progress = fields.Char(string="Progress", compute="_compute_reseal_progress")

    @api.depends("reseal_state", "reseal_count", "reseal_failed")
    def _compute_reseal_progress(self):
        for field in self:
            field.reseal_progress = {
                "running": self.env._("%(count)s so far", count=field.reseal_count),
                "failed": self.env._("%(count)s did not open", count=field.reseal_failed),
            }.get(field.reseal_state, False)

    def write(self, vals):
        turned = self.filtered(
            lambda field: "sensitive" in vals and field.sensitive != bool(vals["sensitive"])
        )
        counting = {"counts"} & vals.keys() and self.filtered(
            lambda field: field.counts != bool(vals["counts"])
        )
        result = super().write(vals)
        if turned:
            turned._start_resealing()
        if counting:
            counting.club_id._reckon_completion()
        return result

    def _start_resealing(self):
        """Begin to bring all values into the form that is wanted now: at once if they are few."""
        # sudo: progress of our own job
        fields_ = self.sudo()
        fields_.write(
            {"reseal_state": "running", "reseal_after": 0, "reseal_count": 0, "reseal_failed": 0}
        )
        for field in fields_:
            field._reseal_batch(_BATCH)
        if "running" in fields_.mapped("reseal_state"):
            self.env.ref("loyalty_club.cron_profile")._trigger()

    def _reseal_batch(self, limit):
        """Change the next values; the field is done when there were no more.

        :param limit: how many at most.
        :returns: how many were looked at.
        """
        self.ensure_one()
        model, name = _KEPT[self.code]
        last, changed, failed = self.env[model]._reseal_batch(
            name, self.club_id, self.reseal_after, limit
        )
        count, not_opened = self.reseal_count + changed, self.reseal_failed + failed
        values = {"reseal_count": count, "reseal_failed": not_opened}
        if last is None or changed + failed < limit:
            values |= {"reseal_state": "failed" if not_opened else "done", "reseal_after": 0}
        else:
            values["reseal_after"] = last
        self.write(values)
        return changed + failed

    # === JOBS === #

    @api.model
    def _cron_profiles(self):
        """Go on with what is under way, and let people grow older; a batch per transaction."""
        if self._go_on_resealing() and self._go_on_reckoning() and self._go_on_rotating():
            self._let_age()

    @api.model
    def _go_on_resealing(self):
        """Returns whether there is time left for more."""
        Cron = self.env["ir.cron"]
        for field in self.search([("reseal_state", "=", "running")]):
            while field.try_lock_for_update() and field.reseal_state == "running":
                done = field._reseal_batch(_BATCH)
                if Cron._commit_progress(done, remaining=field.reseal_state == "running") <= 0:
                    return False
                field.invalidate_recordset()
        return True

    @api.model
    def _go_on_reckoning(self):
        """Returns whether there is time left for more."""
        Cron = self.env["ir.cron"]
        for club in self.env["loyalty.club"].search([("completion_due", "=", True)]):
            while club.try_lock_for_update() and club.completion_due:
                done = club._completion_batch(_COMPLETION_BATCH)
                if Cron._commit_progress(done, remaining=club.completion_due) <= 0:
                    return False
                self.env.invalidate_all()
        return True

    @api.model
    def _go_on_rotating(self):
        """Seal again what an older key sealed, as happens where several servers learn of a new
        key one after the other; returns whether there is time left for more."""
        Cron = self.env["ir.cron"]
        for changed, _failed in self.env["loyalty.club.sealed"]._reseal_all(_BATCH):
            if changed and Cron._commit_progress(changed) <= 0:
                return False
        return True

    @api.model
    def _let_age(self):
        """Move whoever had a birthday since the last time into her age group."""
        Member = self.env["loyalty.club.member"]
        for club in self.env["loyalty.club"].search([("active", "=", True)]):
            today = today_in(club.company_id)
            since = club.ages_on or fields.Date.subtract(today, years=2)
            if since < today:
                Member._refresh_ages(club, since, today)
                club.ages_on = today
                self.env["ir.cron"]._commit_progress(1)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    # The day on which age groups were last brought up to date.
    ages_on = fields.Date(readonly=True, copy=False, default=fields.Date.context_today)

"""What becomes of rewards that members took and nobody collected in time."""

from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..clock import today_in
from .hold_capture import HoldCapture

_BATCH = 200


class LoyaltyClubRewardTaken(models.Model):
    _inherit = "loyalty.club.reward.taken"

    # === CRONS === #

    @api.model
    def _cron_run_out(self, limit=_BATCH):
        """End what nobody collected in time, club by club in its own day."""
        for club in self.env["loyalty.club"].search([("active", "=", True)]):
            while due := self._due(club, limit):
                due._run_out(club)
                if self.env["ir.cron"]._commit_progress(len(due)) <= 0:
                    return

    # === BUSINESS METHODS === #

    @api.model
    def _due(self, club, limit):
        """Open ones of a club whose last day is over; those in somebody's hands are left."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_club_reward_taken"
                " WHERE state = 'open' AND until < %s AND club_id = %s"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                today_in(club.company_id),
                club.id,
                limit,
            )
        )
        return self.browse(row[0] for row in rows)

    def _run_out(self, club):
        """What the club says becomes of the points of these."""
        if not club.taken_forfeit:
            self._finish("expired")
            return
        gone = self._mark("forfeited")
        capture = HoldCapture(self.env, gone.hold_id.mapped("key"))
        holds = [hold for hold in capture.lock().values() if hold.state == "open"]
        note = self.env._("Reward that was not collected")
        by_hold = {taken.hold_id.id: (self._name, taken.id) for taken in gone}
        movements = [
            replace(movement, origin=by_hold[hold.id])
            for hold, movement in zip(
                holds, capture.movements(holds, kind="spend", note=note), strict=True
            )
        ]
        outcomes = self.env["loyalty.club.wallet"]._post_or_raise(movements)
        capture.end(
            {
                movement.key: outcome.entry_id
                for movement, outcome in zip(movements, outcomes, strict=True)
            }
        )
        gone._free_units()

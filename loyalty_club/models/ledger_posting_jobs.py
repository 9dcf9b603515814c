import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..clock import today_in
from .ledger_books import LedgerBooks

_logger = logging.getLogger(__name__)


class LoyaltyClubLedgerPosting(models.Model):
    """What is done for all clubs at once: posting by itself, and reconciling."""

    _inherit = "loyalty.club.ledger.posting"

    @api.model
    def _cron_post(self):
        """Post the periods that have ended, for the clubs that want it.

        What goes wrong for one club is kept on it, for a person to read.
        """
        clubs = self.env["loyalty.club"].search([("ledger_period", "!=", "none")])
        self.env["ir.cron"]._commit_progress(remaining=len(clubs))
        for club in clubs:
            problem = False
            try:
                with self.env.cr.savepoint():
                    self._post_ended_period(club)
            except UserError as error:
                problem = str(error)
                _logger.warning("Club %s was not posted to the ledger: %s", club.id, problem)
            if (club.ledger_problem or False) != problem:
                club.ledger_problem = problem
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _post_ended_period(self, club):
        day = club._ledger_day_due(today_in(club.company_id))
        last = self._last(club)
        if last and last.date >= day:
            return self.browse()
        return self._post_up_to(club, day)

    @api.model
    def _reconcile(self, clubs=None):
        """Compare the wallets with the general ledger, after each club's last posting.

        :param clubs: loyalty.club to look at; all when left out.
        :returns: list of :class:`~.ledger_books.Reconciled`. ``difference`` is account less
            wallets; ``fault`` is the part that no later posting puts right.
        """
        if clubs is None:
            # sudo: the audit looks at all clubs that were ever posted
            groups = self.sudo()._read_group([("state", "=", "posted")], ["club_id"])
            clubs = self.env["loyalty.club"].sudo().union(*(club for (club,) in groups))
        found = []
        for club in clubs:
            if last := self._last(club):
                found += LedgerBooks(club).reconcile(last)
        return found

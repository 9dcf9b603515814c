"""How RFM values follow the purchases: those of a day in a moment, all anew when it must be.

Both ways end with the same table; tests/test_rfm_update.py proves it on random histories.
"""

import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in, zone_of
from .rfm_figures import FIGURES
from .rfm_scores import JUDGED

# When so much of the club has to be counted anew, one pass over all is faster.
_MOST = 5
# Nightly updates are proved by a full one after so many days.
_REBUILD_DAYS = 7


class LoyaltyClub(models.Model):
    """What a club's values were computed of."""

    _inherit = "loyalty.club"

    rfm_scale = fields.Integer(
        string="Best score",
        required=True,
        default=5,
        help="Members are scored from 1 to this. The total is 10 × the weighted sum of the three "
        "scores: 30 to 150 with 5 and weights of 1. Classes and rules over scores follow it.",
    )
    rfm_by_company = fields.Boolean(
        string="Count purchases for the company",
        help="For clubs of dealers: what any contact of a company buys counts for the company if "
        "it is a member, and no longer for the contact.",
    )
    rfm_day = fields.Date(string="Values are of", readonly=True, copy=False)
    rfm_rebuilt_on = fields.Date(string="Last computed anew", readonly=True, copy=False)
    rfm_basis = fields.Char(readonly=True, copy=False)

    _scale_sound = models.Constraint(
        "CHECK (rfm_scale BETWEEN 2 AND 10)", "Scores go from 1 to a number from 2 to 10."
    )

    # === BUSINESS METHODS === #

    def _rfm_weights(self):
        """The weights of recency, frequency and monetary value."""
        return (self.rfm_weight_recency, self.rfm_weight_frequency, self.rfm_weight_monetary)

    def _rfm_cuts(self):
        """The classes as :func:`classify` takes them, the best first."""
        # sudo: the classes of a club decide for everybody
        classes = self.env["loyalty.club.rfm.class"].sudo()
        return [
            (item.id, Decimal(str(item.lower_bound)), item.inclusive)
            for item in classes.search([("club_id", "=", self.id)])
        ]


class LoyaltyClubRfm(models.Model):
    """Values are brought up to date after purchases and every night."""

    _inherit = "loyalty.club.rfm"

    # === CRONS === #

    @api.model
    def _cron_update(self):
        """Bring the values of all clubs up to date, one transaction each."""
        for club in self.env["loyalty.club"].search([("active", "=", True)]):
            today = today_in(club.company_id)
            rebuilt = club.rfm_rebuilt_on
            if not rebuilt or (today - rebuilt).days >= _REBUILD_DAYS:
                self._rebuild(club)
            else:
                self._update(club)
            self.env["loyalty.club.rfm.history"]._note_months(club, today)
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    # === BUSINESS METHODS === #

    @api.model
    def _rebuild(self, clubs, today=None):
        """Compute figures, scores, classes and stages anew, set-based.

        Scores are by the average percentile rank of equal values among the members with a
        purchase in the window (:mod:`..domain.rfm` has the rule and its SQL twin). Members
        without one keep a row without scores. Only rows that differ are written.

        :param clubs: loyalty.club.
        :param today: day of the analysis (date); today in the company's time zone when None.
        """
        self._flush_sources()
        for club in clubs:
            day = today or today_in(club.company_id)
            self.env.cr.execute(SQL("DELETE FROM loyalty_club_rfm_due WHERE club = %s", club.id))
            self._make_fresh(club, day, differing=True)
            bounds = self._bounds_after(club, self._computed_of(club).get("bounds"))
            self._add_moved(club, self._misjudged(club, day, bounds))
            self._store(club, day, bounds)
            self._note_computed(club, day, bounds, rebuilt=True)
        self._forget_values()

    @api.model
    def _update(self, clubs, today=None):
        """Bring values up to date: count anew whoever bought since, or whose purchases have left
        the window, and score them and those whom the bounds that follow, or days, have passed.

        :param clubs: see :meth:`_rebuild`, which does it where settings have changed.
        """
        self._flush_sources()
        for club in clubs:
            day = today or today_in(club.company_id)
            if not self._can_follow(club, day):
                self._rebuild(club, day)
                continue
            touched = self._touched(club, day)
            if self._are_many(club, touched):
                self._rebuild(club, day)
                continue
            self._make_fresh(club, day, ids=touched, differing=True)
            former = self._computed_of(club)
            bounds = self._bounds_after(club, former.get("bounds"))
            same = former.get("scored_by") == self._scored_by(club)
            moved = self._moved(club, day, former["bounds"], bounds) if same else None
            self._add_moved(club, moved or self._misjudged(club, day, bounds))
            self._store(club, day, bounds)
            self._note_computed(club, day, bounds)
        self._forget_values()

    @api.model
    def _flush_sources(self):
        for name in (
            "loyalty.club", "loyalty.club.rfm.class", "loyalty.club.lifecycle",
            "loyalty.club.member", "res.partner",
        ):  # fmt: skip
            self.env[name].flush_model()

    @api.model
    def _forget_values(self):
        self.invalidate_model()
        self.env["loyalty.club.member"].invalidate_model()

    @api.model
    def _can_follow(self, club, day):
        """Whether the values of ``club`` were computed in the same way, on an earlier day.

        A contact that moves to another company takes its purchases along without a trace.
        """
        return (
            not club.rfm_by_company
            and club.rfm_day
            and club.rfm_day <= day
            and self._computed_of(club).get("basis") == self._basis(club)
        )

    @api.model
    def _computed_of(self, club):
        """What the values of ``club`` were computed of, see :meth:`_note_computed`."""
        try:
            found = json.loads(club.rfm_basis or "{}")
        except ValueError:  # as an earlier version wrote it
            found = {}
        return found

    @api.model
    def _basis(self, club):
        """What figures depend on beside the journal, as text."""
        return f"{club.rfm_window_days} {zone_of(club.company_id)} {club.rfm_by_company}"

    @api.model
    def _note_computed(self, club, day, bounds, *, rebuilt=False):
        of = {"basis": self._basis(club), "scored_by": self._scored_by(club), "bounds": bounds}
        values = {
            "rfm_day": day,
            "rfm_computed_on": fields.Datetime.now(),
            "rfm_basis": json.dumps(of),
        }
        if rebuilt:
            values["rfm_rebuilt_on"] = day
        # sudo: the time of the last analysis is recorded whoever asked for it
        club.sudo().write(values)

    @api.model
    def _touched(self, club, day):
        """Ids of the members who have to be counted anew, whose work is taken up with this."""
        former, window = self._window(club, club.rfm_day), self._window(club, day)
        crossed = SQL(" OR ").join(
            SQL("p.date >= %s AND p.date < %s", *pair) for pair in zip(former, window, strict=True)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    DELETE FROM loyalty_club_rfm_due WHERE club = %(club)s RETURNING member
                )
                SELECT member FROM due
                 UNION
                SELECT p.member_id FROM loyalty_club_purchase p
                 WHERE p.club_id = %(club)s AND p.member_id IS NOT NULL AND (%(crossed)s)
                 UNION
                SELECT m.id FROM loyalty_club_member m
                 WHERE m.club_id = %(club)s AND m.rfm_id IS NULL AND m.merged_into_id IS NULL
                """,
                club=club.id,
                crossed=crossed,
            )
        )
        return [member for (member,) in rows]

    @api.model
    def _are_many(self, club, touched):
        """Whether to count all anew takes no longer."""
        # No more are counted than it takes to see that they are many.
        enough = len(touched) * _MOST
        everybody = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM (SELECT FROM loyalty_club_rfm WHERE club_id = %s LIMIT %s) v",
                club.id,
                enough,
            )
        )
        return everybody[0][0] < enough

    @api.model
    def _store(self, club, day, bounds):
        """Write what ``loyalty_club_rfm_fresh`` says where it differs, and add new members.

        :param bounds: those of the scores, which are written with the figures.
        """
        names, values = [*FIGURES, *JUDGED], [SQL.identifier("fresh", name) for name in FIGURES]
        values += self._judged(club, day, "fresh")
        parts = {
            "columns": SQL(", ").join(map(SQL.identifier, names)),
            "old": SQL(", ").join(SQL.identifier("v", name) for name in names),
            "new": SQL(", ").join(values),
            "source": SQL(
                "loyalty_club_rfm_fresh fresh JOIN %s ON c.key = %s",
                self._combinations(club),
                self._key_of("fresh", bounds),
            ),
            "club": club.id,
        }
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_rfm v SET (%(columns)s) = ROW(%(new)s) FROM %(source)s"
                " WHERE v.id = fresh.value_id AND (%(old)s) IS DISTINCT FROM (%(new)s)",
                **parts,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO loyalty_club_rfm (member_id, club_id, %(columns)s)
                    SELECT fresh.member_id, %(club)s, %(new)s FROM %(source)s
                     WHERE fresh.value_id IS NULL
                    RETURNING id, member_id
                )
                UPDATE loyalty_club_member m SET rfm_id = added.id FROM added
                 WHERE m.id = added.member_id
                """,
                **parts,
            )
        )

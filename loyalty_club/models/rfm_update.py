"""How RFM values follow the purchases: those of a day in a moment, all anew when it must be.

Both ways end with the same table: tests/test_rfm_update.py and tests/test_rfm_deltas.py prove it on
random histories.
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


class LoyaltyClubMember(models.Model):
    """Who has no value yet is found without reading all members."""

    _inherit = "loyalty.club.member"

    _without_rfm_index = models.Index("(club_id) WHERE rfm_id IS NULL AND merged_into_id IS NULL")


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
            bounds, noted = self._bounds_of(club, day)
            self._add_moved(club, self._misjudged(club, day, bounds))
            self._store(club, day, bounds)
            self._note_computed(club, day, noted, rebuilt=True)
        self._forget_values()

    @api.model
    def _update(self, clubs, today=None):
        """Bring values up to date: the figures of whoever bought since, or whose purchases have
        left the window, and the scores of them and of those whom bounds or days have passed.

        :param clubs: see :meth:`_rebuild`, which does it where settings have changed.
        """
        self._flush_sources()
        for club in clubs:
            day = today or today_in(club.company_id)
            if not self._can_follow(club, day) or not self._make_following(club, day):
                self._rebuild(club, day)
                continue
            bounds, noted = self._bounds_of(club, day)
            moved = self._moved(club, day, bounds)
            if moved:
                self._add_moved(club, moved)
            self._store(club, day, bounds)
            self._note_computed(club, day, noted)
        self._forget_values()

    @api.model
    def _make_following(self, club, day):
        """Fill ``loyalty_club_rfm_fresh`` with the figures of who was touched since.

        :returns: False when so many have to be counted anew that a rebuild is faster.
        """
        if not self._is_short_step(club, day):
            touched = self._touched(club, day)
            many = self._are_many(club, touched)
            if not many:
                self._make_fresh(club, day, ids=touched, differing=True)
            return not many
        anew = self._follow(club, day)
        many = self._are_many(club, anew)
        if anew and not many:
            self._make_fresh(club, day, ids=anew, differing=True, more=True)
        return not many

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
        of = self._computed_of(club)
        return (
            not club.rfm_by_company
            and club.rfm_day
            and club.rfm_day <= day
            and of.get("basis") == self._basis(club)
            and "recency" in of["bounds"]  # otherwise an earlier version computed them
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
    def _note_computed(self, club, day, noted, *, rebuilt=False):
        """Note what the values of ``day`` were computed of.

        :param noted: of the bounds, see :meth:`_bounds_of`.
        """
        since = noted.pop("since")
        of = {"basis": self._basis(club), "scored_by": self._scored_by(club), **noted}
        values = {
            "rfm_day": day,
            "rfm_computed_on": fields.Datetime.now(),
            "rfm_bounds_on": since,
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
        self._make_judged(club, day, bounds)
        names = [*FIGURES, *JUDGED]
        parts = {
            "columns": SQL(", ").join(map(SQL.identifier, names)),
            "old": SQL(", ").join(SQL.identifier("v", name) for name in names),
            "new": SQL(", ").join(SQL.identifier("judged", name) for name in names),
            "club": club.id,
        }
        # Where a value lies is known: to go there costs little more than to read on.
        self.env.cr.execute("SET LOCAL random_page_cost = 0.1")
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_rfm v SET (%(columns)s) = ROW(%(new)s)"
                " FROM loyalty_club_rfm_judged judged"
                " WHERE v.ctid = judged.place AND (%(old)s) IS DISTINCT FROM (%(new)s)",
                **parts,
            )
        )
        self.env.cr.execute("SET LOCAL random_page_cost TO DEFAULT")
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO loyalty_club_rfm (member_id, club_id, %(columns)s)
                    SELECT member_id, %(club)s, %(new)s FROM loyalty_club_rfm_judged judged
                     WHERE place IS NULL
                    RETURNING id, member_id
                )
                UPDATE loyalty_club_member m SET rfm_id = added.id FROM added
                 WHERE m.id = added.member_id
                """,
                **parts,
            )
        )

    @api.model
    def _make_judged(self, club, day, bounds):
        """Make ``loyalty_club_rfm_judged``: ``loyalty_club_rfm_fresh`` with what is judged."""
        judged = zip(JUDGED, self._judged(club, day, "fresh"), strict=True)
        self.env.cr.execute("DROP TABLE IF EXISTS loyalty_club_rfm_judged")
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE loyalty_club_rfm_judged ON COMMIT DROP AS"
                " SELECT fresh.place, fresh.member_id, %s, %s"
                "   FROM loyalty_club_rfm_fresh fresh JOIN %s ON c.key = %s",
                SQL(", ").join(SQL.identifier("fresh", name) for name in FIGURES),
                SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name))
                               for name, value in judged),
                self._combinations(club),
                self._key_of("fresh", bounds),
            )
        )  # fmt: skip

from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..clock import today_in
from ..domain.tiers import MEASURES, missing_for, reaches, share_of
from .tier_deserved import TierDeserved

# What is told of a level, by whoever asks for progress
_TOLD = ("name", "color", "club_id", "need")


class LoyaltyClubMember(models.Model):
    """How far members are from the next level, at this moment: one query for all of them."""

    _inherit = "loyalty.club.member"

    # === BUSINESS METHODS === #

    def _tier_progress(self):
        """Level, next level, and what is left to it, from the figures of this moment.

        :returns: dict of member to a dict: ``tier`` and ``next`` (loyalty.club.tier, maybe
            empty), ``percent`` of the way to the next one, ``missing`` to it (list of dicts of
            ``measure``, ``amount``, ``text``), ``every`` (all of these are needed, else any one),
            ``until`` (last day of the level, or None), ``keeps`` (whether what was done in the
            running period keeps it beyond that day), ``keep`` (what is missing for that, as
            ``missing``), ``figures`` (dict of measure to Decimal).
        """
        result = {}
        for club, members in self.grouped("club_id").items():
            order, asking = self.env["loyalty.club.tier"]._ladder(club.id)
            if asking:
                result |= members._progress_in(club, order, dict(asking))
        nothing = self.env["loyalty.club.tier"]
        for member in self - self.browse([member.id for member in result]):
            result[member] = {
                "tier": nothing, "next": nothing, "percent": 0, "missing": [], "every": True,
                "until": None, "keeps": True, "keep": [], "figures": {},
            }  # fmt: skip
        return result

    def _progress_in(self, club, order, asking):
        """Progress of members of one club."""
        # sudo: the same for whoever asks; the caller decides whose progress is shown
        tiers = self.env["loyalty.club.tier"].sudo().browse(order)
        weights = club._tier_terms(club.id)[0].weights
        place = {tier.id: number for number, tier in enumerate(tiers)}
        result = {}
        rows = self._running_figures(club)
        if any(tier_id for _member, tier_id, _until, _figures in rows):
            tiers.fetch(_TOLD)
        for member_id, tier_id, until, figures in rows:
            at = place.get(tier_id, -1)
            above = [tier for tier in tiers[at + 1 :] if tier.id in asking][:1]
            tier = tiers.browse(tier_id or []).with_prefetch(order)
            coming = tiers.browse([t.id for t in above]).with_prefetch(order)
            own = asking.get(tier_id)
            keeps = until is None or own is None or reaches(own, figures, weights)
            level = asking.get(coming.id)
            result[self.browse(member_id)] = {
                "tier": tier,
                "next": coming,
                "percent": share_of(level, figures, weights) if level else 100,
                "missing": coming._missing_texts(level, figures, weights),
                "every": level.every if level else True,
                "until": until,
                "keeps": keeps,
                "keep": [] if keeps else tier._missing_texts(own, figures, weights),
                "figures": figures,
            }
        return result

    def _running_figures(self, club):
        """Level and figures of the running period, counted now.

        :returns: list of member id, tier id, last day of the level, dict of figures.
        """
        for name in ("loyalty.club.member", "loyalty.club.tier.standing", "loyalty.club.purchase"):
            self.env[name].flush_model()
        found = TierDeserved(self.env, club, self.ids, today_in(club.company_id))
        self.env.cr.execute(
            SQL(
                "WITH %s SELECT j.id, s.tier_id, s.until, %s FROM judged j"
                " LEFT JOIN loyalty_club_tier_standing s ON s.member_id = j.id",
                found.counted(back=False),
                SQL(", ").join(SQL("j.%s::text", SQL.identifier(name)) for name in MEASURES),
            )
        )
        return [
            (member, tier, until, dict(zip(MEASURES, map(Decimal, figures), strict=True)))
            for member, tier, until, *figures in self.env.cr.fetchall()
        ]


class LoyaltyClubTier(models.Model):
    _inherit = "loyalty.club.tier"

    def _missing_texts(self, level, figures, weights):
        """What is missing to this level: a list of dicts of measure, amount and text."""
        if not level:
            return []
        return [
            {
                "measure": name,
                "amount": amount,
                "text": self._measure_text(name, amount) if amount else self.env._("a little more"),
            }
            for name, amount in missing_for(level, figures, weights).items()
        ]

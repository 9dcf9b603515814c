from odoo import models

from ..domain.tiers import missing_for, reaches, share_of

# What is told of a level, by whoever asks for progress
_TOLD = ("name", "color", "club_id", "need")


class LoyaltyClubMember(models.Model):
    """How far members are from the next level, at this moment: one query for all of them."""

    _inherit = "loyalty.club.member"

    # === BUSINESS METHODS === #

    def _tier_progress(self, counted=()):
        """Level, next level, and what is left to it, from the figures of this moment.

        :param counted: what was counted of some of them a moment ago, in this transaction: list
            of :class:`~.tier_compute.Running`.
        :returns: dict of member to a dict: ``tier`` and ``next`` (loyalty.club.tier, maybe
            empty), ``percent`` of the way to the next one, ``missing`` to it (list of dicts of
            ``measure``, ``amount``, ``text``), ``every`` (all of these are needed, else any one),
            ``until`` (last day of the level, or None), ``keeps`` (whether what was done in the
            running period keeps it beyond that day), ``keep`` (what is missing for that, as
            ``missing``), ``figures`` (dict of measure to Decimal).
        """
        result = {}
        ladders = self.env["loyalty.club.tier"]
        known = {row.member_id: row for row in counted}
        for club, members in self.grouped("club_id").items():
            order, asking = ladders._ladder(club.id)
            if asking:
                rows = [known[member.id] for member in members if member.id in known]
                others = [member.id for member in members if member.id not in known]
                rows += ladders._running(club, others) if others else []
                result |= members._progress_in(club, order, dict(asking), rows)
        nothing = self.env["loyalty.club.tier"]
        for member in self - self.browse([member.id for member in result]):
            result[member] = {
                "tier": nothing, "next": nothing, "percent": 0, "missing": [], "every": True,
                "until": None, "keeps": True, "keep": [], "figures": {},
            }  # fmt: skip
        return result

    def _progress_in(self, club, order, asking, rows):
        """Progress of members of one club, by what was counted of them."""
        # sudo: the same for whoever asks; the caller decides whose progress is shown
        tiers = self.env["loyalty.club.tier"].sudo().browse(order)
        weights = club._tier_terms(club.id)[0].weights
        place = {tier.id: number for number, tier in enumerate(tiers)}
        result = {}
        if any(row.tier_id for row in rows):
            tiers.fetch(_TOLD)
        for member_id, tier_id, until, _rises, figures in rows:
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

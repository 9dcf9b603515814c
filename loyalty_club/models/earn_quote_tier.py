"""Where a basket would bring its customer in the ladder of levels."""

from odoo import api, fields, models

from ..domain.lots import ZERO
from ..domain.tiers import reaches


class LoyaltyClubEarnEngine(models.AbstractModel):
    _inherit = "loyalty.club.earn.engine"

    @api.model
    def _quote_points(self, answer, figures):
        """``figures`` with the points that a basket earns.

        :param answer: :class:`~..domain.earn_quote.Quote` of the basket.
        """
        # sudo: which kinds of value are points is the same for whoever asks
        kinds = self.env["loyalty.club.wallet.kind"].sudo()
        kinds = kinds.browse({award.kind for award in answer.awards})
        points = {kind.id for kind in kinds if kind.type == "points"}
        earned = sum((award.amount for award in answer.awards if award.kind in points), ZERO)
        return {**figures, "points": earned}

    @api.model
    def _quote_tier(self, member, figures=None):
        """Where the member stands, for whoever sells or buys, and what is left to the next level.

        :param member: loyalty.club.member, or none.
        :param figures: what is bought now adds to her figures, and is counted; dict of measure to
            Decimal.
        :returns: dict of ``tier`` that she has, ``reaches`` (the level that this purchase brings,
            or empty), ``next``, ``percent``, ``missing`` (texts), ``every``, ``way`` (a sentence),
            ``until`` and ``keeps``; False without levels.
        """
        tiers = self.env["loyalty.club.tier"]
        _order, asking = tiers._ladder(member.club_id.id) if member else ((), ())
        counted = tiers._running(member.club_id, member.ids) if asking else ()
        if not counted:
            return False
        (now,) = counted
        then = self._quote_then(member.club_id, now, figures or {})
        progress = member._tier_progress([then])[member]
        # sudo: a ladder is there to be seen
        had, reached = (tiers.sudo().browse(row.tier_id or ()) for row in (now, then))
        missing = member._joined_texts(progress["missing"], progress["every"])
        return {
            "tier": had.name or "",
            "reaches": reached.name if reached != had else "",
            "next": progress["next"].name or "",
            "percent": float(progress["percent"]),
            "missing": [part["text"] for part in progress["missing"]],
            "every": progress["every"],
            "way": self._quote_way(reached if reached != had else None, missing, progress["next"]),
            "until": fields.Date.to_string(progress["until"]) or False,
            "keeps": progress["keeps"],
        }

    @api.model
    def _quote_then(self, club, now, added):
        """What will have been counted of a member after the purchase.

        :param now: :class:`~.tier_compute.Running`.
        """
        order, asking = self.env["loyalty.club.tier"]._ladder(club.id)
        weights = club._tier_terms(club.id)[0].weights
        figures = {name: value + added.get(name, ZERO) for name, value in now.figures.items()}
        at = order.index(now.tier_id) if now.tier_id in order else -1
        above = [tier_id for tier_id, level in asking
                 if order.index(tier_id) > at and reaches(level, figures, weights)]  # fmt: skip
        if not added or not above:
            return now._replace(figures=figures)
        return now._replace(figures=figures, tier_id=above[-1], until=None)

    @api.model
    def _quote_way(self, reached, missing, coming):
        """What the purchase reaches, and what is left to the level after it, as a sentence."""
        way = self.env["loyalty.club.member"]._way_text(missing, coming)
        if not reached:
            return way
        brings = self.env._("This purchase reaches %(tier)s", tier=reached.name)
        return " · ".join(filter(None, (brings, way)))

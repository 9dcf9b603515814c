from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import formatLang

from ..domain.tier_ladder import faults
from ..domain.tiers import MEASURES

# The clubs whose ladders are being rebuilt in several steps, and judged when that is done.
_BEING_CHANGED = ContextVar("loyalty_club_tier_being_changed", default=None)


class LoyaltyClubTier(models.Model):
    """What a ladder must be: refused at saving, with the reason, never at the till."""

    _inherit = "loyalty.club.tier"

    # === CONSTRAINT METHODS === #

    @api.constrains(
        *("sequence", "active", "club_id", "entry", "need", "inclusive", "min_score"),
        *(f"min_{name}" for name in MEASURES),
    )
    def _check_ladder(self):
        self._judge_ladders(self.club_id.ids)

    @api.model
    def _judge_ladders(self, club_ids):
        """Judge the ladders of these clubs, now or when the change they are part of is done."""
        clubs = _BEING_CHANGED.get()
        if clubs is None:
            self._check_ladders(club_ids)
        else:
            clubs.update(club_ids)

    @api.model
    @contextmanager
    def _checked_together(self):
        """Judge ladders when all steps of one change are done: a level moves past another by
        two writes, and is below and above nobody between them."""
        if _BEING_CHANGED.get() is not None:
            yield
            return
        clubs = set()
        token = _BEING_CHANGED.set(clubs)
        try:
            yield
        finally:
            _BEING_CHANGED.reset(token)
        if clubs:
            self._check_ladders(clubs)

    def web_resequence(self, *args, **kwargs):
        """Move levels within the ladder, which is judged as it is afterwards."""
        with self._checked_together():
            return super().web_resequence(*args, **kwargs)

    @api.model
    def _check_ladders(self, club_ids):
        """Refuse ladders that leave members without a level, or with one by chance.

        :raises ValidationError: naming the levels and what to do.
        """
        for club in self.env["loyalty.club"].browse(sorted(club_ids)).exists():
            # sudo: the whole ladder decides, also levels that the user may not read
            tiers = self.sudo().search([("club_id", "=", club.id)], order="sequence, id")
            tiers._check_given()
            asking = tiers.filtered(lambda tier: tier.entry == "auto")
            weights = {name: club[f"tier_weight_{name}"] for name in MEASURES}
            found = faults([tier._level() for tier in asking], weights)
            if tiers and not asking:
                raise ValidationError(
                    self.env._(
                        "Every ladder begins with a level that asks for nothing, on which members "
                        "start. Add one, such as “Member”, before levels that are given."
                    )
                )
            if asking and asking[0] != tiers[0]:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is given to members and cannot be the lowest level. Put the "
                        "level on which everybody starts before it.",
                        tier=tiers[0].name,
                    )
                )
            if found:
                raise ValidationError(asking._fault_text(found[0]))

    def _check_given(self):
        """Levels that are given ask for no figure: it would never be looked at."""
        for tier in self.filtered(lambda tier: tier.entry != "auto"):
            if tier._level().least:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is given to members, so no figure brings them there. Empty what "
                        "it asks for, or let members get in by what they do.",
                        tier=tier.name,
                    )
                )

    def _fault_text(self, fault):
        """What is wrong between these levels (in order), and what to do: a sentence."""
        names = [self[place].name for place in fault.places]
        lower, upper = names[0], names[-1]
        measure = self._measure_name(fault.measure) if fault.measure else ""
        return {
            "negative": self.env._(
                "%(upper)s asks for less than nothing: %(measure)s.", upper=upper, measure=measure
            ),
            "zero": self.env._(
                "%(upper)s asks for zero, which everybody has: %(measure)s.",
                upper=upper,
                measure=measure,
            ),
            "weights": self.env._(
                "%(upper)s asks for a score, but no figure has a weight. Set the weights "
                "of the score on the club first.",
                upper=upper,
            ),
            "none": self.env._(
                "Members below %(lower)s would have no level. Put a level before it that "
                "asks for nothing, such as “Member”.",
                lower=lower,
            ),
            "two_entries": self.env._(
                "%(lower)s and %(upper)s both ask for nothing: everybody would be on "
                "%(upper)s at once. Say what %(upper)s takes.",
                lower=lower,
                upper=upper,
            ),
            "equal": self.env._(
                "%(lower)s and %(upper)s ask for the same (%(measure)s): nobody would be "
                "on %(lower)s. Let %(upper)s ask for more.",
                lower=lower,
                upper=upper,
                measure=measure,
            ),
            "falling": self.env._(
                "%(upper)s asks for less than %(lower)s, which is below it: %(measure)s. "
                "Let it ask for more, or change their order.",
                lower=lower,
                upper=upper,
                measure=measure,
            ),
            "gap": self.env._(
                "Between %(lower)s and %(upper)s there is a gap: only one of them asks for "
                "%(measure)s, so members would pass %(lower)s by. Let both ask for it.",
                lower=lower,
                upper=upper,
                measure=measure,
            ),
            "need": self.env._(
                "%(lower)s and %(upper)s cannot be compared: one takes all of its figures, "
                "the other any. Let both take the same.",
                lower=lower,
                upper=upper,
            ),
        }[fault.code]

    # === BUSINESS METHODS === #

    @api.model
    def _check_computing_right(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))

    @api.model
    def _measure_name(self, name):
        """What a measure is called in the middle of a sentence."""
        return {
            "points": self.env._("points earned"),
            "spend": self.env._("money spent"),
            "visits": self.env._("purchases"),
            "items": self.env._("items bought"),
            "engagement": self.env._("points for taking part"),
            "score": self.env._("score"),
        }[name]

    def _measure_text(self, name, amount):
        """An amount of a measure in words, as a member reads it."""
        self.ensure_one()
        figure = formatLang(self.env, float(amount), digits=0 if amount == int(amount) else 2)
        texts = {
            "points": self.env._(
                "%(figure)s %(unit)s", figure=figure, unit=self.club_id.point_name
            ),
            "visits": self.env._("%(figure)s purchases", figure=figure),
            "items": self.env._("%(figure)s items", figure=figure),
            "engagement": self.env._("%(figure)s points for taking part", figure=figure),
            "score": self.env._("a score of %(figure)s", figure=figure),
        }
        if name == "spend":
            money = self.club_id._money_text(amount)
            return self.env._("%(money)s of purchases", money=money)
        return texts[name]

    def _requirement_text(self):
        """What the level takes, in one line."""
        self.ensure_one()
        if self.entry == "manual":
            return self.env._("By invitation")
        if self.entry == "paid":
            return self.env._("For a fee")
        level = self._level()
        texts = [self._measure_text(name, least) for name, least in level.least.items()]
        if not texts:
            return self.env._("Everybody starts here")
        joined = (self.env._(" and ") if level.every else self.env._(" or ")).join(texts)
        if level.inclusive:
            return joined
        return self.env._("More than %(figures)s", figures=joined)

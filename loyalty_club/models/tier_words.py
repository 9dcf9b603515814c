"""A member's level in words: at the till, in the portal, on her form."""

from odoo import api, fields, models
from odoo.tools import format_list


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    tier_way_percent = fields.Integer(
        string="On the way up (%)",
        compute="_compute_tier_words",
        help="How far the figures of the running period are on the way to the next level.",
    )
    tier_way_text = fields.Char(
        string="To the next level",
        compute="_compute_tier_words",
        help="What is left to the next level, at this moment.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id")
    @api.depends_context("lang")
    def _compute_tier_words(self):
        words = self._origin._tier_words()
        for member in self:
            found = words.get(member._origin.id) or {}
            member.tier_way_percent = found.get("percent", 0)
            member.tier_way_text = found.get("way", False)

    # === BUSINESS METHODS === #

    def _tier_words(self, counted=()):
        """Where these members stand in the ladder, for people to read. One query for each club.

        :param counted: see :meth:`_tier_progress`.
        :returns: dict of member's id to a dict: ``name`` of the level, ``color``, ``percent`` of
            the way to the ``next`` one, ``missing`` to it in words, ``way`` (both in one
            sentence), ``until`` (last day, or False), ``keep`` (what keeps the level beyond that
            day; empty: what was done keeps it), ``reward_percent``. Members without a level
            are left out.
        """
        if not self:
            return {}
        words = {}
        progress = self._tier_progress(counted)
        for member in self:
            step = progress[member]
            tier = step["tier"].with_env(self.env).sudo()  # sudo: a ladder is there to be seen
            if not tier:
                continue
            coming = step["next"].with_env(self.env).sudo()  # sudo: as above
            missing = self._joined_texts(step["missing"], step["every"])
            words[member.id] = {
                "name": tier.name,
                "color": tier.color,
                "percent": step["percent"],
                "next": coming.name or "",
                "missing": missing,
                "way": self._way_text(missing, coming),
                "until": step["until"] or False,
                "keep": self._joined_texts(step["keep"], tier.need == "all"),
                "reward_percent": float(member._reward_percent()),
            }
        return words

    @api.model
    def _way_text(self, missing, tier):
        """What is left to ``tier``, as a sentence."""
        if not tier or not missing:
            return ""
        return self.env._("%(missing)s more to %(tier)s", missing=missing, tier=tier.name)

    @api.model
    def _joined_texts(self, parts, every):
        """Figures as one text: all of them, or any one."""
        texts = [part["text"] for part in parts]
        return format_list(self.env, texts, "standard" if every else "or") if texts else ""


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_told(self, partner, member, code, audience):
        """Besides card and programs: the customer's level, how far the next one is, and how many
        per cent fewer points rewards cost."""
        answer = super()._club_told(partner, member, code, audience)
        answer["tier"] = member._tier_words().get(member.id, False)
        return answer

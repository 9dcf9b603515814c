"""What members are told about their levels, and what brings a level back."""

from odoo import api, models
from odoo.tools import format_date, format_list

from ..domain.dates import jalali_text
from .member_agreed import MARKETING

# About the membership itself: told whoever agreed to what.
_ALWAYS = ("fee", "invited")


class LoyaltyClubTierNotice(models.Model):
    _inherit = "loyalty.club.tier.notice"

    def _texts(self):
        """Messages of these notices: dict of notice's id to what the outbox takes."""
        known = self.filtered(lambda notice: notice.member_id.state == "active")
        asked = known.filtered(lambda notice: notice.kind not in _ALWAYS)
        invitations = known._invitations()
        where = asked.member_id._offer_addresses()
        ways = asked._ways()
        texts = {}
        for notice in known:
            way = ways.get(notice.id)
            address = where.get(notice.member_id.id)
            if notice.kind == "invited":
                invitation = invitations.get((notice.member_id, notice.tier_id))
                if invitation:
                    texts[notice.id] = notice._invited_text(invitation)
                continue
            if notice.kind != "fee" and (address is None or way is None):
                continue
            texts[notice.id] = notice._text(way) | (address or {})
        return texts

    def _ways(self):
        """Figures by which a level can be had again, or kept.

        :returns: dict of notice's id to figures, as :meth:`_tier_progress` tells them; whoever
            has the level again, or keeps it anyway, is left out.
        """
        progress = self.member_id._tier_progress()
        ways = {}
        for notice in self:
            step = progress[notice.member_id]
            ending = notice.kind == "ending"
            over = step["keeps"] or step["tier"] != notice.tier_id
            back = step["tier"] and step["tier"]._rank() >= notice.tier_id._rank()
            if not (over if ending else back):
                ways[notice.id] = step["figures"]
        return ways

    def _missing_in(self, env, figures):
        """What is missing to the level, in words."""
        tier = self.tier_id.with_env(env)
        club = tier.club_id
        level = dict(tier._ladder(club.id)[1]).get(tier.id)
        weights = club._tier_terms(club.id)[0].weights
        parts = [part["text"] for part in tier._missing_texts(level, figures or {}, weights)]
        return format_list(env, parts, "standard" if tier.need == "all" else "or") if parts else ""

    def _text(self, way):
        """The message of one notice, in the member's language."""
        member = self.member_id
        env = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
        tier = self.tier_id.with_env(env)
        words = {
            "name": member.partner_id.name,
            "club": member.club_id.with_env(env).name,
            "tier": tier.name,
            "now": member.tier_id.with_env(env).name or env._("no level"),
            "day": self._day_text(env, self.day),
            "missing": self._missing_in(env, way) if self.kind != "fee" else "",
        }
        subject, body = self._words(env, words)
        return {
            "partner_id": member.partner_id.id,
            "company_id": member.company_id.id,
            "subject": subject,
            "body": body,
        }

    def _words(self, env, words):
        """Subject and text."""
        if self.kind == "fee":
            return (
                env._("%(club)s: %(tier)s is paid until %(day)s", **words),
                env._(
                    "%(name)s, your level %(tier)s of %(club)s is paid until %(day)s. Pay its "
                    "next fee before, and it goes on without a break.",
                    **words,
                ),
            )
        if self.kind == "ending":
            return (
                env._("%(club)s: keep %(tier)s", **words),
                env._(
                    "%(name)s, you are %(tier)s at %(club)s until %(day)s. %(missing)s more by "
                    "then, and you stay it.",
                    **words,
                ),
            )
        subject = env._("%(club)s: back to %(tier)s", **words)
        if words["missing"]:
            return subject, env._(
                "%(name)s, your level at %(club)s is %(now)s now. %(missing)s more, and you are "
                "%(tier)s again.",
                **words,
            )
        return subject, env._(
            "%(name)s, your time as %(tier)s at %(club)s is over; your level is %(now)s now. Ask "
            "in the shop how you become %(tier)s again.",
            **words,
        )

    def _invitations(self):
        """Invitations of which these notices tell and that wait: by member and level."""
        members = self.filtered(lambda notice: notice.kind == "invited").member_id
        found = members._open_tier_invitations() if members else ()
        return {(one.member_id, one.tier_id): one for one in found}

    def _invited_text(self, invitation):
        """The message of an invitation, in the member's language."""
        member = self.member_id
        env = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
        tier = self.tier_id.with_env(env)
        words = {
            "name": member.partner_id.name,
            "club": member.club_id.with_env(env).name,
            "tier": tier.name,
            "benefits": ", ".join(tier._benefit_lines()),
            "day": self._day_text(env, invitation.answer_by),
            "link": f"{member.club_id.get_base_url()}/my/club/{member.id}/level",
        }
        body = env._("%(name)s, %(club)s invites you to the level %(tier)s.", **words)
        if words["benefits"]:
            body += " " + env._("It brings you: %(benefits)s.", **words)
        body += " " + env._("Accept or decline by %(day)s: %(link)s", **words)
        return {
            "partner_id": member.partner_id.id,
            "company_id": member.company_id.id,
            "subject": env._("%(club)s: an invitation to %(tier)s", **words),
            "body": body,
        }

    @api.model
    def _day_text(self, env, day):
        """A day as people who read the language of ``env`` write it."""
        return jalali_text(day) if env.lang == "fa_IR" else format_date(env, day)


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _offer_addresses(self):
        """Where these members want offers: by SMS, else by e-mail.

        :returns: dict of member's id to ``channel`` and ``address``, of those who agree.
        """
        by_sms = self._agreed(MARKETING, "sms")
        by_email = (self - by_sms)._agreed(MARKETING, "email")
        found = {member.id: {"channel": "sms", "address": member.mobile} for member in by_sms}
        return found | {
            member.id: {"channel": "email", "address": member.partner_id.email_normalized}
            for member in by_email
        }

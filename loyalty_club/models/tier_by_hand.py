from odoo import models
from odoo.exceptions import UserError

from ..clock import today_in


class LoyaltyClubTier(models.Model):
    """What staff do with levels: give, invite, exchange points for one, take one back."""

    _inherit = "loyalty.club.tier"

    # === BUSINESS METHODS === #

    def _by_hand(self, members, how, until=None, note=None, key=None):
        """Do what a person asks for, for all of the members or none.

        :param members: loyalty.club.member, as superuser.
        :param how: ``granted``, ``reward`` (points are exchanged) or ``withdrawn``.
        :param until: last day of what is given (date), or None.
        :param note: why, in words; needed for all but an exchange.
        :param key: names the request of an exchange.
        :raises UserError: for members of another club, a day that is over, a missing reason, or
            what cannot be; with what to do.
        """
        self.ensure_one()
        self._check_by_hand(members, how, until, note)
        if how == "reward":
            members._exchange_for_tier(self, key)
        elif how == "withdrawn":
            self._check_bought(members)
            self._check_had(members - self._withdraw(members, self, note=note))
        else:
            self._check_higher(members - self._grant(members, self, how, until=until, note=note))

    def _invite_by_hand(self, answer_by, until, note, members, segment=None):
        """Invite chosen members, all of them or none, or those of a segment whom it brings more.

        :param answer_by: last day to answer (date).
        :param until: last day of the level, or None.
        :param note: why, in words.
        :param members: loyalty.club.member, as superuser.
        :param segment: loyalty.club.segment; its members instead.
        :raises UserError: as :meth:`_by_hand`, or when there is nobody to invite.
        """
        self.ensure_one()
        self._check_by_hand(members, "invited", until, note)
        today = today_in(self.company_id)
        if not answer_by or answer_by < today or (until and until < answer_by):
            raise UserError(
                self.env._(
                    "Name a last day to answer: not before today, and not after the last day of "
                    "the level."
                )
            )
        if segment and segment.club_id != self.club_id:
            raise UserError(self.env._("Choose a segment of the level's own club."))
        chosen = None if segment else members
        invited = self.env["loyalty.club.tier.invitation"]._invite(
            self, answer_by, until, note, chosen, segment
        )
        self._check_invited(invited, chosen)

    def _check_invited(self, invited, chosen):
        left_out = chosen - invited.member_id if chosen else ()
        if left_out:
            raise UserError(
                self.env._(
                    "%(names)s are on “%(tier)s” or higher, or invited to it already. Leave them "
                    "out.",
                    tier=self.name,
                    names=", ".join(left_out.mapped("display_name")),
                )
            )
        if not invited:
            raise UserError(
                self.env._(
                    "There is nobody to invite to “%(tier)s”: choose active members of lower "
                    "levels who are not invited yet.",
                    tier=self.name,
                )
            )

    def _check_by_hand(self, members, how, until, note):
        if members.club_id - self.club_id:
            raise UserError(
                self.env._(
                    "A level goes to members of its own club. Choose others, or do it twice."
                )
            )
        given = how in ("granted", "invited")
        if given and until and until < today_in(self.company_id):
            raise UserError(self.env._("The last day is over. Choose a later one, or none."))
        if given and any(member.state != "active" for member in members):
            raise UserError(
                self.env._("Levels are given to active members. Activate the others first.")
            )
        if how != "reward" and not (note or "").strip():
            raise UserError(self.env._("Say why: the reason stays in the member's history."))

    def _check_bought(self, members):
        """A level that is paid for would be given again the next night."""
        paid = members.filtered(lambda member: member.paid_tier_id == self)
        if paid:
            raise UserError(
                self.env._(
                    "%(names)s have paid for “%(tier)s”. Give the fee back, and it ends.",
                    tier=self.name,
                    names=", ".join(paid.mapped("display_name")),
                )
            )

    def _check_had(self, others):
        if others:
            raise UserError(
                self.env._(
                    "“%(tier)s” was not given to %(names)s. A level that figures brought ends by "
                    "itself.",
                    tier=self.name,
                    names=", ".join(others.mapped("display_name")),
                )
            )

    def _check_higher(self, others):
        if others:
            raise UserError(
                self.env._(
                    "%(names)s were given a higher level than “%(tier)s”, which they keep. Take "
                    "that back first, or leave them out.",
                    tier=self.name,
                    names=", ".join(others.mapped("display_name")),
                )
            )

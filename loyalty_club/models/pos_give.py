"""Rewards that customers took beforehand: a till finds them by their codes and hands them over."""

from odoo import fields, models

from ..clock import today_in
from ..domain.reward_code import read_reward_code
from .pos_card import LONGEST_CODE

_SHOWN = 4  # of one customer: the panel is small, and a code names any


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_taken_codes = fields.Char(
        string="Rewards collected",
        readonly=True,
        copy=False,
        help="Codes of rewards that the customer took beforehand, as the till sent them.",
    )


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_identify(self, code):
        """The code of a reward that somebody took names her, and the reward."""
        self._club_check_cashier()
        return self._club_by_taken(code) or super()._club_identify(code)

    def _club_find(self, text):
        """As for :meth:`_club_identify`, in the one field for everything."""
        self._club_check_cashier()
        found = self._club_by_taken(text)
        if not found:
            return super()._club_find(text)
        message = found["message"]
        answer = {"hits": [], "more": False, "message": message, "enrol": False}
        return answer | {"exact": False if message else found}

    def _club_by_taken(self, text):
        """Whom the code of a reward names.

        :returns: as :meth:`_club_identify`, with ``give``: the reward, see :meth:`_club_taken`;
            or with a ``message`` when it cannot be collected; None when it is no such code.
        """
        short = isinstance(text, str) and len(text) <= LONGEST_CODE
        code = read_reward_code(text) if short else None
        club = code and self.sudo()._club()  # sudo: which club a till serves is no secret
        if not club:
            return None
        # sudo: whoever has the code may know what it is for
        taken = self.env["loyalty.club.reward.taken"].sudo()
        taken = taken.search([("code", "=", code), ("club_id", "=", club.id)])
        if not taken:
            return None
        message = self._club_taken_refusal(taken)
        if message:
            return {"partner_id": False, "card": False, "message": message}
        partner = taken.member_id.partner_id
        told = self._club_known(partner, taken.member_id)
        return (
            {"partner_id": partner.id, "message": False} | told | {"give": self._club_taken(taken)}
        )

    def _club_taken_refusal(self, taken):
        """Why a reward is not handed over here and now; a sentence, or False."""
        if taken.state != "open" or taken.until < today_in(taken.company_id):
            return taken._over_text()
        terms = taken.reward_id._club_all_terms().get(taken.reward_id.id)
        branches = terms.branches if terms else ()
        if branches and self.sudo().club_branch_id.id not in branches:  # sudo: it is no secret
            return self.env._(
                "The reward “%(reward)s” is given in other shops only: %(shops)s.",
                reward=taken.reward_id.description,
                shops=", ".join(taken.reward_id.club_branch_ids.mapped("name")),
            )
        return False

    def _club_taken(self, taken):
        """What the till has to know of a reward that was taken: a dict."""
        return {
            "code": taken.code,
            "reward_id": taken.reward_id.id,
            "points": taken.points,
            "name": taken.reward_id.description,
            "until": fields.Date.to_string(taken.until),
        }

    def _club_told(self, partner, member, code, audience):
        """Besides the panel: the rewards that wait for her, where some of her points are held."""
        answer = super()._club_told(partner, member, code, audience)
        answer["taken"] = []
        points = answer["panel"] and answer["panel"].get("points")
        if points and points["held"]:
            waiting = self.env["loyalty.club.reward.taken"].sudo()  # sudo: the cashier's customer
            waiting = waiting.search(
                [
                    ("member_id", "=", member.id),
                    ("state", "=", "open"),
                    ("until", ">=", today_in(member.company_id)),
                ],
                order="until, id",
                limit=_SHOWN,
            )
            answer["taken"] = [
                self._club_taken(taken) for taken in waiting if not self._club_taken_refusal(taken)
            ]
        return answer

from decimal import Decimal

from odoo import models

from odoo.addons.loyalty_club.models.act_batch import ActDone


class SurveyUserInput(models.Model):
    """A finished survey is an act of the member who answered."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        result = super()._mark_done()
        self._earn_club_acts()
        return result

    def _earn_club_acts(self):
        """Reward the members among those who answered; a survey counts once for each.

        Tests of a survey, and answers of nobody in particular, bring nothing.
        """
        # sudo: visitors answer surveys; what that brings is the club's business
        answers = self.sudo().filtered(
            lambda answer: (
                answer.partner_id and not answer.test_entry and answer.survey_id.club_act_kind_id
            )
        )
        members = self.env["loyalty.club.member"].sudo()
        for kind, own in answers.grouped(lambda answer: answer.survey_id.club_act_kind_id).items():
            found = members.search(
                [("club_id", "=", kind.club_id.id), ("partner_id", "in", own.partner_id.ids)]
            ).grouped("partner_id")
            members._earn_acts(
                kind.code,
                [
                    answer._club_act(member._survivor())
                    for answer in own
                    for member in found.get(answer.partner_id, members)[:1]
                ],
            )

    def _club_act(self, member):
        """This answer as an act of ``member`` (loyalty.club.member)."""
        self.ensure_one()
        scored = self.survey_id.scoring_type != "no_scoring"
        return ActDone(
            member,
            f"survey-{self.survey_id.id}:{member.id}",
            origin=(self._name, self.id),
            score=Decimal(str(self.scoring_percentage)) if scored else None,
            note=self.survey_id.title,
        )

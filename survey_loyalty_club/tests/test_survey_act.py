from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.act_common import ActWords


@tagged("post_install", "-at_install")
class TestSurveyAct(ActWords):
    """Whoever finishes a survey that counts earns what the rules give, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env["survey.survey"].create(
            {"title": "Tea", "club_act_kind_id": cls.kind("survey").id}
        )
        cls.partner = cls.member.partner_id

    def answer(self, partner=None, **values):
        """A survey that somebody has just finished; by default Sara."""
        partner = self.partner if partner is None else partner
        found = self.env["survey.user_input"].create(
            {"survey_id": self.survey.id, "partner_id": partner.id, **values}
        )
        found._mark_done()
        return found

    def scored(self):
        """Let the survey have a question whose right answer is worth all."""
        self.survey.scoring_type = "scoring_with_answers"
        return self.env["survey.question"].create(
            {
                "title": "Which?",
                "survey_id": self.survey.id,
                "question_type": "simple_choice",
                "suggested_answer_ids": [
                    (0, 0, {"value": "Green", "is_correct": True, "answer_score": 10}),
                    (0, 0, {"value": "Black", "answer_score": 4}),
                ],
            }
        )

    def test_a_finished_survey_counts_once(self):
        self.rule("survey", 5)

        first = self.answer()
        self.answer()

        self.assertPoints(5)
        act = self.acts()
        self.assertEqual((act.origin_model, act.origin_id), (first._name, first.id))
        self.assertEqual(act.note, "Tea")

    def test_what_does_not_count(self):
        self.rule("survey", 5)

        self.answer(test_entry=True)
        self.answer(self.env["res.partner"])
        self.answer(self.env["res.partner"].create({"name": "Stranger"}))
        self.assertFalse(self.acts())

        self.survey.club_act_kind_id = False
        self.answer()
        self.assertFalse(self.acts())

    def test_visitors_who_answer_earn_without_rights_on_the_club(self):
        self.rule("survey", 5)
        answer = self.env["survey.user_input"].create(
            {"survey_id": self.survey.id, "partner_id": self.partner.id}
        )

        answer.with_user(self.env.ref("base.public_user")).sudo()._mark_done()

        self.assertPoints(5)

    def test_a_scored_form_brings_points_by_its_score(self):
        question = self.scored()
        self.survey.club_act_kind_id = self.kind("assessment")
        self.rule("assessment", 0.5, per_score=True)
        found = self.env["survey.user_input"].create(
            {
                "survey_id": self.survey.id,
                "partner_id": self.partner.id,
                "predefined_question_ids": question.ids,
            }
        )
        self.env["survey.user_input.line"].create(
            {
                "user_input_id": found.id,
                "question_id": question.id,
                "answer_type": "suggestion",
                "suggested_answer_id": question.suggested_answer_ids[1].id,
            }
        )

        found._mark_done()

        self.assertEqual(found.scoring_percentage, 40)
        self.assertPoints(20)

    def test_many_answers_at_once(self):
        self.rule("survey", 5)
        people = [self.new_member(f"M {number}") for number in range(4)]
        answers = self.env["survey.user_input"].create(
            [{"survey_id": self.survey.id, "partner_id": member.partner_id.id} for member in people]
        )

        answers._mark_done()

        for member in people:
            self.assertPoints(5, member)

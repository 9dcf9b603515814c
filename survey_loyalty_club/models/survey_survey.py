from odoo import fields, models


class SurveySurvey(models.Model):
    """A survey may count as an act in a customer club."""

    _inherit = "survey.survey"

    club_act_kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Counts in the club as",
        ondelete="restrict",
        index="btree_not_null",
        groups="loyalty_club.group_marketer,loyalty_club.group_auditor",
        domain="[('code', 'not in', ('signup', 'profile'))]",
        help="Members who finish the survey earn what the rules for this kind of act give, once. "
        "Empty: nothing.",
    )

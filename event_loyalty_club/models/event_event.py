from odoo import fields, models


class EventEvent(models.Model):
    """An event may count as an act in a customer club."""

    _inherit = "event.event"

    club_act_kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Counts in the club as",
        ondelete="restrict",
        index="btree_not_null",
        groups="loyalty_club.group_marketer,loyalty_club.group_auditor",
        domain="[('code', 'not in', ('signup', 'profile'))]",
        help="Members who come to the event earn what the rules for this kind of act give, once. "
        "Empty: nothing.",
    )

"""How the members of the sample club came to their levels, month by month."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields

from ..clock import today_in
from .sample import days_ago

MONTHS = 12


def load(club):
    """Decide the levels as they were decided in the last year; called once, by the sample data."""
    tiers, today = club.env["loyalty.club.tier"], today_in(club.company_id)
    for month in range(MONTHS, -1, -1):
        ago = (today - (today - relativedelta(months=month))).days
        with days_ago(club.company_id, ago):
            tiers._recompute(club, today=today - timedelta(days=ago))
    circle = club.env.ref("loyalty_club.tier_circle")
    invitations, until = club.env["loyalty.club.tier.invitation"], today + relativedelta(months=11)
    sara = club.env.ref("loyalty_club.member_sara")
    with days_ago(club.company_id, 44):
        invited = invitations._invite(
            circle,
            today,
            until,
            "She told us of the garden in Lahijan",
            members=sara,
        )
    with days_ago(club.company_id, 40):
        invited._answer(accept=True)
    others = club.env["loyalty.club.member"].search(
        [("club_id", "=", club.id), ("state", "=", "active"), ("id", "!=", sara.id)], limit=2
    )
    invitations._invite(
        circle, today + timedelta(days=12), until, "Best customers of the spring", members=others
    )
    # The people of the sample have read their messages.
    notices = club.env["loyalty.club.tier.notice"].search([("kind", "=", "invited")])
    notices.write({"date": fields.Datetime.now(), "told": True})

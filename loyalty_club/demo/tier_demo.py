"""How the members of the sample club came to their levels, month by month."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

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
    with days_ago(club.company_id, 40):
        circle._grant(
            club.env.ref("loyalty_club.member_sara"),
            circle,
            "invited",
            until=today + relativedelta(months=11),
            note="She told us of the garden in Lahijan",
        )

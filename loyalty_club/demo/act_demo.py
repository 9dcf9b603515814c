"""What the members of the sample club do besides buying, and what it brings them."""

from decimal import Decimal

from odoo import Command

from .sample import Sample, days_ago

# Kind of act, points, how often, and the rest of the rule.
_RULES = (
    ("review", 2, {"per_score": True, "times_month": 3}),
    ("survey", 10, {}),
    ("event", 30, {"times_month": 2}),
    ("checkin", 3, {"times_day": 1, "times_month": 8}),
    ("social", 5, {"times_week": 2}),
    ("share", 15, {"times_month": 1}),
    ("visit", 1, {"times_day": 1}),
    ("app", 20, {"times_total": 1}),
    ("packaging", 4, {"times_day": 2, "pause_days": 0}),
    ("second_hand", 8, {"pause_days": 7}),
    ("assessment", 0.5, {"per_score": True, "times_year": 4}),
)
# Days ago, member, kind of act, score.
_ACTS = (
    # The ledger books in the order of time: these members moved nothing since.
    (21, "member_pars", "event", None),
    (20, "member_pars", "checkin", None),
    (10, "member_nasrin", "packaging", None),
    (8, "member_nasrin", "event", None),
    (7, "member_zahra", "packaging", None),
    (2, "member_nasrin", "second_hand", None),
    (0, "member_sara", "checkin", None),
)


def load(club):
    """Give the sample club its rules for acts, and its members a history of them."""
    sample = Sample(club)
    kinds = {kind.code: kind for kind in sample.club.act_kind_ids}
    sample.env["loyalty.club.act.rule"].create(
        [{"kind_id": kinds[code].id, "amount": amount, **values} for code, amount, values in _RULES]
    )
    _means(sample, kinds)
    for number, (ago, name, code, score) in enumerate(_ACTS):
        with days_ago(sample.company, ago):
            sample.ref(name)._earn_act(
                code, f"sample-{number}", score=score and Decimal(score), note=None
            )
    _scored(sample, kinds)


def _means(sample, kinds):
    """A code in a story, places to check in, and an index."""
    env, club = sample.env, sample.club
    sample.named(
        "act_code_story",
        env["loyalty.club.act.code"].create(
            {"code": "HARVEST", "kind_id": kinds["social"].id, "note": "Story of the new harvest"}
        ),
    )
    vanak = sample.ref("branch_vanak")
    sample.named(
        "place_vanak",
        env["loyalty.club.place"].create(
            {"name": vanak.name, "club_id": club.id, "branch_id": vanak.id}
        ),
    )
    sample.named(
        "place_garden",
        env["loyalty.club.place"].create(
            {
                "name": "Tea garden of Lahijan",
                "club_id": club.id,
                "check": "near",
                "latitude": 37.2057,
                "longitude": 50.0033,
                "radius": 500,
                "every": "month",
            }
        ),
    )
    sample.index = sample.named(
        "index_display",
        env["loyalty.club.index"].create(
            {
                "name": "How dealers show our goods",
                "club_id": club.id,
                "criterion_ids": [
                    Command.create(
                        {"name": "Shop window", "weight": 2, "hint": "5: our goods stand in front"}
                    ),
                    Command.create({"name": "Knowledge of the staff", "weight": 3}),
                    Command.create({"name": "Cleanliness", "weight": 1}),
                ],
            }
        ),
    )


def _scored(sample, kinds):
    """A dealer who was scored, a review that was, and one that waits."""
    env = sample.env
    sara, nasrin = sample.ref("member_sara"), sample.ref("member_nasrin")
    assessment = env["loyalty.club.assessment"].create(
        {"index_id": sample.index.id, "member_id": sample.ref("member_pars").id}
    )
    for line, score in zip(assessment.line_ids, (4, 5, 3), strict=True):
        line.score = score
    assessment.action_confirm()
    reviews = env["loyalty.club.review"]
    reviews._hand_in(
        sara, kinds["review"], "The second infusion of the white tea is even better."
    )._accept(5)
    reviews._hand_in(nasrin, kinds["review"], "Fast at the counter, but the jar leaks.")

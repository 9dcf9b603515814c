"""What the members of the sample club agree to, and what no longer; one wants to be forgotten."""

from .sample import days_ago

# Days ago, member, source, proof, answers: (purpose, channel, yes or no).
ANSWERS = [
    (90, "sara", "join", None, [("marketing", "sms", True), ("marketing", "email", True)]),
    (90, "sara", "join", None, [("profiling", "general", True)]),
    (80, "nasrin", "paper", "Form in folder 2", [("marketing", "sms", True)]),
    (75, "ali", "join", None, [("marketing", "email", True), ("survey", "email", True)]),
    (60, "zahra", "person", None, [("marketing", "sms", True), ("marketing", "phone", True)]),
    (45, "pars", "letter", "Letter of the purchasing department", [("marketing", "email", True)]),
    (20, "nasrin", "sms", "8792343, +98******0004", [("marketing", "sms", False)]),
    (9, "ali", "link", "IP 5f1c0b7a93e2d468", [("marketing", "email", False)]),
    (2, "zahra", "call", "Call of the afternoon", [("marketing", "phone", False)]),
]
TERMS = """
<h3>What you may expect</h3>
<p>You earn points with each purchase and redeem them at every shop of the club. We tell you before
points expire, and we never pass your number on unless you say so.</p>
<h3>What we expect</h3>
<p>A membership is personal. Tell us when your number changes or a card is lost.</p>
<h3>When you leave</h3>
<p>You leave at any time, at the shop or in your account. What you paid in is paid out.</p>
"""


def load(club):
    """Let the members of the sample club answer; called once, by the sample data."""
    env = club.env
    club.privacy_contact = "Mina Rahimi, privacy@example.com"
    for ago, name, source, proof, answers in ANSWERS:
        member = env.ref(f"loyalty_club.member_{name}")
        choices = {(purpose, channel): given for purpose, channel, given in answers}
        with days_ago(club.company_id, ago):
            member._set_consents(choices, source, proof)
    _terms(club)
    with days_ago(club.company_id, 1):
        env["loyalty.club.erasure"]._request(env.ref("loyalty_club.member_ali"), "portal")


def _terms(club):
    """One version that most have still to accept, and a draft of the next one."""
    env = club.env
    versions = env["loyalty.club.agreement.version"].create(
        [
            {"agreement_id": agreement.id, "body": TERMS, "summary": summary}
            for agreement in env["loyalty.club.agreement"].search([("club_id", "=", club.id)])
            for summary in (False, "Points now live for two years")
        ]
    )
    versions[0].action_publish()
    for name, source in (("sara", "portal"), ("zahra", "person")):
        env.ref(f"loyalty_club.member_{name}")._accept_terms(versions[0], source)

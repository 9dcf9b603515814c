"""A person whom the sample shop knows twice: from its till, and from its web shop."""


def load(club):
    """Let a clerk enrol the web shop's contacts; called once, by the sample data."""
    env = club.env
    contact = env["res.partner"].create(
        {"name": "O. Ghasemi (web shop)", "phone": "۰۹۹۵ ۱۰۰ ۰۰۰۷", "email": "omid.g@example.com"}
    )
    env["loyalty.club.enrolment"]._enrol_partners(club, contact)

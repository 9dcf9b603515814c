"""What the first page of a membership says besides card and movements."""

from odoo.http import request


def overview_of(member):
    """Values for the template.

    :param member: loyalty.club.member of the signed-in person, in sudo.
    """
    return {
        "activity": member._activity(),
        "level": member._tier_page(),
        "saved": _saved(member),
        "rewards": member._rewards_in_reach(),
        "offers": member._offers(),
        "orders": member._latest_purchases(),
        "due": member._terms_due(),
        "said": _welcome(member),
    }


def club_to_join():
    """The company's club, if it takes who joins online, in sudo."""
    # sudo: name and terms are what the club shows to everybody
    clubs = request.env["loyalty.club"].sudo()
    company = request.env.company
    return clubs.search([("open_to_join", "=", True), ("company_id", "=", company.id)], limit=1)


def _saved(member):
    """What the member has saved so far, in words; empty when it is nothing."""
    amount = member.saved_amount
    return member.currency_id._format_shown(amount, member.company_id) if amount else ""


def _welcome(member):
    """A greeting to who has just joined, said once."""
    if request.session.get("loyalty_club_welcome") != member.id:
        return ""
    request.session.pop("loyalty_club_welcome")
    return request.env._("Welcome to %(club)s!", club=member.club_id.name)

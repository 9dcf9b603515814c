"""What the first page of a membership says besides card and movements."""

from odoo.http import request


def overview_of(account):
    """Values for the template.

    :param account: membership as ``_club_account`` gives it.
    """
    member, wallets = account["member"], account["wallets"]
    home = member._home(wallets)

    def audience():
        return home["audience"]

    return {
        "home": home,
        "level": member._tier_page(),
        "saved": _saved(member, home["saved"]),
        "rewards": member._rewards_in_reach(account["points"], audience, home["claimed"]),
        "offers": member._offers(audience),
        "due": home["due"],
        "invited": home["invited"],
        "said": _welcome(member),
    }


def club_to_join():
    """The company's club, if it takes who joins online, in sudo."""
    # sudo: name and terms are what the club shows to everybody
    clubs = request.env["loyalty.club"].sudo()
    company = request.env.company
    return clubs.search([("open_to_join", "=", True), ("company_id", "=", company.id)], limit=1)


def _saved(member, amount):
    """What the member has saved so far, in words; empty when it is nothing."""
    return member.currency_id._format_shown(amount, member.company_id) if amount else ""


def _welcome(member):
    """A greeting to who has just joined, said once."""
    if request.session.get("loyalty_club_welcome") != member.id:
        return ""
    request.session.pop("loyalty_club_welcome")
    return request.env._("Welcome to %(club)s!", club=member.club_id.name)

"""The form by which somebody joins: what it says, for the model that acts on it."""

from odoo.exceptions import UserError
from odoo.http import request

from .profile_input import ProfileInput

_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 200
_LONGEST_ID = 9


def read_join_form(club, form):
    """What a filled-in form says.

    :param club: loyalty.club that it was filled in for.
    :param form: dict of texts.
    :returns: dict of :meth:`..models.self_service._join`'s arguments.
    :raises UserError: with a sentence for the visitor.
    """
    person = ProfileInput(club, "join").read_form(form)
    person["name"] = person.get("name") or (form.get("name") or "").strip()[:100]
    if not any(char.isalpha() for char in person["name"]):
        raise UserError(request.env._("Tell us your name."))
    person["lang"] = request.env.lang
    choices, versions = read_consents(club, form)
    return {
        "person": {key: value for key, value in person.items() if value},
        "password": _password(form),
        "choices": choices,
        "versions": versions,
        "accepted": {
            int(key.removeprefix("terms_"))
            for key in form
            if key.startswith("terms_") and _is_id(key.removeprefix("terms_"))
        },
    }


def read_consents(club, form):
    """Answers on purposes and channels; what is not ticked is a no.

    :returns: dict of (purpose code, channel) to bool, and dict of purpose code to the id of
        the wording that was on the page.
    """
    choices, versions = {}, {}
    for choice in club._consent_choices():
        purpose = choice["purpose"]
        shown = form.get(f"wording_{purpose.id}") or ""
        if not _is_id(shown):
            continue  # it was not on the page
        versions[purpose.code] = int(shown)
        for row in choice["channels"]:
            ticked = form.get(f"consent_{purpose.id}_{row['channel']}")
            choices[purpose.code, row["channel"]] = bool(ticked)
    return choices, versions


def _is_id(text):
    """Whether ``text`` may be a record's id: the database holds no longer ones."""
    return text.isdecimal() and len(text) <= _LONGEST_ID


def _password(form):
    password = form.get("password") or ""
    if password and not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise UserError(
            request.env._(
                "A password has at least %(least)s characters. Or leave it empty: you sign in "
                "with a code.",
                least=_SHORTEST_PASSWORD,
            )
        )
    return password

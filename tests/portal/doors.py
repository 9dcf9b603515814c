"""The addresses that our addons answer, and what their parameters name.

The list is Odoo's own routing map, so that no door can be left out. A parameter of a name that
stands nowhere below is refused: whoever adds one says here what it names.
"""

import re
from dataclasses import dataclass

# Parameters that name a record: the words are those of `Things`.
RECORDS = {
    "member_id": "member",
    "member": "member",
    "wallet_id": "wallet",
    "wallet": "wallet",
    "card_id": "card",
    "card": "card",
    "receiver": "number",
    "device": "device",
    "relative": "relative",
    "taken_id": "taken",
    "transaction_id": "transaction",
    "partner_id": "partner",
    "reference": "reference",
    "reveal_id": "reveal",
    "print_id": "print",
    "invitation_id": "invitation",
    "invitation": "tier_invitation",
    "ids": "stock_card",
}
# The same name, but something else there.
RECORDS_OF = {
    ("/my/loyalty_card/<int:card_id>/history", "card_id"): "stock_card",
    ("/my/loyalty_card/<int:card_id>/history/page/<int:page>", "card_id"): "stock_card",
    ("/my/loyalty_card/<int:card_id>/values", "card_id"): "stock_card",
}
# Parameters that name nobody's record, with a value that a person might send. What depends on
# the database is told by prepare.py (`plain`).
PLAIN = {
    "again": "",
    "accuracy": "10",
    "amount": "10",
    "answer": "accept",
    "auth": "AAAAAAAAAAAAAAAAAAAAAA",
    "branch": "1",
    "channel": "pos",
    "charge": "portal-charge",
    "club_id": 1,
    "code": "123456",
    "config_id": 1,
    "club_join": "1",
    "consents": "",
    "date_from": "2025-01-01",
    "date_to": "1404-01-01",
    "endpoint": "https://push.example.com/portal",
    "email": "somebody@example.com",
    "family_birthday": "2015-01-01",
    "family_name": "Somebody Small",
    "file_format": "pdf",
    "flow": "redirect",
    "filterby": "all",
    "i": "made-up-token",
    "key": "portal-key-0001",
    "kind": "1",
    "kind_id": 1,
    "lang": "fa_IR",
    "latitude": "35.7",
    "link": "https://example.com/post",
    "login": "somebody@example.com",
    "longitude": "51.4",
    "mark": "1",
    "method_id": 1,
    "mobile": "09121119999",
    "months": "3",
    "name": "Somebody",
    "nickname": "",
    "nothing": "",
    "p256dh": "B" * 87,
    "page": "1",
    "payment_method_id": 1,
    "period": "month",
    "provider_id": 1,
    "rate": "1",
    "reply": "Gladly",
    "reward_id": 1,
    "show": "ready",
    "password": "long enough 1",
    "pin": "1234",
    "redirect": "/my/club",
    "relation": "child",
    "secret": "made-up-secret",
    "sex": "female",
    "sortby": "newest",
    "sure": "1",
    "terms": "",
    "text": "Very good",
    "tier": "1",
    "token": "made-up-token",
    "token_id": None,
    "tokenization_requested": False,
    "uid": "04A1B2C3",
    "version": "1",
    "way": "join",
}
# What doors read that take whatever is sent.
_FILTER = ("wallet", "period", "date_from", "date_to", "branch", "filterby", "sortby", "channel")
FORMS = {
    "/club/join/submit": ("name", "mobile", "card", "email", "password"),
    "/loyalty_club/sms/<string:secret>": ("mobile", "text"),
    "/my/club/<int:member_id>/convert/do": ("rate", "amount"),
    "/my/club/<int:member_id>/convert/review": ("rate", "amount"),
    "/my/club/<int:member_id>/history": _FILTER,
    "/my/club/<int:member_id>/history/page/<int:page>": _FILTER,
    "/my/club/<int:member_id>/notifications/save": ("consents",),
    "/my/club/<int:member_id>/purchases": _FILTER,
    "/my/club/<int:member_id>/purchases/page/<int:page>": _FILTER,
    "/my/club/<int:member_id>/send/ask": ("wallet", "receiver", "amount"),
    "/my/club/<int:member_id>/send/review": ("wallet", "receiver", "amount", "again"),
    "/my/club/<int:member_id>/topup/<int:kind_id>/transaction": ("tokenization_requested",),
    "/web/session/logout": ("redirect",),
    "/loyalty_club/till/pay": ("wallet_id", "partner_id", "card", "pin"),
    "/my/club/<int:member_id>/consents/save": ("consents",),
    "/my/club/<int:member_id>/data/download": ("member", "code"),
    "/my/club/<int:member_id>/data/erase": ("member", "sure"),
    "/my/club/<int:member_id>/family/add": ("family_name", "family_birthday", "member"),
    "/my/club/<int:member_id>/profile/save": ("name", "email", "sex", "card", "member"),
    "/my/loyalty_card/<int:card_id>/history": ("page", "sortby"),
    "/my/loyalty_card/<int:card_id>/history/page/<int:page>": ("sortby",),
    "/web/reset_password": ("login", "token", "password", "redirect"),
    "/web/signup": ("login", "name", "password", "token", "club_join", "redirect"),
}
# Who goes through these is signed out.
ENDING = frozenset({"/web/session/logout"})
ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")


@dataclass(frozen=True)
class Door:
    """One address.

    :param names: what it reads of a request besides the parts of its address.
    """

    address: str
    arguments: tuple
    names: tuple
    methods: tuple
    type: str
    auth: str
    website: bool

    @classmethod
    def read(cls, facts):
        """The door that prepare.py found."""
        names = [name for name in facts["names"] if name not in (*facts["arguments"], "*")]
        names += FORMS.get(facts["address"], ()) if "*" in facts["names"] else ()
        methods = set(facts["methods"]) - {"OPTIONS", "HEAD"}
        return cls(
            facts["address"],
            tuple(facts["arguments"]),
            tuple(names),
            tuple(sorted(methods)),
            facts["type"],
            facts["auth"],
            facts["website"],
        )

    @property
    def parameters(self):
        """Everything that a request fills in."""
        return (*self.arguments, *self.names)

    @property
    def records(self):
        """Which of the parameters name a record of which sort."""
        named = {name: self._sort(name) for name in self.parameters}
        return {name: sort for name, sort in named.items() if sort}

    def _sort(self, name):
        return RECORDS_OF.get((self.address, name)) or RECORDS.get(name)

    def path(self, values, quoted):
        """The address with values in it.

        :param quoted: turns a value into a part of an address.
        """
        return ARGUMENT.sub(lambda match: quoted(values[match[1]]), self.address)


def strangers(facts):
    """What nobody has said yet: sentences about doors and parameters of unknown meaning.

    :param facts: the doors that prepare.py found.
    """
    found = []
    for fact in facts:
        if "*" in fact["names"] and fact["address"] not in FORMS:
            found.append(f"{fact['address']} reads whatever is sent: say in FORMS what that is")
        door = Door.read(fact)
        found += [
            f"{door.address}: what does “{name}” name? Say so in doors.py"
            for name in door.parameters
            if name not in RECORDS and name not in PLAIN
        ]
    return found

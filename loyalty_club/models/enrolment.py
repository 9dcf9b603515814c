"""How somebody becomes a member, by whatever door: one person, one membership."""

from contextlib import contextmanager
from typing import NamedTuple

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError

from ..domain import codes

# Doors where our own people type: they may complete what somebody known had left out.
STAFF_CHANNELS = {"pos", "sale", "backend", "import"}
# What a person says of herself that is kept on the membership as it is told.
_PROFILE = (
    "kind", "external_ref", "birthday", "anniversary", "sex", "education", "area_id",
    "preferred_channel", "preferred_reward", "occupation",
)  # fmt: skip
# Indexes that decide when two requests enrol one person at the same moment.
_DECIDING = {
    "loyalty_club_member_mobile_unique",
    "loyalty_club_member_one_per_club",
    "loyalty_club_member_identity_unique",
}


class EnrolmentOutcome(NamedTuple):
    """Answer to one enrolment.

    :param status: ``enrolled``; ``known``, is a member already; ``refused``.
    :param member: loyalty.club.member of today, empty when refused.
    :param reason: of ``known``, by what she was recognised: ``mobile``, ``identity``, ``card``
        or ``contact``; of ``refused``: ``nobody``, ``mobile``, ``identity_code``, ``closed``,
        ``several``, ``archived``, ``company``, ``address`` or ``invalid``; else None.
    :param text: a sentence for the staff that says what happened, or what to do. It may name
        a member: to strangers, doors say something of their own.
    """

    status: str
    member: models.BaseModel
    reason: str | None = None
    text: str = ""

    @property
    def ok(self):
        return self.status != "refused"


class Refused(Exception):
    """Nothing is written; ``reason`` and ``text`` as in :class:`EnrolmentOutcome`.

    :param alike: pairs of members who may be one person, and by what.
    """

    def __init__(self, reason, text, alike=()):
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.alike = alike


@contextmanager
def tried_again():
    """Let a request that was overtaken be tried again: it then finds the other's member."""
    try:
        yield
    except UniqueViolation as error:
        if error.diag.constraint_name not in _DECIDING:
            raise
        raise ConcurrencyError("somebody enrolled the same person at this moment") from error


class LoyaltyClubEnrolment(models.AbstractModel):
    """The one way in: recognise the person, or make contact, membership, card and consents.

    It asks for no rights: whoever opens a door decides who may go through it.
    """

    _name = "loyalty.club.enrolment"
    _description = "Enrolment"

    @api.model
    def _enrol(self, club, person, channel, branch=None, source=None, invitation=None):
        """Make ``person`` a member of ``club``, unless she is one: then nothing is doubled.

        All of it is done or nothing. Two requests that enrol one mobile at the same moment
        make one member: the one that comes second is tried again, and answers ``known``.

        :param club: loyalty.club, one record.
        :param person: dict with any of ``mobile`` (any writing; alone it is enough), ``name``,
            ``email``, ``identity_type``, ``identity_code``, ``birthday``, ``anniversary``,
            ``sex``, ``education``, ``area_id``, ``interest_ids`` (ids), ``occupation``,
            ``preferred_channel``, ``preferred_reward``, ``card_number``, ``card_uid``,
            ``lang``, ``kind``, ``external_ref``, ``partner_id`` (id of a contact who is known
            to be this person), ``consents`` (dict of purpose's code and channel to bool) and
            ``terms_version_id`` (id of the version of the club's terms that was accepted).
        :param channel: one of ``const.CHANNELS``.
        :param branch: loyalty.club.branch, the home shop.
        :param source: where consents were given, as they name it; the channel by default.
        :param invitation: loyalty.club.invitation by which she came, or the token in its link.
        :returns: :class:`EnrolmentOutcome`.
        :raises ConcurrencyError: when another request took the number at this moment; the
            request is then tried again.
        """
        # sudo: contact, membership, card and wallets are made by the product for whoever the
        # door lets in; see the class
        entry = self.sudo()
        club, branch = club.sudo(), branch.sudo() if branch else branch
        try:
            with tried_again(), self.env.cr.savepoint():
                outcome = entry._enrol_one(club, person, channel, branch, source, invitation)
                self.env.flush_all()  # what the database refuses, it refuses here
        except Refused as refusal:
            for one, other, reason in refusal.alike:
                entry.env["loyalty.club.duplicate"]._note([(one, other)], reason)
            outcome = entry._refusal(refusal.reason, refusal.text)
        except (UserError, ValidationError) as error:
            self.env.invalidate_all(flush=False)
            outcome = entry._refusal("invalid", str(error))
        return outcome._replace(member=outcome.member.with_env(self.env))

    def _enrol_one(self, club, person, channel, branch, source, invitation):
        person = self._read(club, person)
        partner = self.env["res.partner"].browse(person.get("partner_id"))
        member, reason = self._recognise(club, person, partner)
        if member:
            self._complete(member, person, reason == "mobile" or channel in STAFF_CHANNELS)
            outcome = EnrolmentOutcome("known", member, reason, self._known_text(member, person))
        else:
            member = self._make(club, person, partner, channel, branch)
            text = self.env._("%(member)s is a member now.", member=member.display_name)
            outcome = EnrolmentOutcome("enrolled", member, None, text)
        self._hand_out(member, person, source or channel, branch)
        if invitation and outcome.status == "enrolled":
            self.env["loyalty.club.invitation"]._joined(member, invitation)
        return outcome

    def _known_text(self, member, person):
        if self._has_other_mobile(member, person):
            return self.env._(
                "%(member)s is a member already, with another mobile number. Change it on the "
                "contact if it is no longer used.",
                member=member.display_name,
            )
        return self.env._("%(member)s is a member already.", member=member.display_name)

    def _refusal(self, reason, text):
        return EnrolmentOutcome("refused", self.env["loyalty.club.member"], reason, text)

    # --- what is made ----------------------------------------------------------------

    def _make(self, club, person, partner, channel, branch):
        contacts = self.env["res.partner"]._club_contacts(club, person.get("mobiles", ()))
        if not partner:
            # Who signs in already, if anybody does; else the one known longest.
            usable = contacts if channel in STAFF_CHANNELS else contacts._club_of_persons()
            partner = usable.sorted(lambda contact: (not contact.user_ids, contact.id))[:1]
        if partner:
            self._check_contact(club, partner)
            self._complete_contact(partner, person)
        else:
            partner = self._make_contact(person)
        member = self.env["loyalty.club.member"].create(
            {
                "club_id": club.id,
                "partner_id": partner.id,
                "channel": channel,
                "branch_id": branch.id if branch else False,
                **self._profile_values(person),
            }
        )
        others = (contacts - partner).filtered(lambda other: not other.club_member_ids)
        self.env["loyalty.club.duplicate"]._note([(member, other) for other in others], "mobile")
        return member

    def _check_contact(self, club, partner):
        refusal = self._contact_refusal(club, partner)
        if refusal:
            raise Refused(*refusal)

    def _make_contact(self, person):
        partners = self.env["res.partner"].with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True
        )
        return partners.create(
            {
                "name": person.get("name") or self._nameless(person),
                "phone": person.get("mobile", False),
                "email": person.get("email", False),
                **({"lang": person["lang"]} if "lang" in person else {}),
            }
        )

    def _nameless(self, person):
        """What somebody is called until she tells her name."""
        return person.get("mobile") or self.env._("Member")

    def _profile_values(self, person):
        values = {name: person[name] for name in _PROFILE if name in person}
        if "interest_ids" in person:
            values["interest_ids"] = [(6, 0, list(person["interest_ids"]))]
        if "identity_code" in person:
            values |= {name: person[name] for name in ("identity_type", "identity_code")}
        return values

    # --- what is completed -----------------------------------------------------------

    def _complete(self, member, person, trusted):
        """Fill what ``member`` has not told yet; nothing she told is overwritten.

        :param trusted: whether contact details are filled as well. To whoever only knows a
            member's code or card, these would open the way to her value.
        """
        if trusted:
            self._complete_contact(member.partner_id, person)
        values = self._profile_values(person)
        member_values = {
            name: value for name, value in values.items() if name != "kind" and not member[name]
        }
        if member_values:
            member.write(member_values)

    def _complete_contact(self, partner, person):
        values = {}
        if "name" in person and self.env["loyalty.club"]._is_nameless(partner):
            values["name"] = person["name"]
        for key, name in (("mobile", "phone"), ("email", "email")):
            if key in person and not partner[name]:
                values[name] = person[key]
        if values:
            partner.write(values)

    def _hand_out(self, member, person, source, branch):
        """Consents, acceptance of the terms, and a card, as far as they were given."""
        if person.get("consents"):
            member._set_consents(person["consents"], source)
        if person.get("terms_version_id"):
            version = self.env["loyalty.club.agreement.version"].browse(person["terms_version_id"])
            member._accept_terms(version, source)
        cards = self.env["loyalty.club.card"]
        number, uid = person.get("card_number"), person.get("card_uid")
        if (number or uid) and not self._card_holder(member.club_id, person):
            given = {"number": number} if number else {}
            given |= {"uid": uid, "type": "rfid"} if uid else {"type": "physical"}
            cards._issue(member.club_id, member, branch=branch, **given)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    @api.model
    def _is_nameless(self, partner):
        """Whether the contact is called by a number, because nobody asked for the name."""
        name = codes.typed(partner.name or "")
        return not any(char.isalpha() for char in name)

"""Reading what a door was told of a person, and recognising who it is."""

from odoo import models

from ..domain import codes
from ..domain.identity import identity_kind, normalise_identity
from .enrolment import Refused


class LoyaltyClubEnrolment(models.AbstractModel):
    _inherit = "loyalty.club.enrolment"

    def _read(self, club, person):
        """``person`` with numbers and codes in the form in which they are kept."""
        person = dict(person)
        for key in ("name", "email", "mobile", "identity_code", "card_number", "card_uid"):
            if person.get(key):
                text = person[key]
                person[key] = text.strip() if key == "name" else codes.typed(text)
        person = {key: value for key, value in person.items() if value not in (None, "", False)}
        if "mobile" in person:
            mobiles = club._mobiles(person["mobile"])
            if not mobiles:
                raise Refused(
                    "mobile",
                    self.env._(
                        "%(number)s is no mobile number. Type it once more, for example "
                        "0912 123 4567.",
                        number=person["mobile"],
                    ),
                )
            person["mobile"], person["mobiles"] = mobiles[0], mobiles
        if "identity_code" in person:
            self._read_identity(person)
        if not {"mobile", "identity_code", "card_number", "card_uid", "partner_id"} & person.keys():
            raise Refused(
                "nobody", self.env._("Give a mobile number: by it the member is recognised.")
            )
        return person

    def _read_identity(self, person):
        kind = person.get("identity_type") or identity_kind(person["identity_code"])
        try:
            code = normalise_identity(person["identity_code"], kind)
        except codes.InputError as error:
            sentence = self.env["loyalty.club.member"]._identity_sentence(error, kind)
            raise Refused("identity_code", sentence) from error
        person.update(identity_type=kind, identity_code=code)

    def _recognise(self, club, person, partner):
        """The membership ``person`` has, and by what it was found; or none."""
        Member = self.env["loyalty.club.member"]
        found = {
            "mobile": Member._by_mobile(club, person.get("mobiles", ())),
            "identity": self._identity_holder(club, person),
            "card": self._card_holder(club, person),
            "contact": Member._find(club, partner),
        }
        found = {reason: members._survivor() for reason, members in found.items() if members}
        members = Member.union(*found.values())
        if len(members) > 1:
            self._refuse_several(found)
        if members.state == "closed":
            raise Refused(
                "closed",
                self.env._(
                    "%(member)s has closed the membership. Reopen it instead of enrolling the "
                    "person again.",
                    member=members.display_name,
                ),
            )
        reason = next(iter(found), None)
        if reason == "card" and self._has_other_mobile(members, person):
            raise Refused(
                "several",
                self.env._(
                    "This card is that of %(member)s, who has another mobile number. Take another "
                    "card, or ask a club manager.",
                    member=members.display_name,
                ),
            )
        return members, reason

    def _has_other_mobile(self, member, person):
        return bool(member.mobile) and member.mobile not in person.get("mobiles", [member.mobile])

    def _refuse_several(self, found):
        (_reason, one), *others = found.items()
        members = one.union(*(members for _reason, members in others))
        raise Refused(
            "several",
            self.env._(
                "What was typed belongs to different members: %(members)s. Check it; if they "
                "are one person, ask a club manager to merge them.",
                members=members.mapped("display_name"),
            ),
            [
                (one[:1], other[:1], reason if reason in ("identity", "card") else "mobile")
                for reason, other in others
                if other[:1] != one[:1]
            ],
        )

    def _identity_holder(self, club, person):
        Member = self.env["loyalty.club.member"]
        code = person.get("identity_code")
        return Member._by_identity(club, code) if code else Member

    def _card_holder(self, club, person):
        holder = self.env["loyalty.club.member"]
        for key in ("card_number", "card_uid"):
            if key in person:
                holder |= self.env["loyalty.club.card"]._held_by(club, person[key])
        return holder

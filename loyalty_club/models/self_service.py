"""What people do for themselves at the club's public doors: prove a mobile, sign in, join."""

import hashlib
import hmac
from dataclasses import dataclass

from phonenumbers import parse, region_code_for_number

from odoo import api, models
from odoo.exceptions import UserError

from .. import keyring
from ..domain.phone import HOME
from .portal_login import MobileProof
from .rate_limit import HOUR

_PURPOSE = "mobile"
_MINUTES = 5
# Codes that nobody typed in: what one network may cause in an hour, and what all of them
# together may before the club takes it for an attack and sends only a few to each.
CODES_OF_ONE = (60, HOUR)
CODES_OF_ALL = ("mobile-code:all", 600, HOUR)
_FORMS = (10, HOUR)  # filled-in forms of one mobile that came to nothing
# Refusals whose text is about what was typed, and names nobody.
_TOLD_AS_IT_IS = frozenset({"mobile", "identity_code", "nobody", "invalid"})


@dataclass(frozen=True)
class Account:
    """What the holder of a mobile has at the club.

    :ivar status: ``open``, the mobile opens ``user``; ``password``, there is an account that
        opens by its password; ``closed``, somebody took the access away; ``shop``, staff alone
        gives the login; ``stranger``, no membership has this mobile.
    """

    status: str
    user: object = None
    member: object = None


class LoyaltyClubSelfService(models.AbstractModel):
    """Enrolment and sign-in by the person herself, on the strength of her mobile.

    Whoever asks for a code gets one, member or not, and nothing is looked up before it was
    typed: neither answers nor their times tell who is a member.
    """

    _name = "loyalty.club.self.service"
    _description = "Self-service of the Club"

    # === PROVING A MOBILE === #

    @api.model
    def _send_code(self, club, text, flow, mark=""):
        """Send a code to the mobile that somebody typed.

        :param club: loyalty.club in whose name it is sent.
        :param text: the mobile in any writing.
        :param flow: secret of the visitor's session; the code is of use in that one alone.
        :param mark: what the browser keeps if a number was confirmed in it before.
        :returns: the mobile in E.164.
        :raises UserError: with a sentence for the visitor.
        """
        number = club.company_id._club_mobile(text)
        if not number:
            raise UserError(
                self.env._("“%(text)s” is not a mobile number. Check its digits.", text=text)
            )
        region = region_code_for_number(parse(number))
        if not club.foreign_mobiles and region not in (club.company_id.country_id.code, HOME):
            raise UserError(
                self.env._("Codes are sent to mobiles of this country only. Ask in the shop.")
            )
        known = self._is_known(number, mark)
        self._take_code(club, known)
        self.env["loyalty.club.one.time.code"]._issue_to_number(
            _PURPOSE,
            number,
            self._reference(flow, number),
            minutes=_MINUTES,
            about=self.env._("%(club)s: confirm your mobile number.", club=club.name),
            company=club.company_id,
            known=known,
        )
        return number

    @api.model
    def _check_code(self, number, flow, code):
        """Whether ``code`` proves that the visitor holds ``number``.

        :returns: a :class:`MobileProof`.
        :raises UserError: with a sentence for the visitor.
        """
        codes = self.env["loyalty.club.one.time.code"]
        limits = self.env["loyalty.club.rate.limit"]
        taken = self._guess_bucket()
        answer = codes._check(_PURPOSE, self._reference(flow, number), code)
        if answer == "wrong":
            self._guessed_wrong()
        if answer != "ok":
            raise UserError(codes._check_text(answer))
        codes._number_proven(number)
        limits._give_back(self._bucket_of_one(), *CODES_OF_ONE)
        limits._give_back(*CODES_OF_ALL)
        if taken:
            limits._give_back(*taken)
        return MobileProof(number)

    # === SIGNING IN === #

    @api.model
    def _account_of(self, proof, club=None):
        """The portal account that the proven mobile opens, made where there is none yet.

        :param club: the club whose membership counts first, when the mobile is in several.
        :returns: an :class:`Account`.
        """
        member = self._member_of(proof, club)
        if not member:
            return Account("stranger")
        # sudo: nobody is signed in yet; the mobile is the right to one's own account
        users = member.partner_id.with_context(active_test=False).user_ids
        if member._needs_shop_for_login():
            return Account("shop", member=member)
        user = member._grant_portal()
        if not user:
            return Account("password" if users.filtered("active") else "closed", member=member)
        if not user.with_user(user)._club_opens_with(proof):
            return Account("password", member=member)
        if member.proven_mobile != proof.number:
            member.proven_mobile = proof.number
        return Account("open", user=user, member=member)

    @api.model
    def _member_of(self, proof, club=None):
        """The membership that has the proven mobile, in sudo, or empty."""
        Member = self.env["loyalty.club.member"].sudo()  # sudo: see _account_of
        clubs = self.env["loyalty.club"].sudo().search([("active", "=", True)])
        members = Member.search(
            [
                ("club_id", "in", clubs.ids),
                ("mobile", "=", proof.number),
                ("merged_into_id", "=", False),
            ],
            order="id",
        )
        return (members.filtered(lambda member: member.club_id == club) or members)[:1]

    # === JOINING === #

    @api.model
    def _join(self, club, proof, form, invitation=""):
        """Make the holder of a proven mobile a member with a portal login.

        Contact, membership, card, consents and login come into being together, or none.

        :param club: loyalty.club that is open to whoever wants to join.
        :param proof: :class:`MobileProof`.
        :param form: dict of ``person`` (see :meth:`..enrolment._enrol`), ``password`` (may be
            empty: a code opens the account in any case), ``choices`` and ``versions`` (see
            :meth:`_set_consents`) and ``accepted``, ids of versions of the club's terms.
        :param invitation: token of the invitation that brought the person, or empty.
        :returns: the membership, in sudo.
        :raises UserError: with a sentence for the visitor; nothing was written then.
        """
        if not club.open_to_join:
            raise UserError(self.env._("This club takes new members in the shop only."))
        limits = self.env["loyalty.club.rate.limit"]
        bucket = (f"join-form:{proof.number}", *_FORMS)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        with self.env.cr.savepoint():
            member = self._enrolled(club, proof, form["person"], invitation)
            if self.env.user._is_public():
                self._check_login_possible(member)
                self._take_own_address(member, form["person"])
            self._take_answers(club, member, form)
            if self.env.user._is_public():
                member._grant_portal(form["password"], email=form["person"].get("email"))
            member.proven_mobile = proof.number
            self.env.flush_all()
        limits._give_back(*bucket)
        return member

    def _enrolled(self, club, proof, person, invitation):
        """The membership of who holds the mobile; somebody else's is refused."""
        me = self.env.user if not self.env.user._is_public() else self.env["res.users"]
        person = {**person, "mobile": proof.number}
        if me:
            person["partner_id"] = me.partner_id.id
            contact = me.sudo().partner_id  # sudo: her own number, which she has just proven
            if proof.number not in club._mobiles(contact.phone, contact.country_id):
                contact.phone = proof.number
        # sudo: visitors have no rights on members and contacts
        outcome = (
            self.env["loyalty.club.enrolment"]
            .sudo()
            ._enrol(club, person, "join", invitation=invitation)
        )
        member = outcome.member.sudo()  # sudo: as above
        if outcome.status == "refused" and outcome.reason in _TOLD_AS_IT_IS:
            raise UserError(outcome.text)
        # By an identity code or card that was typed, whoever knows it would find its member.
        if outcome.status == "refused" or member.mobile != proof.number:
            raise UserError(
                self.env._(
                    "You cannot join online with what you entered. Leave out card and identity "
                    "code, or ask in the shop."
                )
            )
        self._check_not_somebody_elses(member, proof, me)
        if outcome.status == "enrolled":
            self._take_own_words(member, person)
        return member

    def _take_own_words(self, member, person):
        """What a newcomer says of herself counts more than what an old contact says of her.

        An old contact may have come from anybody who typed her number.
        """
        partner = member.partner_id
        if partner.is_company or partner.parent_id or partner.user_ids:
            return
        said = {name: person[name] for name in ("name", "email") if person.get(name)}
        news = {name: value for name, value in said.items() if partner[name] != value}
        if news:
            partner.write(news)

    def _check_login_possible(self, member):
        if member._needs_shop_for_login():
            raise UserError(
                self.env._(
                    "A login for this membership is given in the shop. Ask there, and bring the "
                    "mobile along."
                )
            )

    def _take_own_address(self, member, person):
        """Before there is an account its e-mail is what was typed now, or none.

        Whoever planted the old address on the contact could reset the password by it.
        """
        partner = member.partner_id
        email = person.get("email") or False
        if not partner.with_context(active_test=False).user_ids and partner.email != email:
            partner.email = email

    def _take_answers(self, club, member, form):
        """Consents and terms; both are asked on the form."""
        proof = self._trace()
        member._set_consents(form["choices"], "join", proof=proof, versions=form["versions"])
        versions = club._terms_in_force()
        if not versions.filtered(lambda version: version.id not in form["accepted"]):
            for version in versions:  # one or two
                member._accept_terms(version, "join", proof=proof)
        elif member._terms_due():
            raise UserError(self.env._("Read and accept the terms of membership."))
        missing = member._missing_fields("join")
        if missing:
            labels = dict(missing._fields["code"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Please fill in: %(fields)s",
                    fields=", ".join(labels[field.code] for field in missing),
                )
            )

    def _trace(self):
        """What shows later where an answer came from, without naming a place."""
        limits = self.env["loyalty.club.rate.limit"]
        return f"network:{limits._hashed(limits._who())[:16]}"

    def _check_not_somebody_elses(self, member, proof, me):
        """An account that opens by its password stays its owner's.

        :param me: res.users who is signed in, or empty.
        :raises UserError: when the contact has an account that this mobile does not open.
        """
        if me and member.partner_id != me.partner_id:
            raise UserError(
                self.env._(
                    "This mobile number belongs to somebody else's membership. Ask in the shop "
                    "to have the two made one."
                )
            )
        users = member.sudo().partner_id.user_ids  # sudo: as in _enrolled
        if not me and users and not any(user._club_opens_with(proof) for user in users):
            raise UserError(
                self.env._(
                    "There is an account with this mobile number already. Sign in to it with "
                    "its password first, then join."
                )
            )

    # === CHANGING ONE'S MOBILE === #

    @api.model
    def _change_mobile(self, member, proof):
        """Make the proven mobile the member's; whoever asks for it is the member.

        :raises UserError: when another member has the number.
        """
        member = member.sudo()  # sudo: her own membership and contact
        contact = member.partner_id
        before = self.env["loyalty.club.outbox"]._address_of(contact)
        if proof.number not in member.club_id._mobiles(contact.phone, contact.country_id)[:1]:
            contact.phone = proof.number
            if not contact._club_frozen_members():  # else they were warned with the freeze
                contact._club_warn({contact: before}, member)
        if member.mobile != proof.number:
            raise UserError(
                self.env._(
                    "Another membership has this mobile number. Ask in the shop to have the two "
                    "made one."
                )
            )
        member.proven_mobile = proof.number

    @api.model
    def _phone_refusal(self, partner, phone):
        """Why a member may not simply write ``phone`` as her own number, or None.

        Typed without a proof, it would make a stranger's number lead to this membership.
        """
        member = partner.sudo().club_member_ids[:1]  # sudo: whether she is a member
        if not member or partner != self.env.user.partner_id or phone is None:
            return None
        wanted = member.club_id._mobiles(phone, partner.country_id)[:1]
        if not wanted or wanted == member.club_id._mobiles(partner.phone, partner.country_id)[:1]:
            return None
        return self.env._(
            "You are a member of %(club)s: a new mobile number is confirmed by a code. Change it "
            "on the club's page, under “Profile”.",
            club=member.club_id.name,
        )

    # === MECHANICS === #

    def _reference(self, flow, number):
        """What a code is for: this visitor and this number, and nothing that names them."""
        pepper = keyring.secret(self.env.cr.dbname, "codes")
        return hmac.new(pepper, f"{flow}\0{number}".encode(), hashlib.sha256).hexdigest()

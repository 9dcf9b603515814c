"""Signing in to the portal with a mobile: as a login name, or by a code instead of a password."""

from dataclasses import dataclass

from odoo import Command, api, fields, models
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.auth_signup.models.res_partner import SignupError

from ..domain.phone import mobile_numbers

CREDENTIAL = "loyalty_club_mobile"


@dataclass(frozen=True)
class MobileProof:
    """That whoever sends this request holds a mobile number.

    Made by our own code when a code was typed that had been sent to the number. No client can
    send one: what comes with a request are texts and numbers.
    """

    number: str


class LoyaltyClubMember(models.Model):
    """Which number a member has proven to hold."""

    _inherit = "loyalty.club.member"

    proven_mobile = fields.Char(
        string="Confirmed mobile",
        readonly=True,
        copy=False,
        help="The member typed a code that was sent to this number. It opens her portal account "
        "without a password for as long as it is the number of the membership.",
    )

    def _check_own_fields(self, vals):
        if "proven_mobile" in vals and not self.env.su:
            raise UserError(self.env._("A mobile is confirmed by its holder, not by hand."))
        return super()._check_own_fields(vals)

    def _is_own_field(self, name):
        return name == "proven_mobile" or super()._is_own_field(name)

    # === PORTAL ACCESS === #

    def action_grant_portal(self):
        """Give these members a login for the portal and tell them how to sign in.

        Who has one already is told again. Without an e-mail address the mobile is the login
        name; a password is not needed, since a code opens the account.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: when nobody of them can be reached.
        """
        self._check_portal_right()
        reachable = self.filtered(lambda member: member._portal_names(member.email))
        # Nobody has shown that the address is hers; a mobile is shown by the code.
        mails = {member: not member.mobile and member.email for member in reachable}
        if not reachable:
            raise UserError(
                self.env._(
                    "A login needs a mobile number or an e-mail address. Enter one on the contact."
                )
            )
        told = reachable.filtered(lambda member: member._grant_portal(email=mails[member]))
        self.env["loyalty.club.outbox"]._queue_texts(
            "notice", [member._portal_text() for member in told]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if told == self else "warning",
                "message": self.env._(
                    "%(told)s of %(all)s members have a login and are told how to sign in.",
                    told=len(told),
                    all=len(self),
                ),
            },
        }

    def _check_portal_right(self):
        self.check_access("write")
        if not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(
                self.env._("Logins for the portal are given by a club marketer or manager.")
            )

    def _needs_shop_for_login(self):
        """Whether a login may be given by staff alone: the contact belongs to a company's."""
        partner = self.sudo().partner_id  # sudo: see _grant_portal
        users = partner.with_context(active_test=False).user_ids
        return partner.commercial_partner_id != partner and not users

    def _grant_portal(self, password="", email=""):
        """The member's portal user, made if there is none.

        Archived users stay archived: their access was taken away by somebody.

        :param password: the first one; without it a code opens the account.
        :param email: login name, if nobody has it; else the mobile is. Not taken from the
            contact by itself: whoever typed it there could reset the password.
        :returns: res.users in sudo; empty for employees and for those whose access is closed.
        """
        self.ensure_one()
        # sudo: logins are given with the membership; only portal users are made here
        partner = self.sudo().partner_id
        users = partner.with_context(active_test=False).user_ids
        if users:
            return users.filtered(lambda user: user.active and user._is_portal())[:1]
        login = self._free_login(email)
        if not login:
            return users
        values = {
            "login": login,
            "partner_id": partner.id,
            "name": partner.name,
            "email": partner.email,
            "lang": partner.lang,
            "company_id": self.sudo().company_id.id,
            "company_ids": [Command.set(self.sudo().company_id.ids)],
        }
        if password:
            values["password"] = password
        try:
            return self.env["res.users"].sudo()._create_user_from_template(values)
        except SignupError as error:  # stock wraps whatever went wrong, also a weak password
            raise UserError(str(error)) from error

    def _portal_names(self, email=""):
        """Names under which the member could sign in, the best first."""
        mobile = self.sudo().mobile  # sudo: see _grant_portal
        # The last one for whom another user has the number.
        names = (email_normalize(email or ""), mobile, mobile and f"{mobile}-{self.number}")
        return [name for name in names if name]

    def _free_login(self, email=""):
        """The first of the names that no other user has; empty when there is none.

        A name that is taken is passed over in silence: who joins does not learn who has an
        account.
        """
        names = self._portal_names(email)
        # sudo: see _grant_portal; archived users keep their names
        users = self.env["res.users"].sudo().with_context(active_test=False)
        taken = set(users.search([("login", "in", names)]).mapped("login"))
        return next((name for name in names if name not in taken), None)

    def _portal_text(self):
        """The message that tells a member how to sign in."""
        told = self.env["loyalty.club.outbox"]._in_language_of(self.partner_id)
        # sudo: see _grant_portal
        login = self.sudo().partner_id.user_ids[:1].login
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "subject": told._("Your account at %(club)s", club=self.club_id.with_env(told).name),
            "body": told._(
                "%(club)s: your account is ready. Sign in at %(url)s with your mobile number; we "
                "send you a code. Your user name is %(login)s.",
                club=self.club_id.with_env(told).name,
                url=f"{self.get_base_url()}/club/login",
                login=login,
            ),
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _club_of_persons(self):
        """Those who stand for themselves: a login of a company's contact would open what the
        company has bought, to whoever holds the number that somebody wrote there."""
        return self.filtered(lambda partner: not (partner.is_company or partner.parent_id))


class ResUsers(models.Model):
    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        if credential["type"] == "password":
            credential["login"] = self._club_login_name(credential["login"])
        return super()._login(credential, user_agent_env)

    @api.model
    def _club_login_name(self, text):
        """``text`` as a login name: a mobile in any writing becomes its one form.

        Somebody whose login name is exactly what was typed is not passed over.
        """
        number = self.env.company._club_mobile(text)
        if not number or number == text:
            return text
        # sudo: nobody is signed in yet
        exact = self.sudo().search_count(self._get_login_domain(text), limit=1)
        return text if exact else number

    @api.model
    def _get_email_domain(self, email):
        """Who signs in with a mobile resets no password by an e-mail address: nobody has shown
        that the one on her contact is hers. A code opens the account."""
        return super()._get_email_domain(email) & ~Domain("login", "=like", "+%")

    def _action_reset_password(self, signup_type="reset"):
        """As stock, but not for who signs in with a mobile: see :meth:`_get_email_domain`.

        :raises UserError: for those.
        """
        mobiles = self.filtered(lambda user: user.share and (user.login or "").startswith("+"))
        if mobiles and signup_type == "reset":
            raise UserError(
                self.env._(
                    "Who signs in with a mobile needs no password: a code opens the account."
                )
            )
        return super()._action_reset_password(signup_type=signup_type)

    def _check_credentials(self, credential, env):
        if credential["type"] != CREDENTIAL:
            return super()._check_credentials(credential, env)
        proof = credential.get("proof")
        if not isinstance(proof, MobileProof) or not self.env.user._club_opens_with(proof):
            raise AccessDenied
        # Who wants a second factor is asked for it: the code stands for the password alone.
        return {"uid": self.env.user.id, "auth_method": CREDENTIAL, "mfa": "default"}

    def _club_opens_with(self, proof):
        """Whether the number of ``proof`` opens this user's account.

        Portal users alone, and only by the number of a membership of their own. An account
        that has been used before opens by a number that was confirmed for it: otherwise
        somebody could enter a stranger's number in an account of his own, and wait until the
        stranger signs in to it.
        """
        self.ensure_one()
        user = self.sudo()  # sudo: nobody is signed in yet
        if not user.active or not user._is_portal() or user._is_internal():
            return False
        member = self.env["loyalty.club.member"]
        # sudo: as above
        numbers = (
            member.sudo()
            .search(
                [
                    ("partner_id", "=", user.partner_id.id),
                    ("mobile", "=", proof.number),
                    ("merged_into_id", "=", False),
                ]
            )
            .mapped("proven_mobile")
        )
        trusted = proof.number in numbers or user.login == proof.number or not user.login_date
        return bool(numbers) and trusted


class ResCompany(models.Model):
    _inherit = "res.company"

    def _club_mobile(self, text):
        """The mobile that ``text`` writes, in E.164, or empty.

        Numbers without a country code are of the company's country, else of Iran.
        """
        return next(iter(mobile_numbers(text, self.country_id.code or "")), "")

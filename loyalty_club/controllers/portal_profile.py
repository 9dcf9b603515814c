from odoo.exceptions import UserError
from odoo.http import request, route

from .portal import CustomerPortalClub
from .profile_input import DATES, ProfileInput

_FAMILY = 20  # people whom one member may name
_NAME = 60
# Told once; shown masked, or as a day without a year, from then on.
_ONCE = ("birthday", "identity_code")


class PortalProfile(CustomerPortalClub):
    """What a member tells of herself, on her own pages."""

    @route(
        "/my/club/<int:member_id>/profile",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_profile(self, member_id, **_kwargs):
        """The questions of the club, with the answers given so far."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._profile_page(account, self._profile_answers(account["member"]))

    @route(
        "/my/club/<int:member_id>/profile/save",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_profile_save(self, member_id, **form):
        """Keep the answers; sent twice they say the same."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        profile = ProfileInput(member.club_id, "profile")
        try:
            values = profile.read_form(form, skip=self._fixed(member))
            with request.env.cr.savepoint():
                member._save_own_profile(values)
                self._check_complete(member)
                request.env.flush_all()
        except UserError as error:
            return self._profile_page(account, {**form, "email": form.get("email")}, str(error))
        return self._club_done(member, "profile", request.env._("Your profile is saved."))

    @route(
        "/my/club/<int:member_id>/family/add",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_family_add(self, member_id, relation="", **form):
        """Name somebody of the family; the same one twice is one."""
        account = self._club_account(member_id)
        member = account and account["member"]
        if not member or not self._asks(member, "family_ids"):
            return request.redirect("/my/club")
        profile = ProfileInput(member.club_id, "profile")
        name = " ".join((form.get("family_name") or "").split())[:_NAME]
        relations = dict(member.family_ids._fields["relation"]._description_selection(request.env))
        try:
            born = profile.read_date("family_birthday", form).get("family_birthday")
            if not name or relation not in relations:
                raise UserError(request.env._("Give a first name and how you are related."))
            same = member.family_ids.filtered(
                lambda one: (one.relation, one.name.casefold()) == (relation, name.casefold())
            )
            if not same and len(member.family_ids) >= _FAMILY:
                raise UserError(request.env._("So many are enough."))
            if not same:
                member.family_ids.create(
                    {
                        "member_id": member.id,
                        "relation": relation,
                        "name": name,
                        **({"birthday": born} if born else {}),
                    }
                )
        except UserError as error:
            return self._profile_page(account, self._profile_answers(member), str(error))
        return self._club_done(member, "profile", request.env._("Your family is saved."))

    @route(
        "/my/club/<int:member_id>/family/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_family_remove(self, member_id, relative="", **_kwargs):
        """Take somebody of the family off the profile."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        member.family_ids.filtered(lambda one: str(one.id) == relative).unlink()
        return self._club_done(member, "profile", request.env._("Your family is saved."))

    # === WHAT IS SHOWN === #

    def _profile_page(self, account, form, error=""):
        member = account["member"]
        relations = member.family_ids._fields["relation"]._description_selection(request.env)
        values = {
            "page_name": "club_profile",
            "account": account,
            "member": member,
            "profile": ProfileInput(member.club_id, "profile"),
            "fixed": self._fixed(member),
            "hints": self._hints(member),
            "form": form,
            "relations": relations,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_profile", values)
        response.status_code = 422 if error else 200
        return response

    def _profile_answers(self, member):
        """What has been told, as the form's inputs hold it. Sealed values are not among it."""
        partner = member.partner_id
        answers = {
            "name": partner.name,
            "email": partner.email,
            "street": partner.street,
            "city": partner.city,
            "zip": partner.zip,
            "occupation": member.occupation,
            "area_id": str(member.area_id.id or ""),
        }
        for code in ("sex", "education", "preferred_channel", "preferred_reward"):
            answers[code] = member[code] or ""
        answers |= {f"interest_{interest.id}": "1" for interest in member.interest_ids}
        return answers

    def _fixed(self, member):
        """Codes of what was told once, and what is corrected by the staff from then on."""
        return tuple(code for code in _ONCE if member._is_filled(code))

    def _hints(self, member):
        """Of what is sealed: as much as its owner needs to recognise it."""
        hints = {f"{code}": member[f"{code}_hint"] for code in DATES}
        return {**hints, "identity_code": member.identity_code}

    def _asks(self, member, code):
        return code in member.club_id._profile_fields().mapped("code")

    def _check_complete(self, member):
        missing = member._missing_fields("profile")
        if missing:
            labels = dict(missing._fields["code"]._description_selection(request.env))
            raise UserError(
                request.env._(
                    "Please fill in: %(fields)s",
                    fields=", ".join(labels[field.code] for field in missing),
                )
            )

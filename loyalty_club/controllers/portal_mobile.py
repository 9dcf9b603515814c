from odoo.exceptions import UserError
from odoo.http import request, route

from .mobile_flow import MobileFlow
from .portal_profile import PortalProfile


class PortalMobile(PortalProfile):
    """A member's mobile changes when its holder has typed a code that was sent to it."""

    @route(
        "/my/club/<int:member_id>/mobile", type="http", auth="user", methods=["GET"], website=True
    )
    def portal_my_club_mobile(self, member_id, **_kwargs):
        """The number, and a form for another one; or for the code that was sent to it."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._own_mobile_page(account)

    @route(
        "/my/club/<int:member_id>/mobile/send",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_mobile_send(self, member_id, mobile="", **_kwargs):
        """Send a code to the new number."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member, flow, secret = account["member"], MobileFlow(), MobileFlow.new_secret()
        service = request.env["loyalty.club.self.service"]
        try:
            flow.begin(service._send_code(member.club_id, mobile, secret), secret)
        except UserError as error:
            return self._own_mobile_page(account, str(error))
        return request.redirect(f"/my/club/{member.id}/mobile")

    @route(
        "/my/club/<int:member_id>/mobile/confirm",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_mobile_confirm(self, member_id, code="", again="", **_kwargs):
        """Take the new number when the code is right; ``again`` begins with another number."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member, flow = account["member"], MobileFlow()
        if again or not flow.number:
            flow.end()
            return request.redirect(f"/my/club/{member.id}/mobile")
        service = request.env["loyalty.club.self.service"]
        try:
            proof = service._check_code(flow.number, flow.secret, code)
            with request.env.cr.savepoint():
                service._change_mobile(member, proof)
        except UserError as error:
            return self._own_mobile_page(account, str(error))
        flow.end()
        return self._club_done(member, "profile", request.env._("Your mobile number is confirmed."))

    def _own_mobile_page(self, account, error=""):
        flow = MobileFlow()
        waiting = flow.number and flow.secret and not flow.proof
        values = {
            "page_name": "club_profile",
            "club_title": request.env._("Mobile"),
            "account": account,
            "masked": request.env["loyalty.club.outbox"]._masked("sms", flow.number)
            if waiting
            else "",
            "error": error,
        }
        response = self._club_render("loyalty_club.portal_my_club_mobile", values)
        response.status_code = 422 if error else 200
        return response

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """A member's mobile is not changed by typing another one: see the class."""
        invalid, missing, errors = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        text = request.env["loyalty.club.self.service"]._phone_refusal(
            partner_sudo, address_values.get("phone")
        )
        if text:
            invalid.add("phone")
            errors.append(text)
        return invalid, missing, errors

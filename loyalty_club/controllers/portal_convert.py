from uuid import uuid4

from odoo.exceptions import UserError
from odoo.http import request, route

from ..domain.codes import is_request_key
from .portal_profile import PortalProfile


class PortalConvert(PortalProfile):
    """A member turns one kind of value into another: rates, a look at the result, the outcome."""

    @route(
        "/my/club/<int:member_id>/convert",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_convert(self, member_id, **_kwargs):
        """The rates in force, each with what could be converted."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._convert_page(account)

    @route(
        "/my/club/<int:member_id>/convert/review",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_convert_review(self, member_id, **form):
        """What would be taken and given; nothing moves yet."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        try:
            rate, amount = self._convert_asked(account, form)
            result = rate._offer(account["member"], amount)
        except UserError as error:
            return self._convert_page(account, form, str(error))
        values = {
            "page_name": "club_convert",
            "account": account,
            "rate": rate,
            "result": result,
            "left_over": amount - result.taken,
            "form": form,
            "key": uuid4().hex,
            "club_title": request.env._("Is this right?"),
        }
        return self._club_render("loyalty_club.portal_my_club_convert_review", values)

    @route(
        "/my/club/<int:member_id>/convert/do",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_convert_do(self, member_id, key="", **form):
        """Convert; the same form sent twice is one conversion."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        try:
            rate, amount = self._convert_asked(account, form)
            if not is_request_key(key):
                raise UserError(
                    request.env._("The request has no proper key. Enter the amount again.")
                )
            with request.env.cr.savepoint():
                result = rate._convert(member, amount, f"portal:{member.id}:{key}")
        except UserError as error:
            return self._convert_page(account, form, str(error))
        text = request.env._(
            "%(taken)s became %(given)s.",
            taken=rate.from_kind_id._format_shown(result.taken),
            given=rate.to_kind_id._format_shown(result.given),
        )
        return self._club_done(member, "wallet", text)

    # === MECHANICS === #

    def _club_pages(self, account):
        """Without the page for converting where no rate is in force."""
        pages = super()._club_pages(account)
        # sudo: whether there is a rate is no secret
        rates = request.env["loyalty.club.conversion"].sudo()
        if rates._is_offered(account["member"].club_id):
            return pages
        return [page for page in pages if page.name != "club_convert"]

    def _convert_rates(self, account):
        # sudo: rates are what the club offers to all its members
        return request.env["loyalty.club.conversion"].sudo()._for_member_herself(account["member"])

    def _convert_asked(self, account, form):
        """The rate and the amount that a form names.

        :raises UserError: when the rate is not in force, or the amount is none.
        """
        rate = self._convert_rates(account).filtered(lambda one: str(one.id) == form.get("rate"))
        if not rate:
            raise UserError(request.env._("This rate is no longer in force. Choose another."))
        return rate, rate.from_kind_id._read_shown(form.get("amount", ""))

    def _convert_page(self, account, form=None, error=""):
        member, form = account["member"], form or {}
        values = {
            "page_name": "club_convert",
            "account": account,
            "rates": [
                {
                    "rate": rate,
                    "available": rate._source(member).available,
                    "usable": rate._source(member)[:1]._usable_told(),
                    "unit": rate.from_kind_id._shown_unit(),
                    "asked": str(rate.id) == form.get("rate"),
                }
                for rate in self._convert_rates(account)
            ],
            "form": form,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_convert", values)
        response.status_code = 422 if error else 200
        return response

from datetime import timedelta

from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..clock import end_of
from .history_filter import SOLD, HistoryFilter, page_number
from .portal import CustomerPortalClub

PAGE = 20


class PortalPurchases(CustomerPortalClub):
    """What a member has bought, wherever it was, and what it brought her."""

    @route(
        [
            "/my/club/<int:member_id>/purchases",
            "/my/club/<int:member_id>/purchases/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_club_purchases(self, member_id, page=1, **form):
        """Purchases and returns of every channel, the newest first.

        What the address asks for and does not exist is read as the default.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        asked = HistoryFilter(
            account,
            f"/my/club/{member.id}/purchases",
            form,
            member._branches_of_purchases(),
        )
        asked.keep(channel=form.get("channel") if form.get("channel") in SOLD else None)
        domain = self._purchases_domain(member, asked)
        total = member._purchases_count(domain)
        pager = portal_pager(
            url=asked.url, total=total, page=page_number(page), step=PAGE, url_args=asked.args
        )
        purchases = member._purchases_page(domain, PAGE, pager["offset"])
        origins = {(one.origin_model, one.origin_id) for one in purchases if one.origin_id}
        values = {
            "page_name": "club_purchases",
            "account": account,
            "asked": asked,
            "purchases": purchases,
            "documents": request.env["loyalty.club.entry"].sudo()._document_names(origins),
            "brought": purchases._brought(),
            "pager": pager,
        }
        return self._club_render("loyalty_club.portal_my_club_purchases", values)

    def _purchases_domain(self, member, asked):
        company = member.company_id
        domain = Domain.TRUE
        if asked.date_from:
            domain &= Domain("date", ">=", end_of(company, asked.date_from - timedelta(days=1)))
        if asked.date_to:
            domain &= Domain("date", "<", end_of(company, asked.date_to))
        if asked.branch:
            domain &= Domain("branch_id", "=", asked.branch.id)
        if asked.kept.get("channel"):
            domain &= Domain("channel", "=", asked.kept["channel"])
        return domain

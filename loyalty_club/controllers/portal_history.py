from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .history_filter import FILTERS, HistoryFilter, page_number
from .portal import SHOWN, CustomerPortalClub

PAGE = 20
ORDERS = {"newest": "seq DESC", "oldest": "seq"}


class PortalHistory(CustomerPortalClub):
    """Every movement of a member's wallets, a page at a time."""

    @route(
        [
            "/my/club/<int:member_id>/history",
            "/my/club/<int:member_id>/history/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_club_history(self, member_id, page=1, **form):
        """The movements of one of the member's wallets: of a period, a kind, a shop, or all.

        What the address asks for and does not exist is read as the default.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        wallets = account["wallets"]
        chosen = next((w for w in wallets if str(w.id) == form.get("wallet")), account["points"])
        asked = self._history_filter(account, chosen, form)
        entries, pager, frame = self._club_page(chosen, page, asked)
        values = {
            "page_name": "club_history",
            "account": account,
            "wallet": chosen,
            "wallets": wallets.filtered(lambda w: w == chosen or w.seq or w.type == "points"),
            "entries": entries,
            "documents": self._club_documents(entries),
            "explanations": entries._explained_to_members(),
            "told": entries._told_to_members(),
            "pager": pager,
            "asked": asked,
            "around": frame and (float(frame.opening), float(frame.closing)),
            "statement_url": self._statement_url(account, chosen, asked),
        }
        return self._club_render("loyalty_club.portal_my_club_history", values)

    # === WHAT IS SHOWN === #

    def _history_filter(self, account, wallet, form):
        member = account["member"]
        url = f"/my/club/{member.id}/history"
        asked = HistoryFilter(account, url, form, member._branches_of_entries(wallet))
        known = form.get("filterby") in FILTERS and form["filterby"] != "all" and not wallet.debt
        return asked.keep(
            wallet=wallet.id,
            filterby=form["filterby"] if known else None,
            sortby="oldest" if form.get("sortby") == "oldest" else None,
        )

    def _club_page(self, wallet, page, asked):
        """One page of a wallet's entries, its pager, and the frame of the period.

        A wallet's entries are numbered without gaps, and those of a period follow each other:
        where nothing else is asked, a page is found by its numbers, so that the last page of a
        long history costs what the first does.

        :returns: loyalty.club.entry, dict, and :class:`..report.statement.Frame` or None.
        """
        # sudo: the wallet is the signed-in person's (see _club_accounts)
        Entry = request.env["loyalty.club.entry"].sudo()
        frame = None
        if asked.has_period:
            statements = request.env["loyalty.club.statement"]
            frame = statements._frame(wallet, asked.date_from, asked.date_to or asked.today)
        low, high = (frame.first, frame.last) if frame else (0, wallet.seq)
        domain = Domain("wallet_id", "=", wallet.id)
        if frame:
            domain &= Domain("seq", ">", low) & Domain("seq", "<=", high)
        narrow = asked.kept.get("filterby") or asked.branch
        if narrow:
            domain &= FILTERS[asked.kept.get("filterby") or "all"]
            domain &= Domain("branch_id", "=", asked.branch.id) if asked.branch else Domain.TRUE
        total = Entry.search_count(domain) if narrow else max(high - low, 0)
        pager = portal_pager(
            url=asked.url, total=total, page=page_number(page), step=PAGE, url_args=asked.args
        )
        offset = pager["offset"]
        oldest = asked.kept.get("sortby") == "oldest"
        if not narrow:
            first = low + offset + 1 if oldest else high - offset - PAGE + 1
            domain &= Domain("seq", ">=", first) & Domain("seq", "<", first + PAGE)
            offset = 0
        order = ORDERS["oldest" if oldest else "newest"]
        entries = Entry.search_fetch(domain, SHOWN, order=order, limit=PAGE, offset=offset)
        return entries, pager, None if narrow else frame

    def _statement_url(self, account, wallet, asked):
        """Address of the statement of the period that is asked for, without its format."""
        days = {"date_from": asked.date_from, "date_to": asked.date_to}
        parts = [f"{name}={day.isoformat()}" for name, day in days.items() if day]
        owner = f"member={account['member'].id}&wallet={wallet.id}"
        return "&".join([f"/my/club/statement?{owner}", *parts])

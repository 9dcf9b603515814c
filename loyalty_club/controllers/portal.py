from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import formatLang

from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..barcode import code128_svg
from ..domain.card_number import grouped
from .portal_overview import club_to_join, overview_of

LATEST = 5
PAGE = 20
# What a row shows of an entry: read with the search itself.
SHOWN = [
    "date",
    "kind",
    "amount",
    "balance_after",
    "branch_id",
    "origin_model",
    "origin_id",
    "note",
    "seal",
    "key_id",
]
ORDERS = {"newest": "seq DESC", "oldest": "seq"}
FILTERS = {
    "all": Domain.TRUE,
    "earned": Domain("amount", ">", 0),
    "spent": Domain("amount", "<", 0),
}


class CustomerPortalClub(CustomerPortalLoyalty):
    """What a member sees of the club on /my: her own memberships, and nobody else's.

    Portal users have no rights on the club's models. Every record shown here is found by
    :meth:`_club_accounts`, which is bound to the signed-in person.
    """

    # === ROUTES === #

    @route("/my/club", type="http", auth="user", website=True, readonly=True)
    def portal_my_club(self, **_kwargs):
        """The person's memberships; a single one is shown in full."""
        accounts = self._club_accounts()
        if len(accounts) == 1:
            return self._club_render_member(accounts[0], page_name="club")
        return self._club_render(
            "loyalty_club.portal_my_club",
            {"accounts": accounts, "page_name": "club", "club_to_join": club_to_join()},
        )

    @route("/my/club/<int:member_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_club_member(self, member_id, **_kwargs):
        """One membership: card, balance, latest movements."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._club_render_member(account, page_name="club_member")

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
    def portal_my_club_history(
        self, member_id, page=1, sortby="newest", filterby="all", wallet=None, **_kwargs
    ):
        """All movements of one of the member's wallets, a page at a time.

        What the address asks for and does not exist is read as the default.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        chosen = next((w for w in account["wallets"] if str(w.id) == wallet), account["points"])
        sortby = sortby if sortby in ORDERS else "newest"
        filterby = filterby if filterby in FILTERS and not chosen.debt else "all"
        url = f"/my/club/{member_id}/history"
        args = {"sortby": sortby, "filterby": filterby, "wallet": chosen.id}
        entries, pager = self._club_page(chosen, page, sortby, filterby, url, args)
        values = {
            "page_name": "club_history",
            "account": account,
            "wallet": chosen,
            "entries": entries,
            "documents": self._club_documents(entries),
            "explanations": entries._explained_to_members(),
            "pager": pager,
            "default_url": url,
            "sortby": sortby,
            "filterby": filterby,
            "searchbar_sortings": self._club_sortings(),
            "searchbar_filters": None if chosen.debt else self._club_filters(),
        }
        return self._club_render("loyalty_club.portal_my_club_history", values)

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["club_accounts"] = self._club_accounts()
            # Cards that the club keeps are seen in the club, once.
            values["cards_per_programs"] = {
                program: cards
                for program, cards in values["cards_per_programs"].items()
                if not program.club_wallet_kind_id
            }
            if values["club_accounts"]:
                request.future_response.headers.set("Cache-Control", "no-store")
        return values

    # === WHAT IS SHOWN === #

    def _club_account(self, member_id):
        """The membership ``member_id`` of the signed-in person, or None.

        Someone else's membership and one that does not exist give the same answer.
        """
        return next(iter(self._club_accounts(Domain("id", "=", member_id))), None)

    def _club_accounts(self, domain=Domain.TRUE):
        """Memberships of the signed-in person, with their wallets.

        :param domain: narrows the memberships.
        :returns: list of dicts: ``member``, its ``wallets`` (points first, what is owed
            last), ``points`` among them, their ``balance`` in words, and ``notices``.
        """
        # sudo: portal users have no rights on the club's models. The domain names the
        # signed-in person's own contact, in whatever company the club is.
        members = (
            request.env["loyalty.club.member"]
            .sudo()
            .search_fetch(
                Domain("partner_id", "=", request.env.user.partner_id.id)
                & Domain("club_id.active", "=", True)
                & Domain("merged_into_id", "=", False)
                & domain,
                ["club_id", "partner_id", "number", "state", "join_date"],
                order="id",
            )
        )
        # sudo: as above; wallets of exactly these members
        wallets = (
            request.env["loyalty.club.wallet"]
            .sudo()
            .search_fetch(
                [("member_id", "in", members.ids)],
                ["member_id", "kind_id", "club_id", "debt", "balance", "held", "pending", "seq"],
            )
        )
        by_member = wallets.sorted(lambda wallet: (wallet.kind_id.sequence, wallet.id)).grouped(
            "member_id"
        )
        return [self._club_values(member, by_member[member]) for member in members]

    def _club_values(self, member, wallets):
        points = wallets.filtered(lambda wallet: wallet.type == "points")
        return {
            "member": member,
            "wallets": wallets,
            "points": points,
            "balance": points.kind_id._format_shown(points.balance),
            "notices": self._club_notices(member, wallets.filtered("debt")),
            "club_reserved": self._club_reserved,
        }

    def _club_page(self, wallet, page, sortby, filterby, url, args):
        """One page of a wallet's entries, and its pager.

        A wallet's entries are numbered without gaps, so that an unfiltered page is found by
        its numbers: the last page of a long history costs what the first does.
        """
        # sudo: the wallet is the signed-in person's (see _club_accounts)
        Entry = request.env["loyalty.club.entry"].sudo()
        domain = Domain("wallet_id", "=", wallet.id) & FILTERS[filterby]
        total = wallet.seq if filterby == "all" else Entry.search_count(domain)
        pager = portal_pager(url=url, total=total, page=page, step=PAGE, url_args=args)
        offset = pager["offset"]
        if filterby == "all":
            first = offset + 1 if sortby == "oldest" else total - offset - PAGE + 1
            domain &= Domain("seq", ">=", first) & Domain("seq", "<", first + PAGE)
            offset = 0
        entries = Entry.search_fetch(domain, SHOWN, order=ORDERS[sortby], limit=PAGE, offset=offset)
        return entries, pager

    def _club_documents(self, entries):
        """Names of the documents behind entries, as printed on what the member holds.

        :returns: dict of entry id to text; an entry without a document has its note.
        """
        ids = [entry.origin_id for entry in entries if entry.origin_model == "pos.order"]
        # sudo: a member knows the number on her receipts; nothing else of the order is read
        orders = request.env["pos.order"].sudo()
        found = orders.search_fetch([("id", "in", ids)], ["pos_reference"]) if ids else orders
        receipts = {order.id: order.pos_reference for order in found}
        return {
            entry.id: request.env._("Receipt %(number)s", number=receipts[entry.origin_id])
            if entry.origin_model == "pos.order" and receipts.get(entry.origin_id)
            else entry.note or ""
            for entry in entries
        }

    def _club_sortings(self):
        return {
            "newest": {"label": request.env._("Newest first")},
            "oldest": {"label": request.env._("Oldest first")},
        }

    def _club_filters(self):
        return {
            "all": {"label": request.env._("All movements")},
            "earned": {"label": request.env._("Received")},
            "spent": {"label": request.env._("Spent or taken back")},
        }

    # === HOW IT IS SHOWN === #

    def _club_render_member(self, account, page_name):
        # sudo: the wallet is the signed-in person's (see _club_accounts)
        entries = (
            request.env["loyalty.club.entry"]
            .sudo()
            .search_fetch(
                [("wallet_id", "=", account["points"].id)],
                SHOWN,
                order=ORDERS["newest"],
                limit=LATEST,
            )
        )
        values = {
            "page_name": page_name,
            "account": account,
            "entries": entries,
            "documents": self._club_documents(entries),
            "explanations": entries._explained_to_members(),
            "wallet": account["points"],
            **overview_of(account["member"]),
        }
        return self._club_render("loyalty_club.portal_my_club_member", values)

    def _club_render(self, template, values):
        """Render a page of balances, which no cache may keep: computers are shared."""
        account = values.get("account")
        response = request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                "member": account and account["member"],
                "club_barcode": code128_svg,
                "club_figure": self._club_figure,
                "club_grouped": grouped,
                **values,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def _club_notices(self, member, debt):
        """What the member must know about this membership: list of (alert style, text)."""
        notices = []
        if member.fee_open and member.state in ("pending", "suspended"):
            text = request.env._(
                "The membership fee is open. Pay it in the shop, and you earn and spend at once."
            )
            notices.append(("warning", text))
        elif member.state == "pending":
            text = request.env._(
                "Your membership is not active yet. Points are earned and spent once the shop "
                "has confirmed it."
            )
            notices.append(("info", text))
        elif member.state == "suspended":
            text = request.env._(
                "Your membership is suspended: nothing is earned or spent for now, and your "
                "balance is kept. Ask in the shop what to do."
            )
            notices.append(("warning", text))
        elif member.state == "closed":
            text = request.env._(
                "This membership is closed. Nothing is earned any more, and its balance cannot "
                "be spent."
            )
            notices.append(("danger", text))
        if debt.balance:
            text = request.env._(
                "You owe %(points)s: goods came back whose points were already spent. What you "
                "earn next settles this first.",
                points=debt.kind_id._format_shown(-debt.balance),
            )
            notices.append(("warning", text))
        return notices

    def _club_reserved(self, wallet):
        """A sentence on what of a balance cannot be used at this moment; empty when all can."""
        parts = []
        if wallet.pending:
            parts.append(
                request.env._(
                    "%(amount)s can be used when the time for returns is over.",
                    amount=wallet.kind_id._format_shown(wallet.pending),
                )
            )
        if wallet.held:
            parts.append(
                request.env._(
                    "%(amount)s is held for a payment.",
                    amount=wallet.kind_id._format_shown(wallet.held),
                )
            )
        return " ".join(parts)

    def _club_figure(self, wallet, amount, signed=False):
        """``amount`` for a column whose heading names the unit: money with its currency,
        points as a bare number; ``signed`` puts + or − in front."""
        size = abs(amount)
        if wallet.currency_id:
            text = wallet.kind_id._format_shown(size)
        else:
            text = formatLang(request.env, size, digits=0 if size == int(size) else 2)
        if amount < 0:
            return f"−{text}"
        return f"+{text}" if signed else text

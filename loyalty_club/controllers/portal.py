from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import formatLang

from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty

from ..barcode import code128_svg, qr_svg
from ..domain.card_number import grouped
from .portal_overview import club_to_join, overview_of
from .portal_pages import membership_pages, navigation

# What pages say of a membership: read with the search itself.
_OF_MEMBER = [
    "club_id",
    "company_id",
    "partner_id",
    "number",
    "state",
    "kind",
    "join_date",
    "branch_id",
    "tier_id",
    "profile_completion",
    "paid_until",
    "fee_open",
]
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
            return self._club_render_member(accounts[0])
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
        return self._club_render_member(account)

    @route("/my/club/<int:member_id>/more", type="http", auth="user", website=True, readonly=True)
    def portal_my_club_more(self, member_id, **_kwargs):
        """The pages that have no place in a telephone's bar."""
        accounts = self._club_accounts()
        account = next((one for one in accounts if one["member"].id == member_id), None)
        if not account:
            return request.redirect("/my/club")
        values = {"page_name": "club_more", "account": account, "club_count": len(accounts)}
        return self._club_render("loyalty_club.portal_my_club_more", values)

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
                _OF_MEMBER,
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

    def _club_documents(self, entries):
        """Names of the documents behind entries, as printed on what the member holds.

        :returns: dict of entry id to text; an entry without a document has its note.
        """
        origins = {(entry.origin_model, entry.origin_id) for entry in entries if entry.origin_id}
        names = entries._document_names(origins)
        return {
            entry.id: names.get((entry.origin_model, entry.origin_id)) or entry.note or ""
            for entry in entries
        }

    # === HOW IT IS SHOWN === #

    def _club_pages(self, account):
        """Pages of a membership, for the navigation: extended where there are more, and
        narrowed where one is of no use to this member.

        :param account: membership as :meth:`_club_account` gives it.
        :returns: list of ``portal_pages.Page``.
        """
        return membership_pages()

    def _club_render_member(self, account):
        values = {"page_name": "club", "account": account, **overview_of(account)}
        return self._club_render("loyalty_club.portal_my_club_member", values)

    def _club_render(self, template, values):
        """Render a page of balances, which no cache may keep: computers are shared."""
        account = values.get("account")
        response = request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                **(self._club_frame(account, values) if account else {}),
                "club_barcode": code128_svg,
                "club_qr": qr_svg,
                "club_figure": self._club_figure,
                "club_grouped": grouped,
                **values,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def _club_frame(self, account, values):
        """What a page of a membership has around its contents: navigation, title, colours."""
        member = account["member"]
        shown = navigation(
            account, self._club_pages(account), values["page_name"], values.get("club_title")
        )
        return {
            "member": member,
            "club_navigation": shown,
            "club_look": member.club_id._look(),
            "club_app": member.club_id,
            "body_classname": "o_club",
            "title": f"{shown.title} | {member.club_id.name}",
        }

    def _club_done(self, member, page, text):
        """Back to a page, which says once what was done."""
        request.session["loyalty_club_said"] = text
        return request.redirect(f"/my/club/{member.id}/{page}")

    def _club_said(self):
        """What was done a moment ago, said once."""
        return {"said": request.session.pop("loyalty_club_said", "")}

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
                    "%(amount)s is held for a payment or a reward.",
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

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.loyalty_club.controllers.portal_pages import Page
from odoo.addons.loyalty_club.controllers.portal_profile import PortalProfile
from odoo.addons.loyalty_club.domain.codes import InputError, decimal_number
from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal

_LATEST = 5
_PAYMENTS = (20, 3600)  # payments that one member begins in an hour


class PortalTopup(PaymentPortal, PortalProfile):
    """A member pays credit in: how much, how, and what became of it.

    The payment itself is Odoo's. Each is a transaction that names the wallet; the ledger books
    it when the provider has confirmed it, whatever the browser does meanwhile.
    """

    @route(
        "/my/club/<int:member_id>/topup",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_topup(self, member_id, kind="", amount="", **_kwargs):
        """The form for the amount; with an amount the ways to pay it."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        kinds = self._topup_kinds(account)
        chosen = kinds.filtered(lambda one: str(one.id) == kind) or kinds[:1]
        if not (amount and chosen):
            return self._topup_page(account, kinds, chosen)
        try:
            exact = chosen._read_shown(amount)
            chosen._check_topup(account["member"], exact)
        except UserError as error:
            return self._topup_page(account, kinds, chosen, amount, str(error))
        return self._topup_pay_page(account, chosen, exact)

    @route(
        "/my/club/<int:member_id>/topup/<int:kind_id>/transaction",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def portal_my_club_topup_transaction(
        self,
        member_id,
        kind_id,
        amount=None,
        provider_id=None,
        payment_method_id=None,
        token_id=None,
        flow=None,
        **kwargs,
    ):
        """Begin a payment, as Odoo's payment form asks for it.

        Whom it is for, where it leads to and what it is are said here, not by the browser; and
        only ways to pay are taken that the page offers.

        :returns: what the form needs to go on, see ``payment.transaction``.
        :raises UserError: with the reason why it is not possible.
        """
        account = self._club_account(member_id)
        kind = account and self._topup_kinds(account).filtered(lambda one: one.id == kind_id)
        if not kind:
            raise UserError(request.env._("There is no such wallet. Load the page again."))
        member, exact = account["member"], self._topup_amount(amount)
        kind._check_topup(member, exact)
        self._topup_take_try()
        self._topup_check_way(kind, exact, provider_id, payment_method_id, token_id, flow)
        payment = self._create_transaction(
            provider_id=provider_id,
            payment_method_id=payment_method_id,
            token_id=token_id,
            amount=float(exact),
            currency_id=kind.currency_id.id,
            partner_id=request.env.user.partner_id.id,
            flow=flow,
            tokenization_requested=bool(kwargs.get("tokenization_requested")),
            landing_route=f"/my/club/{member.id}/topup",
            reference_prefix=payment_utils.singularize_reference_prefix(prefix="club"),
            custom_create_values={"club_wallet_id": kind._wallets_of(member)[member.id].id},
        )
        payment.landing_route = f"/my/club/{member.id}/topup/done/{payment.id}"
        return payment._get_processing_values()

    @route(
        "/my/club/<int:member_id>/topup/done/<int:transaction_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_topup_done(self, member_id, transaction_id, **_kwargs):
        """What became of one payment."""
        account = self._club_account(member_id)
        payment = account and self._topup_payments(account, [("id", "=", transaction_id)])
        if not payment:
            return request.redirect("/my/club")
        entries = payment._club_entries()
        values = {
            "page_name": "club_topup",
            "account": account,
            "payment": payment,
            "paid": entries.filtered(lambda entry: entry.kind == "topup"),
            "bonus": entries.filtered(lambda entry: entry.kind == "bonus"),
            "kind": payment.club_wallet_id.kind_id,
            "club_title": request.env._("Your payment"),
        }
        return self._club_render("account_payment_loyalty_club.portal_my_club_topup_done", values)

    # === WHAT MAY BE PAID IN, AND HOW === #

    def _topup_amount(self, number):
        """The amount that a browser sent as a number of JSON, as a Decimal.

        :raises UserError: when it is none that anybody pays.
        """
        try:
            return decimal_number(repr(number) if type(number) in (int, float) else "")
        except InputError as error:
            raise UserError(request.env._("Enter the amount that you want to pay in.")) from error

    def _club_pages(self, account):
        """With the page for topping up, where a kind of value is paid in online."""
        pages = super()._club_pages(account)
        kinds = request.env["loyalty.club.wallet.kind"]
        if not kinds._is_paid_in_online(account["member"].club_id.id):
            return pages
        topup = Page(
            "club_topup", "club_wallet", "/topup", "fa-plus-circle", request.env._("Top up")
        )
        first = next(at for at, page in enumerate(pages) if page.name == "club_wallet")
        return [*pages[: first + 1], topup, *pages[first + 1 :]]

    def _topup_kinds(self, account):
        """Kinds of value that the member may pay in."""
        return account["member"].club_id.kind_ids._paid_in_online()

    def _topup_ways(self, kind, amount):
        """Ways to pay ``amount``: providers, methods and the member's saved tokens, in sudo."""
        partner = request.env.user.partner_id
        # sudo: portal users read no providers; what is shown of them is what they publish
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                kind.company_id.id, partner.id, float(amount), currency_id=kind.currency_id.id
            )
            # A transfer at the bank is confirmed by nobody here: it would wait for ever.
            .filtered(lambda provider: provider.code != "custom")
        )
        # sudo: as above
        methods = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers.ids, partner.id, currency_id=kind.currency_id.id
            )
        )
        # sudo: as above; tokens of the signed-in person
        tokens = (
            request.env["payment.token"].sudo()._get_available_tokens(providers.ids, partner.id)
        )
        return providers, methods, tokens

    def _topup_check_way(self, kind, amount, provider_id, payment_method_id, token_id, flow):
        """Refuse ways to pay that the page does not offer.

        :raises UserError: for any other: a provider in test may be one of them.
        """
        providers, methods, tokens = self._topup_ways(kind, amount)
        # True is 1 to Python, and no id
        ids = [one if type(one) is int else 0 for one in (provider_id, payment_method_id, token_id)]
        provider = providers.filtered(lambda one: one.id == ids[0])
        if flow == "token":
            fits = tokens.filtered(lambda one: one.id == ids[2]).provider_id == provider
        else:
            offered = methods | methods.brand_ids
            fits = flow in ("redirect", "direct") and ids[1] in offered.ids
        if not (provider and fits):
            raise UserError(
                request.env._("You cannot pay in this way. Load the page again and choose.")
            )

    def _topup_take_try(self):
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"topup:{request.env.user.partner_id.id}", *_PAYMENTS)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))

    def _topup_payments(self, account, domain=(), limit=None):
        """The member's own payments, the latest first."""
        # sudo: portal users read no payments of the club; the domain names this membership
        return (
            request.env["payment.transaction"]
            .sudo()
            .search(
                [
                    ("club_wallet_id.member_id", "=", account["member"].id),
                    ("operation", "!=", "refund"),
                    *domain,
                ],
                limit=limit,
            )
        )

    # === WHAT IS SHOWN === #

    def _topup_page(self, account, kinds, chosen, amount="", error=""):
        values = {
            "page_name": "club_topup",
            "account": account,
            "kinds": kinds,
            "chosen": chosen,
            "amount": amount,
            "payments": self._topup_payments(account, [("state", "!=", "draft")], _LATEST),
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("account_payment_loyalty_club.portal_my_club_topup", values)
        response.status_code = 422 if error else 200
        return response

    def _topup_pay_page(self, account, kind, amount):
        """The ways to pay ``amount``, drawn by Odoo's own payment form."""
        member = account["member"]
        providers, methods, tokens = self._topup_ways(kind, amount)
        partner = request.env.user.partner_id
        values = {
            "page_name": "club_topup",
            "account": account,
            "kind": kind,
            "bonus": kind._bonus_for(amount),
            "club_title": request.env._("How do you pay?"),
            "show_tokenize_input_mapping": self._compute_show_tokenize_input_mapping(providers),
            "amount": float(amount),
            "currency": kind.currency_id,
            "partner_id": partner.id,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "transaction_route": f"/my/club/{member.id}/topup/{kind.id}/transaction",
            "landing_route": f"/my/club/{member.id}/topup",
            "access_token": payment_utils.generate_access_token(
                partner.id, float(amount), kind.currency_id.id
            ),
        }
        return self._club_render("account_payment_loyalty_club.portal_my_club_topup_pay", values)

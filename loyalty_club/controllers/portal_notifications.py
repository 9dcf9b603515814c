"""What a member is told and by which way, and the card that stays on her telephone."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from ..barcode import qr_svg
from ..web_push import push_keys
from .join_form import read_consents
from .portal import CustomerPortalClub

_TRIALS = (5, 3600)  # notifications to look at that one member sends to herself
_TRIAL_MINUTES = 10
_CHANNELS = frozenset({"sms", "email", "push", "phone"})


class PortalNotifications(CustomerPortalClub):
    """Ways to a member: channels for each purpose, and the devices that show notifications."""

    # === ROUTES === #

    @route(
        "/my/club/<int:member_id>/notifications",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_notifications(self, member_id, **_kwargs):
        """What comes by which way, this device, and the list of devices."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._notifications_page(account)

    @route(
        "/my/club/<int:member_id>/notifications/save",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_notifications_save(self, member_id, **form):
        """Keep which messages are wanted by which way; the same twice is once."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        choices, versions = read_consents(member.club_id, form)
        proof = request.env["loyalty.club.self.service"]._trace()
        try:
            with request.env.cr.savepoint():
                member._set_consents(choices, "portal", proof=proof, versions=versions)
        except UserError as error:
            return self._notifications_page(account, str(error))
        return self._club_done(member, "notifications", request.env._("Your answers are saved."))

    @route(
        "/my/club/<int:member_id>/notifications/device",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_device(self, member_id, endpoint="", p256dh="", auth="", **_kwargs):
        """Put this browser into the list; the page's own script asks for it.

        :returns: JSON with ``error``, a sentence that is empty when all went well.
        """
        account = self._club_account(member_id)
        if not account:
            return self._json(request.env._("This membership is not yours. Reload the page."), 404)
        devices = request.env["loyalty.club.push.device"]
        try:
            with request.env.cr.savepoint():
                devices._turn_on(account["member"], endpoint, p256dh, auth, self._browser_name())
        except UserError as error:
            return self._json(str(error), 422)
        return self._json("")

    @route(
        "/my/club/<int:member_id>/notifications/device/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_device_remove(self, member_id, device="", **_kwargs):
        """Take a device off the list; it shows nothing from now on. Twice is once."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        member.push_device_ids.filtered(lambda one: one.mark == device).unlink()
        text = request.env._("The device gets no more notifications.")
        return self._club_done(member, "notifications", text)

    @route(
        "/my/club/<int:member_id>/notifications/try",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_device_try(self, member_id, **_kwargs):
        """Send a notification to look at to the member's own devices."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"push-try:{member.id}", *_TRIALS)
        if not limits._allow(*bucket):
            return self._notifications_page(account, limits._refusal_text(limits._wait(*bucket)))
        self._queue_trial(member)
        text = request.env._("A notification is on its way. It comes within a minute.")
        return self._club_done(member, "notifications", text)

    @route(
        "/my/club/<int:member_id>/offline",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        multilang=False,
        readonly=True,
    )
    def portal_my_club_offline(self, member_id, **_kwargs):
        """The card as the member's own browser keeps it for times without a connection."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        values = {
            "card": self._kept_card(account),
            "club": member.club_id,
            "look": member.club_id._app_look(),
        }
        response = request.render("loyalty_club.club_offline", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    # === WHAT IS SHOWN === #

    def _notifications_page(self, account, error=""):
        member = account["member"]
        outbox = request.env["loyalty.club.outbox"]
        channel, address = outbox._address_of(member.partner_id)
        values = {
            "page_name": "club_notifications",
            "account": account,
            "choices": [
                choice
                for choice in member._consent_choices()
                if _CHANNELS & {row["channel"] for row in choice["channels"]}
            ],
            "devices": member.push_device_ids,
            "push_key": member.club_id.notify_devices and push_keys(request.env.cr.dbname).public,
            "usual_channel": channel,
            "usual_address": channel and outbox._masked(channel, address),
            "form": {},
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_notifications", values)
        response.status_code = 422 if error else 200
        return response

    def _kept_card(self, account):
        """What the offline page says, in words of the member's language."""
        member = account["member"]
        shown = account["wallets"].filtered(lambda wallet: not wallet.debt)
        active = member.state == "active"
        return {
            "number": member.number,
            "holder": member.partner_id.name,
            "code": qr_svg(member.number) if active else "",
            "amounts": [
                (wallet.kind_id.name, self._club_figure(wallet, wallet.balance))
                for wallet in shown
                if wallet == account["points"] or wallet.balance
            ],
            "moment": fields.Datetime.now(),
        }

    def _queue_trial(self, member):
        """One notification at a time: a second tap while the first waits is the same wish."""
        # sudo: members have no rights on messages; this one goes to her own devices
        outbox = request.env["loyalty.club.outbox"].sudo()
        address = str(member.id)
        waiting = [("channel", "=", "push"), ("state", "=", "waiting")]
        mine = outbox.search([*waiting, ("partner_id", "=", member.partner_id.id)])
        if mine.filtered(lambda message: message.address == address):
            return
        told = outbox._in_language_of(member.partner_id)
        until = fields.Datetime.add(fields.Datetime.now(), minutes=_TRIAL_MINUTES)
        outbox._queue_texts(
            "notice",
            [
                {
                    "partner_id": member.partner_id.id,
                    "company_id": member.company_id.id,
                    "channel": "push",
                    "address": address,
                    "subject": member.club_id.with_env(told).name,
                    "body": told._("Notifications reach you here. This is what they look like."),
                    "expires_at": until,
                }
            ],
        )

    def _browser_name(self):
        """The browser that asks, as its owner recognises it in a list."""
        agent = request.httprequest.user_agent
        known = {"Edg/": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet"}
        browser = next(
            (name for sign, name in known.items() if sign in agent.string),
            {"chrome": "Chrome", "firefox": "Firefox", "safari": "Safari"}.get(agent.browser, ""),
        )
        systems = {
            "android": "Android",
            "iphone": "iPhone",
            "ipad": "iPad",
            "windows": "Windows",
            "macos": "Mac",
            "linux": "Linux",
            "chromeos": "Chromebook",
        }
        parts = [browser, systems.get(agent.platform, "")]
        return " · ".join(part for part in parts if part)

    def _json(self, error, status=200):
        headers = {"Cache-Control": "no-store"}
        return request.make_json_response({"error": error}, headers, status=status)

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.auth_signup.controllers.main import AuthSignupHome

from ..models.portal_login import CREDENTIAL
from .join_form import read_join_form
from .mobile_flow import MobileFlow, is_local_path
from .profile_input import ProfileInput

_TOKEN_SIZE = 128  # an invitation's, at most
_KNOWN_BROWSER = "loyalty_club_browser"


class ClubDoor(AuthSignupHome):
    """Joining and signing in with a mobile: number, code, and for newcomers a form.

    Every visitor goes the same way up to the right code, which is sent to whoever asks; who
    is a member is told to the holder of the mobile alone. Steps that change something are
    POST requests with Odoo's CSRF token, each followed by a redirect.
    """

    # === PAGES === #

    @route(
        ["/club/join", "/club/join/<int:club_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def club_join(self, club_id=0, i="", redirect="", **_kwargs):
        """The next step towards a membership."""
        flow = MobileFlow()
        # Behind a question mark anything may stand.
        asked = club_id if isinstance(club_id, int) else 0
        club = self._club(asked or flow.club_id)
        if not club:
            return self._page("loyalty_club.join_closed", {}, 404)
        target = redirect or None
        if i and i[:_TOKEN_SIZE] != flow.invitation:  # once in a browser
            request.env["loyalty.club.invitation"]._opened(i)
        flow.remember(club_id=club.id, invitation=i[:_TOKEN_SIZE] or None, target=target)
        member = self._own_member(club)
        if member:
            return self._leave_member(flow, member)
        if not flow.proof:
            return self._mobile_page(flow, "join", club)
        return self._page("loyalty_club.join_form", self._form_values(club, flow))

    @route("/club/login", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def club_login(self, redirect="", **_kwargs):
        """The next step towards one's account."""
        flow = MobileFlow()
        flow.remember(target=redirect or None)
        if request.session.uid:
            return request.redirect(flow.target or "/my/club")
        return self._mobile_page(flow, "login", self._club(flow.club_id))

    # === STEPS === #

    @route(
        "/club/mobile",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        captcha="club_mobile",
    )
    def club_mobile(self, mobile="", way="join", nickname="", **_kwargs):
        """Send a code to a mobile.

        ``nickname`` is a field that people do not see: what fills it in is a machine, which
        is told what everybody is told.
        """
        way = way if way in ("join", "login") else "join"
        flow = MobileFlow()
        club = self._club(flow.club_id) or self._any_club()
        try:
            if nickname:
                flow.begin(club.company_id._club_mobile(mobile), flow.new_secret())
            else:
                self._send_code(flow, club, mobile)
        except UserError as error:
            return self._mobile_page(flow, way, club, error=str(error), typed=mobile)
        return request.redirect(f"/club/{way}")

    @route("/club/code", type="http", auth="public", methods=["POST"], website=True, sitemap=False)
    def club_code(self, code="", way="join", **_kwargs):
        """Prove the mobile with the code."""
        way = way if way in ("join", "login") else "join"
        flow = MobileFlow()
        if not flow.number:
            return request.redirect(f"/club/{way}")
        if flow.proof:  # sent twice: the first one did it
            return self._after_code(flow, way)
        service = request.env["loyalty.club.self.service"]
        try:
            service._check_code(flow.number, flow.secret, code)
        except UserError as error:
            return self._mobile_page(flow, way, self._club(flow.club_id), error=str(error))
        flow.prove()
        self._remember_browser(flow.number)
        return self._after_code(flow, way)

    @route(
        "/club/code/again",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def club_code_again(self, way="join", **_kwargs):
        """Send another code to the same mobile; the one before is void."""
        way = way if way in ("join", "login") else "join"
        flow = MobileFlow()
        if flow.number and not flow.proof:
            club = self._club(flow.club_id) or self._any_club()
            try:
                self._send_code(flow, club, flow.number)
            except UserError as error:
                return self._mobile_page(flow, way, club, error=str(error))
        return request.redirect(f"/club/{way}")

    @route(
        "/club/restart", type="http", auth="public", methods=["POST"], website=True, sitemap=False
    )
    def club_restart(self, way="join", **_kwargs):
        """Begin again with another number."""
        MobileFlow().forget_number()
        return request.redirect("/club/login" if way == "login" else "/club/join")

    @route(
        "/club/join/submit",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def club_join_submit(self, **form):
        """Become a member with what the form says."""
        flow = MobileFlow()
        club = self._club(flow.club_id)
        if not club or not flow.proof:
            return request.redirect("/club/join")
        service = request.env["loyalty.club.self.service"]
        proof = flow.proof
        try:
            member = service._join(club, proof, read_join_form(club, form), flow.invitation)
        except UserError as error:
            values = self._form_values(club, flow, form)
            return self._page("loyalty_club.join_form", {**values, "error": str(error)}, 422)
        request.session["loyalty_club_welcome"] = member.id
        if request.session.uid:
            return self._leave_member(flow, member)
        return self._after_code(flow, "login")

    # === STOCK'S PAGES === #

    @route()
    def web_auth_signup(self, *args, **kw):
        """An account that was just made goes on to the club, if its owner wants to join."""
        response = super().web_auth_signup(*args, **kw)
        wanted = request.httprequest.method == "POST" and kw.get("club_join")
        if wanted and request.session.uid and request.env.user.share:
            flow = MobileFlow()
            target = kw.get("redirect") or ""
            flow.remember(target=target if is_local_path(target) else "")
            return request.redirect("/club/join")
        return response

    @route()
    def web_auth_reset_password(self, *args, **kw):
        """Whoever types a mobile needs no password: a code opens the account."""
        asked = request.httprequest.method == "POST" and not kw.get("token")
        login = (kw.get("login") or "").strip()
        if asked and (login.startswith("+") or request.env.company._club_mobile(login)):
            return request.redirect("/club/login")
        return super().web_auth_reset_password(*args, **kw)

    def get_auth_signup_config(self):
        return {**super().get_auth_signup_config(), "club_to_join": self._club(0)}

    # === HOW IT GOES ON === #

    def _send_code(self, flow, club, text):
        secret = flow.new_secret()
        service = request.env["loyalty.club.self.service"]
        mark = request.cookies.get(_KNOWN_BROWSER, "")
        flow.begin(service._send_code(club, text, secret, mark), secret)

    def _remember_browser(self, number):
        """Strangers who ask for codes to this number do not use up those of this browser."""
        request.future_response.set_cookie(
            _KNOWN_BROWSER,
            request.env["loyalty.club.self.service"]._mark_of(number),
            path="/club",
            secure=request.httprequest.scheme == "https",
            httponly=True,
            samesite="Lax",
        )

    def _after_code(self, flow, way):
        """The mobile is proven: into the account, to the form, or to what else there is."""
        club = self._club(flow.club_id)
        if request.session.uid:
            return request.redirect("/club/join" if way == "join" else "/my/club")
        account = request.env["loyalty.club.self.service"]._account_of(flow.proof, club)
        if account.status == "stranger":
            if club and club.open_to_join:
                flow.remember(club_id=club.id)
                return request.redirect("/club/join")
            flow.end()
        if account.status != "open":
            return self._page(
                "loyalty_club.login_refused", {"status": account.status, "club": club}
            )
        return self._sign_in(flow, account)

    def _sign_in(self, flow, account):
        """Open the account as stock does: a second factor is asked for where there is one."""
        credential = {"type": CREDENTIAL, "login": account.user.login, "proof": flow.proof}
        target = flow.target or f"/my/club/{account.member.id}"
        flow.end()
        info = request.session.authenticate(request.env, credential)
        # What stock's own steps after a login look for
        request.params.setdefault("password", "")
        request.params["login_success"] = True
        return request.redirect(self._login_redirect(info["uid"], redirect=target))

    def _leave_member(self, flow, member):
        """A signed-in member has no more to do here; her number is hers from now on."""
        target = flow.target or f"/my/club/{member.id}"
        if flow.proof and member.mobile == flow.proof.number != member.proven_mobile:
            member.proven_mobile = flow.proof.number
        flow.end()
        return request.redirect(target)

    # === WHAT IS SHOWN === #

    def _club(self, club_id):
        """The club to join: that of the address, else the company's first; in sudo."""
        # sudo: visitors read no clubs; name, texts and colours are what the club shows them
        clubs = request.env["loyalty.club"].sudo()
        domain = [("open_to_join", "=", True)]
        if club_id:
            return clubs.search([*domain, ("id", "=", club_id)], limit=1)
        return clubs.search([*domain, ("company_id", "=", request.env.company.id)], limit=1)

    def _any_club(self):
        # sudo: as above; a club that takes nobody online has members who sign in
        clubs = request.env["loyalty.club"].sudo()
        return clubs._for_company(request.env.company) or clubs.search([], limit=1)

    def _own_member(self, club):
        """The signed-in person's membership, in sudo, or empty."""
        # sudo: the domain names the signed-in person
        members = request.env["loyalty.club.member"].sudo()
        if not request.session.uid:
            return members
        return members._find(club, request.env.user.partner_id)

    def _mobile_page(self, flow, way, club, error="", typed=""):
        masked = request.env["loyalty.club.outbox"]._masked("sms", flow.number)
        values = {
            "club": club or self._any_club(),
            "way": way,
            "masked": masked if flow.number and flow.secret else "",
            "error": error,
            "typed": typed,
        }
        return self._page("loyalty_club.mobile", values, 422 if error else 200)

    def _form_values(self, club, flow, form=None):
        me = request.env.user.partner_id if request.session.uid else None
        return {
            "club": club,
            "profile": ProfileInput(club, "join"),
            "form": form or {"name": me.name if me else "", "email": (me and me.email) or ""},
            "choices": club._consent_choices(),
            "terms": club._terms_in_force(),
            "number": flow.proof.number,
            "error": "",
        }

    def _page(self, template, values, status=200):
        response = request.render(template, values, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response

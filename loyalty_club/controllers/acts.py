from odoo.exceptions import UserError
from odoo.http import request, route

from ..domain.places import read_position
from .answers import unlisted_page
from .portal_profile import PortalProfile

_HOUR = 3600
_TRIES = (60, _HOUR)  # what one person may send in an hour, of all of this together


class PortalActs(PortalProfile):
    """What members do to earn something, besides buying.

    Whoever is no member of the club is told the same at each address, whether there is such a
    place or code or not.
    """

    # === WAYS TO EARN === #

    @route(
        "/my/club/<int:member_id>/earn",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_earn(self, member_id, code="", **_kwargs):
        """What can be done, what it brings, and how much of it is left.

        :param code: of a link that was opened: it stands in the form, and is sent by a click.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._acts_page(account, code=code[:64])

    @route(
        "/my/club/<int:member_id>/earn/code",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_earn_code(self, member_id, code="", **_kwargs):
        """Use a code; the same one counts once."""

        def work(member):
            # sudo: the account is the signed-in person's; who asks, and how often, stays hers
            return request.env["loyalty.club.act.code"].sudo()._use(member, code)

        return self._act(member_id, work, code=code[:64])

    @route(
        "/my/club/<int:member_id>/earn/visit",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_earn_visit(self, member_id, kind="", **_kwargs):
        """Note that the member was here; its rule says how often that counts."""

        def work(member):
            return member._visit(self._kind(member, kind, ("visit",)))

        return self._act(member_id, work)

    @route(
        "/my/club/<int:member_id>/earn/review",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_earn_review(self, member_id, kind="", text="", link="", **_kwargs):
        """Hand in a text, or the link of what was posted; staff look at it."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        try:
            self._take_try()
            with request.env.cr.savepoint():
                found = self._kind(member, kind, ("review", "link"))
                request.env["loyalty.club.review"]._hand_in(member, found, text, link)
        except UserError as error:
            return self._acts_page(account, str(error), typed={"text": text, "link": link})
        text = request.env._("Thank you! We look at it, and you find here what it brings.")
        return self._club_done(member, "earn", text)

    @route(
        "/my/club/<int:member_id>/earn/app",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_earn_app(self, member_id, **_kwargs):
        """The club was opened as an app on a telephone; sent by the page itself, counts once."""
        account = self._club_account(member_id)
        member = account and account["member"]
        if member and self._may_try():
            found = member.club_id.act_kind_ids.filtered(lambda kind: kind.proof == "app")[:1]
            if found:
                outcome = member._earn_act(found.code, f"app:{member._person_key('app')}")
                if outcome.status == "given":
                    text = request.env["loyalty.club.act"].sudo()._answer(outcome)
                    request.session["loyalty_club_said"] = text
        return request.make_response("", status=204)

    # === CHECK-IN === #

    @route(
        "/my/club/<int:member_id>/earn/here",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_earn_here(
        self, member_id, latitude="", longitude="", accuracy="", **_kwargs
    ):
        """Check in where the telephone is, at places that need no code."""
        position = read_position(latitude, longitude, accuracy)

        def work(member):
            # sudo: where one can check in is told to every member
            places = request.env["loyalty.club.place"].sudo()
            near = position and places._near(member.club_id, position)
            if not near:
                raise UserError(
                    request.env._(
                        "There is no place here at which you could check in. Let your telephone "
                        "tell exactly where you are, or scan the code that hangs there."
                    )
                )
            for place in near:  # the first that she was not at yet
                outcome = place._check_in(member, position)
                if outcome.status == "given":
                    break
            return outcome

        return self._act(member_id, work)

    @route(
        "/club/here/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def club_here(self, token, **_kwargs):
        """The page of a place's QR code: looking at it does nothing, its button checks in."""
        place, account = self._place(token)
        return self._place_page(place, account)

    @route(
        "/club/here/<string:token>/checkin",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def club_here_check_in(self, token, latitude="", longitude="", accuracy="", **_kwargs):
        """Check in at the place of a QR code; twice is once."""
        place, account = self._place(token)
        if not account:
            return self._place_page(place, account)
        position = read_position(latitude, longitude, accuracy)
        try:
            self._take_try()
            outcome = place._check_in(account["member"], position)
        except UserError as error:
            return self._place_page(place, account, error=str(error))
        # sudo: a sentence about what the member herself just did
        answer = request.env["loyalty.club.act"].sudo()._answer(outcome)
        return self._place_page(place, account, answer=answer)

    @route(
        "/club/code/<string:code>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def club_code(self, code, **_kwargs):
        """A link with a code in it leads to the form; whether there is such a code is not told."""
        account = next(iter(self._club_accounts()), None)
        if not account:
            return request.redirect("/my/club")
        url = f"/my/club/{account['member'].id}/earn"
        return request.redirect_query(url, {"code": code[:64]})

    # === MECHANICS === #

    def _act(self, member_id, work, code=""):
        """Do what a form asks for, and say what it brought.

        :param work: called with the membership; returns an outcome.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        try:
            self._take_try()
            outcome = work(member)
        except UserError as error:
            return self._acts_page(account, str(error), code=code)
        # sudo: a sentence about what the member herself just did
        answer = request.env["loyalty.club.act"].sudo()._answer(outcome)
        return self._club_done(member, "earn", answer)

    def _bucket(self):
        return (f"acts:{request.env.user.partner_id.id}", *_TRIES)

    def _may_try(self):
        return request.env["loyalty.club.rate.limit"]._allow(*self._bucket())

    def _take_try(self):
        limits = request.env["loyalty.club.rate.limit"]
        if not self._may_try():
            raise UserError(limits._refusal_text(limits._wait(*self._bucket())))

    def _kind(self, member, kind, proofs):
        """The kind of act that a form names, if it is done in this way and shown to members."""
        found = member.club_id.act_kind_ids.filtered(
            lambda one: str(one.id) == kind and one.proof in proofs and one.listed
        )
        if not found:
            raise UserError(request.env._("This cannot be done here any more. Look again."))
        return found

    def _place(self, token):
        """The place of a QR code and the signed-in person's membership in its club, or neither."""
        place = request.env["loyalty.club.place"]._of_token(token)
        account = next(
            (one for one in self._club_accounts() if one["member"].club_id == place.club_id), None
        )
        return (place, account) if place and account else (place.browse(), None)

    def _place_page(self, place, account, **said):
        values = {
            "place": place,
            "account": account,
            "near": place.check != "qr",
            "error": "",
            "answer": "",
            **said,
        }
        status = 404 if not account else 422 if values["error"] else 200
        return unlisted_page("loyalty_club.club_here", values, status=status)

    def _acts_page(self, account, error="", code="", typed=None):
        member = account["member"]
        ways = member._acts_possible()
        # sudo: the account is the signed-in person's; these are her own
        reviews = request.env["loyalty.club.review"].sudo()
        places = request.env["loyalty.club.place"].sudo()
        values = {
            "page_name": "club_earn",
            "account": account,
            "ways": ways,
            "proofs": {way["kind"].proof for way in ways},
            "places": places.search([("club_id", "=", member.club_id.id)], limit=50),
            "reviews": reviews.search([("member_id", "=", member.id)], limit=5),
            "code": code,
            "typed": typed or {},
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_earn", values)
        response.status_code = 422 if error else 200
        return response

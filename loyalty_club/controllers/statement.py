from dateutil.relativedelta import relativedelta
from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from ..clock import today_in
from ..domain.codes import InputError
from ..domain.dates import typed_moment
from .answers import file_answer
from .portal import CustomerPortalClub

FORMATS = ("pdf", "xlsx")
# Months back among which a member chooses.
PERIODS = (1, 3, 12)
# Files that one person fetches, and the seconds in which so many are free again: making one
# keeps a worker busy.
_FILES = (10, 600)


def _day(text):
    """The day that an address names, in either calendar; None when it names none."""
    try:
        return typed_moment(text).day if text else None
    except InputError:
        return None


def _answer(wallets, date_from, date_to, file_format):
    """Make the statement and send it as a file that no cache keeps."""
    statements = request.env["loyalty.club.statement"].sudo(wallets.env.su)
    name, media_type, data = statements.with_context(**wallets.env.context)._render(
        wallets, date_from, date_to, file_format if file_format in FORMATS else FORMATS[0]
    )
    return file_answer(name, media_type, data)


class StatementController(Controller):
    """Statements for staff, who see what they may read of the club."""

    @route(
        [
            "/loyalty_club/statement/wallet/<int:wallet_id>",
            "/loyalty_club/statement/member/<int:member_id>",
        ],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def statement(
        self,
        wallet_id=None,
        member_id=None,
        date_from=None,
        date_to=None,
        file_format=None,
        lang=None,
        **_kwargs,
    ):
        """The statement of one wallet, or of all wallets of a member.

        Wallets that the user may not read and such as do not exist are answered alike.
        """
        installed = {code for code, _name in request.env["res.lang"].get_installed()}
        Wallet = request.env["loyalty.club.wallet"]
        if lang in installed:
            Wallet = Wallet.with_context(lang=lang)
        if not Wallet.has_access("read"):
            raise NotFound
        # What the address names is a number; whatever stands behind its question mark is a text.
        by_wallet = isinstance(wallet_id, int)
        domain = [("id", "=", wallet_id)] if by_wallet else [("member_id", "=", member_id)]
        wallets = Wallet.search(domain)
        if not wallets:
            raise NotFound
        return _answer(wallets, _day(date_from), _day(date_to), file_format)


class CustomerPortalStatement(CustomerPortalClub):
    """Statements for members, of their own wallets."""

    @route(
        "/my/club/statement",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_club_statement(
        self,
        member=None,
        wallet=None,
        months=None,
        date_from=None,
        date_to=None,
        file_format=None,
        **_kwargs,
    ):
        """The statement of one of the signed-in person's wallets, or of all of a membership.

        Without ``member`` it is the first membership. ``months`` back from today, or
        ``date_from`` and ``date_to``; nonsense is read as if nothing were asked. What belongs
        to somebody else and what does not exist both lead back to the club. Who fetches many
        has to wait.
        """
        accounts = self._club_accounts()
        chosen = next((a for a in accounts if member in (None, "", str(a["member"].id))), None)
        wallets = chosen and chosen["wallets"].filtered(
            lambda own: wallet in (None, "", str(own.id))
        )
        if not wallets:
            return request.redirect("/my/club")
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"statement:{request.env.uid}", *_FILES)
        if not limits._allow(*bucket):
            return self._club_wait(limits._wait(*bucket))
        today = today_in(wallets.company_id[:1])
        start, end = _day(date_from), _day(date_to) or today
        if not start and months in map(str, PERIODS):
            start = today - relativedelta(months=int(months))
        if start and start > end:
            start, end = end, start
        return _answer(wallets, start, end, file_format)

    def _club_wait(self, seconds):
        """The page for who has fetched too many files."""
        text = request.env["loyalty.club.rate.limit"]._refusal_text(seconds)
        response = self._club_render(
            "loyalty_club.portal_my_club_wait", {"page_name": "club", "text": text}
        )
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
        return response

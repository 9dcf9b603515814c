from odoo import fields
from odoo.http import Controller, request, route

from ..clock import zone_of
from ..domain import receipt_code
from ..domain.codes import InputError
from ..models.anchor import PUBLISHED
from .answers import unlisted_page

# One person looks at a handful of receipts; a machine that guesses gets no further.
TRIES = 30
WINDOW = 600  # seconds


class ReceiptCheck(Controller):
    """Pages that prove the ledger to whoever asks, without signing in.

    Whoever holds a receipt code sees that one movement: when, why, how much. No page names a
    person, a balance or a card.
    """

    @route(
        "/loyalty_club/check",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def receipt_check_form(self, code="", **_kwargs):
        """The form; a code that was typed into it leads to the code's own address."""
        if not code.strip():
            return self._render({"state": "ask", "typed": ""})
        try:
            return request.redirect(f"/loyalty_club/check/{receipt_code.read(code)}")
        except InputError:
            return self._render({"state": "mistyped", "typed": code})

    @route(
        "/loyalty_club/check/<string:code>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def receipt_check(self, code, **_kwargs):
        """What the ledger says about the entry of a code."""
        try:
            plain = receipt_code.read(code)
        except InputError:
            return self._render({"state": "mistyped", "typed": code})
        # sudo: visitors are counted by a table they have no rights on
        limiter = request.env["loyalty.club.rate.limit"].sudo()
        bucket = (f"receipt:{request.env['loyalty.club.rate.limit']._who()}", TRIES, WINDOW)
        if not limiter._allow(*bucket):
            text = limiter._refusal_text(limiter._wait(*bucket))
            return self._render({"state": "wait", "typed": code, "text": text}, status=429)
        # sudo: the code is the right to see this one entry, whoever shows it
        entry = request.env["loyalty.club.entry"].sudo()._of_receipt_code(plain)
        proof = entry and entry._proof()
        if not proof or not proof.sound:
            # A code that was never printed and an entry that was altered since are told alike.
            return self._render({"state": "unknown", "typed": code}, status=404)
        return self._render(
            {
                "state": "sound",
                "typed": "",
                "code": receipt_code.grouped(plain),
                "entry": entry,
                "amount": self._signed(entry),
                "zone": zone_of(entry.company_id),
                "following": proof.following,
                "anchored_on": fields.Datetime.to_datetime(proof.anchored_on),
            }
        )

    @route(
        "/loyalty_club/checkpoint",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def checkpoint(self, **_kwargs):
        """The latest anchors' digests, for whoever wants to keep them."""
        # sudo: digests are made to be published; they say nothing about anybody
        anchors = (
            request.env["loyalty.club.anchor"]
            .sudo()
            .search_fetch([], ["number", "date", "digest"], limit=PUBLISHED)
        )
        response = request.render("loyalty_club.checkpoint", {"anchors": anchors})
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    def _render(self, values, status=200):
        return unlisted_page("loyalty_club.receipt_check", values, status=status)

    @staticmethod
    def _signed(entry):
        figure = entry.kind_id._format_shown(abs(entry.amount))
        name = "" if entry.kind_id.currency_id else entry.club_id.point_name
        figure = figure.removesuffix(f" {name}") if name else figure
        sign = "+" if entry.amount > 0 else "−"
        # The sign stays left of its figure in a line that runs from right to left.
        return f"\u2066{sign}{figure}\u2069 {name}".rstrip()

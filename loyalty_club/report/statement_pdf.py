"""A statement as a document to print: HTML without outside parts, made PDF by WeasyPrint."""

import io
from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from odoo.tools import file_path
from odoo.tools.gc import disabling_gc

EMPTY = ""
# Rows laid out at a time: the boxes of a page cost a hundred times its bytes.
PART = 500


def render(statement):
    """The PDF of ``statement`` (see statement.Statement), as bytes."""
    from pypdf import PdfReader, PdfWriter

    output, shown = PdfWriter(), values(statement)
    parts = _parts(shown["accounts"])
    for accounts in parts:
        page = len(output.pages) + 1
        html = statement.env["ir.qweb"]._render(
            "loyalty_club.statement_document",
            {**shown, "accounts": accounts, "page": page, "whole": len(parts) == 1},
        )
        output.append(PdfReader(io.BytesIO(to_pdf(str(html)))))
    output.add_metadata({"/Title": shown["title"]})
    data = io.BytesIO()
    output.write(data)
    return data.getvalue()


def to_pdf(html):
    """Make a PDF of a whole HTML document.

    Nothing is fetched from outside: no file, no address; only what the document carries.
    """
    # WeasyPrint takes half a second and many megabytes to load; most workers never need it
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    fonts, styles = FontConfiguration(), []
    if 'dir="rtl"' in html:
        styles = [CSS(string=_persian_fonts(), font_config=fonts, url_fetcher=fetcher)]
    with disabling_gc():  # millions of short-lived boxes: collecting costs a third of the time
        return HTML(string=html, url_fetcher=fetcher, base_url="about:invalid").write_pdf(
            stylesheets=styles, font_config=fonts
        )


@lru_cache(maxsize=1)
def _persian_fonts():
    """Style that carries the Persian font, which few machines have."""
    faces = []
    for name, weight in (("Regular", "normal"), ("Bold", "bold")):
        data = Path(file_path(f"web_jalali/static/fonts/Vazirmatn-{name}.woff2")).read_bytes()
        source = f"data:font/woff2;base64,{b64encode(data).decode()}"
        faces.append(
            f"@font-face {{ font-family: Vazirmatn; font-weight: {weight}; src: url({source}); }}"
        )
    return "\n".join(faces)


def _parts(accounts):
    """``accounts`` in lists of at most PART rows; a long one goes on in the next list."""
    parts, room = [[]], PART
    for account in accounts:
        rows, begins = account["rows"], True
        while True:
            if not room:
                parts.append([])
                room = PART
            taken, rows = rows[:room], rows[room:]
            parts[-1].append({**account, "rows": taken, "begins": begins, "ends": not rows})
            room, begins = room - len(taken), False
            if not rows:
                break
    return parts


def values(statement):
    """What the template shows, all in words."""
    words = statement.words
    wallet = statement.accounts[0].wallet
    return {
        "title": statement.env._("Statement of account"),
        "lang": words.code,
        "direction": "rtl" if words.right_to_left else "ltr",
        "pages": "persian" if words.persian else "decimal",
        "club": wallet.club_id.name,
        "company": statement.company.name,
        "holder": statement.member.partner_id.name or wallet.display_name,
        "number": statement.member.number or wallet.card_ids[:1].code or EMPTY,
        "date_from": words.day(statement.date_from),
        "date_to": words.day(statement.date_to),
        "printed_at": words.moment(statement.printed_at),
        "accounts": [_account(account, words) for account in statement.accounts],
    }


def _account(account, words):
    wallet, kind = account.wallet, account.wallet.kind_id

    def figure(amount):
        return words.figure(amount, kind)

    return {
        "name": kind.name,
        "unit": kind.unit,
        "debt": wallet.debt,
        "opening": figure(account.frame.opening),
        "received": figure(account.received),
        "used": figure(account.used),
        "closing": figure(account.frame.closing),
        "branches": any(row.branch for row in account.rows),
        "expiries": any(row.expiries for row in account.rows),
        "rows": [
            (
                words.moment(row.date),
                row.text,
                row.branch,
                figure(row.amount) if row.amount > 0 else EMPTY,
                figure(-row.amount) if row.amount < 0 else EMPTY,
                figure(row.balance),
                ", ".join(map(words.day, row.expiries)),
            )
            for row in account.rows
        ],
        "now": {
            "balance": figure(account.frame.balance),
            "held": account.frame.held and figure(account.frame.held),
            "pending": account.frame.pending and figure(account.frame.pending),
            "available": figure(account.available),
        },
        "expiring": [(words.day(day), figure(amount)) for day, amount in account.expiring],
    }

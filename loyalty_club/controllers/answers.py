"""Answers that several doors give in one and the same way."""

from odoo.http import content_disposition, request


def file_answer(name, media_type, data, place="attachment"):
    """A file that no cache keeps and no browser takes for something else.

    :param name: of the file.
    :param place: ``attachment`` to keep it, ``inline`` to show it.
    """
    return request.make_response(
        data,
        headers=[
            ("Content-Type", media_type),
            ("Content-Disposition", content_disposition(name, place)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )


def unlisted_page(template, values, status=200):
    """A page that is reached by an address alone: kept by no cache and no search engine, and
    its address is told to no other site."""
    response = request.render(template, values, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

"""Barcodes and QR codes as vectors, drawn into the page or the sheet itself."""

from markupsafe import Markup
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

_QUIET = 4  # blank modules that a QR code asks for all around
_QUIET_BARS = 10  # blank modules that Code 128 asks for on either side
_CAPACITY = (0, 14, 26, 42, 62, 84, 106, 122, 152, 180, 213)  # bytes by version, level M


def code128_svg(text):
    """Draw ``text`` as a Code 128 barcode that fills the width of its container.

    Drawn into the page itself: a separate image would need an address, and with it a way to
    ask for other people's numbers. Vectors stay sharp on any screen and need no renderer.

    :param str text: ASCII.
    :returns: Markup of one ``<svg>`` element.
    """
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    left, bars = _QUIET_BARS, []
    for mark in code.decomposed:  # a letter each: bars A to D, gaps a to d, by width in modules
        width = ord(mark.lower()) - ord("a") + 1
        if mark.isupper():
            bars.append(f"M{left} 0h{width}v1h-{width}z")
        left += width
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 1" width="100%"'
        ' height="100%" preserveAspectRatio="none" shape-rendering="crispEdges"'
        ' aria-hidden="true"><path d="{bars}" fill="#000"/></svg>'
    ).format(width=left + _QUIET_BARS, bars="".join(bars))


def qr_svg(text):
    """Draw ``text`` as a QR code that fills its container.

    A separate image would need an address, and with it a way to ask for other people's codes.

    :param str text: up to 213 bytes of UTF-8.
    :returns: Markup of one ``<svg>`` element.
    :raises ValueError: for a longer text.
    """
    size = len(text.encode())
    version = next((v for v, room in enumerate(_CAPACITY) if v and size <= room), None)
    if version is None:
        raise ValueError(f"a QR code of {size} bytes is too large")
    code = QRCode(version, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    width = code.getModuleCount()
    bars = "".join(_row(code, row, width) for row in range(width))
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="100%"'
        ' height="100%" shape-rendering="crispEdges" aria-hidden="true">'
        '<path d="M0 0h{size}v{size}h-{size}z" fill="#fff"/><path d="{bars}" fill="#000"/></svg>'
    ).format(size=width + 2 * _QUIET, bars=bars)


def _row(code, row, width):
    """One row of dark modules, neighbours joined into one bar."""
    path, column = [], 0
    while column < width:
        start = column
        while column < width and code.isDark(row, column):
            column += 1
        if column > start:
            bar = column - start
            path.append(f"M{start + _QUIET} {row + _QUIET}h{bar}v1h-{bar}z")
        column += 1
    return "".join(path)

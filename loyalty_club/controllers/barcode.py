from markupsafe import Markup
from reportlab.graphics.barcode.code128 import Code128

_QUIET = 10  # blank modules that Code 128 asks for on either side


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
    left, bars = _QUIET, []
    for mark in code.decomposed:  # a letter each: bars A to D, gaps a to d, by width in modules
        width = ord(mark.lower()) - ord("a") + 1
        if mark.isupper():
            bars.append(f"M{left} 0h{width}v1h-{width}z")
        left += width
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 1" width="100%"'
        ' height="100%" preserveAspectRatio="none" shape-rendering="crispEdges"'
        ' aria-hidden="true"><path d="{bars}" fill="#000"/></svg>'
    ).format(width=left + _QUIET, bars="".join(bars))

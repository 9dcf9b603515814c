"""Icons of the club's app: its own picture, or the initial of its name on its colour."""

import io

from PIL import Image, ImageDraw, ImageFont

from odoo.tools import file_path

SIZES = (180, 192, 512)
_FONT = "web_jalali/static/fonts/Vazirmatn-Bold.woff2"
_SAFE = 0.8  # of the side: what no shape of a home screen cuts off
_ROUND = 0.22  # of the side: radius of the corners
_SHARPER = 4  # corners are drawn larger and made smaller


def draw_initial(initial, size, ground, ink, maskable=False):
    """A letter on a coloured ground, as PNG.

    :param size: of the side, in pixels.
    :param ground: colour as ``#rrggbb``; ``ink`` that of the letter.
    :param maskable: whether the telephone cuts the shape; else the corners are round.
    """
    image = Image.new("RGBA", (size, size), ground)
    font = ImageFont.truetype(file_path(_FONT), round(size * (0.44 if maskable else 0.56)))
    left, top, right, bottom = font.getbbox(initial)
    place = ((size - left - right) / 2, (size - top - bottom) / 2)
    ImageDraw.Draw(image).text(place, initial, font=font, fill=ink)
    if not maskable:
        image.putalpha(_rounded(size))
    return _png(image)


def fit_picture(picture, size, ground, maskable=False):
    """The club's picture as a square icon, as PNG; nothing of it is cut off.

    :param picture: bytes of an image.
    :param ground: colour around a picture that may be cut into a shape.
    :param maskable: see :func:`draw_initial`.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        drawn = opened.convert("RGBA")
    room = round(size * _SAFE) if maskable else size
    scale = room / max(drawn.size)
    sides = [max(1, round(side * scale)) for side in drawn.size]
    drawn = drawn.resize(sides, Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (size, size), ground if maskable else (0, 0, 0, 0))
    image.alpha_composite(drawn, ((size - sides[0]) // 2, (size - sides[1]) // 2))
    return _png(image)


def _rounded(size):
    large = size * _SHARPER
    mask = Image.new("L", (large, large), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, large - 1, large - 1), radius=large * _ROUND, fill=255
    )
    return mask.resize((size, size), Image.Resampling.LANCZOS)


def _png(image):
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()

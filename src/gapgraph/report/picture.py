"""The bar of a report as a picture: equal counts, equal bytes, on any machine with one Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from gapgraph.report.model import Count
from gapgraph.statuses import colour_of

__all__ = ["bar", "paste_bar"]

_WIDTH, _HEIGHT = 1600, 150
#: A segment narrower than its number has none on it.
_MARGIN = 12
_SIZE = 52


def bar(counts: Sequence[Count]) -> bytes:
    """Return a bar of segments, as PNG; what is missing is hatched, so that it prints in grey.

    :param counts: topics by status; the numbers stand on the segments
    """
    made = io.BytesIO()
    _drawn(counts).save(made, "PNG", optimize=True)
    return made.getvalue()


def paste_bar(image: Image.Image, counts: Sequence[Count], box: tuple[int, int, int, int]) -> None:
    """Put a bar into a picture.

    :param counts: topics by status
    :param box: its left, top, right and bottom, in pixels
    """
    left, top, right, bottom = box
    image.paste(_drawn(counts).resize((right - left, bottom - top)), (left, top))


def _drawn(counts: Sequence[Count]) -> Image.Image:
    """Return a bar of segments."""
    total = sum(each.count for each in counts) or 1
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "#e3ddd1")
    # The font within Pillow, so that no machine's own decides.
    font = ImageFont.load_default(_SIZE)
    done = 0
    for each in counts:
        start, end = (_WIDTH * at // total for at in (done, done + each.count))
        done += each.count
        image.paste(_segment(each, end - start, font), (start, 0))
        if start:
            ImageDraw.Draw(image).rectangle((start - 2, 0, start + 1, _HEIGHT), fill="#ffffff")
    return image


def _segment(
    count: Count, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> Image.Image:
    """Return the picture of one segment."""
    colour, ink, *_dark = colour_of(count.status)
    image = Image.new("RGB", (width, _HEIGHT), colour)
    draw = ImageDraw.Draw(image)
    if count.status == "none":
        for at in range(-_HEIGHT, width, 26):
            draw.line((at, _HEIGHT, at + _HEIGHT, 0), fill="#c56554", width=7)
    if count.status == "partial":
        for x in range(10, width, 26):
            for y in range(10, _HEIGHT, 26):
                draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill="#d5a04d")
    words = str(count.count)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    if right - left + 2 * _MARGIN <= width:
        middle, centre = width / 2, _HEIGHT / 2
        half, high = (right - left) / 2 + _MARGIN, (bottom - top) / 2 + _MARGIN
        draw.rounded_rectangle(
            (middle - half, centre - high, middle + half, centre + high), radius=8, fill=colour
        )
        draw.text(
            (middle - (right - left) / 2 - left, centre - (bottom - top) / 2 - top),
            words,
            font=font,
            fill=ink,
        )
    return image

"""Words in pictures, in the font within Pillow: no machine's own decides how they look.

That font has no letters with accents: they are put together from a letter and a sign of its own.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

__all__ = ["width_of", "write"]

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

#: The sign that stands for each accent, and how many of them: over a letter, or under it.
_OVER = {
    "\N{COMBINING ACUTE ACCENT}": ("\N{ACUTE ACCENT}", 1),
    "\N{COMBINING GRAVE ACCENT}": ("`", 1),
    "\N{COMBINING CIRCUMFLEX ACCENT}": ("^", 1),
    "\N{COMBINING TILDE}": ("~", 1),
    "\N{COMBINING DIAERESIS}": ("\N{MIDDLE DOT}", 2),
}
_UNDER = {"\N{COMBINING CEDILLA}": (",", 1)}
#: What the font lacks and another sign says as well.
_LIKE = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{NO-BREAK SPACE}": " ",
    }
)
#: How large an accent is beside its letter, and how far from it, in parts of the letter's size.
_SMALLER, _GAP = 0.72, 0.06


@functools.cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def _letters(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield letters, each with its accents."""
    for each in text.translate(_LIKE):
        apart = unicodedata.normalize("NFD", each)
        yield apart[0], list(apart[1:])


@functools.cache
def _ink(letter: str, size: int) -> tuple[int, int, int, int]:
    """Return where the ink of a letter is, from where its line begins."""
    image = Image.new("L", (4 * size, 4 * size))
    ImageDraw.Draw(image).text((size, 2 * size), letter, font=_font(size), fill=255, anchor="ls")
    left, top, right, bottom = image.getbbox() or (size, 2 * size, size, 2 * size)
    return left - size, top - 2 * size, right - size, bottom - 2 * size


def width_of(text: str, size: int) -> float:
    """Return how wide words are, in pixels."""
    font = _font(size)
    return sum(font.getlength(base) for base, _ in _letters(text))


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    *,
    colour: str,
    bold: bool = False,
) -> None:
    """Write words from left to right.

    :param place: where their line begins
    """
    font, (x, y) = _font(size), place
    heavy = 1 if bold else 0
    for base, accents in _letters(text):
        draw.text((x, y), base, font=font, fill=colour, anchor="ls", stroke_width=heavy)
        left, top, right, _ = _ink(base, size)
        for each in accents:
            under = each in _UNDER
            sign, count = (_UNDER if under else _OVER).get(each, ("", 0))
            little = max(1, round(size * _SMALLER))
            box = _ink(sign, little)
            step = (box[2] - box[0]) * 1.4
            start = x + (left + right) / 2 - (box[0] + box[2]) / 2 - step * (count - 1) / 2
            # Its ink ends over the letter, or begins at the line.
            high = y - box[1] - size * _GAP if under else y + top - size * _GAP - box[3]
            for at in range(count):
                draw.text(
                    (start + at * step, high), sign, font=_font(little), fill=colour, anchor="ls",
                    stroke_width=heavy,
                )  # fmt: skip
        x += font.getlength(base)

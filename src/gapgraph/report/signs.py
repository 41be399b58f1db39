"""The sign of each status in pictures: described once, drawn as SVG and as PNG.

The pages' style sheet draws the same signs.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PIL import Image, ImageDraw

from gapgraph.statuses import colour_of, sign_of

__all__ = ["sign_png", "sign_svg"]

#: How many times larger a sign is drawn before it is made smaller: its edges are smooth then.
_FINER = 4
#: The side of the square that a sign stands in.
_SIDE = 16
_OPEN = "#ffffff"


@dataclass(frozen=True)
class _Ring:
    """A circle with nothing in it, or dashed."""

    radius: float
    width: float
    dashed: bool = False


@dataclass(frozen=True)
class _Disc:
    """A filled circle, or its left half."""

    radius: float
    half: bool = False


@dataclass(frozen=True)
class _Stroke:
    """A line from one place to another, as seen from the middle."""

    start: tuple[float, float]
    end: tuple[float, float]


@functools.cache
def _parts(sign: str) -> tuple[_Ring | _Disc | _Stroke, ...]:
    """Read a sign: its parts, each a kind and lengths.

    >>> _parts("ring 5.5 2; half 5.5")
    (_Ring(radius=5.5, width=2.0, dashed=False), _Disc(radius=5.5, half=True))
    """
    found: list[_Ring | _Disc | _Stroke] = []
    for part in sign.split("; "):
        kind, *written = part.split()
        lengths = [float(each) for each in written]
        match kind, lengths:
            case "ring" | "dashed", [radius, width]:
                found.append(_Ring(radius, width, dashed=kind == "dashed"))
            case "disc" | "half", [radius]:
                found.append(_Disc(radius, half=kind == "half"))
            case "stroke", [left, top, right, bottom]:
                found.append(_Stroke((left, top), (right, bottom)))
            case _:
                raise ValueError(f"{part!r} is no part of a sign")
    return tuple(found)


def sign_svg(status: str, x: float, y: float) -> str:
    """Return the sign of a status as elements of SVG.

    :param status: its name
    :param x: where its middle is
    :param y: likewise
    """
    colour = colour_of(status).colour
    pieces = []
    for each in _parts(sign_of(status)):
        match each:
            case _Ring(radius, width, dashed):
                dash = ' stroke-dasharray="2 2"' if dashed else ""
                pieces.append(
                    f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{_OPEN}" '
                    f'stroke="{colour}" stroke-width="{width:g}"{dash}/>'
                )
            case _Disc(radius, half) if half:
                pieces.append(
                    f'<path d="M{x:g} {y - radius:g}a{radius:g} {radius:g} 0 0 0 0 '
                    f'{2 * radius:g}z" fill="{colour}"/>'
                )
            case _Disc(radius):
                pieces.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour}"/>')
            case _Stroke(start, end):
                pieces.append(
                    f'<path d="M{x + start[0]:g} {y + start[1]:g}L{x + end[0]:g} {y + end[1]:g}" '
                    f'stroke="{colour}" stroke-width="3" fill="none"/>'
                )
    return "".join(pieces)


@functools.cache
def sign_png(status: str, scale: int) -> Image.Image:
    """Return the sign of a status as a picture.

    :param status: its name
    :param scale: how many pixels a unit of the drawing has
    """
    unit = scale * _FINER
    side = _SIDE * unit
    image = Image.new("RGB", (side, side), _OPEN)
    draw, middle, colour = ImageDraw.Draw(image), side / 2, colour_of(status).colour

    def around(radius: float) -> tuple[float, float, float, float]:
        far = radius * unit
        return (middle - far, middle - far, middle + far, middle + far)

    for each in _parts(sign_of(status)):
        match each:
            case _Ring(radius, width, dashed):
                box, thick = around(radius + width / 2), round(width * unit)
                step = 20 if dashed else 360
                for start in range(0, 360, 2 * step):
                    draw.arc(box, start, start + step, fill=colour, width=thick)
            case _Disc(radius, half):
                start, end = (90, 270) if half else (0, 360)
                draw.pieslice(around(radius), start, end, fill=colour)
            case _Stroke(start, end):
                line = [(middle + px * unit, middle + py * unit) for px, py in (start, end)]
                draw.line(line, fill=colour, width=3 * unit)
    return image.resize((_SIDE * scale, _SIDE * scale), Image.Resampling.LANCZOS)

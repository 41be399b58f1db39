"""Rows by plans as a picture: laid out once, drawn as SVG and as PNG."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image, ImageDraw

from gapgraph.errors import UnwritableError
from gapgraph.report.fonts import font_of
from gapgraph.report.signs import sign_png, sign_svg
from gapgraph.told import told

__all__ = ["Band", "Grid", "Mark", "grid_png", "grid_svg"]

_COLUMN, _ROW, _LEFT, _TOP = 26, 20, 360, 290
_INK, _SOFT, _RULE = "#1d1c1a", "#625d54", "#e3ddd1"
#: The narrowest picture has room for its words.
_NARROWEST = 860
#: How many characters a heading and a title have room for.
_HEAD, _TITLE = 38, 50
#: How wide a number may be before titles move to the right, and how much wider than in our font
#: one may be in a reader's.
_NUMBER, _WIDER = 18, 1.3
#: How many pixels of a PNG a unit has, and how many a PNG has at most: it is drawn in memory, with
#: three bytes for each.
_SCALE, _MOST = 2, 30_000_000
#: How many colours a PNG has.
_COLOURS = 64
_FONTS = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class Mark:
    """What stands in a cell.

    :param status: the name of a status; nothing stands there where it is empty
    :param many: how many things it is the status of; more than one is written beside the sign
    """

    status: str = ""
    many: int = 1


@dataclass(frozen=True)
class Band:
    """Rows under one heading.

    :param rows: of each its number, its title, its mark in each column, and a count
    """

    label: str
    rows: Sequence[tuple[str, str, Sequence[Mark], str]]


@dataclass(frozen=True)
class Grid:
    """What the picture shows.

    :param title: what it finds
    :param about: of what, and what is left out
    :param heads: the names of the columns
    :param count: the name of the last one, which has counts
    :param legend: the names of statuses and their words
    :param foot: where it is from
    :param totals: what stands below each column, and below the counts; nothing where there is none
    """

    lang: str
    title: str
    about: str
    heads: Sequence[str]
    count: str
    bands: Sequence[Band]
    legend: Sequence[tuple[str, str]]
    foot: Sequence[str]
    totals: Sequence[str] = ()


@dataclass(frozen=True)
class _Words:
    x: float
    y: float
    text: str
    size: int = 11
    bold: bool = False
    colour: str = _INK
    turned: bool = False


@dataclass(frozen=True)
class _Rule:
    y: float
    colour: str


@dataclass(frozen=True)
class _Sign:
    x: float
    y: float
    status: str


_Piece = _Words | _Rule | _Sign


def _shift(grid: Grid) -> int:
    """Return how far titles and columns move to the right for the widest number before a title."""
    font = font_of(11)
    widest = max((font.getlength(row[0]) for band in grid.bands for row in band.rows), default=0)
    return max(0, math.ceil(widest * _WIDER) - _NUMBER)


def _size(grid: Grid) -> tuple[int, int, int]:
    """Return width and height, and where the columns end."""
    end = _LEFT + _shift(grid) + _COLUMN * (len(grid.heads) + 1) + 14
    rows = sum(len(band.rows) + 2 for band in grid.bands) + bool(grid.totals)
    legend = (len(grid.legend) + 3) // 4
    height = _TOP + _ROW * (rows + legend + len(grid.foot) + 2)
    return max(end + 10, _NARROWEST), height, end


def _pieces(grid: Grid) -> Iterator[_Piece]:
    """Lay the picture out."""
    yield _Words(10, 28, grid.title, 18, bold=True)
    yield _Words(10, 48, grid.about, colour=_SOFT)
    shift = _shift(grid)
    middles = [_LEFT + shift + _COLUMN * at + _COLUMN / 2 for at in range(len(grid.heads) + 1)]
    for x, head in zip(middles, (*grid.heads, grid.count), strict=True):
        yield _Words(x + 4, _TOP - 8, _short(head, _HEAD), turned=True)
    y = _TOP
    for band in grid.bands:
        y += 2 * _ROW
        yield _Words(10, y - 6, band.label, 13, bold=True)
        yield _Rule(y, _INK)
        for number, title, marks, count in band.rows:
            yield _Words(10, y + 14, number)
            yield _Words(38 + shift if number else 10, y + 14, _short(title, _TITLE))
            for x, mark in zip(middles, marks, strict=False):
                if mark.status:
                    yield _Sign(x, y + _ROW / 2, mark.status)
                if mark.many > 1:
                    yield _Words(x + 7, y + 8, str(mark.many), 8)
            yield _Words(middles[-1] - 8, y + 14, count)
            y += _ROW
            yield _Rule(y, _RULE)
    if grid.totals:
        for x, total in zip(middles, grid.totals, strict=True):
            yield _Words(x - 6, y + 14, total, bold=True)
        y += _ROW
    y += 2 * _ROW
    for place, (status, word) in enumerate(grid.legend):
        x, line = 20 + place % 4 * 205, y + place // 4 * _ROW
        yield _Sign(x, line, status)
        yield _Words(x + 12, line + 4, word)
    y += _ROW * ((len(grid.legend) + 3) // 4)
    for place, text in enumerate(grid.foot):
        yield _Words(10, y + 6 + place * _ROW, text, colour=_SOFT)


def _short(text: str, longest: int) -> str:
    """Return a text, cut where it is longer than there is room for."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def grid_svg(grid: Grid) -> bytes:
    """Return the picture as SVG."""
    width, height, end = _size(grid)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="{_FONTS}" font-size="11" lang="{grid.lang}">',
        f"<title>{escape(grid.title)}</title>",
        f"<desc>{escape(' '.join([grid.about, *grid.foot]))}</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for piece in _pieces(grid):
        match piece:
            case _Words(x, y, text, size, bold, colour, turned) if text:
                place = (
                    f'transform="translate({x:g} {y:g}) rotate(-90)"'
                    if turned
                    else f'x="{x:g}" y="{y:g}"'
                )
                weight = ' font-weight="600"' if bold else ""
                large = f' font-size="{size}"' if size != 11 else ""
                lines.append(f'<text {place}{large}{weight} fill="{colour}">{escape(text)}</text>')
            case _Rule(y, colour):
                lines.append(f'<path d="M10 {y:g}H{end}" stroke="{colour}"/>')
            case _Sign(x, y, status):
                lines.append(sign_svg(status, x, y))
    return "\n".join([*lines, "</svg>", ""]).encode()


def grid_png(grid: Grid) -> bytes:
    """Return the picture as PNG: equal grids, equal bytes, on any machine with one Pillow.

    :raises UnwritableError: where it would be too large
    """
    width, height, end = _size(grid)
    if (pixels := width * height * _SCALE**2) > _MOST:
        raise UnwritableError(
            told(
                "the picture has {pixels:,} pixels, and a PNG has {most:,} at most",
                pixels=pixels,
                most=_MOST,
            ),
            todo=told("filter what is shown, or take SVG"),
        )
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), "#ffffff")
    draw = ImageDraw.Draw(image)
    for piece in _pieces(grid):
        match piece:
            case _Words() if piece.text:
                _write(image, draw, piece)
            case _Rule(y, colour):
                draw.line(
                    (10 * _SCALE, y * _SCALE, end * _SCALE, y * _SCALE), fill=colour, width=_SCALE
                )
            case _Sign(x, y, status):
                sign = sign_png(status, _SCALE)
                half = sign.width / 2
                image.paste(sign, (round(x * _SCALE - half), round(y * _SCALE - half)))
    made = io.BytesIO()
    # A few colours and their edges: the file is a third of what it is with all colours.
    image.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE).save(made, "PNG")
    return made.getvalue()


def _write(image: Image.Image, draw: ImageDraw.ImageDraw, words: _Words) -> None:
    """Write words, from left to right or from below."""
    size, x, y = words.size * _SCALE, words.x * _SCALE, words.y * _SCALE
    font = font_of(size, "Semibold" if words.bold else "Regular")
    # The font has letters with accents, and no places for accents by themselves.
    text = unicodedata.normalize("NFC", words.text)
    if not words.turned:
        draw.text((x, y), text, words.colour, font, anchor="ls")
        return
    long, high = round(font.getlength(text)) + 2, 2 * size
    strip = Image.new("RGB", (long, high), "#ffffff")
    ImageDraw.Draw(strip).text((0, high * 3 / 4), text, words.colour, font, anchor="ls")
    image.paste(strip.rotate(90, expand=True), (round(x - high * 3 / 4), round(y - long)))

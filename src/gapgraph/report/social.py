"""The card of a gap as a picture, for links that show one: the sentence, the sign, the source.

Equal words give equal bytes, see `gapgraph.report.fonts`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from gapgraph.report.fonts import Font, font_of
from gapgraph.report.model import Count
from gapgraph.report.picture import paste_bar
from gapgraph.report.signs import sign_png
from gapgraph.statuses import colour_of

__all__ = ["SIZE", "Face", "face"]

#: Pixels, as Open Graph's readers show them.
SIZE = (1200, 630)
_PAPER, _INK, _SOFT, _RULE = "#ffffff", "#1d1c1a", "#5f5a51", "#e3ddd1"
_EDGE, _LEFT, _RIGHT, _TOP, _FOOT = 22, 84, 1120, 56, 524
#: Sizes of the sentence, tried from the first; the last is cut where even that does not fit.
_SENTENCE = (48, 44, 40, 36, 32, 28)
_TITLE = (68, 58, 48, 40)

_Word = tuple[str, bool]


@dataclass(frozen=True)
class Face:
    """What a picture shows.

    :param above: the line above: country and plan
    :param title: the subject
    :param sentence: stretches of the sentence, each with whether it decides
    :param status: the name of the status, whose colour and sign it has
    :param word: what the status is called
    :param source: where the sentence stands
    :param counts: topics by status, drawn as a bar in the place of a sentence
    """

    above: str
    title: str
    sentence: tuple[_Word, ...]
    status: str
    word: str
    source: str
    counts: tuple[Count, ...] = ()


def face(shown: Face) -> bytes:
    """Return a picture, as PNG."""
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    colour = colour_of(shown.status).colour
    draw.rectangle((0, 0, _EDGE, SIZE[1]), fill=colour)
    draw.text(
        (_LEFT, _TOP), _cut(shown.above, font_of(28), _RIGHT - _LEFT), _SOFT, font=font_of(28)
    )
    below = _title(draw, shown.title, _TOP + 50)
    if shown.counts:
        paste_bar(image, shown.counts, (_LEFT, below + 40, _RIGHT, below + 130))
    if shown.sentence:
        _sentence(draw, shown.sentence, colour, below + 22)
    draw.line((_LEFT, _FOOT, _RIGHT, _FOOT), fill=_RULE, width=2)
    at = _LEFT
    if shown.word:
        image.paste(sign_png(shown.status, 2), (_LEFT, _FOOT + 37))
        draw.text((_LEFT + 50, _FOOT + 34), shown.word, _INK, font=font_of(32))
        at += 50 + round(font_of(32).getlength(shown.word)) + 40
    source = _cut(shown.source, font_of(24), _RIGHT - at)
    draw.text((_RIGHT - font_of(24).getlength(source), _FOOT + 40), source, _SOFT, font=font_of(24))
    made = io.BytesIO()
    # Few colours: a quarter of the bytes; those that cover most are found soonest, and are nearest.
    image.quantize(64, Image.Quantize.MAXCOVERAGE).save(made, "PNG")
    return made.getvalue()


def _cut(text: str, font: Font, width: float) -> str:
    """Return a text, or its beginning, that is no wider than a width."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text} …") > width:
        text = text[:-1].rstrip()
    return f"{text} …" if text else ""


def _lines(words: Sequence[_Word], font: Font, width: float) -> list[list[_Word]]:
    """Break words into lines."""
    lines: list[list[_Word]] = [[]]
    for word in words:
        if lines[-1] and font.getlength(" ".join([*(w for w, _ in lines[-1]), word[0]])) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


def _title(draw: ImageDraw.ImageDraw, title: str, top: int) -> int:
    """Write the title; return where it ends."""
    words = [(word, False) for word in title.split()]
    for size in _TITLE:
        font = font_of(size, "Bold")
        lines = _lines(words, font, _RIGHT - _LEFT)
        if len(lines) <= 2:
            break
    for line in lines[:3]:
        text = _cut(" ".join(word for word, _ in line), font, _RIGHT - _LEFT)
        draw.text((_LEFT, top), text, _INK, font=font)
        top += round(size * 1.2)
    return top


def _sentence(draw: ImageDraw.ImageDraw, sentence: Sequence[_Word], colour: str, top: int) -> None:
    """Write the sentence in quotation marks, the clause that decides underlined."""
    words = [(word, decides) for text, decides in sentence for word in text.split()]
    words[0] = (f"«{words[0][0]}", words[0][1])
    words[-1] = (f"{words[-1][0]}»", words[-1][1])
    for size in _SENTENCE:
        font, height = font_of(size), round(size * 1.34)
        lines, room = _lines(words, font, _RIGHT - _LEFT), (_FOOT - 20 - top) // height
        if len(lines) <= room:
            break
    else:
        lines = [*lines[: room - 1], [*lines[room - 1][:-1], ("…»", False)]]
    blank = font.getlength(" ")
    for line in lines:
        at = float(_LEFT)
        for place, (word, decides) in enumerate(line):
            width = font.getlength(word)
            if decides:
                joined = place + 1 < len(line) and line[place + 1][1]
                under = top + round(size * 1.16)
                draw.line((at, under, at + width + (blank if joined else 0), under), colour, 4)
            draw.text((at, top), word, _INK, font=font)
            at += width + blank
        top += height

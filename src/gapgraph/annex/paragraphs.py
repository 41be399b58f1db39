"""Cells → paragraphs, and the pieces of a topics cell.

Page breaks: what a cell holds on the next page goes on the last paragraph of the page before,
unless that one had ended (see `_ends`); nothing else is joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gapgraph.annex.records import Text
from gapgraph.annex.table import Cell, Part, squeeze

__all__ = ["MARK", "Chunk", "chunks", "texts"]

#: A mark in a cell.
MARK = re.compile(r"</?[pub]>")
_LABEL = re.compile(r"<u>(.*?)</u>", re.DOTALL)
_INLINE = re.compile(r"</?[ub]>")
_BLOCK = re.compile(r"</?p>")
#: A paragraph has ended when it closes with one of these, quotes and brackets aside.
_END = re.compile(r"[.!?…][\"'”’»)\]]*$")


def _ends(paragraph: str) -> bool:
    """Tell whether a paragraph's last sentence is closed."""
    return bool(_END.search(paragraph))


def _paragraphs(part: Part) -> list[str]:
    """Return the paragraphs of one page's piece of a cell.

    Where the piece has ``<p>`` marks they part it; where it has none, two spaces or more do.
    """
    pieces = _BLOCK.split(part.raw) if "<p>" in part.raw else re.split(r"\s{2,}", part.raw)
    texts = (squeeze(_INLINE.sub("", piece)) for piece in pieces)
    return [text for text in texts if text]


def texts(cell: Cell) -> tuple[Text, ...]:
    """Return the paragraphs of a cell, joined where a page break cut one."""
    found: list[Text] = []
    for part in cell.parts:
        for place, paragraph in enumerate(_paragraphs(part)):
            last = found[-1] if found else None
            if place == 0 and last and part.line != last.lines[-1] and not _ends(last.text):
                found[-1] = Text(f"{last.text} {paragraph}", (*last.lines, part.line))
            else:
                found.append(Text(paragraph, (part.line,)))
    return tuple(found)


@dataclass(frozen=True)
class Chunk:
    """A piece of a topics cell: a topic's label, or words up to the next boundary.

    :param label: whether it is a label
    :param text: its words
    :param line: the line that it stands on
    :param glued: whether only a page break parts it from what stands before
    """

    label: bool
    text: str
    line: int
    glued: bool


def chunks(cell: Cell) -> Iterator[Chunk]:
    """Yield labels and words in order; marks, double spaces and page breaks part the words."""
    for part in cell.parts:
        glued = part is not cell.parts[0]
        for piece in re.split(r"(<u>.*?</u>)|</?p>|\s{2,}", part.raw):
            if piece is None or not piece.strip():
                continue
            found = _LABEL.fullmatch(piece)
            text = squeeze(MARK.sub("", found[1] if found else piece))
            yield Chunk(bool(found), text, part.line, glued)
            glued = False

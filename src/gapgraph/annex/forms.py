"""Tables as files that people open: Excel, Word, a web page, comma-separated text.

Equal tables have equal bytes, and what is written here `gapgraph.grid` reads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

__all__ = ["FORMS", "Leaf", "Line", "Lines", "lines_of", "plain", "written"]


@dataclass(frozen=True)
class Line:
    """A paragraph of a cell."""

    text: str
    underline: bool = False


#: One cell: its paragraphs.
Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Leaf:
    """One table of a file.

    :param name: the name of its sheet
    :param rows: its rows, of equal length
    :param header: the row of its headings, from 1
    :param choices: the words that a column may hold, by its place from 0; others may be written
    :param widths: how wide columns are, in letters
    :param notes: a remark for whoever fills a column, by its place from 0
    """

    name: str
    rows: tuple[tuple[Lines, ...], ...]
    header: int = 1
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    widths: Mapping[int, int] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)


def lines_of(text: str) -> Lines:
    """Return the paragraphs of a plain cell, a line each."""
    return tuple(Line(each) for each in text.split("\n")) if text else ()


def plain(cell: Lines) -> str:
    """Return the text of a cell, a paragraph a line."""
    return "\n".join(line.text for line in cell)


def _csv(leaves: Sequence[Leaf], _: str) -> bytes:
    """Return the first table, without looks."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(map(plain, row) for row in leaves[0].rows)
    return made.getvalue().encode()


def _html(leaves: Sequence[Leaf], language: str) -> bytes:
    parts = [
        f'<!doctype html><html lang="{escape(language or "und")}"><meta charset="utf-8">',
        f"<title>{escape(leaves[0].name)}</title>",
    ]
    for leaf in leaves:
        parts.append("<table>\n")
        for number, row in enumerate(leaf.rows, start=1):
            tag = "th" if number == leaf.header else "td"
            cells = (
                "<br>".join(
                    f"<u>{escape(line.text)}</u>" if line.underline else escape(line.text)
                    for line in cell
                )
                for cell in row
            )
            parts.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>\n")
        parts.append("</table>\n")
    return "".join([*parts, "</html>\n"]).encode()


def _office(leaves: Sequence[Leaf], form: str) -> bytes:
    """Write an office file; the libraries for them take half a second, and wait for the first."""
    from gapgraph.annex.office import WRITERS, check  # noqa: PLC0415

    check(leaves)
    return WRITERS[form](leaves)


_WRITERS: Mapping[str, Callable[[Sequence[Leaf], str], bytes]] = {
    "xlsx": lambda leaves, _: _office(leaves, "xlsx"),
    "docx": lambda leaves, _: _office(leaves, "docx"),
    "html": _html,
    "csv": _csv,
}
#: The forms that a table is written in, by suffix.
FORMS = tuple(_WRITERS)


def written(form: str, leaves: Sequence[Leaf], language: str = "") -> bytes:
    """Return tables as a file.

    :param form: one of ``FORMS``
    :param leaves: the tables, the one with the comparison first
    :param language: BCP 47 tag of the words
    :raises InputError: for a sign that office files cannot hold
    """
    return _WRITERS[form](leaves, language)

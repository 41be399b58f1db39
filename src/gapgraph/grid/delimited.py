"""Tables as text (``.csv``, ``.tsv``): encoding, delimiter and quoting are found out and told."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.files import normalise
from gapgraph.grid.model import Cell, Grid, GridLimits, Run, paragraphs_of, plain_cell
from gapgraph.told import told
from gapgraph.unicode import marked_encoding

__all__ = ["decoded", "delimited_grid", "read_delimited"]

#: In the order of preference where two part a text as well.
_DELIMITERS = ("\t", ";", ",", "|")
_NAMES = {
    "\t": told("tab"),
    ";": told("semicolon"),
    ",": told("comma"),
    "|": told("vertical bar"),
}
#: What no text of people holds.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
#: How many rows are looked at to find the delimiter out.
_LOOKED_AT = 200


def decoded(path: Path, content: bytes) -> tuple[str, str]:
    """Return a text file's normalised text, and the name of its encoding.

    A byte order mark decides; else UTF-8 where the bytes are; else UTF-16 where every other byte is
    zero, as in texts of Latin letters; else Windows-1252, what spreadsheets of the West write.

    :raises InputError: where it is no text
    """
    marked = marked_encoding(content)
    if marked is not None:
        return _decode(path, content, *marked), marked[1]
    if b"\0" in content[:4096]:
        even, odd = content[:4096:2].count(0), content[1:4096:2].count(0)
        if max(even, odd) > 4 * min(even, odd) + 1:
            codec = "utf-16-be" if even > odd else "utf-16-le"
            return _decode(path, content, codec, "UTF-16"), "UTF-16"
        raise InputError(
            told("is binary, not text"), todo=told("save the table as UTF-8 text"), file=path
        )
    try:
        content.decode("utf-8")
        return _decode(path, content, "utf-8", "UTF-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decode(path, content, "cp1252", "Windows-1252"), "Windows-1252"


def _decode(path: Path, content: bytes, codec: str, name: str) -> str:
    try:
        text = normalise(content.decode(codec))
    except UnicodeDecodeError as error:
        raise InputError(
            told("byte {start} is not {name}", start=error.start, name=name),
            todo=told("save the table as UTF-8 text"),
            file=path,
            line=content[: error.start].count(b"\n") + 1,
        ) from None
    found = _CONTROL.search(text)
    if found:
        raise InputError(
            told(
                "holds the control character U+{sign:04X}: it is binary, not text",
                sign=ord(found[0]),
            ),
            todo=told("save the table as UTF-8 text"),
            file=path,
            line=text[: found.start()].count("\n") + 1,
        )
    return text


def read_delimited(path: Path, content: bytes, limits: GridLimits) -> list[Grid]:
    """Return the one table of a delimited text.

    :param content: the bytes of the file
    :raises InputError: where it is no text, or a quotation mark is never closed
    """
    text, encoding = decoded(path, content)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    notes = [
        told(
            "read as {encoding} with {delimiter} between cells",
            encoding=encoding,
            delimiter=_NAMES[delimiter],
        )
    ]
    return [delimited_grid(path, text, limits, delimiter=delimiter, notes=notes)]


def delimited_grid(
    path: Path,
    text: str,
    limits: GridLimits,
    *,
    delimiter: str,
    notes: Sequence[str],
    first_line: int = 1,
) -> Grid:
    """Return the grid of a delimited text.

    :param first_line: the line of the file on which the text begins
    :raises InputError: for too many cells, or a quotation mark that is never closed
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    records: list[tuple[int, list[str]]] = []
    before, count = 0, 0
    csv.field_size_limit(max(limits.file_bytes, csv.field_size_limit()))
    for record in reader:
        line, before = before + first_line, reader.line_num
        count += len(record)
        if count > limits.cells:
            raise InputError(
                told("holds over {cells} cells", cells=limits.cells),
                todo=told("give the table alone"),
                file=path,
            )
        if any(value.strip() for value in record):
            records.append((line, record))
    if records and _unclosed(records[-1][1], text, delimiter):
        raise InputError(
            told("a quotation mark is never closed: the rest of the file stands in one cell"),
            todo=told('close it, or write it twice ("") inside a quoted cell'),
            file=path,
            line=records[-1][0],
        )
    width = max((len(record) for _, record in records), default=0)
    marked = any("<p>" in value or "<u>" in value for _, row in records for value in row)
    read = _marked_cell if marked else plain_cell
    rows = tuple(
        tuple(
            read(
                record[column] if column < len(record) else "",
                f"line {line}, column {column + 1}",
                line,
            )
            for column in range(width)
        )
        for line, record in records
    )
    return Grid("", rows, notes=tuple(notes))


def _marked_cell(text: str, place: str, row: int) -> Cell:
    """Return a cell that holds the marks of `gapgraph export table`: ``<p>``, ``<u>``, ``<b>``."""
    groups: list[list[Run]] = [[]]
    bold = underline = False
    for piece in re.split(r"(</?[pub]>)", text):
        if piece in {"<p>", "</p>"}:
            groups.append([])
        elif piece in {"<b>", "</b>"}:
            bold = piece == "<b>"
        elif piece in {"<u>", "</u>"}:
            underline = piece == "<u>"
        else:
            groups[-1].append(Run(piece, bold, underline))
    return Cell(place, paragraphs_of(groups), row)


def _unclosed(record: list[str], text: str, delimiter: str) -> bool:
    """Tell whether the last record ends within quotation marks."""
    if not record or "\n" not in record[-1]:
        return False
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _delimiter(text: str) -> str:
    """Return the delimiter that parts the most rows alike."""

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths: Counter[int] = Counter()
        try:
            for record, _ in zip(reader, range(_LOOKED_AT), strict=False):
                if record:
                    widths[len(record)] += 1
        except csv.Error:
            return (0.0, 0)
        if not widths:
            return (0.0, 0)
        width, times = widths.most_common(1)[0]
        alike = times / widths.total()
        return (alike if width > 1 else 0.0, width)

    # Of those that part nearly all rows alike, the one that gives the most columns.
    scores = {delimiter: score(delimiter) for delimiter in _DELIMITERS}
    best = max(alike for alike, _ in scores.values())
    return max(
        (delimiter for delimiter in _DELIMITERS if scores[delimiter][0] >= best - 0.1),
        key=lambda delimiter: (scores[delimiter][1], -_DELIMITERS.index(delimiter)),
    )

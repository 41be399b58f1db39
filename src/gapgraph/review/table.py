"""The table of a review: what is doubtful, with columns to fill; written, and read when filled.

A row names its thing by its IRI, and its text by the text's key: a decision is about that text.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gapgraph.errors import InputError, UsageError
from gapgraph.grid import place_told, read_grids
from gapgraph.intake.problems import Problem, problem_line
from gapgraph.messages import Message, translate
from gapgraph.queries.formats import FORMATS as QUERY_FORMATS
from gapgraph.report.asking import Asker
from gapgraph.texts import LANGUAGES
from gapgraph.told import joined, told
from gapgraph.unicode import comparable

__all__ = [
    "DECIDED",
    "FORMS",
    "MEDIA",
    "Decision",
    "of_topic",
    "queue",
    "read_decisions",
    "told_in",
]

#: The columns that say what is doubtful, by the column of the query ``review-queue``.
_GIVEN = {
    "directiveIdentifier": Message("Directriz"),
    "doubt": Message("Qué duda"),
    "text": Message("Texto"),
    "kindLabel": Message("Clase, según las reglas"),
    "topicLabels": Message("Temas, según las reglas"),
    "rules": Message("Reglas"),
}
#: The columns to fill.
_FILLED = {
    "cut": Message("Corte"),
    "kind": Message("Clase del enunciado"),
    "topics": Message("Temas"),
    "mitigation": Message("Atenúa"),
    "status": Message("Estado"),
    "reason": Message("Razón"),
    "reviewer": Message("Quien revisa"),
    "date": Message("Fecha"),
}
#: The columns that say what a row is about.
_NAMED = {"item": Message("Cosa (IRI)"), "textKey": Message("Clave del texto")}
#: What a table of one topic says beside.
_STATUS, _VERSION = Message("Estado, según la lectura"), Message("Versión de los datos")
_DISAGREED = Message("alguien no está de acuerdo")
#: What is decided of a thing, of the columns to fill.
DECIDED = ("cut", "kind", "topics", "mitigation", "status")

_DOUBTS = {
    "unread": Message("sin leer"),
    "omissionWithoutTopic": Message("dice que algo falta y no tiene tema"),
    "withoutTopic": Message("no tiene tema"),
    "topicWithoutStatement": Message("tema con elemento y sin ningún enunciado leído"),
    "weakLink": Message("una sola regla débil lo une con su tema"),
}
#: What a spreadsheet takes for a formula where it begins a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Decision:
    """What a person decided of a thing.

    :param item: the IRI of the statement or topic
    :param key: the key of the text that was read
    :param text: that text
    :param decided: what was decided, by the names of `DECIDED`; columns left empty are not there
    :param place: where it stands in its file
    :param places: where each of its cells stands, by the name of the column
    """

    item: str
    key: str
    text: str
    decided: Mapping[str, str]
    reason: str
    reviewer: str
    date: str
    place: str
    places: Mapping[str, str] = field(default_factory=dict)


def queue(asker: Asker, form: str) -> bytes:
    """Return what is doubtful of an analysis, the most doubtful first.

    :param form: one of `FORMS`
    """
    heads = [translate(each, asker.lang) for each in (_GIVEN | _FILLED | _NAMED).values()]
    rows = []
    for row in asker.about("review-queue"):
        given = [row[name] for name in _GIVEN]
        given[1] = translate(_DOUBTS[row["doubt"]], asker.lang)
        rows.append([*given, *("" for _ in _FILLED), *(row[name] for name in _NAMED)])
    return FORMS[form](heads, rows, asker.lang)


def of_topic(asker: Asker, topic: str, version: str, form: str) -> bytes:
    """Return the table of one topic and of what is said of it, for who does not agree.

    :param topic: the IRI of the topic
    :param version: the version of the data that the reader saw
    :param form: one of `FORMS`
    """
    heads = [
        translate(each, asker.lang)
        for each in (*_GIVEN.values(), _STATUS, *(_FILLED | _NAMED).values(), _VERSION)
    ]
    rows = []
    for row in asker.ask("topic-to-review", topic=(topic,)):
        cells = {name: row[name] for name in _GIVEN if name != "doubt"}
        cells["doubt"] = translate(_DISAGREED, asker.lang)
        named = [row[name] for name in _NAMED]
        empty = ["" for _ in _FILLED]
        given = [cells[name] for name in _GIVEN]
        rows.append([*given, row["statusLabel"], *empty, *named, version])
    return FORMS[form](heads, rows, asker.lang)


def _as_xlsx(heads: Sequence[str], rows: Sequence[Sequence[str]], lang: str) -> bytes:
    # The library for workbooks waits until somebody asks for one.
    from gapgraph.report.workbook import Sheet, written  # noqa: PLC0415

    title = translate(Message("Revisión"), lang)
    sheet = Sheet(title, "", [(head, "") for head in heads], [list(row) for row in rows])
    return written([sheet])


def _as_tsv(heads: Sequence[str], rows: Sequence[Sequence[str]], _: str) -> bytes:
    """Return a table with tabs; where a cell would be a formula, a mark stands before it."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter="\t", lineterminator="\n")
    for row in (heads, *rows):
        cells = (" · ".join(cell.splitlines()) for cell in row)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return made.getvalue().encode()


#: The forms of the table, by their suffix.
FORMS = {"xlsx": _as_xlsx, "tsv": _as_tsv}
#: Their media types.
MEDIA = {
    "xlsx": QUERY_FORMATS["xlsx"].media_type,
    "tsv": "text/tab-separated-values; charset=utf-8",
}


def _columns(cells: Sequence[str], path: Path) -> dict[str, int]:
    """Return where each column stands, by its heading in any language.

    :raises InputError: where one is missing
    """
    every = _GIVEN | _FILLED | _NAMED
    places = {comparable(text).casefold(): place for place, text in enumerate(cells)}
    found: dict[str, int] = {}
    for name, head in every.items():
        for lang in LANGUAGES:
            place = places.get(comparable(translate(head, lang)).casefold())
            if place is not None:
                found.setdefault(name, place)
    missing = [head for name, head in every.items() if name not in found and name not in _GIVEN]
    if missing:
        raise InputError(
            told("lacks the columns {missing}", missing=", ".join(missing)),
            todo=told(
                "fill in what `gapgraph review queue` writes, and leave its headings as they are"
            ),
            file=path,
        )
    return found


def read_decisions(path: Path) -> list[Decision]:
    """Return the decisions of a filled table; rows in which nothing is decided are left out.

    :raises InputError: where it cannot be read, or is no such table
    :raises UsageError: naming every row that is wrong, with its place
    """
    found, problems = told_in(path)
    if problems:
        raise UsageError(joined("; ", map(problem_line, problems)))
    return found


def told_in(path: Path) -> tuple[list[Decision], list[Problem]]:
    """Return the decisions of a filled table, and everything that is wrong with them.

    :raises InputError: where it cannot be read, or is no such table
    """
    head, *rows = read_grids(path)[0].rows
    at = _columns([cell.text for cell in head], path)
    found: dict[tuple[str, str], Decision] = {}
    problems = []
    for row in rows:
        cells = {name: row[place].text.strip() for name, place in at.items()}
        decided = {name: cells[name] for name in DECIDED if cells[name]}
        if not decided:
            continue
        place = f"{path}: {row[at['reviewer']].place}"
        one = Decision(
            cells["item"],
            cells["textKey"],
            cells.get("text", ""),
            decided,
            cells["reason"],
            cells["reviewer"],
            cells["date"],
            place,
            {name: f"{path}: {row[column].place}" for name, column in at.items()},
        )
        problems += _problems(one)
        earlier = found.setdefault((one.item, one.reviewer), one)
        if earlier is not one:
            problems.append(
                Problem(
                    place,
                    one.item,
                    told("was decided above ({place})", place=place_told(earlier.place)),
                    told("keep one row"),
                )
            )
    return list(found.values()), problems


def _problems(one: Decision) -> list[Problem]:
    """Return what is wrong with a decision, whatever it is about."""
    found = []
    if not one.item or not one.key:
        found.append(
            Problem(one.place, one.text, told("names no thing or no key"), told("leave them in"))
        )
    if not one.reviewer:
        found.append(
            Problem(one.place, one.item, told("has no reviewer"), told("write who decided"))
        )
    try:
        datetime.date.fromisoformat(one.date[:10])
    except ValueError:
        found.append(
            Problem(
                one.places["date"], one.date, told("is no date"), told("write when, as 2026-11-27")
            )
        )
    return found

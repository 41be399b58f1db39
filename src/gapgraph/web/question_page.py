"""What the page of a stored query shows: its sentence as a form, its answer, and the whole."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gapgraph.namespaces import BASE
from gapgraph.queries.collation import sort_key
from gapgraph.queries.fields import LISTS
from gapgraph.queries.formats.tables import NUMBERS, shown
from gapgraph.queries.result import Result, Row
from gapgraph.queries.results import run, write
from gapgraph.queries.stored import StoredQuery
from gapgraph.texts import Text
from gapgraph.web.choices import Field
from gapgraph.web.language import Language, gettext, language, said
from gapgraph.web.links import link, short
from gapgraph.web.options import Options
from gapgraph.web.pages.status import mark, marks
from gapgraph.web.service import Service

__all__ = ["Cell", "Head", "Piece", "as_data", "excerpt", "groups", "pieces", "table", "whole"]

#: How many lines of Turtle are shown of a graph.
_LINES = 40


@dataclass(frozen=True)
class Piece:
    """Words of the sentence, and the field after them; none after the last."""

    words: str
    field: Field | None


def pieces(query: StoredQuery, fields: Sequence[Field], lang: Language) -> tuple[Piece, ...]:
    """Return a query's sentence with a field at each place, and no field twice."""
    left = {each.parameter.name: each for each in fields}
    return tuple(Piece(words, left.pop(name, None)) for words, name in query.header.pieces(lang))


def as_data(query: StoredQuery) -> dict[str, object]:
    """Return a query as a script binds values to it: pieces of its text, and its parameters.

    The rules of each type are those of `gapgraph.queries.binding`.
    """
    parts: list[object] = []
    end = 0
    for block in query.blocks:
        parameter = query.parameter(block.name)
        parts += [
            query.text[end : block.start],
            {
                "name": parameter.name,
                "kind": parameter.kind,
                "label": said(parameter.label),
                "optional": parameter.optional,
                "usual": query.text[block.start : block.end],
            },
        ]
        end = block.end
    parts.append(query.text[end:])
    return {
        "pieces": parts,
        "columns": {
            each.name: {"label": said(each.label), "between": LISTS.get(each.list, "")}
            for each in query.header.columns
        },
    }


@dataclass(frozen=True)
class Head:
    """A heading of the table.

    :param aside: whether its column is folded away at first: it has addresses, and no words
    """

    label: str
    note: str
    number: bool
    aside: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of the table.

    :param texts: what it says, and where each part leads; nowhere if empty
    :param lang: the language of its words, where it is not that of the page
    :param status: the short name of the coverage status that it is, which has a sign of its own
    :param pointer: whether its words are but the end of an address
    """

    texts: tuple[tuple[str, str], ...] = ()
    lang: str = ""
    status: str = ""
    number: bool = False
    pointer: bool = False


def table(result: Result, lang: Language) -> tuple[list[Head], list[list[Cell]]]:
    """Return a result as people read it: names for IRIs, signs for statuses.

    Columns that only point somewhere are aside where others have words.
    """
    columns = result.shown()
    rows = []
    for row in result.rows:
        first = _first_to_say(row, columns)
        rows.append([_cell(row, place, of, lang, first=place in first) for place, of in columns])
    aside = [_only_points([row[at] for row in rows]) for at in range(len(columns))]
    folded = aside.count(False) > 1
    heads = []
    for at, (place, of) in enumerate(columns):
        column = result.columns[place if of is None else of]
        cells = [row[place] for row in result.rows if row[place] is not None]
        number = bool(cells) and all(each and each.datatype in NUMBERS for each in cells)
        heads.append(
            Head(said(column.label), said(column.description), number, folded and aside[at])
        )
    return heads, rows


def _first_to_say(row: Row, columns: Sequence[tuple[int, int | None]]) -> set[int]:
    """Return the columns of names that say what no text of the row says, and no name before."""
    seen = {row[place] for place, of in columns if of is None}
    found = set()
    for place, of in columns:
        if of is not None and row[place] not in seen:
            found.add(place)
            seen.add(row[place])
    return found


def _only_points(cells: Sequence[Cell]) -> bool:
    """Tell whether most of a column is but addresses, cut short."""
    filled = [each for each in cells if each.texts]
    return sum(each.pointer for each in filled) * 2 > len(filled)


def _cell(row: Row, place: int, of: int | None, lang: Language, *, first: bool) -> Cell:
    """Return a cell; a label takes the link of what it labels.

    :param first: whether it is the first of its row to say what it says
    """
    term = row[place]
    node = row[of] if of is not None else term
    if term is None and node is None:
        return Cell()
    # What another cell says already is only pointed at.
    again = of is not None and not first
    named = node if again else term or node
    words = shown(named, lang)
    told = term.language if term and term.language != lang else ""
    if node is not None and node.kind == "uri":
        status = (
            mark(node.value).name if node.value in {each.iri for each in marks().values()} else ""
        )
        pointer = not status and named is not None and named.kind == "uri"
        return Cell(((words, link(node.value)),), told, status, pointer=pointer)
    parts = words.split(" ")
    if all(part.startswith(BASE) for part in parts):
        return Cell(tuple((short(part), link(part)) for part in parts), pointer=True)
    return Cell(((words, ""),), told, number=bool(term and term.datatype in NUMBERS))


def excerpt(result: Result) -> tuple[str, bool]:
    """Return the first lines of a graph in Turtle, and whether there are more."""
    lines = b"".join(write(result, "ttl")).decode().splitlines()
    # Prefixes and facts about the answer stand first; a reader wants triples.
    start = next((i for i, line in enumerate(lines) if line and line[0] not in "#@P"), 0)
    return "\n".join(lines[start : start + _LINES]), len(lines) > start + _LINES


def whole(
    service: Service, query: StoredQuery, result: Result, options: Options
) -> tuple[int, str] | None:
    """Return how many rows there are of what the answer is a part of, and what they are.

    That is what the header names, else all that the query gives where nothing narrows it; where
    nothing does, the answer is the whole.
    """
    values = {name: given for name, given in result.values.items() if given}
    required = {each.name for each in query.header.parameters if not each.optional}
    if query.header.whole:
        name, label = query.header.whole.query, said(query.header.whole.label)
        given = {key: value for key, value in values.items() if key == "analysis"}
    elif options.filters or set(values) - required:
        name, label = query.id, gettext("filas")
        given = {key: value for key, value in values.items() if key in required}
    else:
        return None
    return _total(service, name, given), label


def _total(service: Service, name: str, given: Mapping[str, Sequence[str]]) -> int:
    """Count the rows of a query; kept where it is asked with its defaults."""
    query = service.catalogue[name]

    def count() -> int:
        return run(service.store, service.catalogue, name, given).total

    if all(tuple(value) == query.parameter(key).default for key, value in given.items()):
        return service.once(("total", name), count)
    return count()


def groups(
    queries: Sequence[StoredQuery], tags: Mapping[str, Text]
) -> list[tuple[str, list[StoredQuery]]]:
    """Return queries by their first tag, under its heading, in the order of their names.

    :param tags: the tags of the dictionary, in the order of their groups
    """
    ranked = {name: place for place, name in enumerate(tags)}

    def rank(query: StoredQuery) -> tuple[int, str]:
        tag = query.header.tags[0]
        return ranked.get(tag, len(ranked)), query.header.keywords[0][language()]

    named = sorted(queries, key=lambda query: sort_key(said(query.header.summary)))
    grouped = itertools.groupby(sorted(named, key=rank), key=rank)
    return [(heading, list(members)) for (_, heading), members in grouped]

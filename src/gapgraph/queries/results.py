"""Queries asked: bound, answered, labelled, filtered, sorted and paged, with exact totals.

Filtering and sorting happen here and not in the query, so that they are the same on every
engine.  Nothing is ever cut: without ``limit`` all rows come, and ``total`` counts them all.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from gapgraph.errors import UsageError
from gapgraph.queries.binding import bind, check_values
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.collation import fold, sort_key
from gapgraph.queries.formats import FORMATS, Format, formats_of, write
from gapgraph.queries.header import Bilingual, Column
from gapgraph.queries.result import Result, Row, Triple, plain_column
from gapgraph.queries.stored import StoredQuery
from gapgraph.store.answers import Answer, Term
from gapgraph.store.embedded import parse_query
from gapgraph.store.scan import scan

__all__ = ["FORMATS", "Engine", "Format", "Result", "ask", "formats_of", "run", "write"]

#: Deeper brackets than this end the process of the engine, which recurs (measured from 800 on).
_DEPTH = 100
_FILTER = re.compile(r"(\w+)(<=|>=|!=|=|<|>|:)(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
#: Labels of nodes: by the language asked for, Spanish, others; then by property, the best first.
_LABELS = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX gg: <https://w3id.org/gapgraph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?node ?rank ?label WHERE {{
  VALUES ?node {{ {nodes} }}
  VALUES (?property ?rank) {{
    (skos:prefLabel 1) (rdfs:label 2) (dcterms:title 3) (gg:literalLabel 4) (gg:text 5)
  }}
  ?node ?property ?label .
}}"""


class Engine(Protocol):
    """What answers queries: the embedded engine, a worker or one at a distance."""

    @property
    def version(self) -> str:
        """The version of its dataset."""

    def select(self, query: str) -> Answer:
        """Answer a SELECT."""

    def construct(self, query: str) -> tuple[Triple, ...]:
        """Answer a CONSTRUCT or DESCRIBE."""

    def ask(self, query: str) -> bool:
        """Answer an ASK."""


def run(
    store: Engine,
    catalogue: Catalogue,
    name: str,
    values: Mapping[str, Sequence[str]],
    *,
    limit: int | None = None,
    offset: int = 0,
    sort: Sequence[str] = (),
    filters: Sequence[str] = (),
    lang: str = "es",
    labels: bool = False,
) -> Result:
    """Ask a stored query.

    :param name: its id
    :param values: values by parameter; those left out keep their defaults
    :param limit: how many rows to give; all if none
    :param offset: how many rows to leave out first
    :param sort: columns to sort by, ``-`` before one that falls; after them the query's own order
    :param filters: conditions that all hold: ``column:words`` (contains, accents and case aside),
        ``column=value``, and likewise ``!= < > <= >=``
    :param lang: the language of labels
    :param labels: whether to put a column of labels beside each column of IRIs
    :raises NotFoundError: where there is no such query
    :raises UsageError: for parameters, columns or numbers that are wrong
    """
    query = catalogue[name]
    text, checked = bind(query, values), check_values(query, values)
    result = _answer(
        store,
        text,
        query.form,
        query=query,
        values=checked,
        limit=limit,
        offset=offset,
        sort=sort,
        filters=filters,
        lang=lang,
        labels=labels,
    )
    return replace(result, called=_called(store, query, checked, lang))


def _called(
    store: Engine, query: StoredQuery, values: Mapping[str, tuple[str, ...]], lang: str
) -> dict[str, str]:
    """Return the labels of the IRIs that a query's sentence speaks of."""
    spoken = query.header.spoken()
    nodes = [
        (Term("uri", value),)
        for each in query.header.parameters
        if each.kind == "iri" and each.name in spoken
        for value in values[each.name]
    ]
    return {node.value: label.value for node, label in _labels(store, nodes, lang).items() if node}


def ask(
    store: Engine,
    text: str,
    *,
    limit: int | None = None,
    offset: int = 0,
    sort: Sequence[str] = (),
    filters: Sequence[str] = (),
    lang: str = "es",
    labels: bool = False,
) -> Result:
    """Ask a query of somebody's own; the options are those of `run`.

    :raises UsageError: for a query that is not valid SPARQL, that would call another endpoint,
        or whose brackets nest too deep for the engine
    """
    if scan(text, base="", depth=_DEPTH).services:
        raise UsageError("the query calls SERVICE", todo="ask of this dataset only")
    form, _ = parse_query(text)
    return _answer(
        store,
        text,
        form,
        query=None,
        values={},
        limit=limit,
        offset=offset,
        sort=sort,
        filters=filters,
        lang=lang,
        labels=labels,
    )


def _answer(
    store: Engine,
    text: str,
    form: str,
    *,
    query: StoredQuery | None,
    values: Mapping[str, tuple[str, ...]],
    limit: int | None,
    offset: int,
    sort: Sequence[str],
    filters: Sequence[str],
    lang: str,
    labels: bool,
) -> Result:
    """Ask, and give the page that is wanted."""
    if offset < 0 or (limit is not None and limit < 0):
        raise UsageError("limit and offset are counts", todo="give 0 or more")
    if form != "SELECT":
        if sort or filters or offset or limit is not None:
            raise UsageError(
                f"a {form} query has no rows", todo="leave out limit, offset, sort and filter"
            )
        if form == "ASK":
            return Result(
                boolean=store.ask(text),
                query=query,
                text=text,
                values=values,
                dataset=store.version,
            )
        triples = tuple(sorted(set(store.construct(text))))
        return Result(
            triples=triples,
            total=len(triples),
            query=query,
            text=text,
            values=values,
            dataset=store.version,
        )
    answer = store.select(text)
    described = {each.name: each for each in query.header.columns} if query else {}
    columns = tuple(described.get(name) or plain_column(name) for name in answer.variables)
    rows: Sequence[Row] = answer.rows
    if labels or lang != "es":
        columns, rows = _labelled(store, columns, rows, lang, add=labels)
    for condition in filters:
        rows = _filtered(condition, columns, rows)
    for key in reversed(sort):
        rows = _sorted(key, columns, rows)
    page = rows[offset:] if limit is None else rows[offset : offset + limit]
    return Result(
        columns=columns,
        rows=tuple(page),
        total=len(rows),
        query=query,
        text=text,
        values=values,
        offset=offset,
        limit=limit,
        dataset=store.version,
    )


def _place(name: str, columns: Sequence[Column], parameter: str) -> int:
    """Return where a column stands.

    :param parameter: the parameter that names it, for messages
    """
    names = [each.name for each in columns]
    if name not in names:
        raise UsageError(
            f"there is no column {name[:60]!r}",
            todo=f"use {', '.join(names)}",
            parameter=parameter,
        )
    return names.index(name)


def _number(value: str) -> Decimal | None:
    """Return a text as a number, where it is a finite one."""
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _filtered(condition: str, columns: Sequence[Column], rows: Sequence[Row]) -> list[Row]:
    """Return the rows that meet a condition."""
    match = _FILTER.fullmatch(condition)
    if match is None:
        raise UsageError(
            f"{condition[:60]!r} is not a condition",
            todo="write column:words, column=value, column!=value or column>value",
            parameter="filter",
        )
    name, sign, wanted = match.groups()
    place = _place(name, columns, "filter")

    def holds(term: Term | None) -> bool:
        value = term.value if term else ""
        if sign == ":":
            return fold(wanted) in fold(value)
        if sign in {"=", "!="}:
            return _COMPARE[sign](value, wanted)
        number, other = _number(value), _number(wanted)
        if number is not None and other is not None:
            return _COMPARE[sign](number, other)
        return term is not None and _COMPARE[sign](sort_key(value), sort_key(wanted))

    return [row for row in rows if holds(row[place])]


def _sorted(key: str, columns: Sequence[Column], rows: Sequence[Row]) -> list[Row]:
    """Return rows sorted by a column; equal ones stay in order, unbound ones come last."""
    falling = key.startswith("-")
    place = _place(key.removeprefix("-"), columns, "sort")
    bound = [row for row in rows if row[place] is not None]

    def rank(row: Row) -> tuple[int, Decimal, object]:
        term = row[place]
        assert term is not None
        number = _number(term.value) if term.datatype else None
        return (1, Decimal(0), sort_key(term.value)) if number is None else (0, number, ())

    bound.sort(key=rank, reverse=falling)
    return bound + [row for row in rows if row[place] is None]


def _labelled(
    store: Engine, columns: tuple[Column, ...], rows: Sequence[Row], lang: str, *, add: bool
) -> tuple[tuple[Column, ...], list[Row]]:
    """Give the labels of a result in the language asked for.

    A column ``xLabel`` holds the labels of the column ``x``: it is there, and its labels are put
    in that language, or it is added beside each column of IRIs that has none.
    """
    labels = _labels(store, rows, lang)
    names = [each.name for each in columns]
    #: Each column, the place it is read from, and whether what is read are the labels of that.
    wide: list[tuple[Column, int, int | None]] = []
    for place, column in enumerate(columns):
        of = column.name.removesuffix("Label")
        wide.append((column, place, names.index(of) if of != column.name and of in names else None))
        named = {f"{column.name}Label", f"{column.name}Text"} & {*names}
        if add and not named and _holds_iris(rows, place):
            label = Bilingual(f"{column.label.es} (rótulo)", f"{column.label.en} (label)")
            wide.append((Column(f"{column.name}Label", label, column.description), -1, place))
    return tuple(column for column, _, _ in wide), [
        tuple(_cell(row, place, of, labels) for _, place, of in wide) for row in rows
    ]


def _holds_iris(rows: Sequence[Row], place: int) -> bool:
    """Tell whether a column holds any IRI."""
    return any(term is not None and term.kind == "uri" for term in (row[place] for row in rows))


def _cell(row: Row, place: int, of: int | None, labels: Mapping[Term | None, Term]) -> Term | None:
    """Return a cell, or the label of another."""
    given = row[place] if place >= 0 else None
    return given if of is None else labels.get(row[of], given)


def _labels(store: Engine, rows: Sequence[Row], lang: str) -> dict[Term | None, Term]:
    """Return the best label of every IRI that has one."""
    nodes = sorted({term.value for row in rows for term in row if term and term.kind == "uri"})
    best: dict[Term | None, tuple[tuple[int, int, str], Term]] = {}
    for start in range(0, len(nodes), 500):
        listed = " ".join(f"<{each}>" for each in nodes[start : start + 500])
        for node, rank, label in store.select(_LABELS.format(nodes=listed)).rows:
            if node is None or rank is None or label is None or label.kind != "literal":
                continue
            order = [lang, "es"].index(label.language) if label.language in {lang, "es"} else 2
            # A label in the language asked for is worth more than a better property.
            key = (order, int(rank.value), label.value)
            if node not in best or key < best[node][0]:
                best[node] = (key, label)
    return {node: label for node, (_, label) in best.items()}

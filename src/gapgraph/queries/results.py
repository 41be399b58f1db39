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
from typing import Any

from gapgraph.errors import UsageError
from gapgraph.queries.binding import bind, check_values, refusal, shown, whether
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.collation import fold, sort_key
from gapgraph.queries.fields import Choices, Column, Dictionary, Parameter
from gapgraph.queries.formats import FORMATS, Format, formats_of, write
from gapgraph.queries.header import Need
from gapgraph.queries.labels import labelled, labels_of
from gapgraph.queries.lists import ordered
from gapgraph.queries.result import Result, Row, plain_column, truths
from gapgraph.queries.stored import StoredQuery
from gapgraph.store.answers import Term
from gapgraph.store.embedded import parse_query
from gapgraph.store.engine import Engine
from gapgraph.store.scan import scan
from gapgraph.texts import SOURCE
from gapgraph.told import told
from gapgraph.unicode import comparable

__all__ = ["FORMATS", "Format", "Result", "ask", "formats_of", "listed", "run", "write"]

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
    lang: str = SOURCE,
    labels: bool = False,
    own_labels: bool = False,
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
    :param own_labels: whether a topic keeps the table's label where only its concept has one in
        that language
    :raises NotFoundError: where there is no such query
    :raises UsageError: for parameters, columns or numbers that are wrong
    """
    query = catalogue[name]
    text, checked = bind(query, values), check_values(query, values)
    lists = _lists(store, catalogue, query, checked, lang)
    _check_listed(query, checked, lists)
    result = _answer(
        store,
        text,
        query.form,
        query=query,
        dictionary=catalogue.dictionary,
        values=checked,
        limit=limit,
        offset=offset,
        sort=sort,
        filters=filters,
        lang=lang,
        labels=labels,
        lent=not own_labels,
    )
    called = {**_called(store, query, checked, lang), **_chosen(query, lists)}
    return replace(result, called=called, missing=_missing(store, query, result, checked))


def listed(
    store: Engine,
    catalogue: Catalogue,
    choices: Choices,
    values: Mapping[str, Sequence[str]],
    lang: str,
) -> list[tuple[str, str, str]]:
    """Ask the query that lists the choices of a parameter.

    :param values: values by parameter, of which the analyses asked about narrow the list
    :return: each value that is there, with its label and its number, empty where it has none
    """
    source = catalogue[choices.query]
    takes = {each.name for each in source.header.parameters}
    about = {name: values[name] for name in ("analysis",) if name in takes and values.get(name)}
    result = run(store, catalogue, source.id, about, lang=lang)
    columns = [choices.value, choices.label, choices.number]
    places = [result.names.index(name) if name else None for name in columns]
    found = [
        tuple(term.value if place is not None and (term := row[place]) else "" for place in places)
        for row in result.rows
    ]
    return [(value, label, number) for value, label, number in found if value]


def _lists(
    store: Engine,
    catalogue: Catalogue,
    query: StoredQuery,
    values: Mapping[str, tuple[str, ...]],
    lang: str,
) -> dict[str, list[tuple[str, str, str]]]:
    """Ask for the choices that the values given are held against or called by, each once."""
    return {
        each.name: listed(store, catalogue, each.choices, values, lang)
        for each in query.header.parameters
        if values[each.name]
        and each.kind != "iri"
        and each.choices
        and each.choices.query
        and (each.listed or _called_by_label(query, each))
    }


def _called_by_label(query: StoredQuery, parameter: Parameter) -> bool:
    """Tell whether a query's sentence calls a parameter's values by their labels.

    A value that people number or identify things by is spoken of as it is.
    """
    choices = parameter.choices
    return (
        parameter.name in query.header.spoken()
        and choices is not None
        and choices.number != choices.value
    )


def _check_listed(
    query: StoredQuery,
    values: Mapping[str, tuple[str, ...]],
    lists: Mapping[str, list[tuple[str, str, str]]],
) -> None:
    """Check the values of parameters whose choices another query lists, and which take no others.

    :raises UsageError: for a value that is not listed
    """
    for each in query.header.parameters:
        if each.listed is None or each.name not in lists:
            continue
        known = dict.fromkeys(value for value, _, _ in lists[each.name])
        for value in values[each.name]:
            if value not in known:
                takes = f"one of {', '.join(known)}" + "; may be repeated" * each.repeats
                raise refusal(query.id, each, f"is {shown(value)}", takes)


def _missing(
    store: Engine, query: StoredQuery, result: Result, values: Mapping[str, Sequence[str]]
) -> Need | None:
    """Return the linked data for want of which an answer has no rows, the first in their order."""
    if result.total or result.boolean is not None:
        return None
    for each in query.header.needs:
        if not store.ask(whether(query, each, values)):
            return each
    return None


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
    return {
        node.value: label.value for node, label in labels_of(store, nodes, lang).items() if node
    }


def _chosen(query: StoredQuery, lists: Mapping[str, list[tuple[str, str, str]]]) -> dict[str, str]:
    """Return the labels of values that a query's sentence speaks of and another query lists."""
    return {
        value: label
        for each in query.header.parameters
        if _called_by_label(query, each)
        for value, label, _ in lists.get(each.name, ())
        if label
    }


def ask(
    store: Engine,
    text: str,
    *,
    limit: int | None = None,
    offset: int = 0,
    sort: Sequence[str] = (),
    filters: Sequence[str] = (),
    lang: str = SOURCE,
    labels: bool = False,
) -> Result:
    """Ask a query of somebody's own; the options are those of `run`.

    :raises UsageError: for a query that is not valid SPARQL, that would call another endpoint,
        or whose brackets nest too deep for the engine
    """
    text = text.removeprefix("\ufeff")
    if scan(text, base="", depth=_DEPTH).services:
        raise UsageError(told("the query calls SERVICE"), todo=told("ask of this dataset only"))
    form, _ = parse_query(text)
    return _answer(
        store,
        text,
        form,
        query=None,
        dictionary=None,
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
    dictionary: Dictionary | None,
    values: Mapping[str, tuple[str, ...]],
    limit: int | None,
    offset: int,
    sort: Sequence[str],
    filters: Sequence[str],
    lang: str,
    labels: bool,
    lent: bool = True,
) -> Result:
    """Ask, and give the page that is wanted."""
    if query is not None:
        store.check(query.id)
    if offset < 0 or (limit is not None and limit < 0):
        raise UsageError(told("limit and offset are counts"), todo=told("give 0 or more"))
    if form != "SELECT":
        if sort or filters or offset or limit is not None:
            raise UsageError(
                told("a {form} query has no rows", form=form),
                todo=told("leave out limit, offset, sort and filter"),
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
    rows: Sequence[Row] = truths(columns, ordered(columns, answer.rows))
    if labels or lang != SOURCE:
        columns, rows = labelled(store, columns, rows, lang, dictionary, add=labels, lent=lent)
    aliases = query.header.aliases if query else {}
    for condition in filters:
        rows = _filtered(condition, columns, rows, aliases)
    for key in reversed(sort):
        rows = _sorted(key, columns, rows, aliases)
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


def _place(name: str, columns: Sequence[Column], parameter: str, aliases: Mapping[str, str]) -> int:
    """Return where a column stands.

    :param aliases: what columns were called in the version before, with their names of now
    :param parameter: the parameter that names it, for messages
    """
    names = [each.name for each in columns]
    if name not in names:
        name = aliases.get(name, name)
    if name not in names:
        raise UsageError(
            told("there is no column {name!r}", name=name[:60]),
            todo=told("use {these}", these=", ".join(names)),
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


def _filtered(
    condition: str, columns: Sequence[Column], rows: Sequence[Row], aliases: Mapping[str, str]
) -> list[Row]:
    """Return the rows that meet a condition."""
    match = _FILTER.fullmatch(comparable(condition))
    if match is None:
        raise UsageError(
            told("{condition!r} is not a condition", condition=condition[:60]),
            todo=told("write column:words, column=value, column!=value or column>value"),
            parameter="filter",
        )
    name, sign, wanted = match[1], match[2], match[3].strip()
    place = _place(name, columns, "filter", aliases)

    def holds(term: Term | None) -> bool:
        value = term.value if term else ""
        if sign == ":":
            return fold(wanted) in fold(comparable(value))
        if sign in {"=", "!="}:
            return _COMPARE[sign](comparable(value), wanted)
        number, other = _number(value), _number(wanted)
        if number is not None and other is not None:
            return _COMPARE[sign](number, other)
        return term is not None and _COMPARE[sign](sort_key(value), sort_key(wanted))

    return [row for row in rows if holds(row[place])]


def _sorted(
    key: str, columns: Sequence[Column], rows: Sequence[Row], aliases: Mapping[str, str]
) -> list[Row]:
    """Return rows sorted by a column; equal ones stay in order, unbound ones come last."""
    falling = key.startswith("-")
    place = _place(key.removeprefix("-"), columns, "sort", aliases)
    bound = [row for row in rows if row[place] is not None]

    def rank(row: Row) -> tuple[int, Decimal, object]:
        term = row[place]
        assert term is not None
        number = _number(term.value) if term.datatype else None
        return (1, Decimal(0), sort_key(term.value)) if number is None else (0, number, ())

    bound.sort(key=rank, reverse=falling)
    return bound + [row for row in rows if row[place] is None]

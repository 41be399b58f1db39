"""The formats a result can be written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gapgraph.errors import UsageError
from gapgraph.queries.formats import sparql, tables
from gapgraph.queries.formats.graphs import graph_writer
from gapgraph.queries.result import Result
from gapgraph.told import told

__all__ = ["FORMATS", "Format", "formats_of", "write"]


class Format(NamedTuple):
    """A format.

    :param media_type: its media type
    :param suffix: of its files, with the dot
    :param label: what people call it
    :param write: what writes it: takes the result, the language of headings, and whether a
        spreadsheet will read it; yields bytes
    :param forms: the forms of queries it takes
    """

    media_type: str
    suffix: str
    label: str
    write: Callable[[Result, str, bool], Iterator[bytes]]
    forms: frozenset[str]


def _write_xlsx(result: Result, language: str, spreadsheet: bool) -> Iterator[bytes]:
    """Write a workbook; the library for them takes a third of a second, and waits for the first."""
    from gapgraph.queries.formats.xlsx import write_xlsx  # noqa: PLC0415

    return write_xlsx(result, language, spreadsheet)


_ROWS = frozenset({"SELECT"})
_ANSWERS = frozenset({"SELECT", "ASK"})
_GRAPHS = frozenset({"CONSTRUCT"})

#: Every format by name, the preferred first.
FORMATS: Mapping[str, Format] = {
    "table": Format("text/plain; charset=utf-8", ".txt", "TXT", tables.write_terminal, _ANSWERS),
    "srj": Format(
        "application/sparql-results+json", ".srj", "SPARQL JSON", sparql.write_json, _ANSWERS
    ),
    "csv": Format("text/csv; charset=utf-8", ".csv", "CSV", sparql.write_csv, _ROWS),
    "tsv": Format(
        "text/tab-separated-values; charset=utf-8", ".tsv", "TSV", sparql.write_tsv, _ROWS
    ),
    "srx": Format(
        "application/sparql-results+xml", ".srx", "SPARQL XML", sparql.write_xml, _ANSWERS
    ),
    "json": Format("application/json", ".json", "JSON", sparql.write_rows, _ANSWERS),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        "Excel",
        _write_xlsx,
        _ROWS,
    ),
    "md": Format("text/markdown; charset=utf-8", ".md", "Markdown", tables.write_markdown, _ROWS),
    "ttl": Format("text/turtle; charset=utf-8", ".ttl", "Turtle", graph_writer(".ttl"), _GRAPHS),
    "nt": Format("application/n-triples", ".nt", "N-Triples", graph_writer(".nt"), _GRAPHS),
    "jsonld": Format("application/ld+json", ".jsonld", "JSON-LD", graph_writer(".jsonld"), _GRAPHS),
    "rdf": Format("application/rdf+xml", ".rdf", "RDF/XML", graph_writer(".rdf"), _GRAPHS),
}


def form_of(result: Result) -> str:
    """Return the form of the query that gave a result."""
    if result.is_graph:
        return "CONSTRUCT"
    return "SELECT" if result.boolean is None else "ASK"


def formats_of(form: str) -> tuple[str, ...]:
    """Return the names of the formats that take results of a form of query."""
    return tuple(name for name, each in FORMATS.items() if form in each.forms)


def write(result: Result, name: str, *, lang: str = "es", excel: bool = False) -> Iterable[bytes]:
    """Write a result.

    :param name: a format of `FORMATS`
    :param lang: the language of headings, in formats for people
    :param excel: for CSV, whether a spreadsheet will open it: a byte-order mark, and cells that
        look like formulas made harmless
    :return: the content, in pieces
    :raises UsageError: for a format that is not there or does not take such a result
    """
    form = form_of(result)
    known = formats_of(form)
    if name not in known:
        raise UsageError(
            told("{name!r} is not a format of a {form} result", name=name[:40], form=form),
            todo=told("use {these}", these=", ".join(known)),
        )
    return FORMATS[name].write(result, lang, excel)

"""Writes ``docs/questions.md``: the stored queries, and the question that each answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.queries.binding import takes
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.stored import StoredQuery
from gapgraph.tables import read_tsv

ROOT = Path(__file__).resolve().parents[1]
#: The questions the graph was made for: each in two languages, and what limits its answer.
QUESTIONS = ROOT / "docs" / "competency-questions.tsv"

_GIVES = {"SELECT": "Gives rows", "CONSTRUCT": "Gives RDF", "ASK": "Says yes or no"}
HEAD = """# Stored queries, and the questions they answer

Written by `make docs` from `queries/*.rq` and `docs/competency-questions.tsv`; do not edit.

Each query is a file of its own in `queries/`: valid SPARQL, with a header that says what it asks.
Ask one on the command line (`gapgraph query NAME -p name=value`), over HTTP (`/queries/NAME`) or
from Python (`gapgraph.open().query("NAME", name=value)`). A query speaks of the analysis of the
annex unless its parameter `analysis` names others, or of all where it compares; each row names its
own in the last column, unless it is about several. Texts stand in the language of that analysis.
"""


def link(name: str) -> str:
    """Return a link to a query further down."""
    return f"[`{name}`](#{name})"


def competency(catalogue: Catalogue) -> Iterable[str]:
    """Yield the table of the competency questions."""
    yield "| | Question | Query | Limits |"
    yield "|---|---|---|---|"
    rows = list(read_tsv(QUESTIONS, ("number", "es", "en", "example", "limits")))
    for row in rows:
        names = [each.id for each in catalogue if int(row["number"]) in each.header.questions]
        if not names and not row["limits"]:
            raise row.fail("has neither a query nor a reason", "write one")
        asked = f"{row['es']}<br>{row['en']}"
        answered = ", ".join(map(link, names))
        if row["example"]:
            answered += f"<br>`gapgraph query {row['example']}`"
        yield f"| {row['number']} | {asked} | {answered} | {row['limits']} |"
    asked_for = {int(row["number"]) for row in rows}
    for each in catalogue:
        for number in sorted({*each.header.questions} - asked_for):
            raise InputError(
                f"there is no question {number}", todo="name one of the table", file=each.file
            )


def described(query: StoredQuery) -> Iterable[str]:
    """Yield the section of one query."""
    header = query.header
    yield f"### {query.id}"
    yield ""
    yield f"**{header.summary['es']}** · {header.summary['en']}"
    yield ""
    yield f"{header.description['es']}<br>{header.description['en']}"
    yield ""
    yield (
        f"{_GIVES[query.form]}, best shown as {header.view}."
        if header.columns
        else (f"{_GIVES[query.form]}.")
    )
    yield ""
    if header.parameters:
        yield "| Parameter | Takes | If left out | |"
        yield "|---|---|---|---|"
        for each in header.parameters:
            default = "<br>".join(f"`{value}`" for value in each.default) or "everything"
            yield f"| `{each.name}` | {takes(each)} | {default} | {each.description['en']} |"
        yield ""
    if header.columns:
        yield "| Column | Type | Heading | |"
        yield "|---|---|---|---|"
        for column in header.columns:
            heading = f"{column.label['es']} · {column.label['en']}"
            yield f"| `{column.name}` | {column.type} | {heading} | {column.description['en']} |"
        yield ""


def questions() -> str:
    """Return the document.

    :raises InputError: for a question that has neither a query nor a reason why not
    """
    catalogue = Catalogue.load(ROOT / "queries")
    lines = [HEAD, "## Competency questions", "", *competency(catalogue), "", "## Queries", ""]
    for query in catalogue:
        lines += described(query)
    return "\n".join(lines).rstrip() + "\n"

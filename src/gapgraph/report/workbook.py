"""The whole dataset as a workbook for people: directives, topics, sentences and plan elements.

Each kind of thing has a sheet.  What people read comes first and IRIs last; a dictionary says what
each column is.  Equal builds have equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gapgraph import __version__
from gapgraph.files import dateless
from gapgraph.namespaces import CC_BY
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import Column
from gapgraph.queries.formats.sparql import value_of
from gapgraph.queries.formats.xlsx import MAX_CELL, cell
from gapgraph.queries.result import Result
from gapgraph.queries.results import run
from gapgraph.queries.rows import Row
from gapgraph.report.asking import Asker, Words
from gapgraph.store.answers import Term
from gapgraph.store.engine import Engine

__all__ = ["Sheet", "workbook", "written"]

#: What stands at the end of a text that a cell cannot hold whole.
_CUT = " […]"
_NARROWEST, _WIDEST = 8, 60
#: The columns of a directive that belong to an analysis.
_OF_ANALYSIS = ("topics", "statusLabel", "status", "partialReasons")

Value = str | int | float | bool | None


@dataclass
class Sheet:
    """A sheet.

    :param heads: the heading of each column, with what it says
    """

    title: str
    query: str
    heads: list[tuple[str, str]]
    rows: list[list[Value]] = field(default_factory=list)


def workbook(
    store: Engine, catalogue: Catalogue, analyses: Sequence[str], *, lang: str = "es"
) -> bytes:
    """Return the workbook of a build.

    :param analyses: the IRIs of its analyses, in order
    """
    words = Words(lang)
    names = _names(Asker(store, catalogue, analyses[0] if analyses else "", lang), analyses)

    def ask(query: str) -> Result:
        return run(store, catalogue, query, {"analysis": list(analyses)}, lang=lang)

    sheets = [
        _directives(words.gettext("Directrices"), ask("directives-in-full"), names, lang),
        _plain(words.gettext("Temas"), ask("topics-in-full"), names, words),
        _plain(words.gettext("Frases"), ask("statements-in-full"), names, words),
        _plain(words.gettext("Elementos"), ask("elements-in-full"), names, words),
    ]
    return written([*sheets, _dictionary(sheets, words), _about(store.version, analyses, words)])


def _names(asker: Asker, analyses: Sequence[str]) -> dict[str, str]:
    """Return the name of the plan of each analysis."""
    found = {row["analysis"]: row["planLabel"] for row in asker.ask("analyses")}
    return {iri: found.get(iri, iri) for iri in analyses}


def _value(term: Term | None) -> Value:
    """Return what a cell holds; a text that is too long for one is cut, and says so."""
    if term is None:
        return None
    value = value_of(term)
    if isinstance(value, str) and len(value) > MAX_CELL:
        return value[: MAX_CELL - len(_CUT)] + _CUT
    return value


def _head(column: Column, lang: str) -> tuple[str, str]:
    """Return the heading of a column, and what it says."""
    sign = " (IRI)" if column.type == "iri" else ""
    return f"{column.label[lang]}{sign}", column.description[lang]


def _plain(title: str, result: Result, names: dict[str, str], words: Words) -> Sheet:
    """Return a sheet of the rows of a query, the plan first where there are several."""
    own = [at for at, column in enumerate(result.columns) if column.name != "analysis"]
    of = result.names.index("analysis")
    several = len(names) > 1
    heads = [_head(result.columns[at], words.lang) for at in own]
    if several:
        said = words.gettext("El plan del que habla la fila.")
        heads.insert(0, (words.gettext("Plan"), said))
    sheet = Sheet(title, result.query.id if result.query else "", heads)
    for row in result.rows:
        values = [_value(row[at]) for at in own]
        analysis = row[of]
        named = [names.get(analysis.value, analysis.value) if analysis else None]
        sheet.rows.append([*named, *values] if several else values)
    return sheet


def _directives(title: str, result: Result, names: dict[str, str], lang: str) -> Sheet:
    """Return the sheet of directives: a row each, with columns of its own for each analysis."""
    columns = {column.name: column for column in result.columns}
    shared = [n for n in columns if n not in {*_OF_ANALYSIS, "analysis", "section", "directive"}]
    last = ["section", "directive"]
    several = len(names) > 1
    heads = [_head(columns[name], lang) for name in shared]
    for plan in names.values():
        for name in _OF_ANALYSIS:
            label, description = _head(columns[name], lang)
            heads.append((f"{label} · {plan}" if several else label, description))
    heads += [_head(columns[name], lang) for name in last]
    found: dict[str, dict[str, Row]] = {}
    for cells in result.rows:
        row = Row(result.names, cells)
        found.setdefault(row["directive"], {})[row["analysis"]] = row
    sheet = Sheet(title, result.query.id if result.query else "", heads)
    for rows in found.values():
        first = next(iter(rows.values()))
        values = [_value(first.term(name)) for name in shared]
        for analysis in names:
            row = rows.get(analysis, first)
            values += [
                _value(row.term(name)) if analysis in rows else None for name in _OF_ANALYSIS
            ]
        sheet.rows.append([*values, *(_value(first.term(name)) for name in last)])
    return sheet


def _dictionary(sheets: Iterable[Sheet], words: Words) -> Sheet:
    """Return the sheet that says what each column of the others is."""
    heads = [
        (words.gettext("Hoja"), ""),
        (words.gettext("Columna"), ""),
        (words.gettext("Qué dice"), ""),
        (words.gettext("Consulta"), ""),
    ]
    rows: list[list[Value]] = [
        [sheet.title, label, description, sheet.query]
        for sheet in sheets
        for label, description in sheet.heads
    ]
    return Sheet(words.gettext("Diccionario"), "", heads, rows)


def _about(version: str, analyses: Sequence[str], words: Words) -> Sheet:
    """Return the sheet that says what the workbook is, so that one that is passed on still does."""
    named: list[list[Value]] = [[words.gettext("Análisis"), iri] for iri in analyses]
    rows: list[list[Value]] = [
        [words.gettext("Conjunto de datos, versión"), version],
        ["gapgraph", __version__],
        *named,
        [words.gettext("Licencia"), str(CC_BY)],
        [
            words.gettext("Textos"),
            words.gettext(
                "Los textos del cuadro pertenecen a quien lo publicó; los datos derivados son "
                "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)."
            ),
        ],
    ]
    return Sheet(
        words.gettext("Acerca de"), "", [(words.gettext("Qué"), ""), (words.gettext("Valor"), "")],
        rows,
    )  # fmt: skip


def written(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook of sheets, each with its head frozen and a filter over it."""
    book = Workbook(write_only=True)
    for each in sheets:
        made = book.create_sheet(each.title)
        made.freeze_panes = "A2"
        for place, (label, _) in enumerate(each.heads):
            longest = max((len(str(row[place] or "")) for row in each.rows), default=0)
            width = min(_WIDEST, max(_NARROWEST, len(label) + 4, longest + 2))
            made.column_dimensions[get_column_letter(place + 1)].width = width
        made.append([cell(made, label, bold=True) for label, _ in each.heads])
        for row in each.rows:
            made.append([None if value is None else cell(made, value) for value in row])
        last = get_column_letter(len(each.heads))
        made.auto_filter.ref = f"A1:{last}{len(each.rows) + 1}"
    raw = io.BytesIO()
    book.save(raw)
    return dateless(raw.getvalue())

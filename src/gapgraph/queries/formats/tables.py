"""Formats for people: Markdown, and the terminal's table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gapgraph.namespaces import ID, PREFIXES
from gapgraph.queries.result import Result
from gapgraph.store.answers import Term

__all__ = ["YES_NO", "shown", "write_markdown", "write_terminal"]

_NUMBERS = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double")}
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
#: IRIs of things with a parent: what follows the parent is enough to tell them in a table.
_OWN = re.compile(re.escape(str(ID)) + r"(?:framework|plan|analysis)/[^/]+/(.+)")
YES_NO = {"es": {"true": "sí", "false": "no"}, "en": {"true": "yes", "false": "no"}}
_MARKS = re.compile(r"[\\`*_\[\]<>|#~&!{}$]")
_LINK = re.compile(r"https?://[^\s<>]+")
_ROWS = {
    "es": "{first}–{last} de {total} filas",
    "en": "{first}–{last} of {total} rows",
}
_ALL = {"es": "{total} filas", "en": "{total} rows"}


def shown(term: Term | None, lang: str) -> str:
    """Return a term as a person reads it: IRIs short, truth in words."""
    if term is None:
        return ""
    if term.kind == "uri":
        own = _OWN.fullmatch(term.value)
        if own:
            return own[1]
        fits = [(len(iri), name) for name, iri in PREFIXES.items() if term.value.startswith(iri)]
        if fits:
            length, name = max(fits)
            return f"{name}:{term.value[length:]}"
        return term.value
    if term.datatype == _BOOLEAN:
        return YES_NO[lang].get(term.value, term.value)
    return f"_:{term.value}" if term.kind == "bnode" else term.value


def _safe(text: str) -> str:
    """Return a text without what moves a terminal's cursor or turns its direction."""
    return "".join(each if each == "\n" or each.isprintable() else "\ufffd" for each in text)


def _markdown_cell(term: Term | None, lang: str) -> str:
    """Return a cell of a Markdown table: links only to the web, every mark of Markdown escaped."""
    if term is None:
        return ""
    text = _MARKS.sub(r"\\\g<0>", _safe(shown(term, lang))).replace("\n", "<br>")
    if term.kind == "uri" and _LINK.fullmatch(term.value):
        return f"[{text}](<{term.value}>)".replace("|", "%7C")
    return text


def write_markdown(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a Markdown table, as GitHub's dialect has them."""
    heads = [_markdown_cell(Term("literal", each.label[lang]), lang) for each in result.columns]
    yield f"| {' | '.join(heads)} |\n".encode()
    yield f"|{'|'.join('---' for _ in heads)}|\n".encode()
    for row in result.rows:
        yield f"| {' | '.join(_markdown_cell(term, lang) for term in row)} |\n".encode()


def _short(result: Result, place: int) -> bool:
    """Tell whether a column holds nothing but IRIs that are short when shown."""
    cells = [row[place] for row in result.rows if row[place] is not None]
    return all(each.kind == "uri" and len(shown(each, "es")) <= 24 for each in cells if each)


def write_terminal(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a table that fits the terminal's width, or that of the variable COLUMNS."""
    if result.boolean is not None:
        yield f"{YES_NO[lang][str(result.boolean).lower()]}\n".encode()
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(result.columns):
        numbers = bool(result.rows) and all(
            row[place] is None or row[place].datatype in _NUMBERS  # type: ignore[union-attr]
            for row in result.rows
        )
        table.add_column(
            _safe(column.label[lang]),
            justify="right" if numbers else "left",
            no_wrap=numbers or _short(result, place),
            overflow="fold",
        )
    for row in result.rows:
        table.add_row(*(Text(_safe(shown(term, lang))) for term in row))
    console = Console(file=io.StringIO(), force_terminal=False)
    console.print(table)
    count = (_ALL if len(result.rows) == result.total else _ROWS)[lang].format(
        first=result.offset + 1, last=result.offset + len(result.rows), total=result.total
    )
    console.print(count, highlight=False)
    written = console.file.getvalue()  # type: ignore[attr-defined]
    yield "\n".join(line.rstrip() for line in written.splitlines()).encode() + b"\n"

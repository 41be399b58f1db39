"""A page that shows a table as it was, beside what was understood, each problem at its cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from gapgraph.grid import Cell, Grid
from gapgraph.intake.mapping import TableMapping
from gapgraph.intake.problems import Problem
from gapgraph.intake.records import ReadDirective, ReadTable

__all__ = ["preview_page"]

_STYLE = """
body{font:16px/1.45 system-ui,sans-serif;margin:1.5rem;color:#1b1f24;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}
.pair{display:grid;grid-template-columns:3fr 2fr;gap:1.5rem}
@media(max-width:60rem){.pair{display:block}}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{border:1px solid #c9d1d9;padding:.3rem .45rem;text-align:left;vertical-align:top}
th{background:#eef2f6}.wrong{background:#ffe3e0}.remark{background:#fff4d1}
.covered{color:#6a737d}
blockquote{margin:.4rem 0 .4rem 1rem;border-left:3px solid #c9d1d9;padding-left:.6rem}
.note{display:block;color:#a40e26;font-size:.8rem}
.kind{border-radius:.2rem;padding:0 .3rem;background:#e7eef6;white-space:nowrap}
.none{background:#ffd7d2}.unknown{background:#ffb3ab;font-weight:600}
@media(prefers-color-scheme:dark){body{background:#14171a;color:#e3e7eb}
th{background:#22272e}th,td,blockquote{border-color:#3a424b}.wrong{background:#5a1e1b}
.remark{background:#4a3c0e}.kind{background:#26384d}.none{background:#5c2622}
.unknown{background:#7d231c}.note{color:#ff9d93}.covered{color:#9aa4ae}a{color:#8ab8ff}}
"""


def preview_page(grid: Grid, mapping: TableMapping, table: ReadTable) -> str:
    """Return the page, whole and without anything from elsewhere.

    :param grid: the table as it was
    :param mapping: how it was read
    :param table: what was understood of it
    """
    at: dict[str, list[Problem]] = defaultdict(list)
    for problem in table.problems:
        at[problem.place].append(problem)
    blocking = sum(problem.blocking for problem in table.problems)
    title = f"{mapping.file}: {len(table.directives)} directives, {blocking} problems to mend"
    return "".join(
        (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>',
            '<meta name="viewport" content="width=device-width">',
            f"<style>{_STYLE}</style><h1>{escape(title)}</h1>",
            *_problems(table.problems),
            *_values(table),
            '<div class="pair"><section><h2>The table as it was</h2><div class="wide">',
            f'<table lang="{escape(mapping.parties.language or "und")}">',
            *_rows(grid, mapping, at),
            "</table></div></section><section><h2>What was understood</h2>",
            *(part for directive in table.directives for part in _directive(directive)),
            "</section></div></html>\n",
        )
    )


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    if not problems:
        yield "<p>Nothing is wrong.</p>"
        return
    yield '<h2>Problems</h2><div class="wide"><table><tr><th>Place<th>Value<th>What is wrong'
    yield "<th>What to do"
    for problem in problems:
        yield f'<tr class="{_class(problem)}"><td><a href="#{escape(problem.place)}">'
        yield f"{escape(problem.place)}</a><td>{escape(problem.value[:200])}"
        yield f"<td>{escape(problem.what)}<td>{escape(problem.todo)}"
    yield "</table></div>"


def _values(table: ReadTable) -> Iterator[str]:
    yield "<h2>Values, and what each becomes</h2><table><tr><th>Value<th>Times<th>Becomes"
    # What nothing knows comes first.
    for (literal, kind), count in sorted(
        table.reader.seen.items(), key=lambda item: (bool(item[0][1]), item[0][1], -item[1])
    ):
        yield f"<tr><td>{escape(literal) or '(blank)'}<td>{count}<td>{_kind(kind)}"
    yield "</table>"


def _rows(grid: Grid, mapping: TableMapping, at: dict[str, list[Problem]]) -> Iterator[str]:
    roles = {column.index: column.role for column in mapping.columns}
    yield "<tr>"
    for index in range(grid.width):
        yield f'<th scope="col">{escape(roles.get(index, "ignore"))}'
    for row in grid.rows:
        yield "<tr>"
        for cell in row:
            yield from _cell(cell, at.get(cell.place, []))


def _cell(cell: Cell, problems: Sequence[Problem]) -> Iterator[str]:
    names = [_class(problem) for problem in problems[:1]]
    if cell.covered:
        names.append("covered")
    place = escape(cell.place)
    yield f'<td id="{place}" title="{place}" class="{" ".join(names)}">'
    paragraphs = []
    for paragraph in cell.paragraphs:
        text = escape(paragraph.text)
        if paragraph.marked("underline"):
            text = f"<u>{text}</u>"
        paragraphs.append(f"<b>{text}</b>" if paragraph.marked("bold") else text)
    yield "<br>".join(paragraphs)
    for problem in problems:
        yield f'<span class="note">{escape(problem.what)}: {escape(problem.todo)}</span>'


def _directive(directive: ReadDirective) -> Iterator[str]:
    section = " › ".join(each.text for each in directive.section)
    yield f"<h3>{escape(directive.notation)}</h3>"
    if section:
        yield f"<p>{escape(section)}</p>"
    yield f"<p>{escape(directive.text)}</p><ul>"
    for topic in directive.topics:
        yield f"<li>{escape(topic.label)}"
        for value in topic.values:
            yield f" {_kind(value.kind)} {escape(value.literal)}"
        if topic.status:
            yield f" {_kind(topic.status.kind)} {escape(topic.status.literal)}"
    yield "</ul>"
    for observation in directive.observations:
        yield f"<blockquote>{escape(observation.text)}</blockquote>"
    if not directive.topics:
        yield "<p>Not assessed: its cells are blank.</p>"


def _kind(kind: str) -> str:
    return f'<span class="kind {escape(kind) or "unknown"}">{escape(kind) or "unknown"}</span>'


def _class(problem: Problem) -> str:
    return "wrong" if problem.blocking else "remark"

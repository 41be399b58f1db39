"""Formats for people: Markdown, and the terminal's table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gapgraph.messages import Message, translate
from gapgraph.namespaces import CC_BY, ID, PREFIXES
from gapgraph.queries.result import Result, Row
from gapgraph.store.answers import Term

__all__ = ["NUMBERS", "shown", "write_markdown", "write_terminal"]

NUMBERS = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double")}
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
#: IRIs of things with a parent: what follows the parent is enough to tell them in a table.
_OWN = re.compile(re.escape(str(ID)) + r"(?:framework|plan|analysis)/[^/]+/(.+)")
_TRUTH = {"true": Message("sí"), "false": Message("no")}
_MARKS = re.compile(r"[\\`*_\[\]<>|#~&!{}$]")
_LINK = re.compile(r"https?://[^\s<>]+")
_ROWS = Message("{first}–{last} de {total} filas")
#: How much of a heading's longest word stands on one line: better more, where there is room.
_WORDS = (14, 9)
_NO_ROW = Message("ninguna de {total} filas")
_FROM = Message("gapgraph, {query}, datos {dataset}")
_ALL = Message("filas: {total}")


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
        return translate(_TRUTH.get(term.value, Message(term.value)), lang)
    return f"_:{term.value}" if term.kind == "bnode" else term.value


def _safe(text: str) -> str:
    """Return a text without what moves a terminal's cursor or turns its direction."""
    return "".join(each if each == "\n" or each.isprintable() else "\ufffd" for each in text)


def _escaped(text: str) -> str:
    """Return a text in which no mark of Markdown is left."""
    return _MARKS.sub(r"\\\g<0>", _safe(text)).replace("\n", "<br>")


def _markdown_cell(row: Row, place: int, of: int | None, lang: str) -> str:
    """Return a cell of a Markdown table; links go to the web only."""
    term = row[place]
    node = row[of] if of is not None else term
    text = _escaped(shown(term if term is not None else node, lang))
    if node is not None and node.kind == "uri" and _LINK.fullmatch(node.value):
        return f"[{text}](<{node.value}>)".replace("|", "%7C")
    return text


def write_markdown(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a Markdown table, as GitHub's dialect has them; a label is the text of its link."""
    if result.query:
        yield f"**{_escaped(result.question(lang))}**\n\n".encode()
    pairs = result.shown()
    heads = [_escaped(result.columns[place].label[lang]) for place, _ in pairs]
    yield f"| {' | '.join(heads)} |\n".encode()
    yield f"|{'|'.join('---' for _ in heads)}|\n".encode()
    for row in result.rows:
        cells = (_markdown_cell(row, place, of, lang) for place, of in pairs)
        yield f"| {' | '.join(cells)} |\n".encode()
    if result.missing:
        yield f"\n{_escaped(result.missing.text[lang])}\n".encode()
    if result.query:
        line = translate(_FROM, lang).format(query=result.query.id, dataset=result.dataset)
        yield f"\n[{line}](<{result.query.iri}>) · [CC BY 4.0](<{CC_BY}>)\n".encode()


def _narrow(cells: Iterable[Term | None], lang: str) -> bool:
    """Tell whether a column holds nothing but numbers, or IRIs that are short when shown."""
    found = [each for each in cells if each is not None]
    return bool(found) and (
        all(each.datatype in NUMBERS for each in found)
        or all(each.kind == "uri" and len(shown(each, lang)) <= 24 for each in found)
    )


def _least(result: Result, place: int, lang: str, word: int) -> int:
    """Return the least width at which a column can be read.

    :param word: how much of a heading's longest word stands on one line
    """
    cells = [row[place] for row in result.rows]
    heading = max(map(len, result.columns[place].label[lang].split()), default=0)
    longest = max((len(shown(each, lang)) for each in cells), default=0)
    return max(min(heading, word), longest if _narrow(cells, lang) else min(longest, 16))


def _as_table(result: Result, places: list[int], lang: str, least: list[int]) -> Table:
    """Return rows as lines of a table.

    :param least: the least width of each column
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, narrow in zip(places, least, strict=True):
        cells = [row[place] for row in result.rows if row[place] is not None]
        numbers = bool(cells) and all(each and each.datatype in NUMBERS for each in cells)
        table.add_column(
            _safe(result.columns[place].label[lang]),
            justify="right" if numbers else "left",
            min_width=narrow,
            # A width that is set is kept where others shrink: no number is broken.
            width=narrow if _narrow(cells, lang) else None,
            overflow="fold",
        )
    for row in result.rows:
        table.add_row(*(Text(_safe(shown(row[place], lang))) for place in places))
    return table


def _as_records(result: Result, places: list[int], lang: str) -> Table:
    """Return rows as blocks of a heading and a value a line, for a table that is too wide."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(max_width=28)
    table.add_column(overflow="fold")
    for number, row in enumerate(result.rows, start=result.offset + 1):
        table.add_row(Text(f"─ {number} ─"), "")
        for place in places:
            if row[place] is not None:
                heading = Text(_safe(result.columns[place].label[lang]))
                table.add_row(heading, Text(_safe(shown(row[place], lang))))
    return table


def write_terminal(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
    """Write a table that fits the terminal's width, or that of the variable COLUMNS.

    IRIs that have their labels beside them are left out.
    """
    if result.boolean is not None:
        if result.query:
            yield f"{_safe(result.question(lang))}\n".encode()
        yield f"{translate(_TRUTH[str(result.boolean).lower()], lang)}\n".encode()
        return
    text = io.StringIO()
    console = Console(file=text, force_terminal=False)
    if result.query:
        console.print(Text(_safe(result.question(lang)), style="bold"))
    places = [place for place, _ in result.shown()]
    for word in _WORDS:
        least = [_least(result, place, lang, word) for place in places]
        if sum(least) + 3 * len(least) <= console.width:
            console.print(_as_table(result, places, lang, least))
            break
    else:
        console.print(_as_records(result, places, lang))
    if len(result.rows) == result.total:
        count = translate(_ALL, lang)
    else:
        count = translate(_ROWS if result.rows else _NO_ROW, lang)
    first, last = result.offset + 1, result.offset + len(result.rows)
    told = count.format(first=first, last=last, total=result.total)
    console.print(told, highlight=False)
    if result.missing:
        console.print(Text(_safe(result.missing.text[lang])))
    yield "\n".join(line.rstrip() for line in text.getvalue().splitlines()).encode() + b"\n"

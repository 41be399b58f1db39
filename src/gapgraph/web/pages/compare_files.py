"""A comparison as files: tables, pictures, and a Word document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from flask import url_for

from gapgraph import __version__
from gapgraph.namespaces import last_segment
from gapgraph.queries.fields import Column
from gapgraph.queries.result import Result
from gapgraph.queries.results import FORMATS, write
from gapgraph.report.blocks import Block, Document, Heading, Paragraph, Run, Table, run
from gapgraph.report.formats import MEDIA
from gapgraph.report.grid import Band, Grid, Mark, grid_png, grid_svg
from gapgraph.store.answers import Term
from gapgraph.texts import Text as Label
from gapgraph.web.base import address
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.compare_asked import Asked
from gapgraph.web.pages.comparison import Across, Cell, Comparison
from gapgraph.web.pages.rows import site
from gapgraph.web.pages.status import marks
from gapgraph.web.service import service

__all__ = ["FILES", "file_name"]


class _File(NamedTuple):
    """A format: what people call it, its media type, and what writes it in a language."""

    label: str
    media: str
    write: Callable[[Comparison, str], bytes]


def file_name(wanted: Asked, form: str) -> str:
    """Return a name that tells which plans are compared, and whether all of each is there."""
    named = [each.name for each in wanted.plans]
    if wanted.whole or len(named) > 4:
        named = [last_segment(wanted.plans[0].framework)]
    return "-".join(["compare", *named, *["part"] * wanted.any]) + f".{form}"


def _row_name(wanted: Asked) -> str:
    """Return what a row is."""
    return _("Concepto") if wanted.by_concept else _("Directriz")


def _source(found: Comparison) -> str:
    """Return the address of the page that shows the same."""
    path = url_for("pages.compare", lang=None, **found.asked.values())
    return address(path.lstrip("/"))


def _table(found: Comparison, lang: str) -> Result:
    """Return the rows that are shown as a table: two columns a plan, its status and its words."""
    wanted = found.asked
    heads = [("number", _("N.º")), ("title", _row_name(wanted))]
    for plan in wanted.plans:
        heads += [
            (plan.name, plan.label.value),
            (f"{plan.name}-words", _("%(plan)s: sus palabras", plan=plan.label.value)),
        ]
    heads += [("assessedIn", _("Evaluada en")), ("plans", _("Planes"))]
    rows = []
    for line in _lines(found):
        cells = [each for cell in line.cells for each in (cell.mark.word, cell.words.value)]
        counts = [str(line.assessed), str(line.applies)]
        rows.append(tuple(_term(each) for each in (line.number, line.title.value, *cells, *counts)))
    columns = []
    for name, words in heads:
        label = Label({"es": words, lang: words})
        columns.append(Column(name, label, label))
    return Result(
        columns=tuple(columns),
        rows=tuple(rows),
        total=len(rows),
        text=_source(found),
        dataset=service().dataset.version,
    )


def _term(value: str) -> Term | None:
    return Term("literal", value) if value else None


def _lines(found: Comparison) -> list[Across]:
    """Return the rows that are shown."""
    return [line for group in found.shown for line in group.lines]


def _rows(form: str) -> Callable[[Comparison, str], bytes]:
    """Return what writes the table in a format of rows."""

    def written(found: Comparison, lang: str) -> bytes:
        return b"".join(write(_table(found, lang), form, lang=lang, excel=False))

    return written


def _about(found: Comparison) -> str:
    """Return what is compared, and what is left out."""
    said = found.asked.said()
    title = site().framework_title.value
    return " · ".join([title, f"{_('Solo:')} {' · '.join(said)}"] if said else [title])


def _grid(found: Comparison, lang: str) -> Grid:
    """Return the rows that are shown as a picture."""
    wanted = found.asked
    heads = [
        each.label.value if found.worded else each.short
        for each in wanted.plans
    ]  # fmt: skip
    return Grid(
        lang,
        found.found,
        _about(found),
        heads,
        _("Evaluada en"),
        [
            Band(
                group.label.value,
                [
                    (
                        line.number,
                        line.title.value,
                        [Mark(cell.mark.name) for cell in line.cells],
                        f"{line.assessed}/{line.applies}",
                    )
                    for line in group.lines
                ],
            )
            for group in found.shown
        ],
        [(name, each.word) for name, each in marks().items()],
        [
            f"{found.share}. {_('El estado es nuestra lectura de la observación.')} "
            f"gapgraph {__version__}, {service().dataset.version}, CC BY 4.0",
            _source(found),
        ],
    )


def _document(found: Comparison, lang: str) -> Document[Block | Table]:
    """Return the rows that are shown as a document."""
    wanted = found.asked
    blocks: list[Block | Table] = [
        Heading(1, (run(found.found),)),
        Paragraph("subtitle", (run(_about(found)),)),
        Paragraph("subtitle", (run(" · ".join(each.label.value for each in wanted.plans)),)),
        Paragraph(
            "lede",
            (
                run(f"{found.share}. "),
                run(found.lede),
            ),
        ),
    ]
    for group in found.shown:
        blocks.append(Heading(2, (run(group.label),)))
        if found.worded:
            blocks.append(_word_table(wanted, group.lines))
        else:
            for line in group.lines:
                blocks += _by_status(line)
    blocks += [
        Heading(2, (run(_("Cómo citar")),)),
        Paragraph(
            "note",
            (
                run(f"gapgraph {__version__}. {found.found}. {_('Conjunto de datos, versión')} "),
                run(service().dataset.version, "code"),
                run(f". {_source(found)}. CC BY 4.0. "),
                run(_("El estado es nuestra lectura de la observación.")),
            ),
        ),
    ]
    return Document(lang, found.found, _about(found), tuple(blocks), wide=found.worded)


def _word_table(wanted: Asked, lines: Sequence[Across]) -> Table:
    """Return rows with the words of each plan."""

    def called(cell: Cell) -> tuple[Run, ...]:
        words = (run(": "), run(cell.words)) if cell.words.value else ()
        return (run(cell.mark.word, "mark"), *words)

    return Table(
        ((run(_row_name(wanted)),), *((run(each.label),) for each in wanted.plans)),
        tuple(
            (
                (run(f"{line.number} " if line.number else ""), run(line.title)),
                *(called(cell) for cell in line.cells),
            )
            for line in lines
        ),
    )


def _by_status(line: Across) -> Iterator[Block]:
    """Give a row of many plans: which of them has each status."""
    yield Paragraph("asked", (run(f"{line.number} " if line.number else ""), run(line.title)))
    pieces: list[Run] = []
    for name, mark in marks().items():
        mine = [each.plan.short for each in line.cells if each.mark.name == name]
        if mine:
            share = f" ({len(mine)}/{len(line.cells)}): {', '.join(mine)}. "
            pieces += [run(mark.word, "mark"), run(share)]
    yield Paragraph("body", tuple(pieces))


def _docx(found: Comparison, lang: str) -> bytes:
    """Write a Word document; the library for them waits until somebody asks for one."""
    from gapgraph.report.docx import write_docx  # noqa: PLC0415

    return write_docx(_document(found, lang))


#: The formats of a comparison, by suffix.
FILES = {
    "csv": _File("CSV", FORMATS["csv"].media_type, _rows("csv")),
    "xlsx": _File("Excel", FORMATS["xlsx"].media_type, _rows("xlsx")),
    "docx": _File("Word", MEDIA["docx"], _docx),
    "svg": _File(
        "SVG", "image/svg+xml; charset=utf-8", lambda found, lang: grid_svg(_grid(found, lang))
    ),
    "png": _File("PNG", "image/png", lambda found, lang: grid_png(_grid(found, lang))),
}

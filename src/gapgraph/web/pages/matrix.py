"""The matrix: directives by plan elements; a cell has its topics, and their worst status."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for

from gapgraph import __version__
from gapgraph.report.grid import Band, Grid, grid_png, grid_svg
from gapgraph.report.grid import Mark as Sign
from gapgraph.statuses import NOT_ASSESSED
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import gettext as _
from gapgraph.web.language import language
from gapgraph.web.negotiate import chosen, gives, offers_from
from gapgraph.web.pages.filters import NAMES, Filters, themes
from gapgraph.web.pages.lists import Line, Part, parts
from gapgraph.web.pages.rows import Row, Text, ask, file_name, page, site
from gapgraph.web.pages.status import Mark, mark, marks, worst
from gapgraph.web.pages.topics import Topic, topics
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["Cell", "Matrix", "register"]

#: The columns that are no plan element: nothing there, and not assessed.
NONE, UNASSESSED = "none", "unassessed"
#: How many columns an overview has room for on a wide screen; one with more scrolls sideways.
_NARROW = 36
#: The pictures of it, by suffix: their media type, and what draws them.
_PICTURES = {
    "svg": ("image/svg+xml; charset=utf-8", grid_svg),
    "png": ("image/png", grid_png),
}


@dataclass(frozen=True)
class Cell:
    """The topics of a directive in a column."""

    topics: list[Topic]

    @property
    def mark(self) -> Mark:
        """The worst of their statuses."""
        return mark(worst(topic.status for topic in self.topics))


@dataclass(frozen=True)
class Matrix:
    """The matrix as asked for.

    :param sections: the sections that have lines left
    :param columns: the plan elements
    :param drawn: those that have a column: all, or where topics are left out, those with a topic
    :param cells: the cells with topics, by directive and column (an IRI, or `NONE`)
    :param shown: the topics shown
    :param total: how many topics there are in all
    :param nothing: the table's words for nothing
    """

    sections: list[Part]
    columns: list[Row]
    drawn: list[Row]
    cells: dict[tuple[str, str], Cell]
    shown: list[Topic]
    total: int
    nothing: tuple[Text, ...]

    def cell(self, line: Line, column: str) -> Cell | None:
        """Return the cell of a directive in a column, if it has topics."""
        return self.cells.get((line.iri, column))

    def column_total(self, column: str) -> int:
        """Return how many topics a column has."""
        if column == UNASSESSED:
            return 0
        return len(
            {t.iri for (_, each), cell in self.cells.items() if each == column for t in cell.topics}
        )

    def count(self, line: Line) -> int:
        """Return how many topics of a directive are shown."""
        return sum(topic.directive == line.iri for topic in self.shown)

    @property
    def lines(self) -> list[Line]:
        """Every line, in order."""
        return [line for section in self.sections for line in section.lines]

    @property
    def unassessed(self) -> list[Line]:
        """The lines of directives that are not assessed."""
        return [
            line
            for line in self.lines
            if line.row["status"].endswith(f"#{NOT_ASSESSED}") or not line.topics
        ]


def matrix_of(filters: Filters) -> Matrix:
    """Put the matrix together.

    :param filters: what to keep
    """
    every = topics()
    columns = ask("plan-elements")
    filters.element(columns)
    shown = filters.kept(every)
    cells: defaultdict[tuple[str, str], list[Topic]] = defaultdict(list)
    for topic in shown:
        for column in [row["element"] for row in topic.elements] or [NONE]:
            if topic not in cells[topic.directive, column]:
                cells[topic.directive, column].append(topic)
    sections = []
    for part in parts(every):
        if filters.sections and str(part.number) not in filters.sections:
            continue
        lines = [line for line in part.lines if _kept(line, shown, filters)]
        if lines:
            sections.append(Part(part.iri, part.number, part.label, lines))
    filled = {column for _, column in cells}
    return Matrix(
        sections,
        columns,
        [row for row in columns if not filters.any or row["element"] in filled],
        {place: Cell(listed) for place, listed in cells.items()},
        shown,
        len(every),
        tuple(dict.fromkeys(word for t in every if not t.elements for word in t.said)),
    )


def _kept(line: Line, shown: list[Topic], filters: Filters) -> bool:
    """Tell whether a line is shown: it has a topic left, or is asked for as not assessed."""
    if not line.topics:
        narrowed = filters.category or filters.concept or filters.theme
        return not narrowed and (not filters.statuses or NOT_ASSESSED in filters.statuses)
    return any(topic.directive == line.iri for topic in shown)


@takes(*NAMES, page=True)
def matrix() -> Response:
    """Answer the matrix as a page: whole, an overview; of a part, with a link in every cell."""
    filters = Filters.of_request(tuple(marks()))
    found = matrix_of(filters)
    # Named one by one: what else an address says is not for us to pass on.
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in NAMES}
    return page(
        "pages/matrix.html",
        matrix=found,
        filters=filters,
        every=parts([]),
        asked=list(marks()),
        counts=filters.counts(topics()),
        themes=themes(),
        overview=not filters.any,
        narrow=len(found.drawn) <= _NARROW,
        pictures=[
            (url_for("pages.matrix_picture", form=form, **asked), form.upper())
            for form in _PICTURES
        ],
    )


def _grid(found: Matrix, filters: Filters) -> Grid:
    """Return the matrix as a picture."""
    here = site()
    columns = [(row["element"], _head(row)) for row in found.drawn]
    nothing = " · ".join(map(str, found.nothing)) or _("Sin elemento")
    columns.append((NONE, nothing))
    keys = [key for key, _label in columns]

    def marked(line: Line) -> list[Sign]:
        cells = [found.cell(line, key) for key in keys]
        signs = [Sign(each.mark.name, len(each.topics)) if each else Sign() for each in cells]
        return [*signs, Sign() if line.topics else Sign(NOT_ASSESSED)]

    part = _("Solo una parte")
    narrowed = f" · {part}" if filters.any else ""
    share = _(
        "%(shown)s de %(total)s temas, en %(lines)s directrices",
        shown=len(found.shown), total=found.total, lines=len(found.lines),
    )  # fmt: skip
    return Grid(
        language(),
        _("La matriz"),
        f"{here.framework_title.value} × {here.plan_title.value}{narrowed}",
        [*(label for _key, label in columns), _("No evaluada")],
        _("Temas"),
        [
            Band(
                part.label.value,
                [
                    (line.number, line.short.value, marked(line), str(found.count(line) or ""))
                    for line in part.lines
                ],
            )
            for part in found.sections
        ],
        [(name, each.word) for name, each in marks().items()],
        [
            f"{share}. {_('El estado es nuestra lectura de la observación.')}",
            f"gapgraph {__version__}, {service().dataset.version}, CC BY 4.0",
        ],
        [
            *(str(found.column_total(key) or "") for key in keys),
            f"({len(found.unassessed)})" if found.unassessed else "",
            str(len(found.shown)),
        ],
    )


def _head(row: Row) -> str:
    """Return what stands over the column of a plan element: its number, and its label."""
    number, label = str(row["elementNumber"]), row["elementLabel"]
    return f"{number} {label}" if number and number != label else label


@gives(*offers_from({form: media for form, (media, _) in _PICTURES.items()}))
@takes(*NAMES, page=True)
def matrix_picture(form: str) -> Response:
    """Answer the matrix as a picture."""
    media, draw = _PICTURES[chosen("the matrix", form).name]
    filters = Filters.of_request(tuple(marks()))
    drawn = draw(_grid(matrix_of(filters), filters))
    return public(as_file(drawn, media, file_name("matrix", form), shown=True))


def register(blueprint: Blueprint) -> None:
    """Add the matrix."""
    blueprint.add_url_rule("/matrix", "matrix", matrix)
    blueprint.add_url_rule("/matrix.<form>", "matrix_picture", matrix_picture)

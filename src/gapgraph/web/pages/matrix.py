"""The matrix: directives by plan elements; a cell has its topics, and their worst status."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from gapgraph.report.grid import shift_of
from gapgraph.statuses import NOT_ASSESSED
from gapgraph.web.pages.filters import NAMES, Filters, themes
from gapgraph.web.pages.lists import Line, Part, parts
from gapgraph.web.pages.rows import Row, Text, ask, file_name, page, public
from gapgraph.web.pages.status import Mark, mark, marks, worst
from gapgraph.web.pages.topics import Topic, topics
from gapgraph.web.parameters import takes

__all__ = ["Cell", "Matrix", "register"]

#: The columns that are no plan element: nothing there, and not assessed.
NONE, UNASSESSED = "none", "unassessed"


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
    """Answer the matrix as a page."""
    filters = Filters.of_request(tuple(marks()))
    # Named one by one: what else an address says is not for us to pass on.
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in NAMES}
    return page(
        "pages/matrix.html",
        matrix=matrix_of(filters),
        filters=filters,
        every=parts([]),
        asked=list(marks()),
        counts=filters.counts(topics()),
        themes=themes(),
        svg=url_for("pages.matrix_svg", **asked),
    )


@takes(*NAMES, page=True)
def matrix_svg() -> Response:
    """Answer the matrix as a drawing."""
    filters = Filters.of_request(tuple(marks()))
    found = matrix_of(filters)
    shift = shift_of(line.number for line in found.lines)
    drawn = render_template("pages/matrix.svg", matrix=found, shift=shift)
    response = make_response(drawn)
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name("matrix", "svg")}"'
    return public(response)


def register(blueprint: Blueprint) -> None:
    """Add the matrix."""
    blueprint.add_url_rule("/matrix", "matrix", matrix)
    blueprint.add_url_rule("/matrix.svg", "matrix_svg", matrix_svg)

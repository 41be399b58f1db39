"""The gaps: the working list, filtered, grouped, sorted, downloaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, url_for

from gapgraph.namespaces import GG, ID, last_segment
from gapgraph.statuses import GAPS
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.filters import NAMES, Filters, one_of
from gapgraph.web.pages.lists import Part, parts
from gapgraph.web.pages.rows import Row, Text, ask, page, site
from gapgraph.web.pages.status import Mark, mark, marks, reason_words
from gapgraph.web.pages.topics import label_of, tally, topics
from gapgraph.web.parameters import takes

__all__ = ["Gap", "Group", "register"]

_GROUPS = ("section", "category", "concept", "status", "no")
_SORTS = ("number", "-number", "topicLabel", "-topicLabel")


@dataclass(frozen=True)
class Gap:
    """A topic that is a gap, with the words that say so."""

    row: Row

    @property
    def label(self) -> Text:
        """The topic's label."""
        return label_of(self.row)

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        return mark(self.row["status"])

    @property
    def reasons(self) -> list[str]:
        """Why it is partial, in words."""
        return reason_words(self.row.several("partialReason"))


@dataclass(frozen=True)
class Group:
    """Gaps under one heading."""

    heading: Text
    iri: str = ""
    gaps: list[Gap] = field(default_factory=list)


def _keys(
    gap: Gap, by: str, elements: dict[str, Row], sections: list[Part]
) -> list[tuple[str, Text]]:
    """Return the groups a gap belongs to: an IRI or name, and a heading for each."""
    row = gap.row
    if by == "section":
        return [(each.iri, each.label) for each in sections if each.number == row["sectionNumber"]]
    if by == "concept":
        return [(row["concept"], gap.label)]
    if by == "status":
        return [(row["status"], Text(gap.mark.word, ""))]
    if by == "category":
        given = [elements[iri] for iri in row.several("elements") if iri in elements]
        found = [(each["element"], each.text("elementLabel")) for each in given]
        return found or [("", Text(_("Sin elemento del plan"), ""))]
    return [("", Text("", ""))]


def grouped(
    rows: list[Row], by: str, elements: dict[str, Row], sections: list[Part]
) -> list[Group]:
    """Return gaps in groups.

    :param by: ``section``, ``category``, ``concept``, ``status``, or ``no`` for one group
    :param elements: the plan's elements by IRI
    :param sections: the framework's sections
    """
    found: dict[str, Group] = {}
    for row in rows:
        gap = Gap(row)
        for iri, heading in _keys(gap, by, elements, sections):
            found.setdefault(iri, Group(heading, iri)).gaps.append(gap)
    if by == "category":
        order = {iri: place for place, iri in enumerate(elements)}
        return sorted(found.values(), key=lambda group: order.get(group.iri, -1))
    if by == "concept":
        return sorted(found.values(), key=lambda group: -len(group.gaps))
    if by == "status":
        order = {mark_.iri: place for place, mark_ in enumerate(marks().values())}
        return sorted(found.values(), key=lambda group: -order.get(group.iri, -1))
    return list(found.values())


def _unread() -> dict[str, list[Text]]:
    """Return the words of each directive's observations that nobody has read."""
    found: dict[str, list[Text]] = {}
    for row in ask("statements-in-full"):
        if row["kind"] == str(GG.UnreadStatement):
            found.setdefault(row["directive"], []).append(row.text("statementText"))
    return found


@takes(*NAMES, "group", "sort", page=True)
def gaps() -> Response:
    """Answer the working list."""
    filters = Filters.of_request(GAPS)
    by = one_of("group", _GROUPS, "section")
    order = one_of("sort", _SORTS, "number")
    elements = {row["element"]: row for row in ask("plan-elements")}
    values: dict[str, list[str]] = {
        "status": [marks()[name].iri for name in filters.statuses],
        "sectionNumber": list(filters.sections),
        "element": [iri] if (iri := filters.element(elements.values())) else [],
        "concept": [f"{ID}concept/{filters.concept}"] if filters.concept else [],
    }
    given = {name: value for name, value in values.items() if value}
    rows = ask("gaps", given, sort=() if order == "number" else (order,))
    every, sections = topics(), parts([])
    asked: dict[str, Any] = {**given, "analysis": site().analysis}
    if order != "number":
        asked["sort"] = order
    # With the names beside the IRIs, and the table as a spreadsheet opens it.
    asked["labels"] = "1"
    downloads = {
        suffix: url_for("questions.answer", **{**asked, "name": f"gaps.{suffix}", **how})
        for suffix, how in {"csv": {"excel": "1"}, "xlsx": {}, "md": {}}.items()
    }
    word = url_for(
        "pages.report",
        form="docx",
        status=list(filters.statuses),
        section=list(filters.sections),
        category=filters.category or None,
        concept=filters.concept or None,
    )
    account = [row for row in ask("reading-account") if row.number("statementsUnread")]
    return page(
        "pages/gaps.html",
        account=account,
        unread=_unread() if account else {},
        groups=grouped(rows, by, elements, sections),
        elements=elements,
        filters=filters,
        group=by,
        statuses=GAPS,
        sort=order,
        rows=rows,
        counted=tally(every),
        sections=sections,
        chosen=_chosen(filters, sections, elements),
        loose=ask("omissions-without-topic"),
        downloads=downloads,
        word=word,
    )


def _chosen(filters: Filters, sections: list[Part], elements: dict[str, Row]) -> list[str]:
    """Return in words what the list was narrowed to."""
    known = marks()
    return [
        *(known[name].word for name in filters.statuses),
        *(str(each.label) for each in sections if str(each.number) in filters.sections),
        *(
            row["elementLabel"]
            for iri, row in elements.items()
            if last_segment(iri) == filters.category
        ),
    ]


def register(blueprint: Blueprint) -> None:
    """Add the working list."""
    blueprint.add_url_rule("/gaps", "gaps", gaps)

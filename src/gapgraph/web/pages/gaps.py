"""The gaps: the working list, filtered, grouped, sorted, downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response, url_for

from gapgraph.namespaces import concept_iri, last_segment
from gapgraph.report.choice import READING
from gapgraph.statuses import GAPS
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.filters import NAMES, Filters, one_of, themes
from gapgraph.web.pages.lists import Part, parts
from gapgraph.web.pages.rows import Row, Text, ask, page, site
from gapgraph.web.pages.status import Mark, marks
from gapgraph.web.pages.topics import tally, topics
from gapgraph.web.parameters import takes

__all__ = ["Gap", "Group", "register"]

_GROUPS = ("section", "category", "concept", "status", "no")
#: `READING` is the order that `in_reading_order` tells; the others are columns of the query.
_SORTS = ("number", "-number", "topicLabel", "-topicLabel", READING)


@dataclass(frozen=True)
class Gap:
    """A topic that is a gap, with the words that say so.

    :param row: its row of the query ``gaps``
    :param shown: its card
    """

    row: Row
    shown: Shown

    @property
    def label(self) -> Text:
        """The topic's label."""
        return self.shown.card.label

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        return self.shown.mark


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
    gaps: Iterable[Gap], by: str, elements: dict[str, Row], sections: list[Part]
) -> list[Group]:
    """Return gaps in groups.

    :param by: ``section``, ``category``, ``concept``, ``status``, or ``no`` for one group
    :param elements: the plan's elements by IRI
    :param sections: the framework's sections
    """
    found: dict[str, Group] = {}
    for gap in gaps:
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
        "concept": [str(concept_iri(filters.concept))] if filters.concept else [],
        "themeName": [filters.theme] if filters.theme else [],
    }
    given = {name: value for name, value in values.items() if value}
    by_column = order not in {"number", READING}
    rows = {row["topic"]: row for row in ask("gaps", given, sort=(order,) if by_column else ())}
    known = cards()
    listed = [known[topic] for topic in rows]
    if order == READING:
        listed = in_reading_order(listed)
    every, sections = topics(), parts([])
    asked: dict[str, Any] = {**given, "analysis": site().analysis}
    if by_column:
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
        theme=filters.theme or None,
        # A report is by directives, or in this order.
        sort=order if order == READING else None,
    )
    account = [row for row in ask("reading-account") if row.number("statementsUnread")]
    return page(
        "pages/gaps.html",
        account=account,
        groups=grouped(
            (Gap(rows[each.row["topic"]], each) for each in listed), by, elements, sections
        ),
        elements=elements,
        filters=filters,
        group=by,
        statuses=GAPS,
        gap_words=[marks()[name].word for name in GAPS],
        counts=filters.counts([each for each in every if each.mark.name in GAPS]),
        themes=themes(),
        sort=order,
        rows=rows,
        counted=tally(replace(filters, statuses=()).kept(every)),
        behind={**given, "analysis": site().analysis},
        shown=tally(each for each in every if each.iri in rows),
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
        *(row["themeLabel"] for row in themes() if row["notation"] == filters.theme),
    ]


def register(blueprint: Blueprint) -> None:
    """Add the working list."""
    blueprint.add_url_rule("/gaps", "gaps", gaps)

"""Lists: the directives by section, the plan's elements, concepts, instruments, institutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from flask import Blueprint, Response

from gapgraph.messages import Message
from gapgraph.namespaces import ELEMENTS, GG
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.rows import Row, Text, ask, page
from gapgraph.web.pages.status import reason_words
from gapgraph.web.pages.topics import Tally, Topic, tally, title_of, topics
from gapgraph.web.parameters import takes

__all__ = [
    "ELEMENT_NAMES",
    "Line",
    "Part",
    "category_name",
    "element_name",
    "elements",
    "parts",
    "register",
]

_CATEGORY = Message("Categoría")
#: What pages call an element of a plan, by its class.
ELEMENT_NAMES = {
    **{str(iri): _CATEGORY for iri in ELEMENTS},
    str(GG.PlanElement): Message("Elemento del plan"),
}


@dataclass(frozen=True)
class Line:
    """A directive in a list.

    :param row: its row of the query ``directives``
    :param topics: its topics
    """

    row: Row
    topics: list[Topic]

    @property
    def number(self) -> str:
        """Its identifier, as printed."""
        return self.row["number"]

    @property
    def iri(self) -> str:
        """Its IRI."""
        return self.row["directive"]

    @property
    def reasons(self) -> list[str]:
        """Why it is partial, in words."""
        return reason_words(self.row.several("partialReasons"))

    @property
    def title(self) -> Text:
        """Its topics, or the beginning of its text."""
        return title_of(self.topics, self.row["text"])

    @property
    def short(self) -> Text:
        """A shorter title, for a link to it."""
        return title_of(self.topics, self.row["text"], longest=40)

    @property
    def counted(self) -> Tally:
        """Its topics by status."""
        return tally(self.topics)


@dataclass(frozen=True)
class Part:
    """A section with its directives; the framework, where it has none."""

    iri: str
    number: str
    label: Text
    lines: list[Line] = field(default_factory=list)

    @property
    def topics(self) -> list[Topic]:
        """The topics of its directives."""
        return [topic for line in self.lines for topic in line.topics]

    @property
    def counted(self) -> Tally:
        """Its topics by status."""
        return tally(self.topics)

    @property
    def size(self) -> int:
        """How many directives it has."""
        return len(self.lines)

    @property
    def unassessed(self) -> list[Line]:
        """Its directives without topics."""
        return [line for line in self.lines if not line.topics]


def parts(listed: list[Topic]) -> list[Part]:
    """Return the sections of the framework, each with its directives and their topics.

    :param listed: the topics to sort into them
    """
    by_directive: defaultdict[str, list[Topic]] = defaultdict(list)
    for topic in listed:
        by_directive[topic.directive].append(topic)
    found: dict[str, Part] = {}
    for row in ask("directives"):
        iri, number = row["section"], row["sectionNumber"]
        part = found.setdefault(iri, Part(iri, number, row.text("sectionLabel")))
        part.lines.append(Line(row, by_directive[row["directive"]]))
    return list(found.values())


@takes(page=True)
def directives() -> Response:
    """List the directives by section."""
    return page("pages/directives.html", sections=parts(topics()))


def element_name(kinds: Collection[str]) -> str:
    """Return what an element of the plan is called, in the reader's language.

    :param kinds: the IRIs of its classes, of which the narrowest counts
    """
    return next(_(ELEMENT_NAMES[iri]) for iri in map(str, reversed(ELEMENTS)) if iri in kinds)


def category_name() -> str:
    """Return what a list of the plan's elements is headed by, in the reader's language."""
    return _(_CATEGORY)


def elements() -> list[tuple[Row, list[Topic], Tally]]:
    """Return the elements of the plan, each with the topics that the table gives it."""
    by_element: defaultdict[str, list[Topic]] = defaultdict(list)
    for topic in topics():
        for element in topic.elements:
            by_element[element["element"]].append(topic)
    return [
        (row, listed, tally(listed))
        for row in ask("plan-elements")
        for listed in [by_element[row["element"]]]
    ]


@takes(page=True)
def categories() -> Response:
    """List the elements of the plan."""
    return page("pages/categories.html", elements=elements())


@takes(page=True)
def concepts() -> Response:
    """List the concepts that topics share, by label."""
    by_concept: defaultdict[str, list[Topic]] = defaultdict(list)
    for topic in topics():
        by_concept[topic.concept].append(topic)
    return page("pages/concepts.html", concepts=dict(by_concept), tally=tally)


@takes(page=True)
def instruments() -> Response:
    """List the instruments that are cited or invoked, and the institutions that are named."""
    return page(
        "pages/instruments.html",
        instruments=_by(ask("instrument-uses"), "instrument"),
        institutions=_by(ask("institution-mentions"), "institution"),
    )


def _by(rows: list[Row], name: str) -> dict[str, list[Row]]:
    """Return rows by a column, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def register(blueprint: Blueprint) -> None:
    """Add the lists."""
    blueprint.add_url_rule("/directives", "directives", directives)
    blueprint.add_url_rule("/categories", "categories", categories)
    blueprint.add_url_rule("/concepts", "concepts", concepts)
    blueprint.add_url_rule("/instruments", "instruments", instruments)

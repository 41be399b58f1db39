"""What of an analysis a report is about, as people name it: every mistake in it told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gapgraph.errors import UsageError
from gapgraph.namespaces import last_segment
from gapgraph.queries.rows import Row
from gapgraph.report.asking import Asker
from gapgraph.statuses import GAPS, NOT_ASSESSED
from gapgraph.told import joined, told
from gapgraph.unicode import comparable

__all__ = ["READING", "SORTS", "Asked", "Choice", "choose", "topic_statuses"]

#: The orders of a report: by sections and directives, and that of `report.cards.reading_place`.
SORTS = ("number", READING := "reading")

#: How many choices an error names.
_MOST = 100


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; each part holds identifiers as printed, names of IRIs, or IRIs.

    :param sort: one of `SORTS`
    """

    sections: Sequence[str] = ()
    directives: Sequence[str] = ()
    statuses: Sequence[str] = ()
    elements: Sequence[str] = ()
    concepts: Sequence[str] = ()
    topics: Sequence[str] = ()
    themes: Sequence[str] = ()
    sort: str = "number"


@dataclass(frozen=True)
class Choice:
    """What a report is about.

    :param within: IRIs by parameter of the query ``topics-in-full``, which narrow what is counted
    :param statuses: the rows of the statuses whose topics are shown
    :param said: in words, what it was narrowed to
    :param directives: all directives, rows of the query ``directives-in-full``
    """

    within: dict[str, tuple[str, ...]]
    statuses: tuple[Row, ...]
    said: tuple[str, ...]
    directives: tuple[Row, ...]


@dataclass(frozen=True)
class _Kind:
    """A kind of thing to choose.

    :param name: what people call it
    :param rows: those there are, each once
    :param iri: the column of IRIs
    :param named: the column of identifiers, which may be unbound
    :param label: the column of labels
    """

    name: str
    rows: list[Row]
    iri: str
    named: str = ""
    label: str = ""

    def find(self, asked: Sequence[str], missing: list[str]) -> list[Row]:
        """Return the rows that are asked for; what is not found is added to what is missing."""
        known: dict[str, Row] = {}
        for row in self.rows:
            for name in (row[self.iri], last_segment(row[self.iri]), self._identifier(row)):
                known.setdefault(comparable(name), row)
        wrong = [each for each in asked if comparable(each) not in known]
        if wrong:
            listed = [self._shown(row) for row in self.rows]
            rest = told(" … ({count} in all)", count=len(listed)) if len(listed) > _MOST else ""
            missing.append(
                told(
                    "there is no {kind} {these} (there are: {listed}{rest})",
                    kind=self.name,
                    these=", ".join(repr(each[:40]) for each in wrong),
                    listed=", ".join(listed[:_MOST]) or told("none"),
                    rest=rest,
                )
            )
        return [known[comparable(each)] for each in asked if comparable(each) in known]

    def _identifier(self, row: Row) -> str:
        return (row[self.named] if self.named else "") or last_segment(row[self.iri])

    def _shown(self, row: Row) -> str:
        label = row[self.label] if self.label else ""
        return f"{self._identifier(row)} {label}".strip()


def _once(rows: Iterable[Row], column: str) -> list[Row]:
    """Return the first row of each value of a column, but for an unbound one."""
    found: dict[str, Row] = {}
    for row in rows:
        if row[column]:
            found.setdefault(row[column], row)
    return list(found.values())


def topic_statuses(asker: Asker) -> list[Row]:
    """Return the rows of the statuses that a topic may have, in the order of the ontology."""
    return [row for row in asker.ask("list-statuses") if row["notation"] != NOT_ASSESSED]


def choose(asker: Asker, asked: Asked) -> Choice:
    """Find what is asked for.

    Gaps are shown where no status is named; of directives that are named, all topics; and topics
    that are named themselves.

    :raises UsageError: naming everything that is not there, with what is
    """
    directives = asker.about("directives-in-full")
    missing: list[str] = []
    sections = _Kind(
        told("section"),
        _once(directives, "section"),
        "section",
        "sectionIdentifier",
        "sectionLabel",
    ).find(asked.sections, missing)
    chosen = _Kind(told("directive"), directives, "directive", "directiveIdentifier").find(
        asked.directives, missing
    )
    scheme = topic_statuses(asker)
    statuses = _Kind(told("status"), scheme, "status", "notation").find(asked.statuses, missing)
    elements = _Kind(
        told("plan element"),
        asker.about("elements-in-full"),
        "element",
        "elementIdentifier",
        "label",
    ).find(asked.elements, missing)
    listed = asker.about("list-concepts") if asked.concepts else []
    concepts = _Kind(told("concept"), _once(listed, "concept"), "concept").find(
        asked.concepts, missing
    )
    topics = _Kind(
        told("topic"),
        asker.about("topics-in-full") if asked.topics else [],
        "topic",
        "",
        "topicLabel",
    ).find(asked.topics, missing)
    themes = _Kind(
        told("theme"),
        asker.ask("list-themes") if asked.themes else [],
        "theme",
        "notation",
        "themeLabel",
    ).find(asked.themes, missing)
    if missing:
        raise UsageError(joined("; ", missing), todo=told("choose among those"))
    words = asker.words
    said = (
        *(row["sectionLabel"] for row in sections),
        *(
            words.gettext("directriz %(number)s", number=row["directiveIdentifier"])
            for row in chosen
        ),
        *(row["label"] for row in elements),
        *(row["conceptLabel"] for row in concepts),
        *(row["topicLabel"] for row in topics),
        *(words.gettext("eje: %(theme)s", theme=row["themeLabel"]) for row in themes),
        *(row["statusLabel"] for row in statuses),
    )
    within = {
        "section": tuple(row["section"] for row in sections),
        "directive": tuple(row["directive"] for row in chosen),
        "element": tuple(row["element"] for row in elements),
        "concept": tuple(row["concept"] for row in concepts),
        "topic": tuple(row["topic"] for row in topics),
        "themeName": tuple(row["notation"] for row in themes),
    }
    default = scheme if chosen or topics else [row for row in scheme if row["notation"] in GAPS]
    return Choice(within, tuple(statuses or default), said, tuple(directives))

"""The model of a report: figures with their denominators, cards with their sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gapgraph.namespaces import last_segment
from gapgraph.queries.rows import Row, Text
from gapgraph.report.asking import Asker, country_of
from gapgraph.report.cards import Card, alike, card_of, reading_place
from gapgraph.report.choice import READING, Asked, Choice, choose
from gapgraph.report.sentences import translations_of
from gapgraph.statuses import GAPS, NOT_APPLICABLE

__all__ = ["Card", "Count", "Directive", "Part", "Report", "report_of"]

#: What narrows a report to a part of the framework.
_PARTS = ("section", "directive")


@dataclass(frozen=True)
class Count:
    """How many topics have a status.

    :param status: its short name, which is that of its colour too
    :param word: what it is called
    """

    status: str
    word: str
    count: int


@dataclass(frozen=True)
class Directive:
    """A directive with the cards of its topics.

    :param translation: our translation of its text into the report's language, where there is one
    """

    iri: str
    identifier: str
    text: Text
    translation: Text
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Part:
    """A section with its directives; a framework without sections has one part without label.

    So has a report in reading order: there a directive stands as often as others come between its
    topics.

    :param topics: how many topics of it are counted, those that are not shown among them
    """

    label: Text
    directives: tuple[Directive, ...]
    topics: int

    @property
    def shown(self) -> int:
        """How many topics are shown."""
        return sum(len(each.cards) for each in self.directives)


@dataclass(frozen=True)
class Report:
    """A report of an analysis, or of a part of it.

    :param counts: the topics that it is about by status, in the order of the ontology
    :param topics: how many topics it is about
    :param whole: how many topics the analysis has
    :param directives: how many directives it is about
    :param whole_directives: how many directives the framework has
    :param unassessed: how many of them the analysis does not assess
    :param sort: the order of its topics, one of `choice.SORTS`
    :param loose: the directives, as printed, of their omissions that bear on no topic
    :param account: the row of the query ``reading-account``
    :param version: the version of the dataset
    """

    lang: str
    analysis: str
    framework: Text
    plan: Text
    country: Text
    said: tuple[str, ...]
    counts: tuple[Count, ...]
    topics: int
    whole: int
    directives: int
    whole_directives: int
    unassessed: int
    parts: tuple[Part, ...]
    sort: str
    loose: tuple[str, ...]
    account: Row | None
    version: str

    @property
    def gaps(self) -> int:
        """How many of its topics are gaps."""
        return sum(each.count for each in self.counts if each.status in GAPS)

    @property
    def applicable(self) -> int:
        """How many of its topics apply, as the table has it: what shares are of."""
        return self.topics - sum(
            each.count for each in self.counts if each.status == NOT_APPLICABLE
        )

    @property
    def shown(self) -> int:
        """How many topics are shown."""
        return sum(part.shown for part in self.parts)


def report_of(asker: Asker, asked: Asked) -> Report:
    """Put a report together.

    :raises UsageError: naming everything asked for that is not there, with what is
    """
    choice = choose(asker, asked)
    facts = asker.facts()
    about = asker.about("topics-in-full", **choice.within)
    narrowed = {row["directive"] for row in about}
    sections, named = choice.within["section"], choice.within["directive"]
    # What is narrowed by more than sections and directives is about the directives of its topics.
    whole = not any(found for name, found in choice.within.items() if name not in _PARTS)
    directives = [
        row
        for row in choice.directives
        if (not sections or row["section"] in sections)
        and (not named or row["directive"] in named)
        and (whole or row["directive"] in narrowed)
    ]
    printed = {row["directive"]: row["directiveIdentifier"] for row in directives}
    account = asker.about("reading-account")
    return Report(
        lang=asker.lang,
        analysis=asker.analysis,
        framework=asker.title(facts["framework"], facts.text("frameworkLabel")),
        plan=asker.title(facts["plan"], facts.text("planLabel")),
        country=country_of(facts),
        said=choice.said,
        counts=_counted(about, asker.ask("list-statuses")),
        topics=len(about),
        whole=sum(row.number("topics") for row in choice.directives),
        directives=len(directives),
        whole_directives=len(choice.directives),
        unassessed=sum(not row.number("topics") for row in directives),
        parts=_read(about, choice, asker)
        if asked.sort == READING
        else _parts(about, choice, asker),
        sort=asked.sort,
        loose=tuple(
            printed[row["directive"]] or last_segment(row["directive"])
            for row in asker.about("omissions-without-topic")
            if row["directive"] in printed
        ),
        account=account[0] if account else None,
        version=asker.store.version,
    )


def _counted(about: Sequence[Row], statuses: Iterable[Row]) -> tuple[Count, ...]:
    """Count topics by status; statuses that none has are left out."""
    found = Counter(row["status"] for row in about)
    return tuple(
        Count(row["notation"], row["statusLabel"], found[row["status"]])
        for row in statuses
        if found[row["status"]]
    )


def _cards(about: Sequence[Row], choice: Choice, asker: Asker) -> list[Card]:
    """Return the cards of the topics that are shown."""
    by_directive: defaultdict[str, list[Row]] = defaultdict(list)
    for row in asker.about("statements-in-full", directive=choice.within["directive"]):
        by_directive[row["directive"]].append(row)
    translations = translations_of(asker.about("translations"), asker.lang)
    gaps = {row["status"] for row in choice.statuses if row["notation"] in GAPS}
    shown = {row["status"] for row in choice.statuses}
    return [
        card_of(
            row,
            by_directive[row["directive"]],
            asker.lang,
            gap=row["status"] in gaps,
            translations=translations,
        )
        for row in about
        if row["status"] in shown
    ]


def _parts(about: Sequence[Row], choice: Choice, asker: Asker) -> tuple[Part, ...]:
    """Return the sections with the cards of the topics that are shown."""
    sections: dict[str, list[Card]] = {row["section"]: [] for row in about}
    for card in _cards(about, choice, asker):
        sections[card.row["section"]].append(card)
    topics = Counter(row["section"] for row in about)
    labels = {row["section"]: row.text("sectionLabel") for row in about}
    return tuple(
        Part(labels[section], _directives(cards), topics[section])
        for section, cards in sections.items()
        if cards
    )


def _read(about: Sequence[Row], choice: Choice, asker: Asker) -> tuple[Part, ...]:
    """Return the cards of the topics that are shown in reading order, as one part."""
    also = alike(asker.about("topics-in-full"))
    cards = _cards(about, choice, asker)
    cards.sort(key=lambda each: reading_place(each, also[each.row["topic"]]))
    return (Part(Text("", ""), _directives(cards), len(about)),) if cards else ()


def _directives(cards: Iterable[Card]) -> tuple[Directive, ...]:
    """Return cards under their directives, in their order."""
    runs = [(iri, tuple(run)) for iri, run in groupby(cards, lambda each: each.row["directive"])]
    return tuple(
        Directive(iri, run[0].directive, run[0].row.text("directiveText"), run[0].asked, run)
        for iri, run in runs
    )

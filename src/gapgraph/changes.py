"""Two builds compared: the statuses that changed, the sentences that came and went.

What is told of a plan that only one of them has is told of the plan, and not as changes: it is as
new as the plan is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from rdflib import Literal, Namespace, URIRef
from rdflib.term import Node

from gapgraph.messages import Message, translate
from gapgraph.namespaces import BASE, GG, PROV, RDF, assessment_iri, last_segment
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import Column
from gapgraph.queries.result import Result
from gapgraph.queries.results import run
from gapgraph.queries.rows import Row
from gapgraph.statuses import NOT_ASSESSED
from gapgraph.store.answers import Term
from gapgraph.store.engine import Engine
from gapgraph.succession import Succession, followed, succession
from gapgraph.texts import LANGUAGES, Text

__all__ = [
    "COLUMNS",
    "PREFIXES",
    "Change",
    "Changes",
    "PlanChange",
    "changes",
    "result",
    "triples",
]

#: What is told of each change, and what people call it.
COLUMNS = {
    "kind": Message("Qué cambia"),
    "analysis": Message("Análisis"),
    "number": Message("N.º"),
    "item": Message("Directriz, tema o plan"),
    "old": Message("Antes"),
    "new": Message("Ahora"),
}
#: What came and what went, as triples that are spoken of (Changeset vocabulary).
_CS = Namespace("http://purl.org/vocab/changeset/schema#")
PREFIXES = {"cs": str(_CS)}


@dataclass(frozen=True)
class Change:
    """What one build says, and the other says otherwise or not at all.

    :param kind: ``directive`` or ``topic`` for a status; ``sentence`` for words
    :param analysis: the IRI of its analysis
    :param directive: the IRI of the directive it is of
    :param number: its number
    :param item: the IRI of the topic, or of the directive
    :param old: the status or words in the first build; empty where it has none
    :param new: those in the second
    :param node: the IRI of what bears them: the topic, the assessment or the statement
    :param language: of the words
    """

    kind: str
    analysis: str
    directive: str
    number: str
    item: str
    old: str
    new: str
    node: str
    language: str = ""


@dataclass(frozen=True)
class PlanChange:
    """A plan that one build has, and the other has not.

    :param analysis: the IRI of its analysis
    :param plan: its IRI
    :param label: its name
    :param language: that of the name
    :param added: whether it came; otherwise it went
    :param assessed: how many directives it assesses
    :param directives: of how many
    :param beside: of a plan that came, what it closes of the gaps of each plan of the first build
        that it followed, or that is of its State and framework, by the IRI of that one's analysis
    """

    analysis: str
    plan: str
    label: str
    language: str
    added: bool
    assessed: int
    directives: int
    beside: Mapping[str, Succession]

    @property
    def node(self) -> str:
        """What bears it: its analysis."""
        return self.analysis

    @property
    def old(self) -> str:
        """Its name in the first build; nothing where it came."""
        return "" if self.added else self.label

    @property
    def new(self) -> str:
        """Its name in the second build; nothing where it went."""
        return self.label if self.added else ""


@dataclass(frozen=True)
class Changes:
    """What differs between two builds, and of how much.

    :param plans: the plans that came or went
    :param found: the changes in the plans of both: statuses first, in the order of the builds
    :param directives: how many statuses of directives either build has, in plans of both
    :param topics: how many of topics
    :param sentences: how many sentences the first build has of them, and the second
    """

    plans: list[PlanChange]
    found: list[Change]
    directives: int
    topics: int
    sentences: tuple[int, int]

    def __iter__(self) -> Iterator[Change]:
        return iter(self.found)

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.plans or self.found)

    def count(self, kind: str, *, side: str = "") -> int:
        """Return how many changes are of a kind.

        :param kind: see `Change`
        :param side: ``old`` for what went only, ``new`` for what came only
        """
        return sum(each.kind == kind and (not side or bool(getattr(each, side))) for each in self)


@dataclass(frozen=True)
class _Build:
    """What one build says.

    :param plans: the first row of each analysis, by its IRI
    :param followed: what is known to have followed the plans of its analyses
    :param directives: the IRI and the number of the directive of each topic and directive
    :param statuses: the name of each status, by kind, analysis and thing
    :param sentences: what observations say, by analysis and directive
    :param statements: the IRI and the language of a statement that says it, by analysis,
        directive and words
    """

    plans: Mapping[str, Row]
    followed: set[tuple[str, str]]
    directives: Mapping[str, tuple[str, str]]
    statuses: Mapping[tuple[str, str, str], str]
    sentences: Mapping[tuple[str, str], Counter[str]]
    statements: Mapping[tuple[str, str, str], tuple[str, str]]

    def of_directives(self, analysis: str) -> dict[str, str]:
        """Return the status of each directive in an analysis, by its number."""
        return {
            self.directives[item][1]: status
            for (kind, of, item), status in self.statuses.items()
            if kind == "directive" and of == analysis
        }

    def said_in(self, analyses: Set[str]) -> int:
        """Return how many sentences some analyses have."""
        return sum(said.total() for (of, _), said in self.sentences.items() if of in analyses)


def changes(old: Engine, new: Engine, catalogue: Catalogue) -> Changes:
    """Return what differs between two builds.

    :param old: the first build
    :param new: the second
    :param catalogue: the stored queries that both are asked
    """
    before, after = _read(old, catalogue), _read(new, catalogue)
    of = {**before.directives, **after.directives}
    found = []
    both = before.plans.keys() & after.plans.keys()
    keys = [key for key in dict.fromkeys([*before.statuses, *after.statuses]) if key[1] in both]
    for key in keys:
        kind, analysis, item = key
        pair = before.statuses.get(key, ""), after.statuses.get(key, "")
        if pair[0] != pair[1]:
            # A directive has a status in an analysis, and none of its own.
            node = item if kind == "topic" else assessment_iri(analysis, item, "rule")
            found.append(Change(kind, analysis, *of[item], item, *pair, str(node)))
    for place in dict.fromkeys([*before.sentences, *after.sentences]):
        analysis, item = place
        if analysis not in both:
            continue
        was, now = (each.sentences.get(place, Counter()) for each in (before, after))
        for build, words in (
            *((before, each) for each in (was - now).elements()),
            *((after, each) for each in (now - was).elements()),
        ):
            pair = (words, "") if build is before else ("", words)
            said = build.statements[analysis, item, words]
            found.append(Change("sentence", analysis, *of[item], item, *pair, *said))
    directives = sum(kind == "directive" for kind, *_ in keys)
    plans = [
        *(_came(each, before, after) for each in after.plans if each not in both),
        *(_plan(each, before) for each in before.plans if each not in both),
    ]
    said_in = (before.said_in(both), after.said_in(both))
    return Changes(plans, found, directives, len(keys) - directives, said_in)


def _plan(
    analysis: str, build: _Build, beside: Mapping[str, Succession] | None = None
) -> PlanChange:
    """Return a plan that only one build has.

    :param beside: see `PlanChange`; nothing of one that went
    """
    statuses, label = build.of_directives(analysis), build.plans[analysis].text("planLabel")
    return PlanChange(
        analysis,
        build.plans[analysis]["plan"],
        label.value,
        label.lang,
        beside is not None,
        sum(status != NOT_ASSESSED for status in statuses.values()),
        len(statuses),
        beside or {},
    )


def _came(analysis: str, before: _Build, after: _Build) -> PlanChange:
    """Return a plan that only the second build has, beside those that it may have followed."""
    own, statuses = after.plans[analysis], after.of_directives(analysis)
    state, name = own["jurisdiction"], last_segment(own["plan"])
    known = before.followed | after.followed
    beside = {
        other: succession(before.of_directives(other), statuses, statuses)
        for other, row in before.plans.items()
        if row["framework"] == own["framework"]
        and ((other, name) in known or (state and state == row["jurisdiction"]))
    }
    return _plan(analysis, after, beside)


def _read(store: Engine, catalogue: Catalogue) -> _Build:
    """Ask a build for its statuses and sentences."""
    plans: dict[str, Row] = {}
    listed = _ask(store, catalogue, "analyses", [])
    for row in listed:
        plans.setdefault(row["analysis"], row)
    analyses = list(plans)
    directives: dict[str, tuple[str, str]] = {}
    statuses: dict[tuple[str, str, str], str] = {}
    sentences: dict[tuple[str, str], Counter[str]] = {}
    statements: dict[tuple[str, str, str], tuple[str, str]] = {}
    for kind, query in (("directive", "compare"), ("topic", "list-topics")):
        for row in _ask(store, catalogue, query, analyses):
            directives[row[kind]] = row["directive"], row["number"]
            statuses[kind, row["analysis"], row[kind]] = last_segment(
                row["status"].replace("#", "/")
            )
    for row in _ask(store, catalogue, "observation-statements", analyses):
        item = row["directive"]
        directives[item] = item, row["number"]
        if row["statement"]:
            spoken = row.text("text")
            words = " ".join(spoken.value[int(row["start"]) : int(row["end"])].split())
            place = row["analysis"], item
            sentences.setdefault(place, Counter())[words] += 1
            statements.setdefault((*place, words), (row["statement"], spoken.lang))
    return _Build(plans, followed(listed), directives, statuses, sentences, statements)


def _ask(store: Engine, catalogue: Catalogue, query: str, analyses: list[str]) -> list[Row]:
    """Return the rows of a stored query about some analyses."""
    found = run(store, catalogue, query, {"analysis": analyses} if analyses else {})
    return [Row(found.names, row) for row in found.rows]


def result(found: Changes, version: str) -> Result:
    """Return changes as a table, which is written in the formats of answers.

    :param version: of the second build
    """
    told = [
        *(("plan", each.analysis, "", each.plan, each.old, each.new) for each in found.plans),
        *(tuple(getattr(each, name) for name in COLUMNS) for each in found),
    ]
    rows = tuple(
        tuple(
            Term("uri" if name in {"analysis", "item"} else "literal", value) if value else None
            for name, value in zip(COLUMNS, each, strict=True)
        )
        for each in told
    )
    return Result(columns=_columns(), rows=rows, total=len(rows), dataset=version)


def _columns() -> tuple[Column, ...]:
    """Return the columns of the table, each called as people call it."""
    called = {
        name: Text({lang: translate(label, lang) for lang in LANGUAGES})
        for name, label in COLUMNS.items()
    }
    return tuple(Column(name, label, label) for name, label in called.items())


def triples(
    found: Changes, old: str, new: str, *, revises: bool
) -> Iterator[tuple[Node, Node, Node]]:
    """Yield changes as RDF: of each what it is of, and the triple that went and the one that came.

    :param old: the version of the first build
    :param new: that of the second
    :param revises: whether the second is known to have come of the first
    """
    dataset, about = f"{BASE}data/", f"{BASE}data/{old}/changes/{new}"
    if revises:
        yield URIRef(dataset + new), PROV.wasRevisionOf, URIRef(dataset + old)
    for place, each in enumerate([*found.plans, *found], 1):
        change = URIRef(f"{about}#{place}")
        yield change, RDF.type, _CS.ChangeSet
        yield change, _CS.subjectOfChange, URIRef(each.node)
        yield change, GG.inAnalysis, URIRef(each.analysis)
        for name, verb, value in (
            ("removed", _CS.removal, each.old),
            ("added", _CS.addition, each.new),
        ):
            if value:
                node = URIRef(f"{about}#{place}-{name}")
                predicate, term = _said_of(each, value)
                yield change, verb, node
                # A triple that is not said, but spoken of: one of the builds says otherwise.
                yield node, RDF.type, RDF.Statement
                yield node, RDF.subject, URIRef(each.node)
                yield node, RDF.predicate, predicate
                yield node, RDF.object, term


def _said_of(change: Change | PlanChange, value: str) -> tuple[URIRef, Node]:
    """Return the predicate and the object of the triple that came or went."""
    if isinstance(change, PlanChange):
        return GG.plan, URIRef(change.plan)
    if change.kind == "sentence":
        return GG.text, Literal(value, lang=change.language or None)
    return GG.coverageStatus, GG[value]

"""Filled tables of a review → the decisions in the folder of an analysis.

Everything is checked against the table as it is now before anything is written; what is wrong is
told all at once, each with its file and cell.  A decision on a text that has changed since is kept
with the others, and holds for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph, Literal

from gapgraph.annex.description import FILE_NAME, REVIEWS, read_description
from gapgraph.annex.sources import read_sources
from gapgraph.decisions.graph import keys_of, standing
from gapgraph.decisions.standing import Decisions, SetAside
from gapgraph.decisions.table import KINDS, NONE, Decided, read_decided, write_decided
from gapgraph.errors import UsageError, ViolationError
from gapgraph.files import sha256
from gapgraph.grid import place_told
from gapgraph.intake.problems import Problem, problem_line, to_mend
from gapgraph.namespaces import GG, RDF, RDFS, SKOS, Names, last_segment, slug
from gapgraph.rdf import read_turtle
from gapgraph.reading.graph import reading_graph
from gapgraph.review.cuts import Cuts, fault_of
from gapgraph.review.table import Decision, told_in
from gapgraph.settings import Home, Settings
from gapgraph.statuses import OF_TOPICS
from gapgraph.told import joined, told
from gapgraph.unicode import comparable

__all__ = ["Applied", "apply"]

#: What may stand between several topics or statements of one cell; a comma only where it must.
_BETWEEN = re.compile(r"\s*(?:[\n;·]|\s/\s)\s*")


@dataclass(frozen=True)
class Applied:
    """What became of filled tables.

    :param path: the table of decisions
    :param new: how many decisions are new
    :param changed: how many take the place of an earlier one of the same person on the same text
    :param same: how many were there already
    :param aside: those of what was given now that hold for nothing
    """

    path: Path
    new: int
    changed: int
    same: int
    aside: tuple[SetAside, ...]


@dataclass
class _Texts:
    """What there is to decide on: the texts of an analysis as they are now.

    :param labels: the labels of topics by their number (``7.1``)
    :param kinds: the kinds of statements, local names, by their number (``7.1.2``)
    :param texts: texts of statements, topics and observations, by the end of their IRI
    """

    names: Names
    asserted: Graph
    read: Graph
    labels: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        family = f"{self.names.analysis}/"
        for graph in (self.asserted, self.read):
            for node, text in graph.subject_objects(GG.text):
                item = str(node).removeprefix(family)
                if item.startswith(("statement/", "topic/", "observation/")):
                    self.texts[item] = str(text)
                    number = last_segment(item)
                    if item.startswith("topic/"):
                        self.labels[number] = str(graph.value(node, SKOS.prefLabel) or text)
                    elif item.startswith("statement/"):
                        kind = graph.value(node, RDF.type)
                        self.kinds[number] = str(kind).removeprefix(str(GG))

    def holding(self, decisions: Decisions) -> dict[str, list[Decided]]:
        """Return the decisions that hold, by what they hold for."""
        return standing(decisions, self.names, keys_of([*self.asserted, *self.read]))


def _words(ontology: Graph, terms: Iterable[str]) -> dict[str, str]:
    """Return local names of terms by what people may call them: these, and labels in any language.

    :param terms: the local names
    """
    found = {}
    for name in terms:
        labels = [
            str(each)
            for predicate in (RDFS.label, SKOS.prefLabel)
            for each in ontology.objects(GG[name], predicate)
            if isinstance(each, Literal)
        ]
        for label in (name, *labels):
            found[comparable(label).casefold()] = name
    return found


class _Reader:
    """Turns rows that people filled in into decisions, and notes what is wrong."""

    def __init__(self, texts: _Texts, ontology: Graph) -> None:
        self.texts = texts
        self.kinds, self.statuses = _words(ontology, KINDS), _words(ontology, OF_TOPICS)
        self.problems: list[Problem] = []
        self.cuts = Cuts(texts.texts)

    def wrong(self, filled: Decision, column: str, what: str, todo: str) -> None:
        """Note a problem of a cell."""
        value = filled.decided.get(column, "")
        self.problems.append(Problem(filled.places.get(column, filled.place), value, what, todo))

    def decided(self, filled: Decision) -> Decided | None:
        """Return the decision of a row; nothing where it is about no text of this analysis.

        What is cut is noted: it is decided of an observation, by several rows.
        """
        family = f"{self.texts.names.analysis}/"
        item = filled.item.removeprefix(family)
        if filled.item == item or not item.startswith(("statement/", "topic/")):
            self.wrong(
                filled,
                "item",
                told(
                    "{item!r} is of another analysis than {analysis}",
                    item=filled.item,
                    analysis=family[:-1],
                ),
                told("give the folder of the analysis that the queue was written for"),
            )
            return None
        if not filled.reason:
            self.wrong(filled, "reason", told("has no reason"), told("write why"))
        if filled.reviewer and not slug(filled.reviewer):
            self.wrong(filled, "reviewer", told("has no letters"), told("write a name"))
        if "cut" in filled.decided:
            what, todo = fault_of(filled, item, self.texts.texts.get(item, ""))
            if what:
                self.wrong(filled, "cut", what, todo)
            else:
                self.cuts.add(filled, item)
            return None
        foreign = ("kind", "topics", "mitigation") if item.startswith("topic/") else ("status",)
        for column in foreign:
            if column in filled.decided:
                self.wrong(
                    filled,
                    column,
                    told("a topic has a status alone, and a statement has none"),
                    told("fill in the row of the statement or of the topic"),
                )
        said = filled.decided
        current = self.texts.texts.get(item, "")
        text = next((each for each in (current, filled.text) if sha256(each) == filled.key), "")
        return Decided(
            item,
            filled.key,
            text,
            "",
            self.term(filled, "kind", self.kinds, KINDS),
            self.topics(filled, last_segment(item)) if "topics" in said else (),
            self.mitigates(filled) if "mitigation" in said else (),
            self.term(filled, "status", self.statuses, OF_TOPICS),
            filled.reason,
            filled.reviewer,
            filled.date[:10],
        )

    def term(
        self, filled: Decision, column: str, words: Mapping[str, str], names: Sequence[str]
    ) -> str:
        """Return the local name of what a cell calls a kind or a status."""
        value = filled.decided.get(column, "")
        found = words.get(comparable(value).casefold(), "")
        if value and not found:
            self.wrong(
                filled,
                column,
                told("is unknown"),
                told("use {these}, or their labels", these=", ".join(names)),
            )
        return found

    def topics(self, filled: Decision, number: str) -> tuple[tuple[str, str], ...]:
        """Return the topics that a cell names, by number or by label."""
        directive = number.partition(".")[0]
        row = {
            each: label
            for each, label in self.texts.labels.items()
            if each.partition(".")[0] == directive
        }
        by_label: dict[str, list[str]] = {}
        for each, label in row.items():
            by_label.setdefault(comparable(label).casefold(), []).append(each)

        def known(piece: str) -> str:
            if piece in row or piece in {NONE, directive}:
                return piece
            same = by_label.get(comparable(piece).casefold(), [])
            return same[0] if len(same) == 1 else ""

        found: dict[str, str] = {}
        for piece in self.pieces(filled.decided["topics"], known):
            name = known(piece)
            if not name:
                self.wrong(
                    filled,
                    "topics",
                    told(
                        "names no topic of row {directive} ({piece!r})",
                        directive=directive,
                        piece=piece,
                    ),
                    told(
                        "use {these}; {directive} for the directive itself; {none} for nothing",
                        these="; ".join(f"{each} {label}" for each, label in row.items()),
                        directive=directive,
                        none=NONE,
                    ),
                )
            elif name == piece and f"{name}0" in row:
                # A spreadsheet makes one number of 7.1 and 7.10.
                self.wrong(
                    filled,
                    "topics",
                    told("may be {name} or {name}0", name=name),
                    told("write the topic's label"),
                )
            found[name] = row.get(name, "")
        if len(found) > 1 and {NONE, directive} & found.keys():
            self.wrong(
                filled,
                "topics",
                told("names topics, and the directive or nothing"),
                told("keep one of them"),
            )
        return tuple((name, label) for name, label in found.items() if name)

    def mitigates(self, filled: Decision) -> tuple[str, ...]:
        """Return the statements that a cell names, by number or IRI."""

        def known(piece: str) -> str:
            number = last_segment(piece)
            return number if number in self.texts.kinds or piece == NONE else ""

        found = []
        for piece in self.pieces(filled.decided["mitigation"], known):
            if not known(piece):
                self.wrong(
                    filled,
                    "mitigation",
                    told("names no statement ({piece!r})", piece=piece),
                    told("write the end of its IRI, as 7.1.2; {none} for none", none=NONE),
                )
            found.append(known(piece))
        return tuple(dict.fromkeys(filter(None, found)))

    @staticmethod
    def pieces(cell: str, known: Callable[[str], str]) -> list[str]:
        """Return the parts of a cell; one that nothing is called is parted by commas too."""
        found = []
        for piece in filter(None, _BETWEEN.split(cell.strip())):
            found += [piece] if known(piece) else [each.strip() for each in piece.split(",")]
        return [each for each in found if each]


def _mitigations(
    merged: Sequence[Decided], texts: _Texts, places: Mapping[int, Decision], path: Path
) -> list[Problem]:
    """Return the decisions that count and mitigate what is no omission."""
    decisions = Decisions.of(merged, texts.names, texts.asserted)
    holding = texts.holding(decisions)
    kinds = dict(texts.kinds)
    for item, people in holding.items():
        if people[0].kind:
            kinds[last_segment(item)] = people[0].kind
    problems = []
    for people in holding.values():
        one = people[0]
        for number in one.mitigates:
            if number != NONE and kinds.get(number) != "Omission":
                filled = places.get(id(one))
                line = one.row.line if one.row else 0
                place = filled.places["mitigation"] if filled else f"{path}: line {line}"
                what = told(
                    "{one} would mitigate {number}, which is no omission",
                    one=one.name,
                    number=number,
                )
                problems.append(Problem(place, number, what, told("name an omission")))
    return problems


def apply(files: Sequence[Path], folder: Path, home: Home, settings: Settings) -> Applied:
    """Take filled tables into the folder of an analysis.

    :param files: tables as `gapgraph.review.table.queue` writes them, filled in
    :param folder: the folder of an ``analysis.toml``
    :param home: where the project's files lie
    :raises UsageError: where the folder is none, or nothing is filled in
    :raises InputError: for what cannot be read
    :raises ViolationError: with everything that must be mended; nothing is written then
    :raises EnvironmentFailure: where the table of decisions cannot be written
    """
    if not (folder / FILE_NAME).is_file():
        raise UsageError(
            told("{folder} holds no {file}", folder=folder, file=FILE_NAME),
            todo=told("name the folder of an analysis; gapgraph intake FILE --to DIR makes one"),
        )
    path = folder / REVIEWS
    (source,) = read_sources([read_description(folder)], home.data, settings, annex=False)
    description, asserted = source.description, source.asserted
    earlier = read_decided(path) if path.is_file() else []
    before = Decisions.of(earlier, description.names, asserted)
    read = reading_graph(
        asserted,
        description.names,
        home.data,
        institutions=description.institutions,
        instruments=description.instruments,
        folder=description.folder if description.own_rules else None,
        decisions=before,
    )
    texts = _Texts(description.names, asserted, read)
    reader = _Reader(texts, read_turtle(home.ontology / "gapgraph.ttl"))
    given: dict[tuple[str, str, str], Decided] = {}
    places: dict[int, Decision] = {}
    for file in files:
        filled, problems = told_in(file)
        reader.problems += problems
        for each in filled:
            one = reader.decided(each)
            if one is None:
                continue
            first = given.setdefault(_name(one), one)
            if first is not one:
                where = places[id(first)].place
                reader.wrong(
                    each,
                    "item",
                    told("was decided in another file ({where})", where=place_told(where)),
                    told("keep one row"),
                )
            places[id(one)] = each
    for one, row in reader.cuts.decided():
        given[_name(one)], places[id(one)] = one, row
    if not given and not reader.problems:
        raise UsageError(
            told("nothing is decided in what was given"), todo=told("fill in a row of it")
        )
    merged = {_name(each): each for each in earlier}
    same = [key for key, one in given.items() if key in merged and _equal(one, merged[key])]
    changed = [key for key in given if key in merged and key not in same]
    merged |= {key: one for key, one in given.items() if key not in same}
    if not reader.problems:
        reader.problems += _mitigations(list(merged.values()), texts, places, path)
    if reader.problems:
        raise ViolationError(
            told(
                "{problems} before these decisions can be taken\n{listed}",
                problems=to_mend(len(reader.problems)),
                listed=joined("\n", map(problem_line, reader.problems)),
            )
        )
    write_decided(path, list(merged.values()))
    after = Decisions.of(merged.values(), description.names, asserted)
    aside = after.set_aside(texts.holding(after))
    return Applied(
        path,
        len(given) - len(same) - len(changed),
        len(changed),
        len(same),
        tuple(each for each in aside if _name(each.decided) in given),
    )


def _name(one: Decided) -> tuple[str, str, str]:
    """Return what a decision is told from others by."""
    return one.item, one.key, one.person


def _equal(one: Decided, other: Decided) -> bool:
    return replace(one, row=None, text="") == replace(other, row=None, text="")

"""Two builds compared: the statuses that changed, the sentences that came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gapgraph.namespaces import last_segment
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.result import Result, plain_column
from gapgraph.queries.results import Engine, run
from gapgraph.queries.rows import Row
from gapgraph.store.answers import Term

__all__ = ["COLUMNS", "Change", "changes", "lines", "result"]

#: What is told of each change.
COLUMNS = ("kind", "analysis", "number", "item", "old", "new")


@dataclass(frozen=True)
class Change:
    """What one build says, and the other says otherwise or not at all.

    :param kind: ``directive`` or ``topic`` for a status; ``sentence`` for words
    :param analysis: the IRI of its analysis
    :param number: of the directive it is of
    :param item: the IRI of the topic, or of the directive
    :param old: the status or words in the first build; empty where it has none
    :param new: those in the second
    """

    kind: str
    analysis: str
    number: str
    item: str
    old: str
    new: str


@dataclass(frozen=True)
class _Build:
    """What one build says.

    :param numbers: the number of the directive of each topic and directive
    :param statuses: the name of each status, by kind, analysis and thing
    :param sentences: what observations say, by analysis and directive
    """

    numbers: Mapping[str, str]
    statuses: Mapping[tuple[str, str, str], str]
    sentences: Mapping[tuple[str, str], Counter[str]]


def changes(old: Engine, new: Engine, catalogue: Catalogue) -> list[Change]:
    """Return what differs between two builds, statuses first, in the order of the builds.

    :param old: the first build
    :param new: the second
    :param catalogue: the stored queries that both are asked
    """
    before, after = _read(old, catalogue), _read(new, catalogue)
    numbers = {**before.numbers, **after.numbers}
    found = []
    for key in dict.fromkeys([*before.statuses, *after.statuses]):
        kind, analysis, item = key
        pair = before.statuses.get(key, ""), after.statuses.get(key, "")
        if pair[0] != pair[1]:
            found.append(Change(kind, analysis, numbers[item], item, *pair))
    for place in dict.fromkeys([*before.sentences, *after.sentences]):
        was, now = (each.sentences.get(place, Counter()) for each in (before, after))
        analysis, item = place
        found += [
            Change("sentence", analysis, numbers[item], item, words, "")
            for words in (was - now).elements()
        ]
        found += [
            Change("sentence", analysis, numbers[item], item, "", words)
            for words in (now - was).elements()
        ]
    return found


def _read(store: Engine, catalogue: Catalogue) -> _Build:
    """Ask a build for its statuses and sentences."""
    analyses = [row["analysis"] for row in _ask(store, catalogue, "list-analyses", [])]
    numbers: dict[str, str] = {}
    statuses: dict[tuple[str, str, str], str] = {}
    sentences: dict[tuple[str, str], Counter[str]] = {}
    for kind, query in (("directive", "compare"), ("topic", "list-topics")):
        for row in _ask(store, catalogue, query, analyses):
            numbers[row[kind]] = row["number"]
            statuses[kind, row["analysis"], row[kind]] = last_segment(
                row["status"].replace("#", "/")
            )
    for row in _ask(store, catalogue, "observation-statements", analyses):
        item = row["directive"]
        numbers[item] = row["number"]
        if row["statement"]:
            words = row["text"][int(row["start"]) : int(row["end"])]
            said = sentences.setdefault((row["analysis"], item), Counter())
            said[" ".join(words.split())] += 1
    return _Build(numbers, statuses, sentences)


def _ask(store: Engine, catalogue: Catalogue, query: str, analyses: list[str]) -> Iterable[Row]:
    """Return the rows of a stored query about some analyses."""
    found = run(store, catalogue, query, {"analysis": analyses} if analyses else {})
    return [Row(found.names, row) for row in found.rows]


def result(found: Iterable[Change], version: str) -> Result:
    """Return changes as a table, which is written in the formats of answers.

    :param version: of the second build
    """
    rows = tuple(
        tuple(
            Term("uri" if name in {"analysis", "item"} else "literal", value) if value else None
            for name in COLUMNS
            for value in [getattr(each, name)]
        )
        for each in found
    )
    columns = tuple(plain_column(name) for name in COLUMNS)
    return Result(columns=columns, rows=rows, total=len(rows), dataset=version)


def lines(found: Iterable[Change]) -> Iterable[str]:
    """Yield changes as people read them, each on a line."""
    for each in found:
        place = f"{last_segment(each.analysis)} {each.number}"
        if each.kind == "sentence":
            yield f"{place}: {'+' if each.new else '-'} {each.new or each.old}"
        else:
            named = "" if each.kind == "directive" else f", topic {last_segment(each.item)}"
            yield f"{place}{named}: {each.old or '(none)'} -> {each.new or '(none)'}"

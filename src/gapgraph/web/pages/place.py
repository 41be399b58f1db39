"""Where a part of a directive's row stands: its directive, and the topics and words it is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gapgraph.web.pages.directive import Observation, observations
from gapgraph.web.pages.lists import Line, parts
from gapgraph.web.pages.rows import ask
from gapgraph.web.pages.topics import Topic, topics

__all__ = ["Place", "place_of"]


@dataclass(frozen=True)
class Place:
    """The surroundings of a topic, observation, statement, measure, mapping or assessment.

    :param line: the directive in whose row it stands
    :param topics: the topics of that directive that it is about
    :param observations: the observations it stands in, or that speak of those topics
    :param marked: the IRIs of the statements in them that it is, has, or is about
    """

    line: Line
    topics: list[Topic]
    observations: list[Observation]
    marked: frozenset[str]


def place_of(iri: str, linked: Collection[str]) -> Place | None:
    """Return where a thing stands; nothing for what is no part of a directive's row.

    :param iri: its IRI
    :param linked: the IRIs that its triples point to
    """
    found = {row["directive"] for row in ask("node-kind", here=False, node=iri)}
    lines = [line for part in parts(topics()) for line in part.lines if line.iri in found]
    if not lines:
        return None
    line = lines[0]
    near = {iri, *linked}
    read = observations(line.number)
    statements = [p.statement for each in read for p in each.pieces if p.statement]
    about = [topic for topic in line.topics if topic.iri in near]
    named = {topic.iri for topic in about}
    marked = {row["statement"] for row in statements if row["statement"] in near} or {
        row["statement"] for row in statements if not named.isdisjoint(row.several("concerns"))
    }
    shown = [
        each
        for each in read
        if each.row["observation"] in near
        or any(p.statement and p.statement["statement"] in marked for p in each.pieces)
    ]
    return Place(line, about, shown, frozenset(marked))

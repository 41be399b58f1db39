"""Findings are worded in work that grows as their number does: look-ups are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rdflib import Graph

from gapgraph.namespaces import GG
from gapgraph.validation.engine import validate
from gapgraph.validation.findings import Finding, findings_of
from gapgraph.validation.prepare import prepare
from shape_cases import ontology, shapes

PREFIXES = f"@prefix gg: <{GG}> . @prefix t: <urn:t:> .\n"


class Counting(Graph):
    """A graph that counts how often it is asked, and how much it answers."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self.work = 0

    def triples(self, *pattern: Any, **options: Any) -> Iterator[Any]:
        self.work += 1
        for triple in super().triples(*pattern, **options):
            self.work += 1
            yield triple


def worded(text: str) -> tuple[list[Finding], int]:
    """The findings of a graph, and the work that it took to word them."""
    level = shapes("asserted")
    data = Counting()
    for triple in prepare(Graph().parse(data=PREFIXES + text, format="turtle"), ontology()):
        data.add(triple)
    results = validate(data, level.graph)
    data.work = 0
    return findings_of(results, level, data), data.work


#: What many of one thing look like, each with something to find: Turtle of so many.
MANY: dict[str, Callable[[int], str]] = {
    "equal topics": lambda n: "".join(f"t:{i} a gg:Topic .\n" for i in range(n)),
    "a ring of directives": lambda n: "".join(
        f"t:{i} a gg:Directive ; gg:cites t:{(i + 1) % n} .\n" for i in range(n)
    ),
    "texts of one whole": lambda n: (
        "t:f a gg:Framework" + "".join(f' ; gg:directiveCount "no {i}"' for i in range(n)) + " ."
    ),
    "users of one misspelt term": lambda n: "".join(f"t:{i} a gg:Topik .\n" for i in range(n)),
    "values of one node": lambda n: (
        "t:d a gg:Directive" + "".join(f" ; gg:hasTopic t:{i}" for i in range(n)) + " ."
    ),
}


@pytest.mark.parametrize("kind", MANY)
def test_the_work_grows_as_the_number_of_findings(kind: str) -> None:
    (few, less), (many, more) = (worded(MANY[kind](count)) for count in (20, 80))

    assert few
    # Four times as much is four times the work, whatever is the same for any number.
    assert more <= 4 * less, (less, more)
    assert len(many) <= 4 * len(few)


def test_what_is_the_same_in_many_findings_is_looked_up_once() -> None:
    """A topic of which nothing is said but that it is one has a dozen findings."""
    (few, less), (many, more) = (worded(MANY["equal topics"](count)) for count in (20, 80))

    each = (len(many) - len(few)) / 60
    assert each >= 10
    # Its classes, its names, what it is part of, and each path that it should have: 40 and some.
    assert (more - less) / 60 < 5 * each

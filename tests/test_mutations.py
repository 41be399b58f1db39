"""One triple changed at a time: the shape named beforehand in `mutations.tsv` must find it.

Each kind of triple and operation has a row: the shapes of which one must fire, or why none can.
Most runs are pyrudof's, which takes a twentieth of pyshacl's time; the two must find the same.
"""

from __future__ import annotations

from functools import cache

import pytest
from rdflib.plugins.sparql import processor

from conftest import ROOT
from gapgraph.tables import read_tsv
from gapgraph.validation.terms import short
from mutation import OPERATIONS, Mutation, Rudof, by_pyshacl, kinds, mutations

LEAST = 500
SEED = 20170608


@cache
def expectations() -> dict[tuple[str, str], tuple[set[str], str]]:
    """The shapes that must fire, or the excuse, for each kind and operation."""
    rows = read_tsv(ROOT / "tests" / "mutations.tsv", ("kind", "operation", "shape", "excuse"))
    return {
        (row["kind"], row["operation"]): (set(row["shape"].split()), row["excuse"]) for row in rows
    }


@cache
def run() -> list[tuple[Mutation, set[str]]]:
    """Every mutation, with the shapes that pyrudof says are broken."""
    engine = Rudof()
    return [
        (each, {shape.rpartition("#")[2] for _, shape, _, _ in engine.find(each.graph())})
        for each in mutations(SEED, LEAST)
    ]


def test_every_kind_and_operation_has_a_row() -> None:
    pairs = {(kind, operation) for kind in kinds() for operation in OPERATIONS}

    assert set(expectations()) == pairs
    assert len(pairs) >= LEAST
    assert all(shapes or excuse for shapes, excuse in expectations().values())


@pytest.mark.xdist_group("mutations")
def test_the_shape_named_beforehand_finds_it() -> None:
    assert len(run()) >= LEAST
    missed = [
        (each.kind, each.operation, [short(node) for node in each.triple], sorted(found))
        for each, found in run()
        if not expectations()[each.kind, each.operation][1]
        and not expectations()[each.kind, each.operation][0] & found
    ]
    caught = sum(bool(found) for _, found in run())
    print(f"{caught} of {len(run())} mutations caught ({caught / len(run()):.0%})")

    assert missed == []


@pytest.mark.xdist_group("mutations")
def test_what_is_excused_is_not_found() -> None:
    """An excuse that is no longer needed is taken out."""
    found = [
        (each.kind, each.operation, sorted(shapes))
        for each, shapes in run()
        if shapes - expectations()[each.kind, each.operation][0]
        and expectations()[each.kind, each.operation][1]
    ]

    assert found == []


#: One mutation of each kind and operation, in parts for the cores.
FIRST = list({(each.kind, each.operation): each for each in mutations(SEED, LEAST)}.values())
PARTS = 12


@pytest.mark.parametrize("part", range(PARTS))
def test_the_engines_agree(part: int, quick_queries: None) -> None:
    engine = Rudof()
    chosen = FIRST[part::PARTS]
    assert len(chosen) >= len(FIRST) // PARTS

    differences = {
        (each.kind, each.operation): by_pyshacl(graph) ^ engine.find(graph)
        for each in chosen
        for graph in [each.graph()]
    }

    assert {pair: found for pair, found in differences.items() if found} == {}


@pytest.fixture
def quick_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib parse each query of the shapes once, not at each of the runs."""
    parse, translate = processor.parseQuery, processor.translateQuery

    @cache
    def prepared(text: str) -> object:
        return translate(parse(text), None, {})

    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(processor, "translateQuery", lambda text, base, names: prepared(text))

"""One triple changed at a time: the shape named beforehand in `mutations.tsv` must find it.

Each kind of triple of the true build and each operation has a row: the shapes of which one must
fire, or why none can.  pyrudof judges each mutation by itself.  pyshacl, which takes ten times as
long, judges one mutation of each row, several in one graph: those that find there all that they
find alone.  The two must find the same, to the values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from rdflib import Graph
from rdflib.plugins.sparql import processor

from conftest import ROOT, SUMMARY, Built
from gapgraph.rdf import read_rdf
from gapgraph.tables import read_tsv
from gapgraph.validation.prepare import prepared
from gapgraph.validation.sources import graphs_of
from gapgraph.validation.terms import short
from gapgraph.validation.units import units_of
from mutation import (
    OPERATIONS,
    Found,
    Mutation,
    Rudof,
    batches,
    by_pyshacl,
    kinds,
    mutations,
    table,
)
from shape_cases import ontology

#: The mutations are in two halves, by their rows: what pyrudof finds of one, its tests share.
HALVES = [
    pytest.param(half, marks=pytest.mark.xdist_group(f"mutations-{half}")) for half in range(2)
]
LEAST = 500
SEED = 20170608
#: What only pyshacl finds.  pyrudof judges no literal by a property shape; a literal that stands
#: for a concept has no label, by which both would find it (SHACL, sections 2.1.3 and 4.2.1).
ONLY_PYSHACL = {("Topic gg:aboutConcept", "retype"): {("label", "MinCountConstraintComponent")}}


@cache
def rows() -> dict[tuple[str, str], tuple[set[str], str]]:
    """The table: the shapes that must fire, or the excuse, for each kind and operation."""
    columns = ("kind", "operation", "shape", "excuse")
    return {
        (row["kind"], row["operation"]): (set(row["shape"].split()), row["excuse"])
        for row in read_tsv(ROOT / "tests" / "mutations.tsv", columns)
    }


@cache
def expectations() -> dict[tuple[str, str], tuple[set[str], str]]:
    """The row of each kind and operation; a class without its own has that of ``*``."""
    pairs = [(kind, operation) for kind in kinds() for operation in OPERATIONS]
    return {pair: rows()[row_of(*pair)] for pair in pairs if row_of(*pair) in rows()}


def row_of(kind: str, operation: str) -> tuple[str, str]:
    """The row that a kind and an operation have."""
    return (kind if (kind, operation) in rows() else f"* {kind.partition(' ')[2]}"), operation


@cache
def engine() -> Rudof:
    return Rudof()


@cache
def remarks() -> set[Found]:
    """What is found without any mutation."""
    return engine().find(set(prepared(table(), ontology())))


@cache
def every() -> list[Mutation]:
    return list(mutations(SEED, LEAST))


def rows_of(half: int) -> set[tuple[str, str]]:
    """Every second row of the table."""
    return set(sorted(rows())[half :: len(HALVES)])


@cache
def run(half: int) -> list[tuple[Mutation, set[Found]]]:
    """The mutations of a half's rows, with what pyrudof finds."""
    chosen = rows_of(half)
    return [
        (each, engine().find(each.triples()))
        for each in every()
        if row_of(each.kind, each.operation) in chosen
    ]


def broken(found: set[Found]) -> set[str]:
    """The names of the shapes that a mutation breaks."""
    return {shape.rpartition("#")[2] for _, shape, *_ in found - remarks()}


def test_every_kind_and_operation_has_a_row() -> None:
    pairs = {(kind, operation) for kind in kinds() for operation in OPERATIONS}

    assert set(expectations()) == pairs
    assert set(rows()) == {row_of(*pair) for pair in pairs}
    assert len(pairs) >= LEAST
    assert all(shapes or excuse for shapes, excuse in expectations().values())


def test_every_kind_of_the_true_build_is_mutated(built: Built) -> None:
    (unit,) = units_of(graphs_of(read_rdf(built.dataset.read(), "application/n-quads")))

    assert set(kinds(Graph().parse(data=unit.content, format="nt"))) <= set(kinds())


@pytest.mark.whole
@pytest.mark.parametrize("half", HALVES)
def test_the_shape_named_beforehand_finds_it(
    half: int,
    record_property: Callable[[str, object], None],
) -> None:
    assert len(every()) >= LEAST
    assert len(run(half)) > LEAST / 3
    missed = [
        (each.kind, each.operation, [short(node) for node in each.triple], broken(found))
        for each, found in run(half)
        if not expectations()[each.kind, each.operation][1]
        and not expectations()[each.kind, each.operation][0] & broken(found)
    ]
    caught, tried = sum(bool(found - remarks()) for _, found in run(half)), len(run(half))
    record_property(SUMMARY, f"{caught} of {tried} mutations caught ({caught / tried:.0%})")

    assert missed == []


@pytest.mark.whole
@pytest.mark.parametrize("half", HALVES)
def test_what_is_excused_is_not_found(half: int) -> None:
    """An excuse that is no longer needed is taken out."""
    wrong = [
        (each.kind, each.operation, broken(found))
        for each, found in run(half)
        if broken(found) - expectations()[each.kind, each.operation][0]
        and expectations()[each.kind, each.operation][1]
    ]

    assert wrong == []


@pytest.mark.whole
@pytest.mark.parametrize("half", HALVES)
def test_the_engines_agree(half: int, quick_queries: None) -> None:
    first = {
        row_of(each.kind, each.operation): (each, found) for each, found in reversed(run(half))
    }
    judged: set[tuple[str, str]] = set()
    differences = []
    for together, triples, found in batches(list(first.values()), engine()):
        judged |= {row_of(each.kind, each.operation) for each in together}
        names = [(each.kind, each.operation) for each in together]
        other = by_pyshacl(triples)
        only_pyshacl = {
            (shape.rpartition("#")[2], component.rpartition("#")[2])
            for _, shape, component, *_ in other - found
        }
        known = set().union(*(ONLY_PYSHACL.get(each, set()) for each in names))
        if found - other or only_pyshacl != known:
            differences.append((names, found - other, other - found))

    assert judged == rows_of(half)
    assert differences == []


@pytest.fixture
def quick_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib parse each query of the shapes once, not at each of the runs."""
    parse, translate = processor.parseQuery, processor.translateQuery

    @cache
    def prepared(text: str) -> object:
        return translate(parse(text), None, {})

    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(processor, "translateQuery", lambda text, base, names: prepared(text))

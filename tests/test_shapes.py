"""Every constraint has a passing and a failing case; no shape is vacuous or unnamed.

A case is a change to `tests/shapes/base.ttl` (or, for the style of the ontology, to the ontology):
the base is the passing case of all, the change the failing one of one constraint.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from conftest import ROOT, SUMMARY, Built
from gapgraph.rdf import read_rdf, read_turtle
from gapgraph.texts import COMPLETE
from gapgraph.validation.engine import validate
from gapgraph.validation.prepare import prepare
from gapgraph.validation.shapes import LEVELS
from gapgraph.validation.sources import graphs_of
from gapgraph.validation.terms import GGS, SH
from gapgraph.validation.units import units_of
from shape_cases import (
    COMPONENTS,
    ONTOLOGY,
    OTHER,
    TARGETS,
    Case,
    base,
    cases,
    changed,
    constraints,
    judged_as,
    node,
    only,
    ontology,
    shapes,
    triples,
)

CASES = cases()


def test_every_constraint_has_one_case(record_property: Callable[[str, object], None]) -> None:
    names = [(each.shape, each.component) for each in CASES]

    assert len(names) == len(set(names))
    assert set(names) == constraints()
    assert len(names) >= 340
    record_property(SUMMARY, f"{len(names)} constraints, a passing and a failing case each")


@pytest.mark.whole
@pytest.mark.parametrize("level", ["build", "style"])
def test_the_base_breaks_nothing(level: str) -> None:
    assert validate(judged_as(level, base(level)), shapes(level).graph, meta=True) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_change_is_found(case: Case) -> None:
    shape = GGS[case.shape]
    graph = changed(base(case.level), triples(case.remove), triples(case.add))

    results = validate(judged_as(case.level, graph), only(case.level, shape))

    expected = (shape, SH[f"{case.component}ConstraintComponent"], node(case.focus))
    found = [each for each in results if (each.shape, each.component, each.focus) == expected]
    assert found, results
    assert {each.severity for each in found} == {SH[case.severity]}
    assert {each.path for each in found} == {node(case.path)} or not case.path
    assert node(case.value) in {each.value for each in found}


def focus_nodes(data: Graph, level: str, shape: URIRef) -> set[object]:
    """What a shape's targets, or those of the shapes that use it, select."""
    graph = shapes(level).graph
    found: set[object] = set()
    for holder in {shape, *graph.subjects(SH.property, shape)}:
        for wanted in graph.objects(holder, SH.targetClass):
            classes = set(
                data.transitive_subjects(
                    URIRef("http://www.w3.org/2000/01/rdf-schema#subClassOf"), wanted
                )
            )
            found |= {each for one in classes for each in data.subjects(RDF.type, one)}
        found |= set(graph.objects(holder, SH.targetNode))
        for wanted in graph.objects(holder, SH.targetSubjectsOf):
            found |= set(data.subjects(wanted, None))
        for wanted in graph.objects(holder, SH.targetObjectsOf):
            found |= set(data.objects(None, wanted))
    return found


def selecting_nothing(data: Graph, level: str) -> set[str]:
    """The shapes that select no node of the data."""
    return {
        rule.id
        for shape, rule in shapes(level).rules.items()
        if not focus_nodes(data, level, URIRef(str(shape)))
    }


#: Shapes that select only what no good graph has.
FOR_FAULTS = {"node-name", "node-typed", "well-typed"}
#: Shapes of what the annex has none of, as words that nobody has read.
FOR_OTHER_TABLES = {"unread-unruled"}
#: Shapes of decisions of people, of which the annex has none.
FOR_REVIEWS = {rule.id for rule in shapes("build").rules.values() if rule.id.startswith("review-")}


def test_every_asserted_shape_selects_something_in_the_annex() -> None:
    annex = prepare(read_turtle(ROOT / "data" / "annex.ttl"), ontology())

    assert selecting_nothing(annex, "asserted") == FOR_FAULTS


@pytest.fixture(scope="module")
def prepared(built: Built) -> Graph:
    """The build's own analysis, as an engine gets it."""
    (unit,) = units_of(graphs_of(read_rdf(built.dataset.read(), "application/n-quads")))
    return prepare(Graph().parse(data=unit.content, format="nt"), ontology())


def test_every_shape_selects_something_in_the_build(prepared: Graph) -> None:
    assert selecting_nothing(prepared, "build") == FOR_FAULTS | FOR_OTHER_TABLES | FOR_REVIEWS


def without_filters(part: object) -> object:
    """A part of a query without its filters, options and ``HAVING``: what it looks at."""
    if not isinstance(part, CompValue):
        return part
    if part.name == "Filter":
        return without_filters(part.p)
    if part.name == "LeftJoin":
        return without_filters(part.p1)
    for key, value in part.items():
        part[key] = without_filters(value)
    return part


def test_every_query_looks_at_something_in_the_build(prepared: Graph) -> None:
    """A query whose target is one fixed node selects that always: its patterns must match too."""
    graph = shapes("build").graph
    names = {str(graph.value(each, SH.prefix)): str(graph.value(each, SH.namespace))
             for each in graph.objects(None, SH.declare)}  # fmt: skip
    idle = set()
    for shape, constraint in graph.subject_objects(SH.sparql):
        text = str(graph.value(constraint, SH.select))
        query = translateQuery(parseQuery(text), initNs=names)
        query.algebra = without_filters(query.algebra)
        if not any(True for _ in prepared.query(query)):
            idle.add(str(shape).rpartition("#")[2])

    assert idle == set()


def test_every_style_shape_selects_something_in_the_ontology() -> None:
    assert selecting_nothing(ontology(), "style") == set()


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_every_shape_is_named_and_graded(level: str) -> None:
    graph = shapes(level).graph
    declared = {
        *graph.subjects(RDF.type, SH.NodeShape),
        *graph.subjects(RDF.type, SH.PropertyShape),
        *graph.subjects(RDF.type, SH.SPARQLConstraint),
    }
    assert all(isinstance(each, URIRef) and each.startswith(str(GGS)) for each in declared)
    for rule in shapes(level).rules.values():
        assert sorted(rule.names) == sorted(COMPLETE), rule.id
        assert sorted(rule.messages) == sorted(COMPLETE), rule.id
        assert all(text.endswith(".") for text in rule.messages.values()), rule.id
        assert rule.severity in {"Violation", "Warning", "Info"}, rule.id
    for of, notes in shapes(level).notes.items():
        assert sorted(notes) == sorted(COMPLETE), of
        places = {lang: sorted(re.findall(r"\{\w+\}", text)) for lang, text in notes.items()}
        assert all(each == places["es"] for each in places.values()), of
    # A shape that reports is one that is a target or a property of one; the others are parts.
    reporting = set(shapes(level).rules)
    targets = {each for target in TARGETS for each in graph.subjects(target, None)}
    with_constraints = {
        each
        for each in targets | set(graph.objects(None, SH.property))
        if any((each, SH[parameter], None) in graph for parameter in COMPONENTS)
    }
    helpers = {GGS["has-number"]}
    assert with_constraints - helpers == reporting


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_no_term_of_shacl_is_misspelt(level: str) -> None:
    """``sh:minCont`` conforms, even under meta-SHACL: every term used is on a list here."""
    known = {*COMPONENTS, *OTHER, *(str(each).rpartition("#")[2] for each in TARGETS)}
    known |= {"prefix", "namespace", "sparql", "inversePath", "alternativePath"}

    used = {
        str(predicate).rpartition("#")[2]
        for predicate in shapes(level).graph.predicates()
        if str(predicate).startswith(str(SH))
    }

    assert used <= known


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_shapes_name_only_declared_terms(level: str) -> None:
    gg = "https://w3id.org/gapgraph/ontology#"
    declared = set(ontology().subjects())
    named = {
        each
        for triple in shapes(level).graph
        for each in triple
        if isinstance(each, URIRef) and each.startswith(gg)
    }

    assert len(named) >= (0 if level == "style" else 30)
    assert named <= declared


def test_one_file_holds_each_shape() -> None:
    files = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
    assert [each.stem for each in files] == [
        "completeness", "derived", "links", "prefixes", "reviews", "schemes", "structure", "style",
        "tension", "wording",
    ]  # fmt: skip
    subjects = [set(read_turtle(each).subjects(RDF.type, None)) for each in files]
    assert sum(map(len, subjects)) == len(set().union(*subjects))


def test_graphs_given_to_the_engine_stay_as_they_are() -> None:
    data, graph = judged_as("build", base("build")), shapes("build").graph
    before = len(data), len(graph)

    validate(data, graph)

    assert (len(data), len(graph)) == before

"""What the tests of shapes share: the small table, the cases, and shapes taken one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rdflib import Graph, URIRef
from rdflib.term import Node

from conftest import ROOT
from gapgraph.rdf import read_turtle
from gapgraph.tables import read_tsv
from gapgraph.validation.prepare import own_terms, prepare
from gapgraph.validation.shapes import Shapes, read_shapes
from gapgraph.validation.terms import SH

ONTOLOGY = ROOT / "ontology"
FOLDER = ROOT / "tests" / "shapes"
SHAPES_IRI = URIRef("https://w3id.org/gapgraph/shapes")
#: The parameter of each constraint component that our shapes use (SHACL, sections 4 and 5).
COMPONENTS = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "datatype": "Datatype",
    "nodeKind": "NodeKind",
    "class": "Class",
    "pattern": "Pattern",
    "minInclusive": "MinInclusive",
    "uniqueLang": "UniqueLang",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "hasValue": "HasValue",
    "in": "In",
    "or": "Or",
    "xone": "Xone",
    "not": "Not",
    "node": "Node",
    "sparql": "SPARQL",
    "minLength": "MinLength",
    "maxLength": "MaxLength",
    "languageIn": "LanguageIn",
    "qualifiedMinCount": "QualifiedMinCount",
}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
#: What stands on a shape beside its constraints.
OTHER = {"path", "name", "message", "severity", "property", "prefixes", "select", "declare",
         "qualifiedValueShape"}  # fmt: skip


@cache
def shapes(level: str) -> Shapes:
    """The shapes of a level, read once."""
    return read_shapes(ONTOLOGY / "shapes", level)


@cache
def ontology() -> Graph:
    """The ontology, read once."""
    return read_turtle(ONTOLOGY / "gapgraph.ttl")


@cache
def base(level: str) -> Graph:
    """The passing case: the small table, or for style the ontology itself."""
    return ontology() if level == "style" else read_turtle(FOLDER / "base.ttl")


@cache
def prefixes() -> str:
    """The prefixes of the small table, for the triples of a case."""
    lines = (FOLDER / "base.ttl").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("@prefix"))


def triples(text: str) -> set[tuple[Node, Node, Node]]:
    """The triples that a case writes in Turtle."""
    return set(Graph().parse(data=f"{prefixes()}\n{text}", format="turtle"))


def node(text: str) -> Node | None:
    """The node that a case writes in Turtle."""
    found = triples(f"<urn:case> <urn:case> {text} .") if text else ()
    return next((value for _, _, value in found), None)


def changed(
    graph: Graph,
    remove: Iterable[tuple[Node, Node, Node]],
    add: Iterable[tuple[Node, Node, Node]],
) -> Graph:
    """A copy of a graph without some triples, which it must have, and with others."""
    result = Graph(bind_namespaces="none")
    for triple in changed_triples(graph, remove, add):
        result.add(triple)
    return result


def changed_triples(
    graph: Graph,
    remove: Iterable[tuple[Node, Node, Node]],
    add: Iterable[tuple[Node, Node, Node]],
) -> set[tuple[Node, Node, Node]]:
    """The triples of a graph without some, which it must have, and with others."""
    gone, there = set(remove), set(graph)
    assert gone <= there, f"not there: {gone - there}"
    return (there - gone) | set(add)


def judged_as(level: str, graph: Graph) -> Graph:
    """The graph as an engine gets it."""
    return own_terms(graph) if level == "style" else prepare(graph, ontology())


def only(level: str, shape: Node) -> Graph:
    """The shapes graph that holds one shape, what uses it and what it uses."""
    graph = shapes(level).graph
    wanted, queue = Graph(), [shape, SHAPES_IRI]
    for parent in graph.subjects(SH.property, shape):
        wanted.add((parent, SH.property, shape))
        for predicate in TARGETS:
            for value in graph.objects(parent, predicate):
                wanted.add((parent, predicate, value))
    seen: set[Node] = set()
    while queue:
        each = queue.pop()
        if each in seen:
            continue
        seen.add(each)
        for predicate, value in graph.predicate_objects(each):
            wanted.add((each, predicate, value))
            queue.append(value)
    return wanted


@dataclass(frozen=True)
class Case:
    """A change that breaks one constraint, and the result that must come of it."""

    level: str
    shape: str
    component: str
    severity: str
    remove: str
    add: str
    focus: str
    path: str
    value: str

    @property
    def name(self) -> str:
        return f"{self.shape}-{self.component}"


def cases() -> list[Case]:
    """The failing cases, as the table has them."""
    columns = ("shape", "component", "severity", "remove", "add", "focus", "path", "value")
    style = {rule.id for rule in shapes("style").rules.values()}
    return [
        Case("style" if row["shape"] in style else "build", *(row[each] for each in columns))
        for row in read_tsv(FOLDER / "cases.tsv", columns)
    ]


def constraints() -> set[tuple[str, str]]:
    """Every constraint of every shape that reports."""
    return {
        (rule.id, component)
        for level in ("build", "style")
        for shape, rule in shapes(level).rules.items()
        for parameter, component in COMPONENTS.items()
        if (shape, SH[parameter], None) in shapes(level).graph
    }

"""Mutations of the small table: one triple changed in one way, and what an engine then finds.

A kind is the class of a triple's subject with its predicate; an operation changes a triple of that
kind.  Both engines give their results in one form, so that they can be compared.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pyrudof
from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import GG, SDGO
from gapgraph.ntriples import write_ntriples
from gapgraph.rdf import read_turtle
from gapgraph.validation.engine import validate
from gapgraph.validation.prepare import prepare, prepared
from gapgraph.validation.terms import short
from shape_cases import FOLDER, base, changed, changed_triples, ontology, shapes

OPERATIONS = ("remove", "double", "retype", "misspell", "redirect")
#: The kinds of statement are one kind of subject.
STATEMENTS = {"Provision", "Omission", "Invocation", "ContextNote", "Doubt", "UnreadStatement"}
Triple = tuple[Node, Node, Node]
#: Focus node, shape, component, severity, value.
Found = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Mutation:
    """One triple of a kind, and what an operation puts in its place."""

    kind: str
    operation: str
    triple: Triple
    remove: tuple[Triple, ...]
    add: tuple[Triple, ...]

    def triples(self) -> set[Triple]:
        """The small table with this change, as an engine gets it."""
        return set(prepared(changed_triples(table(), self.remove, self.add), ontology()))


@cache
def table() -> Graph:
    """The small table, with what is worth a remark."""
    return changed(base("build"), (), read_turtle(FOLDER / "remarks.ttl"))


def kind_of(graph: Graph, triple: Triple) -> str:
    """The class of the subject and the predicate; one without a class is a term or other."""
    names = sorted(short(each) for each in graph.objects(triple[0], RDF.type))
    if names:
        name = names[0].removeprefix(str(SDGO))
        name = f"sdg:{name}" if name != names[0] else name.rpartition(":")[2]
    else:
        name = "term" if str(triple[0]).startswith(str(GG)) else "other"
    return f"{'Statement' if name in STATEMENTS else name} {short(triple[1])}"


def kinds(graph: Graph | None = None) -> dict[str, list[Triple]]:
    """The triples of a graph by kind; those of the small table, where none is given."""
    graph = table() if graph is None else graph
    found: dict[str, list[Triple]] = {}
    for triple in sorted(graph, key=lambda each: [node.n3() for node in each]):
        found.setdefault(kind_of(graph, triple), []).append(triple)
    return found


def mutate(kind: str, operation: str, triple: Triple) -> Mutation:
    """Change one triple in one way."""
    subject, predicate, value = triple
    if operation == "remove":
        return Mutation(kind, operation, triple, (triple,), ())
    if operation == "double":
        return Mutation(kind, operation, triple, (), ((subject, predicate, _other(triple)),))
    if predicate == RDF.type:
        new = {
            "retype": (subject, predicate, _other(triple)),
            "misspell": (subject, predicate, URIRef(f"{str(value)[:-1]}")),
            "redirect": (URIRef("urn:stranger"), predicate, value),
        }[operation]
    else:
        new = {
            "retype": (subject, predicate, _of_another_type(value)),
            "misspell": (subject, URIRef(f"{str(predicate)[:-1]}"), value),
            "redirect": (subject, predicate, _other(triple)),
        }[operation]
    return Mutation(kind, operation, triple, (triple,), (new,))


def _other(triple: Triple) -> Node:
    """Another value of the same sort: another text or number, or another node of the class."""
    graph, value = table(), triple[2]
    if triple[1] == RDF.type:
        return GG.Section if value != GG.Section else GG.Topic
    if isinstance(value, Literal):
        if value.datatype == XSD.boolean:
            return Literal(not value.toPython())
        if value.datatype in (XSD.integer, XSD.nonNegativeInteger):
            return Literal(int(value) + 7, datatype=value.datatype)
        if value.datatype == XSD.date:
            return Literal("1999-01-01", datatype=XSD.date)
        if str(value) == "es":
            return Literal("qu")
        return Literal(f"Otro {value}", lang=value.language)
    if str(value).startswith(str(GG)):
        scheme = ontology().value(value, URIRef("http://www.w3.org/2004/02/skos/core#inScheme"))
        named = (each for each in ontology().subjects(None, scheme) if isinstance(each, URIRef))
        peers = {*named} - {value, scheme}
    else:
        own = {*graph.objects(value, RDF.type)}
        peers = {each for one in own for each in graph.subjects(RDF.type, one)} - {value}
    taken = set(graph.objects(triple[0], triple[1]))
    return min(peers - taken, key=str, default=URIRef("urn:stranger"))


def _of_another_type(value: Node) -> Literal:
    """A value as a text without language, or where it is one, with a language."""
    if isinstance(value, Literal) and not value.language and value.datatype in (None, XSD.string):
        return Literal(str(value), lang="es")
    return Literal(str(value))


def mutations(seed: int, least: int) -> Iterator[Mutation]:
    """One mutation of each kind and operation, and seeded ones more until there are enough."""
    found = kinds()
    done: set[tuple[str, str, Triple]] = set()
    pairs = [(kind, operation) for kind in found for operation in OPERATIONS]
    chooser = random.Random(seed)
    while pairs and len(done) < least:
        for kind, operation in list(pairs):
            left = [each for each in found[kind] if (kind, operation, each) not in done]
            if not left:
                pairs.remove((kind, operation))
                continue
            triple = chooser.choice(left)
            done.add((kind, operation, triple))
            yield mutate(kind, operation, triple)


def by_pyshacl(triples: set[Triple]) -> set[Found]:
    """What pyshacl finds."""
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    return {
        (
            _as_rudof(each.focus),
            str(each.shape),
            str(each.component),
            str(each.severity),
            _as_rudof(each.value),
        )
        for each in validate(graph, shapes("build").graph)
    }


def _as_rudof(node: Node | None) -> str:
    """A node as pyrudof writes it in a result."""
    if node is None:
        return ""
    if not isinstance(node, Literal):
        return str(node)
    return _plain(node.n3().replace(f"^^<{XSD}", "^^xsd:").removesuffix(">"))


def _plain(value: str) -> str:
    """A value as both engines write it: pyrudof gives some at times without their type."""
    typed = r'^"([0-9]+)"\^\^xsd:nonNegativeInteger$|^"(true|false)"\^\^xsd:boolean$'
    return re.sub(typed, r"\1\2", value)


def batches(
    alone: list[tuple[Mutation, set[Found]]], engine: Rudof, size: int = 16
) -> Iterator[tuple[list[Mutation], set[Triple], set[Found]]]:
    """Mutations together in one graph, as many as find there all that each finds alone.

    :param alone: mutations of different subjects or not, with what each finds alone
    :return: the mutations, the triples with them all, and what pyrudof finds there
    """
    left = list(alone)
    while left:
        chosen: list[tuple[Mutation, set[Found]]] = []
        subjects: set[Node] = set()
        for each in left:
            changes = {triple[0] for triple in (*each[0].remove, *each[0].add)}
            if len(chosen) < size and not changes & subjects:
                chosen.append(each)
                subjects |= changes
        while True:
            together = Mutation(
                "",
                "",
                chosen[0][0].triple,
                tuple(triple for each, _ in chosen for triple in each.remove),
                tuple(triple for each, _ in chosen for triple in each.add),
            )
            triples = together.triples()
            found = engine.find(triples)
            agreeing = [each for each in chosen if each[1] <= found]
            if len(chosen) == 1 or len(agreeing) == len(chosen):
                break
            # What others hide waits for another graph; the rest is looked at again without it.
            chosen = agreeing or chosen[: len(chosen) // 2]
        done = [each for each, _ in chosen]
        left = [each for each in left if each[0] not in done]
        yield done, triples, found


class Rudof:
    """The other engine, with our shapes loaded; its data is changed, not read anew."""

    def __init__(self) -> None:
        self._engine = pyrudof.Rudof(pyrudof.RudofConfig())
        self._engine.read_shacl(shapes("build").graph.serialize(format="turtle"))
        self._held = set(prepare(table(), ontology()))
        self._engine.read_data(write_ntriples(self._held), format=pyrudof.RDFFormat.NTriples)

    def find(self, wanted: set[Triple]) -> set[Found]:
        """What pyrudof finds."""
        self._engine.remove_triples(_written(self._held - wanted))
        self._engine.add_triples(_written(wanted - self._held))
        self._held = wanted
        return {
            (
                each.focus_node,
                each.source_shape,
                each.constraint_component,
                f"http://www.w3.org/ns/shacl#{each.severity}",
                _plain(each.value or ""),
            )
            for each in self._engine.validate_shacl()
        }


def _written(changes: set[Triple]) -> list[tuple[str, ...]]:
    return [tuple(node.n3() for node in triple) for triple in changes]

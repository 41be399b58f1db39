"""OWL RL: what follows from the ontology and one analysis, and nothing else.

The only module that imports ``owlrl``, which applies the rules of OWL 2 Profiles, section 4.3.
Its closure also holds what helps nobody here: reflexive ``owl:sameAs``, membership in
``owl:Thing``, axioms about the vocabularies, and what follows for the ontology's own terms (its
hierarchies are one or two levels deep, and a property path walks them).  Those are left out.

Only triples that can infer something new are given to it, since it takes about a millisecond for
each: literals infer nothing under this ontology, nor do properties that no axiom names.
"""

from __future__ import annotations

from collections.abc import Iterable

from owlrl.OWLRL import OWLRL_Semantics
from rdflib import URIRef
from rdflib.term import Node

from gapgraph.errors import ViolationError
from gapgraph.namespaces import OWL, RDF, RDFS
from gapgraph.ntriples import Triple
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["inferred_triples"]

#: The axioms that the ontology uses, all within OWL 2 RL; a list holds the links of a chain.
_AXIOMS = frozenset(
    {
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.domain,
        RDFS.range,
        OWL.inverseOf,
        OWL.disjointWith,
        OWL.propertyChainAxiom,
        RDF.first,
        RDF.rest,
    }
)
_KINDS = frozenset({OWL.Class, OWL.ObjectProperty, OWL.TransitiveProperty, OWL.SymmetricProperty})
#: Vocabularies whose terms say how a graph is made, not what it is about.
_MACHINERY = (str(OWL), str(RDFS), str(RDF))


class _Closure(OWLRL_Semantics):  # type: ignore[misc]  # owlrl has no types
    """OWL 2 RL but for the rules that give nothing that is kept (OWL 2 Profiles, tables 4 and 9).

    No axiom of the ontology can make two nodes one, so that the rules on equality would only say
    of each node that it is itself.  Those on the schema tell of the ontology's terms, and what
    follows from that for other nodes follows from the axioms as they stand.

    Every other rule has one axiom, from which owlrl starts and looks its data up: it begins with
    each triple of the graph in each round, and with most of them ends there.
    """

    def rules(self, t: Triple, cycle_num: int) -> None:
        """Apply the rules that start from a triple."""
        _, predicate, value = t
        if _is_machinery(value if predicate == RDF.type else predicate):
            super().rules(t, cycle_num)

    def _equality(self, *_: object) -> None:
        """Conclude nothing."""

    def _schema_vocabulary(self, *_: object) -> None:
        """Conclude nothing."""


def _axioms(ontology: Iterable[Triple]) -> set[Triple]:
    """Return the axioms of an ontology, without labels and definitions."""
    return {
        triple
        for triple in ontology
        if triple[1] in _AXIOMS or (triple[1] == RDF.type and triple[2] in _KINDS)
    }


def _wider_classes(axioms: set[Triple]) -> dict[Node, set[Node]]:
    """Return each class with itself and all classes above it."""
    above: dict[Node, set[Node]] = {}
    for lower, predicate, upper in axioms:
        if predicate == RDFS.subClassOf:
            above.setdefault(lower, {lower}).add(upper)
    for classes in above.values():
        todo = list(classes)
        while todo:
            new = above.get(todo.pop(), set()) - classes
            classes.update(new)
            todo.extend(new)
    return above


def _fruitful(axioms: set[Triple], known: set[Triple], data: set[Triple]) -> set[Triple]:
    """Return the triples of the data that an axiom can infer something new from.

    A property with nothing but a domain and a range adds nothing where the subject and the value
    are known to be in those classes; nor does a class that no axiom sets above or apart.

    :param known: the data and the ontology, which both say what class a node is in
    """
    wider = _wider_classes(axioms)
    classes: dict[Node, set[Node]] = {}
    for node, predicate, value in known:
        if predicate == RDF.type:
            classes.setdefault(node, set()).update(wider.get(value, {value}))
    required: dict[Node, list[tuple[Node, Node]]] = {}
    telling: set[Node] = {OWL.Nothing}
    for subject, predicate, value in axioms:
        if predicate in {RDFS.domain, RDFS.range}:
            required.setdefault(subject, []).append((predicate, value))
        elif predicate in {OWL.inverseOf, OWL.disjointWith}:
            telling |= {subject, value}
        elif predicate in {RDFS.subPropertyOf, RDFS.subClassOf}:
            telling.add(subject)
        elif predicate == RDF.first:
            telling.add(value)

    def tells(triple: Triple) -> bool:
        subject, predicate, value = triple
        if predicate == RDF.type:
            return value in telling
        return predicate in telling or any(
            needed not in classes.get(subject if side == RDFS.domain else value, ())
            for side, needed in required.get(predicate, ())
        )

    return {triple for triple in data if isinstance(triple[2], URIRef) and tells(triple)}


def _is_machinery(node: Node) -> bool:
    return str(node).startswith(_MACHINERY)


def inferred_triples(ontology: Iterable[Triple], data: Iterable[Triple]) -> set[Triple]:
    """Return what the ontology lets one infer of the nodes of the data.

    These are: the wider classes of a node (``gg:Statement`` of a ``gg:Omission``, and those that
    a domain or range gives), wider properties (``dcterms:isPartOf`` of ``gg:inSection``),
    inverses (``gg:topicOf``) and chains (``gg:directiveAddressedBy``).

    :param ontology: the ontology's triples
    :param data: what is known of one analysis, its framework and its plan
    :return: triples of IRIs that are neither in the ontology nor in the data
    :raises ViolationError: where the data contradicts the ontology: a node in two disjoint
        classes, or a member of ``owl:Nothing``
    """
    ontology, data = set(ontology), set(data)
    axioms = _axioms(ontology)
    given = _fruitful(axioms, ontology | data, data)
    closure = empty_graph()
    for triple in axioms | given:
        closure.add(triple)
    engine = _Closure(closure, axioms=False, daxioms=False, rdfs=False)
    engine.closure()
    if engine.error_messages:
        found = "; ".join(sorted(engine.error_messages)[:3])
        raise ViolationError(
            told(
                "the data contradicts the ontology in {count} places ({found}): mend the "
                "table or the reviewed files",
                count=len(engine.error_messages),
                found=found,
            )
        )
    terms = {subject for subject, _, _ in ontology}
    return {
        (subject, predicate, value)
        for subject, predicate, value in closure
        if isinstance(subject, URIRef)
        and isinstance(value, URIRef)
        and subject not in terms
        and not _is_machinery(value if predicate == RDF.type else predicate)
        and (subject, predicate, value) not in data
        and (subject, predicate, value) not in ontology
    }

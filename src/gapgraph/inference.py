"""OWL RL: what follows from the ontology and one analysis, and nothing else.

The only module that imports ``owlrl``, which applies the rules of OWL 2 Profiles, section 4.3.
Its closure also holds what helps nobody here: reflexive ``owl:sameAs``, membership in
``owl:Thing``, axioms about the vocabularies, and what follows for the ontology's own terms (its
hierarchies are one or two levels deep, and a property path walks them).  Those are left out.

Only triples that can infer something are given to it: literals infer nothing under this
ontology, and neither do properties that no axiom names.  It takes about a millisecond a triple.
"""

from __future__ import annotations

from collections.abc import Iterable

from owlrl.OWLRL import OWLRL_Semantics
from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import ViolationError
from gapgraph.namespaces import OWL, RDF, RDFS
from gapgraph.turtle import Triple

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


def _axioms(ontology: Iterable[Triple]) -> set[Triple]:
    """Return the axioms of an ontology, without labels and definitions."""
    return {
        triple
        for triple in ontology
        if triple[1] in _AXIOMS or (triple[1] == RDF.type and triple[2] in _KINDS)
    }


def _fruitful(axioms: set[Triple], data: Iterable[Triple]) -> set[Triple]:
    """Return the triples of the data that an axiom can infer something from."""
    named = {node for axiom in axioms for node in axiom} | {OWL.Nothing}
    return {
        (subject, predicate, value)
        for subject, predicate, value in data
        if isinstance(value, URIRef)
        and (value in named if predicate == RDF.type else predicate in named)
    }


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
    given = _fruitful(axioms, data)
    closure = Graph(bind_namespaces="none")
    for triple in axioms | given:
        closure.add(triple)
    engine = OWLRL_Semantics(closure, axioms=False, daxioms=False, rdfs=False)
    engine.closure()
    if engine.error_messages:
        found = "; ".join(sorted(engine.error_messages)[:3])
        raise ViolationError(
            f"the data contradicts the ontology in {len(engine.error_messages)} places ({found}): "
            "mend the table or the reviewed files"
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

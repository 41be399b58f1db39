"""What an engine is given: a copy of the data, with what shapes need to know beside it.

Beside the data stand subclasses, schemes and domains of the ontology, and what the data uses:

======================  ======================================================================
``ggs:UsedTerm``        class of each term of a vocabulary we know that the data uses
``ggs:usedAs``          that term → ``ggs:asClass``, ``ggs:asProperty``
``ggs:declaredAs``      that term → the same, and ``ggs:asNode``, as its vocabulary declares it
``ggs:likely``          a term that no vocabulary declares → the one that may be meant
``ggs:IllTyped``        class of a node with a literal that is not what its datatype says
``ggs:Untyped``         class of a node with a property of ours that says no class of its own
``ggs:WithoutName``     class of a blank node, which was named to be judged
======================  ======================================================================

What the data itself says in these words, or of our terms in those of the ontology, counts for
nothing: a graph does not vouch for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Node

from gapgraph.namespaces import BASE, GG
from gapgraph.ntriples import Triple
from gapgraph.turtle import empty_graph
from gapgraph.validation.literals import is_faulty
from gapgraph.validation.terms import GGS
from gapgraph.validation.vocabularies import Vocabularies

__all__ = ["BLANK", "own_terms", "prepare", "prepared"]

#: Before the name that a blank node is given.
BLANK = "urn:blank:"
#: What the ontology alone says of its terms.
_OWN = (RDFS.subClassOf, SKOS.inScheme, RDFS.isDefinedBy)


def prepare(data: Iterable[Triple], ontology: Graph) -> Graph:
    """Return a copy of a graph with what shapes need to know beside it.

    Subclasses, so that ``sh:class`` and ``sh:targetClass`` see them (SHACL, section 3.2); the
    schemes of concepts; which terms the data uses, and what each is declared as.

    :param data: the graph to judge; it is left as it is
    :param ontology: the ontology's graph
    """
    graph = Graph(bind_namespaces="none")  # in a store that keeps graphs apart, as pyshacl asks
    for triple in prepared(data, ontology):
        graph.add(triple)
    return graph


def prepared(data: Iterable[Triple], ontology: Graph) -> Iterator[Triple]:
    """Yield the triples of a graph that `prepare` returns, some of them twice.

    :param data: the triples to judge
    :param ontology: the ontology's graph
    """
    triples = list(data)
    yield from (triple for triple in triples if not _vouches(triple))
    for verb in (RDFS.subClassOf, SKOS.inScheme):
        for subject, value in ontology.subject_objects(verb):
            if _is_term(subject) and isinstance(value, URIRef):
                yield subject, verb, value
    yield from _faults(triples)
    vocabularies = _vocabularies(ontology)
    for term, kinds in _uses(triples, vocabularies).items():
        yield from _description(term, kinds, vocabularies)


def own_terms(ontology: Iterable[Triple]) -> Graph:
    """Return an ontology without its declarations of terms that others define.

    They stand there so that it can be read by itself; their style is their owners' affair.

    :param ontology: the ontology's triples; they are left as they are
    """
    own = empty_graph()
    for triple in ontology:
        subject, predicate, _ = triple
        if predicate != RDF.type or not isinstance(subject, URIRef) or subject.startswith(BASE):
            own.add(triple)
    return own


def _uses(triples: Sequence[Triple], vocabularies: Vocabularies) -> dict[URIRef, set[URIRef]]:
    """Return what the data uses each term as: any term as property or class, ours as anything."""
    places = {
        GGS.asProperty: {predicate for _, predicate, _ in triples},
        GGS.asClass: {value for _, predicate, value in triples if predicate == RDF.type},
    }
    nodes = {node for subject, _, value in triples for node in (subject, value)}
    ours = {node for node in nodes if isinstance(node, URIRef) and vocabularies.is_ours(node)}
    uses: dict[URIRef, set[URIRef]] = {term: set() for term in ours}
    for kind, terms in places.items():
        for term in terms:
            if isinstance(term, URIRef):
                uses.setdefault(term, set()).add(kind)
    return uses


def _faults(triples: Iterable[Triple]) -> Iterable[Triple]:
    """Yield the marks of nodes that have a fault no shape can see."""
    described: set[Node] = set()
    typed: set[Node] = set()
    for subject, predicate, value in triples:
        if predicate == RDF.type:
            typed.add(subject)
        elif _is_term(predicate):
            described.add(subject)
        if is_faulty(value):
            yield subject, RDF.type, GGS.IllTyped
        for node in (subject, value):
            if isinstance(node, URIRef) and node.startswith(BLANK):
                yield node, RDF.type, GGS.WithoutName
    for node in described - typed:
        yield node, RDF.type, GGS.Untyped


@lru_cache(maxsize=2)
def _vocabularies(ontology: Graph) -> Vocabularies:
    return Vocabularies(ontology)


def _description(
    term: URIRef, kinds: Iterable[URIRef], vocabularies: Vocabularies
) -> Iterable[Triple]:
    """Yield what is known of a term that the data uses, if it is of a vocabulary we know."""
    if not vocabularies.claims(term):
        return
    yield term, RDF.type, GGS.UsedTerm
    for kind in kinds:
        yield term, GGS.usedAs, kind
    declared = vocabularies.declared(term)
    for name in declared:
        yield term, GGS.declaredAs, GGS[name]
    if not declared:
        likely = vocabularies.likely(term)
        if likely is not None:
            yield term, GGS.likely, likely


def _vouches(triple: Triple) -> bool:
    """Tell whether a triple says what only the ontology or the preparation may say."""
    subject, predicate, value = triple
    return (
        _is_helper(predicate)
        or (predicate == RDF.type and _is_helper(value))
        or (predicate in _OWN and (_is_term(subject) or _is_term(value)))
    )


def _is_term(node: Node) -> bool:
    return isinstance(node, URIRef) and node.startswith(str(GG))


def _is_helper(node: Node) -> bool:
    return isinstance(node, URIRef) and node.startswith(str(GGS))

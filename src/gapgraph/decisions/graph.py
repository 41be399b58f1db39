"""Decisions of people → the graph of reviews of one analysis, apart from what machines made.

Each decision is an activity of a person (PROV-O, section 3.1): who, when, of which text, why, what
was decided, and how it stands to others.  What follows from it is derived, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from rdflib import Literal, URIRef
from rdflib.term import Node

from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import NONE, Decided
from gapgraph.namespaces import DCTERMS, GG, PROV, RDF, RDFS, XSD, Names
from gapgraph.ntriples import Triple
from gapgraph.turtle import natural

__all__ = ["assessments", "keys_of", "reviews_graph", "standing"]

#: What says what a statement is tied to, by the property that a person decided to be without value.
_NONE_OF: dict[Node, URIRef] = {
    GG.concernsTopic: GG.decidesTopic,
    GG.mitigates: GG.decidesMitigation,
}
#: What people decide on: the families of its IRIs.
_DECIDED_ON = ("statement", "topic", "observation")


def _iri(names: Names, one: Decided) -> URIRef:
    return names.review(one.name, one.person, one.key)


def keys_of(triples: Iterable[Triple]) -> Iterator[tuple[str, str]]:
    """Yield the IRI of each node that has a text, and the key of the text.

    :param triples: those of any graph
    """
    has_key = GG.textKey
    for subject, verb, value in triples:
        if verb == has_key:
            yield str(subject), str(value)


def standing(
    decisions: Decisions, names: Names, texts: Iterable[tuple[str, str]]
) -> dict[str, list[Decided]]:
    """Return the decisions that hold, by the end of the IRI of what they hold for.

    :param texts: what has a text in the analysis, as asserted or derived: its IRI, and the key of
        the text
    """
    if not decisions.given:
        return {}
    family = f"{names.analysis}/"
    decided_on = tuple(f"{family}{each}/" for each in _DECIDED_ON)
    keys = {iri.removeprefix(family): key for iri, key in texts if iri.startswith(decided_on)}
    found = {item: decisions.on(item, keys[item]) for item in sorted(keys, key=natural)}
    return {item: people for item, people in found.items() if people}


def reviews_graph(
    decisions: Decisions, names: Names, holding: Mapping[str, list[Decided]]
) -> list[Triple]:
    """Return the graph of all decisions, those set aside among them.

    :param holding: those that hold, as `standing` gives them
    """
    triples: list[Triple] = []
    for one in decisions.given:
        triples += _review(one, names)
    for item, people in holding.items():
        for place, one in enumerate(people):
            review = _iri(names, one)
            triples.append((review, GG.reviews, URIRef(f"{names.analysis}/{item}")))
            stand = GG.secondReading if place else GG.inForce
            triples.append((review, GG.reviewStanding, stand))
        for first, second in combinations(people, 2):
            if _differ(first, second, names):
                triples.append((_iri(names, second), GG.disputes, _iri(names, first)))
    for each in decisions.set_aside(holding):
        triples.append((_iri(names, each.decided), GG.reviewStanding, GG.setAside))
    return triples


def _review(one: Decided, names: Names) -> list[Triple]:
    """Return what a decision is, whatever it stands to."""
    review = _iri(names, one)
    person = names.reviewer(one.person)
    said: list[tuple[URIRef, Node]] = [
        (RDF.type, GG.Review),
        (GG.inAnalysis, names.analysis),
        (GG.textKey, Literal(one.key)),
        (DCTERMS.date, Literal(one.date, datatype=XSD.date)),
        (GG.reason, Literal(one.reason)),
        (PROV.wasAssociatedWith, person),
        *_decisions(one, names),
    ]
    if one.text:
        said.append((GG.reviewedText, Literal(one.text)))
    return [
        *((review, predicate, value) for predicate, value in said),
        (person, RDF.type, PROV.Agent),
        (person, RDFS.label, Literal(one.reviewer)),
    ]


def _decisions(one: Decided, names: Names) -> list[tuple[URIRef, Node]]:
    """Return what was decided."""
    found: list[tuple[URIRef, Node]] = []
    if one.cut:
        found.append((GG.decidesCut, Literal(one.cut)))
    if one.kind:
        found.append((GG.decidesKind, GG[one.kind]))
    if one.status:
        found.append((GG.decidesStatus, GG[one.status]))
    for number, _ in one.topics:
        if number == NONE:
            found.append((GG.decidesNone, GG.concernsTopic))
        elif "." in number:
            found.append((GG.decidesTopic, URIRef(f"{names.analysis}/topic/{number}")))
        else:
            found.append((GG.decidesTopic, names.directive(number)))
    for number in one.mitigates:
        if number == NONE:
            found.append((GG.decidesNone, GG.mitigates))
        else:
            found.append((GG.decidesMitigation, URIRef(f"{names.analysis}/statement/{number}")))
    return found


def _differ(first: Decided, second: Decided, names: Names) -> bool:
    """Tell whether two people decided differently of something that both decided."""
    values: list[dict[URIRef, set[Node]]] = [{}, {}]
    for said, one in zip(values, (first, second), strict=True):
        for predicate, value in _decisions(one, names):
            said.setdefault(_NONE_OF.get(value, predicate), set()).add(value)
    return any(said != values[1].get(each, said) for each, said in values[0].items())


def assessments(names: Names, holding: Mapping[str, list[Decided]]) -> list[Triple]:
    """Return the assessments of topics that follow from the decisions that count.

    :param holding: those that hold, as `standing` gives them
    """
    triples: list[Triple] = []
    for item, people in holding.items():
        one = people[0]
        if not one.status:
            continue
        topic = URIRef(f"{names.analysis}/{item}")
        assessment = names.assessment(topic, "review")
        triples += [
            (assessment, RDF.type, GG.CoverageAssessment),
            (assessment, GG.inAnalysis, names.analysis),
            (assessment, GG.assesses, topic),
            (assessment, GG.basis, GG.review),
            (assessment, GG.coverageStatus, GG[one.status]),
            (assessment, GG.reason, Literal(one.reason)),
            (assessment, PROV.wasGeneratedBy, _iri(names, one)),
        ]
    return triples

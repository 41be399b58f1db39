"""What is judged at once: a unit for each analysis of a dataset.

A unit is an analysis's own graphs, those of its framework and plan, the reviewed facts, and the
links that start from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rdflib import URIRef

from gapgraph.namespaces import GG, GRAPH, ID, RDF, SKOS, graph_iri, last_segment
from gapgraph.ntriples import Written, iri_of, iri_term, ntriples_of

__all__ = ["Unit", "units_of"]

_LINKS = graph_iri("links")
#: What ties a concept to its scheme.
_IN_SCHEME, _HAS_TOP = iri_term(SKOS.inScheme), iri_term(SKOS.hasTopConcept)
_MEMBERSHIP = frozenset({_IN_SCHEME, _HAS_TOP, iri_term(SKOS.topConceptOf)})
_TYPE, _ANALYSIS, _SCHEME = map(iri_term, (RDF.type, GG.GapAnalysis, SKOS.ConceptScheme))
_FRAMEWORK, _PLAN, _LINK_FROM = map(iri_term, (GG.framework, GG.plan, GG.linkFrom))
#: The graphs of what tables say, which may be several tables'.
_WHOLE = ("framework", "plan")


@dataclass(frozen=True)
class Unit:
    """What is judged at once.

    :param report: IRI of the report that its findings make
    :param graph: IRI of the named graph that report goes to, in a build
    :param content: its triples in N-Triples, sorted
    :param level: the level of shapes that judge it
    """

    report: URIRef
    content: str
    level: str
    graph: URIRef | None = None


class _Foreign:
    """What graphs say of nodes of others, by the node; gone through once for all units.

    No triple stands in two graphs, so what two analyses say alike of a concept, an institution
    or a directive of their common framework stands in the graph of the first; and what an
    observation invokes may be an instrument that only another framework cites.

    :param graphs: the dataset's triples by named graph
    """

    def __init__(self, graphs: Mapping[URIRef, Iterable[Written]]) -> None:
        self._said: defaultdict[str, list[tuple[URIRef, Written]]] = defaultdict(list)
        for name, triples in graphs.items():
            family, _, kind = str(name).rpartition("/")
            whole = family in {f"{GRAPH}{each}" for each in _WHOLE}
            if not (whole or kind in {"asserted", "derived"}):
                continue
            own = "<" + (str(name) if whole else family).replace(str(GRAPH), str(ID), 1)
            under = f"{own}/"
            for triple in triples:
                subject, verb, value = triple
                if (
                    verb not in _MEMBERSHIP
                    and not subject.startswith(own)
                    and not value.startswith(under)
                ):
                    self._said[subject].append((name, triple))

    def of(self, own: set[Written], parts: Sequence[URIRef]) -> set[Written]:
        """Return what other graphs say of the nodes that they share with a unit.

        :param own: the unit's triples
        :param parts: the unit's graphs
        """
        nodes = {node for subject, _, value in own for node in (subject, value)}
        return {
            triple
            for node in nodes & self._said.keys()
            for name, triple in self._said[node]
            if name not in parts
        }


class _Schemes:
    """The schemes of concepts, by their members; gone through once for all units.

    Analyses share schemes as they share concepts, and the first has what all say alike.

    :param graphs: the dataset's triples by named graph
    """

    def __init__(self, graphs: Mapping[URIRef, Iterable[Written]]) -> None:
        self._members: defaultdict[str, list[Written]] = defaultdict(list)
        self._described: dict[str, list[Written]] = {}
        parts = [
            triples
            for name, triples in graphs.items()
            if last_segment(name) in {"asserted", "derived", "context"}
        ]
        for triples in parts:
            for triple in triples:
                subject, verb, value = triple
                if verb in _MEMBERSHIP:
                    member = value if verb == _HAS_TOP else subject
                    self._members[member].append(triple)
                    if verb == _IN_SCHEME:
                        self._described[value] = []
        for triples in parts:
            for triple in triples:
                if triple[0] in self._described and triple[1] not in _MEMBERSHIP:
                    self._described[triple[0]].append(triple)

    def of(self, own: set[Written]) -> set[Written]:
        """Return the schemes of the concepts that a unit describes, with those members alone.

        :param own: the unit's triples
        """
        described = {subject for subject, verb, _ in own if verb == _TYPE}
        found = {
            triple for node in described & self._members.keys() for triple in self._members[node]
        }
        schemes = {scheme for _, verb, scheme in found if verb == _IN_SCHEME}
        return found.union(*(self._described[scheme] for scheme in schemes))


class _Context:
    """Reviewed facts, and what is known of nodes that analyses share; sorted once for all units.

    :param triples: those of the graph of the context
    """

    def __init__(self, triples: Iterable[Written]) -> None:
        triples = list(triples)
        schemes = {node for node in _schemes_in(triples) if not _belongs(node)}
        self._of: defaultdict[str, list[Written]] = defaultdict(list)
        for triple in triples:
            # What all analyses share has these schemes whole; units get them with own members.
            if triple[0] not in schemes and triple[2] not in schemes:
                self._of[_belongs(triple[0])].append(triple)

    def outside(self, elsewhere: Collection[str]) -> Iterator[Written]:
        """Yield what is not of certain frameworks and plans.

        :param elsewhere: those, as `_family` names them
        """
        for family, triples in self._of.items():
            if family not in elsewhere:
                yield from triples


def _schemes_in(triples: Iterable[Written]) -> set[str]:
    """Return the schemes of concepts, of ours, that triples tell of."""
    return {node for node, _, kind in triples if kind == _SCHEME and node.startswith(f"<{ID}")}


def _elsewhere(graphs: Iterable[URIRef], parts: Sequence[URIRef]) -> frozenset[str]:
    """Return the frameworks and plans outside a unit, as `_family` names them."""
    return frozenset(
        str(name).removeprefix(str(GRAPH))
        for name in graphs
        if name not in parts and _family(str(name).removeprefix(str(GRAPH)))
    )


def _family(path: str) -> str:
    """Return the framework or plan that something is or belongs to; nothing for anything else.

    :param path: the end of its IRI, or of a graph's
    """
    kind, _, rest = path.partition("/")
    return f"{kind}/{rest.partition('/')[0]}" if kind in _WHOLE else ""


def _belongs(node: str) -> str:
    """Return the framework or plan that a node stands under; nothing for anything else."""
    path = iri_of(node).removeprefix(str(ID))
    family = _family(path) if len(path) < len(node) - 2 else ""
    return family if len(family) < len(path) else ""


def units_of(graphs: Mapping[URIRef, Iterable[Written]]) -> Iterator[Unit]:
    """Yield the unit of each analysis in a dataset.

    :param graphs: the dataset's triples by named graph, as they are written
    """
    foreign, schemed = _Foreign(graphs), _Schemes(graphs)
    context = _Context(graphs.get(graph_iri("context"), ()))
    belongs = cache(_belongs)
    linked = {value for _, verb, value in graphs.get(_LINKS, ()) if verb == _LINK_FROM}
    for name in sorted(graphs):
        if not (name.startswith(f"{GRAPH}analysis/") and name.endswith("/asserted")):
            continue
        family = name.removesuffix("/asserted").replace(str(GRAPH), str(ID), 1)
        own = graphs[name]
        kinds = (subject for subject, verb, kind in own if verb == _TYPE and kind == _ANALYSIS)
        analysis = next(kinds, f"<{family}>")
        parts = [
            URIRef(f"{str(name).removesuffix('asserted')}{kind}")
            for kind in ("asserted", "derived", "reviewed")
        ]
        for predicate, family in ((_FRAMEWORK, "framework"), (_PLAN, "plan")):
            parts += [
                graph_iri(family, last_segment(iri_of(each)))
                for each in sorted(
                    {value for node, verb, value in own if verb == predicate and node == analysis}
                )
            ]
        # Links start from the nodes of one table, which answers for them.
        if analysis in linked:
            parts.append(_LINKS)
        # What is concluded of the nodes of a framework or plan is for those who have it.
        elsewhere = _elsewhere(graphs, parts)
        triples = {
            triple
            for part in parts
            for triple in graphs.get(part, ())
            if belongs(triple[0]) not in elsewhere
        }
        triples.update(context.outside(elsewhere))
        # What all analyses share has the schemes whole; a unit gets them with its own members.
        if schemes := _schemes_in(triples):
            triples = {each for each in triples if schemes.isdisjoint((each[0], each[2]))}
        parts.append(graph_iri("context"))
        triples |= foreign.of(triples, parts)
        content = ntriples_of(triples | schemed.of(triples))
        level = "build" if parts[1] in graphs else "asserted"
        findings = URIRef(f"{str(name).removesuffix('asserted')}findings")
        yield Unit(URIRef(f"{iri_of(analysis)}/report"), content, level, findings)

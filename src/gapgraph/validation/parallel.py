"""Analyses judged one by one, side by side over the cores, and only when they changed.

A unit is what one analysis is judged on: its own graphs, those of its framework and plan, the
reviewed facts, and the links that start from it.  Its findings are kept under the checksum of
everything they depend on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph import __version__
from gapgraph.files import sha256, write_atomic
from gapgraph.kept import forget_unused, used_again
from gapgraph.namespaces import GG, GRAPH, ID, RDF, SKOS, graph_iri, last_segment
from gapgraph.turtle import Triple, read_turtle, write_ntriples
from gapgraph.validation.engine import validate
from gapgraph.validation.findings import Finding, findings_of
from gapgraph.validation.prepare import prepare
from gapgraph.validation.shapes import Shapes, read_shapes

__all__ = ["Judged", "Unit", "judge", "judge_unit", "units_of"]

#: How many findings files are kept beside those of the units judged, the latest used.
_KEPT = 256
_LINKS = graph_iri("links")
#: What ties a concept to its scheme.
_MEMBERSHIP = frozenset({SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept})


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


@dataclass(frozen=True)
class Judged:
    """A unit's findings.

    :param unit: the unit
    :param findings: what was found
    :param fresh: whether it was judged now, not read from what was kept
    """

    unit: Unit
    findings: tuple[Finding, ...]
    fresh: bool


def _shared(
    graphs: Mapping[URIRef, Iterable[Triple]], own: set[Triple], parts: Sequence[URIRef]
) -> set[Triple]:
    """Return what graphs of others say of the nodes they share with one analysis.

    No triple stands in two graphs, so what two analyses say alike of a concept, an institution
    or a directive of their common framework stands in the graph of the first; and what an
    observation invokes may be an instrument that only another framework cites.
    """
    nodes = {node for subject, _, value in own for node in (subject, value)}
    found = set()
    for name, triples in graphs.items():
        family, _, kind = str(name).rpartition("/")
        whole = family in {str(graph_iri("framework")), str(graph_iri("plan"))}
        if not (whole or kind in {"asserted", "derived"}) or name in parts:
            continue
        other = (str(name) if whole else family).replace(str(GRAPH), str(ID), 1)
        for subject, verb, value in triples:
            if (
                subject in nodes
                and verb not in _MEMBERSHIP
                and not str(subject).startswith(other)
                and not str(value).startswith(f"{other}/")
            ):
                found.add((subject, verb, value))
    return found


def _schemes(graphs: Mapping[URIRef, Iterable[Triple]], own: set[Triple]) -> set[Triple]:
    """Return the schemes of the concepts that a unit describes, with those members alone.

    Analyses share schemes as they share concepts, and the first has what all say alike.
    """
    described = {subject for subject, verb, _ in own if verb == RDF.type}
    parts = [
        triples
        for name, triples in graphs.items()
        if last_segment(name) in {"asserted", "derived", "context"}
    ]
    found = {
        triple
        for triples in parts
        for triple in triples
        if triple[1] in _MEMBERSHIP
        and (triple[2] if triple[1] == SKOS.hasTopConcept else triple[0]) in described
    }
    schemes = {scheme for _, verb, scheme in found if verb == SKOS.inScheme}
    return found | {
        triple
        for triples in parts
        for triple in triples
        if triple[0] in schemes and triple[1] not in _MEMBERSHIP
    }


def _elsewhere(graphs: Iterable[URIRef], parts: Sequence[URIRef]) -> Iterator[str]:
    """Yield what the IRIs of the nodes of frameworks and plans begin with outside a unit."""
    for name in graphs:
        family = str(name).rpartition("/")[0]
        if name not in parts and family in {f"{GRAPH}framework", f"{GRAPH}plan"}:
            yield f"{str(name).replace(str(GRAPH), str(ID), 1)}/"


def units_of(graphs: Mapping[URIRef, Iterable[tuple[Node, Node, Node]]]) -> list[Unit]:
    """Return the unit of each analysis in a dataset.

    :param graphs: the dataset's triples by named graph
    """
    units = []
    for name in sorted(graphs):
        if not (name.startswith(f"{GRAPH}analysis/") and name.endswith("/asserted")):
            continue
        own = Graph(bind_namespaces="none")
        for triple in graphs[name]:
            own.add(triple)
        family = name.removesuffix("/asserted").replace(str(GRAPH), str(ID), 1)
        analysis = own.value(None, RDF.type, GG.GapAnalysis) or URIRef(family)
        parts = [
            URIRef(f"{str(name).removesuffix('asserted')}{kind}")
            for kind in ("asserted", "derived", "reviewed")
        ]
        for predicate, family in ((GG.framework, "framework"), (GG.plan, "plan")):
            parts += [
                graph_iri(family, last_segment(str(each)))
                for each in sorted(own.objects(analysis, predicate), key=str)
            ]
        parts.append(graph_iri("context"))
        # Links start from the nodes of one table, which answers for them.
        if any(triple[1:] == (GG.linkFrom, analysis) for triple in graphs.get(_LINKS, ())):
            parts.append(_LINKS)
        triples = {triple for part in parts for triple in graphs.get(part, ())}
        # What is concluded of the nodes of a framework or plan is for those who have it.
        elsewhere = tuple(_elsewhere(graphs, parts))
        triples = {triple for triple in triples if not str(triple[0]).startswith(elsewhere)}
        # What all analyses share has the schemes whole; a unit gets them with its own members.
        schemes = {subject for subject, _, kind in triples if kind == SKOS.ConceptScheme}
        schemes = {each for each in schemes if str(each).startswith(str(ID))}
        triples = {each for each in triples if not schemes & {each[0], each[2]}}
        triples |= _shared(graphs, triples, parts)
        content = write_ntriples(triples | _schemes(graphs, triples))
        level = "build" if parts[1] in graphs else "asserted"
        findings = URIRef(f"{str(name).removesuffix('asserted')}findings")
        units.append(Unit(URIRef(f"{analysis}/report"), content, level, findings))
    return units


def judge(
    units: Sequence[Unit], ontology: Path, *, kept: Path | None = None, workers: int = 0
) -> list[Judged]:
    """Judge units, those that changed only.

    :param units: what to judge
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in, if any
    :param workers: processes to use; 0 means one a core, and never more than there are units
    :return: each unit's findings, in the order of the units
    :raises InputError: where shapes, ontology or a unit cannot be read
    :raises EnvironmentFailure: where findings cannot be kept
    """
    basis = _basis(ontology)
    found = [_recall(unit, basis, kept) for unit in units]
    todo = [place for place, findings in enumerate(found) if findings is None]
    jobs = [(units[place], str(ontology)) for place in todo]
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count > 1:
        # Spawned, not forked: the caller may be a service with threads.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            fresh = list(pool.map(_judge_one, jobs))
    else:
        fresh = [_judge_one(job) for job in jobs]
    for place, findings in zip(todo, fresh, strict=True):
        found[place] = findings
        _keep(units[place], basis, kept, findings)
    if kept is not None and todo:
        used = [_file(unit, basis, kept) for unit in units]
        forget_unused(kept.glob("*.json"), used=used, most=_KEPT)
    return [
        Judged(unit, findings or (), place in todo)
        for place, (unit, findings) in enumerate(zip(units, found, strict=True))
    ]


def judge_unit(unit: Unit, shapes: Shapes, ontology: Graph) -> tuple[Finding, ...]:
    """Judge one unit, here and now, opening no file.

    :param unit: what to judge
    :param shapes: the shapes of its level
    :param ontology: the ontology's graph
    """
    data = Graph(bind_namespaces="none")
    data.parse(data=unit.content, format="nt")
    prepared = prepare(data, ontology)
    return tuple(findings_of(validate(prepared, shapes.graph), shapes, prepared))


def _judge_one(job: tuple[Unit, str]) -> tuple[Finding, ...]:
    """Judge one unit in this process or a worker; what it needs is read there."""
    unit, folder = job
    shapes = read_shapes(Path(folder) / "shapes", unit.level)
    return judge_unit(unit, shapes, read_turtle(Path(folder) / "gapgraph.ttl"))


def _basis(ontology: Path) -> str:
    """Return what findings depend on beside the unit: shapes, ontology, this code and engine."""
    files = [*sorted((ontology / "shapes").glob("*")), ontology / "gapgraph.ttl"]
    files += sorted(Path(__file__).parent.glob("*.py"))
    content = [sha256(each.read_bytes()) for each in files if each.is_file()]
    return " ".join([__version__, version("pyshacl"), version("rdflib"), *content])


def _file(unit: Unit, basis: str, kept: Path) -> Path:
    return kept / f"{sha256(f'{basis} {unit.level} {unit.report} {unit.content}')}.json"


def _recall(unit: Unit, basis: str, kept: Path | None) -> tuple[Finding, ...] | None:
    """Return the findings kept of a unit; a file that cannot be read is as good as none."""
    if kept is None:
        return None
    try:
        file = _file(unit, basis, kept)
        entries = json.loads(file.read_text(encoding="utf-8"))
        used_again(file)
        return tuple(Finding.from_dict(each) for each in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(unit: Unit, basis: str, kept: Path | None, findings: Iterable[Finding]) -> None:
    """Keep a unit's findings."""
    if kept is None:
        return
    entries = [each.as_dict() for each in findings]
    write_atomic(_file(unit, basis, kept), json.dumps(entries, ensure_ascii=False))

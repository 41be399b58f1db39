"""The stages put together: tables in, a dataset and its manifest out.

Everything is computed before anything is written; files are written whole, the manifest last.
A build that fails or is killed leaves the last one in place.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef

from gapgraph import __version__
from gapgraph.annex.description import FILE_NAME, Description, read_description
from gapgraph.annex.graph import graph_of, turtle_of
from gapgraph.annex.parse import read_table
from gapgraph.annex.records import Table
from gapgraph.annex.together import check_together
from gapgraph.assembly import Assembly, named_nodes
from gapgraph.errors import EnvironmentFailure, InputError
from gapgraph.files import read_bytes, sha256, write_atomic
from gapgraph.inference import inferred_triples
from gapgraph.kept import Kept, program
from gapgraph.links.table import links_graph
from gapgraph.namespaces import (
    CC_BY,
    DCTERMS,
    GG,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SOFTWARE,
    graph_iri,
    last_segment,
)
from gapgraph.reading.graph import reading_graph
from gapgraph.reviewed import context_graph, coverage_reviews
from gapgraph.rules import Rule, derive, descriptions, read_rules
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.turtle import Triple, read_turtle, write_nquads
from gapgraph.validation.gate import findings_file, judge_build, shapes_graph

__all__ = ["Progress", "build"]

#: Is told the name of each stage as it starts.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Source:
    """One table, read."""

    description: Description
    table: Table
    asserted: Graph


#: No input is nearly as large, in bytes.
_LARGEST = 1_000_000_000


def _read(description: Description, settings: Settings) -> _Source:
    table = read_table(
        description,
        source_limit=settings.number("max_source_bytes"),
        cell_limit=settings.number("max_cell_characters"),
    )
    return _Source(description, table, graph_of(table, description))


def _derived(home: Home, source: _Source, rules: Sequence[Rule], context: Graph) -> set[Triple]:
    """Return what is read in the observations of a table and what the rules conclude."""
    names, asserted = source.description.names, source.asserted
    reviews = coverage_reviews(home.data / "reading" / "coverage-reviews.tsv", names, asserted)
    read = {*reading_graph(asserted, names, home.data), *reviews}
    return derive(rules, names, known={*asserted, *context}, read=read)


def _meta(
    assembly: Assembly, sources: Sequence[_Source], rules: Sequence[Rule]
) -> Iterable[Triple]:
    """Describe the graphs that are ours: their licence, and how they were made."""
    ours = set(map(graph_iri, ("ontology", "shapes", "context", "links", "meta")))
    for source in sources:
        names = source.description.names
        derived, inferred = names.analysis_graph("derived"), names.analysis_graph("inferred")
        inference = names.activity("inferred")
        ours |= {derived, inferred, names.analysis_graph("findings")}
        if source.description.rights:
            # The passages that the derived graph quotes are still their publisher's.
            rights = Literal(source.description.rights, lang=source.description.language)
            yield derived, DCTERMS.rights, rights
        yield inferred, PROV.wasGeneratedBy, inference
        yield inference, RDF.type, PROV.Activity
        yield inference, RDFS.label, Literal("Inferencia OWL 2 RL", lang="es")
        yield inference, RDFS.label, Literal("OWL 2 RL inference", lang="en")
        yield inference, PROV.wasAssociatedWith, SOFTWARE
        for used in (
            graph_iri("ontology"),
            names.framework_graph(),
            names.plan_graph(),
            names.analysis_graph("asserted"),
            derived,
        ):
            yield inference, PROV.used, used
    for graph in (*assembly.graphs, graph_iri("meta")):
        yield graph, RDF.type, SD.Graph
        if graph in ours:
            yield graph, DCTERMS.license, CC_BY
    yield SOFTWARE, RDF.type, PROV.SoftwareAgent
    yield SOFTWARE, RDFS.label, Literal("gapgraph")
    yield SOFTWARE, SCHEMA.softwareVersion, Literal(__version__)
    yield from descriptions(rules)


def _inputs(home: Home, descriptions: Sequence[Description]) -> list[dict[str, str]]:
    """Return the name and checksum of each file that is read.

    :raises InputError: for one that is missing
    """
    files = [*sorted(home.ontology.glob("**/*.ttl")), *sorted(home.data.glob("*.ts[v]"))]
    files += [home.data / "context.ttl", *sorted((home.ontology / "rules").glob("*.rq"))]
    files += sorted((home.data / "reading").glob("*.tsv"))
    files += sorted((home.ontology / "shapes").glob("*.tsv"))
    for described in descriptions:
        files += [described.folder / FILE_NAME, described.table]
        files += [described.instruments] if described.instruments else []
    return [
        {
            "file": (
                str(file.relative_to(home.root))
                if file.is_relative_to(home.root)
                else f"{file.parent.name}/{file.name}"
            ),
            "sha256": sha256(read_bytes(file, limit=_LARGEST)),
        }
        for file in files
    ]


def _tally(derived: Iterable[Triple], predicate: URIRef, family: str) -> dict[str, int]:
    """Count the values, terms of ours, that a property has on the nodes of one family of IRIs."""
    found = Counter(
        str(value).removeprefix(str(GG))
        for subject, verb, value in derived
        if verb == predicate and str(subject) == f"{family}/{last_segment(str(subject))}"
    )
    return dict(sorted(found.items()))


def _counts(source: _Source, derived: set[Triple]) -> dict[str, Any]:
    """Return what was read of one table and derived from it, counted."""
    names = source.description.names
    directives = source.table.directives
    topics = [topic for directive in directives for topic in directive.topics]
    values = [value for topic in topics for value in topic.values]
    return {
        "analysis": str(source.description.names.analysis),
        "sections": len(source.table.sections),
        "directives": len(directives),
        "indicators": sum(len(each.indicators) for each in directives),
        "topics": len(topics),
        "categories": len(source.table.categories),
        "mappings": len(values),
        "mappings_to_categories": sum(value.category is not None for value in values),
        "mappings_to_none": sum(value.none for value in values),
        "observations": sum(len(each.observations) for each in directives),
        "statements": _tally(derived, RDF.type, f"{names.analysis}/statement"),
        "topic_statuses": _tally(derived, GG.coverageStatus, f"{names.analysis}/topic"),
        "directive_statuses": _tally(derived, GG.coverageStatus, f"{names.framework}/directive"),
        "triples": len(source.asserted),
    }


def build(
    home: Home,
    settings: Settings,
    *,
    output: Path,
    analyses: Sequence[Path] = (),
    progress: Progress = lambda _: None,
) -> DatasetFile:
    """Build the dataset from the project's own table and any others.

    :param home: where the project's files lie; a checkout's ``data/annex.ttl`` is updated
    :param output: the folder that gets the dataset, its manifest and, outside a checkout or for
        further tables, the asserted graphs
    :param analyses: folders of further tables, each with an ``analysis.toml``
    :param progress: is told the name of each stage
    :return: the dataset as written
    :raises InputError: for anything that cannot be read; nothing is written then
    :raises ViolationError: where the graphs break a mandatory rule; the last build stays
    :raises EnvironmentFailure: where the output cannot be written
    """
    progress("read tables")
    descriptions = [read_description(folder) for folder in (home.analysis, *analyses)]
    inputs = _inputs(home, descriptions)
    places = _places(home, output, descriptions)
    basis = sha256(json.dumps([program(), inputs]))
    unchanged = _unchanged(output, basis, places)
    if unchanged:
        return unchanged
    kept = Kept(Path(settings.text("kept") or output / ".kept"))
    sources = [_read(description, settings) for description in descriptions]
    check_together([(each.description, each.table) for each in sources])
    own = sources[0]
    ontology = named_nodes(read_turtle(home.ontology / "gapgraph.ttl"), "ontology")
    context = context_graph(home.data, own.description.names, own.asserted)

    progress("read observations, run rules")
    rules = read_rules(home.ontology / "rules")
    # What the files say beside the tables, and each table's own graph, decide what is derived.
    common = [each["sha256"] for each in _inputs(home, [])]
    turtles = [turtle_of(source.asserted, source.description) for source in sources]
    derived = [
        kept.triples(
            "derived",
            [turtle, turtles[0], *common],
            functools.partial(_derived, home, source, rules, context),
        )
        for source, turtle in zip(sources, turtles, strict=True)
    ]

    progress("infer")
    inferred = [
        kept.triples(
            "inferred",
            [turtle, turtles[0], *common],
            functools.partial(inferred_triples, ontology, {*source.asserted, *triples}),
        )
        for source, turtle, triples in zip(sources, turtles, derived, strict=True)
    ]

    progress("put graphs together")
    assembly = Assembly()
    assembly.add(graph_iri("ontology"), ontology)
    for source in sources:
        assembly.add_table(source.description.names, source.asserted)
    assembly.add(graph_iri("context"), context)
    links = links_graph(home.data, own.description.names, ontology + context + own.asserted)
    assembly.add(graph_iri("links"), links)
    # Inferred last: what another graph asserts is not said to be inferred.
    for kind, graphs in (("derived", derived), ("inferred", inferred)):
        for source, triples in zip(sources, graphs, strict=True):
            assembly.add(source.description.names.analysis_graph(kind), triples)
    shapes = named_nodes(shapes_graph(home.ontology), "shapes")
    assembly.add(graph_iri("shapes"), shapes)

    progress("validate")
    outcome = judge_build(assembly.graphs, home.ontology, kept=kept.folder)
    for graph, report in outcome.graphs.items():
        assembly.add(graph, report)
    assembly.add(graph_iri("meta"), _meta(assembly, sources, rules))
    content = write_nquads(assembly.quads())
    checksum = sha256(content)
    manifest = {
        "gapgraph": __version__,
        "dataset": {
            "version": checksum[:16],
            "file": f"dataset-{checksum[:16]}.nq",
            "sha256": checksum,
            "quads": sum(map(len, assembly.graphs.values())),
        },
        "basis": basis,
        "inputs": inputs,
        "files": {
            place.name: sha256(turtle) for place, turtle in zip(places, turtles, strict=True)
        },
        "analyses": [
            _counts(source, triples) for source, triples in zip(sources, derived, strict=True)
        ],
        "graphs": {str(graph): len(assembly.graphs[graph]) for graph in sorted(assembly.graphs)},
    }
    progress("write")
    for place, turtle in zip(places, turtles, strict=True):
        write_atomic(place, turtle)
    dataset = manifest["dataset"]
    assert isinstance(dataset, dict)
    write_atomic(output / dataset["file"], content)
    write_atomic(output / findings_file(checksum[:16]), outcome.text)
    write_atomic(output / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    _forget_old(output, keep=dataset["file"])
    return DatasetFile.find(output)


def _places(home: Home, output: Path, descriptions: Sequence[Description]) -> list[Path]:
    """Return where the asserted graph of each table is written; the first is the project's own.

    :raises InputError: for two graphs that would be written to one place
    """
    _, *others = descriptions
    places = [home.data / "annex.ttl" if home.checkout else output / "annex.ttl"]
    for description in others:
        places.append(output / f"{last_segment(description.names.analysis)}.ttl")
        if places[-1] == places[0]:
            raise InputError(
                f"the analysis {description.names.analysis} has the name of another graph's file",
                todo="give it another name",
                file=description.folder / FILE_NAME,
            )
    return places


def _unchanged(output: Path, basis: str, places: Sequence[Path]) -> DatasetFile | None:
    """Return the build in a folder, if it is whole and of just these inputs and this program."""
    try:
        dataset = DatasetFile.find(output)
        files = dataset.manifest["files"]
        whole = dataset.manifest["basis"] == basis and all(
            sha256(place.read_bytes()) == files[place.name] for place in places
        )
        dataset.read()
    except (EnvironmentFailure, OSError, KeyError):
        return None
    return dataset if whole else None


def _forget_old(output: Path, *, keep: str) -> None:
    """Remove the datasets of earlier builds, but for the last: a service may be reading it."""
    others = [each for each in output.glob("dataset-*.nq") if each.name != keep]
    for old in sorted(others, key=lambda each: each.stat().st_mtime)[:-1]:
        old.unlink(missing_ok=True)
        version = old.stem.removeprefix("dataset-")
        (output / findings_file(version)).unlink(missing_ok=True)

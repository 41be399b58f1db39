"""The stages put together: tables in, a dataset and its manifest out.

Everything is computed before anything is written; files are written whole, the manifest last.
A build that fails or is killed leaves the last one in place.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rdflib import Literal, URIRef

from gapgraph import __version__
from gapgraph.account import check_read, counts, reviews_counted
from gapgraph.annex.description import Description, read_description
from gapgraph.annex.graph import turtle_of
from gapgraph.annex.sources import Source, read_sources
from gapgraph.annex.together import framework_of_others
from gapgraph.assembly import Assembly, labelled
from gapgraph.decisions.graph import assessments, reviews_graph, standing
from gapgraph.decisions.outside import outside_graph, read_outside
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import Decided
from gapgraph.errors import UsageError
from gapgraph.files import read_bytes, sha256, write_atomic
from gapgraph.inference import inferred_triples
from gapgraph.kept import Kept
from gapgraph.links.table import links_graph
from gapgraph.metadata import CATALOG, catalog, partitions
from gapgraph.namespaces import (
    CC_BY,
    DATASET,
    DCTERMS,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SOFTWARE,
    graph_iri,
)
from gapgraph.outputs import basis_of, forget_old, places_of, unchanged_build
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.executables import executables
from gapgraph.reading.graph import reading_graph
from gapgraph.reviewed import common_facts, context_graph, coverage_reviews
from gapgraph.rules import Rule, derive, descriptions, read_rules
from gapgraph.settings import Home, Settings
from gapgraph.states import state_labels
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.translated import translations_graph
from gapgraph.turtle import Triple, read_turtle, write_nquads, write_ntriples
from gapgraph.validation.gate import findings_file, judge_build, shapes_graph

__all__ = ["Progress", "build"]

#: Is told the name of each stage as it starts.
Progress = Callable[[str], None]
#: No input is nearly as large, in bytes.
_LARGEST = 1_000_000_000


def _derived(
    home: Home,
    source: Source,
    rules: Sequence[Rule],
    shared: Iterable[Triple],
    decisions: Decisions,
) -> set[Triple]:
    """Return what is read in the observations of a table and what the rules conclude.

    :param shared: what is known beside the table: reviewed facts, and its framework's directives
    :param decisions: what people decided of it
    """
    description, asserted = source.description, source.asserted
    names = description.names
    reviews = set(coverage_reviews(home.data / "reading" / "coverage-reviews.tsv", names, asserted))
    read = reading_graph(
        asserted,
        names,
        home.data,
        institutions=description.institutions,
        instruments=description.instruments,
        folder=description.folder if description.own_rules else None,
        decisions=decisions,
        by_row=description.free,
    )
    holding = standing(decisions, names, {*asserted, *read})
    decided = assessments(names, holding)
    # What a person decided here goes before what the project's own table says.
    taken = {subject for subject, _, _ in decided}
    reviews = {triple for triple in reviews if triple[0] not in taken}
    return derive(rules, names, known={*asserted, *shared}, read={*read, *reviews, *decided})


def _reviewed(
    source: Source, decisions: Decisions, holding: Mapping[str, list[Decided]]
) -> list[Triple]:
    """Return what people decided of a table and what documents of others say of its topics.

    :param holding: the decisions that hold, by what they hold for
    """
    names = source.description.names
    outside = read_outside(source.description.outside, names, source.asserted)
    return reviews_graph(decisions, names, holding) + outside_graph(outside, names)


def _ours(sources: Sequence[Source], graphs: Collection[URIRef]) -> list[URIRef]:
    """Return the graphs that are ours, not a publisher's; of some kinds, those that there are."""
    common = ("ontology", "shapes", "context", "links", "queries", "meta")
    names = [source.description.names for source in sources]
    own = [
        each.analysis_graph(kind) for each in names for kind in ("derived", "inferred", "findings")
    ]
    some = [graph_iri("translations"), *(each.analysis_graph("reviewed") for each in names)]
    return [*map(graph_iri, common), *own, *(each for each in some if each in graphs)]


def _rights(graph: URIRef, listed: Iterable[Triple]) -> Iterable[Triple]:
    """Yield a graph's licence and date, which stand in itself.

    :param listed: what catalogues list of the dataset
    """
    yield graph, DCTERMS.license, CC_BY
    for subject, predicate, value in listed:
        if subject == DATASET and predicate == DCTERMS.modified:
            yield graph, DCTERMS.modified, value


def _describe(
    home: Home, assembly: Assembly, sources: Sequence[Source], rules: Sequence[Rule]
) -> None:
    """Add what is said of the graphs and of the dataset, and the queries that may be put to it."""
    catalogue = Catalogue.load(home.queries)
    catalogue = catalogue.about([str(each.description.names.analysis) for each in sources])
    assembly.add(graph_iri("queries"), executables(catalogue))
    listed = list(catalog(home.data))
    for graph in _ours(sources, assembly.graphs):
        assembly.add(graph, _rights(graph, listed))
    meta = graph_iri("meta")
    counted = list(partitions({k: v for k, v in assembly.graphs.items() if k != meta}))
    assembly.add(meta, [*_meta(assembly, sources, rules), *listed, *counted])


def _meta(assembly: Assembly, sources: Sequence[Source], rules: Sequence[Rule]) -> Iterable[Triple]:
    """Describe how the graphs were made."""
    for source in sources:
        names = source.description.names
        derived, inferred = names.analysis_graph("derived"), names.analysis_graph("inferred")
        inference = names.activity("inferred")
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
    yield SOFTWARE, RDF.type, PROV.SoftwareAgent
    yield SOFTWARE, RDFS.label, Literal("gapgraph")
    yield SOFTWARE, SCHEMA.softwareVersion, Literal(__version__)
    yield from descriptions(rules)


def _inputs(home: Home, descriptions: Sequence[Description]) -> list[dict[str, str]]:
    """Return the name and checksum of each file that is read.

    :raises InputError: for one that is missing
    """
    files = [*sorted(home.ontology.glob("**/*.ttl")), *sorted(home.data.glob("*.ts[v]"))]
    files += sorted((home.data / "intake").glob("*.tsv"))
    files += [home.data / "context.ttl", home.data / "translations.ttl"]
    files += sorted((home.ontology / "rules").glob("*.rq"))
    files += sorted((home.data / "reading").glob("**/*.tsv"))
    files += sorted((home.ontology / "shapes").glob("*.tsv"))
    for described in descriptions:
        files += described.files
    return _checksums(home, files)


def _checksums(home: Home, files: Iterable[Path]) -> list[dict[str, str]]:
    """Return the name and checksum of each file.

    :raises InputError: for one that is missing
    """
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


def build(
    home: Home,
    settings: Settings,
    *,
    output: Path,
    analyses: Sequence[Path] = (),
    annex: bool = True,
    unread_limit: int | None = None,
    progress: Progress = lambda _: None,
) -> DatasetFile:
    """Build the dataset from the project's own table, unless it is left out, and any others.

    :param home: where the project's files lie; a checkout's ``data/annex.ttl`` is updated
    :param output: the folder that gets the dataset, its manifest and, outside a checkout or for
        further tables, the asserted graphs
    :param analyses: folders of further tables, each with an ``analysis.toml``, or tables that
        need none
    :param annex: whether the project's own table is one of them, the first
    :param unread_limit: per cent of an analysis's observations that may be unread; any share
        where there is no limit
    :param progress: is told the name of each stage
    :return: the dataset as written
    :raises InputError: for anything that cannot be read; nothing is written then
    :raises ViolationError: where the graphs break a mandatory rule, or more is unread than may be;
        the last build stays
    :raises EnvironmentFailure: where the output cannot be written
    """
    progress("read tables")
    descriptions = _descriptions((home.analysis, *analyses) if annex else analyses)
    # What is published beside the data, and decides nothing in it.
    beside = sorted(each for each in home.queries.glob("**/*") if each.is_file())
    beside += [] if annex else [home.data / "annex.ttl"]
    inputs = [*_inputs(home, descriptions), *_checksums(home, [home.data / CATALOG, *beside])]
    places = places_of(home, output, descriptions, annex=annex)
    basis = basis_of(inputs)
    kept = Kept.of(settings, output)
    unchanged = unchanged_build(output, basis, places)
    if unchanged:
        check_read(unchanged.manifest["analyses"], unread_limit)
        return unchanged
    sources = read_sources(descriptions, home.data, settings, annex=annex)
    own = sources[0] if annex else None
    ontology = labelled(read_turtle(home.ontology / "gapgraph.ttl"), "ontology")
    context = (
        context_graph(home.data, own.description.names, own.asserted)
        if own
        else common_facts(home.data, (each.asserted for each in sources))
    )
    context += state_labels(
        [each.description.jurisdiction for each in sources if each.description.jurisdiction],
        context,
    )

    progress("read observations, run rules")
    rules = read_rules(home.ontology / "rules")
    # What the files say beside the tables, and each table's own graph, decide what is derived.
    common = [each["sha256"] for each in _inputs(home, [])]
    turtles = [turtle_of(source.asserted, source.description) for source in sources]
    tables = [(source.description.names, source.asserted) for source in sources]
    known = [{*context, *framework_of_others(*each, tables)} for each in tables]
    decisions = [
        Decisions.read(each.description.reviews, each.description.names, each.asserted)
        for each in sources
    ]
    derived = [
        kept.triples(
            "derived",
            [
                turtle,
                write_ntriples(shared),
                *(each["sha256"] for each in _checksums(home, source.description.tables)),
                *common,
            ],
            functools.partial(_derived, home, source, rules, shared, decided),
        )
        for source, turtle, shared, decided in zip(sources, turtles, known, decisions, strict=True)
    ]

    progress("infer")
    inferred = [
        kept.triples(
            "inferred",
            [turtle, write_ntriples(triples), *common],
            functools.partial(inferred_triples, ontology, {*source.asserted, *triples}),
        )
        for source, turtle, triples in zip(sources, turtles, derived, strict=True)
    ]

    progress("put graphs together")
    assembly = Assembly()
    assembly.add(graph_iri("ontology"), ontology)
    for source in sources:
        assembly.add_table(source.description.names, source.asserted)
    assembly.add_beside(context, translations_graph(home.data, dict(tables).values(), whole=annex))
    if own:
        # The links start from the nodes of the project's own table.
        links = links_graph(home.data, own.description.names, ontology + context + own.asserted)
        assembly.add(graph_iri("links"), links)
    # Inferred last: what another graph asserts is not said to be inferred.
    for source, triples in zip(sources, derived, strict=True):
        assembly.add_derived(source.description.names, triples)
    holding = [
        standing(decided, names, {*asserted, *triples})
        for (names, asserted), triples, decided in zip(tables, derived, decisions, strict=True)
    ]
    for source, decided, held in zip(sources, decisions, holding, strict=True):
        assembly.add_reviewed(source.description.names, _reviewed(source, decided, held))
    for source, triples in zip(sources, inferred, strict=True):
        assembly.add(source.description.names.analysis_graph("inferred"), triples)
    assembly.add(graph_iri("shapes"), labelled(shapes_graph(home.ontology), "shapes"))

    progress("validate")
    outcome = judge_build(assembly.graphs, home.ontology, kept=kept.folder)
    for graph, report in outcome.graphs.items():
        assembly.add(graph, report)
    _describe(home, assembly, sources, rules)
    content = write_nquads(assembly.quads(), blank=True)
    checksum = sha256(content)
    manifest: dict[str, Any] = {
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
        "output": {
            findings_file(checksum[:16]): sha256(outcome.text),
            **{
                place.name: sha256(turtle)
                for place, turtle in zip(places, turtles, strict=True)
                if place.parent == output
            },
        },
        "analyses": [
            counts(source, triples) | reviews_counted(decided, held)
            for source, triples, decided, held in zip(
                sources, derived, decisions, holding, strict=True
            )
        ],
        "graphs": {str(graph): len(assembly.graphs[graph]) for graph in sorted(assembly.graphs)},
    }
    check_read(manifest["analyses"], unread_limit)
    progress("write")
    _write(
        output,
        {
            **dict(zip(places, turtles, strict=True)),
            output / manifest["dataset"]["file"]: content,
            output / findings_file(checksum[:16]): outcome.text,
            output / MANIFEST: json.dumps(manifest, indent=2, ensure_ascii=False) + "\n",
        },
        manifest["dataset"]["file"],
        kept,
    )
    return DatasetFile.find(output)


def _write(output: Path, files: Mapping[Path, str | bytes], keep: str, kept: Kept) -> None:
    """Write a build's files, the manifest last: what it vouches for is there; forget old ones."""
    for place, content in files.items():
        write_atomic(place, content)
    forget_old(output, keep=keep)
    kept.forget()


def _descriptions(folders: Sequence[Path]) -> list[Description]:
    """Read what each table is of.

    :raises UsageError: where there is none
    """
    if not folders:
        raise UsageError("there is no table to build", todo="name one with --analysis")
    return [read_description(folder) for folder in folders]

"""The stages put together: tables in, a dataset and its manifest out.

Everything is computed before anything is written; files are written whole, the manifest last.
A build that fails or is killed leaves the last one in place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef

from gapgraph import __version__
from gapgraph.account import check_read, counts, reviews_counted
from gapgraph.annex.description import Description, read_description
from gapgraph.annex.sources import Source, read_sources
from gapgraph.annex.together import framework_of_others, frameworks_of
from gapgraph.assembly import Assembly, labelled
from gapgraph.conclude import Concluded, Job, conclude, holding
from gapgraph.decisions.graph import reviews_graph
from gapgraph.decisions.outside import outside_graph, read_outside
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import Decided
from gapgraph.errors import UsageError
from gapgraph.files import read_bytes, sha256, unnamed, write_atomic
from gapgraph.kept import Kept
from gapgraph.links.table import links_graph
from gapgraph.metadata import CATALOG
from gapgraph.namespaces import analysis_named, graph_iri
from gapgraph.ntriples import Texts, Triple, Writer, nquads_of
from gapgraph.outputs import basis_of, forget_old, places_of, unchanged_build
from gapgraph.provenance import describe
from gapgraph.rdf import read_turtle
from gapgraph.reviewed import common_facts, context_graph
from gapgraph.rules import Rule, read_rules
from gapgraph.settings import Home, Settings
from gapgraph.states import state_labels
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.store.disk import store_for
from gapgraph.told import told
from gapgraph.translated import translations_graph
from gapgraph.validation.gate import findings_file, judge_build, shapes_graph

__all__ = ["Progress", "build", "conclude_one"]

#: Is told the name of each stage as it starts.
Progress = Callable[[str], None]
#: No input is nearly as large, in bytes.
_LARGEST = 1_000_000_000


def _reviewed(
    source: Source, decisions: Decisions, holding: Mapping[str, list[Decided]]
) -> list[Triple]:
    """Return what people decided of a table and what documents of others say of its topics.

    :param holding: the decisions that hold, by what they hold for
    """
    names = source.description.names
    path = source.description.outside
    outside = read_outside(path, names, source.asserted) if path else []
    return reviews_graph(decisions, names, holding) + outside_graph(outside, names)


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


@dataclass(frozen=True)
class _Read:
    """What a build is made from, read.

    :param sources: the tables, in order
    :param whole: whether the project's own is one of them, the first
    :param context: what is known beside them
    :param jobs: the tables again, with all that what follows from each depends on
    """

    sources: list[Source]
    whole: bool
    ontology: Graph
    context: Graph
    rules: tuple[Rule, ...]
    jobs: list[Job]

    @classmethod
    def of(
        cls,
        home: Home,
        settings: Settings,
        descriptions: Sequence[Description],
        kept: Kept,
        *,
        annex: bool,
    ) -> _Read:
        """Read tables, and what is known beside them.

        :param kept: what was computed before; what is computed now is added
        :raises InputError: for anything that cannot be read
        :raises ViolationError: where something in a table must be mended or decided first
        """
        sources = read_sources(descriptions, home.data, settings, annex=annex, kept=kept)
        ontology = labelled(read_turtle(home.ontology / "gapgraph.ttl"), "ontology")
        own = sources[0]
        context = (
            context_graph(home.data, own.description.names, own.asserted)
            if annex
            else common_facts(home.data, (each.written for each in sources))
        )
        context += state_labels(
            [each.description.jurisdiction for each in sources if each.description.jurisdiction],
            context,
        )
        rules = read_rules(home.ontology / "rules")
        jobs = _jobs(home, sources, context)
        return cls(sources, annex, ontology, context, rules, jobs)


def _jobs(home: Home, sources: Sequence[Source], context: Graph) -> list[Job]:
    """Return tables with all that what follows from each depends on."""
    # What the files say beside the tables, and each table's own graph, decide what is derived.
    common = [each["sha256"] for each in _inputs(home, [])]
    beside = frozenset(Writer().written(context))
    said = frameworks_of([(each.description.names, each.written) for each in sources])
    jobs = []
    for source in sources:
        names, reviews = source.description.names, source.description.reviews
        others = framework_of_others(source.written, said[names.framework])
        decisions = Decisions.read(reviews, names, source.asserted) if reviews else Decisions()
        own = [each["sha256"] for each in _checksums(home, source.description.tables)]
        jobs.append(Job(home, source, beside | others, decisions, (*own, *common)))
    return jobs


def conclude_one(
    home: Home,
    settings: Settings,
    *,
    output: Path,
    only: str,
    analyses: Sequence[Path] = (),
    annex: bool = True,
    progress: Progress = lambda _: None,
) -> URIRef:
    """Compute what follows from one of the tables of a build, and keep it for that build.

    Nothing else is touched: several may be computed side by side, by processes of one machine or
    of many that share the folder of what is kept.  The build then finds them there.

    :param output: the folder of the build
    :param only: the analysis, by its IRI, the end of it, or the folder of its table
    :param analyses: folders of the build's tables, all of them: what a table is told about its
        framework may stand in another
    :param annex: whether the project's own table is one of them
    :param progress: is told the name of each stage
    :return: the IRI of the analysis
    :raises NotFoundError: for an analysis that is not there
    :raises InputError: for anything that cannot be read
    :raises ViolationError: where something in a table must be mended or decided first
    :raises EnvironmentFailure: where the folder cannot be written
    """
    progress(told("read tables"))
    folders = (home.analysis, *analyses) if annex else analyses
    descriptions = _descriptions(folders)
    names = [each.names.analysis for each in descriptions]
    by_folder = dict(zip(map(str, folders), names, strict=True))
    wanted = by_folder.get(only) or analysis_named(names, only)
    kept = Kept.of(settings, output)
    read = _Read.of(home, settings, descriptions, kept, annex=annex)
    progress(told("read observations, run rules, infer"))
    jobs = [each for each in read.jobs if each.source.description.names.analysis == URIRef(wanted)]
    conclude(jobs, read.rules, read.ontology, kept)
    return URIRef(wanted)


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
    progress(told("read tables"))
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
        store_for(settings, unchanged, progress=progress)
        return unchanged
    read = _Read.of(home, settings, descriptions, kept, annex=annex)

    progress(told("read observations, run rules, infer"))
    texts = Texts()
    concluded = conclude(read.jobs, read.rules, read.ontology, kept, texts=texts)

    progress(told("put graphs together"))
    built = _Built.of(home, read, concluded, texts)
    # From here on the tables, as they were read, would take as much memory again.
    del read, concluded

    progress(told("validate"))
    outcome = judge_build(built.assembly.graphs, home.ontology, kept=kept.folder)
    for graph, report in outcome.graphs.items():
        built.assembly.add(graph, report)
    describe(home, built.assembly, built.tables, built.rules)
    check_read(built.counted, unread_limit)

    progress(told("write"))
    turtles = dict(zip(places, built.turtles, strict=True))
    with unnamed(output) as dataset:
        for lines in nquads_of(built.assembly.graphs):
            dataset.write(lines.encode())
        version = dataset.sha256[:16]
        graphs = built.assembly.graphs
        manifest: dict[str, Any] = {
            "gapgraph": __version__,
            "dataset": {
                "version": version,
                "file": f"dataset-{version}.nq",
                "sha256": dataset.sha256,
                "quads": sum(map(len, graphs.values())),
            },
            "basis": basis,
            "inputs": inputs,
            "files": {place.name: sha256(turtle) for place, turtle in turtles.items()},
            "output": {
                findings_file(version): sha256(outcome.text),
                **{
                    place.name: sha256(turtle)
                    for place, turtle in turtles.items()
                    if place.parent == output
                },
            },
            "analyses": built.counted,
            "graphs": {str(graph): len(graphs[graph]) for graph in sorted(graphs)},
        }
        for place, turtle in turtles.items():
            write_atomic(place, turtle)
        dataset.name(output / f"dataset-{version}.nq")
    write_atomic(output / findings_file(version), outcome.text)
    # Last: what it vouches for is there.
    write_atomic(output / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    forget_old(output, keep=f"dataset-{version}.nq")
    kept.forget()
    written = DatasetFile.find(output)
    store_for(settings, written, progress=progress)
    return written


@dataclass(frozen=True)
class _Built:
    """A build, but for what is found in it and what it says of itself.

    :param tables: what each table is of
    :param turtles: the asserted graph of each, as it is written
    :param counted: what was read of each, counted
    """

    assembly: Assembly
    tables: list[Description]
    rules: tuple[Rule, ...]
    turtles: list[str]
    counted: list[dict[str, Any]]

    @classmethod
    def of(cls, home: Home, read: _Read, concluded: Sequence[Concluded], texts: Texts) -> _Built:
        """Put graphs together.

        :param concluded: what follows from each table
        :param texts: the texts that it is of
        """
        held = [holding(job, each.derived) for job, each in zip(read.jobs, concluded, strict=True)]
        return cls(
            _assembled(home, read, concluded, held, Assembly(texts)),
            [source.description for source in read.sources],
            read.rules,
            [source.turtle for source in read.sources],
            [
                counts(job.source, each.derived, each.other_languages)
                | reviews_counted(job.decisions, decided)
                for job, each, decided in zip(read.jobs, concluded, held, strict=True)
            ],
        )


def _assembled(
    home: Home,
    read: _Read,
    concluded: Sequence[Concluded],
    held: Sequence[Mapping[str, list[Decided]]],
    assembly: Assembly,
) -> Assembly:
    """Put all graphs together but those that say what was found, and how they were made.

    :param concluded: what follows from each table
    :param held: the decisions that hold in each, by what they hold for
    :param assembly: what they are put in
    """
    assembly.add(graph_iri("ontology"), read.ontology)
    for source in read.sources:
        assembly.add_table(source.description.names, source.written)
    tables = [source.written for source in read.sources]
    assembly.add_beside(read.context, translations_graph(home.data, tables, whole=read.whole))
    if read.whole:
        # The links start from the nodes of the project's own table.
        own = read.sources[0]
        links = links_graph(
            home.data, own.description.names, read.ontology + read.context + own.asserted
        )
        assembly.add(graph_iri("links"), links)
    # Inferred last: what another graph asserts is not said to be inferred.
    for source, each in zip(read.sources, concluded, strict=True):
        assembly.add_derived(source.description.names, each.derived)
    for job, decided in zip(read.jobs, held, strict=True):
        names = job.source.description.names
        assembly.add_reviewed(names, _reviewed(job.source, job.decisions, decided))
    for source, each in zip(read.sources, concluded, strict=True):
        assembly.add_written(source.description.names.analysis_graph("inferred"), each.inferred)
    assembly.add(graph_iri("shapes"), labelled(shapes_graph(home.ontology), "shapes"))
    return assembly


def _descriptions(folders: Sequence[Path]) -> list[Description]:
    """Read what each table is of.

    :raises UsageError: where there is none
    """
    if not folders:
        raise UsageError(told("there is no table to build"), todo=told("name one with --analysis"))
    return [read_description(folder) for folder in folders]

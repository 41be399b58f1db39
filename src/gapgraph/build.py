"""The stages put together: tables in, a dataset and its manifest out.

Everything is computed before anything is written; files are written whole, the manifest last.
A build that fails or is killed leaves the last one in place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Graph

from gapgraph import __version__
from gapgraph.annex.description import FILE_NAME, Description, read_description
from gapgraph.annex.graph import graph_of, turtle_of
from gapgraph.annex.parse import read_table
from gapgraph.annex.records import Table
from gapgraph.annex.together import check_together
from gapgraph.assembly import Assembly, Triple, named_nodes
from gapgraph.files import sha256, write_atomic
from gapgraph.links.table import links_graph
from gapgraph.namespaces import CC_BY, DCTERMS, RDF, SD, graph_iri, last_segment
from gapgraph.reviewed import context_graph
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.turtle import read_turtle, write_nquads

__all__ = ["Progress", "build"]

#: Is told the name of each stage as it starts.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Source:
    """One table, read."""

    description: Description
    table: Table
    asserted: Graph


def _read(folder: Path, settings: Settings) -> _Source:
    description = read_description(folder)
    table = read_table(
        description,
        source_limit=settings.number("max_source_bytes"),
        cell_limit=settings.number("max_cell_characters"),
    )
    return _Source(description, table, graph_of(table, description))


def _meta(assembly: Assembly) -> list[Triple]:
    """Describe the graphs that are ours: their licence, and that they are graphs."""
    ours = tuple(map(graph_iri, ("ontology", "context", "links", "meta")))
    return [
        triple
        for graph in (*assembly.graphs, graph_iri("meta"))
        for triple in (
            (graph, RDF.type, SD.Graph),
            *([(graph, DCTERMS.license, CC_BY)] if graph in ours else []),
        )
    ]


def _inputs(home: Home, sources: Sequence[_Source]) -> list[dict[str, str]]:
    """Return the name and checksum of each file that was read."""
    files = [*sorted(home.ontology.glob("**/*.ttl")), *sorted(home.data.glob("*.ts[v]"))]
    files += [home.data / "context.ttl"]
    for source in sources:
        described = source.description
        files += [described.folder / FILE_NAME, described.table]
        files += [described.instruments] if described.instruments else []
    return [
        {
            "file": (
                str(file.relative_to(home.root))
                if file.is_relative_to(home.root)
                else f"{file.parent.name}/{file.name}"
            ),
            "sha256": sha256(file.read_bytes()),
        }
        for file in files
    ]


def _counts(source: _Source) -> dict[str, Any]:
    """Return what was read of one table, counted."""
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
    :raises EnvironmentFailure: where the output cannot be written
    """
    progress("read tables")
    sources = [_read(folder, settings) for folder in (home.analysis, *analyses)]
    check_together([(each.description, each.table) for each in sources])
    own = sources[0]

    progress("put graphs together")
    assembly = Assembly()
    ontology = read_turtle(home.ontology / "gapgraph.ttl")
    assembly.add(graph_iri("ontology"), named_nodes(ontology, "ontology"))
    for source in sources:
        assembly.add_table(source.description.names, source.asserted)
    context = context_graph(home.data, own.description.names, own.asserted)
    assembly.add(graph_iri("context"), context)
    links = links_graph(home.data, own.description.names, ontology + context + own.asserted)
    assembly.add(graph_iri("links"), links)
    assembly.add(graph_iri("meta"), _meta(assembly))
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
        "inputs": _inputs(home, sources),
        "analyses": [_counts(source) for source in sources],
        "graphs": {str(graph): len(assembly.graphs[graph]) for graph in sorted(assembly.graphs)},
    }

    progress("write")
    for source in sources:
        name = f"{last_segment(source.description.names.analysis)}.ttl"
        place = output / name
        if source is own:
            place = home.data / "annex.ttl" if home.checkout else output / "annex.ttl"
        write_atomic(place, turtle_of(source.asserted, source.description))
    dataset = manifest["dataset"]
    assert isinstance(dataset, dict)
    write_atomic(output / dataset["file"], content)
    write_atomic(output / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    _forget_old(output, keep=dataset["file"])
    return DatasetFile.find(output)


def _forget_old(output: Path, *, keep: str) -> None:
    """Remove the datasets of earlier builds, but for the last: a service may be reading it."""
    others = [each for each in output.glob("dataset-*.nq") if each.name != keep]
    for old in sorted(others, key=lambda each: each.stat().st_mtime)[:-1]:
        old.unlink(missing_ok=True)

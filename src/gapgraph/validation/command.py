"""What `gapgraph validate` does: files or a build in, reports out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gapgraph.files import read_bytes
from gapgraph.rdf import format_of_file, read_rdf
from gapgraph.validation.gate import reports_of
from gapgraph.validation.parallel import judge
from gapgraph.validation.render import Report
from gapgraph.validation.sources import graphs_of, units_in
from gapgraph.validation.units import units_of

__all__ = ["validate_build", "validate_files"]


def validate_build(content: bytes, ontology: Path, *, kept: Path) -> list[Report]:
    """Judge each analysis of a build.

    :param content: the build's N-Quads
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in
    :return: one report for each analysis
    """
    units = units_of(graphs_of(read_rdf(content, "application/n-quads")))
    return reports_of(judge(units, ontology, kept=kept), ontology)


def validate_files(files: Sequence[Path], ontology: Path, *, limit: int) -> list[Report]:
    """Judge files as one graph, or where they hold the graphs of analyses, each analysis.

    :param files: RDF files, their formats named by their suffixes
    :param ontology: the folder of the ontology and its shapes
    :param limit: the largest file that is read, in bytes
    :return: one report, or one for each analysis that has a graph of its own
    :raises InputError: for a file that cannot be read
    """
    datasets = []
    for file in files:
        media_type = format_of_file(file)
        datasets.append(read_rdf(read_bytes(file, limit=limit), media_type, name=str(file)))
    units = units_in(datasets)
    reports = reports_of(judge(units, ontology), ontology)
    subject = ", ".join(map(str, files))
    return [
        report if unit.graph is not None else replace(report, subject=subject)
        for unit, report in zip(units, reports, strict=True)
    ]

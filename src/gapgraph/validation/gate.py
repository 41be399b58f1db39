"""The gate of a build: every analysis is judged, and none with a violation passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import ViolationError
from gapgraph.validation.parallel import Judged, judge, units_of
from gapgraph.validation.render import Report, render
from gapgraph.validation.report import report_graph
from gapgraph.validation.shapes import LEVELS, Shapes, read_shapes

__all__ = ["judge_build", "reports_of", "shapes_graph"]


def shapes_graph(ontology: Path) -> Graph:
    """Return all shapes that judge data, as one graph.

    :param ontology: the folder of the ontology and its shapes
    """
    return read_shapes(ontology / "shapes", "build").graph


def reports_of(judged: Iterable[Judged], ontology: Path) -> list[Report]:
    """Return what was judged as reports.

    :param judged: what was judged
    :param ontology: the folder of the ontology and its shapes
    """
    shapes: dict[str, Shapes] = {level: read_shapes(ontology / "shapes", level) for level in LEVELS}
    return [
        Report(
            each.unit.report,
            str(each.unit.report).removesuffix("/report"),
            each.findings,
            shapes[each.unit.level].graph,
        )
        for each in judged
    ]


def judge_build(
    graphs: Mapping[URIRef, Iterable[tuple[Node, Node, Node]]], ontology: Path, *, kept: Path
) -> dict[URIRef, Graph]:
    """Judge the analyses of a build and return their findings as graphs.

    :param graphs: the build's triples by named graph
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in, for the analyses that do not change
    :return: the report of each analysis, by the IRI of its findings graph
    :raises ViolationError: with the violations, where there are any
    """
    units = units_of(graphs)
    reports = reports_of(judge(units, ontology, kept=kept), ontology)
    broken = [each for each in reports if any(f.severity == "Violation" for f in each.findings)]
    if broken:
        raise ViolationError(
            "the build breaks mandatory rules\n\n"
            + render(broken, "text", "en", severities=["Violation"])
        )
    return {
        unit.graph: report_graph(report.iri, report.findings, report.shapes)
        for unit, report in zip(units, reports, strict=True)
        if unit.graph is not None
    }

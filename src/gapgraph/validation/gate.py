"""The gate of a build: every analysis is judged, and none with a violation passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef

from gapgraph.errors import EnvironmentFailure, ViolationError
from gapgraph.ntriples import Written
from gapgraph.told import Told, told
from gapgraph.validation.findings import Finding
from gapgraph.validation.parallel import Judged, judge
from gapgraph.validation.render import Report, render
from gapgraph.validation.report import report_graph
from gapgraph.validation.shapes import read_shapes
from gapgraph.validation.units import units_of

__all__ = [
    "Outcome",
    "findings_file",
    "judge_build",
    "reports_of",
    "shapes_graph",
    "stored_reports",
]

#: The language of what a build breaks: each catalogue names its own.
_LANGUAGE = told("en")


def findings_file(version: str) -> str:
    """Return the name of the file that holds the findings of a dataset version."""
    return f"findings-{version}.json"


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
    judged = list(judged)
    levels = {each.level for each in judged}
    shapes = {level: read_shapes(ontology / "shapes", level) for level in sorted(levels)}
    return [
        Report(
            each.report,
            str(each.report).removesuffix("/report"),
            each.findings,
            shapes[each.level].graph,
        )
        for each in judged
    ]


@dataclass(frozen=True)
class Outcome:
    """What judging a build gives.

    :param graphs: the report of each analysis, by the IRI of its findings graph
    :param text: the same findings in JSON, with what the graphs leave out
    """

    graphs: Mapping[URIRef, Graph]
    text: str


class _Broken(Told):
    """What a build breaks; a report has languages of its own, and is made anew in another one.

    :param reports: those with violations
    """

    reports: Sequence[Report]

    def __new__(cls, reports: Sequence[Report]) -> _Broken:
        """Return the message."""
        english = _broken(reports, _LANGUAGE)
        self = super().__new__(cls, english.template, english.values)
        self.reports = reports
        return self

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Return the message, and the reports, in another language."""
        return _broken(self.reports, translate(_LANGUAGE)).in_words(translate)


def _broken(reports: Sequence[Report], language: str) -> Told:
    report = render(reports, "text", language, severities=["Violation"])
    return told("the build breaks mandatory rules\n\n{report}", report=report)


def judge_build(
    graphs: Mapping[URIRef, Iterable[Written]], ontology: Path, *, kept: Path
) -> Outcome:
    """Judge the analyses of a build.

    :param graphs: the build's triples by named graph, as they are written
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in, for the analyses that do not change
    :raises ViolationError: with the violations, where there are any
    """
    judged = judge(units_of(graphs), ontology, kept=kept)
    reports = reports_of(judged, ontology)
    broken = [each for each in reports if any(f.severity == "Violation" for f in each.findings)]
    if broken:
        raise ViolationError(_Broken(broken))
    return Outcome(
        {
            each.graph: report_graph(report.iri, report.findings, report.shapes)
            for each, report in zip(judged, reports, strict=True)
            if each.graph is not None
        },
        render(reports, "json", "es"),
    )


def stored_reports(content: bytes, ontology: Path) -> list[Report]:
    """Read the reports of a build back.

    :param content: the text that `judge_build` gave
    :param ontology: the folder of the ontology and its shapes
    :raises EnvironmentFailure: where it is not that
    """
    shapes = shapes_graph(ontology)
    try:
        return [
            Report(
                URIRef(entry["report"]),
                entry["subject"],
                tuple(Finding.from_dict(each) for each in entry["findings"]),
                shapes,
            )
            for entry in json.loads(content)["reports"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise EnvironmentFailure(
            told("the findings of the build cannot be read: run `gapgraph build` again")
        ) from error

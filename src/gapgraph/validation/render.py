"""Findings → what a person reads or a machine takes: text, Markdown, HTML, JSON, CSV, RDF."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from rdflib import Graph, URIRef

from gapgraph.errors import UsageError
from gapgraph.files import read_text
from gapgraph.messages import Message, translate
from gapgraph.ntriples import write_ntriples
from gapgraph.texts import LANGUAGES, SOURCE, said
from gapgraph.told import told
from gapgraph.turtle import empty_graph, write_turtle
from gapgraph.validation.findings import Finding
from gapgraph.validation.report import report_graph
from gapgraph.validation.shapes import SEVERITIES
from gapgraph.validation.terms import REPORT_PREFIXES

__all__ = ["FORMATS", "Report", "render"]

#: The words around findings.
_WORDS: Mapping[str, Message] = {
    "title": Message("Informe de validación"),
    "Violation": Message("Infracciones"),
    "Warning": Message("Advertencias"),
    "Info": Message("Observaciones"),
    "counts": Message("{Violation} infracciones, {Warning} advertencias, {Info} observaciones"),
    "directive": Message("Directriz"),
    "line": Message("línea de la fuente"),
    "lines": Message("líneas de la fuente"),
    "none": Message("No se halló nada."),
    "where": Message("Dónde"),
    "what": Message("Qué"),
    "source": Message("Fuente"),
}


def _words(language: str) -> Mapping[str, str]:
    """Return the words around findings in a language."""
    return {name: translate(text, language) for name, text in _WORDS.items()}


@dataclass(frozen=True)
class Report:
    """What was found on one thing judged.

    :param iri: IRI of the report
    :param subject: what was judged, as people call it
    :param findings: what was found
    :param shapes: the shapes graph it was found by
    :param severities: the severities to show; all, where none is named
    """

    iri: URIRef
    subject: str
    findings: tuple[Finding, ...]
    shapes: Graph
    severities: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings of the severities that are asked for."""
        return tuple(
            each
            for each in self.findings
            if not self.severities or each.severity in self.severities
        )


def render(
    reports: Sequence[Report], form: str, language: str = SOURCE, *, severities: Sequence[str] = ()
) -> str:
    """Return reports in one format.

    :param reports: what was found, on one thing or several
    :param form: a key of `FORMATS`
    :param language: one of `texts.LANGUAGES`; RDF forms carry all
    :param severities: the severities to show; all, where none is named
    :raises UsageError: for a format or language there is none of
    """
    if form not in FORMATS:
        raise UsageError(
            told("there is no format {form!r}", form=form),
            todo=told("use one of {these}", these=", ".join(FORMATS)),
        )
    if language not in LANGUAGES:
        raise UsageError(
            told("there is no report in {language!r}", language=language),
            todo=told("use one of {these}", these=", ".join(LANGUAGES)),
        )
    shown = [replace(each, severities=tuple(severities)) for each in reports]
    return FORMATS[form](shown, language)


def _counts(findings: Iterable[Finding], language: str) -> str:
    found = [each.severity for each in findings]
    counts = {severity: found.count(severity) for severity in SEVERITIES}
    return _words(language)["counts"].format(**counts)


def _grouped(findings: Iterable[Finding]) -> Iterable[tuple[str, list[tuple[Finding, ...]]]]:
    """Yield each severity with the findings of its rules."""
    for severity, group in groupby(findings, key=lambda each: each.severity):
        rules = groupby(group, key=lambda each: each.rule)
        yield severity, [tuple(each) for _, each in rules]


def _place(finding: Finding, language: str) -> str:
    """Return the directives a finding is about."""
    numbers = ", ".join(map(str, finding.directives))
    return f"{_words(language)['directive']} {numbers}" if numbers else ""


def _source(finding: Finding, language: str) -> str:
    """Return the lines a finding is about."""
    word = _words(language)["line" if len(finding.lines) == 1 else "lines"]
    return f"{word} {', '.join(map(str, finding.lines))}" if finding.lines else ""


def _text(reports: Sequence[Report], language: str) -> str:
    lines: list[str] = []
    for report in reports:
        lines += [f"{_words(language)['title']}: {report.subject}", ""]
        for severity, rules in _grouped(report.shown):
            count = sum(map(len, rules))
            lines += [f"{_words(language)[severity]} ({count})", ""]
            for rule in rules:
                lines.append(f"  {said(rule[0].names, language)} [{rule[0].rule}]")
                for each in rule:
                    place = _place(each, language)
                    source = _source(each, language)
                    lines.append(
                        f"    {f'{place}: ' if place else ''}{said(each.messages, language)}"
                        f"{f' ({source})' if source else ''}"
                    )
                lines.append("")
    found = [each for report in reports for each in report.findings]
    return "\n".join([*lines, _counts(found, language), ""])


def _markdown_cell(text: str) -> str:
    """Return a text that a Markdown table cell takes as it is."""
    return " ".join(re.sub(r"[\\`*_\[\]<>|#]", r"\\\g<0>", text).split())


def _markdown(reports: Sequence[Report], language: str) -> str:
    words = _words(language)
    lines: list[str] = []
    for report in reports:
        lines += [f"# {words['title']}: {_markdown_cell(report.subject)}", ""]
        lines += [_counts(report.findings, language) + ".", ""]
        for severity, rules in _grouped(report.shown):
            lines += [f"## {words[severity]}", ""]
            for rule in rules:
                lines += [
                    f"### {_markdown_cell(said(rule[0].names, language))} (`{rule[0].rule}`)",
                    "",
                ]
                lines += [
                    f"| {words['where']} | {words['what']} | {words['source']} |",
                    "|---|---|---|",
                ]
                for each in rule:
                    cells = (
                        _place(each, language),
                        said(each.messages, language),
                        _source(each, language),
                    )
                    lines.append("| " + " | ".join(map(_markdown_cell, cells)) + " |")
                lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _html(reports: Sequence[Report], language: str) -> str:
    words = _words(language)
    style = read_text(Path(__file__).parent / "report.css", limit=100_000)
    body: list[str] = []
    for report in reports:
        body.append(f"<h1>{words['title']}: {html.escape(report.subject)}</h1>")
        body.append(f'<p class="lede">{_counts(report.findings, language)}.</p>')
        if not report.findings:
            body.append(f"<p>{words['none']}</p>")
        for severity, rules in _grouped(report.shown):
            body.append(f'<section class="{severity.lower()}"><h2>{words[severity]}</h2>')
            for rule in rules:
                name = html.escape(said(rule[0].names, language))
                body.append(
                    f"<h3>{name} <code>{html.escape(rule[0].rule)}</code></h3>"
                    f"<table><thead><tr><th>{words['where']}</th><th>{words['what']}</th>"
                    f"<th>{words['source']}</th></tr></thead><tbody>"
                )
                body += [
                    "<tr>"
                    f"<td>{html.escape(_place(each, language))}</td>"
                    f"<td>{html.escape(said(each.messages, language))}</td>"
                    f"<td>{html.escape(_source(each, language))}</td></tr>"
                    for each in rule
                ]
                body.append("</tbody></table>")
            body.append("</section>")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{words['title']}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _json(reports: Sequence[Report], language: str) -> str:
    entries = [
        {
            "report": str(report.iri),
            "subject": report.subject,
            "conforms": not report.findings,
            "language": language,
            "counts": {
                severity: sum(each.severity == severity for each in report.findings)
                for severity in SEVERITIES
            },
            "findings": [
                {
                    **each.as_dict(),
                    "name": said(each.names, language),
                    "message": said(each.messages, language),
                }
                for each in report.shown
            ],
        }
        for report in reports
    ]
    return json.dumps({"reports": entries}, ensure_ascii=False, indent=2) + "\n"


_COLUMNS = (
    "severity",
    "rule",
    "directives",
    "lines",
    "message",
    "focus",
    "path",
    "value",
    "component",
    "report",
)


def _csv(reports: Sequence[Report], language: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for report in reports:
        for each in report.shown:
            writer.writerow(
                [
                    each.severity,
                    each.rule,
                    " ".join(map(str, each.directives)),
                    " ".join(map(str, each.lines)),
                    said(each.messages, language),
                    each.focus,
                    each.path,
                    each.value,
                    each.component,
                    report.iri,
                ]
            )
    return stream.getvalue()


def _graph(reports: Sequence[Report]) -> Graph:
    graph = empty_graph()
    for report in reports:
        # A choice of findings to show changes no verdict.
        conforms = not report.findings
        for triple in report_graph(report.iri, report.shown, report.shapes, conforms=conforms):
            graph.add(triple)
    return graph


def _turtle(reports: Sequence[Report], _: str) -> str:
    return write_turtle(_graph(reports), prefixes=REPORT_PREFIXES)


def _ntriples(reports: Sequence[Report], _: str) -> str:
    return write_ntriples(_graph(reports))


def _jsonld(reports: Sequence[Report], _: str) -> str:
    text = _graph(reports).serialize(format="json-ld", sort_keys=True, indent=2)
    nodes = json.loads(text)
    # rdflib keeps no order among the values of a property.
    for node in nodes:
        for values in node.values():
            if isinstance(values, list):
                values.sort(key=lambda each: json.dumps(each, sort_keys=True))
    nodes.sort(key=lambda each: each["@id"])
    return json.dumps(nodes, ensure_ascii=False, indent=2) + "\n"


#: How each format is written, by its name on the command line.
FORMATS: Mapping[str, Callable[[Sequence[Report], str], str]] = {
    "text": _text,
    "md": _markdown,
    "html": _html,
    "json": _json,
    "csv": _csv,
    "ttl": _turtle,
    "jsonld": _jsonld,
    "nt": _ntriples,
}

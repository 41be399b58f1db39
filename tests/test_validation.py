"""What validation finds in the true annex, how it says so, and what it does with bad graphs."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, BNode, Graph, URIRef

import oracle
from conftest import ROOT, Built
from gapgraph.errors import DeadlineError, InputError, UsageError, ViolationError
from gapgraph.namespaces import DCTERMS, GG, OA, SKOS
from gapgraph.ntriples import Writer
from gapgraph.rdf import read_rdf
from gapgraph.texts import COMPLETE
from gapgraph.validation.command import validate_build, validate_files
from gapgraph.validation.gate import judge_build
from gapgraph.validation.parallel import judge
from gapgraph.validation.render import FORMATS, Report, render
from gapgraph.validation.sources import unit_of, units_in
from gapgraph.validation.terms import SH, short
from gapgraph.validation.units import Unit
from gapgraph.validation.worker import judge_apart
from shape_cases import FOLDER, ONTOLOGY, changed, triples

LIMIT = 64_000_000
BASE = FOLDER / "base.ttl"

#: Rule and directives of what the annex itself shows, read from the source by eye.
IN_THE_ANNEX: dict[str, set[tuple[int, ...]]] = {
    "directive-assessed": {(17,), (59,)},
    "section-without-indicators": {(number,) for number in range(1, 18)},
    "observation-cut": {(10,)},
    "observation-stray-letter": {(9,)},
    "element-outside-categories": {(2,)},
    "final-stop": {(14,), (37,)},
    "mixed-quotes": {(55,)},
    "topic-colon": {(46,), (65,)},
    "value-separator": {(18,), (22,)},
    "value-stop": {(18,), (58,)},
    # Categories 18, 29, 5, 9 and 11; then the concepts of two topics.
    "label-variant": {(14, 45), (18,), (44,), (47,), (58,), (30,), (57,)},
    "heading-differs": {()},
    "indicator-repeated": {(18, 28), (39, 40), (46, 66)},
    "wording-orientacion-social": {(6,)},
    "wording-alberges": {(51,), (56,), (57,)},
    "wording-de-las-oit": {(17,)},
    "wording-lgtbi": {(19,)},
    "wording-los-ambito": {(19,)},
    "wording-los-mecanismo": {(37,)},
    "wording-tipificacion-de-personas": {(3,)},
    "wording-ministerio-de-transporte": {(27,)},
    "wording-conducta-funcional": {(28,)},
    "wording-contar-con-modulo": {(48,)},
    "wording-el-hecho-que": {(24,)},
    "wording-la-idea-que": {(53,)},
    "wording-el-reconocimiento-que": {(37,)},
    "wording-publica-privada": {(47,)},
    "wording-hiv": {(44,)},
    "wording-en-especial-mujeres": {(17,)},
    # The two paragraphs differ by one comma, after «delitos asociados».
    "observation-alike": {(14,), (43,)},
    "value-dash": {()},
}


@cache
def annex() -> Report:
    """What is found in the true annex."""
    (report,) = validate_files([ROOT / "data" / "annex.ttl"], ONTOLOGY, limit=LIMIT)
    return report


def repeated_observations() -> set[tuple[int, ...]]:
    """The directives of each paragraph that stands in several rows, from the source."""
    found: dict[str, set[int]] = {}
    for directive in oracle.read(ROOT / "data" / "source" / "annex.txt"):
        for text in directive.observations:
            found.setdefault(text, set()).add(directive.number)
    return {tuple(sorted(numbers)) for numbers in found.values() if len(numbers) > 1}


def judged(graph: Graph) -> Report:
    unit = unit_of([read_rdf(graph.serialize(format="nt").encode(), "application/n-triples")])
    (result,) = judge([unit], ONTOLOGY)
    return Report(unit.report, "test", result.findings, Graph())


def test_the_annex_has_no_violation() -> None:
    assert {each.severity for each in annex().findings} == {"Warning", "Info"}


def test_what_the_annex_shows_is_found() -> None:
    found: dict[str, set[tuple[int, ...]]] = {}
    for each in annex().findings:
        found.setdefault(each.rule, set()).add(each.directives)
    repeated = found.pop("observation-repeated")

    assert found == IN_THE_ANNEX
    assert repeated == repeated_observations()


def test_values_with_a_hyphen_and_with_a_dash_are_counted() -> None:
    source = (ROOT / "data" / "source" / "annex.txt").read_text(encoding="utf-8")
    hyphens = len(re.findall("Categoría [0-9]+ ?- ", source))
    dashes = len(re.findall("Categoría [0-9]+ ?– ", source))
    (found,) = (each for each in annex().findings if each.rule == "value-dash")

    assert found.value == f'"- {hyphens}, – {dashes}"'
    assert (hyphens, dashes) == (22, 70)


def test_findings_name_the_lines_of_the_source() -> None:
    lines = (ROOT / "data" / "source" / "annex.txt").read_text(encoding="utf-8").split("\n")
    (cut,) = (each for each in annex().findings if each.rule == "observation-cut")

    assert len(cut.lines) == 1
    assert lines[cut.lines[0] - 1].rstrip().endswith("en la capacitación del personal,")


def test_findings_of_the_build(built: Built) -> None:
    folder, version = built.output, built.dataset.version
    content = json.loads((folder / f"findings-{version}.json").read_text(encoding="utf-8"))
    (report,) = content["reports"]
    found = {(each["rule"], *each["directives"]) for each in report["findings"]}

    assert report["counts"]["Violation"] == 0
    in_tension = {
        ("instrument-code", 17),
        ("mapped-but-denied", 41),
        ("mapped-but-denied", 63),
        ("gap-unexplained", 3),
        ("gap-unexplained", 18),
        ("gap-unexplained", 36),
        ("omission-without-topic", 14),
        ("omission-without-topic", 52),
        ("statement-without-topic", 27),
        ("statement-without-topic", 52),
        ("mapping-unspoken", 44),
    }
    in_the_annex = {(rule, *each) for rule, places in IN_THE_ANNEX.items() for each in places}
    repeated = {each for each in found if each[0] == "observation-repeated"}

    assert found - repeated == in_tension | in_the_annex
    assert {each[1:] for each in repeated} == repeated_observations()


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_rdf_reports_are_standard_and_have_no_blank_node(form: str) -> None:
    text = render([annex()], form)
    graph = Graph().parse(data=text, format="turtle" if form == "ttl" else "json-ld")

    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]
    assert len(set(graph.subjects(RDF.type, SH.ValidationReport))) == 1
    results = set(graph.objects(annex().iri, SH.result))
    assert len(results) == len(annex().findings)
    for result in results:
        for predicate in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(set(graph.objects(result, predicate))) == 1
        languages = sorted(each.language for each in graph.objects(result, SH.resultMessage))
        assert languages == sorted(COMPLETE)


def test_paths_that_are_no_predicate_are_described_without_blank_nodes() -> None:
    graph = changed(
        Graph().parse(BASE), triples("d:1 gg:hasIndicator d:1.1 ."), triples("d:2 gg:number 9 .")
    )
    (result,) = judge([unit_of([read_rdf(graph.serialize().encode(), "text/turtle")])], ONTOLOGY)
    shapes = annex().shapes
    report = Graph().parse(
        data=render([Report(result.report, "x", result.findings, shapes)], "ttl")
    )
    path = URIRef("https://w3id.org/gapgraph/shapes#indicator-parent-path")

    assert (None, SH.resultPath, path) in report
    assert (path, SH.inversePath, GG.hasIndicator) in report


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_text_form_ends_in_a_count(language: str) -> None:
    last = render([annex()], "text", language).rstrip().splitlines()[-1]
    count = {
        severity: sum(each.severity == severity for each in annex().findings)
        for severity in ("Warning", "Info")
    }
    words = {
        "es": f"0 infracciones, {count['Warning']} advertencias, {count['Info']} observaciones",
        "en": f"0 violations, {count['Warning']} warnings, {count['Info']} remarks",
    }

    assert last == words[language]


def test_every_form_tells_every_finding() -> None:
    findings = annex().findings
    rows = list(csv.DictReader(io.StringIO(render([annex()], "csv"))))
    (entry,) = json.loads(render([annex()], "json"))["reports"]

    assert [row["rule"] for row in rows] == [each.rule for each in findings]
    assert [each["id"] for each in entry["findings"]] == [each.id for each in findings]
    assert render([annex()], "html").count("<tr><td>") == len(findings)
    assert render([annex()], "md").count("\n| ") - render([annex()], "md").count("\n|---") == (
        len(findings)
    )
    assert set(FORMATS) == {"text", "md", "html", "json", "csv", "ttl", "nt", "jsonld"}


def test_html_escapes_what_the_data_says() -> None:
    graph = changed(
        Graph().parse(BASE),
        triples('d:1.1 gg:text "Personas informadas."@es .'),
        triples('d:1.1 gg:text "<script>alert(1)</script>"@es .'),
    )

    page = render([judged(graph)], "html")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_form_or_language_is_refused() -> None:
    with pytest.raises(UsageError, match="no format"):
        render([], "pdf")
    with pytest.raises(UsageError, match="no report in"):
        render([], "text", "qu")


def test_undeclared_terms_name_those_who_use_them() -> None:
    graph = changed(Graph().parse(BASE), (), triples("d:2 gg:numbr 2 . o:3.1 a gg:Observacion ."))
    found = {
        (each.focus, each.directives)
        for each in judged(graph).findings
        if each.rule == "declared-term"
    }

    assert found == {(GG.numbr.n3(), (2,)), (GG.Observacion.n3(), (3,))}


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        ("d:2 gg:numbr 2 .", GG.number),
        ("d:2 <http://w3id.org/gapgraph/ontology#number> 2 .", GG.number),
        ("d:2 <https://w3id.org/gapgraph/ontology/number> 2 .", GG.number),
        ("d:2 <https://w3id.org/gapgrahp/ontology#number> 2 .", GG.number),
        ("d:2 a <https://www.w3id.org/gapgraph/ontology#directive> .", GG.Directive),
        ("t:1.1 skos:preflabel 'Canales'@es .", SKOS.prefLabel),
        ("a:x dcterms:titel 'x' .", DCTERMS.title),
        ("a:x <http://purl.org/dc/terms#title> 'x' .", DCTERMS.title),
        ("q:m1 oa:exactly 'x' .", OA.exact),
        # A graph does not vouch for its own terms.
        ("gg:numbr rdfs:isDefinedBy <https://w3id.org/gapgraph/ontology> . d:2 gg:numbr 2 .",
         GG.number),
        ("gg:numbr ggs:declaredAs ggs:asProperty . d:2 gg:numbr 2 .", GG.number),
    ],
)  # fmt: skip
def test_a_term_like_ours_names_the_one_that_may_be_meant(written: str, likely: URIRef) -> None:
    report = judged(changed(Graph().parse(BASE), (), triples(written)))
    messages = {each.messages["en"] for each in report.findings if each.rule == "declared-term"}

    assert any(each.endswith(f"Perhaps {short(likely)} is meant.") for each in messages), messages
    # And who uses it.
    assert any(" stands in " in each for each in messages) or "ggs:" in written


def test_terms_of_other_vocabularies_are_left_alone() -> None:
    more = triples("d:1 <http://example.org/ns#note> 1 ; <http://schema.org/name> 'x' .")

    assert judged(changed(Graph().parse(BASE), (), more)).findings == ()


@pytest.mark.parametrize(
    "written", ["d:1 a gg:number .", "d:1 gg:Topic t:1.1 .", "d:1 a gg:addressed ."]
)
def test_a_term_used_as_what_it_is_not_is_found(written: str) -> None:
    report = judged(changed(Graph().parse(BASE), (), triples(written)))

    assert "term-use" in {each.rule for each in report.findings if each.directives == (1,)}


@pytest.mark.parametrize(
    ("old", "new", "rule", "value"),
    [
        ("gg:number 2 ;", 'gg:number "x"^^xsd:integer ;', "number",
         '"x"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("gg:declaredGap false ;", 'gg:declaredGap "nope"^^xsd:boolean ;', "declared-gap",
         '"nope"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ('dcterms:language "es" ;', 'dcterms:language "es" ; dcterms:date "20"^^xsd:date ;',
         "well-typed", '"20"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ],
)  # fmt: skip
def test_a_value_that_is_not_of_its_type_is_found_as_it_is_written(
    old: str, new: str, rule: str, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = BASE.read_text(encoding="utf-8")
    assert old in text
    (result,) = judge(
        units_in([read_rdf(text.replace(old, new).encode(), "text/turtle")]), ONTOLOGY
    )
    found = {each.rule: each.value for each in result.findings}
    report = Report(result.report, "x", result.findings, annex().shapes)

    assert {found[rule], found["well-typed"]} == {value}
    # The report says it as it is written too, and nothing is told of it elsewhere.
    assert f"sh:value {value.partition('^^')[0]}^^xsd:" in render([report], "ttl")
    assert capfd.readouterr().err == ""


def test_a_one_is_a_yes() -> None:
    """``"1"^^xsd:boolean`` is true (XML Schema 1.1, part 2, section 3.3.2)."""
    text = BASE.read_text(encoding="utf-8").replace(
        "gg:declaredGap true ;", 'gg:declaredGap "1"^^xsd:boolean ;'
    )
    (result,) = judge(units_in([read_rdf(text.encode(), "text/turtle")]), ONTOLOGY)

    assert result.findings == ()


@pytest.mark.parametrize("text", ["", "<http://example.org/a> <http://example.org/b> 1 ."])
def test_a_graph_without_an_analysis_does_not_conform(text: str) -> None:
    (result,) = judge(units_in([read_rdf(text.encode(), "text/turtle")]), ONTOLOGY)

    assert [(each.rule, each.severity) for each in result.findings] == [
        ("analysis-present", "Violation")
    ]
    assert "ningún análisis de brechas" in result.findings[0].messages["es"]
    assert "no gap analysis" in result.findings[0].messages["en"]


def test_a_build_without_its_assessments_is_judged_as_a_build() -> None:
    graph = Graph().parse(BASE)
    derived = {GG.CoverageAssessment, GG.TopicLink, GG.Measure}
    gone = {node for each in derived for node in graph.subjects(RDF.type, each)}
    left = {triple for triple in graph if not gone & set(triple)}
    bare = changed(graph, set(graph) - left, ())

    assert {"status-of-assessment", "link-and-shortcut"} <= {
        each.rule for each in judged(bare).findings
    }


def test_a_blank_node_is_found() -> None:
    text = BASE.read_bytes() + b"[] a gg:Institution ; skos:prefLabel 'Juzgado'@es ."
    (result,) = judge(units_in([read_rdf(text, "text/turtle")]), ONTOLOGY)

    assert [each.rule for each in result.findings] == ["node-name"]


@pytest.mark.whole
@pytest.mark.parametrize("blank", ["\u200b", " \ufeff ", "\u2060"])
def test_a_text_that_cannot_be_seen_is_empty(blank: str) -> None:
    graph = changed(
        Graph().parse(BASE),
        triples('d:1.1 gg:text "Personas informadas."@es .'),
        triples(f'd:1.1 gg:text "{blank}"@es .'),
    )

    assert {"text", "text-plain"} <= {each.rule for each in judged(graph).findings}


@pytest.mark.whole
def test_the_builds_own_file_has_the_report_of_the_build(built: Built, tmp_path: Path) -> None:
    content = built.dataset.read()
    file = tmp_path / "dataset.nq"
    file.write_bytes(content)

    reports = validate_files([file], ONTOLOGY, limit=LIMIT)

    expected = validate_build(content, ONTOLOGY, kept=tmp_path / "kept")
    for form in sorted(FORMATS):
        assert render(reports, form) == render(expected, form), form


def test_a_choice_of_severities_changes_no_verdict() -> None:
    report = Report(annex().iri, "x", annex().findings, annex().shapes)
    graph = Graph().parse(data=render([report], "ttl", severities=["Violation"]))

    assert not list(graph.subjects(RDF.type, SH.ValidationResult))
    assert [each.toPython() for each in graph.objects(report.iri, SH.conforms)] == [False]


def test_findings_are_kept_and_only_what_changed_is_judged_again(tmp_path: Path) -> None:
    units = [
        unit_of([read_rdf(text.encode(), "text/turtle")])
        for text in ("<urn:a> <urn:b> 1 .", "<urn:a> <urn:b> 2 .")
    ]
    first = judge(units, ONTOLOGY, kept=tmp_path, workers=1)
    other = unit_of([read_rdf(b"<urn:a> <urn:b> 3 .", "text/turtle")])

    again = judge([units[0], other, units[1]], ONTOLOGY, kept=tmp_path, workers=1)

    assert [each.fresh for each in first] == [True, True]
    assert [each.fresh for each in again] == [False, True, False]
    assert [each.findings for each in (again[0], again[2])] == [each.findings for each in first]


@pytest.mark.whole
def test_units_judged_side_by_side_are_judged_the_same() -> None:
    text = BASE.read_bytes()
    units = [
        unit_of([read_rdf(text + extra, "text/turtle")])
        for extra in (b"", b"<urn:directive:1> gg:number 9 .", b"<urn:x> a gg:Directive .")
    ]

    assert [each.findings for each in judge(units, ONTOLOGY, workers=2)] == [
        each.findings for each in judge(units, ONTOLOGY, workers=1)
    ]


def test_a_build_with_a_violation_does_not_pass(tmp_path: Path) -> None:
    graph = changed(Graph().parse(BASE), triples("d:1 gg:number 1 ."), ())
    base = "https://w3id.org/gapgraph/graph/"
    graphs = {URIRef(f"{base}analysis/x/asserted"): set(Writer().written(graph))}

    with pytest.raises(ViolationError, match=r"\[number-notation\]"):
        judge_build(graphs, ONTOLOGY, kept=tmp_path)


def apart(content: bytes, media: str = "text/turtle", **more: int) -> str:
    limits = {"seconds": 120, "memory": 2_000_000_000, **more}
    return judge_apart(content, media, ontology=ONTOLOGY, form="text", language="en", **limits)


def test_rdf_is_judged_in_a_process_of_its_own() -> None:
    assert apart(BASE.read_bytes()).endswith("0 violations, 0 warnings, 0 remarks\n")


def test_a_process_that_takes_too_long_is_ended() -> None:
    # As much as takes ten times as long, however fast the machine.
    topics = "".join(f"<urn:t:{number}> a <{GG}Topic> .\n" for number in range(20_000))
    with pytest.raises(DeadlineError):
        apart(topics.encode(), seconds=1)


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("text/turtle", b"no turtle"),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}'),
        ("application/ld+json", b'{"@context": [{}, "http://127.0.0.1:9/c"], "urn:b": "c"}'),
        ("application/ld+json", b'{"@context": [{}, "file:///etc/hostname"], "urn:b": "c"}'),
        ("application/rdf+xml", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r/>'),
    ],
)
def test_what_cannot_be_read_is_refused(media: str, content: bytes) -> None:
    with pytest.raises(InputError):
        apart(content, media)


def test_a_unit_is_the_same_whatever_its_blank_nodes_are_called() -> None:
    one, two = (
        unit_of([read_rdf(f"_:{name} <urn:b> 1 .".encode(), "text/turtle")]) for name in "xy"
    )

    assert one == two
    assert isinstance(one, Unit)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("<urn:x:c> a skos:Concept ; skos:prefLabel 'uno'@es, 'dos'@es .", True),
        ('d:1.1 gg:text "Personas informadas."@en .', True),
        ("t:1.1 skos:preflabel 'Canales'@es .", False),
        ("a:x dcterms:titel 'título'@es .", False),
    ],
)
def test_a_language_tag_is_shown_where_the_finding_is_about_it(written: str, tag: bool) -> None:
    report = judged(changed(Graph().parse(BASE), (), triples(written)))
    assert report.findings
    for each in report.findings:
        about = "language" in each.messages["en"]
        assert about or not re.search(r"»@[a-z]", " ".join(each.messages.values()))
    if tag:
        assert any("»@e" in each.messages["en"] for each in report.findings)


@pytest.mark.whole
def test_no_finding_of_the_annex_ends_in_turtle() -> None:
    report = judged(Graph().parse(ROOT / "data" / "annex.ttl"))
    assert len(report.findings) > 50
    assert not [each for each in report.findings if re.search(r"»@[a-z]+", each.messages["es"])]

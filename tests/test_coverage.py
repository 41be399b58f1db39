"""Coverage as built: the annex against the settled reading, evidence, graphs, a second table."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from types import ModuleType

import pytest
from rdflib import Graph, Literal, URIRef

from conftest import ROOT, Built, copy_home, keeping
from gapgraph.build import build
from gapgraph.namespaces import (
    BASE,
    CC_BY,
    DCTERMS,
    GG,
    OA,
    PROV,
    RDF,
    SCHEMA,
    SOFTWARE,
    last_segment,
    rule_iri,
)
from gapgraph.store.dataset import DatasetFile
from statement_graphs import GOLDEN, rows
from test_inference import expected

GRAPHS = f"{BASE}graph/"
ANNEX = f"{BASE}id/analysis/oas-pnat"
SPANISH = ROOT / "tests" / "spanish"
RIBERA = f"{BASE}id/analysis/ribera-puerto"


def named_graphs(dataset: DatasetFile) -> dict[str, Graph]:
    """Read each named graph by itself, from the lines of the dataset."""
    lines: dict[str, list[str]] = {}
    for line in dataset.read().decode().splitlines():
        triple, name = line.removesuffix("> .").rsplit(" <", 1)
        lines.setdefault(name.removeprefix(GRAPHS), []).append(f"{triple} .")
    graphs = {}
    for name, content in lines.items():
        graphs[name] = Graph(bind_namespaces="none")
        graphs[name].parse(data="\n".join(content), format="nt")
        assert len(graphs[name]) == len(content)
    return graphs


def together(graphs: dict[str, Graph], *names: str) -> Graph:
    """Return the union of some graphs."""
    union = Graph(bind_namespaces="none")
    for name in names:
        for triple in graphs[name]:
            union.add(triple)
    return union


@pytest.fixture(scope="module")
def graphs(built: Built) -> dict[str, Graph]:
    return named_graphs(built.dataset)


@pytest.fixture(scope="module")
def derived(graphs: dict[str, Graph]) -> Graph:
    return graphs["analysis/oas-pnat/derived"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> DatasetFile:
    """The annex and a small invented table in Spanish."""
    folder = tmp_path_factory.mktemp("both")
    home = copy_home(folder / "home")
    return build(home, keeping(), output=folder / "out", analyses=[SPANISH])


def local(nodes: object) -> set[str]:
    """Return the local names of terms of ours."""
    return {str(each).removeprefix(str(GG)) for each in nodes}  # type: ignore[attr-defined]


# --- The annex ----------------------------------------------------------------------------


def test_every_status_and_locus_is_the_settled_one(derived: Graph) -> None:
    names = {"measure": "planMeasure"}
    golden, found = {}, {}
    for row in rows(GOLDEN / "coverage.tsv"):
        number = row["topic"]
        loci = {names.get(each, each) for each in row["locus"].split(",")} - {"-"}
        golden[number] = ({row["status"]}, loci)
        topic = URIRef(f"{ANNEX}/topic/{number}")
        rule = URIRef(f"{ANNEX}/assessment/{number}/rule")
        found[number] = (
            local(derived.objects(topic, GG.coverageStatus)),
            local(derived.objects(rule, GG.locus)),
        )
    assert len(golden) == 111
    assert found == golden


def test_rules_settle_most_links_and_every_status(derived: Graph) -> None:
    links = set(derived.subjects(RDF.type, GG.TopicLink))
    assessments = set(derived.subjects(RDF.type, GG.CoverageAssessment))
    by_rule, by_review = (set(derived.subjects(GG.basis, each)) for each in (GG.rule, GG.review))
    assert links <= by_rule | by_review
    assert len(links & by_rule) >= 0.8 * len(links)
    assert not assessments & by_review


def statuses_of_directives(derived: Graph) -> dict[str, str]:
    """Return the status of each directive that an analysis assesses, by its number."""
    return {
        last_segment(str(directive)): local(derived.objects(assessment, GG.coverageStatus)).pop()
        for assessment in derived.subjects(RDF.type, GG.DirectiveAssessment)
        for directive in derived.objects(assessment, GG.assesses)
    }


def test_a_directive_has_the_status_its_topics_share(graphs: dict[str, Graph]) -> None:
    """Worked out again from the golden statuses, topic by topic."""
    by_directive: dict[str, set[str]] = {str(number): set() for number in range(1, 68)}
    for row in rows(GOLDEN / "coverage.tsv"):
        by_directive[row["topic"].split(".")[0]].add(row["status"])
    shared = {
        number: "notAssessed" if not each else each.pop() if len(each) == 1 else "partial"
        for number, each in by_directive.items()
    }
    # An omission of its row bears on none of its topics.
    assert shared["52"] == "addressed"
    shared["52"] = "partial"
    assert statuses_of_directives(graphs["analysis/oas-pnat/derived"]) == shared
    assert [number for number, each in shared.items() if each == "notAssessed"] == ["17", "59"]


def test_every_selector_selects_its_words(graphs: dict[str, Graph]) -> None:
    union = together(graphs, "analysis/oas-pnat/asserted", "analysis/oas-pnat/derived")
    passages = list(union.subjects(RDF.type, OA.SpecificResource))
    kinds = Counter()
    for passage in passages:
        source = union.value(passage, OA.hasSource, any=False)
        selectors = list(union.objects(passage, OA.hasSelector))
        (quote,) = [s for s in selectors if (s, RDF.type, OA.TextQuoteSelector) in union]
        (place,) = [s for s in selectors if (s, RDF.type, OA.TextPositionSelector) in union]
        assert len(selectors) == 2
        observed = (source, RDF.type, GG.Observation) in union
        text = union.value(source, GG.text if observed else GG.literalLabel, any=False)
        start, end = (int(union.value(place, each, any=False)) for each in (OA.start, OA.end))
        assert 0 <= start < end <= len(text), passage
        assert text[start:end] == str(union.value(quote, OA.exact, any=False)), passage
        kinds[observed] += 1
    assert kinds == {True: 151, False: 125}


def test_every_statement_and_assessment_has_located_evidence(graphs: dict[str, Graph]) -> None:
    derived = graphs["analysis/oas-pnat/derived"]
    passages = set(derived.subjects(RDF.type, OA.SpecificResource))
    statements = set(derived.objects(None, GG.hasStatement))
    assessments = set(derived.subjects(RDF.type, GG.CoverageAssessment))
    assert (len(statements), len(assessments)) == (151, 222)
    for node in statements | assessments:
        evidence = set(derived.objects(node, GG.evidence))
        assert evidence, node
        assert evidence <= passages, node


def test_each_sentence_of_a_partial_topic_reports_an_omission_of_its_row(
    graphs: dict[str, Graph],
) -> None:
    """The golden statements, not the rules, say which sentences these are."""
    union = together(graphs, "analysis/oas-pnat/asserted", "analysis/oas-pnat/derived")
    golden: dict[str, set[str]] = {}
    for row in rows(GOLDEN / "statements.tsv"):
        for topic in row["topics"].split(",") if row["kind"] == "Omission" else ():
            golden.setdefault(topic, set()).add(row["text"])
    partial = list(union.subjects(GG.ruleId, Literal("coverage-partial")))
    assert len(partial) == 31
    for assessment in partial:
        words = {
            str(exact)
            for passage in union.objects(assessment, GG.evidence)
            for selector in union.objects(passage, OA.hasSelector)
            for exact in union.objects(selector, OA.exact)
        }
        topic = last_segment(str(union.value(assessment, GG.assesses)))
        assert words == golden[topic]


# --- The graphs ---------------------------------------------------------------------------


def test_what_is_inferred_is_what_follows_from_the_whole_analysis(
    graphs: dict[str, Graph],
) -> None:
    data = together(
        graphs,
        "framework/oas-work-plan-2",
        "plan/pnat-2017-2021",
        "analysis/oas-pnat/asserted",
        "analysis/oas-pnat/derived",
    )
    elsewhere = set(graphs["context"]) | set(graphs["ontology"])
    # Its licence and date aside, which the graph says of itself.
    own = URIRef(f"{GRAPHS}analysis/oas-pnat/inferred")
    inferred = {each for each in graphs["analysis/oas-pnat/inferred"] if each[0] != own}
    assert inferred == expected(data) - elsewhere
    kinds = Counter(
        value if predicate == RDF.type else predicate for _, predicate, value in inferred
    )
    assert kinds[GG.Statement] == kinds[GG.statementOf] == 151
    assert kinds[GG.directiveAddressedBy] == 90
    assert not [each for each in inferred if isinstance(each[2], Literal)]
    assert not [each for each in inferred if each[0] == each[2]]


def test_no_triple_is_asserted_derived_and_inferred_at_once(graphs: dict[str, Graph]) -> None:
    held = Counter(triple for graph in graphs.values() for triple in graph)
    assert [triple for triple, times in held.items() if times > 1] == []


def test_nothing_derived_is_asserted(built: Built, annex: Graph) -> None:
    derived_only = {GG.hasStatement, GG.coverageStatus, GG.concernsTopic, GG.evidence, GG.assesses}
    assert not derived_only & set(annex.predicates())


def test_licence_and_provenance_of_what_is_ours(graphs: dict[str, Graph]) -> None:
    meta = graphs["meta"]
    for kind in ("derived", "inferred"):
        graph = URIRef(f"{GRAPHS}analysis/oas-pnat/{kind}")
        activity = URIRef(f"{ANNEX}/activity/{kind}")
        union = together(graphs, "meta", "analysis/oas-pnat/derived")
        own = graphs[f"analysis/oas-pnat/{kind}"]
        assert list(own.objects(graph, DCTERMS.license)) == [CC_BY]
        assert list(union.objects(graph, PROV.wasGeneratedBy)) == [activity]
        assert (activity, PROV.wasAssociatedWith, SOFTWARE) in union
    used = set(
        graphs["analysis/oas-pnat/derived"].objects(URIRef(f"{ANNEX}/activity/derived"), PROV.used)
    )
    files = {file.stem.partition("-")[2]: file for file in (ROOT / "ontology/rules").glob("*.rq")}
    assert {rule_iri(name) for name in files} < used
    for name, file in files.items():
        checksum = hashlib.sha256(file.read_bytes()).hexdigest()
        assert list(meta.objects(rule_iri(name), SCHEMA.sha256)) == [Literal(checksum)]


def test_the_manifest_names_the_rules_and_counts_the_results(built: Built) -> None:
    manifest = json.loads((built.output / "manifest.json").read_text(encoding="utf-8"))
    inputs = {each["file"] for each in manifest["inputs"]}
    for folder, suffix in (
        ("ontology/rules", "*.rq"),
        ("data/reading", "*.tsv"),
        ("data/reading/es", "*.tsv"),
    ):
        files = {f"{folder}/{file.name}" for file in (ROOT / folder).glob(suffix)}
        assert files
        assert files <= inputs
    (counts,) = manifest["analyses"]
    golden = Counter(row["status"] for row in rows(GOLDEN / "coverage.tsv"))
    assert counts["topic_statuses"] == dict(golden)
    kinds = Counter(row["kind"] for row in rows(GOLDEN / "statements.tsv"))
    assert counts["statements"] == dict(kinds)
    assert sum(counts["directive_statuses"].values()) == 67


# --- Another table ------------------------------------------------------------------------

#: Worked out by hand from the table's sentences: status and loci of each topic.
RIBERA_TOPICS = {
    "1.1": ("addressed", {"planMeasure"}),
    "2.1": ("none", set()),
    "2.2": ("partial", {"planMeasure"}),
    "4.1": ("indeterminate", {"planMeasure"}),
    "5.1": ("none", {"conceptualFramework"}),
    "6.1": ("addressed", {"planMeasure"}),
    "6.2": ("partial", set()),
}
RIBERA_DIRECTIVES = {
    "1": "addressed",
    "2": "partial",
    "3": "notAssessed",
    "4": "indeterminate",
    "5": "none",
    "6": "partial",
}


@pytest.mark.whole
def test_an_invented_table_is_read_by_the_same_rules(both: DatasetFile) -> None:
    derived = named_graphs(both)["analysis/ribera-puerto/derived"]
    topics = {
        number: (
            local(derived.objects(URIRef(f"{RIBERA}/topic/{number}"), GG.coverageStatus)).pop(),
            local(derived.objects(URIRef(f"{RIBERA}/assessment/{number}/rule"), GG.locus)),
        )
        for number in RIBERA_TOPICS
    }
    assert topics == RIBERA_TOPICS
    assert statuses_of_directives(derived) == RIBERA_DIRECTIVES
    assert len(set(derived.subjects(RDF.type, GG.CoverageAssessment))) == 2 * len(RIBERA_TOPICS)


@pytest.mark.whole
def test_the_invented_table_leaves_the_annex_as_it_is(
    both: DatasetFile, graphs: dict[str, Graph]
) -> None:
    again = named_graphs(both)
    for kind in ("asserted", "derived", "inferred"):
        name = f"analysis/oas-pnat/{kind}"
        assert set(again[name]) == set(graphs[name])
    own = again["analysis/ribera-puerto/derived"], again["analysis/ribera-puerto/inferred"]
    assert all(len(graph) > 50 for graph in own)
    assert not [node for graph in own for triple in graph for node in triple if ANNEX in node]


# --- The document -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_documents_made_from_the_graph_are_current(generator: ModuleType, built: Built) -> None:
    made = generator.pages(built.dataset)
    assert "coverage.md" in made
    for name, text in made.items():
        assert text == (ROOT / "docs" / name).read_text(encoding="utf-8"), "run `make docs`"


def test_the_document_shows_words_of_every_kind_and_status() -> None:
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    source = (ROOT / "data" / "annex.ttl").read_text(encoding="utf-8")
    sections = text.split("\n### `")[1:]
    assert len(sections) == 4 + 5
    for section in sections:
        quotes = section.split("\n## ")[0].split("\n- ")[1:]
        name = section.split("`")[0]
        assert len(quotes) == (1 if name in {"indeterminate", "Doubt"} else 3), name
        for quote in quotes:
            words = " ".join(quote.split()).split("«")[1].split("»")[0].removesuffix(" […]")
            assert words in source.replace('\\"', '"'), words

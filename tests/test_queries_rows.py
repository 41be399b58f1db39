"""What the stored queries answer, whole and in order, and the counts of the public contract."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Dataset, URIRef

import expected
import expected_pages
from conftest import ROOT, Built
from gapgraph.namespaces import PREFIXES
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.collation import sort_key
from gapgraph.queries.results import Result, run
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore

#: The ids that the public contract promises.
CONTRACT = (
    "topics-without-category", "directives-not-assessed", "coverage-by-section",
    "coverage-by-directive", "category-usage", "categories-used-once", "mapped-but-gap",
    "gaps-mitigated-by-protocol", "recurring-gaps", "directives-sharing-observation",
    "indicators-shared", "directive-detail", "category-detail", "search", "evidence-for-topic",
    "validation-findings", "compare", "differences", "covered-by-nobody", "coverage-by-analysis",
    "reviews",
)  # fmt: skip

Values = dict[str, Sequence[str]]


@dataclass(frozen=True)
class Case:
    """A query asked, and what must come."""

    query: str
    rows: Callable[[], list[expected.Row]]
    values: Values

    def __str__(self) -> str:
        return f"{self.query} {self.values or ''}".strip()


def case(query: str, rows: Callable[[], list[expected.Row]], **values: Sequence[str]) -> Case:
    return Case(query, rows, values)


CASES = [
    case("topics-without-category", expected.topics_without_category),
    case("directives-not-assessed", expected.directives_not_assessed),
    case("coverage-by-section", expected.coverage_by_section),
    case("coverage-by-directive", expected.coverage_by_directive),
    case("category-usage", expected.category_usage),
    case("categories-used-once", expected.categories_used_once),
    case("mapped-but-gap", expected.mapped_but_gap),
    case("gaps-mitigated-by-protocol", expected.gaps_mitigated_by_protocol),
    case("recurring-gaps", expected.recurring_gaps),
    case("compare", expected.compare),
    case("compare", lambda: expected.compare("none", 2), statusName=["none"], sectionNumber=["2"]),
    case("covered-by-nobody", lambda: expected.covered_by(everybody=False)),
    case("covered-by-everybody", lambda: expected.covered_by(everybody=True)),
    case("coverage-by-analysis", expected.coverage_by_analysis),
    case("directives-sharing-observation", lambda: expected.shared(lambda each: each.observations)),
    case("indicators-shared", lambda: expected.shared(lambda each: each.indicators)),
    case("directive-detail", lambda: expected.directive_detail(6), number=["6"]),
    case("directive-detail", lambda: expected.directive_detail(63), number=["63"]),
    case("category-detail", lambda: expected.category_detail(11)),
    case("category-detail", lambda: expected.category_detail(3), categoryNumber=["3"]),
    case("search", lambda: expected.search("niñas")),
    case("search", lambda: expected.search("TRAFICO"), text=["TRÁfico"]),
    case("evidence-for-topic", lambda: expected.evidence_for_topic(54, 1)),
    case("list-topics", expected.list_topics),
    case("list-categories", expected.list_categories),
    case("mixed-directives", expected.mixed_directives),
    case("directives-without-category", expected.directives_without_category),
    case("mapped-only-negative", expected.mapped_only_negative),
    case("gaps-unexplained", expected.gaps_unexplained),
    case("omissions-without-topic", expected.omissions_without_topic),
    case("conceptual-only", expected.conceptual_only),
    case("statements-about", lambda: expected.statements_about("refugio")),
    case(
        "statements-about",
        lambda: expected.statements_about("cooperación", "Omission"),
        text=["cooperación"],
        kindName=["Omission"],
    ),
    case("gaps-about", lambda: expected.gaps_about("cooperación")),
    case("indicators-asking-for", lambda: expected.indicators_asking_for("mapeo")),
    case("directives-without-indicator", expected.directives_without_indicator),
    case("terminology-doubts", expected.terminology_doubts),
    case("topics-with-several-categories", expected.topics_with_several_categories),
    case("directive-category-matrix", expected.directive_category_matrix),
    case("cell-and-status-differ", expected.cell_and_status_differ),
    case("directives-citing", expected.directives_citing),
    case("directives-citing", lambda: expected.directives_citing(17), number=["17"]),
    case("list-instruments", expected.list_instruments),
    case("list-analyses", expected.list_analyses),
    case("list-statuses", expected.list_statuses),
    case("reading-account", expected.reading_account),
    case("list-kinds", expected.list_kinds),
    case("list-partial-reasons", expected.list_partial_reasons),
    case("list-concepts", expected.list_concepts),
    case("search", list, text=[""]),
    case("list-themes", expected.list_themes),
    case(
        "by-theme",
        expected.participation_of_victims,
        themeName=["victimParticipation"],
    ),
    case("institutions-by-directive", expected.institutions_of_12, number=["12"]),
    case("directives", expected.plain_directives),
    case("plan-elements", expected.plan_elements),
    case("topic-mappings", expected.topic_mappings),
    case("directive-indicators", expected.directive_indicators),
    case("observation-statements", lambda: expected.observation_statements(11), number=["11"]),
    case("observation-statements", lambda: expected.observation_statements(58), number=["58"]),
    case("institution-mentions", expected.institution_mentions_of_12, number=["12"]),
    case("instrument-uses", expected.instrument_uses_of_17, number=["17"]),
    case("source-lines", lambda: expected.source_lines(54), number=["54"]),
    *(case(query, rows, **values) for query, rows, values in expected_pages.CASES),
]

#: Those whose rows are compared in tests of their own: here, in `test_links_queries`, in
#: `test_review`, and in `test_compare` what one analysis alone has no rows
#: for.
APART = {
    "compare-concepts", "concept-gaps-across", "differences", "only-in",
    "directive-graph", "framework-complete", "validation-findings",
    "directives-by-unbis-concept", "gap-to-sdg-series", "gaps-by-sdg-target", "sdg-target-gaps",
    "topics-by-thesaurus-concept", "treaties-cited", "analyses", "node-facts", "node-kind",
    "ontology-terms",
    "searchable-texts", "review-queue", "reviews", "topic-links", "topic-to-review",
    "statement-measures", "links-to", "list-institutions",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


@pytest.fixture(scope="module")
def store(built: Built) -> EmbeddedStore:
    return EmbeddedStore(built.dataset)


def plain(value: object) -> str | None:
    """A value without what may differ: white space, and zeros after a decimal point."""
    if value is None:
        return None
    text = " ".join(str(value).split())
    try:
        return str(Decimal(text).normalize()) if re.fullmatch(r"\d+\.\d+", text) else text
    except InvalidOperation:  # pragma: no cover
        return text


def rows(result: Result) -> list[tuple[str | None, ...]]:
    return [tuple(plain(term.value) if term else None for term in row) for row in result.rows]


def test_the_contract_is_kept_and_every_case_names_a_query(catalogue: Catalogue) -> None:
    assert set(CONTRACT) <= set(catalogue.ids)
    known = {case.query for case in CASES} | APART
    assert known == set(catalogue.ids), (
        f"without expected rows: {sorted(set(catalogue.ids) - known)}: write them in "
        "tests/expected.py (of a page: tests/expected_pages.py) and a case of them here, or name "
        f"in APART what another test compares; not there: {sorted(known - set(catalogue.ids))}"
    )
    assert len(CASES) >= 55


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rows(case: Case, store: EmbeddedStore, catalogue: Catalogue) -> None:
    result = run(store, catalogue, case.query, case.values)
    # What speaks of an analysis names it in its last column.
    last = (expected.ANALYSIS,) if result.names[-1] == "analysis" else ()
    wanted = [tuple(map(plain, (*row, *last))) for row in case.rows()]
    assert wanted or "" in case.values.get("text", ()), (
        f"no rows are expected of {case.query}: write them in tests/expected.py, or ask with "
        "values that have some"
    )
    assert rows(result) == wanted


def test_numbers_that_the_contract_and_the_issues_name(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    def numbers(query: str, column: str = "number") -> list[int]:
        result = run(store, catalogue, query, {})
        place = result.names.index(column)
        return [int(row[place].value) for row in result.rows if row[place]]

    assert len(numbers("topics-without-category")) == 31
    assert numbers("directives-not-assessed") == [17, 59]
    assert sum(numbers("coverage-by-section", "directives")) == 67
    assert sum(numbers("coverage-by-section", "topics")) == 111
    assert sum(numbers("coverage-by-section", "none")) == 31
    assert len(numbers("list-categories", "categoryNumber")) == 29
    assert numbers("categories-used-once", "categoryNumber") == [7, 20, 21, 22, 23, 25, 27]
    assert numbers("category-usage", "categoryNumber")[0] == 11
    assert numbers("directives-without-category") == [3, 6, 25, 30, 31, 32, 34, 35, 39]
    assert len(numbers("topics-with-several-categories")) == 11
    assert sorted(set(numbers("gaps-mitigated-by-protocol"))) == [11, 24, 53, 58, 60, 67]


def test_the_shares_of_sections_sum_to_the_totals(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    result = run(store, catalogue, "coverage-by-section", {})
    whole = run(store, catalogue, "list-topics", {})
    place = whole.names.index("status")
    by_status = Counter(row[place].value.rpartition("#")[2] for row in whole.rows if row[place])
    names = ("addressed", "partial", "indeterminate", "none", "mapped", "notApplicable")
    for name in names:
        column = result.names.index(name)
        assert sum(int(row[column].value) for row in result.rows if row[column]) == by_status[name]
    for row in result.rows:
        cells = {name: row[i].value for i, name in enumerate(result.names) if row[i]}
        parts = [int(cells[name]) for name in names]
        assert sum(parts) == int(cells["topics"])
        assert Decimal(cells["noneShare"]) == Decimal(
            expected.share(parts[3], int(cells["topics"]))
        )


def test_the_directive_status_of_the_graph_is_the_one_counted(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    result = run(store, catalogue, "coverage-by-directive", {})
    directive, status = (result.names.index(name) for name in ("directive", "status"))
    said = store.select(
        "PREFIX gg: <https://w3id.org/gapgraph/ontology#> SELECT ?d ?s "
        "{ ?assessment a gg:DirectiveAssessment ; gg:assesses ?d ; gg:coverageStatus ?s }"
    )
    assert {(row[directive], row[status]) for row in result.rows} == set(said.rows)
    assert len(result.rows) == len(said.rows)


def test_the_graph_of_a_directive_is_all_that_hangs_from_it(
    built: Built, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(data=built.dataset.read(), format="nquads")
    family = re.compile(
        re.escape(expected.iri_of(16))
        + r"(/indicator/\d+)?|"
        + re.escape(expected.ANALYSIS)
        + r"/(topic|mapping|observation|statement|measure)/16\.[^/]+"
    )
    wanted = {
        tuple(map(str, triple))
        for triple in dataset.triples((None, None, None))
        if family.fullmatch(str(triple[0]))
    }
    result = run(store, catalogue, "directive-graph", {"number": ["16"]})
    assert {tuple(term.value for term in triple) for triple in result.triples or ()} == wanted
    assert URIRef(expected.iri_of(16)) in {URIRef(subject) for subject, _, _ in wanted}


FINDINGS = """
<{r}> <{rdf}type> <{sh}ValidationReport> <{g}> .
<{r}/b> <{rdf}type> <{sh}ValidationResult> <{g}> .
<{r}/b> <{sh}resultSeverity> <{sh}Info> <{g}> .
<{r}/b> <{sh}focusNode> <{d}/17> <{g}> .
<{r}/b> <{sh}resultMessage> "Sin temas."@es <{g}> .
<{r}/b> <{sh}resultMessage> "No topics."@en <{g}> .
<{r}/b> <http://purl.org/dc/terms/relation> <{d}/59> <{g}> .
<{r}/b> <http://purl.org/dc/terms/relation> <{d}/17> <{g}> .
<{r}/a> <{rdf}type> <{sh}ValidationResult> <{g}> .
<{r}/a> <{sh}resultSeverity> <{sh}Warning> <{g}> .
<{r}/a> <{sh}focusNode> <{t}/3.1> <{g}> .
<{r}/a> <{sh}resultMessage> "Tensión."@es <{g}> .
<{r}/a> <{sh}resultPath> <{gg}text> <{g}> .
<{r}/a> <{sh}value> "x" <{g}> .
<{r}/a> <{sh}sourceShape> <https://w3id.org/gapgraph/shapes#s> <{g}> .
"""


def test_findings_come_with_the_gravest_first(
    built: Built, catalogue: Catalogue, tmp_path: Path
) -> None:
    content = "\n".join(
        line for line in built.dataset.read().decode().splitlines()
        if "/findings> ." not in line
    )  # fmt: skip
    names = {
        "r": f"{expected.ANALYSIS}/report",
        "g": "https://w3id.org/gapgraph/graph/analysis/oas-pnat/findings",
        "d": f"{expected.FRAMEWORK}/directive",
        "t": f"{expected.ANALYSIS}/topic",
        "gg": expected.GG,
        "sh": "http://www.w3.org/ns/shacl#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
    store = loaded(content + FINDINGS.format(**names), tmp_path)
    last = expected.ANALYSIS
    warning = (
        f"{names['sh']}Warning", "advertencia", None, f"{names['t']}/3.1", "Tipificar el delito",
        "Tensión.", None, f"{names['gg']}text", "x", "https://w3id.org/gapgraph/shapes#s",
        f"{names['r']}/a", last,
    )  # fmt: skip
    text = " ".join(expected.row_of(17).text.split())
    info = (
        f"{names['sh']}Info", "información", "17, 59", f"{names['d']}/17", text, "Sin temas.",
        "No topics.", None, None, None, f"{names['r']}/b", last,
    )  # fmt: skip
    assert rows(run(store, catalogue, "validation-findings", {})) == [warning, info]
    only = run(store, catalogue, "validation-findings", {"severityName": ["Info"]})
    assert rows(only) == [info]


def test_the_measures_of_a_statement_are_its_lettered_items(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    found: dict[str, list[tuple[str | None, ...]]] = {}
    for row in rows(run(store, catalogue, "statement-measures", {})):
        found.setdefault(str(row[1]), []).append(row)
    lettered = {s.iri: s for s in expected.statements() if re.search(r"\(a\).*\(b\)", s.text)}
    assert set(found) >= set(lettered)
    assert len(lettered) > 20
    for iri, said in lettered.items():
        assert [row[3] for row in found[iri]] == [str(n) for n in range(1, len(found[iri]) + 1)]
        # Directive 9's observation opens with a stray "(d)", which lists nothing.
        letters = re.findall(r"(?<!^)\(([a-zñ])\)", said.text)
        assert [row[4] for row in found[iri]] == letters
        assert all(str(row[5]) in " ".join(said.text.split()) for row in found[iri])


def test_nodes_terms_and_texts_are_those_of_the_dataset(
    built: Built, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(data=built.dataset.read(), format="nquads")
    (analysis,) = rows(run(store, catalogue, "analyses", {}))
    assert analysis[:7] == (
        expected.ANALYSIS, expected.FRAMEWORK,
        "Plan de trabajo de la OEA contra la trata de personas", "67",
        expected.PLAN, "PNAT 2017-2021", "29",
    )  # fmt: skip
    plan = URIRef(expected.PLAN)
    facts = run(store, catalogue, "node-facts", {})
    asked = set(re.findall(r"[a-z]+:[a-zA-Z]+", re.findall(r"VALUES .property {(.*?)}",
                catalogue["node-facts"].text, re.DOTALL)[0]))  # fmt: skip
    prefixed = {
        f"{name}:{str(predicate)[len(base) :]}": predicate
        for name, base in PREFIXES.items()
        for predicate in dataset.predicates(plan)
        if str(predicate).startswith(base)
    }
    wanted = {
        (str(plan), plain(prefixed[name]), plain(value))
        for name in asked & set(prefixed)
        for value in dataset.objects(plan, prefixed[name])
    }
    assert set(rows(facts)) == wanted
    assert len(wanted) > 8
    kinds = {row[1] for row in rows(run(store, catalogue, "node-kind", {}))}
    assert kinds == {str(each) for each in dataset.objects(plan, RDF.type)}
    terms = {row[1] for row in rows(run(store, catalogue, "ontology-terms", {}))}
    ontology = URIRef(expected.GG.rstrip("#"))
    assert terms == {str(each) for each in dataset.subjects(RDFS.isDefinedBy, ontology)}
    texts = {(row[0], row[2]) for row in rows(run(store, catalogue, "searchable-texts", {}))}
    for d in expected.directives():
        assert (expected.iri_of(d.number), d.text) in texts
        for i, words in enumerate(d.observations, start=1):
            assert (f"{expected.ANALYSIS}/observation/{d.number}.{i}", words) in texts
    assert {(t.iri, t.label) for t in expected.topics()} <= texts


def loaded(content: str, folder: Path) -> EmbeddedStore:
    """A store of these N-Quads."""
    data = content.encode()
    checksum = hashlib.sha256(data).hexdigest()
    (folder / "some.nq").write_bytes(data)
    return EmbeddedStore(DatasetFile(folder / "some.nq", checksum[:16], checksum, {}))


def with_second(content: str, *, framework: bool) -> str:
    """The quads, and those of a second, invented analysis: the triples that its names change."""
    renamed = content.replace("analysis/oas-pnat", "analysis/otro").replace(
        "plan/pnat-2017-2021", "plan/otro"
    )
    # It judges otherwise, too.
    renamed = re.sub(r"(coverageStatus> <[^>]*#)addressed>", r"\1partial>", renamed)
    if framework:
        renamed = renamed.replace("framework/oas-work-plan-2", "framework/otro")
    before = {line.rsplit(" <", 1)[0] for line in content.splitlines()}
    return content + "".join(
        line + "\n" for line in renamed.splitlines() if line.rsplit(" <", 1)[0] not in before
    )


@pytest.mark.whole
@pytest.mark.parametrize("framework", [True, False], ids=["another framework", "the same"])
def test_a_second_analysis_changes_no_answer(
    framework: bool, built: Built, catalogue: Catalogue, tmp_path: Path
) -> None:
    content = built.dataset.read().decode()
    alone = EmbeddedStore(built.dataset)
    both = loaded(with_second(content, framework=framework), tmp_path)
    # Nearly all that names the analysis or its plan stands there a second time.
    own = sum(
        "analysis/oas-pnat" in line or "plan/pnat-2017-2021" in line
        for line in content.splitlines()
    )
    assert len(both) - len(alone) > 0.8 * own > 8_000
    #: What lists everything there is, and so grows.
    grows = {"analyses", "list-analyses"}
    for query in catalogue:
        takes = {each.name: each for each in query.header.parameters}
        # What speaks of all analyses where none is named is asked about one.
        open_ = "analysis" in takes and takes["analysis"].optional
        values = {"analysis": [expected.ANALYSIS]} if open_ else {}
        first, again = (run(each, catalogue, query.id, values) for each in (alone, both))
        if "otherAnalysis" in takes:
            assert (first.total, again.total > 0) == (0, not framework), query.id
        elif query.id in grows:
            assert again.total == 2 * first.total
        elif query.id == "links-to":
            # It lists links of whatever node, the other plan's elements among them.
            assert set(first.rows) <= set(again.rows)
        elif query.form == "CONSTRUCT":
            # What the other analysis concludes of a shared directive hangs on it too.
            assert set(first.triples or ()) <= set(again.triples or ())
        else:
            assert (again.boolean, again.rows) == (first.boolean, first.rows), query.id


def test_a_second_analysis_answers_for_itself(
    built: Built, catalogue: Catalogue, tmp_path: Path
) -> None:
    store = loaded(with_second(built.dataset.read().decode(), framework=False), tmp_path)
    mine, its = expected.ANALYSIS, expected.ANALYSIS.replace("oas-pnat", "otro")
    for query in ("topics-without-category", "coverage-by-section", "category-usage"):
        one, two, both = (
            run(store, catalogue, query, {"analysis": each})
            for each in ([mine], [its], [mine, its])
        )
        assert one.total == two.total
        assert both.total == 2 * one.total
        assert both.rows == one.rows + two.rows


def test_no_triple_stands_in_two_graphs(built: Built) -> None:
    triples = Counter(
        line.rsplit(" <", 1)[0] for line in built.dataset.read().decode().splitlines() if line
    )
    assert len(triples) > 3000
    assert [triple for triple, times in triples.items() if times > 1] == []


def test_institutions_are_those_that_statements_name(
    store: EmbeddedStore, catalogue: Catalogue
) -> None:
    named = {row[:2] for row in rows(run(store, catalogue, "institution-mentions", {}))}
    found = [row[:2] for row in rows(run(store, catalogue, "list-institutions", {}))]
    assert set(found) == named
    assert found == sorted(found, key=lambda row: (sort_key(str(row[1])), row[0]))
    assert {(row[2], row[3]) for row in expected.institutions_of_12()} <= set(found)


GRAPH_KINDS = re.compile(r"/graph/(?:(framework|plan)/[^/]+|analysis/[^/]+/(\w+)|(\w+))> \.$")


@pytest.mark.whole
def test_each_query_needs_just_the_graphs_its_header_names(
    built: Built, catalogue: Catalogue, tmp_path: Path
) -> None:
    """With no other graph it answers the same; the ontology's labels count."""
    lines: dict[str, list[str]] = {}
    for line in built.dataset.read().decode().splitlines():
        found = GRAPH_KINDS.search(line)
        assert found
        lines.setdefault(next(filter(None, found.groups())), []).append(line)
    whole = EmbeddedStore(built.dataset)
    stores: dict[frozenset[str], EmbeddedStore] = {}
    for query in catalogue:
        named = frozenset(query.header.graphs)
        if named not in stores:
            folder = tmp_path / "-".join(sorted(named))
            folder.mkdir()
            kept = [line for kind in sorted(named) for line in lines.get(kind, ())]
            stores[named] = loaded("\n".join(kept) + "\n", folder)
        all_, some = (run(each, catalogue, query.id, {}) for each in (whole, stores[named]))
        assert (some.boolean, some.triples, some.rows) == (
            all_.boolean, all_.triples, all_.rows
        ), query.id  # fmt: skip

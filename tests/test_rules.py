"""The coverage rules: each by itself on small graphs, and all of them on the settled reading."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from conftest import ROOT
from gapgraph.errors import InputError
from gapgraph.namespaces import GG, ID, OA, PROV, RDF, SKOS, XSD, Names, last_segment
from gapgraph.ntriples import Triple
from gapgraph.rdf import read_turtle
from gapgraph.reviewed import LOCI, context_graph, coverage_reviews
from gapgraph.rules import HEADER, Rule, derive, descriptions, read_rules, run
from gapgraph.statuses import OF_TOPICS
from statement_graphs import GOLDEN, rows, statement_graph

#: All of them are quick.
pytestmark = pytest.mark.every

RULES = ROOT / "ontology" / "rules"
#: The bodies that the observations name, for graphs made from a reader's table.
INVOKED = {
    "Protocolo Intersectorial": "protocolo-intersectorial",
    "Protocolo de Palermo": "protocolo-de-palermo",
}


@pytest.fixture(scope="session")
def rules() -> tuple[Rule, ...]:
    return read_rules(RULES)


@pytest.fixture(scope="session")
def names() -> Names:
    return Names(
        ID["analysis/oas-pnat"], ID["framework/oas-work-plan-2"], ID["plan/pnat-2017-2021"]
    )


# --- Small graphs -------------------------------------------------------------------------


@dataclass
class Small:
    """One directive, its topics with their cells, and statements on them."""

    #: Heading of the plan's part that a topic's cell names; nothing where the cell says none.
    cells: tuple[str | None, ...]
    #: Kind, text, topics (from 1).
    statements: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    #: What the invocations invoke, by its name.
    invoked: str = ""
    #: The status that the table itself gives a topic.
    declared: dict[int, str] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)

    #: Other words than those of any real analysis.
    names = Names(ID["analysis/small"], ID["framework/small"], ID["plan/small"])

    def topic(self, number: int) -> URIRef:
        return self.names.topic(1, number)

    def triples(self) -> Graph:
        graph, names = self.graph, self.names
        directive = names.directive(1)
        graph.add((names.analysis, RDF.type, GG.GapAnalysis))
        graph.add((names.analysis, GG.framework, names.framework))
        graph.add((directive, RDF.type, GG.Directive))
        graph.add((directive, GG.ofFramework, names.framework))
        graph.add((directive, GG.hasObservation, names.observation(1, 1)))
        graph.add((names.observation(1, 1), GG.inAnalysis, names.analysis))
        for number, heading in enumerate(self.cells, start=1):
            topic, mapping = self.topic(number), names.mapping(1, number, 1)
            graph.add((directive, GG.hasTopic, topic))
            graph.add((topic, RDF.type, GG.Topic))
            graph.add((topic, GG.inAnalysis, names.analysis))
            graph.add((topic, GG.declaredGap, Literal(heading is None)))
            graph.add((mapping, GG.mapsTopic, topic))
            if number in self.declared:
                graph.add((topic, GG.declaredStatus, GG[self.declared[number]]))
            graph.add((mapping, GG.literalLabel, Literal(heading or "Nada", lang="es")))
            if heading is not None:
                element = names.element(heading)
                graph.add((element, SKOS.prefLabel, Literal(heading, lang="es")))
                graph.add((topic, GG.addressedBy, element))
        table = [
            {
                "observation": "1.1",
                "position": str(position),
                "kind": kind,
                "text": text,
                "topics": ",".join(f"1.{topic}" for topic in topics),
                "mitigates": "-",
            }
            for position, (kind, text, topics) in enumerate(self.statements, start=1)
        ]
        if self.invoked:
            instrument = ID["instrument/invoked"]
            graph.add((instrument, SKOS.altLabel, Literal(self.invoked, lang="es")))
        for triple in statement_graph(table, names, {self.invoked: "invoked"}):
            graph.add(triple)
        return graph


def results(rules: tuple[Rule, ...], small: Small, topic: int = 1) -> tuple[str, set[str]]:
    """Return the status and the loci that the rules give a topic."""
    graph = Graph()
    for triple in run(rules, small.triples()):
        graph.add(triple)
    assessment = small.names.assessment(small.topic(topic), "rule")
    statuses = [str(each) for each in graph.objects(assessment, GG.coverageStatus)]
    assert len(statuses) == 1, statuses
    assert list(graph.objects(small.topic(topic), GG.coverageStatus)) == [URIRef(statuses[0])]
    loci = {str(each).removeprefix(str(GG)) for each in graph.objects(assessment, GG.locus)}
    return statuses[0].removeprefix(str(GG)), loci


PROVISION = ("Provision", "El plan dispone algo.", (1,))
OMISSION = ("Omission", "El plan no menciona algo.", (1,))
DOUBT = ("Doubt", "Podría haber una discordancia.", (1,))
INVOCATION = ("Invocation", "Sin embargo, el plan invoca el Pacto Común.", (1,))
NORMATIVE = ("Invocation", "El marco normativo del plan invoca el Pacto Común.", (1,))
CONCEPTUAL = ("ContextNote", "El marco conceptual del plan lo define.", (1,))
OTHER_NOTE = ("ContextNote", "El país es de origen y de tránsito.", (1,))
UNREAD = ("UnreadStatement", "Brzdrt lopka vint.", (1,))
NONE, PLAN, BOTH = "none", {"planMeasure"}, {"planMeasure", "invokedInstrument"}

#: Rule, what it is shown, and what follows for topic 1; for each rule one case where it speaks
#: and one where it does not.
CASES: tuple[tuple[str, str, Small, tuple[str, set[str]]], ...] = (
    ("coverage-none", "an empty cell", Small((None,)), (NONE, set())),
    ("coverage-none", "against a provision", Small((None,), (PROVISION,)), (NONE, set())),
    ("coverage-none", "not with a value", Small(("Acogida",)), ("mapped", set())),
    (
        "coverage-partial",
        "an omission",
        Small(("Acogida",), (PROVISION, OMISSION)),
        ("partial", PLAN),
    ),
    (
        "coverage-partial",
        "not by an omission on a sibling",
        Small(("Acogida", None), (PROVISION, ("Omission", "Falta el mapeo.", (2,)))),
        ("addressed", PLAN),
    ),
    (
        "coverage-partial",
        "not by an omission on nothing in particular",
        Small(("Acogida",), (PROVISION, ("Omission", "Falta el mapeo.", ()))),
        ("addressed", PLAN),
    ),
    (
        "coverage-partial",
        "an invocation does not cancel it",
        Small(("Acogida",), (OMISSION, INVOCATION), "Pacto Común"),
        ("partial", {"invokedInstrument"}),
    ),
    (
        "coverage-indeterminate",
        "a doubt",
        Small(("Reparación",), (PROVISION, DOUBT)),
        ("indeterminate", PLAN),
    ),
    (
        "coverage-indeterminate",
        "not beside an omission",
        Small(("Reparación",), (DOUBT, OMISSION)),
        ("partial", set()),
    ),
    ("coverage-addressed", "a provision", Small(("Acogida",), (PROVISION,)), ("addressed", PLAN)),
    (
        "coverage-addressed",
        "an invocation",
        Small(("Acogida",), (INVOCATION,), "Pacto Común"),
        ("addressed", {"invokedInstrument"}),
    ),
    ("coverage-addressed", "not by the cell alone", Small(("Acogida",)), ("mapped", set())),
    ("coverage-addressed", "not by a note", Small(("Acogida",), (OTHER_NOTE,)), ("mapped", set())),
    (
        "coverage-addressed",
        "not by words that nobody has read",
        Small(("Acogida",), (UNREAD,)),
        ("mapped", set()),
    ),
    (
        "coverage-addressed",
        "not with words on the topic that nobody has read beside it",
        Small(("Acogida", "Retorno"), (PROVISION, UNREAD)),
        ("mapped", PLAN),
    ),
    (
        "coverage-addressed",
        "not with words that nobody has read nor tied to any topic",
        Small(("Acogida", "Retorno"), (PROVISION, (*UNREAD[:2], ()))),
        ("mapped", PLAN),
    ),
    (
        "coverage-addressed",
        "though nobody has read words on a sibling",
        Small(("Acogida", "Retorno"), (PROVISION, (*UNREAD[:2], (2,)))),
        ("addressed", PLAN),
    ),
    (
        "coverage-addressed",
        "not beside a doubt",
        Small(("Acogida",), (DOUBT,)),
        ("indeterminate", set()),
    ),
    ("coverage-mapped", "the cell alone", Small(("Acogida",)), ("mapped", set())),
    (
        "coverage-mapped",
        "a provision on a sibling",
        Small(("Acogida", "Retorno"), ((*PROVISION[:2], (2,)),)),
        ("mapped", set()),
    ),
    (
        "coverage-mapped",
        "not with a provision",
        Small(("Acogida",), (PROVISION,)),
        ("addressed", PLAN),
    ),
    (
        "coverage-mapped",
        "not with an omission",
        Small(("Acogida",), (OMISSION,)),
        ("partial", set()),
    ),
    (
        "coverage-declared",
        "the table says: in part",
        Small(("Acogida",), declared={1: "partial"}),
        ("partial", set()),
    ),
    (
        "coverage-declared",
        "the table says: covered, against an omission",
        Small(("Acogida",), (OMISSION,), declared={1: "addressed"}),
        ("addressed", set()),
    ),
    (
        "coverage-declared",
        "the table says: not applicable",
        Small((None,), declared={1: "notApplicable"}),
        ("notApplicable", set()),
    ),
    (
        "coverage-declared",
        "not where it says that there is nothing",
        Small((None,), declared={1: "none"}),
        (NONE, set()),
    ),
    (
        "locus-plan-measure",
        "a provision, beside an omission",
        Small(("Acogida",), (OMISSION, PROVISION)),
        ("partial", PLAN),
    ),
    (
        "locus-plan-measure",
        "not by the cell's part of the plan alone",
        Small(("Acogida",), (OMISSION,)),
        ("partial", set()),
    ),
    (
        "locus-plan-measure",
        "not a part called after the invoked instrument",
        Small(("Pacto común para la acogida",), (INVOCATION,), "Pacto Común"),
        ("addressed", {"invokedInstrument"}),
    ),
    (
        "locus-plan-measure",
        "such a part, and a provision",
        Small(("Pacto común para la acogida",), (INVOCATION, PROVISION), "Pacto Común"),
        ("addressed", BOTH),
    ),
    (
        "locus-conceptual-framework",
        "a note on that framework, in an empty cell too",
        Small((None,), (OMISSION, CONCEPTUAL)),
        (NONE, {"conceptualFramework"}),
    ),
    (
        "locus-conceptual-framework",
        "not another note",
        Small((None,), (OTHER_NOTE,)),
        (NONE, set()),
    ),
    (
        "locus-normative-framework",
        "the framework invokes",
        Small((None,), (NORMATIVE,), "Pacto Común"),
        (NONE, {"normativeFramework"}),
    ),
    (
        "locus-normative-framework",
        "not by the cell's name",
        Small(("Marco normativo",)),
        ("mapped", set()),
    ),
    (
        "locus-normative-framework",
        "not where the plan itself invokes",
        Small((None,), (INVOCATION,), "Pacto Común"),
        (NONE, {"invokedInstrument"}),
    ),
    (
        "locus-normative-framework",
        "the framework, under another name and behind a connector",
        Small(
            (None,),
            (("Invocation", "Además, su marco legal remite al Pacto Común.", (1,)),),
            "Pacto Común",
        ),
        (NONE, {"normativeFramework"}),
    ),
    (
        "locus-invoked-instrument",
        "the plan invokes, and the framework is only named behind the verb",
        Small(
            (None,),
            (("Invocation", "El plan invoca el Pacto Común de su marco normativo.", (1,)),),
            "Pacto Común",
        ),
        (NONE, {"invokedInstrument"}),
    ),
    (
        "locus-invoked-instrument",
        "the plan invokes",
        Small(("Acogida",), (PROVISION, INVOCATION), "Pacto Común"),
        ("addressed", BOTH),
    ),
    (
        "locus-invoked-instrument",
        "not on a sibling",
        Small(("Acogida", "Retorno"), ((*INVOCATION[:2], (2,)),), "Pacto Común"),
        ("mapped", set()),
    ),
)


@pytest.mark.parametrize(
    ("small", "result"),
    [case[2:] for case in CASES],
    ids=[f"{rule}: {what}" for rule, what, *_ in CASES],
)
def test_small_graphs(rules: tuple[Rule, ...], small: Small, result: tuple[str, set[str]]) -> None:
    assert results(rules, small) == result


def test_every_rule_on_a_topic_has_a_case_for_and_one_against(rules: tuple[Rule, ...]) -> None:
    shown = Counter(rule for rule, *_ in CASES)
    against = Counter(rule for rule, what, *_ in CASES if what.startswith("not "))
    by_topic = {rule.id for rule in rules if re.match("coverage-(?!cell)|locus-", rule.id)}
    assert set(shown) == set(against) == by_topic
    assert all(shown[rule] > against[rule] > 0 for rule in by_topic)


def test_the_cell_alone_gives_its_own_assessment_with_its_words(rules: tuple[Rule, ...]) -> None:
    small = Small((None, "Niñez 👧 y acogida"), ((*OMISSION[:2], (1, 2)),))
    graph = Graph()
    for triple in run(rules, small.triples()):
        graph.add(triple)
    for number, status, words in ((1, GG.none, "Nada"), (2, GG.mapped, "Niñez 👧 y acogida")):
        assessment = small.names.assessment(small.topic(number), "cell")
        assert (assessment, GG.coverageStatus, status) in graph
        assert (assessment, GG.basis, GG.cell) in graph
        (passage,) = graph.objects(assessment, GG.evidence)
        assert (passage, OA.hasSource, small.names.mapping(1, number, 1)) in graph
        selectors = list(graph.objects(passage, OA.hasSelector))
        assert len(selectors) == 2
        (exact,) = [each for node in selectors for each in graph.objects(node, OA.exact)]
        (start,) = [each for node in selectors for each in graph.objects(node, OA.start)]
        (end,) = [each for node in selectors for each in graph.objects(node, OA.end)]
        assert exact == Literal(words)
        assert start == Literal(0, datatype=XSD.nonNegativeInteger)
        assert end == Literal(len(words), datatype=XSD.nonNegativeInteger)
    # The rule disagrees with the cell on the second topic, and is followed.
    assert list(graph.objects(small.topic(2), GG.coverageStatus)) == [GG.partial]


@pytest.mark.parametrize(
    ("cells", "statements", "status"),
    [
        ((), (), GG.notAssessed),
        (("A", "B"), (), GG.mapped),
        (("A",), (PROVISION,), GG.addressed),
        (("A", "B"), (PROVISION,), GG.partial),
        (("A",), (PROVISION, (*OMISSION[:2], ())), GG.partial),
        (("A",), ((*OMISSION[:2], ()),), GG.partial),
        ((None,), ((*OMISSION[:2], ()),), GG.none),
        ((), ((*OMISSION[:2], ()),), GG.notAssessed),
        ((None, None), (), GG.none),
        (("A", None), (), GG.partial),
        (("A",), (OMISSION,), GG.partial),
        (("A",), (DOUBT,), GG.indeterminate),
    ],
)
def test_a_directives_status(
    rules: tuple[Rule, ...],
    cells: tuple[str | None, ...],
    statements: tuple[tuple[str, str, tuple[int, ...]], ...],
    status: URIRef,
) -> None:
    small = Small(cells, statements)
    derived = Graph()
    for triple in run(rules, small.triples()):
        derived.add(triple)
    directive = small.names.directive(1)
    assert not set(derived.triples((directive, None, None))), "no status without an analysis"
    (assessment,) = derived.subjects(RDF.type, GG.DirectiveAssessment)
    assert assessment == URIRef(f"{small.names.analysis}/assessment/1/rule")
    assert set(derived.objects(assessment, GG.assesses)) == {directive}
    assert set(derived.objects(assessment, GG.coverageStatus)) == {status}
    assert set(derived.objects(assessment, GG.inAnalysis)) == {small.names.analysis}
    topics = {small.topic(number) for number, _ in enumerate(cells, start=1)}
    assert set(derived.objects(assessment, GG.restsOn)) == topics
    assert bool(set(derived.objects(assessment, GG.evidence))) == bool(topics)
    assert bool(set(derived.objects(assessment, GG.partialReason))) == (status == GG.partial)


@pytest.mark.parametrize(
    ("cells", "statements", "decided", "reasons"),
    [
        (("A",), (PROVISION, (*OMISSION[:2], ())), None, {"omissionBesideTopics"}),
        (("A",), (PROVISION, (*OMISSION[:2], ())), "concernsDirective", {"omissionBesideTopics"}),
        (("A",), (PROVISION, (*OMISSION[:2], ())), "concernsNothing", set()),
        (("A", None), (PROVISION, (*OMISSION[:2], ())), "concernsNothing", {"topicsDiffer"}),
        (
            ("A", "B"),
            (OMISSION, ("Omission", "Falta el retorno.", (2,)), (*PROVISION[:2], (2,))),
            None,
            {"plainlyDenied", "partlyProvided"},
        ),
        (("A", None), (OMISSION,), None, {"topicsDiffer"}),
    ],
)
def test_why_a_directive_is_partial_and_what_a_review_changes(
    rules: tuple[Rule, ...],
    cells: tuple[str | None, ...],
    statements: tuple[tuple[str, str, tuple[int, ...]], ...],
    decided: str | None,
    reasons: set[str],
) -> None:
    """That nobody decided, and that somebody decided "nothing", are not the same."""
    small = Small(cells, statements)
    given = small.triples()
    for statement in list(given.subjects(RDF.type, GG.Omission)) if decided else ():
        if (statement, GG.concernsTopic, None) not in given:
            whole = small.names.directive(1)
            value = Literal(True) if decided == "concernsNothing" else whole
            given.add((statement, GG[decided], value))
    derived = Graph()
    for triple in run(rules, given):
        derived.add(triple)
    assessment = small.names.assessment(small.names.directive(1), "rule")
    found = {
        str(each).removeprefix(str(GG)) for each in derived.objects(assessment, GG.partialReason)
    }
    assert found == reasons
    partial = (assessment, GG.coverageStatus, GG.partial) in derived
    assert partial == bool(reasons)


@pytest.mark.parametrize(
    ("small", "reason"),
    [
        (Small(("A",), (PROVISION, OMISSION)), "partlyProvided"),
        (Small(("A",), (PROVISION, OMISSION, INVOCATION), "Pacto Común"), "partlyProvided"),
        (Small(("A",), (OMISSION, INVOCATION), "Pacto Común"), "onlyInvoked"),
        (Small(("A",), (OMISSION,)), "plainlyDenied"),
        (Small(("A",), (OMISSION, CONCEPTUAL)), "plainlyDenied"),
        (Small(("A", "B"), (OMISSION, (*PROVISION[:2], (2,)))), "plainlyDenied"),
        (Small(("A",), declared={1: "partial"}), "declaredPartial"),
        (Small(("A",), (PROVISION, OMISSION), declared={1: "partial"}), "declaredPartial"),
        (Small(("A",), (PROVISION,)), ""),
        (Small((None,), (OMISSION,)), ""),
    ],
)
def test_why_a_topic_is_partial(rules: tuple[Rule, ...], small: Small, reason: str) -> None:
    derived = Graph()
    for triple in run(rules, small.triples()):
        derived.add(triple)
    assessment = small.names.assessment(small.topic(1), "rule")
    found = [
        str(each).removeprefix(str(GG)) for each in derived.objects(assessment, GG.partialReason)
    ]
    assert found == ([reason] if reason else [])


# --- Reviews ------------------------------------------------------------------------------

REVIEW_HEADER = "analysis\ttopic\tstatus\tlocus\treason\n"


def reviewed(tmp_path: Path, text: str, small: Small) -> Graph:
    table = tmp_path / "coverage-reviews.tsv"
    table.write_text(REVIEW_HEADER + text, encoding="utf-8")
    return coverage_reviews(table, small.names, small.triples())


def test_a_review_prevails_and_the_rules_own_assessment_stays(
    rules: tuple[Rule, ...], tmp_path: Path
) -> None:
    small = Small(("A", "B"), (OMISSION,))
    reviews = reviewed(
        tmp_path,
        "small\t1.1\taddressed\tplanMeasure,conceptualFramework\tThe omission is another's.\n"
        "elsewhere\t1.1\tnone\t-\tAnother analysis.\n",
        small,
    )
    graph = Graph()
    for triple in derive(rules, small.names, known=small.triples(), read=reviews):
        graph.add(triple)
    topic = small.topic(1)
    by_rule, by_review = (small.names.assessment(topic, basis) for basis in ("rule", "review"))
    assert list(graph.objects(topic, GG.coverageStatus)) == [GG.addressed]
    assert list(graph.objects(by_rule, GG.coverageStatus)) == [GG.partial]
    assert set(graph.objects(by_review, GG.locus)) == {GG.planMeasure, GG.conceptualFramework}
    assert list(graph.objects(by_review, GG.reason)) == [
        Literal("The omission is another's.", lang="en")
    ]
    assert len(set(graph.objects(by_review, GG.evidence))) == 2  # the cell and the omission
    assert list(graph.objects(small.topic(2), GG.coverageStatus)) == [GG.mapped]
    assert (by_review, PROV.wasGeneratedBy, small.names.activity("derived")) in graph


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("small\t1.9\tnone\t-\tWhy.\n", ":2: topic '1.9' is not in the table"),
        ("small\t1.1\tfull\t-\tWhy.\n", ":2: status 'full' is unknown"),
        ("small\t1.1\tnone\tmeasure\tWhy.\n", ":2: locus 'measure' is unknown"),
        ("small\t1.1\tnone\t-\t\n", ":2: has no reason"),
        ("small\t1.1\tnone\t-\tA.\nsmall\t1.1\tnone\t-\tB.\n", ":3: topic 1.1 was reviewed above"),
    ],
)
def test_a_wrong_review_is_refused_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        reviewed(tmp_path, row, Small(("A",)))
    assert message in str(caught.value)


def test_statuses_and_loci_of_reviews_are_those_of_the_ontology() -> None:
    ontology = read_turtle(ROOT / "ontology" / "gapgraph.ttl")
    for scheme, ours in (
        (GG.CoverageStatusScheme, {*OF_TOPICS, "notAssessed"}),
        (GG.LocusScheme, set(LOCI)),
    ):
        declared = ontology.subjects(SKOS.inScheme, scheme)
        assert {str(each).removeprefix(str(GG)) for each in declared} == ours


# --- The files ----------------------------------------------------------------------------

GOOD = "".join(f"#+ {key}: {'given' if key == 'id' else '1'}\n" for key in HEADER)
QUERY = "CONSTRUCT { ?s <urn:p> ?o } WHERE { ?s <urn:q> ?o }\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("10-given.rq", QUERY, "has no id"),
        ("10-given.rq", GOOD.replace("#+ what: 1\n", "") + QUERY, "has no what"),
        ("10-given.rq", GOOD + "#+ colour: 1\n" + QUERY, "is no header line"),
        ("10-given.rq", GOOD + "#+ id: given\n" + QUERY, "is no header line"),
        ("10-other.rq", GOOD + QUERY, "is called otherwise than its id 'given'"),
        ("given.rq", GOOD + QUERY, "is called otherwise than its id 'given'"),
        ("10-given.rq", GOOD + "CONSTRUCT {", "is not SPARQL"),
        ("10-given.rq", GOOD + "SELECT * WHERE { ?s ?p ?o }", "is no CONSTRUCT query"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rules(tmp_path)
    assert message in str(caught.value)
    assert name in str(caught.value)


def test_a_folder_without_rules_or_with_two_of_one_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no rules"):
        read_rules(tmp_path)
    for name in ("10-given.rq", "20-given.rq"):
        (tmp_path / name).write_text(GOOD + QUERY, encoding="utf-8")
    with pytest.raises(InputError, match="two rules are called 'given'"):
        read_rules(tmp_path)


def test_rules_run_in_the_order_of_their_names_and_see_earlier_results(tmp_path: Path) -> None:
    first = QUERY
    second = "CONSTRUCT { ?s <urn:r> ?o } WHERE { ?s <urn:p> ?o }\n"
    start = [(URIRef("urn:s"), URIRef("urn:q"), URIRef("urn:o"))]
    for order, expected in (("10", "20"), 2), (("20", "10"), 1):
        for place, name, query in zip(order, ("given", "other"), (first, second), strict=True):
            text = GOOD.replace("given", name) + query
            (tmp_path / f"{place}-{name}.rq").write_text(text, encoding="utf-8")
        assert len(run(read_rules(tmp_path), start)) == expected
        for file in tmp_path.iterdir():
            file.unlink()


@pytest.mark.parametrize(
    ("part", "printed", "number", "identifier"),
    [
        (GG.ofFramework, "12", 12, Literal(12)),
        (GG.ofFramework, "Article 9-bis", None, Literal("Article 9-bis")),
        (GG.ofFramework, "0.7", None, Literal("0.7")),
        (GG.ofPlan, "OE.3", None, Literal("OE.3")),
        (GG.ofPlan, "3", 3, Literal(3)),
        (GG.inAnalysis, "3", 3, None),
    ],
)
def test_what_a_node_is_asked_for_by(
    rules: tuple[Rule, ...],
    part: URIRef,
    printed: str,
    number: int | None,
    identifier: Literal | None,
) -> None:
    node, whole = URIRef("urn:x:node"), URIRef("urn:x:whole")
    given: list[Triple] = [(node, part, whole), (node, SKOS.notation, Literal(printed))]
    if number is not None:
        given.append((node, GG.number, Literal(number)))
    (rule,) = (each for each in rules if each.id == "identifier")
    expected = set() if identifier is None else {(node, GG.identifier, identifier)}
    assert run([rule], given) == expected


def test_an_analysis_leads_to_its_topics_and_observations(rules: tuple[Rule, ...]) -> None:
    one, other, node = URIRef("urn:x:one"), URIRef("urn:x:other"), URIRef("urn:x:node")
    (rule,) = (each for each in rules if each.id == "recorded")
    for kind, expected in (
        (GG.Topic, {(one, GG.recordsTopic, node)}),
        (GG.Observation, {(one, GG.recordsObservation, node)}),
        (GG.Mapping, set()),
    ):
        given: list[Triple] = [(node, RDF.type, kind), (node, GG.inAnalysis, one)]
        given.append((other, RDF.type, GG.GapAnalysis))
        assert run([rule], given) == expected


def test_no_rule_names_a_directive_a_topic_or_an_analysis(rules: tuple[Rule, ...]) -> None:
    files = sorted(RULES.glob("*.rq"))
    assert len(files) == len(rules) == 21
    for file in files:
        body = "".join(
            line
            for line in file.read_text(encoding="utf-8").splitlines(keepends=True)
            if not line.startswith(("#+ source", "PREFIX"))
        )
        assert not re.search(r"\d+\.\d+|directive/|topic/\d|oas-|pnat", body), file.name
        assert set(re.findall(r"\b\d+\b", body.split("CONSTRUCT")[1])) <= {"0", "1"}, file.name


def test_rules_hold_no_words_of_a_language_and_spell_no_iri() -> None:
    """What is matched by words comes as marks from the reading; IRIs from one place.

    The rules on schemes match nothing: they give schemes their names.
    """
    for file in sorted(RULES.glob("*.rq")):
        if file.stem.endswith("-scheme"):
            continue
        body = file.read_text(encoding="utf-8").split("CONSTRUCT", 1)[1]
        words = "REGEX|REPLACE|STRBEFORE|STRAFTER|STRSTARTS|LCASE|CONTAINS|LANG|CONCAT|gg:text\\b"
        assert not re.findall(rf"\b(?:{words})\b", body), file.name
        assert "/assessment/" not in body, file.name


def test_every_term_that_a_rule_constructs_or_reads_is_declared(rules: tuple[Rule, ...]) -> None:
    ontology = read_turtle(ROOT / "ontology" / "gapgraph.ttl")
    declared = {str(each).removeprefix(str(GG)) for each in ontology.subjects()}
    used = {
        term
        for file in RULES.glob("*.rq")
        for term in re.findall(r"\bgg:(\w+)", file.read_text(encoding="utf-8"))
    }
    assert len(used) > 20
    assert used <= declared


def test_descriptions_vouch_for_each_file(rules: tuple[Rule, ...]) -> None:
    described = Graph()
    for triple in descriptions(rules):
        described.add(triple)
    assert set(described.subjects(RDF.type, PROV.Entity)) == {rule.iri for rule in rules}
    for rule in rules:
        languages = {label.language for label in described.objects(rule.iri, SKOS.prefLabel)}
        assert languages == {"es", "en"}
        assert last_segment(rule.iri) == rule.id


# --- The whole annex, from the settled reading ---------------------------------------------


@pytest.fixture(scope="module")
def settled(rules: tuple[Rule, ...], names: Names, annex: Graph) -> Graph:
    """What the rules derive from the settled reading of the statements."""
    context = context_graph(ROOT / "data", names, annex)
    read = statement_graph(rows(GOLDEN / "statements.tsv"), names, INVOKED)
    graph = Graph()
    for triple in derive(rules, names, known={*annex, *context}, read=read):
        graph.add(triple)
    return graph


def test_every_settled_status_and_locus_is_reproduced(settled: Graph, names: Names) -> None:
    """No row of the reviewed table is used here: the rules alone reach all 111 topics."""
    ontology_name = {"measure": "planMeasure", "-": ""}
    golden, found = {}, {}
    for row in rows(GOLDEN / "coverage.tsv"):
        number = row["topic"]
        loci = {ontology_name.get(each, each) for each in row["locus"].split(",")} - {""}
        golden[number] = ({row["status"]}, loci)
        topic = URIRef(f"{names.analysis}/topic/{number}")
        found[number] = (
            {str(each).removeprefix(str(GG)) for each in settled.objects(topic, GG.coverageStatus)},
            {
                str(each).removeprefix(str(GG))
                for each in settled.objects(names.assessment(topic, "rule"), GG.locus)
            },
        )
    assert len(golden) == 111
    assert found == golden


def test_every_assessment_is_complete(settled: Graph) -> None:
    assessments = set(settled.subjects(RDF.type, GG.CoverageAssessment))
    assert len(assessments) == 2 * 111
    for each in assessments:
        for predicate in (GG.assesses, GG.basis, GG.coverageStatus, GG.inAnalysis):
            assert len(list(settled.objects(each, predicate))) == 1, (each, predicate)
        assert (each, GG.evidence, None) in settled, each
        assert len(list(settled.objects(each, PROV.wasGeneratedBy))) == 1, each
        by_rule = (each, GG.basis, GG.rule) in settled
        assert len(list(settled.objects(each, GG.ruleId))) == by_rule, each


def test_a_rules_name_is_the_one_of_its_file(settled: Graph, rules: tuple[Rule, ...]) -> None:
    named = {str(each) for each in settled.objects(None, GG.ruleId)}
    declared = {"coverage-declared"}  # the annex gives no status of its own
    assert named | declared == {
        rule.id for rule in rules if re.match("coverage-(?!cell)|status-directive", rule.id)
    }


def test_evidence_of_a_partial_topic_is_its_omissions_alone(settled: Graph) -> None:
    partial = list(settled.subjects(GG.ruleId, Literal("coverage-partial")))
    assert len(partial) == sum(row["status"] == "partial" for row in rows(GOLDEN / "coverage.tsv"))
    for assessment in partial:
        topic = settled.value(assessment, GG.assesses)
        omissions = {
            passage
            for statement in settled.subjects(GG.concernsTopic, topic)
            if (statement, RDF.type, GG.Omission) in settled
            for passage in settled.objects(statement, GG.evidence)
        }
        assert omissions
        assert set(settled.objects(assessment, GG.evidence)) == omissions


def test_the_run_is_on_record_and_has_no_time(
    settled: Graph, names: Names, rules: tuple[Rule, ...]
) -> None:
    activity = names.activity("derived")
    assert (names.analysis_graph("derived"), PROV.wasGeneratedBy, activity) in settled
    used = set(settled.objects(activity, PROV.used))
    assert used >= {rule.iri for rule in rules} | {names.analysis_graph("asserted")}
    times = {XSD.dateTime, XSD.date}
    assert not [each for each in settled.objects() if getattr(each, "datatype", None) in times]


def test_rdflib_concludes_the_same(rules: tuple[Rule, ...], names: Names, annex: Graph) -> None:
    """The embedded engine evaluates the rules; what it could answer otherwise it does not."""
    context = context_graph(ROOT / "data", names, annex)
    read = statement_graph(rows(GOLDEN / "statements.tsv"), names, INVOKED)
    given = {*annex, *context, *read}

    found = run(rules, given)

    assert found == run(rules, given, plain=True)
    assert len(found) > 3000


def test_results_do_not_depend_on_the_order_of_what_is_given(rules: tuple[Rule, ...]) -> None:
    small = Small(("A", None, "B"), (PROVISION, OMISSION, (*DOUBT[:2], (3,))))
    triples: list[Triple] = sorted(small.triples())
    forward, backward = run(rules, triples), run(rules, reversed(triples))
    assert forward == backward
    assert len(forward) > 30

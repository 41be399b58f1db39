"""The graph of what observations say: whole, without blank nodes, every selector right."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from rdflib import BNode, Graph, Literal, URIRef

from gapgraph.files import sha256
from gapgraph.namespaces import (
    GG,
    ID,
    OA,
    RDF,
    SKOS,
    XSD,
    Names,
    institution_iri,
    instrument_iri,
    last_segment,
)
from gapgraph.rdf import read_turtle
from gapgraph.reading.graph import reading_graph
from gapgraph.reading.names import read_name_rules
from gapgraph.reading.patterns import read_patterns
from gapgraph.turtle import write_turtle
from golden_readings import DATA, ROOT, annex, listed, pack_of, rows_of, statements
from oracle import SOURCE, read

READING = DATA / "reading"
ASSERTED, NAMES = annex()
GRAPH = reading_graph(ASSERTED, NAMES, DATA)
TEXTS = {
    f"{directive.number}.{position}": text
    for directive in read(SOURCE)
    for position, text in enumerate(directive.observations, start=1)
}
NAME_RULES = read_name_rules(DATA, pack_of("es"), read_patterns(pack_of("es")))


def _keyed(predicate):
    """Return the objects of a predicate by subject, all as last parts of IRIs."""
    found = {}
    for subject, value in GRAPH.subject_objects(predicate):
        found.setdefault(last_segment(subject), set()).add(last_segment(value))
    return found


def test_statements_are_those_settled_with_their_places():
    got = {}
    for statement in GRAPH.objects(None, GG.hasStatement):
        observation = GRAPH.value(None, GG.hasStatement, statement)
        [kind] = GRAPH.objects(statement, RDF.type)
        key = (last_segment(observation), int(GRAPH.value(statement, GG.position)))
        assert statement == NAMES.statement(*map(int, (*key[0].split("."), key[1])))
        assert (statement, GG.inAnalysis, NAMES.analysis) in GRAPH
        text = GRAPH.value(statement, GG.text)
        assert text.language == "es"
        assert str(GRAPH.value(statement, GG.textKey)) == sha256(str(text))
        got[key] = (kind, str(text))
    assert got == {
        (row["observation"], int(row["position"])): (GG[row["kind"]], row["text"])
        for row in statements()
    }


def test_every_selector_finds_its_words():
    """Offsets count code points of the observation's text, from 0, the end not included."""
    seen = set()
    for statement in GRAPH.objects(None, GG.hasStatement):
        [passage] = GRAPH.objects(statement, GG.evidence)
        [source] = GRAPH.objects(passage, OA.hasSource)
        assert (source, GG.hasStatement, statement) in GRAPH
        text = TEXTS[last_segment(source)]
        words = str(GRAPH.value(statement, GG.text))
        selectors = {
            GRAPH.value(each, RDF.type): each for each in GRAPH.objects(passage, OA.hasSelector)
        }
        assert set(selectors) == {OA.TextQuoteSelector, OA.TextPositionSelector}
        place, quote = selectors[OA.TextPositionSelector], selectors[OA.TextQuoteSelector]
        start, end = (GRAPH.value(place, each) for each in (OA.start, OA.end))
        assert start.datatype == end.datatype == XSD.nonNegativeInteger
        assert text[int(start) : int(end)] == words
        exact, prefix, suffix = (
            str(GRAPH.value(quote, each) or "") for each in (OA.exact, OA.prefix, OA.suffix)
        )
        assert exact == words
        assert text.count(prefix + exact + suffix) == 1
        assert text.index(prefix + exact + suffix) + len(prefix) == int(start)
        assert str(passage).startswith(f"{statement}/")
        assert str(place).startswith(f"{passage}/")
        assert str(quote).startswith(f"{passage}/")
        seen |= {place, quote}
    every = set(GRAPH.subjects(RDF.type, OA.TextQuoteSelector)) | set(
        GRAPH.subjects(RDF.type, OA.TextPositionSelector)
    )
    assert seen == every
    assert len(seen) == 2 * len(statements())


def test_measures_are_the_lettered_items():
    count = 0
    for measure in GRAPH.subjects(RDF.type, GG.Measure):
        [statement] = GRAPH.subjects(GG.hasMeasure, measure)
        letter = str(GRAPH.value(measure, GG.letter))
        text = str(GRAPH.value(measure, GG.text))
        assert last_segment(measure) == f"{last_segment(statement)}.{letter}"
        assert f"({letter}) {text}" in str(GRAPH.value(statement, GG.text))
        assert int(GRAPH.value(measure, GG.position)) == ord(letter) - ord("a") + 1
        assert str(GRAPH.value(measure, GG.textKey)) == sha256(text)
        count += 1
    marks = sum(text.count(f"({chr(code)})") for text in TEXTS.values() for code in range(97, 123))
    assert count == marks - 1  # the stray "(d)"


#: Plain words that name each institution in the annex; capital letters count.
INSTITUTIONS = {
    "cmnp-tp-tim": ("CMNP TP-TIM",),
    "reniec": ("RENIEC",),
    "migraciones": ("Migraciones",),
    "mtc": ("MTC", "Ministerio de Transporte"),
    "sutran": ("SUTRAN", "Superintendencia de Transporte"),
    "mimp": ("Ministerio de la Mujer",),
    "policia-nacional": ("Policía",),
    "fiscalia": ("Fiscalía",),
    "oea": ("OEA",),
}


def test_institutions_are_mentioned_where_their_name_stands():
    expected = {}
    for row in statements():
        names = {
            slug
            for slug, words in INSTITUTIONS.items()
            if any(word in row["text"] for word in words)
        }
        if names:
            expected[f"{row['observation']}.{row['position']}"] = names
    assert _keyed(GG.mentions) == expected
    assert set(GRAPH.subjects(RDF.type, GG.Institution)) == set(map(institution_iri, INSTITUTIONS))


def test_institutions_have_both_languages_and_say_which_is_ours():
    rows = {row["slug"]: row for row in rows_of(READING / "institutions.tsv")}
    assert rows.keys() == INSTITUTIONS.keys()
    for slug, row in rows.items():
        iri = institution_iri(slug)
        assert set(GRAPH.objects(iri, SKOS.prefLabel)) == {
            Literal(row["es"], lang="es"),
            Literal(row["en"], lang="en"),
        }
        assert list(GRAPH.objects(iri, SKOS.altLabel)) == [Literal(row["short"], lang="es")]
        assert GRAPH.value(iri, SKOS.editorialNote).language == "en"


def test_invocations_invoke_the_instrument_they_name_first():
    expected = {}
    for row in statements():
        if row["kind"] == "Invocation":
            palermo = "Protocolo de Palermo" in row["text"]
            assert palermo != ("Protocolo Intersectorial" in row["text"])
            expected[f"{row['observation']}.{row['position']}"] = {
                "protocolo-de-palermo" if palermo else "protocolo-intersectorial"
            }
    assert _keyed(GG.invokes) == expected
    context = read_turtle(DATA / "context.ttl")
    for row in rows_of(READING / "instruments.tsv"):
        assert (instrument_iri(row["slug"]), RDF.type, GG.Instrument) in context, row["slug"]


#: Plain words of the annex that speak of each theme; names of bodies and treaties have capitals.
THEMES = {
    "childrenTheme": ("niño", "niña", "niñez", "adolescente"),
    "womenTheme": ("mujer",),
    "indigenousPeoplesTheme": ("indígena", "lenguas originarias"),
    "migrantsTheme": (
        "migrante",
        "migratori",
        "migración",
        "extranjera",
        "repatriación",
        "permanencia",
    ),
    "lgbtiTheme": ("LGTBI", "orientación sexual"),
    "disabilityTheme": ("discapacidad",),
    "victimParticipationTheme": (
        "aporte de las poblaciones vulnerables y de las víctimas",
        "opinión de la víctima",
        "participación de la víctima",
    ),
}


def _themes(text):
    return {theme for theme, words in THEMES.items() if any(word in text for word in words)}


def test_themes_are_those_of_the_words():
    expected = {key: _themes(text) for key, text in TEXTS.items() if _themes(text)}
    labels = {
        last_segment(concept): str(label).casefold()
        for concept in set(ASSERTED.objects(None, GG.aboutConcept))
        for label in ASSERTED.objects(concept, SKOS.prefLabel)
    }
    expected |= {key: _themes(label) for key, label in labels.items() if _themes(label)}
    got = {
        key: {each.partition("#")[2] for each in themes} for key, themes in _keyed(GG.theme).items()
    }
    assert got == expected
    ontology = read_turtle(ROOT / "ontology" / "gapgraph.ttl")
    assert {f"{GG}{theme}" for theme in THEMES} == {
        str(theme) for theme in ontology.subjects(SKOS.inScheme, GG.ThemeScheme)
    }


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (table, row)
        for table in ("institutions", "instruments", "es/themes")
        for row in rows_of(READING / f"{table}.tsv")
    ],
    ids=lambda each: each if isinstance(each, str) else next(iter(each.values())),
)
def test_each_name_has_an_example_and_a_counterexample(table, row):
    def known(text):
        if table == "es/themes":
            return row["theme"] in NAME_RULES.themes_of(text)
        rules = NAME_RULES.institutions if table == "institutions" else NAME_RULES.instruments
        [rule] = [each for each in rules if each.slug == row["slug"]]
        return rule.pattern.search(text) is not None

    assert known(row["example"])
    assert not known(row["counterexample"])


@pytest.mark.parametrize(
    ("language", "row"),
    [
        pytest.param(language, row, id=f"{language}-{row['theme']}")
        for language in ("en", "pt")
        for row in rows_of(READING / language / "themes.tsv")
    ],
)
def test_each_theme_has_an_example_and_a_counterexample(language, row):
    pack = pack_of(language)
    themes = read_name_rules(DATA, pack, read_patterns(pack)).themes
    [pattern] = [each for theme, each in themes if theme == row["theme"]]
    assert pattern.search(row["example"])
    assert not pattern.search(row["counterexample"])


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_each_place_in_a_plan_has_an_example_and_a_counterexample(language):
    pack = pack_of(language)
    loci = read_name_rules(DATA, pack, read_patterns(pack)).loci
    for row, locus in zip(rows_of(READING / language / "loci.tsv"), loci, strict=True):
        assert locus.is_spoken_of(row["example"])
        assert not locus.is_spoken_of(row["counterexample"])


def test_a_treatys_name_is_no_theme_and_a_body_named_in_it_is_not_mentioned():
    text = (
        "El PNAT invoca el Protocolo para Prevenir, Reprimir y Sancionar la Trata de Personas, "
        "Especialmente Mujeres y Niños, y capacita al Ministerio de la Mujer y Poblaciones "
        "Vulnerables."
    )
    assert NAME_RULES.themes_of(text) == []
    assert [each.slug for each in NAME_RULES.mentioned(text)] == ["mimp"]


def test_each_link_says_by_what():
    """A rule's link has its id, a review's its reasons; both tie a statement to a topic."""
    rules = Counter()
    links = set()
    for link in GRAPH.subjects(RDF.type, GG.TopicLink):
        [statement] = GRAPH.objects(link, GG.ofStatement)
        [topic] = GRAPH.objects(link, GG.linksTopic)
        [basis] = GRAPH.objects(link, GG.basis)
        links.add((statement, topic))
        ids = [str(each) for each in GRAPH.objects(link, GG.ruleId)]
        reasons = {each.language for each in GRAPH.objects(link, GG.reason)}
        assert (len(ids), reasons) == ((1, set()) if basis == GG.rule else (0, {"es", "en"}))
        rules.update(ids or ["review"])
    assert links == set(GRAPH.subject_objects(GG.concernsTopic))
    settled = sum(len(listed(row["topics"])) for row in statements())
    assert sum(rules.values()) == settled
    assert 1 - rules["review"] / settled >= 0.98
    # Where a review found no topic, the statement itself has the reason.
    bare = [
        last_segment(each)
        for each in set(GRAPH.subjects(GG.reason))
        if (each, RDF.type, GG.TopicLink) not in GRAPH
    ]
    assert sorted(bare) == ["14.2.2", "27.3.1", "52.3.2"]


@pytest.mark.parametrize(
    ("language", "text", "slug"),
    [
        ("en", "The Plan relies on the Palermo Protocol.", "protocolo-de-palermo"),
        (
            "en",
            "The Plan cites the United Nations Convention against Transnational Organized Crime.",
            "convencion-onu-delincuencia-organizada-transnacional",
        ),
        (
            "pt",
            "O Plano remete à Convenção de Viena sobre Relações Consulares.",
            "convencion-viena-relaciones-consulares",
        ),
    ],
)
def test_treaties_are_known_by_their_names_in_every_language(language, text, slug):
    pack = pack_of(language)
    rules = read_name_rules(DATA, pack, read_patterns(pack))
    assert [each.slug for each in rules.invoked(text)] == [slug]


def test_no_blank_node_and_no_term_that_is_not_declared():
    ontology = read_turtle(ROOT / "ontology" / "gapgraph.ttl")
    for triple in GRAPH:
        for node in triple:
            assert not isinstance(node, BNode)
            if isinstance(node, URIRef) and node.startswith(str(GG)):
                assert (node, None, None) in ontology, node
    assert not any(triple in ASSERTED for triple in GRAPH)
    assert not list(GRAPH.triples((None, GG.coverageStatus, None)))


def test_the_graph_is_the_same_at_every_hash_seed():
    code = (
        "from golden_readings import DATA, annex\n"
        "from gapgraph.reading.graph import reading_graph\n"
        "from gapgraph.turtle import write_turtle\n"
        "print(write_turtle(reading_graph(*annex(), DATA)))"
    )
    path = os.pathsep.join([str(ROOT / "tests"), *sys.path])
    for seed in ("0", "4242"):
        out = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        assert out == write_turtle(GRAPH) + "\n"


def _small(language):
    """Return a table of one row in a language, of an analysis of its own."""
    names = Names(ID["analysis/other"], ID["framework/other"], ID["plan/other"])
    graph = Graph(bind_namespaces="none")
    directive = names.directive(11)
    graph.add((directive, RDF.type, GG.Directive))
    graph.add((directive, GG.position, Literal(11)))
    topic, observation = names.topic(11, 1), names.observation(11, 5)
    graph.add((directive, GG.hasTopic, topic))
    graph.add((topic, GG.position, Literal(1)))
    graph.add((topic, GG.inAnalysis, names.analysis))
    graph.add((topic, SKOS.prefLabel, Literal("Indígenas", lang="es")))
    graph.add((topic, GG.aboutConcept, ID["concept/indigenas"]))
    graph.add((ID["concept/indigenas"], SKOS.prefLabel, Literal("Indígenas", lang="es")))
    graph.add((directive, GG.hasObservation, observation))
    graph.add((observation, GG.position, Literal(5)))
    graph.add((observation, GG.inAnalysis, names.analysis))
    text = "La estrategia no menciona a los indígenas 🜂; tampoco prevé consultarlos."
    graph.add((observation, GG.text, Literal(text, lang=language)))
    return graph, names


@pytest.mark.parametrize("language", ["es", "es-PE"])
def test_another_analysis_is_read_by_the_rules_alone(language):
    graph, names = _small(language)
    reading = reading_graph(graph, names, DATA)
    first, second = names.statement(11, 5, 1), names.statement(11, 5, 2)
    assert set(reading.subjects(RDF.type, GG.Omission)) == {first, second}
    assert set(reading.subject_objects(GG.concernsTopic)) == {
        (first, names.topic(11, 1)),
        (second, names.topic(11, 1)),
    }
    # Code points, not bytes or UTF-16 units: the sign above U+FFFF counts as one.
    place = names.selector(names.evidence(second), "position")
    assert int(reading.value(place, OA.start)) == len(
        "La estrategia no menciona a los indígenas 🜂; "
    )
    assert (names.observation(11, 5), GG.theme, GG.indigenousPeoplesTheme) in reading


@pytest.mark.parametrize("language", ["fr", "qu", "nl-BE"])
def test_a_text_in_another_language_is_one_unread_statement(language):
    graph, names = _small(language)
    reading = reading_graph(graph, names, DATA)
    observations = list(graph.objects(None, GG.hasObservation))
    assert observations
    statements = set(reading.objects(None, GG.hasStatement))
    assert set(reading.subjects(RDF.type, GG.UnreadStatement)) == statements
    assert len(statements) == len(observations)
    for observation in observations:
        (statement,) = reading.objects(observation, GG.hasStatement)
        assert reading.value(statement, GG.text) == graph.value(observation, GG.text)
    # Nothing is said of what it does, nor by what rule, nor of which topic it speaks.
    told = {GG.ruleId, GG.concernsTopic, GG.namesLocus, GG.invokes, GG.mentions}
    assert not told & set(reading.predicates())

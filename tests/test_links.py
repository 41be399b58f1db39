"""Links to other datasets, against the reviewed tables read without the project's code."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS, VOID

import oracle
from external import FOLDER, needs_external
from gapgraph.errors import InputError
from gapgraph.links.table import links_graph
from gapgraph.namespaces import Names
from gapgraph.rdf import read_turtle
from gapgraph.reviewed import context_graph

ROOT = Path(__file__).parent.parent
BASE = "https://w3id.org/gapgraph/"
ONTOLOGY = f"{BASE}ontology#"
NAMES = Names(
    URIRef(f"{BASE}id/analysis/oas-pnat"),
    URIRef(f"{BASE}id/framework/oas-work-plan-2"),
    URIRef(f"{BASE}id/plan/pnat-2017-2021"),
)
#: How the tables write a node of ours, spelt out again.
OURS = {
    "concept": f"{BASE}id/concept/",
    "category": f"{BASE}id/plan/pnat-2017-2021/category/",
    "theme": ONTOLOGY,
    "instrument": f"{BASE}id/instrument/",
    "institution": f"{BASE}id/institution/",
    "directive": f"{BASE}id/framework/oas-work-plan-2/directive/",
    "framework": f"{BASE}id/framework/oas-work-plan-2",
    "plan": f"{BASE}id/plan/pnat-2017-2021",
    "analysis": f"{BASE}id/analysis/oas-pnat",
    "jurisdiction": "http://publications.europa.eu/resource/authority/country/PER",
}
PREFIXES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
}


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def spelt(curie: str) -> URIRef:
    prefix, local = curie.split(":")
    return URIRef(PREFIXES[prefix] + local)


NODES = {(row["target"], row["object"]): row for row in rows("link-objects.tsv")}


def known() -> Graph:
    asserted = read_turtle(ROOT / "data" / "annex.ttl")
    context = context_graph(ROOT / "data", NAMES, asserted)
    return read_turtle(ROOT / "ontology" / "gapgraph.ttl") + context + asserted


@pytest.fixture(scope="module")
def ours() -> Graph:
    return known()


@pytest.fixture(scope="module")
def graph(ours: Graph) -> Graph:
    return links_graph(ROOT / "data", NAMES, ours)


def test_each_row_is_a_direct_triple_and_a_record(graph: Graph) -> None:
    def gg(name: str) -> URIRef:
        return URIRef(ONTOLOGY + name)

    direct, records = set(), set()
    for row in rows("links.tsv"):
        node = NODES[row["target"], row["object"]]
        subject = URIRef(OURS[row["kind"]] + row["key"])
        triple = (subject, spelt(row["predicate"]), URIRef(node["iri"]))
        path = "/".join(x for x in (row["kind"], row["key"], row["target"], row["object"]) if x)
        link = URIRef(f"{BASE}id/link/{path}")
        direct.add(triple)
        records |= {
            (link, RDF.type, gg("ExternalLink")),
            (link, gg("linkFrom"), triple[0]),
            (link, gg("linkProperty"), triple[1]),
            (link, gg("linkTo"), triple[2]),
            (link, gg("basis"), gg("editorial")),
            (link, DCTERMS.source, Literal(node["evidence"])),
            (link, DCTERMS.isPartOf, URIRef(f"{BASE}id/linkset/{row['target']}")),
        }
        if row["note"]:
            records.add((link, gg("reason"), Literal(row["note"], lang="en")))
    assert direct <= set(graph)
    assert records == {triple for triple in graph if f"{BASE}id/link/" in triple[0]}
    own = {s for s, _, _ in direct}
    assert {triple for triple in graph if triple[0] in own} == direct


def test_outside_nodes_carry_label_and_class_and_nothing_else(graph: Graph) -> None:
    expected = set()
    for row in NODES.values():
        expected.add((URIRef(row["iri"]), RDF.type, spelt(row["type"])))
        for whole in row["within"].split():
            part_of = spelt(row["type"].replace("sdgo:", "sdgo:is") + "Of")
            expected.add((URIRef(row["iri"]), part_of, URIRef(NODES["sdg", whole]["iri"])))
        for lang in ("es", "en"):
            if row[lang]:
                expected.add((URIRef(row["iri"]), SKOS.prefLabel, Literal(row[lang], lang=lang)))
    assert {triple for triple in graph if not triple[0].startswith(BASE)} - expected == {
        triple for triple in graph if triple[0] == URIRef(OURS["jurisdiction"])
    }
    assert expected <= set(graph)


def test_one_linkset_a_dataset_with_its_true_counts(graph: Graph) -> None:
    count = Counter(row["target"] for row in rows("links.tsv"))
    predicates: dict[str, set[URIRef]] = {}
    for row in rows("links.tsv"):
        predicates.setdefault(row["target"], set()).add(spelt(row["predicate"]))
    names = {row["target"] for row in rows("link-targets.tsv")}
    assert names == set(count)
    assert set(graph.subjects(RDF.type, VOID.Linkset)) == {
        URIRef(f"{BASE}id/linkset/{name}") for name in names
    }
    for name in names:
        linkset = URIRef(f"{BASE}id/linkset/{name}")
        assert graph.value(linkset, VOID.triples).toPython() == count[name]
        assert set(graph.objects(linkset, VOID.linkPredicate)) == predicates[name]
        assert graph.value(linkset, VOID.objectsTarget) == URIRef(f"{BASE}id/dataset/{name}")
        assert graph.value(linkset, VOID.subjectsTarget) == URIRef(
            f"{BASE}.well-known/void#dataset"
        )
        assert (URIRef(f"{BASE}.well-known/void#dataset"), VOID.subset, linkset) in graph


def test_golden_links(graph: Graph) -> None:
    concept, thesaurus = OURS["concept"], "http://metadata.un.org/thesaurus/"
    assert (
        URIRef(concept + "extradicion"), SKOS.exactMatch, URIRef(thesaurus + "1002220")
    ) in graph  # fmt: skip
    assert (NAMES.framework, DCTERMS.subject, URIRef(thesaurus + "1006622")) in graph
    assert Literal("TRAFFICKING IN PERSONS", lang="en") in set(
        graph.objects(URIRef(thesaurus + "1006622"), SKOS.prefLabel)
    )


def test_datasets_name_the_iri_of_their_owner(graph: Graph) -> None:
    same = URIRef("https://schema.org/sameAs")
    assert (
        dict(graph.subject_objects(same)).items()
        >= {
            URIRef(f"{BASE}id/dataset/sdg"): URIRef("http://metadata.un.org/sdg/void.ttl#SDG"),
            URIRef(f"{BASE}id/dataset/unesco"): URIRef("http://vocabularies.unesco.org/thesaurus"),
            URIRef(f"{BASE}id/dataset/stw"): URIRef("http://zbw.eu/stw"),
        }.items()
    )


#: Read off the texts of the directives: UNBIS concept of a population group -> the directives that
#: name the group, by a topic's label or by the directive's own words.
GROUPS = {
    "1007029": {7, 18, 24},  # women
    "1000952": {3, 7, 18, 21, 24, 61},  # children
    "1000066": {3, 7, 24, 61},  # adolescents
    "1004110": {24, 30, 58},  # migrants
    "1003106": {7, 19, 23, 24},  # indigenous peoples
    "1005851": {6, 24},  # sexual minority
    "1004831": {7, 24},  # persons with disabilities
    "1000115": {7},  # ageing persons
    "1001746": {26, 30, 34},  # domestic workers
    "1007027": {45, 53, 56, 57, 67},  # witnesses
}


@pytest.mark.parametrize("concept", GROUPS)
def test_directives_that_name_a_group(graph: Graph, ours: Graph, concept: str) -> None:
    node = URIRef(f"http://metadata.un.org/thesaurus/{concept}")
    about, has = URIRef(ONTOLOGY + "aboutConcept"), URIRef(ONTOLOGY + "hasTopic")
    found = set()
    for start in graph.subjects(None, node):
        for directive in {start, *(d for t in ours.subjects(about, start)
                                   for d in ours.subjects(has, t))}:  # fmt: skip
            if str(directive).startswith(OURS["directive"]):
                found.add(int(directive.removeprefix(OURS["directive"])))
    assert found == GROUPS[concept]


def test_a_directives_link_quotes_its_own_words() -> None:
    texts = {str(each.number): " ".join(each.text.split()) for each in oracle.read(oracle.SOURCE)}
    quoted = [row for row in rows("links.tsv") if row["kind"] == "directive"]
    assert len(quoted) > 150
    for row in quoted:
        words = re.fullmatch("“(.+)”", row["note"])
        assert words, row
        assert words[1] in texts[row["key"]], row


@pytest.mark.parametrize(
    ("kind", "key", "predicate", "target", "node"),
    [
        ("directive", "24", "dcterms:subject", "unbis", "1005851"),
        ("directive", "33", "dcterms:relation", "sdg", "C100701"),
        ("concept", "mecanismos-de-denuncia", "dcterms:relation", "sdg", "C160301"),
        ("category", "9", "dcterms:relation", "sdg", "C160301"),
        ("category", "3", "dcterms:relation", "sdg", "4.1"),
        ("concept", "tipificar-el-delito", "dcterms:relation", "sdg", "8.7"),
        ("instrument", "protocolo-de-palermo", "dcterms:subject", "unbis", "1006622"),
        ("instrument", "protocolo-de-palermo", "dcterms:subject", "eurovoc", "5933"),
        ("instrument", "protocolo-de-palermo", "dcterms:subject", "unesco", "concept6842"),
        ("instrument", "protocolo-de-palermo", "dcterms:subject", "stw", "29736-6"),
        ("concept", "presupuesto", "skos:relatedMatch", "unbis", "1004316"),
        ("concept", "indigenas", "skos:exactMatch", "unbis", "1003106"),
        ("theme", "indigenousPeoplesTheme", "skos:closeMatch", "unbis", "1003106"),
    ],
)
def test_golden_rows(kind: str, key: str, predicate: str, target: str, node: str) -> None:
    found = [
        row["predicate"]
        for row in rows("links.tsv")
        if (row["kind"], row["key"], row["target"], row["object"]) == (kind, key, target, node)
    ]
    assert found == [predicate]


def test_every_treaty_of_directive_17_leads_to_a_page(graph: Graph, ours: Graph) -> None:
    directive = URIRef(OURS["directive"] + "17")
    cited = set(ours.objects(directive, URIRef(ONTOLOGY + "cites")))
    assert len(cited) == 11
    page = URIRef("https://schema.org/mainEntityOfPage")
    assert {treaty for treaty in cited if (treaty, page, None) in graph} == cited


def test_r230_stays_as_written_and_links_to_r203(graph: Graph, ours: Graph) -> None:
    name = "recomendacion-medidas-complementarias-trabajo-forzoso"
    node = URIRef(OURS["instrument"] + name)
    assert "(R230)" in ours.value(node, URIRef(ONTOLOGY + "literalLabel"))
    assert ours.value(node, DCTERMS.identifier) == Literal("R203")
    link = URIRef(f"{BASE}id/link/instrument/{name}/normlex/R203")
    assert "R230" in graph.value(link, URIRef(ONTOLOGY + "reason"))
    assert "3174688" in graph.value(link, URIRef(ONTOLOGY + "linkTo"))


def test_links_are_where_they_count_once(graph: Graph, ours: Graph) -> None:
    """No directive repeats what a concept of its topics already links to."""
    about, has = URIRef(ONTOLOGY + "aboutConcept"), URIRef(ONTOLOGY + "hasTopic")
    repeated = []
    for row in rows("links.tsv"):
        if row["kind"] == "directive":
            node = URIRef(NODES[row["target"], row["object"]]["iri"])
            directive = URIRef(OURS["directive"] + row["key"])
            for topic in ours.objects(directive, has):
                repeated += [
                    (row["key"], concept, node)
                    for concept in ours.objects(topic, about)
                    if (concept, None, node) in graph
                ]
    assert repeated == []


def test_one_exact_match_a_concept_and_none_shared() -> None:
    """Exact matches are transitive: two would say that two outside concepts are the same."""
    exact = [row for row in rows("links.tsv") if row["predicate"] == "skos:exactMatch"]
    assert len(exact) > 20
    assert max(Counter((row["kind"], row["key"]) for row in exact).values()) == 1
    assert max(Counter((row["target"], row["object"]) for row in exact).values()) == 1


def test_what_was_rejected_has_a_reason_and_no_link() -> None:
    rejected = rows("link-rejected.tsv")
    iris = {row["iri"] for row in rejected}
    assert len(iris) == len(rejected)
    assert all(row["label"] and row["reason"].endswith(".") for row in rejected)
    assert not iris & {row["iri"] for row in NODES.values()}
    page = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    assert {iri for iri in iris if f"<{iri}>" not in page} == set()


@needs_external
@pytest.mark.parametrize(
    ("target", "files"),
    [
        ("sdg", ["sdg/sdg-kos-goals-targets-indicators.ttl", "sdg/sdg-kos-series-2019-Q2-G-01.ttl",
                 "sdg/sdg-codes.ttl"]),
        ("unesco", ["slices/unesco-trafficking-slice.ttl"]),
    ],
)  # fmt: skip
def test_outside_labels_and_classes_are_those_of_the_real_data(
    target: str, files: list[str]
) -> None:
    real = Graph()
    for file in files:
        real.parse(FOLDER / file)
    compared = 0
    for (name, _), row in NODES.items():
        if name != target:
            continue
        node = URIRef(row["iri"])
        labels = {(str(each), each.language) for each in real.objects(node, SKOS.prefLabel)}
        assert (node, RDF.type, spelt(row["type"])) in real
        named = {(row[lang], lang) for lang in ("es", "en") if row[lang]}
        assert named <= {(" ".join(text.split()), lang) for text, lang in labels}
        part_of = spelt(row["type"].replace("sdgo:", "sdgo:is") + "Of") if row["within"] else None
        wholes = {str(whole) for whole in real.objects(node, part_of)} if part_of else set()
        assert wholes == {NODES[name, key]["iri"] for key in row["within"].split()}
        compared += 1
    assert compared > 40


LINKS = "kind\tkey\tpredicate\ttarget\tobject\tnote\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("links.tsv", "concept\tcorrupcion\t", "concept\tcorruption\t", "corruption"),
        ("links.tsv", "category\t8\t", "category\t88\t", "category '88'"),
        ("links.tsv", "\tunbis\t1002220\t", "\tunbis\t9999999\t", "9999999"),
        ("links.tsv", "\tunbis\t1002220\t", "\tagrovoc\t1002220\t", "agrovoc"),
        ("links.tsv", "extradicion\tskos:exactMatch", "extradicion\texactMatch", "prefix"),
        ("links.tsv", "skos:exactMatch\tunbis\t1002220\t", "skos:exactMatch\tunbis\t", "cells"),
        (
            "links.tsv", "concept\textradicion\tskos:closeMatch\teurovoc\t953\t\n", "",
            "eurovoc.europa.eu/953",
        ),
        ("link-objects.tsv", "/thesaurus/1002220", "/thesaurus/extradition", "does not look like"),
        ("link-objects.tsv", "\tEXTRADITION\t", "\t\t", "no label"),
        ("link-objects.tsv", "sdgo:Target\t12\t", "sdgo:Target\t13\t", "within '13'"),
        ("link-objects.tsv", "skos:Concept\t\t\tEXTRADITION", "skos:Concept\t1\t\tEXTRADITION",
         "within '1'"),
        ("link-objects.tsv", "unbis\t1002220\t", "unbis\t1001328\t", "stands twice"),
        ("link-targets.tsv", "[0-9]{7}", "[0-9{7}", "pattern"),
        ("link-targets.tsv", "stw\tTesauro", "unbis\tTesauro", "earlier"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_line(
    tmp_path: Path, ours: Graph, file: str, old: str, new: str, words: str
) -> None:
    for each in ("links.tsv", "link-objects.tsv", "link-targets.tsv"):
        shutil.copy(ROOT / "data" / each, tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        links_graph(tmp_path, NAMES, ours)
    assert "\n" not in str(caught.value)
    assert re.search(r"link[a-z-]*\.tsv:", str(caught.value))


def test_a_pair_is_linked_once(tmp_path: Path, ours: Graph) -> None:
    for each in ("link-objects.tsv", "link-targets.tsv"):
        shutil.copy(ROOT / "data" / each, tmp_path)
    twice = LINKS + "".join(
        f"concept\textradicion\tskos:{name}\tunbis\t1002220\t\n"
        for name in ("exactMatch", "closeMatch")
    )
    (tmp_path / "links.tsv").write_text(twice, encoding="utf-8")
    with pytest.raises(InputError, match="already links"):
        links_graph(tmp_path, NAMES, ours)

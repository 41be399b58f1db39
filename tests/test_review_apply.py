"""What people decided, taken into the folder of an analysis, and what a build makes of it."""

from __future__ import annotations

import csv
import html
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from rdflib import Dataset, Graph, Literal, URIRef

from conftest import ROOT, copy_home, keeping
from gapgraph.account import set_aside
from gapgraph.annex.description import read_description
from gapgraph.annex.sources import read_sources
from gapgraph.build import build
from gapgraph.decisions.graph import keys_of, reviews_graph, standing
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import read_decided
from gapgraph.errors import InputError, UsageError, ViolationError
from gapgraph.files import sha256
from gapgraph.namespaces import DCTERMS, GG, OA, PROV, RDF, RDFS, XSD
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.rows import Row as Answer
from gapgraph.reading.graph import reading_graph
from gapgraph.report.asking import Asker
from gapgraph.review.agreement import agreement, kappa
from gapgraph.review.apply import Applied, apply
from gapgraph.review.table import queue, read_decisions
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web.app import create_app
from gapgraph.web.service import ServiceConfig
from serving import gapgraph
from test_review import Row, filled, table

A = "https://w3id.org/gapgraph/id/analysis/valle"
G = URIRef(A.replace("/id/", "/graph/") + "/reviewed")
ROWS = range(1, 21)
TOML = """
[analysis]
iri = "https://w3id.org/gapgraph/id/analysis/valle"
jurisdiction = "https://example.org/country/valle"
language = "es"
rights = "Inventado para las pruebas."

[framework]
iri = "https://w3id.org/gapgraph/id/framework/carta-del-valle"
label = "Carta del Valle"
directives = 20

[plan]
iri = "https://w3id.org/gapgraph/id/plan/valle-2030"
label = "Plan del Valle 2030"
categories = 1

[table]
file = "table.tsv"
category_word = "Línea"

[values]
none = ["Nada"]
"""
#: The column of IRIs, and those of status, reason, reviewer and date, in each language.
HEADS_OF = {"es": "Cosa (IRI)", "en": "Thing (IRI)", "pt": "Coisa (IRI)"}
FILLED = {
    "es": ("Estado", "Razón", "Quien revisa", "Fecha"),
    "en": ("Status", "Reason", "Reviewer", "Date"),
    "pt": ("Estado", "Razão", "Quem revisa", "Data"),
}
HEADINGS = "Nº\tDIRECTRIZ\tINDICADOR\tPLAN\tOBSERVACIONES\n"


def said(number: int) -> str:
    """The observation of a row: what is missing in the first half, what there is in the second."""
    verb = "no menciona" if number <= 10 else "dispone"
    return f"El plan {verb} la obra {number}."


def write(folder: Path, **changed: str) -> Path:
    """An invented table, a topic and a statement in each row.

    :param changed: other observations, by ``row`` and the number
    """
    folder.mkdir(exist_ok=True)
    lines = [f"DIRECTRICES DE OBRAS (1-20)\t\t\t\t\n{HEADINGS}"]
    for number in ROWS:
        cell = f"<p><u>Obra {number}</u></p> <p>Línea 1 – Obras</p>"
        text = changed.get(f"row{number}", said(number))
        lines.append(f"{number}\tHacer la obra {number}.\tObra {number} hecha.\t{cell}\t{text}\n")
    (folder / "analysis.toml").write_text(TOML, encoding="utf-8")
    (folder / "table.tsv").write_text("".join(lines), encoding="utf-8")
    return folder


def row(number: int, reviewer: str, **values: str) -> Row:
    """A row of the queue, filled in: of a statement, or of a topic where a status is decided."""
    of, text = f"statement/{number}.1.1", said(number)
    if "status" in values:
        of, text = f"topic/{number}.1", f"Obra {number}"
    return {"item": f"{A}/{of}", "key": sha256(text), "text": text, "reviewer": reviewer,
            "date": "2026-11-27", "reason": f"Lo leyó {reviewer}.", **values}  # fmt: skip


def decided() -> tuple[list[Row], list[Row]]:
    """Thirty decisions: of Ana on twenty rows, and of Luis on ten of them."""
    ana = [row(n, "Ana Ríos", kind="Duda" if n % 4 == 0 else "Omission") for n in range(1, 16)]
    ana += [row(n, "Ana Ríos", status="parcial") for n in range(16, 20)]
    ana.append(row(20, "Ana Ríos", kind="Context note", topics="-"))
    luis = [row(n, "Luis", kind="Doubt" if n % 2 == 0 else "OMISIÓN") for n in range(1, 9)]
    luis += [row(16, "Luis", status="addressed"), row(17, "Luis", status="partial")]
    return ana, luis


@dataclass(frozen=True)
class Done:
    """The folder, what became of the tables, and the build after one text was changed."""

    folder: Path
    files: list[Path]
    applied: Applied
    home: Home
    dataset: DatasetFile

    @property
    def graph(self) -> Dataset:
        found = Dataset(default_union=True)
        found.parse(data=self.dataset.read().decode(), format="nquads")
        return found

    def rows(self, query: str, **values: tuple[str, ...]) -> list[Answer]:
        catalogue = Catalogue.load(ROOT / "queries").about(self.dataset.analyses)
        asker = Asker(EmbeddedStore(self.dataset), catalogue, A)
        return asker.about(query, **values)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    tmp = tmp_path_factory.mktemp("reviews")
    home, folder = copy_home(tmp / "home"), write(tmp / "valle")
    ana, luis = decided()
    files = [filled(tmp / "ana.xlsx", ana, "en"), filled(tmp / "luis.tsv", luis)]
    applied = apply(files, folder, home, keeping())
    write(folder, row20="El plan dispone otra obra.")
    dataset = build(home, keeping(), output=tmp / "out", analyses=[folder], annex=False)
    return Done(folder, files, applied, home, dataset)


@pytest.fixture(scope="module")
def client(done: Done) -> FlaskClient:
    config = ServiceConfig(done.home, Settings(), done.dataset.path.parent)
    return create_app(config).test_client()


def test_thirty_decisions_are_taken_and_taken_once(done: Done) -> None:
    assert (done.applied.new, done.applied.changed, done.applied.same) == (30, 0, 0)
    assert done.applied.aside == ()
    rows = read_decided(done.folder / "reviews.tsv")
    assert [each.reviewer for each in rows] == ["Ana Ríos"] * 20 + ["Luis"] * 10
    assert (rows[3].kind, rows[0].kind, rows[15].status) == ("Doubt", "Omission", "partial")
    assert rows[19].cells()[4:7] == ["ContextNote", "-", ""]
    before = (done.folder / "reviews.tsv").read_bytes()
    again = apply(done.files, done.folder, done.home, keeping())
    assert (again.new, again.changed, again.same) == (0, 0, 30)
    assert [(each.decided.item, each.why) for each in again.aside] == [("statement/20.1.1", "text")]
    assert (done.folder / "reviews.tsv").read_bytes() == before


def test_a_changed_text_sets_its_decision_aside_and_says_so(done: Done) -> None:
    (counted,) = done.dataset.manifest["analyses"]
    assert {key: value for key, value in counted["reviews"].items() if key != "set_aside"} == {
        "decisions": 30, "decided": 19, "people": 2,
    }  # fmt: skip
    (message,) = set_aside(counted)
    assert "Ana Ríos on statement/20.1.1 (reviews.tsv, line 21)" in message
    assert "its text has changed" in message
    graph = done.graph
    (review,) = graph.subjects(GG.reviewStanding, GG.setAside)
    assert (review, GG.reviews, None) not in graph
    assert (review, GG.reviewedText, Literal(said(20))) in graph
    statement = URIRef(f"{A}/statement/20.1.1")
    assert (statement, RDF.type, GG.Provision) in graph
    assert (statement, GG.concernsTopic, URIRef(f"{A}/topic/20.1")) in graph


def test_the_first_decision_counts_and_the_second_stands_beside_it(done: Done) -> None:
    graph = done.graph
    for number in range(1, 16):
        statement = URIRef(f"{A}/statement/{number}.1.1")
        wanted = "Doubt" if number % 4 == 0 else "Omission"
        kinds = set(graph.objects(statement, RDF.type)) - {GG.Statement}
        assert GG[wanted] in kinds, number
        by_rule = {number > 10: GG.Provision, number <= 10: GG.Omission}[True]
        overruled = set(graph.objects(statement, GG.kindByRule))
        assert overruled == ({by_rule} if by_rule != GG[wanted] else set())
        assert (statement, GG.ruleId, None) not in graph
    ana, luis = URIRef(f"{A}/reviewer/ana-rios"), URIRef(f"{A}/reviewer/luis")
    assert graph.value(ana, RDFS.label) == Literal("Ana Ríos")
    second = set(graph.subjects(GG.reviewStanding, GG.secondReading))
    assert second == set(graph.subjects(PROV.wasAssociatedWith, luis))
    assert len(second) == 10
    differing = set(graph.subjects(GG.disputes, None))
    assert {str(each).split("/")[-2] for each in differing} == {"2.1.1", "6.1.1", "16.1"}
    status = graph.value(URIRef(f"{A}/topic/16.1"), GG.coverageStatus)
    assert status == GG.partial
    by_rule = URIRef(f"{A}/assessment/16.1/rule")
    assert graph.value(by_rule, GG.coverageStatus) == GG.addressed
    (made,) = graph.objects(URIRef(f"{A}/assessment/16.1/review"), PROV.wasGeneratedBy)
    assert graph.value(URIRef(str(made)), PROV.wasAssociatedWith) == ana


def test_each_decision_is_a_review_in_a_graph_of_its_own(done: Done) -> None:
    whole = done.graph
    graph = whole.graph(G)
    reviews = set(graph.subjects(RDF.type, GG.Review))
    assert len(reviews) == 30 == len(set(whole.subjects(RDF.type, GG.Review)))
    for review in reviews:
        assert len(set(graph.objects(review, PROV.wasAssociatedWith))) == 1
        assert graph.value(review, DCTERMS.date) == Literal("2026-11-27", datatype=XSD.date)
        assert graph.value(review, GG.reason)
    others = [each for each in whole.graphs() if each.identifier != G]
    assert not any((review, None, None) in each for review in reviews for each in others)


def test_the_query_shows_both_and_what_the_rules_say(done: Done) -> None:
    rows = done.rows("reviews")
    assert len(rows) == 30
    sixteen = [row for row in rows if row["item"] == f"{A}/topic/16.1"]
    assert [
        (row["reviewer"], row["decidedStatusLabel"], row["byRulesLabel"], row["standingLabel"])
        for row in sixteen
    ] == [
        ("Ana Ríos", "parcial", "abordado", "vale"),
        ("Luis", "abordado", "abordado", "segunda lectura"),
    ]
    assert {row["disputed"] for row in sixteen} == {"true"}
    assert sum(row["disputed"] == "true" for row in rows) == 6
    (aside,) = (row for row in rows if not row["item"])
    assert (aside["text"], aside["standingLabel"], aside["number"]) == (said(20), "apartada", "")
    assert aside["decidedTopics"] == "-"
    of_four = done.rows("reviews", number=("4",))
    assert [(row["number"], row["decidedKindLabel"]) for row in of_four] == [("4", "Duda")] * 2


def test_what_was_decided_is_in_the_queue_no_more_and_is_counted(done: Done) -> None:
    catalogue = Catalogue.load(ROOT / "queries").about(done.dataset.analyses)
    written = queue(Asker(EmbeddedStore(done.dataset), catalogue, A), "tsv").decode()
    assert not any(f"statement/{number}.1.1\t" in written for number in range(1, 16))
    (account,) = done.rows("reading-account")
    assert (account["statementsByReview"], account["topicsByReview"]) == ("15", "4")


def test_agreement_over_the_same_tables(done: Done) -> None:
    decisions = [each for file in done.files for each in read_decisions(file)]
    # Both say what they mean in their own words: by the names of classes they agree 6 of 8 times.
    rows = read_decided(done.folder / "reviews.tsv")
    by_item = {(each.item, each.reviewer): each.kind for each in rows if each.kind}
    pairs = [
        (by_item[item, "Ana Ríos"], kind)
        for (item, reviewer), kind in by_item.items()
        if reviewer == "Luis"
    ]
    # By chance: Ana says doubt 2 of 8 times, Luis 4 of 8.
    chance = (2 * 4 + 6 * 4) / 64
    assert kappa(pairs) == pytest.approx((6 / 8 - chance) / (1 - chance))
    people, _, _ = agreement(decisions)
    assert people == ("Ana Ríos", "Luis")


@pytest.mark.whole
def test_both_stand_in_sssom(done: Done, tmp_path: Path) -> None:
    run = gapgraph(
        "export", "sssom", str(done.dataset.path.parent / "valle.ttl"),
        "--reviews", str(done.folder / "reviews.tsv"), cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    lines = [line for line in run.stdout.splitlines() if not line.startswith("#")]
    rows = {
        row["subject_id"].rpartition(":")[2]: row for row in csv.DictReader(lines, delimiter="\t")
    }
    assert len(rows) == 20
    assert rows["16.1"]["reviewer_id"] == "reviewer:ana-rios|reviewer:luis"
    assert rows["16.1"]["reviewer_label"] == "Ana Ríos|Luis"
    assert (rows["16.1"]["reviewer_agreement"], rows["16.1"]["review_date"]) == ("1", "2026-11-27")
    for words in ("Ana Ríos, 2026-11-27: partial (", "Luis, 2026-11-27: addressed ("):
        assert words in rows["16.1"]["comment"]
    assert rows["18.1"]["reviewer_id"] == "reviewer:ana-rios"
    assert rows["1.1"]["reviewer_id"] == rows["1.1"]["reviewer_agreement"] == ""


def test_pages_show_both_and_give_a_row_to_who_does_not_agree(client: FlaskClient) -> None:
    browser = {"Accept": "text/html"}
    for path in (
        "/id/framework/carta-del-valle/directive/16.html",
        "/id/analysis/valle/topic/16.1.html",
    ):
        page = client.get(path, headers=browser).text
        for words in (
            "Decisiones de personas",
            "Ana Ríos",
            "Luis",
            "segunda lectura",
            "en disputa",
        ):
            assert words in page, (path, words)
    page = client.get(
        "/id/framework/carta-del-valle/directive/18.html?lang=en", headers=browser
    ).text
    assert "Decisions of people" in page
    assert "in dispute" not in page
    page = client.get("/gaps", headers=browser).text
    assert 'href="/review.xlsx?topic=1.1">No estoy de acuerdo</a>' in page
    assert client.get("/review.pdf?topic=1.1").status_code == 404
    assert client.get("/review.tsv?topic=99.1").status_code == 404
    assert client.get("/review.tsv").status_code == 400


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("form", ["tsv", "xlsx"])
def test_a_row_of_who_does_not_agree_can_be_filled_and_taken(
    done: Done, client: FlaskClient, tmp_path: Path, form: str, lang: str
) -> None:
    answer = client.get(f"/review.{form}?topic=19.1&lang={lang}")
    assert answer.status_code == 200
    assert f"gapgraph-review-19.1.{form}" in answer.headers["Content-Disposition"]
    head, *rows = table(answer.data, form)
    assert [row[head.index(HEADS_OF[lang])] for row in rows] == [
        f"{A}/topic/19.1", f"{A}/statement/19.1.1",
    ]  # fmt: skip
    assert rows[0][2] == "Obra 19"
    assert rows[1][2] == said(19)
    assert rows[1][3] == {"es": "Disposición", "en": "Provision", "pt": "Disposição"}[lang]
    assert rows[0][6] == {"es": "parcial", "en": "partial", "pt": "parcial"}[lang]
    assert {row[-1] for row in rows} == {done.dataset.version}
    rows[0] = [cell or "" for cell in rows[0]]
    for name, value in zip(FILLED[lang], ("none", "No hay.", "Rosa", "2026-11-28"), strict=True):
        rows[0][head.index(name)] = value
    path = tmp_path / "rosa.tsv"
    lines = ("\t".join(" ".join(cell.split()) for cell in row) for row in (head, *rows))
    path.write_text("\n".join(lines), encoding="utf-8")
    folder = write(tmp_path / "valle")
    assert apply([path], folder, done.home, keeping()).new == 1
    (one,) = read_decided(folder / "reviews.tsv")
    assert (one.item, one.status, one.reviewer) == ("topic/19.1", "none", "Rosa")


@pytest.mark.whole
def test_everything_wrong_is_told_at_once_with_its_cell(done: Done, tmp_path: Path) -> None:
    folder = write(tmp_path / "valle")
    rows = [
        row(1, "Ana", kind="Cosa"),
        row(2, "Ana", topics="3.1"),
        row(3, "Ana", kind="Doubt", reason=""),
        row(4, "Ana", kind="Doubt", date="ayer"),
        {**row(5, "Ana", status="partial"), "kind": "Doubt"},
        row(6, "Ana", mitigation="9.9.9"),
        {**row(7, "Ana", kind="Doubt"), "item": "https://example.org/x"},
        row(8, "Ana", cut="la obra", kind="Doubt"),
        row(9, "", kind="Doubt"),
        row(10, "Ana", kind="Doubt"),
    ]
    path = filled(tmp_path / "malo.xlsx", rows)
    run = gapgraph("review", "apply", str(path), "--analysis", str(folder), cwd=ROOT)
    assert (run.returncode, run.stdout) == (1, "")
    assert "9 problems are to be mended" in run.stderr
    for place in ("!H2", "!I3", "!L4", "!N5", "!H6", "!J7", "!O8", "!G9", "!M10"):
        assert any(place in line and path.name in line for line in run.stderr.splitlines()), place
    assert not (folder / "reviews.tsv").exists()


@pytest.mark.whole
def test_what_would_mitigate_no_omission_is_refused(done: Done, tmp_path: Path) -> None:
    folder = write(tmp_path / "valle")
    files = [filled(tmp_path / "ana.tsv", [row(11, "Ana", mitigation="12.1.1")])]
    with pytest.raises(ViolationError, match=r"line 2, column 10: .*12\.1\.1, which is no om"):
        apply(files, folder, done.home, keeping())
    # It is one where somebody decides so.
    files.append(filled(tmp_path / "eva.tsv", [row(12, "Eva", kind="Omisión")]))
    assert apply(files, folder, done.home, keeping()).new == 2


@pytest.mark.whole
def test_a_person_s_later_decision_takes_the_place_of_the_earlier(
    done: Done, tmp_path: Path
) -> None:
    folder = write(tmp_path / "valle")
    for kind, wanted in (("Doubt", (1, 0, 0)), ("Omission", (0, 1, 0)), ("Omission", (0, 0, 1))):
        files = [filled(tmp_path / "ana.tsv", [row(1, "Ana", kind=kind)])]
        found = apply(files, folder, done.home, keeping())
        assert (found.new, found.changed, found.same) == wanted
        (one,) = read_decided(folder / "reviews.tsv")
        assert one.kind == kind
    with pytest.raises(UsageError, match="nothing is decided"):
        apply([filled(tmp_path / "vacio.tsv", [row(1, "Ana")])], folder, done.home, keeping())
    with pytest.raises(UsageError, match=r"holds no analysis\.toml"):
        apply(files, tmp_path, done.home, keeping())


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (0, "directive/1", "is no statement, no topic and no observation"),
        (1, "abc", "is no key"),
        (3, "Tex | to", "of a statement what is a topic's"),
        (4, "Cosa", "is no kind"),
        (4, "", "decides nothing"),
        (7, "partial", "of a statement what is a topic's"),
        (8, "", "has no reason"),
        (9, "", "has no reviewer"),
        (10, "27/11/2026", "is no date"),
    ],
)
def test_a_table_changed_by_hand_is_checked(
    column: int, value: str, said: str, tmp_path: Path
) -> None:
    head = [
        "item",
        "key",
        "text",
        "cut",
        "kind",
        "topics",
        "mitigation",
        "status",
        "reason",
        "reviewer",
        "date",
    ]
    cells = ["statement/1.1.1", "0" * 64, "Texto", "", "Doubt", "", "", "", "Razón", "Ana",
             "2026-11-27"]  # fmt: skip
    path = tmp_path / "reviews.tsv"
    path.write_text("\t".join(head) + "\n" + "\t".join(cells) + "\n", encoding="utf-8")
    (one,) = read_decided(path)
    assert one.cells() == cells
    cells[column] = value
    path.write_text("\t".join(head) + "\n" + "\t".join(cells) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"reviews\.tsv.*line 2.*{said}|{said}"):
        read_decided(path)


def read_with(folder: Path, home: Home) -> tuple[Graph, Graph]:
    """What is read of the invented table with the decisions beside it, and their graph."""
    (source,) = read_sources([read_description(folder)], home.data, keeping(), annex=False)
    names = source.description.names
    decisions = Decisions.read(folder / "reviews.tsv", names, source.asserted)
    read = reading_graph(source.asserted, names, home.data, decisions=decisions)
    reviews = Graph()
    for triple in reviews_graph(
        decisions, names, standing(decisions, names, keys_of([*source.asserted, *read]))
    ):
        reviews.add(triple)
    return read, reviews


def test_a_person_s_cut_parts_a_statement_and_joins_two(tmp_path: Path) -> None:
    """The second person's stands beside the first's, in dispute; the first's is read."""
    home, folder = Home(ROOT, checkout=True), write(tmp_path / "valle")
    files = [
        filled(tmp_path / "ana.tsv", [row(1, "Ana", cut="El plan | no menciona la obra 1.")]),
        filled(tmp_path / "luis.tsv", [row(1, "Luis", cut="El plan no menciona | la obra 1.")]),
    ]
    assert apply(files, folder, home, keeping()).new == 2
    rows = read_decided(folder / "reviews.tsv")
    assert [(each.item, each.cut, each.text) for each in rows] == [
        ("observation/1.1", "El plan | no menciona la obra 1.", said(1)),
        ("observation/1.1", "El plan no menciona | la obra 1.", said(1)),
    ]
    read, reviews = read_with(folder, home)
    first, second = (URIRef(f"{A}/statement/1.1.{place}") for place in (1, 2))
    parts = ("El plan", "no menciona la obra 1.")
    for statement, words in zip((first, second), parts, strict=True):
        assert str(read.value(statement, GG.text)) == words
        starts = [int(str(each)) for each in read.objects(None, OA.start)]
        assert said(1).index(words) in starts
    assert (second, RDF.type, GG.Omission) in read
    assert (first, RDF.type, GG.UnreadStatement) in read
    observation = URIRef(f"{A}/observation/1.1")
    both = set(reviews.subjects(GG.reviews, observation))
    assert len(both) == 2
    assert {str(reviews.value(each, GG.decidesCut)) for each in both} == {r.cut for r in rows}
    assert len(set(reviews.subject_objects(GG.disputes))) == 1
    # A part is joined with the one before it.
    part = {**row(1, "Ana", cut="-"), "item": str(second), "key": sha256(parts[1])}
    done = apply([filled(tmp_path / "otra.tsv", [part])], folder, home, keeping())
    assert (done.new, done.changed) == (0, 1)
    read, _ = read_with(folder, home)
    assert (second, None, None) not in read
    assert str(read.value(first, GG.text)) == said(1)


@pytest.mark.parametrize(
    ("values", "said_"),
    [
        ({"cut": "El plan | menciona la obra 2."}, "in other words than it has"),
        ({"cut": "El plan no menciona la obra 2."}, "in other words than it has"),
        ({"cut": "| El plan no menciona la obra 2."}, "in other words than it has"),
        ({"cut": "-"}, "begins its paragraph"),
        ({"cut": "El plan | no menciona la obra 2.", "kind": "Doubt"}, "decided of at once"),
        ({"cut": "El plan | no menciona la obra 2.", "key": "0" * 64}, "a text that has changed"),
    ],
)
def test_a_wrong_cut_is_refused_at_its_cell(
    tmp_path: Path, values: dict[str, str], said_: str
) -> None:
    folder = write(tmp_path / "valle")
    path = filled(tmp_path / "ana.xlsx", [row(2, "Ana", **values)])
    with pytest.raises(ViolationError, match=f"!G2.*{said_}"):
        apply([path], folder, Home(ROOT, checkout=True), keeping())
    assert not (folder / "reviews.tsv").exists()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", ("No estoy de acuerdo: Obra 1 (directriz 1)", "parcial", "Mi lectura y por qué:")),
        ("en", ("I do not agree: Obra 1 (directive 1)", "partial", "My reading, and why:")),
        ("pt", ("Não concordo: Obra 1 (diretriz 1)", "parcial", "A minha leitura e por quê:")),
    ],
)
def test_a_letter_is_written_already_where_a_contact_is_set(
    done: Done, lang: str, words: tuple[str, ...]
) -> None:
    settings = Settings.of({"GAPGRAPH_CONTACT": "ana+trata@example.org"})
    config = ServiceConfig(done.home, settings, done.dataset.path.parent)
    page = (
        create_app(config).test_client().get(f"/gaps?lang={lang}", headers={"Accept": "text/html"})
    )
    (found,) = (
        html.unescape(each)
        for each in re.findall(r'href="(mailto:[^"]+)"', page.text)
        if "topic/1.1%0D" in html.unescape(each)
    )
    parts = urlsplit(found)
    assert unquote(parts.path) == "ana+trata@example.org"
    told = parse_qs(parts.query)
    assert told["subject"] == [words[0]]
    (body,) = told["body"]
    for each in (*words, f"{A}/topic/1.1", f"«{said(1)}»", done.dataset.version):
        assert each in body, each


def test_there_is_no_letter_without_an_address_of_mail(done: Done, client: FlaskClient) -> None:
    settings = Settings.of({"GAPGRAPH_CONTACT": "https://example.org/ana@b"})
    config = ServiceConfig(done.home, settings, done.dataset.path.parent)
    for asked in (client, create_app(config).test_client()):
        assert "mailto:" not in asked.get("/gaps", headers={"Accept": "text/html"}).text


@pytest.mark.whole
def test_two_who_differ_over_twenty_rows_stand_everywhere(tmp_path: Path) -> None:
    home, folder = copy_home(tmp_path / "home"), write(tmp_path / "valle")
    files = [
        filled(tmp_path / f"{name}.tsv", [row(number, name, status=status) for number in ROWS])
        for name, status in (("Ana", "partial"), ("Luis", "addressed"))
    ]
    assert apply(files, folder, home, keeping()).new == 40
    dataset = build(home, keeping(), output=tmp_path / "out", analyses=[folder], annex=False)
    done = Done(folder, files, Applied(folder, 40, 0, 0, ()), home, dataset)
    graph = done.graph
    assert len(set(graph.subject_objects(GG.disputes))) == 20
    assert sum(each["disputed"] == "true" for each in done.rows("reviews")) == 40
    browser = create_app(ServiceConfig(home, Settings(), dataset.path.parent)).test_client()
    export = gapgraph(
        "export", "sssom", str(tmp_path / "out" / "valle.ttl"),
        "--reviews", str(folder / "reviews.tsv"), cwd=ROOT,
    )  # fmt: skip
    lines = [line for line in export.stdout.splitlines() if not line.startswith("#")]
    mapped = {each["subject_id"]: each for each in csv.DictReader(lines, delimiter="\t")}
    for number in ROWS:
        topic = f"/id/analysis/valle/topic/{number}.1"
        assert graph.value(URIRef(f"{A}/topic/{number}.1"), GG.coverageStatus) == GG.partial
        page = browser.get(f"{topic}.html", headers={"Accept": "text/html"}).text
        assert page.count("en disputa") == 2
        assert "Lo leyó Ana." in page
        assert "Lo leyó Luis." in page
        assert mapped[f"topic:{number}.1"]["reviewer_label"] == "Ana|Luis"
        assert "link_rule=topics/only-topic" in mapped[f"topic:{number}.1"]["other"]

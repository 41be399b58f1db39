"""What is exported of a table is read back: as rows, as SSSOM, as OSCAL's control mapping."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.annex.export import fits_five_columns
from gapgraph.annex.forms import FORMS
from gapgraph.annex.sheet import sheet_of
from gapgraph.grid import read_grids
from gapgraph.intake.command import Intake, guess
from gapgraph.intake.words import RELATIONS, read_words
from gapgraph.links.oscal import RELATIONSHIPS, export_oscal
from gapgraph.links.sssom import PREDICATES, export_sssom, names_of
from gapgraph.namespaces import GG, RDF, SKOS
from gapgraph.ntriples import Triple
from gapgraph.rdf import read_turtle
from gapgraph.reading.graph import reading_graph
from serving import gapgraph
from test_taken_tables import ARTICLES, DATA, EDGES, HARBOUR, Rows, folder_of, read

WORDS = read_words(DATA)
#: A Spanish table with letters, free names of parts, degrees and a status.
CISTERNAS: Rows = [
    ["Código", "Requisito", "Indicador", "Tema", "Plan", "Relación", "Grado", "Comentarios"],
    ["A", "Contar las cisternas.", "I.1: Cisternas contadas", "Recuento:", "Eje 2.1 – Agua",
     "igual", "alto", "El plan las cuenta."],
    ["", "", "", "", "Eje 2.2", "interseca", "", ""],
    ["", "", "", "Calidad", "No existe", "", "", "No menciona la calidad."],
    ["B", "Limpiar las cisternas.", "", "Limpieza", "Parcial", "", "", ""],
    ["C bis", "Techar las cisternas.\nY cercarlas.", "", "", "", "", "", ""],
]  # fmt: skip
#: A text that is an identifier, a status with a degree, and words that name a part in one row and
#: say in another that there is nothing.
SLIPS: Rows = [
    ["Code", "Requirement", "Topic", "Plan", "Relation", "Degree"],
    ["A", "A", "Bells", "Eje 2", "", ""],
    ["", "", "", "n/a", "", "50"],
    ["B", "Oil the bells.", "Oil", "the old mill", "none", ""],
    ["C", "Mend the bells.", "Mending", "The Old Mill", "", ""],
    ["D", "Hang the bells.", "Hanging", "partial", "none", ""],
    ["E", "Count the bells.", "Counting", "Partial", "subset", ""],
]
TABLES = {
    "slips": (SLIPS, {"values": [("element", "*")]}),
    "harbour": (HARBOUR, {"columns": [("section", each) for each in "ABCD"]}),
    "treaty": (ARTICLES, {}),
    "eyes": (EDGES, {"values": [("element", "*")]}),
    "cisternas": (CISTERNAS, {}),
}


def graph_in(tmp_path: Path, name: str) -> Graph:
    rows, named = TABLES[name]
    (source,) = read(folder_of(tmp_path, name, rows, **named))
    return source.asserted


def plain(graph: Graph) -> set[Triple]:
    """Return what a graph says, the places of the source and its column headings aside."""
    return {
        triple
        for triple in graph
        if triple[1] != GG.sourceLine
        and not any("/source" in str(node) or "/column/" in str(node) for node in triple)
    }


@pytest.mark.whole
@pytest.mark.parametrize("name", TABLES)
def test_rows_are_read_back_to_the_same_graph(tmp_path: Path, name: str) -> None:
    graph = graph_in(tmp_path, name)
    assert not fits_five_columns(graph, WORDS)
    sheet = sheet_of(graph, WORDS)
    sheet.write(tmp_path / "again")
    (source,) = read(tmp_path / "again")
    assert plain(source.asserted) == plain(graph)
    assert len(sheet.rows) > 2


@pytest.mark.whole
def test_the_annex_in_rows_is_read_back(tmp_path: Path) -> None:
    graph = read_turtle(DATA / "annex.ttl")
    assert fits_five_columns(graph, WORDS)
    sheet_of(graph, WORDS).write(tmp_path / "annex")
    (source,) = read(tmp_path / "annex")
    assert plain(source.asserted) == plain(graph)


@pytest.mark.whole
def test_the_command_prints_a_table_without_sections(tmp_path: Path) -> None:
    graph = graph_in(tmp_path, "treaty")
    graph.serialize(tmp_path / "t.ttl", format="turtle")
    run = gapgraph("export", "table", "t.ttl", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "Article 6(1)(a),Bells are rung in fog.,none" in run.stdout
    run = gapgraph("export", "table", "t.ttl", "--to", "again", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    (source,) = read(tmp_path / "again")
    assert plain(source.asserted) == plain(graph)
    for arguments, told in (
        (("--form", "docx"), "--form is of the table in a folder, and none is named: add --to DIR"),
        (
            ("--to", "plan.docx"),
            "plan.docx is named as a file is, and the table goes to a folder with its "
            "analysis.toml: give --to plan --form docx",
        ),
    ):
        run = gapgraph("export", "table", "t.ttl", *arguments, cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert told in run.stderr
    assert not (tmp_path / "plan.docx").exists()


Mapped = Counter[tuple[str, str, str, str]]


def mapped(graph: Graph, name: Callable[[URIRef], str]) -> Mapped:
    """Return topic, part, relation and degree of each mapping that an exchange format holds."""
    found: Mapped = Counter()
    for mapping, topic in graph.subject_objects(GG.mapsTopic):
        part = graph.value(mapping, GG.mapsTo)
        relation = str(graph.value(mapping, GG.relation) or "").removeprefix(str(GG))
        if part is None and (relation or (mapping, GG.declaredStatus, None) in graph):
            continue
        degree = str(graph.value(mapping, GG.degree) or "") if part is not None else ""
        found[name(topic), name(part) if part is not None else "", relation, degree] += 1
    return found


def understood(taken: Intake) -> Mapped:
    found: Mapped = Counter()
    assert not [each for each in taken.table.problems if each.blocking]
    for directive in taken.table.directives:
        for topic in directive.topics:
            for value in topic.values:
                code = value.element.code if value.element else ""
                relation = value.relation if value.relation in RELATIONS else ""
                found[directive.notation, code, relation, value.degree] += 1
    return found


@pytest.mark.whole
@pytest.mark.parametrize("name", [*TABLES, "annex"])
def test_oscal_is_read_back(tmp_path: Path, name: str) -> None:
    graph = read_turtle(DATA / "annex.ttl") if name == "annex" else graph_in(tmp_path, name)
    file = tmp_path / "m.json"
    file.write_text(export_oscal(graph), encoding="utf-8")
    ours = mapped(graph, lambda node: "-".join(str(node).rsplit("/", 2)[-2:]))
    assert understood(guess(file, DATA)) == ours
    assert export_oscal(graph) == file.read_text(encoding="utf-8")
    collection = json.loads(file.read_text(encoding="utf-8"))["mapping-collection"]
    assert {"uuid", "metadata", "provenance", "mappings"} == set(collection)
    (mapping,) = collection["mappings"]
    for entry in mapping["maps"]:
        known = entry["relationship"] in RELATIONSHIPS.values()
        assert known == ("ns" not in entry)
        assert entry["sources"]
        assert entry["targets"]


#: What OSCAL's schema takes for a UUID.
UUID = re.compile(
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}"
)
#: The keys whose values OSCAL's schema takes for tokens.
TOKENS = {"id-ref", "with-ids", "name", "type", "relationship", "method", "status"}
ODD: Rows = [
    ["Code", "Requirement", "Topic", "Plan", "Degree"],
    ["अनुच्छेद ६", "Bells are rung.", "घंटी (1)", "Ст. 5", "very\nhigh"],
    ["§ 7 — 2", "Bells are oiled.", "«Oil»", "3 Bells/oil?", ""],
    ["_x.y-z", "Bells are hung.", "🔔 bells", "none", ""],
]


def is_token(text: str) -> bool:
    """Tell whether a text is ``(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*``, as OSCAL's schema has it."""
    letters = all(each in ".-_" or unicodedata.category(each)[0] in "LN" for each in text)
    return letters and (text[:1] == "_" or unicodedata.category(text[:1])[0] == "L")


@pytest.mark.whole
@pytest.mark.parametrize("name", [*TABLES, "annex", "odd"])
def test_identifiers_of_oscal_are_of_its_schema(tmp_path: Path, name: str) -> None:
    if name == "odd":
        folder = folder_of(tmp_path, name, ODD, values=[("element", "*")])
        graph = read(folder)[0].asserted
    else:
        graph = read_turtle(DATA / "annex.ttl") if name == "annex" else graph_in(tmp_path, name)
    uuids, tokens = list[str](), Counter[str]()

    def walk(key: str, value: object) -> None:
        if isinstance(value, dict):
            for each, inner in value.items():
                walk(each, inner)
        elif isinstance(value, list):
            for inner in value:
                walk(key, inner)
        elif key == "uuid":
            uuids.append(str(value))
        elif key in TOKENS:
            assert is_token(str(value)), (key, value)
            tokens[key] += 1
        else:
            # A string of OSCAL is of one line, with no blanks at its ends.
            assert key == "remarks" or re.fullmatch(r"\S(.*\S)?", str(value)), (key, value)

    walk("", json.loads(export_oscal(graph)))
    assert tokens["id-ref"] > 1
    assert len({*uuids}) == len(uuids) > 2
    assert all(UUID.fullmatch(each) for each in uuids)


@pytest.mark.whole
@pytest.mark.parametrize("name", [*TABLES, "annex"])
def test_sssom_is_read_back(tmp_path: Path, name: str) -> None:
    graph = read_turtle(DATA / "annex.ttl") if name == "annex" else graph_in(tmp_path, name)
    file = tmp_path / "m.sssom.tsv"
    file.write_text(export_sssom(graph), encoding="utf-8")
    ours = mapped(graph, lambda node: ":".join(str(node).rsplit("/", 2)[-2:]))
    # A degree in the table's own words is a remark there, no confidence.
    ours = Counter(dict.fromkeys(())) + sum(
        (Counter({(*key[:3], ""): count}) for key, count in ours.items()), Counter()
    )
    assert understood(guess(file, DATA)) == ours


@pytest.mark.whole
def test_a_degree_of_a_mapping_set_is_its_confidence(tmp_path: Path) -> None:
    file = tmp_path / "eyes.sssom.tsv"
    file.write_text(
        "#curie_map:\n#  x: http://x/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
        "x:1\tskos:exactMatch\tx:7\tsemapv:LexicalMatching\t0.85\n"
        "x:2\tskos:broadMatch\tx:8\tsemapv:LexicalMatching\t0.5\n"
        "x:3\tskos:exactMatch\tsssom:NoTermFound\tsemapv:LexicalMatching\t\n",
        encoding="utf-8",
    )
    (source,) = read(file)
    rows = export_sssom(source.asserted).splitlines()
    names = next(row for row in rows if row.startswith("record_id")).split("\t")
    rows = rows[rows.index("\t".join(names)) + 1 :]
    found = [dict(zip(names, row.split("\t"), strict=True)) for row in rows]
    assert [(row["predicate_id"], row["confidence"]) for row in found] == [
        ("skos:exactMatch", "0.85"),
        ("skos:broadMatch", "0.5"),
        ("gg:addressedBy", ""),
    ]


@pytest.mark.whole
def test_the_sentence_behind_a_term_that_is_not_found() -> None:
    graph = read_turtle(DATA / "annex.ttl")
    statements = reading_graph(graph, names_of(graph), DATA)
    plainly, told = (
        export_sssom(graph, statements=each).splitlines() for each in (None, statements)
    )
    behind = 0
    for before, after in zip(plainly, told, strict=True):
        if before.startswith("#mapping_set_version"):
            continue
        if before.startswith("record_id"):
            assert after.split("\t") == [*before.split("\t")[:-1], "other", "comment"]
            continue
        if not before.startswith("#"):
            # By which rules the rows' statements were read is told of statements alone.
            *cells, _rules, comment = after.split("\t")
            after = "\t".join([*cells, comment])  # noqa: PLW2901
        if "sssom:NoTermFound" not in before:
            assert before == after
        elif before != after:
            words = after.removeprefix(before).removeprefix("; ").strip("“”")
            assert any(
                str(text).startswith(words[:40]) for text in statements.objects(None, GG.text)
            )
            behind += 1
    assert 5 < behind <= 31


@pytest.mark.whole
def test_relations_have_a_word_in_each_format_that_intake_knows() -> None:
    assert set(PREDICATES) == set(RELATIONSHIPS) == set(RELATIONS)
    for relation in RELATIONS:
        assert WORDS.values[RELATIONSHIPS[relation]] == relation
        short = str(PREDICATES[relation]).replace(str(SKOS), "skos:").lower()
        assert WORDS.values[short] == relation


# --- Files that people open -----------------------------------------------------------------


def as_ods(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as an OpenDocument sheet, a paragraph for each line."""

    def cell(text: str) -> str:
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
        kind = ' office:value-type="string"' if text else ""
        return f"<table:table-cell{kind}>{lines if text else ''}</table:table-cell>"

    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            "</manifest:manifest>",
        )
        package.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:body>'
            f'<office:spreadsheet><table:table table:name="annex">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return made.getvalue()


@pytest.mark.whole
@pytest.mark.parametrize("form", [*FORMS, "ods"])
def test_the_annex_as_a_file_that_people_open_is_read_back(tmp_path: Path, form: str) -> None:
    """The same asserted graph, whole, lines and source aside; topics underlined where it can be."""
    graph = read_turtle(DATA / "annex.ttl")
    folder = tmp_path / "annex"
    sheet = sheet_of(graph, WORDS)
    sheet.write(folder, form if form in FORMS else "csv")
    file = folder / f"table.{form}"
    if form == "ods":
        (folder / "table.csv").unlink()
        file.write_bytes(as_ods(sheet.rows))
        mapping = folder / "analysis.toml"
        mapping.write_text(mapping.read_text("utf-8").replace("table.csv", "table.ods"), "utf-8")
    underlined = form in {"xlsx", "docx", "html"}
    (grid,) = read_grids(file)
    found = [
        paragraph.text
        for row in grid.rows
        for cell in row
        for paragraph in cell.paragraphs
        if paragraph.marked("underline")
    ]
    topics = Counter(str(text) for _, text in topics_of(graph))
    assert len(grid.rows) == 1 + (67 if underlined else len(sheet.rows) - 1)
    assert Counter(found) == (topics if underlined else Counter())
    assert topics.total() == 111
    (source,) = read(folder)
    assert plain(source.asserted) == plain(graph)
    assert len(plain(graph)) > 3_000


def topics_of(graph: Graph) -> Iterator[tuple[Node, Node]]:
    for topic in graph.subjects(RDF.type, GG.Topic):
        yield topic, next(graph.objects(topic, GG.text))


@pytest.mark.whole
def test_topics_beside_relations_keep_a_column_of_their_own(tmp_path: Path) -> None:
    graph = graph_in(tmp_path, "cisternas")
    for form in FORMS:
        sheet_of(graph, WORDS).write(tmp_path / form, form)
        (source,) = read(tmp_path / form)
        assert plain(source.asserted) == plain(graph), form
    first = (tmp_path / "xlsx" / "table.xlsx").read_bytes()
    sheet_of(graph, WORDS).write(tmp_path / "xlsx", "xlsx")
    assert (tmp_path / "xlsx" / "table.xlsx").read_bytes() == first

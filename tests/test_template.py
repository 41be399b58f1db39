"""A table to be filled, in every form and language, and what is read back of it once filled."""

from __future__ import annotations

import csv
from pathlib import Path

import docx
import openpyxl
import pytest
from rdflib import Graph

from conftest import ROOT
from gapgraph.annex.export import in_order
from gapgraph.annex.forms import FORMS
from gapgraph.annex.template import read_template_words, template_files
from gapgraph.cli import cli
from gapgraph.errors import InputError, UsageError
from gapgraph.intake.catalogue import known_frameworks
from gapgraph.intake.command import guess
from gapgraph.intake.words import read_words
from gapgraph.namespaces import GG, ID, RDF, SKOS
from gapgraph.rdf import read_turtle
from test_exports_read_back import plain
from test_taken_tables import DATA, csv_of, read, run

WORDS = read_words(DATA)
KNOWN = known_frameworks(read_turtle(DATA / "annex.ttl"))["oas-work-plan-2"]
#: What is filled in, by directive: part of the plan, status, observation.
FILLED = {
    "1": ("OE.1 Prevención\nOE.2 Justicia", "", "El plan no menciona la dignidad humana."),
    "2": ("No hay", "", ""),
    "5": ("OE.2", "Parcial", ""),
}
FIRST = 4


def template(folder: Path, form: str, language: str = "es") -> Path:
    said = read_template_words(DATA).of(language)
    files = template_files(KNOWN, WORDS, said, form=form, language=language)
    for ending, content in files.items():
        (folder / f"llenado{ending}").write_bytes(content)
    return folder / f"llenado.{form}"


def fill_csv(file: Path) -> None:
    with file.open(newline="", encoding="utf-8") as read_from:
        rows = list(csv.reader(read_from))
    for row in rows[FIRST:]:
        for place, words in zip((5, 6, 7), FILLED.get(row[1], ()), strict=False):
            row[place] = words
    csv_of(file.parent, file.name, rows)


def fill_xlsx(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in range(FIRST + 1, sheet.max_row + 1):
        for column, words in zip("FGH", FILLED.get(str(sheet[f"B{row}"].value), ()), strict=False):
            sheet[f"{column}{row}"] = words or None
    book.save(file)


def fill_docx(file: Path) -> None:
    document = docx.Document(str(file))
    for row in document.tables[0].rows[FIRST:]:
        cells = row.cells
        for place, words in zip((5, 6, 7), FILLED.get(cells[1].text, ()), strict=False):
            cells[place].text = words
    document.save(str(file))


def built(file: Path) -> Graph:
    (source,) = read(file)
    return source.asserted


def test_a_filled_table_is_built_as_it_is_in_every_form(tmp_path: Path) -> None:
    graphs = []
    for form, fill in (("csv", fill_csv), ("xlsx", fill_xlsx), ("docx", fill_docx)):
        file = template(tmp_path, form)
        fill(file)
        graphs.append(built(file))
    graph = graphs[0]
    assert plain(graph) == plain(graphs[1]) == plain(graphs[2])
    (analysis,) = graph.subjects(RDF.type, GG.GapAnalysis)
    assert analysis == ID["analysis/llenado"]
    assert graph.value(analysis, GG.framework) == ID["framework/oas-work-plan-2"]
    assert str(graph.value(ID["plan/llenado"], SKOS.prefLabel)) == "llenado"
    assert len([*graph.subjects(RDF.type, GG.Directive)]) == 67
    said = {
        str(graph.value(directive, SKOS.notation)): [
            (
                str(graph.value(mapping, GG.literalLabel)),
                str(graph.value(mapping, GG.declaredStatus) or "").removeprefix(str(GG)),
            )
            for topic in graph.objects(directive, GG.hasTopic)
            for mapping in in_order(graph, graph.subjects(GG.mapsTopic, topic))
        ]
        for directive in graph.subjects(RDF.type, GG.Directive)
    }
    assert {name: values for name, values in said.items() if values} == {
        "1": [("OE.1 Prevención", ""), ("OE.2 Justicia", "")],
        "2": [("No hay", "")],
        "5": [("OE.2", ""), ("Parcial", "partial")],
    }
    (observed,) = graph.subjects(RDF.type, GG.Observation)
    assert graph.value(observed, GG.text).language == "es"  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("form", FORMS)
def test_the_columns_of_a_table_to_fill_are_known(tmp_path: Path, form: str, language: str) -> None:
    """Nothing is wrong in it, nothing is assessed, and its language is the one of its headings."""
    taken = guess(template(tmp_path, form, language), DATA)
    assert [column.role for column in taken.mapping.columns] == [
        "section", "directive", "text", "indicator", "topic", "element", "status", "observation",
        "ignore",
    ]  # fmt: skip
    assert taken.table.problems == []
    assert len(taken.table.directives) == 67
    assert not [topic for each in taken.table.directives for topic in each.topics]
    assert taken.mapping.parties.framework == "oas-work-plan-2"
    assert taken.mapping.parties.language == language
    first = template(tmp_path, form, language).read_bytes()
    assert template(tmp_path, form, language).read_bytes() == first


def test_a_sheet_to_fill_offers_its_words(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template(tmp_path, "xlsx"))
    sheet, words = book.worksheets
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    status = rules["G5:G571"]
    assert status.formula1 == '"no hay,no aplica,parcial,cumple"'
    # Another word may be written, and is asked about.
    assert not status.showErrorMessage
    assert all(WORDS.values[word] for word in status.formula1.strip('"').split(","))
    assert rules["F5:F571"].prompt
    assert [sheet.freeze_panes, sheet["B4"].value, sheet["B71"].value] == ["A5", "N.º", "67"]
    listed = {row[0]: row[1] for row in words.iter_rows(min_row=2, values_only=True) if row[0]}
    assert listed["sin correspondencia"] == "el plan no tiene nada"
    assert all(word in listed for word in WORDS.listed["es", "partial"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("b", "--template", "oas-work-plan-2", "--check", "--preview", "p.html", "-c", "a=b"),
            "--template takes no FILE|DIR, --column, --check, --preview: "
            "leave out one or the other",
        ),
        (
            ("--template", "oas-work-plan-2", "--form", "docx", "--to", "t.xlsx", "--strict"),
            "--template takes no --strict: leave out one or the other; t.xlsx is no name for docx: "
            "give --to a name that ends in .docx, or no --form",
        ),
        (
            ("--template", "oas-work-plan-2", "--to", "t.ods"),
            "t.ods: no table to fill is written as ods: "
            "give --to a name that ends in .xlsx, .docx, .html, .csv",
        ),
        (
            ("b", "--form", "csv", "--to", "c"),
            "a folder takes no --to, --form: leave out one or the other; b is a folder: "
            "add --check or --preview FILE.html, or name a file",
        ),
        (
            ("b/t.csv", "--check"),
            "a file takes no --check: leave out one or the other; no folder is named for the "
            "analysis: add --to DIR",
        ),
        (("b/t.csv", "--to", "b/t.csv"), "b/t.csv is a file: name a folder with --to"),
    ],
)
def test_what_does_not_go_together_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAPGRAPH_HOME", str(ROOT))
    csv_of(tmp_path / "b", "t.csv", [["N.º", "Plan"], ["1", "No hay"]])
    with pytest.raises(UsageError) as refused:
        cli.main(["intake", *arguments], standalone_mode=False)
    assert str(refused.value) == told
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["b", "t.csv"]


def test_the_name_of_the_file_says_its_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAPGRAPH_HOME", str(ROOT))
    cli.main(
        ["intake", "--template", "oas-work-plan-2", "--to", "plan.docx"], standalone_mode=False
    )
    assert docx.Document("plan.docx").tables[0].rows[FIRST].cells[1].text == "1"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.docx"]


def test_words_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "intake").mkdir()
    file = tmp_path / "intake" / "template.tsv"
    lines = (DATA / "intake" / "template.tsv").read_text("utf-8").splitlines(keepends=True)
    kept = [
        line
        for line in lines
        if not line.startswith(("en\tguide\t", "en\tsays none\t", "pt\tsection\t"))
    ]
    file.write_text("".join(kept), "utf-8")
    with pytest.raises(InputError) as refused:
        read_template_words(tmp_path)
    assert str(refused.value) == (
        f"{file}: en lacks guide, says none; pt lacks section: "
        "add a row with language, name and words for each"
    )


def test_the_command_writes_it_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAPGRAPH_HOME", str(ROOT))
    wrote = run(
        "intake", "--template", "oas-work-plan-2", "--form", "csv", "--to", "b/t.csv", cwd=tmp_path
    )
    assert wrote.returncode == 0, wrote.stderr
    assert "gapgraph build --analysis b/t.csv" in wrote.stderr
    assert sorted(each.name for each in (tmp_path / "b").iterdir()) == ["t-words.csv", "t.csv"]
    for arguments, words in (
        (("--template", "oas-work-plan-2", "--form", "csv", "--to", "b/t.csv"), "there already"),
        (("--template", "oas"), "name one of oas-work-plan-2"),
        (("--template", "oas-work-plan-2", "--language", "de"), "give --language es, en, pt"),
        (("--template", "oas-work-plan-2", "--to", "b/t.csv"), "b/t.csv and b/t-words.csv are"),
        ((), "name a FILE or a folder, or --template"),
    ):
        with pytest.raises(UsageError) as refused:
            cli.main(["intake", *arguments], standalone_mode=False)
        assert words in f"{refused.value.what}: {refused.value.todo}"

"""Tables as people make them: the mapping is guessed, and every problem is told at its cell."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from html import escape
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from conftest import ROOT
from gapgraph.errors import InputError, UsageError
from gapgraph.grid import Cell, Grid, Paragraph, Run
from gapgraph.intake.command import Intake, read_folder, take_in
from gapgraph.intake.guess import guess_mapping
from gapgraph.intake.mapping import Parties
from gapgraph.intake.understand import understand
from gapgraph.intake.words import CLASSES, ROLES, fold, read_words

DATA = ROOT / "data"
WORDS = read_words(DATA)

HEADINGS = [
    "Área",
    "N°",
    "Directriz",
    "Indicador",
    "Tema",
    "Plan (objetivo / acción)",
    "Comentarios",
]
ROWS: list[list[object]] = [
    [
        "Agua",
        1,
        "Medir los pozos.",
        "Pozos medidos.",
        "Pozos",
        "OE.1 Agua limpia",
        "Los mide.",
    ],
    [None, None, None, None, "Ríos", "No existe", None],
    [None, 2, "Avisar a los vecinos.", None, "Campanas", "OE.1", None],
    ["Pesca", 3, "Contar los barcos.", None, None, None, None],
    [None, 4, "Cuidar las redes.", None, "Redes", "n/a", "Sin datos."],
    [
        None,
        "5-A",
        "Remendar.",
        None,
        "Hilo",
        "Acción 1.1.2 Comprar hilo\nOE.2 Talleres",
        "Parcial.",
    ],
]


def sheet_of(
    rows: list[list[object]], headings: list[str] = HEADINGS
) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Matriz"
    sheet.append(["Matriz de correspondencia (inventada)"])
    sheet.merge_cells("A1:G1")
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    return book, sheet


def taken(folder: Path, book: openpyxl.Workbook, **options: object) -> Intake:
    file = folder / "matriz.xlsx"
    book.save(file)
    parties = Parties(framework=str(options.pop("framework", "")))
    return take_in(file, folder / "a", DATA, parties=parties, **options)  # type: ignore[arg-type]


def test_the_lists_of_words_are_read_and_name_every_role_and_class() -> None:
    assert set(WORDS.headings.values()) == set(ROLES)
    assert set(WORDS.values.values()) == set(CLASSES)
    for language, heading in (
        ("es", "Observaciones"),
        ("en", "Comments"),
        ("pt", "Observações"),
        ("fr", "Remarques"),
    ):
        assert WORDS.role(heading) == "observation", language


def test_a_sheet_as_people_make_it(tmp_path: Path) -> None:
    book, sheet = sheet_of(ROWS)
    for area in ("A3:A5", "B3:B4", "C3:C4", "G3:G4"):
        sheet.merge_cells(area)
    intake = taken(tmp_path, book)
    assert intake.table.problems == []
    roles = [column.role for column in intake.mapping.columns]
    assert roles == ["section", "directive", "text", "indicator", "topic", "element", "observation"]
    found = [
        (
            directive.notation,
            directive.section[0].text if directive.section else "",
            [
                (topic.label, [(v.kind, v.element.code if v.element else "") for v in topic.values])
                for topic in directive.topics
            ],
            [each.text for each in directive.observations],
        )
        for directive in intake.table.directives
    ]
    assert found == [
        (
            "1",
            "Agua",
            [("Pozos", [("element", "OE.1")]), ("Ríos", [("none", "")])],
            ["Los mide."],
        ),
        ("2", "Agua", [("Campanas", [("element", "OE.1")])], []),
        ("3", "Pesca", [], []),
        ("4", "Pesca", [("Redes", [("notApplicable", "")])], ["Sin datos."]),
        ("5-A", "Pesca", [("Hilo", [("element", "1.1.2"), ("element", "OE.2")])], ["Parcial."]),
    ]
    assert "3 directives" not in intake.summary()
    assert "5 directives (1 not assessed), 5 topics" in intake.summary()


def test_a_mapping_that_was_edited_is_kept(tmp_path: Path) -> None:
    """What a person wrote is never gone because the table was guessed anew."""
    book, _ = sheet_of([*ROWS, [None, 6, "Otra.", None, "Tema", "¿quién sabe?", None]])
    taken(tmp_path, book)
    file = tmp_path / "a" / "analysis.toml"
    before = file.with_name("analysis.toml.before")
    written = file.read_text(encoding="utf-8")
    taken(tmp_path, book)
    assert not before.exists()
    edited = written.replace("[values]", '[values]\npartial = ["¿Quién sabe?"]')
    file.write_text(edited, encoding="utf-8")
    taken(tmp_path, book)
    assert (file.read_text(encoding="utf-8"), before.read_text(encoding="utf-8")) == (
        written,
        edited,
    )


def test_the_mapping_is_a_file_that_is_read_again(tmp_path: Path) -> None:
    book, _ = sheet_of([*ROWS, [None, 6, "Otra.", None, "Tema", "¿quién sabe?", None]])
    first = taken(tmp_path, book)
    assert [problem.place for problem in first.table.problems] == ["Matriz!F9"]
    file = tmp_path / "a" / "analysis.toml"
    file.write_text(file.read_text().replace("[values]", '[values]\nnone = ["¿Quién sabe?"]'))
    again = read_folder(tmp_path / "a", DATA)
    assert again.table.problems == []
    assert again.table.directives[-1].topics[0].values[0].kind == "none"
    assert [d.notation for d in again.table.directives] == [
        d.notation for d in first.table.directives
    ]
    for wrong, reason in (
        ('[cells]\ntopic_mark = "colour"', "topic_mark is 'colour'"),
        ("[columns]\nshape = 3", "unknown key 'shape'"),
        ('[columns]\ndirective = "Nombre"', "no column 'Nombre'"),
        ('[cells]\nelement_id = "("', "is no pattern"),
    ):
        text = '[source]\nfile = "matriz.xlsx"\nheader_row = 2\n' + wrong
        file.write_text(text if "[columns]" in wrong else f'{text}\n[columns]\ndirective = "B"\n')
        with pytest.raises(InputError, match=re.escape(reason)):
            read_folder(tmp_path / "a", DATA)


#: Mistakes as people make them: what is written where, and the place and words of the message.
MISTAKES: dict[str, tuple[dict[str, object], str, str]] = {
    "an unknown value": ({"F5": "se verá"}, "Matriz!F5", "nothing says what this value means"),
    "a value that is nearly a word for nothing": (
        {"F4": "No exsite"},
        "Matriz!F4",
        "nothing says what this value means",
    ),
    "a verdict nobody knows": ({"H2": "Estado", "H3": "regular"}, "Matriz!H3", "nothing says"),
    "a relation nobody knows": ({"H2": "Relación", "H3": "primo de"}, "Matriz!H3", "nothing says"),
    "a value without topic": ({"F6": "OE.1"}, "Matriz!E6", "has a value and no topic"),
    "nothing beside an element": ({"F3": "OE.1\nNo existe"}, "Matriz!F3", "beside another value"),
    "a topic without value": ({"F7": None}, "Matriz!F7", "has no value"),
    "one directive, two texts": ({"B5": 1}, "Matriz!C5", "has another text at Matriz!C3"),
    "identifiers of one address": ({"B5": "5 A"}, "Matriz!B8", "would have the address of '5 A'"),
    "an identifier of signs": ({"B7": "—"}, "Matriz!B7", "has no letter or digit"),
    "no identifier": ({"B3": None, "C3": None}, "Matriz!B3", "the row has no identifier"),
    "no text": ({"C5": None}, "Matriz!B5", "the directive has no text"),
    "two names of one code": ({"F7": "OE.1 Pesca"}, "Matriz!F7", "OE.1 is 'Agua limpia'"),
    "two spellings of one name": ({"F7": "OE.9 Tallerres"}, "Matriz!F7", "is nearly"),
    "one address for two elements": ({"F7": "OE-1 Redes"}, "Matriz!F7", "would have the address"),
    "an error of the spreadsheet": ({"G5": "#REF!"}, "Matriz!G5", "an error of the spreadsheet"),
    "a broken value": ({"F5": "#NAME?"}, "Matriz!F5", "an error of the spreadsheet"),
    "a question": ({"F6": "¿?", "E6": "Barcos"}, "Matriz!F6", "nothing says"),
    "a verdict in the plan's column": ({"F7": "más o menos"}, "Matriz!F7", "nothing says"),
    "a note in the plan's column": ({"F4": "ver anexo"}, "Matriz!F4", "nothing says"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_at_its_cell(tmp_path: Path, name: str) -> None:
    changes, place, words = MISTAKES[name]
    book, sheet = sheet_of(ROWS)
    for cell, value in changes.items():
        sheet[cell] = value
    told = {(problem.place, problem.what) for problem in taken(tmp_path, book).table.problems}
    assert [what for where, what in told if where == place and words in what], told


def test_twenty_mistakes_in_one_sheet_are_told_in_one_run(tmp_path: Path) -> None:
    """A hundred rows, every fifth with a mistake: as many messages, each at its cell."""
    rows: list[list[object]] = []
    expected: set[str] = set()
    for number in range(1, 101):
        row = [
            "Área",
            number,
            f"Texto {number}.",
            None,
            f"Tema {number}",
            f"A.{number} Nombre {number}",
            None,
        ]
        if number % 5 == 0:
            row[5] = f"palabra sin sentido {'abcdefghijklmnopqrstuvwxyz'[number // 5]}"
            expected.add(f"Matriz!F{number + 2}")
        rows.append(row)
    assert len(expected) == 20
    book, _ = sheet_of(rows)
    intake = taken(tmp_path, book)
    blocking = [problem for problem in intake.table.problems if problem.blocking]
    assert {problem.place for problem in blocking} == expected
    assert len(blocking) == 20
    page = intake.preview()
    for problem in blocking:
        cell = page[page.index(f'id="{problem.place}"') :][:600]
        assert problem.what in cell
        assert problem.todo.split("'")[0][:20] in cell
    written = (tmp_path / "a" / "problems.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in written[1:]] == [problem.place for problem in blocking]


#: The cells that are wrong in the sheet below, a mistake each.
WRONG = [
    "J2", "B3", "F4", "F5", "H6", "I7", "E8", "F9", "F10", "C12",
    "B14", "B15", "B16", "F17", "F19", "F20", "G21", "F22", "F23", "F24",
]  # fmt: skip


def test_twenty_mistakes_of_many_kinds_in_one_sheet(tmp_path: Path) -> None:
    headings = [*HEADINGS, "Estado", "Relación", "Bitácora"]
    rows: list[list[object]] = [
        [None, None, None, None, "Suelto", "A.1 Uno"],
        [None, 1, "Texto uno.", None, "Pozos", "se verá"],
        [None, 2, "Texto dos.", None, "Ríos", "No exsite"],
        [None, 3, "Texto tres.", None, "Mares", "A.2 Muelles", None, "regular"],
        [None, 4, "Texto cuatro.", None, "Redes", "A.3 Anzuelos", None, None, "primo de"],
        [None, 5, "Texto cinco.", None, None, "A.4 Faros"],
        [None, 6, "Texto seis.", None, "Velas", "A.5 Mástiles\nNo existe"],
        [None, 7, "Texto siete.", None, "Anclas", None],
        [None, 8, "Texto ocho.", None, "Boyas", "A.6 Cadenas"],
        [None, 8, "Otro texto.", None, "Lanchas", "A.7 Quillas"],
        [None, "9-A", "Texto nueve.", None, "Cuerdas", "A.8 Nudos"],
        [None, "9 A", "Texto diez.", None, "Jarcias", "A.9 Lonas"],
        [None, "—", "Texto once.", None, "Timones", "A.10 Ruedas"],
        [None, 10, None, None, "Popas", "A.11 Proas"],
        [None, 11, "Texto trece.", None, "Brújulas", "A.2 Perros"],
        [None, 12, "Texto catorce.", None, "Oficios", "B.1 Talleres"],
        [None, 13, "Texto quince.", None, "Gremios", "B.2 Tallerres"],
        [None, 14, "Texto dieciséis.", None, "Peces", "B-1 Sardinas"],
        [None, 15, "Texto diecisiete.", None, "Algas", "A.12 Cosechas", "#REF!"],
        [None, 16, "Texto dieciocho.", None, "Sal", "¿?"],
        [None, 17, "Texto diecinueve.", None, "Arena", "más o menos"],
        [None, 18, "Texto veinte.", None, "Viento", "ver anexo"],
        [None, 19, "Texto final.", None, "Lluvia", "A.13 Techos", *[None] * 3, "Nadie lo lee."],
    ]
    book, _ = sheet_of(rows, headings)
    intake = taken(tmp_path, book)
    told = [problem.place for problem in intake.table.problems]
    assert told == [f"Matriz!{cell}" for cell in WRONG]
    assert (len(told), len({problem.what for problem in intake.table.problems})) == (20, 14)
    page = intake.preview()
    for problem in intake.table.problems:
        cell = page[page.index(f'id="{problem.place}"') :]
        assert escape(problem.what) in cell[: cell.index("<td ", 10)]


def test_topics_underlined_or_bold_in_the_plans_column(tmp_path: Path) -> None:
    for mark, font in (("underline", Font(u="single")), ("bold", Font(b=True))):
        look = InlineFont(u=font.u, b=font.b)
        book, sheet = sheet_of(
            [["A", 1, "Texto.", None, None, None, None]], [*HEADINGS[:4], "", *HEADINGS[5:]]
        )
        sheet["F3"] = CellRichText(
            [TextBlock(look, "Pozos"), "\nOE.1 Agua\n", TextBlock(look, "Ríos"), "\nNo hay"]
        )
        folder = tmp_path / mark
        folder.mkdir()
        intake = taken(folder, book)
        assert intake.mapping.topic_mark == mark
        (directive,) = intake.table.directives
        assert [(t.label, [v.kind for v in t.values]) for t in directive.topics] == [
            ("Pozos", ["element"]),
            ("Ríos", ["none"]),
        ]


def csv_file(folder: Path, name: str, rows: list[list[str]], delimiter: str = ",") -> Path:
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return folder / name


def test_a_directive_is_its_own_topic_where_no_column_holds_topics(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path,
        "c.csv",
        [
            ["chapter_name", "req_id", "req_description", "level1", "nist"],
            ["Wells", "V1.1", "Measure wells.", "x", "5.2.2 / 5.1.1.2"],
            ["Wells", "V1.2", "Ring bells.", "", ""],
        ],
    )
    parties = Parties()
    plain = take_in(file, tmp_path / "a", DATA, columns=[("element", "nist")], parties=parties)
    assert [
        [v.element.code for v in t.values if v.element]
        for d in plain.table.directives
        for t in d.topics
    ] == [["5.2.2", "5.1.1.2"]]
    assert not plain.table.directives[1].topics  # blank is not assessed …
    blank = take_in(
        file,
        tmp_path / "a",
        DATA,
        columns=[("element", "nist")],
        values=[("none", "")],
        parties=parties,
    )
    assert blank.table.directives[1].topics[0].values[0].kind == "none"  # … unless a person says so


def test_relations_degrees_and_statuses(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path,
        "edges.csv",
        [
            ["source_node_id", "target_node_id", "relationship", "strength", "status"],
            ["a-1", "b-1", "intersect", "50", "Weak"],
            ["a-1", "b-2", "subset", "90", "Covered"],
            ["a-2", "", "no-relationship", "", ""],
        ],
        ";",
    )
    table = take_in(file, tmp_path / "a", DATA, values=[("element", "*")], parties=Parties()).table
    assert table.problems == []
    first, second = table.directives
    assert [(v.literal, v.relation, v.degree) for v in first.topics[0].values] == [
        ("b-1", "intersects", "50"),
        ("b-2", "subset", "90"),
    ]
    assert first.topics[0].status
    assert first.topics[0].status.kind == "addressed"
    assert [v.kind for v in second.topics[0].values] == ["none"]


def test_a_table_without_columns_of_ours_asks_for_them(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "x.csv", [["Alpha", "Beta", "Gamma"], ["uno", "dos", "tres"]])
    intake = take_in(file, tmp_path / "a", DATA, parties=Parties())
    blocking = [problem for problem in intake.table.problems if problem.blocking]
    assert [problem.todo.split(",")[0] for problem in blocking] == ["name it"]
    named = take_in(
        file,
        tmp_path / "a",
        DATA,
        columns=[("directive", "alpha"), ("element", "2"), ("element", "C")],
        values=[("element", "*")],
        parties=Parties(),
    )
    assert [v.literal for v in named.table.directives[0].topics[0].values] == ["dos", "tres"]
    for columns, values, reason in (
        ([("directiva", "1")], [], "no role 'directiva'"),
        ([("directive", "9")], [], "no column '9'"),
        ([], [("nada", "x")], "no class 'nada'"),
    ):
        with pytest.raises(UsageError, match=reason):
            take_in(file, tmp_path / "a", DATA, columns=columns, values=values, parties=Parties())


def test_a_known_framework_gives_its_texts_and_names_differing_words(tmp_path: Path) -> None:
    book, _ = sheet_of(
        [
            ["A", 1, None, None, "Condena", "No hay", None],
            [
                "A",
                12,
                "Incentivar la formación de profesionales.",
                None,
                "Formación",
                "No hay",
                None,
            ],
            ["A", 68, "No es de aquí.", None, "Tema", "No hay", None],
        ]
    )
    intake = taken(tmp_path, book, framework="oas-work-plan-2")
    assert intake.table.directives[0].text.startswith("Condenar sistemática y enérgicamente")
    differing, unknown = intake.table.problems
    assert (differing.place, differing.blocking) == ("Matriz!C4", False)
    assert "y capacitación" in differing.what
    assert (unknown.place, unknown.blocking) == ("Matriz!B5", True)
    assert "no directive '68'" in unknown.what


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gapgraph", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GAPGRAPH_HOME": str(ROOT)},
    )


@pytest.mark.whole
def test_the_command(tmp_path: Path) -> None:
    book, sheet = sheet_of(ROWS)
    sheet["F5"] = "se verá"
    book.save(tmp_path / "m.xlsx")
    first = run(
        "intake", tmp_path / "m.xlsx", "--to", tmp_path / "a", "--preview", tmp_path / "p.html"
    )
    assert first.returncode == 1
    assert "Matriz!F5: 'se verá': nothing says what this value means" in first.stdout
    assert "1 problem is to be mended" in first.stderr
    assert "Traceback" not in first.stderr
    assert "se verá" in (tmp_path / "p.html").read_text()
    again = run(
        "intake", tmp_path / "m.xlsx", "--to", tmp_path / "a", "-v", "none=se verá", "-c", "topic=E"
    )
    assert (again.returncode, again.stderr.count("\n")) == (0, 2)
    assert "analysis.toml.before: analysis.toml as it was before this run" in again.stderr
    assert run("intake", tmp_path / "a", "--check").returncode == 0
    for arguments, words in (
        (("intake", tmp_path / "m.xlsx"), "--to DIR"),
        (("intake", tmp_path / "a"), "--check"),
        (("intake", tmp_path / "m.xlsx", "--to", tmp_path / "a", "-c", "topic"), "NAME=VALUE"),
        (("intake", tmp_path / "m.xlsx", "--to", tmp_path / "a", "--sheet", "Otra"), "'Matriz'"),
    ):
        wrong = run(*arguments)
        assert wrong.returncode == 2, wrong
        assert words in wrong.stderr
        assert "Traceback" not in wrong.stderr


# Any table at all

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=9)
_VALUE = st.one_of(
    _TEXT, st.sampled_from(["No hay", "n/a", "A.1 Nombre", "A.1", "Parcial", "3", "Sí", ""])
)
_ROW = st.lists(_VALUE, min_size=5, max_size=5)


def grid_of(rows: list[list[str]]) -> Grid:
    return Grid(
        "",
        tuple(
            tuple(
                Cell(f"line {y}, column {x}", (Paragraph((Run(text),)),) if text.strip() else (), y)
                for x, text in enumerate(row, start=1)
            )
            for y, row in enumerate(rows, start=1)
        ),
    )


def test_any_table_is_read_or_refused_with_places() -> None:
    outcomes: Counter[str] = Counter()

    @settings(max_examples=600, deadline=None)
    @given(st.lists(_ROW, min_size=1, max_size=6))
    def holds(rows: list[list[str]]) -> None:
        grid = grid_of([["N°", "Directriz", "Tema", "Plan", "Observaciones"], *rows])
        mapping = guess_mapping(Path("x.csv"), grid, WORDS, parties=Parties())
        table = understand(grid, mapping, WORDS)
        places = {cell.place for row in grid.rows for cell in row}
        assert all(problem.place in places and problem.todo for problem in table.problems)
        outcomes["refused" if table.blocking else "read"] += 1
        for directive in table.directives:
            for topic in directive.topics:
                for value in topic.values:
                    # Nothing that no list, pattern or person knows is an element.
                    if value.kind == "element":
                        assert value.element is not None
                        assert re.search(r"\d", value.literal)
                    elif value.kind:
                        assert fold(value.literal) in WORDS.values
                    else:
                        assert any(value.literal == p.value for p in table.problems)

    holds()
    assert outcomes["read"] > 20
    assert outcomes["refused"] > 20


def test_the_option_that_a_message_names_can_be_copied(tmp_path: Path) -> None:
    value = "Línea de acción: alianzas con empresas de transporte del país's norte"
    rows = [list(row) for row in ROWS]
    rows[0][5] = value
    book, _ = sheet_of(rows)
    (problem,) = taken(tmp_path, book).table.problems
    found = re.search(r"with (-v .*) \(CLASS", problem.todo)
    assert found
    option = shlex.split(found[1].replace("CLASS", "element"))
    assert option == ["-v", f"element={value}"]
    rows[0][5] = "x" * 300
    (tmp_path / "long").mkdir()
    (problem,) = taken(tmp_path / "long", sheet_of(rows)[0]).table.problems
    assert "-v" not in problem.todo

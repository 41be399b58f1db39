"""What nobody gave a role is told: columns left out by a guess, frameworks that are not named."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from gapgraph.account import check_read, left_out, reading
from gapgraph.errors import ViolationError
from gapgraph.intake.command import Intake, read_folder, take_in
from gapgraph.intake.mapping import Parties
from gapgraph.intake.problems import Problem
from gapgraph.namespaces import ID
from test_taken_tables import DATA, Rows, csv_of, read, run

ROWS: Rows = [
    ["N°", "Directriz", "Plan", "Página", "Bitácora", "OK"],
    ["1", "Medir los pozos.", "A.1 Agua", "3 y siguientes", "Falta el pozo viejo.", "x"],
    ["2", "Avisar a los vecinos.", "No hay", "7", "Nada dice de las campanas.", "x"],
    ["3", "Contar los barcos.", "A.2", "8", "", ""],
]


def taken(folder: Path, rows: Rows = ROWS, **options: object) -> Intake:
    options = {"parties": Parties(framework="p", plan="q"), **options}
    return take_in(csv_of(folder, "t.csv", rows), folder / "a", DATA, **options)


def remarks(intake: Intake) -> list[tuple[str, str, bool]]:
    return [(each.place, each.what, each.blocking) for each in intake.table.problems]


def test_a_column_left_out_by_a_guess_is_told_with_its_words(tmp_path: Path) -> None:
    """Not the page, which the lists know to be nothing of ours, nor ticks."""
    told = [
        (
            "line 1, column 5",
            "column E is left out, and nobody said so: 2 of its cells hold words",
            False,
        )
    ]
    intake = taken(tmp_path)
    assert remarks(intake) == told
    (problem,) = intake.table.problems
    assert problem.value == "Bitácora"
    assert "-c observation=E" in problem.todo
    assert "-c ignore=E" in problem.todo
    assert problem.what in intake.preview()
    # The folder keeps that it was a guess.
    assert remarks(read_folder(tmp_path / "a", DATA)) == told
    for said in ("observation", "ignore"):
        assert remarks(taken(tmp_path, columns=[(said, "Bitácora")])) == []
        assert remarks(read_folder(tmp_path / "a", DATA)) == []


def test_a_column_is_named_in_the_folder_as_the_message_says(tmp_path: Path) -> None:
    taken(tmp_path)
    file = tmp_path / "a" / "analysis.toml"
    text = file.read_text(encoding="utf-8")
    assert "# E Bitácora: no role (unknown)" in text
    file.write_text(text.replace("[columns]", '[columns]\nobservation = "E"'), encoding="utf-8")
    again = read_folder(tmp_path / "a", DATA)
    assert again.table.problems == []
    assert [len(each.observations) for each in again.table.directives] == [1, 1, 0]


def test_what_is_left_out_is_never_told_as_no_observations(tmp_path: Path) -> None:
    taken(tmp_path)
    (source,) = read(tmp_path / "a")
    (column,) = source.left_out
    assert (column.letter, column.heading, column.cells) == ("E", "Bitácora", 2)
    counts = {
        "analysis": "x",
        "statements": {},
        "characters": 0,
        "left_out": [{"column": "E", "heading": "Bitácora", "cells": 2}],
    }
    assert "no observations" not in reading(counts)
    assert "no observations" in reading({**counts, "left_out": []})
    assert left_out({**counts, "left_out": []}) == []
    (said,) = left_out(counts)
    assert "column E (Bitácora) is left out by a guess, with words in 2 cells" in said
    assert "-c observation=E" in said
    check_read([counts], None)
    with pytest.raises(ViolationError, match="column E"):
        check_read([counts], 0)


@pytest.mark.whole
def test_the_commands_say_it(tmp_path: Path) -> None:
    csv_of(tmp_path, "t.csv", ROWS)
    asked = run("intake", "t.csv", "--to", "a", "--strict", cwd=tmp_path)
    assert asked.returncode == 1
    assert "'Bitácora': remark: column E is left out" in asked.stdout
    assert "1 remark: see" in asked.stderr
    strict = run(
        "build", "--no-annex", "--strict", "--analysis", "a", "--output", "b", cwd=tmp_path
    )
    assert strict.returncode == 1, strict.stderr
    assert "column E (Bitácora) is left out by a guess, with words in 2 cells" in strict.stderr
    assert not (tmp_path / "b").exists()
    assert (
        run("intake", "t.csv", "--to", "a", "-c", "ignore=E", "--strict", cwd=tmp_path).returncode
        == 0
    )


def hints(intake: Intake) -> list[Problem]:
    return [each for each in intake.table.problems if "does not name" in each.what]


def test_a_table_of_a_known_framework_is_told_its_name(tmp_path: Path) -> None:
    known = taken(tmp_path, [["N°", "Plan"], ["1", "No hay"]], parties=Parties("oas-work-plan-2"))
    text = known.table.directives[0].text
    rows: Rows = [["N°", "Directriz", "Plan"], ["1", text.upper(), "No hay"], ["2", "Otra.", "A.1"]]
    assert hints(taken(tmp_path, rows)) == []
    (hint,) = hints(taken(tmp_path, rows[:2]))
    assert "1 of 1 directives are, by identifier and text" in hint.what
    assert "--framework oas-work-plan-2" in hint.todo
    assert not hint.blocking
    assert hints(taken(tmp_path, rows[:2], parties=Parties("oas-work-plan-2"))) == []
    # Numbers without texts are those of any list, unless there are some.
    bare = [["N°", "Plan"], *([str(n), "No hay"] for n in range(3, 10))]
    assert hints(taken(tmp_path, bare[:5])) == []
    (hint,) = hints(taken(tmp_path, bare))
    assert "all 7 identifiers are" in hint.what


def test_a_table_may_name_its_framework_above_its_headings(tmp_path: Path) -> None:
    rows: Rows = [
        [str(ID["framework/oas-work-plan-2"]), "", ""],
        ["N°", "Tema", "Plan"],
        ["3", "Pozos", "No hay"],
    ]
    (alone,) = read(csv_of(tmp_path, "pozos.csv", rows))
    assert alone.description.names.framework == ID["framework/oas-work-plan-2"]
    assert alone.description.names.plan == ID["plan/pozos"]
    assert alone.description.names.analysis == ID["analysis/pozos"]
    assert alone.table.directives[0].paragraphs != ("3",)
    assert taken(tmp_path, rows, parties=Parties()).mapping.parties.framework == "oas-work-plan-2"


AXES: Rows = [
    ["Eje", "N°", "Directriz", "Línea  estratégica", "Observaciones"],
    ["Agua", "1", "Medir los pozos.", "A.1 Agua limpia", "Falta el pozo viejo."],
    ["Agua", "2", "Avisar a los vecinos.", "-", ""],
]


@pytest.mark.parametrize(
    ("heading", "typed"),
    [
        ("Eje", "-c section=Eje or -c element=Eje"),
        ("Ejes del plan de acción", ""),
        ("Componente", "-c section=Componente or -c element=Componente"),
        ("Component (2024)", "-c 'section=Component (2024)' or -c 'element=Component (2024)'"),
        ("EIXO", "-c section=EIXO or -c element=EIXO"),
        ("Eje temático", ""),
        ("Plan: eje", ""),
    ],
)
def test_a_heading_of_two_meanings_is_asked_about(heading: str, typed: str, tmp_path: Path) -> None:
    """It is not guessed; what is told can be typed as it stands."""
    told = [
        each
        for each in taken(
            tmp_path, [[heading, *ROWS[0][:3]], ["Agua viva", *ROWS[1][:3]]]
        ).table.problems
        if each.value == heading
    ]
    assert bool(told) is bool(typed)
    for problem in told:
        assert "its heading may stand for section or element" in problem.what
        assert typed in problem.todo
        assert not problem.blocking
        for role in ("section", "element"):
            named = taken(
                tmp_path,
                [[heading, *ROWS[0][:3]], ["Agua viva", *ROWS[1][:3]]],
                columns=[(role, heading)],
                values=[("element", "*")],
            )
            assert [each for each in named.table.problems if each.value == heading] == []
            assert named.mapping.columns[0].role == role


def test_who_has_no_plan_column_is_offered_that_whose_heading_may_mean_it(tmp_path: Path) -> None:
    problems = taken(tmp_path, AXES).table.problems
    (missing,) = [each for each in problems if each.blocking]
    assert missing.what == "no column says what the plan has for a directive"
    assert "with -c element=Eje or" in missing.todo
    # Two of one heading are told apart by their letters.
    twice = [["Eje", *row[1:3], "Eje", row[4]] for row in AXES[:1]] + [*AXES[1:]]
    told = {each.todo for each in taken(tmp_path, twice).table.problems if not each.blocking}
    assert {"-c section=A or -c element=A" in each for each in told} == {True, False}
    assert len(told) == 2
    # Who builds without intake is told the same roles.
    (column, *_) = taken(tmp_path, AXES).table.left_out
    counts = {
        "analysis": "x",
        "left_out": [{"column": "A", "heading": "Eje", "cells": 2, "roles": list(column.roles)}],
    }
    assert "-c section=A or -c element=A, or leave it out" in left_out(counts)[0]


def test_numbers_that_may_be_the_directives_are_told(tmp_path: Path) -> None:
    """Not where a column holds identifiers, nor where the lists know the heading."""
    rows: Rows = [
        ["Orden", "Directriz", "Plan", "Página"],
        ["3", "Medir los pozos.", "A.1 Agua", "3"],
        ["3", "Avisar a los vecinos.", "No hay", "7"],
        ["", "Contar los barcos.", "A.2", ""],
    ]
    intake = taken(tmp_path, rows)
    ((place, what, blocking),) = remarks(intake)
    assert (place, blocking) == ("line 2, column 1", False)
    assert "column A has numbers or codes in 2 cells" in what
    assert "-c directive=Orden" in intake.table.problems[0].todo
    assert [each.notation for each in intake.table.directives] == ["1", "2", "3"]
    assert remarks(taken(tmp_path, rows, columns=[("ignore", "Orden")])) == []
    named = taken(tmp_path, rows, columns=[("directive", "Orden")])
    assert not [each for each in remarks(named) if "numbers or codes" in each[1]]
    marks = [[("x" if n else "Hecho"), *row[1:]] for n, row in enumerate(rows)]
    assert remarks(taken(tmp_path, marks)) == []


@pytest.mark.parametrize("mark", ["-", "—", "?", "...", "✗"])
def test_a_bare_sign_is_asked_about_with_what_to_type(mark: str, tmp_path: Path) -> None:
    rows: Rows = [
        *ROWS[:1],
        ["1", "Medir los pozos.", mark, "", "", ""],
        ["2", "Otra.", "", "", "", ""],
    ]
    asked = [each for each in taken(tmp_path, rows).table.problems if each.value == mark]
    (problem,) = asked
    assert problem.blocking
    typed = f"-v none={shlex.quote(mark)}"
    assert f"with {typed} where it says that there is nothing" in problem.todo
    said = taken(tmp_path, rows, values=[("none", mark)])
    # A sign that is said to mean nothing says so of itself, and not of an empty cell.
    assert [[v.kind for t in each.topics for v in t.values] for each in said.table.directives] == [
        ["none"],
        [],
    ]
    word = [*ROWS[:1], ["1", "Medir los pozos.", "por ver", "", "", ""]]
    (problem,) = [each for each in taken(tmp_path, word).table.problems if each.value == "por ver"]
    assert "-v none=" not in problem.todo

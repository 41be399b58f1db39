"""What nobody gave a role is told: columns left out by a guess, frameworks that are not named."""

from __future__ import annotations

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

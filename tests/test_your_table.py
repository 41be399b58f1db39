"""The page for people who bring a table says what the program does with the table shown there."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl

from conftest import ROOT
from gapgraph.intake.command import Intake, take_in
from gapgraph.intake.mapping import Parties
from gapgraph.intake.problems import problems_as_text
from test_taken_tables import DATA, read

PAGE = (ROOT / "docs" / "your-table.md").read_text(encoding="utf-8")


def written(folder: Path) -> Path:
    """Write the table that the page shows, as the workbook that it describes."""
    shown = PAGE[PAGE.index("| Área |") :].split("\n\n")[0].splitlines()
    rows = [[cell.strip() or None for cell in line.strip("|").split("|")] for line in shown]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Matriz"
    sheet.append(["Matriz comparativa"])
    for row in (rows[0], *rows[2:]):
        sheet.append(row)
    book.save(folder / "matriz.xlsx")
    return folder / "matriz.xlsx"


def taken(folder: Path, **named: object) -> Intake:
    """Take in the table that the page shows."""
    parties = Parties(plan="plan-2030", plan_label="Plan 2030", jurisdiction="BOL")
    return take_in(written(folder), folder / "a", DATA, parties=parties, **named)


def test_the_output_on_the_page_is_the_true_one(tmp_path: Path) -> None:
    intake = taken(tmp_path)
    told = intake.summary() + problems_as_text(intake.table.problems)
    (shown,) = re.findall(r"```\n(matriz.*?)```", PAGE, re.DOTALL)
    assert shown == told
    assert [problem.blocking for problem in intake.table.problems] == [False, True]


def test_what_the_page_decides_is_enough(tmp_path: Path) -> None:
    both = {"columns": [("ignore", "Bitácora")], "values": [("none", "se verá")]}
    assert PAGE.count('-v none="se verá" -c ignore=Bitácora') == 2
    intake = taken(tmp_path, **both)
    assert intake.table.problems == []
    (source,) = read(tmp_path / "a")
    topics = [topic for each in source.table.directives for topic in each.topics]
    without = [topic for topic in topics if all(value.none for value in topic.values)]
    observations = [text for each in source.table.directives for text in each.observations]
    counted = (len(source.table.directives), len(topics), len(without), len(observations))
    assert counted == (4, 4, 2, 3)
    assert PAGE.count("`4 directives, 4 topics, 2 without category; 3 of 3 statements read`") == 2

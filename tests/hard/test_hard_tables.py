"""Tables put together by chance: what is read of one is written, and read to the same graph.

``pytest tests/hard --times 100`` tries a hundred times as many; each test tells what it tried.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from conftest import SUMMARY
from gapgraph.annex.description import read_description
from gapgraph.annex.graph import graph_of
from gapgraph.annex.sheet import sheet_of
from gapgraph.annex.taken import records_of
from gapgraph.errors import GapgraphError
from gapgraph.intake.command import Intake, guess, read_folder
from test_exports_read_back import WORDS, plain
from test_taken_tables import DATA, csv_of
from trying import summary

pytestmark = pytest.mark.whole

Say = Callable[[str, object], None]
#: Any words: a letter first, since blanks and signs alone are no words.
ANY_SCRIPT = st.builds(
    str.__add__,
    st.characters(codec="utf-8", categories=("L",)),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))),
)
#: Most of them short, some of thousands of letters.
LETTERS = st.builds(
    lambda words, times: " ".join([words] * times)[:30_000],
    ANY_SCRIPT,
    st.sampled_from([1] * 15 + [900]),
)
NOTATIONS = st.one_of(
    st.integers(1, 40).map(str),
    st.from_regex(r"[A-Z]{1,3}\.?[0-9]{1,2}(\.[0-9]{1,2}){0,2}", fullmatch=True),
    st.from_regex(r"(Article|Artículo) [0-9]{1,2}(\([a-d]\))?", fullmatch=True),
    LETTERS,
)
PARTS = st.one_of(
    st.from_regex(r"[A-Z]{1,2}\.[0-9](\.[0-9])?( [A-Z][a-z]{2,9})?", fullmatch=True),
    st.sampled_from(["none", "not found", "n/a", "partial", "covered", "no-relationship", ""]),
    LETTERS,
)


def rows(topics: st.SearchStrategy[str], *, once: bool) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Tables of a few rows.

    :param topics: what stands in the column of topics
    :param once: whether each directive has one row
    """
    return st.lists(
        st.tuples(
            NOTATIONS, LETTERS, topics, PARTS.filter(bool) if once else PARTS,
            st.sampled_from(["", "", "subset", "equal", "intersects", "none"]),
            st.sampled_from(["", "50", "high"]), st.one_of(st.just(""), LETTERS),
        ),
        min_size=1, max_size=6, unique_by=(lambda row: row[0]) if once else None,
    )  # fmt: skip


#: Rows whose identifiers and texts are one merged cell, from the first to the last.
MERGED = st.lists(st.integers(2, 7), max_size=4, unique=True).map(
    lambda cuts: [
        (first, last) for first, last in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    ]
)
#: A directive with two texts is refused, and a value beside no topic: most tables have neither.
ROWS = st.integers(1, 10).flatmap(
    lambda chosen: (
        rows(st.one_of(st.just(""), LETTERS), once=False)
        if chosen > 8
        else rows(LETTERS, once=True)
    )
)
HEADINGS = ["Code", "Requirement", "Topic", "Plan", "Relation", "Degree", "Comments"]


def sheet_with_merges(
    file: Path, rows: list[tuple[str, ...]], merged: list[tuple[int, int]]
) -> Path:
    """Write a workbook with its headings on row 1."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *rows):
        sheet.append([cell or None for cell in row])
    for first, last in merged:
        if last <= len(rows) + 1:
            for column in (1, 2):
                sheet.merge_cells(None, first, column, last, column)
    book.save(file)
    return file


def graph_from(taken: Intake, path: Path) -> Graph:
    if any(problem.blocking for problem in taken.table.problems):
        raise GapgraphError("blocked")
    described, table = records_of(taken, read_description(path), "0" * 64)
    return graph_of(table, described)


def test_any_table_that_is_read_is_written_and_read_to_the_same_graph(
    times: int, record_property: Say
) -> None:
    tables = 100 * times
    read_back = Counter[str]()

    @settings(
        max_examples=tables,
        deadline=None,
        derandomize=True,  # how many are read is asserted, and so may not be chance
        suppress_health_check=list(HealthCheck),
    )
    @given(ROWS, st.one_of(st.just([]), MERGED))
    def check(rows: list[tuple[str, ...]], merged: list[tuple[int, int]]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = (
                sheet_with_merges(folder / "t.xlsx", rows, merged)
                if merged
                else csv_of(folder, "t.csv", [HEADINGS, *rows])
            )
            try:
                graph = graph_from(guess(file, DATA, values=[("element", "*")], catalogue={}), file)
            except GapgraphError:
                read_back["refused"] += 1
                return
            sheet_of(graph, WORDS).write(folder / "again")
            again = folder / "again"
            taken = read_folder(again, DATA, catalogue={})
            assert plain(graph_from(taken, again)) == plain(graph)
            read_back["read back"] += 1

    check()
    record_property(SUMMARY, summary("tables of any words", read_back))
    assert read_back["read back"] > read_back["refused"]
    assert read_back.total() >= tables

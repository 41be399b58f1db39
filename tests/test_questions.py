"""The competency questions: each has its query or a reason, and what people read as answer."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Sequence

import pytest

from conftest import ROOT, Built
from gapgraph.errors import InputError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.tables import Row, read_tsv

COLUMNS = ("number", "es", "en", "example", "limits")
TABLE = read_tsv(ROOT / "docs" / "competency-questions.tsv", COLUMNS)

#: The directives (or categories) that answer a question, as people read them in the source: the
#: question, the query where no example is written, the column, and the numbers in order.
READ: list[tuple[int, str, str, Sequence[int]]] = [
    (1, "directives-without-category", "number", [3, 6, 25, 30, 31, 32, 34, 35, 39]),
    (4, "directives-not-assessed", "number", [17, 59]),
    (6, "mapped-only-negative", "number", [63]),
    (7, "gaps-unexplained", "number", [3, 18, 36]),
    (9, "", "number", [11, 24, 53, 58, 60, 67]),
    # 19, too: its first topic's cell says "No hay", and the observation names that framework.
    # 61: the framework recognizes children, and "no hay otra disposición" on them.
    (10, "conceptual-only", "number", [6, 19, 61]),
    (13, "categories-used-once", "categoryNumber", [7, 20, 21, 22, 23, 25, 27]),
    (16, "", "number", [19, 39, 40, 45, 51]),
    (18, "directives-without-indicator", "number", list(range(1, 18))),
    (19, "", "number", [16, 29, 38, 41, 42, 57]),
    (22, "", "number", [5, 21, 52]),
    (23, "", "number", [2, 17, 35]),
    (24, "", "number", [17]),
    (25, "", "number", [48, 49, 54]),
    (26, "terminology-doubts", "number", [55]),
    (27, "", "number", [12]),
    (28, "", "number", [54]),
    (31, "", "number", [3, 21, 61]),
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


@pytest.fixture(scope="module")
def store(built: Built) -> EmbeddedStore:
    return EmbeddedStore(built.dataset)


def example(row: Row) -> tuple[str, dict[str, list[str]]]:
    """The query and values of a command line."""
    name, *words = shlex.split(row["example"])
    values: dict[str, list[str]] = {}
    for flag, pair in zip(words[::2], words[1::2], strict=True):
        assert flag == "-p"
        key, _, value = pair.partition("=")
        values.setdefault(key, []).append(value)
    return name, values


def test_every_question_has_a_query_or_a_reason(catalogue: Catalogue) -> None:
    assert [int(row["number"]) for row in TABLE] == list(range(1, 36))
    answered = {number for query in catalogue for number in query.header.questions}
    assert answered <= set(range(1, 36))
    for row in TABLE:
        number = int(row["number"])
        assert number in answered or row["limits"].startswith("Not answered")
        if row["example"]:
            assert number in catalogue[example(row)[0]].header.questions
    assert sum(row["limits"].startswith("Not answered") for row in TABLE) <= 5


def test_every_example_answers(store: EmbeddedStore, catalogue: Catalogue) -> None:
    shown = [row for row in TABLE if row["example"]]
    assert len(shown) >= 14
    for row in shown:
        name, values = example(row)
        assert run(store, catalogue, name, values).total > 0, row["example"]


@pytest.mark.parametrize(("number", "query", "column", "wanted"), READ)
def test_answers_read_in_the_source(
    number: int,
    query: str,
    column: str,
    wanted: Sequence[int],
    store: EmbeddedStore,
    catalogue: Catalogue,
) -> None:
    name, values = (query, {}) if query else example(TABLE[number - 1])
    result = run(store, catalogue, name, values)
    place = result.names.index(column)
    found = [int(row[place].value) for row in result.rows if row[place]]
    assert list(dict.fromkeys(found)) == wanted
    assert number in catalogue[name].header.questions


def test_the_document_is_what_the_queries_say(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    text = importlib.import_module("questions").questions()
    assert text == (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (.*)$", text, re.MULTILINE) == list(catalogue.ids)
    assert len(re.findall(r"^\| \d+ \|", text, re.MULTILINE)) == 35


def test_a_question_without_query_or_reason_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    module = importlib.import_module("questions")
    table = tmp_path_factory.mktemp("table") / "questions.tsv"
    table.write_text("\t".join(COLUMNS) + "\n99\ta\tb\t\t\n", encoding="utf-8")
    monkeypatch.setattr(module, "QUESTIONS", table)
    with pytest.raises(InputError, match=r"questions\.tsv:2: has neither"):
        module.questions()
    # Nor may a query answer a question that is not asked.
    table.write_text("\t".join(COLUMNS) + "\n1\ta\tb\t\t\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"by-theme\.rq: there is no question 20"):
        module.questions()

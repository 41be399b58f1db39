"""A table with a row for each topic: what is observed of a topic is what stands in its row."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from conftest import ROOT
from gapgraph.namespaces import GG, last_segment
from gapgraph.reading.graph import reading_graph
from test_taken_tables import Rows, folder_of, read, run

HEADINGS = ["N°", "Directriz", "Tema", "Plan", "Observaciones"]
#: No observation has a word of its topic; that of 25.1 has one of another topic.
ROWS: Rows = [
    HEADINGS,
    ["11", "Medir los pozos.", "Unidades", "Acción 2.1", "El plan las crea."],
    ["11", "Medir los pozos.", "Acuerdos", "Acción 2.2", "Falta precisar los plazos."],
    ["11", "Medir los pozos.", "", "Acción 2.4", "No señala responsables."],
    ["25", "Atender a las madres.", "Parto", "Acción 3.1", "El plan lo paga, con la lactancia."],
    ["25", "Atender a las madres.", "Lactancia", "No existe", "No se menciona."],
]


def links(folder: Path, rows: Rows) -> dict[str, tuple[str, str]]:
    """Return the topic of each statement and the rule that gives it, by the ends of their IRIs."""
    (source,) = read(folder_of(folder, "a", rows))
    graph = reading_graph(source.asserted, source.description.names, ROOT / "data", by_row=True)
    return {
        last_segment(statement): (
            last_segment(graph.value(link, GG.linksTopic)),
            str(graph.value(link, GG.ruleId)),
        )
        for link, statement in graph.subject_objects(GG.ofStatement)
    }


def test_an_observation_in_the_row_of_a_topic_is_about_it(tmp_path: Path) -> None:
    own = "topics/own-row"
    assert links(tmp_path, ROWS) == {
        "11.1.1": ("11.1", own),
        "11.2.1": ("11.2", own),
        # A row that names no topic goes on with the one above.
        "11.3.1": ("11.2", own),
        "25.1.1": ("25.1", own),
        "25.2.1": ("25.2", own),
    }


@pytest.mark.parametrize(
    "rows",
    [
        # One observation on the whole directive, in its first row.
        [HEADINGS, [*ROWS[1][:4], "Falta precisar los plazos."], [*ROWS[2][:4], ""]],
        # All topics in one row: the table has no row for each.
        [HEADINGS, ["11", "Medir los pozos.", "Unidades", "A.1", "Falta precisar los plazos."],
         ["12", "Cuidar las redes.", "Redes", "A.2", "Falta precisar los plazos."]],
    ],
)  # fmt: skip
def test_where_the_table_does_not_tell_the_words_do(tmp_path: Path, rows: Rows) -> None:
    assert "topics/own-row" not in {rule for _, rule in links(tmp_path, rows).values()}


@pytest.mark.whole
def test_a_table_of_some_directives_is_built_with_their_numbers(tmp_path: Path) -> None:
    """Its numbers have holes, and nobody said which framework it is of."""
    folder_of(tmp_path, "a", ROWS)
    built = run("build", "--no-annex", "--analysis", "a", "--output", "b", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    asked = run("query", "topic-links", "--format", "csv", "--output", "b", cwd=tmp_path)
    found = list(csv.DictReader(StringIO(asked.stdout)))
    assert [(row["number"], row["topicLabel"], row["linkDirectness"]) for row in found] == [
        ("11", "Unidades", "onlyTopic"),
        ("11", "Acuerdos", "onlyTopic"),
        ("11", "Acuerdos", "onlyTopic"),
        ("25", "Parto", "onlyTopic"),
        ("25", "Lactancia", "onlyTopic"),
    ]
    gaps = run("query", "gaps", "--format", "csv", "--output", "b", cwd=tmp_path)
    assert {row["topicLabel"] for row in csv.DictReader(StringIO(gaps.stdout))} == {
        "Acuerdos",
        "Lactancia",
    }

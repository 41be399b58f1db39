"""What a stored query looks at, where the dataset has more analyses than it is about.

Counted, not timed: Oxigraph tells of each step of an evaluation how many rows came of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Built
from gapgraph.namespaces import ID
from gapgraph.queries.binding import bind
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.stored import ANALYSIS
from peer import OXIGRAPH, needs_oxigraph

pytestmark = [pytest.mark.whole, needs_oxigraph]

#: How many analyses there are beside the one that is asked about.
COPIES = 5
#: What is another's own, by the end of its IRI.
OWN = ("oas-pnat", "pnat-2017-2021")
#: Queries whose answer about one analysis rests on the others, or puts it beside them.
COMPARES = {
    "compare", "compare-concepts", "concept-gaps-across", "coverage-by-analysis",
    "covered-by-everybody", "covered-by-nobody", "differences", "only-in",
}  # fmt: skip
#: Queries that grow by little, and why.
GROWS = {
    "directives-by-unbis-concept": "goes from links to topics: those of a concept, of all analyses",
    "links-to": "looks for each link whether what it starts from is cited in the analysis",
    "reviews": "asks of each document of others what status it disputes",
    "source-lines": "the copies here are further documents of one framework",
}
#: How many times as much may be looked at, and rows that make no difference.
MOST, FEW = 1.25, 300


def names_own(part: str) -> bool:
    """Tell whether a part of a line names what is the analysis's or its plan's own."""
    return any(own in part for own in OWN)


def load(files: Path, quads: Path) -> Path:
    """Make Oxigraph's files of a dataset."""
    assert OXIGRAPH is not None
    subprocess.run(
        [OXIGRAPH, "load", "--location", files, "--file", quads],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return files


@pytest.fixture(scope="module")
def looked_at(
    built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[int, int]]:
    """Count the rows of all steps of a query: over the annex, and with copies of it beside."""
    folder = tmp_path_factory.mktemp("scaling")
    lines = built.dataset.path.read_text(encoding="utf-8").splitlines(keepends=True)
    # A triple stands in one graph: of what analyses share there are no copies.
    copied = [line for line in lines if all(map(names_own, line[:-3].rsplit(" ", 1)))]
    with (folder / "many.nq").open("w", encoding="utf-8") as stream:
        stream.writelines(lines)
        for copy in range(COPIES):
            for line in copied:
                for own in OWN:
                    line = line.replace(own, f"{own}-{copy}")  # noqa: PLW2901
                stream.write(line)
    both = (
        load(folder / "one", built.dataset.path),
        load(folder / "many", folder / "many.nq"),
    )

    def rows(step: dict[str, object]) -> int:
        children = step.get("children", [])
        assert isinstance(children, list)
        own = step.get("number of results", 0)
        assert isinstance(own, int)
        return own + sum(map(rows, children))

    def counted(query: str) -> tuple[int, int]:
        found = []
        (folder / "query.rq").write_text(query, encoding="utf-8")
        for files in both:
            assert OXIGRAPH is not None
            subprocess.run(
                [OXIGRAPH, "query", "--location", files, "--query-file", folder / "query.rq",
                 "--union-default-graph", "--results-file", folder / "answer",
                 "--results-format", "nt" if "CONSTRUCT" in query else "tsv",
                 "--stats", "--explain-file", folder / "steps.json"],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            found.append(rows(json.loads((folder / "steps.json").read_bytes())["plan"]))
        one, many = found
        return one, many

    return counted


def test_a_query_about_one_analysis_looks_at_that_one(
    looked_at: Callable[[str], tuple[int, int]],
) -> None:
    """Sub-selects and branches are answered by themselves: each says which analysis it means."""
    grown, linear = {}, {}
    for query in Catalogue.load(ROOT / "queries"):
        takes = {each.name for each in query.header.parameters}
        if ANALYSIS not in takes or query.form == "ASK":
            continue
        given = {ANALYSIS: [f"{ID}analysis/oas-pnat"]}
        one, many = looked_at(bind(query, given))
        if query.id in COMPARES:
            linear[query.id] = many <= (COPIES + 1) * 1.5 * one + FEW
        elif many > MOST * one + FEW:
            grown[query.id] = (one, many)
            linear[query.id] = many <= (COPIES + 1) * 1.5 * one + FEW
    assert grown.keys() <= GROWS.keys(), grown
    assert linear.keys() >= COMPARES
    assert all(linear.values()), linear


def test_what_is_counted_tells_a_query_that_looks_at_all(
    looked_at: Callable[[str], tuple[int, int]],
) -> None:
    one, many = looked_at("""
        PREFIX gg: <https://w3id.org/gapgraph/ontology#>
        SELECT ?topic ?count WHERE {
          VALUES ?analysis { <https://w3id.org/gapgraph/id/analysis/oas-pnat> }
          ?topic gg:inAnalysis ?analysis .
          { SELECT ?topic (COUNT(*) AS ?count)
            WHERE { ?mapping gg:mapsTopic ?topic } GROUP BY ?topic }
        }""")
    assert many > one + (COPIES - 1) * 100

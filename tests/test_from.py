"""A query's own dataset: the command, Python and HTTP answer alike (SPARQL 1.1, section 13.2)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

import gapgraph
from asking import ask, endpoint, rows
from conftest import ROOT, Built
from gapgraph.errors import UsageError
from gapgraph.store.embedded import _NAMES_GRAPHS
from serving import Server
from serving import gapgraph as command

pytestmark = pytest.mark.xdist_group("sparql")

GRAPH = "https://w3id.org/gapgraph/graph/"
NOWHERE = "SELECT * FROM <urn:x:nowhere> { ?s ?p ?o }"


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("from")) as running:
        yield running


@pytest.fixture(scope="module")
def sizes(built: Built) -> Counter[str]:
    """Return the number of triples of each graph, from the build's file."""
    quads = pyoxigraph.parse(built.dataset.read(), format=pyoxigraph.RdfFormat.N_QUADS)
    return Counter(getattr(each.graph_name, "value", "") for each in quads)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("clauses", "pattern", "graphs"),
    [
        ("FROM <{0}>", "?s ?p ?o", [0]),
        ("FROM <{0}> FROM <{1}>", "?s ?p ?o", [0, 1]),
        ("from<{1}>", "?s ?p ?o", [1]),
        ("FROM NAMED <{0}>", "?s ?p ?o", []),
        ("FROM NAMED <{0}>", "GRAPH ?g {{ ?s ?p ?o }}", [0]),
        ("FROM <{0}> FROM NAMED <{1}>", "GRAPH ?g {{ ?s ?p ?o }}", [1]),
        ("FR\\u004FM <{0}>", "?s ?p ?o", None),
    ],
)
def test_all_ways_to_ask_agree(
    server: Server,
    built: Built,
    sizes: Counter[str],
    tmp_path: Path,
    clauses: str,
    pattern: str,
    graphs: list[int] | None,
) -> None:
    names = [f"{GRAPH}context", f"{GRAPH}links"]
    text = f"SELECT (COUNT(*) AS ?n) {clauses} {{{{ {pattern} }}}}".format(*names)
    run = command(
        "sparql", text, "--format", "srj", "--output", built.dataset.path.parent, cwd=tmp_path
    )
    if graphs is None:  # an escape in a keyword is no SPARQL for any of them
        assert (ask(server, text).status, run.returncode) == (400, 2)
        return
    expected = sum(sizes[names[each]] for each in graphs)
    assert rows(ask(server, text)) == [{"n": str(expected)}]
    assert gapgraph.open(built.dataset.path.parent, ROOT).sparql(text) == [{"n": expected}]
    bindings = json.loads(run.stdout)["results"]["bindings"]
    assert [row["n"]["value"] for row in bindings] == [str(expected)]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        ("PREFIX g: <{g}> SELECT (COUNT(*) AS ?n) FROMg:context {p}", ["context"]),
        ("PREFIX g: <{g}> SELECT (COUNT(*) AS ?n)FROM NAMEDg:links {n}", ["links"]),
        ("PREFIX g: <{g}> SELECT (COUNT(*) AS ?n) FROMNAMEDg:links{n}", ["links"]),
        (
            "PREFIX : <{g}> SELECT (COUNT(*) AS ?n) from:context FROM:links {p}",
            ["context", "links"],
        ),
        ("PREFIXg:<{g}> SELECT (COUNT(*) AS ?n) FROMg:context {p}", ["context"]),
        ("PREFIX from: <{g}> SELECT (COUNT(*) AS ?n) FROMfrom:links {p}", ["links"]),
        (
            "PREFIX fromg: <urn:x:> PREFIX g: <{g}> SELECT (COUNT(*) AS ?n) FROMg:links {p}",
            ["links"],
        ),
    ],
)
def test_no_blank_is_needed_before_the_name_of_a_graph(
    server: Server, built: Built, sizes: Counter[str], query: str, graphs: list[str]
) -> None:
    text = query.format(g=GRAPH, p="{ ?s ?p ?o }", n="{ GRAPH ?g { ?s ?p ?o } }")
    expected = sum(sizes[f"{GRAPH}{name}"] for name in graphs)
    assert rows(ask(server, text)) == [{"n": str(expected)}]
    assert gapgraph.open(built.dataset.path.parent, ROOT).sparql(text) == [{"n": expected}]


@pytest.mark.whole
def test_no_blank_is_needed_after_the_form_of_a_query(server: Server, built: Built) -> None:
    topic = "{ ?s a <https://w3id.org/gapgraph/ontology#Topic> }"
    for clause, found in (("", True), (f"FROM<{GRAPH}links>", False), ("FROMg:links", False)):
        text = f"PREFIX g: <{GRAPH}> ASK{clause}{topic}"
        assert ask(server, text, "application/sparql-results+json").text.endswith(
            f'"boolean":{str(found).lower()}}}'
        )
        assert gapgraph.open(built.dataset.path.parent, ROOT).sparql(text) is found


def test_an_escape_is_looked_into_where_it_may_spell_from() -> None:
    """Whether an engine undoes it in a keyword or not, nothing that is not there is read."""
    for place, letter in enumerate("FrOm"):
        for escape in (
            f"\\u{ord(letter):04X}",
            f"\\U{ord(letter):08x}",
            f"\\u005Cu{ord(letter):04x}",
        ):
            word = "FrOm"[:place] + escape + "FrOm"[place + 1 :]
            assert _NAMES_GRAPHS.search(f"SELECT * {word} <urn:x:nowhere> {{ ?s ?p ?o }}"), word
    assert not _NAMES_GRAPHS.search(r'ASK { ?s ?p "\u00AD\u0300-\u036F\u200B \u2028 \uFEFF" }')


@pytest.mark.whole
def test_a_graph_that_is_not_there_is_an_error_everywhere(
    server: Server, built: Built, tmp_path: Path
) -> None:
    assert "urn:x:nowhere" in json.loads(ask(server, NOWHERE).body)["detail"]
    with pytest.raises(UsageError, match="urn:x:nowhere"):
        gapgraph.open(built.dataset.path.parent, ROOT).sparql(NOWHERE)
    run = command("sparql", NOWHERE, "--output", built.dataset.path.parent, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "urn:x:nowhere" in run.stderr

"""SERVICE against a second server, which holds the UN's own data: a real Oxigraph."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from conftest import Built
from external import FOLDER, needs_external
from peer import needs_oxigraph, oxigraph
from serving import Server, serving
from test_added_data import FILES, SDG, TRAFFICKING, gaps, ways

pytestmark = [needs_external, needs_oxigraph, pytest.mark.xdist_group("federation")]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    files = [FOLDER / file for file in FILES]
    with oxigraph(tmp_path_factory.mktemp("un") / "store", files) as address:
        yield address


@pytest.fixture(scope="module")
def server(
    built: Built, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    options = ("--workers", "1", "--output", str(built.output), "--allow-service", endpoint)
    with serving(tmp_path_factory.mktemp("federated"), *options) as running:
        yield running


def ask(server: Server, query: str) -> tuple[int, str]:
    answer = server.get(
        "sparql?" + urllib.parse.urlencode({"query": query}),
        Accept="application/sparql-results+json",
    )
    return answer.status, answer.text


QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX gg: <https://w3id.org/gapgraph/ontology#>
PREFIX sdgo: <http://metadata.un.org/sdg/ontology#>
SELECT ?number ?series ?indicator ?target ?goal WHERE {
  ?analysis gg:framework/dcterms:subject ?concept .
  ?topic gg:inAnalysis ?analysis ; gg:declaredGap true .
  ?directive gg:hasTopic ?topic ; gg:number ?number .
  SERVICE <%s> {
    ?series dcterms:subject ?concept ; sdgo:isSeriesOf ?indicator .
    ?indicator sdgo:isIndicatorOf ?target .
    ?target sdgo:isTargetOf ?goal .
  }
}
"""


def test_from_every_gap_to_the_uns_series_on_another_server(server: Server, endpoint: str) -> None:
    status, text = ask(server, QUERY % endpoint)
    assert status == 200, text
    found: dict[int, set[tuple[str, ...]]] = {}
    rows = json.loads(text)["results"]["bindings"]
    for row in rows:
        way = tuple(row[name]["value"] for name in ("series", "indicator", "target", "goal"))
        found.setdefault(int(row["number"]["value"]), set()).add(way)
    expected = ways(TRAFFICKING)
    assert {way[1:] for way in expected} == {(f"{SDG}C160202", f"{SDG}16.2", f"{SDG}16")}
    declared = [int(number) for number, _, status in gaps() if status == "none"]
    assert found == dict.fromkeys(declared, expected)
    assert len(rows) == len(declared) * 5


def test_an_endpoint_that_is_not_listed_is_not_asked(server: Server, endpoint: str) -> None:
    status, text = ask(server, QUERY % endpoint.replace("/query", "/other"))
    assert status == 400
    assert endpoint in text


def test_the_other_way_round(server: Server, endpoint: str) -> None:
    """The UN's server asks ours: which directives of a concept of its own."""
    query = f"""
    PREFIX gg: <https://w3id.org/gapgraph/ontology#>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    SELECT DISTINCT ?from WHERE {{
      <{SDG}VC_HTF_DETV> dcterms:subject ?concept .
      SERVICE <{server.url}sparql> {{ ?link gg:linkTo ?concept ; gg:linkFrom ?from }}
    }}"""
    request = urllib.request.Request(
        f"{endpoint}?" + urllib.parse.urlencode({"query": query}),
        headers={"Accept": "application/sparql-results+json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        rows = json.load(answer)["results"]["bindings"]
    base = "https://w3id.org/gapgraph/id/"
    assert {row["from"]["value"] for row in rows} == {
        f"{base}framework/oas-work-plan-2",
        f"{base}plan/pnat-2017-2021",
        f"{base}instrument/protocolo-de-palermo",
        f"{base}concept/condenar-la-trata-de-personas",
        f"{base}concept/tipificar-el-delito",
    }

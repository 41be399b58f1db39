"""The dataset from Python: `gapgraph.open()`."""

from __future__ import annotations

import pytest
from rdflib import RDF, Graph, Literal, URIRef

import gapgraph
from conftest import ROOT, Built
from expected import FRAMEWORK
from gapgraph.errors import NotBuiltError, NotFoundError, UsageError
from gapgraph.queries.api import Dataset
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

GG = "https://w3id.org/gapgraph/ontology#"


@pytest.fixture(scope="module")
def dataset(built: Built) -> Dataset:
    return gapgraph.open(built.dataset.path.parent, ROOT)


def test_rows_are_plain_values(dataset: Dataset) -> None:
    rows = dataset.query("topics-without-category", number=7)
    assert [row["number"] for row in rows] == [7] * len(rows)
    assert len(rows) == 4
    assert list(rows[0])[:3] == ["section", "sectionNumber", "sectionLabel"]
    assert rows[0]["sectionNumber"] == 1
    assert len(dataset.query("topics-without-category")) == 31
    assert len(dataset.query("topics-without-category", number=[7, "31"])) == 5
    assert len(dataset.query("topics-without-category", number=None)) == 31


def test_options(dataset: Dataset) -> None:
    rows = dataset.query("list-categories", sort="-categoryNumber", limit=2, lang="en")
    assert [row["categoryNumber"] for row in rows] == [29, 28]
    assert rows[0]["categoryLabel"] == "Public policies"
    assert dataset.result("list-categories", filter="categoryNumber>20", limit=1).total == 9


def test_sparql_graph_and_construct(dataset: Dataset) -> None:
    count = f"SELECT (COUNT(?d) AS ?n) WHERE {{ ?d a <{GG}Directive> }}"
    assert dataset.sparql(count) == [{"n": 67}]
    graph = dataset.graph()
    assert len(set(graph.subjects(RDF.type, URIRef(f"{GG}Directive")))) == 67
    assert [int(row[0]) for row in graph.query(count)] == [67]  # type: ignore[index,call-overload]
    detail = dataset.construct("directive-graph", number=3)
    assert (None, URIRef(f"{GG}number"), None) in detail
    assert len(detail) > 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "calls SERVICE"),
        ("SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }", "calls SERVICE"),
        ("SELECT * " + "{" * 3_000 + "}" * 3_000, "nests"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "read-only"),
    ],
    ids=["service", "silent", "deep", "update"],
)
def test_a_query_of_ones_own_does_no_harm(text: str, said: str, dataset: Dataset) -> None:
    with pytest.raises(UsageError, match=said):
        dataset.sparql(text)


def test_what_is_wrong_is_said(dataset: Dataset, built: Built) -> None:
    with pytest.raises(NotFoundError, match="did you mean"):
        dataset.query("topic-without-category")
    with pytest.raises(UsageError, match="it takes an identifier as printed"):
        dataset.query("directive-detail", number="--")
    with pytest.raises(UsageError, match="gives no rows"):
        dataset.query("directive-graph")
    with pytest.raises(UsageError, match="not valid SPARQL"):
        dataset.sparql("SELECT")
    with pytest.raises(NotBuiltError):
        gapgraph.open(built.output / "nothing", ROOT)


def test_the_version_is_that_of_the_build(dataset: Dataset, built: Built) -> None:
    assert dataset.version == built.dataset.version


def test_each_form_of_a_query_of_ones_own(dataset: Dataset) -> None:
    assert dataset.sparql(f"ASK {{ ?d a <{GG}Directive> }}") is True
    assert dataset.sparql(f"ASK {{ ?d a <{GG}Nothing> }}") is False
    built = dataset.sparql(f"CONSTRUCT WHERE {{ ?d a <{GG}Directive> }}")
    assert isinstance(built, Graph)
    assert len(built) == 67
    described = dataset.sparql(f"DESCRIBE <{FRAMEWORK}>")
    assert isinstance(described, Graph)
    assert (URIRef(FRAMEWORK), URIRef(f"{GG}directiveCount"), Literal(67)) in described


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"number": 7.5}, "number"),
        ({"number": [7, 8.5]}, "number"),
        ({"number": b"7"}, "number"),
        ({"number": {"a": 7}}, "number"),
        ({"number": object()}, "number"),
        ({"number": [None]}, "number"),
        ({"limit": "5"}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": True}, "limit"),
        ({"offset": 1.0}, "offset"),
        ({"offset": None}, "offset"),
        ({"sort": 5}, "sort"),
        ({"filter": [7]}, "filter"),
        ({"lang": "xx"}, "lang"),
        ({"lang": None}, "lang"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_value_of_a_wrong_type_names_its_parameter(
    given: dict[str, object], parameter: str, dataset: Dataset
) -> None:
    with pytest.raises(UsageError) as failure:
        dataset.query("topics-without-category", **given)
    assert failure.value.parameter == parameter
    assert parameter in str(failure.value)
    assert failure.value.todo


#: A value that another query would have to list, and part of the list.
UNLISTED = {
    ("list-topics", "statusName", "parcial"): "one of addressed, mapped, indeterminate",
    ("coverage-by-directive", "statusName", "Partial"): "addressed",
    ("recurring-gaps", "statusName", "gap"): "partial",
    ("by-theme", "themeName", "genero"): "one of ",
}


@pytest.mark.parametrize(("query", "name", "value"), UNLISTED)
def test_a_value_that_is_not_listed_is_no_question_without_an_answer(
    query: str, name: str, value: str, dataset: Dataset, built: Built
) -> None:
    """Rows that no value can have would read as if there were nothing to find."""
    listed = UNLISTED[query, name, value]
    with pytest.raises(UsageError, match=f"{name!r} of {query!r} is {value!r}: it takes") as error:
        dataset.result(query, **{name: [value]})
    assert listed in str(error.value)
    settings = ServiceConfig(built.home, Settings(), built.output)
    client = create_app(settings).test_client()
    answer = client.get(f"/queries/{query}.srj", query_string={name: value})
    assert (answer.status_code, answer.json["parameter"]) == (400, name)  # type: ignore[index]
    assert client.get(f"/queries/{query}.srj").status_code == 200
    schema = client.get("/openapi.json").json["paths"][f"/queries/{query}"]["get"]["parameters"]  # type: ignore[index]
    enum = next(each["schema"]["items"]["enum"] for each in schema if each["name"] == name)
    assert value not in enum
    assert client.get(f"/queries/{query}.srj", query_string={name: enum[0]}).status_code == 200

"""The way in for assistants: the official client over standard input and output."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from conftest import ROOT, Built
from mcp import Client, StdioServerParameters
from serving import environment

SOURCE = (ROOT / "data" / "source" / "annex.txt").read_text(encoding="utf-8")
TOOLS = {"find", "evidence", "ask", "compare", "sparql", "describe", "cite"}
#: Words that people use and no text of the table: a synonym would have to lead on.
WITHOUT_SYNONYM: set[str] = set()

Call = Callable[..., Awaitable[dict[str, Any]]]


class Refused(Exception):
    """An answer that is an error."""


def talk(built: Built, work: Callable[[Client, Call], Awaitable[Any]], **settings: str) -> Any:
    """Start the server, let a client work with it, and return what comes of it."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "gapgraph", "mcp", "--output", str(built.output)],
        env=environment(GAPGRAPH_HOME=str(ROOT), **settings),
    )

    async def session() -> Any:
        async with Client(parameters) as client:

            async def call(tool: str, **arguments: Any) -> dict[str, Any]:
                answer = await client.call_tool(tool, arguments)
                (text,) = answer.content
                if answer.is_error:
                    raise Refused(text.text)  # type: ignore[union-attr]
                told: dict[str, Any] = json.loads(text.text)  # type: ignore[union-attr]
                return told

            return await work(client, call)

    return asyncio.run(session())


def quotations(answer: Any) -> list[str]:
    """Every text of the source that an answer quotes."""
    if isinstance(answer, list):
        return [text for each in answer for text in quotations(each)]
    if not isinstance(answer, dict):
        return []
    own = [answer["quotation"]["text"]] if "quotation" in answer else []
    own += [each["text"] for name in ("quotations", "eases") for each in answer.get(name, ())]
    return own + [text for each in answer.values() for text in quotations(each)]


def flat(text: str) -> str:
    """A text with its blanks made one."""
    return " ".join(text.split())


def questions() -> list[dict[str, str]]:
    with (ROOT / "tests" / "mcp" / "questions.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_words_of_people_lead_to_the_gap_and_its_sentence(built: Built) -> None:
    asked = questions()
    assert len(asked) == 40

    async def work(_: Client, call: Call) -> list[dict[str, Any]]:
        return [
            await call("find", words=each["words"], language=each["language"], limit=3)
            for each in asked
        ]

    source = flat(SOURCE)
    missed = set()
    for each, answer in zip(asked, talk(built, work), strict=True):
        found = [topic["directive"]["identifier"] for topic in answer["topics"]]
        if each["directive"] not in found:
            missed.add(each["words"])
        texts = quotations(answer)
        assert texts
        assert [text for text in texts if flat(text) not in source] == [], each
        for topic in answer["topics"]:
            for quotation in topic["quotations"]:
                assert quotation["decides"]
                assert all(piece in quotation["text"] for piece in quotation["decides"])
        about = answer["about"]
        assert (about["topics"], about["plan"] != "", answer["data"]["version"]) == (
            111,
            True,
            built.dataset.version,
        )
        assert about["reading"]["statements"] == "151"
    assert missed == WITHOUT_SYNONYM


def test_what_is_offered(built: Built) -> None:
    async def work(client: Client, call: Call) -> tuple[Any, ...]:
        tools = (await client.list_tools()).tools
        resource = await client.read_resource("gapgraph://questions")
        prompts = (await client.list_prompts()).prompts
        for prompt in prompts:
            given = {each.name: "x" for each in prompt.arguments or ()}
            assert (await client.get_prompt(prompt.name, given)).messages
        return tools, json.loads(resource.contents[0].text), prompts, await call("describe")  # type: ignore[union-attr]

    tools, listed, prompts, described = talk(built, work)
    assert {each.name for each in tools} == TOOLS
    for each in tools:
        assert 5 < len(each.description.split()) < 100
        assert each.input_schema["type"] == "object"
    assert len(prompts) == 3
    assert {each["id"] for each in listed} == {
        file.stem for file in (ROOT / "queries").glob("*.rq")
    }
    assert {"Directive", "Topic", "hasTopic"} <= set(described["terms"])
    assert set(described["statuses"]) >= {"none", "partial", "mapped", "notAssessed"}
    assert set(described["gaps"]) < set(described["statuses"])


def test_each_tool_answers_what_the_service_would(built: Built) -> None:
    async def work(_: Client, call: Call) -> dict[str, Any]:
        return {
            "evidence": await call("evidence", directive="58", language="en"),
            "none": await call("evidence", directive="17"),
            "rows": await call("ask", question="topics-without-category", limit=3, offset=30),
            "topics": [
                row
                for offset in (0, 50, 100)
                for row in (
                    await call("ask", question="topics-in-full", limit=50, offset=offset)
                )["rows"]
            ],
            "yes": await call("ask", question="framework-complete"),
            "triples": await call("ask", question="directive-graph", parameters={"number": ["3"]}),
            "compare": await call("compare", directive="7"),
            "count": await call("sparql", query="SELECT (COUNT(*) AS ?n) { ?s a gg:Topic }"
                                .replace("gg:Topic", "<https://w3id.org/gapgraph/ontology#Topic>")),
            "graph": await call("sparql", query="CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p 1 }"),
            "cite": await call("cite", directive="7"),
            "cite topic": await call("cite", topic="19.2", language="en"),
            "cite both": await call("cite", topic="19.2", directive="19", language="pt"),
            "cite unassessed": await call("cite", directive="17"),
            "cite all": await call("cite"),
            "gaps": await call("find", words="víctimas", gaps=True, limit=50),
            "all": await call("find", words="víctimas", limit=50),
            "nothing": await call("find", words="helicóptero"),
        }  # fmt: skip

    told = talk(built, work)
    topics = told.pop("topics")
    assert len(topics) == 111
    assert {each["directive"]["identifier"] for each in told["evidence"]["topics"]} == {"58"}
    assert told["evidence"]["topics"][0]["source"]["lines"]
    assert told["none"]["topics"] == []
    assert "not assessed" in told["none"]["note"]
    assert (told["rows"]["total"], len(told["rows"]["rows"])) == (31, 1)
    assert told["rows"]["nextOffset"] is None
    assert told["yes"]["answer"] is True
    assert "gg:Mapping" in told["triples"]["graph"]
    assert [row["number"] for row in told["compare"]["rows"]] == ["7"]
    assert told["count"]["results"]["results"]["bindings"][0]["n"]["value"] == "111"
    assert told["graph"]["graph"]
    assert told["cite"]["address"].endswith("/directive/7")
    assert built.dataset.version in told["cite"]["citation"]
    assert told["cite"]["citation"].startswith("gapgraph. «Directriz 7». En: ")
    in_directive = [each for each in topics if each["directive"].endswith("/directive/7")]
    gaps = {"none", "partial", "indeterminate"}
    assert told["cite"]["counts"] == {
        "topics": len(in_directive),
        "gaps": sum(each["status"].rpartition("#")[2] in gaps for each in in_directive),
        "topicsOfTheAnalysis": 111,
    }
    assert told["cite topic"]["citation"].startswith(
        "gapgraph. «Indigenous peoples», directive 19. In: "
    )
    assert told["cite topic"]["address"].endswith("/topic/19.2")
    of_directive = sum(each["directive"].endswith("/directive/19") for each in topics)
    assert told["cite topic"]["counts"] == {
        "topics": 1,
        "gaps": 1,
        "topicsOfItsDirective": of_directive,
        "topicsOfTheAnalysis": 111,
    }
    assert "diretriz 19. Em: " in told["cite both"]["citation"]
    assert told["cite both"]["address"] == told["cite topic"]["address"]
    assert told["cite unassessed"]["address"].endswith("/directive/17")
    assert told["cite unassessed"]["counts"]["topics"] == 0
    assert told["cite all"]["counts"] == {
        "topics": 111,
        "gaps": sum(each["status"].rpartition("#")[2] in gaps for each in topics),
        "topicsOfTheAnalysis": 111,
    }
    assert {each["about"]["directives"] for each in told.values() if "about" in each} == {67}
    assert all(each["gap"] for each in told["gaps"]["topics"])
    assert 0 < told["gaps"]["total"] < told["all"]["total"]
    assert (told["nothing"]["matched"], told["nothing"]["topics"]) == ("none", [])


WRONG = [
    ("evidence", {"directive": "999"}, "there is no directive '999'"),
    ("evidence", {"directive": "7", "analysis": "bolivia"}, "there is no analysis"),
    ("evidence", {"directive": '7" } DROP ALL #'}, "there is no directive"),
    ("ask", {"question": "nada"}, "nada"),
    ("ask", {"question": "directive-detail", "parameters": {"numero": ["7"]}}, "has no parameter"),
    ("ask", {"question": "list-topics", "parameters": {"statusName": ["x"]}}, "one of addressed"),
    ("compare", {"analyses": ["nada"]}, "there is no analysis"),
    ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "read-only"),
    ("sparql", {"query": "SELECT * {"}, "line 1"),
    ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}, "SERVICE"),
    ("sparql", {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f"}, "ask for less"),
    ("cite", {"theme": "x"}, "no argument 'theme': use directive, topic, analysis, language"),
    ("cite", {"topic": "indigenas"}, "there is no topic 'indigenas' (there are: "),
    ("cite", {"topic": "19.2", "directive": "7"}, "topic '19.2' is not of directive '7'"),
    ("find", {"word": "x"}, "no argument 'word'"),
    ("find", {"words": "x", "limit": 0}, "limit"),
    ("find", {"words": "x", "language": "xx"}, "language"),
]  # fmt: skip


def test_mistakes_are_told_and_runaways_end(built: Built) -> None:
    async def work(_: Client, call: Call) -> list[str]:
        said = []
        for tool, arguments, _words in WRONG:
            with pytest.raises(Refused) as refused:
                await call(tool, **arguments)
            said.append(str(refused.value))
        # The server is still there.
        assert (await call("ask", question="framework-complete"))["answer"] is True
        return said

    said = talk(built, work, GAPGRAPH_QUERY_SECONDS="1")
    for (tool, arguments, words), text in zip(WRONG, said, strict=True):
        assert words in text, (tool, arguments, text)
        assert "Traceback" not in text

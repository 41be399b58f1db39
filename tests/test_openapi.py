"""``/openapi.json``: valid, complete, true: what it offers works, what is answered it names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from conftest import Built
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.openapi import document
from gapgraph.web.service import ServiceConfig
from serving import Server, serving

#: The checks of schemathesis that say: no error of the service, no answer that is not described.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
#: Cases for each operation: a thousand and more in all.
EXAMPLES = 15


@pytest.fixture(scope="module")
def app(built: Built) -> Any:
    return create_app(ServiceConfig(built.home, Settings(), built.output))


@pytest.fixture(scope="module")
def server(built: Built) -> Iterator[Server]:
    with serving(
        built.output,
        "--output",
        built.output,
        "--workers",
        "1",
        GAPGRAPH_QUERY_SECONDS="1",
        GAPGRAPH_CACHE_BYTES="0",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def described(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(server.get("/openapi.json").body)
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def parameters(described: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    shared = described["components"]["parameters"]
    return [
        shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in operation.get("parameters", ())
    ]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_it_is_valid(server: Server, lang: str) -> None:
    told = json.loads(server.get(f"/openapi.json?lang={lang}").body)
    assert told["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(told).validate()


@pytest.mark.whole
def test_the_languages_differ_in_words_only(app: Any) -> None:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: bare(each)
                for name, each in value.items()
                if name not in {"summary", "description", "x-sentence"}
            }
        return [bare(each) for each in value] if isinstance(value, list) else value

    with app.test_request_context():
        service = app.extensions["gapgraph"]
        spanish, english = document(service, "es"), document(service, "en")
    assert bare(spanish) == bare(english)
    for (path, method, one), (_, _, other) in zip(
        operations(spanish), operations(english), strict=True
    ):
        assert one["summary"] != other["summary"], (path, method)


@pytest.mark.whole
def test_every_query_and_every_address_is_there(app: Any, described: dict[str, Any]) -> None:
    """Except pages for people, and the documents behind other addresses."""
    for query in app.extensions["gapgraph"].catalogue:
        operation = described["paths"][f"/queries/{query.id}"]["get"]
        names = [each["name"] for each in parameters(described, operation)]
        assert names[: len(query.header.parameters)] == [
            each.name for each in query.header.parameters
        ]
        assert {"format", "lang"} < set(names)
    known = {path.partition("{")[0].rstrip("/.") for path in described["paths"]}
    for rule in app.url_map.iter_rules():
        start = rule.rule.partition("<")[0].rstrip("/.")
        room = rule.endpoint.partition(".")[0]
        if room in {"static", "pages"} or rule.endpoint == "openapi.page":
            continue
        # The graph of queries is one of the graphs.
        start = "/graph" if start == "/graph/queries" else start
        assert start in known, f"{rule.rule} is not described in src/gapgraph/web/paths"


@pytest.mark.whole
def test_every_parameter_has_an_example_that_works(
    server: Server, described: dict[str, Any]
) -> None:
    tried = 0
    for path, method, operation in operations(described):
        for parameter in parameters(described, operation):
            assert "example" in parameter, (path, parameter["name"])
            if method != "get":
                continue
            tried += 1
            target, given = path, []
            example = parameter["example"]
            for each in parameters(described, operation):
                if each["in"] == "path":
                    target = target.replace(f"{{{each['name']}}}", quote(each["example"]))
            if parameter["in"] == "query":
                values = example if isinstance(example, list) else [example]
                given = [(parameter["name"], _text(value)) for value in values]
                if path == "/sparql" and parameter["name"] != "query":
                    given.append(("query", "ASK { ?s ?p ?o }"))
                    given = [pair for pair in given if pair != ("format", "turtle")]
                if path == "/lookup" and parameter["name"] != "uri":
                    given.append(("uri", "http://metadata.un.org/sdg/5.2"))
            answer = server.get(f"{target}?{urlencode(given)}")
            # A thing leads to the document about it.
            wanted = 303 if path.startswith("/id/") else 200
            assert answer.status == wanted, (target, given, answer.text[:500])
            media = answer.headers.get_content_type()
            assert media in operation["responses"][str(wanted)]["content"], (target, given, media)
    assert tried > 200


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.whole
def test_examples_of_queries_have_rows(server: Server, described: dict[str, Any]) -> None:
    """An example that answers nothing shows nothing."""
    empty = []
    for path, _, operation in operations(described):
        if not path.startswith("/queries/") or "{" in path:
            continue
        for parameter in operation["parameters"]:
            if "$ref" in parameter or parameter["name"] in {"format", "labels", "excel"}:
                continue
            values = parameter["example"]
            values = values if isinstance(values, list) else [values]
            pairs = [(parameter["name"], _text(each)) for each in values]
            answer = server.get(f"{path}?{urlencode(pairs)}")
            if answer.headers.get("X-Total-Count") == "0":
                empty.append(f"{path}?{urlencode(pairs)}")
    found = {each.partition("?")[0] for each in empty}
    # This build has nothing to compare its plan with.
    alone = {f"/queries/{name}" for name in ("concept-gaps-across", "differences", "only-in")}
    assert alone <= found
    # A query may find nothing in a build that is as it should be.
    assert len(found - alone) <= 4, empty


@pytest.mark.whole
def test_the_page_names_every_operation(server: Server, described: dict[str, Any]) -> None:
    page = server.get("/api", Accept="text/html").text
    for path, _, operation in operations(described):
        assert path in page
        for parameter in parameters(described, operation):
            assert f"<code>{parameter['name']}</code>" in page


@pytest.mark.whole
def test_schemathesis_finds_nothing(server: Server, tmp_path: Path) -> None:
    """In a process of its own, since it warns of what it imports."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{server.url}openapi.json",
            "--checks",
            ",".join(CHECKS),
            "--phases",
            "fuzzing",
            "--max-examples",
            str(EXAMPLES),
            "--seed",
            "6",
            "--generation-database",
            "none",
            "--request-timeout",
            "30",
            "--suppress-health-check",
            "all",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, sys.path)),
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        },
    )
    logged = [server.errors.get() for _ in range(server.errors.qsize())]
    assert run.returncode == 0, "".join([run.stdout[-6000:], run.stderr[-2000:], *logged[-80:]])
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated
    assert int(generated[1]) >= 1000


@pytest.mark.whole
@pytest.mark.parametrize(
    ("path", "described_as", "headers", "status"),
    [
        ("/queries/gaps", "/queries/gaps", {"If_None_Match": "*"}, 304),
        ("/queries/gaps.csv", "/queries/{id}.{suffix}", {"If_None_Match": "*"}, 304),
        ("/queries/gaps.csv", "/queries/{id}.{suffix}", {"If_Match": '"x"'}, 412),
        ("/queries.json", "/queries", {"If_Match": '"x"'}, 412),
        ("/graph/context.ttl", "/graph/{path}", {"Range": "bytes=0-9"}, 206),
        ("/graph/context.ttl", "/graph/{path}", {"Range": "bytes=99999999-"}, 416),
        ("/graph/context.ttl", "/graph/{path}", {"If_Match": '"x"'}, 412),
        ("/data/gapgraph.nq", "/data/gapgraph.{suffix}", {"Range": "bytes=0-9"}, 206),
        ("/id/plan/pnat-2017-2021.ttl", "/id/{path}", {"Range": "bytes=0-9"}, 206),
    ],
)
def test_conditions_and_ranges_are_described(
    path: str,
    described_as: str,
    headers: dict[str, str],
    status: int,
    server: Server,
    described: dict[str, Any],
) -> None:
    assert server.get(path, **headers).status == status
    assert str(status) in described["paths"][described_as]["get"]["responses"]


@pytest.mark.whole
def test_headers_of_answers_are_described(server: Server, described: dict[str, Any]) -> None:
    told = server.get("/queries/gaps.csv").headers
    headers = described["paths"]["/queries/gaps"]["get"]["responses"]["200"]["headers"]
    assert set(headers) == {
        "ETag", "Content-Disposition", "X-Dataset-Version", "Link", "X-Total-Count"
    }  # fmt: skip
    assert all(told[name] for name in headers)

"""The service, as a real process: the user's question over HTTP, added files, errors."""

from __future__ import annotations

import csv
import io
import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import oracle
from conftest import Built
from gapgraph.outputs import made_otherwise
from gapgraph.settings import Home
from serving import ROOT, Server, gapgraph, serving

QUESTION = "/queries/topics-without-category"


@pytest.fixture(scope="module")
def folder(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds a build."""
    place = tmp_path_factory.mktemp("served")
    shutil.copytree(built.output, place / "build")
    return place


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder, "--workers", "1") as running:
        yield running


def expected() -> list[tuple[int, str]]:
    """Return directive and label of each topic whose cell says "No hay", from the source."""
    directives = oracle.read(ROOT / "data" / "source" / "annex.txt")
    return [
        (directive.number, label.rstrip(": "))
        for directive in directives
        for label, values in directive.topics
        if list(values) == ["No hay"]
    ]


def test_health(server: Server, folder: Path) -> None:
    answer = server.get("/health")
    manifest = json.loads((folder / "build" / "manifest.json").read_text())
    told = json.loads(answer.body)
    assert (answer.status, told["status"]) == (200, "ok")
    assert told["dataset"] == manifest["dataset"]["version"]
    assert told["quads"] == manifest["dataset"]["quads"]
    assert told["started"].endswith("+00:00")


def test_question_as_sparql_json(server: Server) -> None:
    answer = server.get(QUESTION, Accept="application/sparql-results+json")
    assert answer.headers["Content-Type"].startswith("application/sparql-results+json")
    rows = json.loads(answer.body)["results"]["bindings"]
    found = [(int(row["number"]["value"]), row["topicLabel"]["value"]) for row in rows]
    assert found == expected()
    assert len(found) == 31


def test_question_as_csv(server: Server) -> None:
    answer = server.get(f"{QUESTION}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(int(row["number"]), row["topicLabel"]) for row in rows] == expected()


def test_question_as_page(server: Server) -> None:
    answer = server.get(QUESTION, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.count("<tr>") == 1 + len(expected())
    for _, label in expected():
        assert label in answer.text


def test_page_speaks_the_language_asked_for(server: Server) -> None:
    spanish = server.get(f"{QUESTION}.html")
    english = server.get(f"{QUESTION}.html?lang=en")
    assert '<html lang="es">' in spanish.text
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in server.get(f"{QUESTION}.html", Accept_Language="en-GB").text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queries/topics-with-category", 404, "topics-without-category"),
        (f"{QUESTION}.docx", 404, "docx"),
        (f"{QUESTION}?color=red", 400, "color"),
        (f"{QUESTION}?lang=quz", 400, "quz"),
        ("/nowhere", 404, ""),
    ],
)
def test_errors_are_problems(server: Server, path: str, status: int, words: str) -> None:
    answer = server.get(path, Accept="application/problem+json, */*;q=0.1")
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == status
    assert words in problem["detail"]
    page = server.get(path, Accept="text/html")
    assert page.status == status
    assert page.headers["Content-Type"].startswith("text/html")


def test_unwanted_format_and_method(server: Server) -> None:
    assert server.get(QUESTION, Accept="image/png").status == 406
    refused = server.get(QUESTION, method="DELETE")
    assert refused.status == 405
    assert "GET" in refused.headers["Allow"]


ADDED = {
    "a.ttl": "<urn:x:s> <urn:x:p> 1 .",
    "b.trig": "<urn:x:g> { <urn:x:s> <urn:x:p> 2 . } <urn:x:s> <urn:x:p> 3 .",
    "c.nt": '<urn:x:s> <urn:x:p> "4" .\n',
    "d.nq": '<urn:x:s> <urn:x:p> "5" <urn:x:h> .\n',
    "e.jsonld": '{"@id": "urn:x:s", "urn:x:p": 6}',
    "f.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
    '<rdf:Description rdf:about="urn:x:s"><x:p>7</x:p></rdf:Description></rdf:RDF>',
}


def test_added_files_are_served(folder: Path, tmp_path: Path) -> None:
    options: list[str | Path] = []
    for name, content in ADDED.items():
        (tmp_path / name).write_text(content)
        options += ["--with", tmp_path / name]
    with serving(folder, "--workers", "1", *options) as running:
        told = json.loads(running.get("/health").body)
    manifest = json.loads((folder / "build" / "manifest.json").read_text())
    assert told["quads"] == manifest["dataset"]["quads"] + 7


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.ttl", None, "missing"),
        ("bad.ttl", "<a> <b> .\n", "bad.ttl"),
        ("bad.docx", "x", "suffix"),
        (
            "entity.rdf",
            '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "/etc/passwd">]>',
            ":2:",
        ),
        (
            "remote.jsonld",
            '{"@context": "http://127.0.0.1:1/c", "@id": "urn:x:s"}',
            "remote.jsonld",
        ),
    ],
)
def test_bad_added_file_is_one_line(
    folder: Path, tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    run = gapgraph("serve", "--port", "0", "--with", tmp_path / name, cwd=folder)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_taken_port(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = gapgraph("serve", "--port", str(port), cwd=folder)
    assert (run.returncode, run.stderr.count("\n")) == (3, 1)
    assert str(port) in run.stderr


@pytest.mark.whole
def test_a_service_without_a_build_makes_one(tmp_path: Path) -> None:
    """It says so, and builds once; a build of other files than are here is told of."""
    home = {"GAPGRAPH_HOME": str(ROOT)}
    with serving(tmp_path, "--workers", "1", **home) as running:
        assert running.get(QUESTION, Accept="text/csv").status == 200
    manifest = tmp_path / "build" / "manifest.json"
    made = manifest.read_bytes()
    with serving(tmp_path, "--workers", "1", **home) as running:
        assert running.get("/health").status == 200
    assert manifest.read_bytes() == made


def test_a_build_of_other_files_or_another_program_is_told(built: Built, home_copy: Home) -> None:
    assert made_otherwise(built.home, built.dataset) == []
    context = home_copy.data / "context.ttl"
    context.write_text(context.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert made_otherwise(home_copy, built.dataset) == ["data/context.ttl"]
    older = {**built.dataset.manifest, "basis": "0" * 64}
    assert made_otherwise(built.home, replace(built.dataset, manifest=older)) == ["gapgraph itself"]

"""``/validation`` on a real server: the build's findings in every format, and RDF sent to it."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Dataset, Graph

from conftest import Built
from gapgraph.errors import DeadlineError
from gapgraph.settings import Settings
from gapgraph.validation.render import FORMATS
from gapgraph.validation.sources import FORMATS as RDF_FORMATS
from gapgraph.validation.terms import SH
from gapgraph.validation.worker import judge_apart
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import Reply, Server, serving
from shape_cases import FOLDER, ONTOLOGY

pytestmark = pytest.mark.xdist_group("validation")

BASE = (FOLDER / "base.ttl").read_bytes()
#: A judging process takes some seconds to load, and tests run side by side.
PATIENCE = 180
LARGEST = 100_000
MEDIA = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "csv": "text/csv",
    "md": "text/markdown",
    "text": "text/plain",
}
#: The page is made by the service itself, from JSON.
WORKER_FORMS = [each for each in FORMATS if each != "html"]


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {
        "GAPGRAPH_VALIDATION_SECONDS": str(PATIENCE),
        "GAPGRAPH_MAX_BODY_BYTES": str(LARGEST),
    }
    folder = tmp_path_factory.mktemp("validation")
    with serving(folder, "--workers", "1", "--output", built.output, **limits) as running:
        yield running


def send(server: Server, body: bytes, media: str = "text/turtle", **headers: str) -> Reply:
    return server.get(
        "/validation", method="POST", body=body, timeout=PATIENCE, Content_Type=media, **headers
    )


def findings(server: Server) -> list[str]:
    """The rules of the build's findings, as JSON has them."""
    (report,) = json.loads(server.get("/validation.json").body)["reports"]
    return [each["rule"] for each in report["findings"]]


def test_every_format_tells_the_findings_of_the_build(server: Server) -> None:
    assert set(MEDIA) == set(FORMATS)
    count = len(findings(server))
    assert count > 50
    for form, media in MEDIA.items():
        by_suffix = server.get(f"/validation.{form}")
        by_accept = server.get("/validation", Accept=media)
        assert by_suffix.status == by_accept.status == 200, form
        assert by_suffix.headers.get_content_type() == media
        assert by_accept.headers.get_content_type() == media
        if form != "html":
            assert by_suffix.body == by_accept.body, form
    rows = list(csv.DictReader(io.StringIO(server.get("/validation.csv").text)))
    assert [row["rule"] for row in rows] == findings(server)
    for form, name in (("ttl", "turtle"), ("jsonld", "json-ld")):
        graph = Graph().parse(data=server.get(f"/validation.{form}").body, format=name)
        assert len(set(graph.subjects(RDF.type, SH.ValidationResult))) == count
    assert server.get("/validation.text").text.count("\n    ") == count
    assert server.get("/validation.pdf").status == 404
    assert server.get("/validation", Accept="image/png").status == 406


def test_the_page_is_one_of_the_site(server: Server) -> None:
    page = server.get("/validation", Accept="text/html", Accept_Language="en").text

    assert '<nav class="rooms"' in page
    assert 'aria-current="page">Validation</a>' in page
    assert "<style" not in page
    assert page.count("<li><span>") == len(findings(server))
    assert 'href="/id/framework/oas-work-plan-2/directive/17.html' in page


def test_one_severity_is_shown(server: Server) -> None:
    page = server.get("/validation?severity=Warning", Accept="text/html").text
    (report,) = json.loads(server.get("/validation.json?severity=Warning").body)["reports"]

    assert {each["severity"] for each in report["findings"]} == {"Warning"}
    assert report["counts"]["Info"] > 0
    assert page.count("<li><span>") == len(report["findings"])
    assert server.get("/validation?severity=Grave").status == 400


def test_rdf_that_is_sent_gets_its_report(server: Server) -> None:
    good = send(server, BASE, Accept="text/plain", Accept_Language="en")
    assert (good.status, good.text.splitlines()[-1]) == (
        200,
        "0 violations, 0 warnings, 0 remarks",
    )
    assert good.headers["Cache-Control"] == "no-store"

    nquads = "".join(
        f"{line.removesuffix(' .')} <urn:g> .\n"
        for line in Graph().parse(data=BASE).serialize(format="nt").splitlines()
    )
    same = send(server, nquads.encode(), "application/n-quads", Accept="application/json")
    assert json.loads(same.body)["reports"][0]["findings"] == []


@pytest.mark.parametrize(("media", "form"), list(zip(RDF_FORMATS, WORKER_FORMS, strict=True)))
def test_each_format_sent_and_wanted(media: str, form: str) -> None:
    """The process has loaded what each needs before it gives up opening files."""
    graph = Dataset(default_union=True)
    graph.parse(data=BASE.replace(b"gg:number 2 ;", b"gg:numbr 2 ;", 1), format="turtle")
    body = graph.serialize(format=RDF_FORMATS[media]).encode()

    report = apart(body, media=media, form=form)

    assert "declared-term" in report


def test_a_page_of_what_was_sent(server: Server) -> None:
    body = BASE.replace(b'gg:letter "a"', b'gg:letter "<script>alert(1)</script>"', 1)
    page = send(server, body, Accept="text/html").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    assert '<nav class="rooms"' in page


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"x" * (LARGEST + 1), "text/turtle", 413),
        (BASE, "text/csv", 415),
        (BASE, "application/x-www-form-urlencoded", 415),
        (b"no turtle", "text/turtle", 422),
        (b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}', "application/ld+json", 422),
    ],
)
def test_what_is_not_judged(server: Server, body: bytes, media: str, status: int) -> None:
    answer = send(server, body, media)

    assert answer.status == status
    assert answer.headers.get_content_type() == "application/problem+json"
    assert json.loads(answer.body)["status"] == status


def test_nothing_is_fetched(server: Server) -> None:
    """Imports, contexts and entities name a listener, which hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        sent = {
            "text/turtle": f"<urn:a> <http://www.w3.org/2002/07/owl#imports> <{address}> .",
            "application/ld+json": f'{{"@context": {{"@import": "{address}"}}, "@id": "urn:a"}}',
            "application/rdf+xml": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{address}">]><r>&x;</r>',
        }
        statuses = [send(server, text.encode(), media).status for media, text in sent.items()]
        with pytest.raises(TimeoutError):
            listener.accept()

    assert statuses == [200, 422, 422]


def test_a_deadline_is_a_504(built: Built) -> None:
    settings = Settings.of({"GAPGRAPH_VALIDATION_SECONDS": "1"})
    client = create_app(ServiceConfig(built.home, settings, built.output)).test_client()

    answer = client.post("/validation", data=BASE * 4, content_type="text/turtle")

    assert answer.status_code == 504
    assert answer.mimetype == "application/problem+json"


def apart(
    content: bytes,
    *,
    media: str = "text/turtle",
    form: str = "text",
    memory: int = 2_000_000_000,
) -> str:
    return judge_apart(
        content,
        media,
        ontology=ONTOLOGY,
        form=form,
        language="en",
        seconds=PATIENCE,
        memory=memory,
    )


def test_too_much_memory_ends_the_process() -> None:
    large = "".join(f"<urn:s{place}> <urn:p> <urn:o{place}> .\n" for place in range(200_000))

    with pytest.raises(DeadlineError, match="memory"):
        apart(large.encode(), memory=250_000_000)


def test_the_process_finds_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It needs neither a path in the environment nor a folder to be started in."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "gapgraph.py").write_text("raise SystemExit('another gapgraph')")
    monkeypatch.chdir(tmp_path)

    assert apart(BASE).endswith("0 violations, 0 warnings, 0 remarks\n")

"""``/validation`` on a real server: the build's findings in every format, and RDF sent to it."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import itertools
import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from rdflib import RDF, Dataset, Graph

from conftest import Built
from gapgraph.errors import DeadlineError
from gapgraph.namespaces import GG
from gapgraph.rdf import FORMATS as RDF_FORMATS
from gapgraph.settings import Settings
from gapgraph.validation.render import FORMATS
from gapgraph.validation.terms import SH
from gapgraph.validation.worker import judge_apart
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import Reply, Server, serving, wait_until
from shape_cases import FOLDER, ONTOLOGY

pytestmark = pytest.mark.xdist_group("validation")

BASE = (FOLDER / "base.ttl").read_bytes()
#: A judging process takes some seconds to load, and tests run side by side.
PATIENCE = 180
LARGEST = 120_000
MEDIA = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "json": "application/json",
    "csv": "text/csv",
    "md": "text/markdown",
    "text": "text/plain",
}
#: The page is made by the service itself, from JSON.
WORKER_FORMS = [each for each in FORMATS if each != "html"]
#: Each format that is sent and each that is wanted, once at least.
PAIRS = list(
    itertools.islice(
        zip(itertools.cycle(RDF_FORMATS), itertools.cycle(WORKER_FORMS), strict=False),
        max(len(RDF_FORMATS), len(WORKER_FORMS)),
    )
)


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


@pytest.mark.whole
@pytest.mark.parametrize(
    ("media", "mark"),
    [
        ("text/rdf+n3", b""),
        ("application/x-turtle; charset=utf-8", b"\xef\xbb\xbf"),
        ("text/plain", b""),
    ],
)
def test_a_body_may_have_an_older_name_and_a_mark(server: Server, media: str, mark: bytes) -> None:
    plain = send(server, BASE, Accept="application/json")
    told = send(server, mark + BASE, media, Accept="application/json")
    assert (told.status, told.body) == (200, plain.body)


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


def sheet(body: bytes) -> list[list[str]]:
    """The cells of a workbook's first sheet."""
    (first, *_) = openpyxl.load_workbook(io.BytesIO(body)).worksheets
    return [["" if cell.value is None else str(cell.value) for cell in row] for row in first.rows]


@pytest.mark.whole
def test_a_workbook_holds_what_the_csv_does(server: Server) -> None:
    for query in ("", "?severity=Warning", "?lang=en"):
        reply = server.get(f"/validation.xlsx{query}")
        assert reply.status == 200, reply.text
        told = list(csv.reader(io.StringIO(server.get(f"/validation.csv{query}").text)))
        assert sheet(reply.body) == told
        assert len(told) > 10
    media = reply.headers.get_content_type()
    assert media == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert server.get("/validation?lang=en", Accept=media).body == reply.body


@pytest.mark.whole
@pytest.mark.parametrize("text", ["=1+1", "+51 1", "@SUM(A1)"])
def test_a_workbook_of_what_was_sent_has_no_formula(server: Server, text: str) -> None:
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    body = f'<urn:a> a <{GG}Directive> ; <{GG}number> "{text}" .'.encode()
    reply = server.get(
        "/validation", method="POST", body=body, Content_Type="text/turtle", Accept=media
    )
    cells = [cell for row in sheet(reply.body) for cell in row]
    assert any(text in cell for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(reply.body))
    assert "f" not in {cell.data_type for each in book for row in each.rows for cell in row}


@pytest.mark.whole
def test_the_page_is_one_of_the_site(server: Server) -> None:
    page = server.get("/validation", Accept="text/html", Accept_Language="en").text

    assert '<nav class="rooms"' in page
    assert 'aria-current="page">Validation</a>' in page
    assert "<style" not in page
    assert page.count("<li><span>") == len(findings(server))
    assert 'href="/id/framework/oas-work-plan-2/directive/17.html' in page


@pytest.mark.whole
def test_one_severity_is_shown(server: Server) -> None:
    page = server.get("/validation?severity=Warning", Accept="text/html").text
    (report,) = json.loads(server.get("/validation.json?severity=Warning").body)["reports"]

    assert {each["severity"] for each in report["findings"]} == {"Warning"}
    assert report["counts"]["Info"] > 0
    assert page.count("<li><span>") == len(report["findings"])
    assert server.get("/validation?severity=Grave").status == 400


@pytest.mark.whole
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


@pytest.mark.whole
@pytest.mark.parametrize(("media", "form"), PAIRS)
def test_each_format_sent_and_wanted(media: str, form: str) -> None:
    """The process has loaded what each needs before it gives up opening files."""
    graph = Dataset(default_union=True)
    graph.parse(data=BASE.replace(b"gg:number 2 ;", b"gg:numbr 2 ;", 1), format="turtle")
    body = graph.serialize(format=media).encode()

    report = apart(body, media=media, form=form)

    assert "declared-term" in report


@pytest.mark.whole
def test_a_page_of_what_was_sent(server: Server) -> None:
    body = BASE.replace(b'gg:letter "a"', b'gg:letter "<script>alert(1)</script>"', 1)
    page = send(server, body, Accept="text/html").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    assert '<nav class="rooms"' in page


@pytest.mark.whole
@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"x" * (LARGEST + 1), "text/turtle", 413),
        (BASE, "text/csv", 415),
        (BASE, "application/x-www-form-urlencoded", 415),
        (b"no turtle", "text/turtle", 422),
        (b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}', "application/ld+json", 422),
    ],
    ids=["too large", "no RDF", "a form", "no Turtle", "a context elsewhere"],
)
def test_what_is_not_judged(server: Server, body: bytes, media: str, status: int) -> None:
    answer = send(server, body, media)

    assert answer.status == status
    assert answer.headers.get_content_type() == "application/problem+json"
    assert json.loads(answer.body)["status"] == status


@pytest.mark.whole
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


@pytest.mark.whole
def test_a_deadline_is_a_504(built: Built) -> None:
    settings = Settings.of({"GAPGRAPH_VALIDATION_SECONDS": "1"})
    client = create_app(ServiceConfig(built.home, settings, built.output)).test_client()

    # As many tables as no machine judges in a second.
    many = b"\n".join(BASE.replace(b"<urn:", b"<urn:%d-" % n) for n in range(100))
    answer = client.post("/validation", data=many, content_type="text/turtle")

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


@pytest.mark.whole
def test_too_much_memory_ends_the_process() -> None:
    large = "".join(f"<urn:s{place}> <urn:p> <urn:o{place}> .\n" for place in range(200_000))

    with pytest.raises(DeadlineError, match="memory"):
        apart(large.encode(), memory=250_000_000)


@pytest.mark.whole
def test_the_process_finds_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It needs neither a path in the environment nor a folder to be started in."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "gapgraph.py").write_text("raise SystemExit('another gapgraph')")
    monkeypatch.chdir(tmp_path)

    assert apart(BASE).endswith("0 violations, 0 warnings, 0 remarks\n")


#: Graphs that take longer to judge than any of these tests.
SLOW = {
    name: "".join(line.format(n=n, m=(n + 1) % 9_000) for n in range(9_000)).encode()
    for name, line in {
        "nodes": "[] a <https://w3id.org/gapgraph/ontology#Topic> .\n",
        "ring": "_:n{n} a <https://w3id.org/gapgraph/ontology#Topic> ; <urn:p> _:n{m} .\n",
        "named": "<urn:x{n}> a <https://w3id.org/gapgraph/ontology#Directive> .\n",
    }.items()
}


def judging(server: Server) -> set[int]:
    """The processes that judge for a server."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (place / "cmdline").read_bytes().split(b"\0")
            if any(b"validation.worker" in each for each in command):
                status = (place / "stat").read_text().rpartition(")")[2].split()
                group = os.getsid(int(status[1])) if status[1] != "1" else 0
                if group == os.getsid(server.process.pid):
                    found.add(int(place.name))
    return found


def post(server: Server, body: bytes) -> http.client.HTTPConnection:
    """Send a graph, and do not wait for its report."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, PATIENCE)
    connection.request("POST", "/validation", body, {"Content-Type": "text/turtle"})
    return connection


@pytest.mark.whole
@pytest.mark.parametrize("name", SLOW)
def test_judging_ends_with_the_service_and_does_not_shut_the_door(
    built: Built, tmp_path: Path, name: str
) -> None:
    limits = {"GAPGRAPH_VALIDATION_WORKERS": "2", "GAPGRAPH_VALIDATION_SECONDS": str(PATIENCE)}
    with serving(tmp_path, "--workers", "1", "--output", built.output, **limits) as server:
        slow = post(server, SLOW[name])
        wait_until(lambda: len(judging(server)) == 1, PATIENCE)
        assert send(server, BASE, Accept="text/plain").status == 200
        second = post(server, SLOW[name])
        wait_until(lambda: len(judging(server)) == 2, PATIENCE)
        third = send(server, BASE)
        assert (third.status, third.headers["Retry-After"]) == (503, "10")
        orphans = judging(server)
    wait_until(lambda: not any(Path(f"/proc/{each}").exists() for each in orphans), PATIENCE)
    slow.close()
    second.close()


def close(connection: http.client.HTTPConnection) -> None:
    connection.close()


def reset(connection: http.client.HTTPConnection) -> None:
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def half_close(connection: http.client.HTTPConnection) -> None:
    """Say that nothing more is sent, as a client does that is killed while it reads."""
    connection.sock.shutdown(socket.SHUT_RDWR)


#: For the tests of what ends judging: it would go on for longer than they wait.
FOR_LONG = {"GAPGRAPH_VALIDATION_SECONDS": str(10 * PATIENCE)}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("name", "hang_up"), [("nodes", close), ("ring", reset), ("named", half_close)]
)
def test_judging_ends_with_its_client(
    built: Built, tmp_path: Path, name: str, hang_up: Callable[[http.client.HTTPConnection], None]
) -> None:
    limits = {"GAPGRAPH_VALIDATION_WORKERS": "1", **FOR_LONG}
    with serving(tmp_path, "--workers", "1", "--output", built.output, **limits) as server:
        for _ in range(2):
            slow = post(server, SLOW[name])
            wait_until(lambda: len(judging(server)) == 1, PATIENCE)
            assert send(server, BASE).status == 503
            hang_up(slow)
            wait_until(lambda: not judging(server), PATIENCE)
            slow.close()
            # The place is free again for who waits, a moment after the process has ended.
            wait_until(lambda: send(server, BASE, Accept="text/plain").status == 200, PATIENCE)


@pytest.mark.whole
@pytest.mark.parametrize(("name", "sent"), list(zip(SLOW, (15, 2, 15), strict=True)))
def test_a_service_that_stops_waits_for_no_judging(
    built: Built, tmp_path: Path, name: str, sent: int
) -> None:
    options = ("--workers", "2", "--output", built.output)
    with serving(tmp_path, *options, **FOR_LONG) as server:
        slow = [post(server, SLOW[name]) for _ in range(3)]
        wait_until(lambda: len(judging(server)) == 3, PATIENCE)
        orphans = judging(server)
        server.process.send_signal(sent)
        # Each client hears it: no worker had to be killed.
        for each in slow:
            answer = each.getresponse()
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
            assert b"was ended before it was done" in answer.read()
            each.close()
        assert server.process.wait(timeout=PATIENCE) == 0
        assert not any(Path(f"/proc/{each}").exists() for each in orphans)

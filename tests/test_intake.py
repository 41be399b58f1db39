"""What a request may bring, over real connections: a host, an address, a body that comes."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from conftest import Built
from serving import Server, serving

FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def server(built: Built) -> Iterator[Server]:
    with serving(built.output, "--workers", "1", "--output", built.output) as running:
        yield running


def connection(server: Server) -> socket.socket:
    place = urlsplit(server.url)
    return socket.create_connection((str(place.hostname), place.port or 0), timeout=60)


def said(server: Server, sent: str | bytes) -> tuple[int, str]:
    """Send a request as it stands; return the status and what follows."""
    with connection(server) as one:
        one.sendall(sent if isinstance(sent, bytes) else sent.encode("latin-1"))
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = one.recv(65_536)
            assert part, "the connection ended without an answer"
            answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().splitlines()
            if line.startswith(b"content-length:")
        )
        while len(body) < length:
            part = one.recv(65_536)
            assert part, "the answer is cut"
            body += part
    return int(head.split()[1]), f"{head.decode()}\r\n\r\n{body.decode(errors='replace')}"


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        ("Host: example.org\r\n", 200),
        ("Host: example.org:8080\r\n", 200),
        ("Host: [::1]:8000\r\n", 200),
        ("", 400),
        ("Host: a.example\r\nHost: b.example\r\n", 400),
        ("Host: a.example/\r\n", 400),
        ("Host: u@a.example\r\n", 400),
        ('Host: "><script>\r\n', 400),
        ("Host: Servicio_2.red_interna:8000\r\n", 200),
        ("Host: ejemplo.pe.\r\n", 200),
        ("Host: xn--nia-8ma.pe\r\n", 200),
        ("Host: pe..ejemplo\r\n", 400),
        ("Host: .ejemplo.pe\r\n", 400),
        ("Host: xn--zz\u00b7\r\n", 400),
        ("Host: xn--\r\n", 400),
        ("Host: xn--b.ejemplo.pe\r\n", 400),
        (f"Host: {'n' * 64}.pe\r\n", 400),
        ("Host: ejemplo.pe:\r\n", 400),
        ("Host: ejemplo.pe:00000\r\n", 400),
        ("Host: ejemplo.pe:65536\r\n", 400),
        ("Host: ejemplo~pe\r\n", 400),
        ("Host: [::g]\r\n", 400),
        ("Host: [1:2:3]\r\n", 400),
    ],
)
def test_a_request_names_its_host_once(server: Server, hosts: str, status: int) -> None:
    answered, text = said(server, f"GET /data/ HTTP/1.1\r\n{hosts}\r\n")
    assert answered == status
    assert ("<script>" in text, "b.example" in text) == (False, False)


@pytest.mark.parametrize(
    "target",
    [
        "/queries/search?text=%ff",
        "/queries?text=%ff",
        "/sparql?text=%ff",
        "/gaps?concept=%ff",  # what a page does not know it leaves aside
        "/health?text=%ff",
    ],
)
def test_an_address_is_utf_8(server: Server, target: str) -> None:
    answered, text = said(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answered == 400
    assert "UTF-8" in text


def test_a_target_is_a_path(server: Server) -> None:
    answered, text = said(server, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answered == 200
    assert "\r\nallow: " in text.lower()
    answered, text = said(server, "GET /gaps HTTP/1.0\r\n\r\n")
    assert answered == 200
    answered, text = said(server, "GET elsewhere HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answered == 400
    assert "location: " not in text.lower()


def test_a_body_that_is_compressed_is_refused(server: Server) -> None:
    body = b"query=ASK{}"
    for path in ("/sparql", "/validation"):
        answered, text = said(
            server,
            f"POST {path} HTTP/1.1\r\nHost: x\r\n{FORM}Content-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body,
        )
        assert answered == 415
        assert "compressed" in text


def test_a_body_in_pieces_is_read(server: Server) -> None:
    answered, text = said(
        server,
        f"POST /sparql HTTP/1.1\r\nHost: x\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n"
        "8\r\nquery=AS\r\n3\r\nK{}\r\n0\r\n\r\n",
    )
    assert answered == 200, text
    assert json.loads(text.partition("\r\n\r\n")[2])["boolean"] is True


@pytest.mark.whole
def test_bodies_that_never_come_hold_nothing_up(server: Server) -> None:
    half = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{FORM}Content-Length: 1000\r\n\r\nq".encode()
    with contextlib.ExitStack() as held:
        silent = [held.enter_context(connection(server)) for _ in range(200)]
        for one in silent:
            one.sendall(half)
        # What is kept, what is made anew, what tells that the service lives, and a whole body.
        for path in ("queries/analyses", "queries/search?text=refugio", "health", "matrix"):
            assert server.get(path).status == 200
        answer = server.get("sparql", method="POST", body=b"query=ASK{}")
        assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)
        # Their time is over, and their connections are closed.
        for one in silent:
            said = b""
            while part := one.recv(4_000):
                said += part
            assert said.startswith(b"HTTP/1.1 408 ")
            assert b"send it again" in said


def test_large_bodies_that_never_come_hold_no_memory(server: Server) -> None:
    half = "POST /validation HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n"
    with contextlib.ExitStack() as held:
        for _ in range(8):
            held.enter_context(connection(server)).sendall(
                f"{half}Content-Length: 20000000\r\n\r\n".encode() + b" " * 100_000
            )
        answered, text = said(server, f"{half}Content-Length: 20000000\r\n\r\n")
        assert answered == 503
        assert "retry-after: 1" in text.lower()


def test_a_body_with_a_get_is_not_waited_for(server: Server) -> None:
    answered, _ = said(server, "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    assert answered == 200


@pytest.mark.parametrize("path", ["/gaps", "/queries", "/ontology.html", "/nada"])
@pytest.mark.parametrize("host", ["a..b", "xn--c", "pe:0", "~~", "_" * 70])
def test_a_page_for_a_host_that_is_none_is_whole(server: Server, path: str, host: str) -> None:
    """The page that says so is made from the same parts as every other."""
    status, answer = said(
        server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n"
    )
    assert status == 400
    assert "</html>" in answer
    assert "http:///" not in answer


@pytest.mark.parametrize("host", ["red_de_datos", "a_b.c_d:8080", "_servicio.pe"])
def test_a_host_with_an_underscore_is_called_by_its_name(server: Server, host: str) -> None:
    for path in ("/data/", "/queries/", "/.well-known/void", "/gaps"):
        _, answer = said(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert "http:///" not in answer
        assert f"http://{host}/" in answer or path in {"/gaps", "/queries/"}


#: Bodies that end before they should, as they are sent.
TORN = {
    "less than announced": "Content-Length: 90\r\n\r\nquery=ASK%7B%7D",
    "nothing of what is announced": "Content-Length: 7\r\n\r\n",
    "all but one byte": "Content-Length: 16\r\n\r\nquery=ASK%7B%7D",
    "no last piece": "Transfer-Encoding: chunked\r\n\r\nf\r\nquery=ASK%7B%7D\r\n",
    "within a piece": "Transfer-Encoding: chunked\r\n\r\n2f\r\nquery=ASK%7B%7D",
    "no size of a piece": "Transfer-Encoding: chunked\r\n\r\nf\r\nquery=ASK%7B%7D\r\nyz\r\n",
    "no piece": "Transfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.parametrize("path", ["/sparql", "/validation"])
@pytest.mark.parametrize("body", TORN)
def test_a_torn_body_is_none(server: Server, path: str, body: str) -> None:
    kind = FORM if path == "/sparql" else "Content-Type: text/turtle\r\n"
    with connection(server) as one:
        one.sendall(f"POST {path} HTTP/1.1\r\nHost: a.pe\r\n{kind}{TORN[body]}".encode())
        one.shutdown(socket.SHUT_WR)
        answer = b""
        while part := one.recv(65_536):
            answer += part
    head, _, told = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert "the body is torn" in json.loads(told)["detail"]


@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate,chunked", "foo, chunked"])
def test_a_body_in_another_transfer_coding_is_refused(server: Server, coding: str) -> None:
    body = "f\r\nquery=ASK%7B%7D\r\n0\r\n\r\n"
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\n{FORM}Transfer-Encoding: {coding}\r\n\r\n"
    status, answer = said(server, head + body)
    assert (status, "transfer coding" in answer) == (415, True)


def test_a_header_with_an_underscore_is_not_the_one_with_a_hyphen(server: Server) -> None:
    def asked(headers: str) -> tuple[int, str]:
        return said(server, f"GET /gaps HTTP/1.1\r\nHost: a.pe\r\n{headers}\r\n")

    plain = asked("Accept: text/html\r\n")
    assert plain[0] == 200
    for name, value in (
        ("accept_language", "en"), ("If_None_Match", "*"), ("ACCEPT_ENCODING", "br"),
        ("content_length", "x" * 40), ("Content_Type", "a"), ("Transfer_Encoding", "zip"),
    ):  # fmt: skip
        status, answer = asked(f"Accept: text/html\r\n{name}: {value}\r\n")
        assert (status, answer.partition("\r\n\r\n")[2]) == (200, plain[1].partition("\r\n\r\n")[2])
    for value in ("zzz", "9" * 5_000, "-1", "7"):
        body = f"{FORM}content_length: {value}\r\nContent-Length: 15\r\n\r\nquery=ASK%7B%7D"
        assert said(server, f"POST /sparql HTTP/1.1\r\nHost: a\r\n{body}")[0] == 200


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since", "If-Range", "Date"])
@pytest.mark.parametrize(
    "date",
    ["Tue, 01 Jan 123456789012 00:00:00 GMT", "Tue, 30 Feb 2021 99:99:99 GMT", "ayer",
     "Mon, 01 Jan 0001 00:00:00 +2359", "Mon, 01 Jan 2020 00:00:00 +99999999999999",
     "Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", "9" * 5_000],
)  # fmt: skip
def test_a_date_that_is_none_is_no_condition(server: Server, name: str, date: str) -> None:
    for path in ("/static/style.css", "/data/gapgraph.nq.gz", "/queries/list-topics.csv", "/gaps"):
        status, _ = said(
            server,
            f"GET {path} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n{name}: {date}\r\n"
            "Connection: close\r\n\r\n",
        )
        assert status in {200, 206}

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
            answer += one.recv(65_536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().splitlines()
            if line.startswith(b"content-length:")
        )
        while len(body) < length:
            body += one.recv(65_536)
    return int(head.split()[1]), f"{head.decode()}\r\n\r\n{body.decode()}"


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
    ],
)
def test_a_request_names_its_host_once(server: Server, hosts: str, status: int) -> None:
    answered, text = said(server, f"GET /data/ HTTP/1.1\r\n{hosts}\r\n")
    assert answered == status
    assert ("<script>" in text, "b.example" in text) == (False, False)


@pytest.mark.parametrize("path", ["/queries/search", "/queries", "/sparql", "/gaps", "/health"])
def test_an_address_is_utf_8(server: Server, path: str) -> None:
    answered, text = said(server, f"GET {path}?text=%ff HTTP/1.1\r\nHost: x\r\n\r\n")
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

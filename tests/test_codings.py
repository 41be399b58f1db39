"""What is sent compressed, and static files, which are named by their content."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from flask import Response
from flask.testing import FlaskClient

from conftest import Built
from gapgraph.settings import Settings
from gapgraph.web import create_app
from gapgraph.web.language import _BEFORE, _label
from gapgraph.web.service import ServiceConfig

_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}
#: Documents and dumps, of every size and format; and answers to queries.
DOCUMENTS = (
    "/data/gapgraph.nq",
    "/data/gapgraph.ttl",
    "/data/gapgraph.trig",
    "/data/gapgraph.jsonld",
    "/ontology.ttl",
    "/ontology.rdf",
    "/shapes.nt",
    "/graph/context.ttl",
    "/id/plan/pnat-2017-2021.jsonld",
)
RESULTS = (
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20200",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20200&format=csv",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20200&format=xml",
    "/sparql?query=CONSTRUCT%20WHERE%20%7B%3Fs%20a%20%3Fo%7D&format=nt",
)
STATIC = ("style.css", "sparql.js", "icon.svg")


@pytest.fixture(scope="module")
def app(built: Built) -> Iterator[Any]:
    made = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield made
    made.extensions["gapgraph"].pool.close()


@pytest.fixture
def client(app: Any) -> FlaskClient:
    return app.test_client()  # type: ignore[no-any-return]


@pytest.mark.parametrize("coding", _DECODERS)
@pytest.mark.parametrize("path", [*DOCUMENTS, *RESULTS])
def test_documents_and_results_are_compressed(client: FlaskClient, path: str, coding: str) -> None:
    plain = client.get(path)
    told = client.get(path, headers={"Accept-Encoding": coding})
    assert (plain.status_code, told.status_code) == (200, 200)
    assert "Content-Encoding" not in plain.headers
    assert told.headers["Content-Encoding"] == coding
    assert _DECODERS[coding](told.data) == plain.data
    assert int(told.headers["Content-Length"]) == len(told.data) < len(plain.data) / 2
    assert {"Accept", "Accept-Encoding"} <= set(plain.vary) & set(told.vary)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_each_coding_of_a_document_has_its_tag(client: FlaskClient, path: str) -> None:
    """A strong tag names bytes: conditions and ranges are of those that are sent."""
    tags = set()
    for coding in ("identity", "gzip", "br"):
        asked = {"Accept-Encoding": coding}
        whole = client.get(path, headers=asked)
        tag = whole.headers["ETag"]
        tags.add(tag)
        assert client.get(path, headers={**asked, "If-None-Match": tag}).status_code == 304
        part = client.get(path, headers={**asked, "Range": "bytes=5-24", "If-Range": tag})
        assert (part.status_code, part.data) == (206, whole.data[5:25])
        assert part.headers.get("Content-Encoding") == whole.headers.get("Content-Encoding")
        assert part.headers["Content-Range"] == f"bytes 5-24/{len(whole.data)}"
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        ("/data/gapgraph.nq.gz", "gzip, br"),
        ("/data/gapgraph.ttl.gz", "*"),
        ("/sparql?query=ASK%20%7B%7D&format=json", "gzip, br"),
        ("/ontology.ttl", "gzip;q=0, br;q=0"),
        ("/ontology.ttl", "zstd"),
    ],
)
def test_what_is_sent_as_it_is(client: FlaskClient, path: str, accepted: str) -> None:
    """What is small or packed already, and what nobody can read otherwise."""
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": accepted}).headers


def test_pages_name_static_files_by_their_content(client: FlaskClient) -> None:
    found = set()
    for page in ("/", "/queries", "/sparql?lang=en", "/gaps"):
        text = client.get(page, headers={"Accept": "text/html"}).text
        found |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    assert len(found) >= len(STATIC)
    for path in found:
        told = client.get(path, headers={"Accept-Encoding": "br"})
        assert told.status_code == 200, path
        assert told.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{12}\.[a-z]+$", path)


@pytest.mark.parametrize("name", STATIC)
def test_a_static_file_of_another_content_is_not_kept_for_good(
    client: FlaskClient, name: str
) -> None:
    stem, _, suffix = name.rpartition(".")
    present = client.get(f"/static/{name}")
    old = client.get(f"/static/{stem}.0123456789ab.{suffix}")
    assert (present.status_code, old.status_code) == (200, 200)
    assert present.data == old.data
    assert present.headers["Cache-Control"] == "public, max-age=60"
    assert old.headers["Cache-Control"] == "public, max-age=60"
    for missing in (f"{stem}.0123.{suffix}", f"no{name}", f"../{name}", f"x/{name}"):
        assert client.get(f"/static/{missing}").status_code == 404


@pytest.mark.parametrize("coding", _DECODERS)
@pytest.mark.parametrize("name", ["style.css", "sparql.js"])
def test_static_files_are_compressed(client: FlaskClient, name: str, coding: str) -> None:
    plain = client.get(f"/static/{name}")
    told = client.get(f"/static/{name}", headers={"Accept-Encoding": coding})
    assert told.headers["Content-Encoding"] == coding
    assert _DECODERS[coding](told.data) == plain.data
    assert told.headers["Vary"] == "Accept-Encoding"
    again = client.get(
        f"/static/{name}",
        headers={"Accept-Encoding": coding, "If-None-Match": told.headers["ETag"]},
    )
    assert again.status_code == 304


def test_what_is_coded_or_packed_is_never_read_for_marks_of_language(built: Built) -> None:
    """Bytes of a coded answer may be those of a mark by chance."""
    app = create_app(ServiceConfig(built.home, Settings(), built.output))
    mark = _BEFORE.encode()
    coded = b"\x1b\xff\xb6" + mark + b"\xb7"
    with app.test_request_context("/?lang=en"):
        told = Response(coded, mimetype="text/html", headers={"Content-Encoding": "br"})
        assert _label(told).data == coded
        assert _label(Response(coded, mimetype="application/zip")).data == coded
        plain = Response(mark + "señal".encode(), mimetype="application/json")
        assert _label(plain).data == "señal".encode()

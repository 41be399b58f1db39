"""RDF of others at the doors that take it: nothing is fetched, and what is read can be written."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from rdflib import BNode

from conftest import ROOT
from gapgraph.errors import InputError
from gapgraph.rdf import FORMATS, SUFFIXES, format_of_file, known_format, read_quads, read_rdf
from gapgraph.tables import read_tsv
from gapgraph.validation.sources import unit_of, units_in
from serving import gapgraph

#: IRIs that are none, and the sign that each message names.
BAD_IRIS = {
    "http://example.org/a b": "0020",
    "http://example.org/a|b": "|",
    "http://example.org/<{x}": "<",
    'http://example.org/"x"': '"',
    "http://example.org/{x}": "{",
    "urn:x^y": "^",
}
#: Ways to name a context by address, each refused before anybody listens.
CONTEXTS: dict[str, Callable[[str], object]] = {
    "second of a list": lambda to: {"@context": [{"q": "urn:x:q"}, to], "q": 1},
    "import": lambda to: {"@context": {"@version": 1.1, "@import": to}, "urn:x:q": 1},
    "scoped to a term": lambda to: {
        "@context": {"q": {"@id": "urn:x:q", "@context": [None, to]}},
        "q": {"urn:x:p": 1},
    },
    "scoped to a type": lambda to: {
        "@context": {"T": {"@id": "urn:x:T", "@context": to}},
        "@type": "T",
        "urn:x:q": 1,
    },
    "in a node below": lambda to: {"urn:x:q": {"@context": [[], to], "urn:x:p": 1}},
}
OTHER_PLACES = ("file:///etc/hostname", "/etc/hostname", "../context.jsonld")


@pytest.mark.parametrize("iri", BAD_IRIS)
@pytest.mark.parametrize("media", FORMATS)
def test_an_iri_that_is_none_is_refused_in_every_format(media: str, iri: str) -> None:
    escaped = "".join(c if c.isalnum() or c in ":/." else f"\\u{ord(c):04X}" for c in iri)
    triple = f"<urn:x:a>\n <urn:x:b> [ <urn:x:c> <{iri}> ] ."
    xml = iri.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    text = {
        "text/turtle": triple,
        "application/trig": f"<urn:x:g> {{ {triple} }}",
        "application/n-triples": f"<urn:x:a> <urn:x:b> _:c .\n_:c <urn:x:c> <{escaped}> .",
        "application/n-quads": f"_:c <urn:x:c> <{escaped}> <urn:x:g> .",
        "application/ld+json": json.dumps({"@id": "urn:x:a", "urn:x:b": [{}, {"@id": iri}]}),
        "application/rdf+xml": (
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
            f'<r:Description><x:b r:resource="{xml}"/></r:Description></r:RDF>'
        ),
    }[media]

    with pytest.raises(InputError):
        read_rdf(text.encode(), media)


@pytest.mark.parametrize("body", ['"\\ud800"', '"a\\udfffb"@es', "<urn:x:\\ud83d>"])
def test_what_utf_8_cannot_write_is_refused_with_its_line(body: str) -> None:
    for media in ("text/turtle", "application/trig", "application/n-triples"):
        with pytest.raises(InputError, match=r"^f:2: "):
            read_rdf(f"# a comment\n<urn:x:a> <urn:x:b> {body} .".encode(), media, name="f")
    with pytest.raises(InputError):
        read_rdf(b'{"@id": "urn:x:a", "urn:x:b": "\\ud800"}', "application/ld+json")


@pytest.mark.parametrize("escape", [False, True])
@pytest.mark.parametrize("way", CONTEXTS)
def test_no_context_is_fetched_on_the_command_line(tmp_path: Path, way: str, escape: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/c"
        listener.setblocking(False)
        for place in (address, *OTHER_PLACES):
            text = json.dumps(CONTEXTS[way](place))
            if escape:
                text = text.replace("@", "\\u0040")
            with pytest.raises(InputError, match=r"context"):
                read_rdf(text.encode(), "application/ld+json")
        (tmp_path / "f.jsonld").write_text(json.dumps(CONTEXTS[way](address)))
        if way == "import" and not escape:
            done = gapgraph("validate", "f.jsonld", cwd=tmp_path)
            assert done.returncode == 2
            assert "not fetched" in done.stderr
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_context_inside_the_document_is_read() -> None:
    document = {"@context": {"q": {"@id": "urn:x:q", "@language": "es"}}, "@id": "urn:x:a"}
    (quad,) = read_rdf(json.dumps({**document, "q": "ñ"}).encode(), "application/ld+json")

    assert [each.n3() for each in quad[:3]] == ["<urn:x:a>", "<urn:x:q>", '"ñ"@es']


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ("application/ld+json", '{"@context":{"q":{"@id":"urn:q","@context":' * 20_000),
        ("text/turtle", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 50_000),
        ("application/n-triples", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 50_000),
        ("application/rdf+xml", "<a><b>" * 20_000),
    ],
)
def test_what_nests_without_end_is_refused_and_ends_nothing(media: str, text: str) -> None:
    with pytest.raises(InputError, match="nests deeper"):
        read_quads(text.encode(), media)


def test_signs_that_open_and_close_in_texts_are_no_nesting() -> None:
    text = "<urn:a> <urn:b> " + ", ".join(f'"<< {n}", """a"<<"""' for n in range(2_000)) + " ."
    document = {"urn:x:q": [f'{{"[{n}' for n in range(2_000)]}

    assert len(read_quads(text.encode(), "text/turtle")) == 4_000
    assert len(read_quads(json.dumps(document).encode(), "application/ld+json")) == 2_000


@pytest.mark.parametrize("term", ["<<( <urn:a> <urn:b> 1 )>>", '"x"@es--ltr'])
def test_terms_that_rdf_1_1_has_not_are_refused(term: str) -> None:
    with pytest.raises(InputError, match=r"RDF 1\.1"):
        read_rdf(f"<urn:a> <urn:b> {term} .".encode(), "text/turtle")


#: One triple in every format.
SAME = {
    "text/turtle": "<urn:x:a> <urn:x:b> 'ñ' .",
    "application/trig": "{ <urn:x:a> <urn:x:b> 'ñ' }",
    "application/n-triples": '<urn:x:a> <urn:x:b> "ñ" .',
    "application/n-quads": '<urn:x:a> <urn:x:b> "ñ" .',
    "application/ld+json": '{"@id": "urn:x:a", "urn:x:b": "ñ"}',
    "application/rdf+xml": (
        "<?xml version='1.0' encoding='UTF-16' standalone='yes'?>\n"
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
        '<r:Description r:about="urn:x:a"><x:b>ñ</x:b></r:Description></r:RDF>'
    ),
}


NAMES = [
    row["name"]
    for row in read_tsv(ROOT / "src/gapgraph/rdf_formats.tsv", ("name", "format", "source"))
]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_format_is_called_is_read_as_it(name: str) -> None:
    (plain,) = read_rdf(SAME["text/turtle"].encode(), "text/turtle")
    media = known_format(name.upper())

    assert media in FORMATS
    assert read_rdf(SAME[media].replace("UTF-16", "UTF-8").encode(), media) == [plain]
    if name.startswith("."):
        assert format_of_file(Path(f"a{name.upper()}")) == media


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ("text/plain", SAME["application/n-triples"]),
        ("text/rdf+n3", SAME["text/turtle"]),
        ("application/json", SAME["application/ld+json"]),
        ("text/xml", SAME["application/rdf+xml"].replace("UTF-16", "UTF-8")),
        ("application/x-turtle", SAME["text/turtle"]),
    ],
)
def test_old_and_wide_media_types_are_known(media: str, text: str) -> None:
    found = known_format(media)
    assert found is not None
    assert read_rdf(text.encode(), found) == read_rdf(SAME["text/turtle"].encode(), "text/turtle")


def test_each_format_is_called_by_its_media_type_and_a_suffix(tmp_path: Path) -> None:
    assert len(NAMES) == len(set(NAMES))
    assert all(known_format(media) == media for media in FORMATS)
    assert {known_format(each) for each in SUFFIXES} == set(FORMATS)
    for other in ("image/png", ".txt", "", "text/", "turtle", ".ttl2"):
        assert known_format(other) is None
    for name, words in (
        ("nowhere", "the file is missing"),
        ("nowhere.txt", "the file is missing"),
        ("here", "has no suffix"),
        ("here.txt", "has the suffix '.txt'"),
    ):
        (tmp_path / "here").touch()
        (tmp_path / "here.txt").touch()
        with pytest.raises(InputError, match=words):
            format_of_file(tmp_path / name)


@pytest.mark.parametrize("command", ["validate", "sparql"])
def test_a_file_that_is_not_there_or_cannot_be_read_to_its_end_is_told(
    tmp_path: Path, command: str
) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    (tmp_path / "folder.ttl").mkdir()
    for name, words in (
        ("nowhere", "the file is missing"),
        ("pipe.ttl", "is a pipe or a device"),
        ("folder.ttl", "is a folder"),
    ):
        if command == "validate":
            run = gapgraph("validate", name, cwd=tmp_path)
        elif name == "nowhere":
            continue
        else:
            run = gapgraph("sparql", name, cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith(f"gapgraph: {name}: {words}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("media", FORMATS)
def test_a_byte_order_mark_tells_the_encoding(media: str, encoding: str) -> None:
    (plain,) = read_rdf(SAME["text/turtle"].encode(), "text/turtle")

    assert read_rdf(SAME[media].encode(encoding), media) == [plain]


@pytest.mark.parametrize("media", FORMATS)
def test_bytes_of_another_encoding_than_the_mark_are_told_with_their_line(media: str) -> None:
    torn = SAME[media].encode("utf-16")[:-1]
    with pytest.raises(InputError, match="not UTF-16"):
        read_rdf(torn, media)
    with pytest.raises(InputError, match=r"f:[23]: .* not UTF-8 \(is it Latin-1"):
        read_rdf(b"\xef\xbb\xbf\n" + SAME[media].encode("latin-1"), media, name="f")


def test_literals_are_read_as_they_are_written() -> None:
    text = '<urn:a> <urn:b> 007, "nope"^^<http://www.w3.org/2001/XMLSchema#boolean>, "x"@ES .'
    values = [str(quad[2]) for quad in read_rdf(text.encode(), "text/turtle")]

    assert values == ["007", "nope", "x"]


SHAPES: dict[str, Callable[[int], str]] = {
    "equal": lambda n: '[] a <urn:T> ; <urn:l> "x"@es .\n' * n,
    "ring": lambda n: "".join(f"_:n{i} <urn:p> _:n{(i + 1) % n} .\n" for i in range(n)),
    "star": lambda n: "".join(f"_:hub <urn:p> [ <urn:q> {i % 7} ] .\n" for i in range(n)),
    "chain": lambda n: "<urn:a> <urn:p> " + "[ <urn:p> " * n + "1" + " ]" * n + " .",
    "grid": lambda n: "".join(
        f"_:a{i} <urn:p> _:a{(i + 1) % n}, _:a{(i * 7 + 3) % n} .\n" for i in range(n)
    ),
}


def calls(act: Callable[[], object]) -> int:
    """Count the calls that something makes, Python's and the libraries'."""
    count = 0

    def heard(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_blank_nodes_are_named_in_work_that_grows_with_the_graph(shape: str) -> None:
    def work(size: int) -> int:
        content = SHAPES[shape](size).encode()
        return calls(lambda: units_in([read_rdf(content, "text/turtle")]))

    work(10)  # what is loaded at the first use
    one, four = work(500), work(2_000)

    assert four < 4.4 * one


@pytest.mark.parametrize("shape", SHAPES)
def test_named_blank_nodes_stay_as_many_and_have_the_same_names(shape: str) -> None:
    content = SHAPES[shape](60).encode()
    one, two = (read_rdf(content, "text/turtle") for _ in range(2))
    nodes = {node for quad in one for node in quad if isinstance(node, BNode)}
    unit = unit_of([one])

    assert unit == unit_of([two])
    assert len(unit.content.splitlines()) == len(set(one))
    words = {word for line in unit.content.splitlines() for word in line.split()}
    assert len({word for word in words if word.startswith("<urn:blank:")}) == len(nodes)


def test_names_tell_apart_what_differs_whatever_the_order() -> None:
    lines = [f'_:x{n} <urn:l> "{n}" ; <urn:p> [ <urn:q> {n} ] .' for n in range(9)]
    one, two = (
        unit_of([read_rdf("\n".join(order).encode(), "text/turtle")])
        for order in (lines, lines[::-1])
    )

    assert one == two


def test_blank_nodes_of_two_files_are_not_one() -> None:
    one, two = (read_rdf(f"_:a <urn:p> {n} .".encode(), "text/turtle") for n in (1, 2))

    content = unit_of([one, two]).content
    assert len({line.split()[0] for line in content.splitlines()}) == 2

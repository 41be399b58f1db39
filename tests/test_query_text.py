"""Queries as people send them: pasted with signs of other programs, from files, with a mark."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from asking import ask, endpoint
from conftest import Built
from gapgraph.errors import QuerySyntaxError
from gapgraph.store.embedded import parse_query
from serving import Server, environment
from serving import gapgraph as command

pytestmark = pytest.mark.xdist_group("sparql")

QUERY = 'SELECT (1 AS ?x) WHERE { FILTER("ñ" = "\u00f1") }'


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with endpoint(built, tmp_path_factory.mktemp("text")) as running:
        yield running


#: A query with a sign that is none of SPARQL's, the sign's code point and its place.
ODD = [
    ("SELECT *\u00a0{ ?s ?p ?o }", "U+00A0, NO-BREAK SPACE", (1, 9)),
    ("SELECT * {\n  ?s ?p\u200b ?o }", "U+200B, ZERO WIDTH SPACE", (2, 8)),
    ("SELECT * { ?s ?p \u201cniñas\u201d }", "U+201C, LEFT DOUBLE QUOTATION MARK", (1, 18)),
    ("SELECT * {\n\n ?s ?p \u2018it's\u2019 }", "U+2018, LEFT SINGLE QUOTATION MARK", (3, 8)),
    ("SELECT * { ?s ?p \u00abniñas\u00bb }", "U+00AB, LEFT-POINTING DOUBLE", (1, 18)),
    ("SELECT * { \uff1fs ?p ?o }", "U+FF1F, FULLWIDTH QUESTION MARK", (1, 12)),
    ("SELECT * { ?s ?p ?o FILTER(?o = \u20131) }", "U+2013, EN DASH", (1, 33)),
    ("ASK { ?s ?p ?o\u00ad }", "U+00AD, SOFT HYPHEN", (1, 15)),
    ("ASK {}\ufeff", "U+FEFF, ZERO WIDTH NO-BREAK SPACE", (1, 7)),
    ("ASK { ?s ?p 'x' . # \u201cfine\u201d\n\u3000?a ?b ?c }", "U+3000, IDEOGRAPHIC SPACE", (2, 1)),
    ("ASK { ?s\u202f?p ?o }", "U+202F, NARROW NO-BREAK SPACE", (1, 9)),
    ("ASK { ?s ?p \u201ea' }", "U+201E, DOUBLE LOW-9 QUOTATION MARK", (1, 13)),
    ("ASK FROM\u2009<urn:x:a> { ?s ?p ?o }", "U+2009, THIN SPACE", (1, 9)),
    ("ASK\x0b{}", "U+000B", (1, 4)),
]


@pytest.mark.whole
@pytest.mark.parametrize(("query", "sign", "place"), ODD)
def test_a_sign_that_no_query_has_is_named_with_its_place(
    query: str, sign: str, place: tuple[int, int]
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(query)
    assert (caught.value.line, caught.value.column) == place
    assert sign in str(caught.value)
    assert f"line {place[0]}, column {place[1]} " in str(caught.value)
    assert caught.value.todo


@pytest.mark.whole
@pytest.mark.parametrize("case", [0, 2, 3, 8])
def test_it_is_named_over_http_too(server: Server, case: int) -> None:
    query, sign, (line, column) = ODD[case]
    reply = ask(server, query)
    assert reply.status == 400
    assert sign in reply.text
    assert f"line {line}, column {column} " in reply.text


@pytest.mark.whole
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ASK { ?s ?p 'x\u2019 }", "(U+2019, RIGHT SINGLE QUOTATION MARK) closes none"),
        ('ASK { ?s ?p "x\u201d\n }', "(U+201D, RIGHT DOUBLE QUOTATION MARK) closes none"),
        ("ASK { ?s ?p 'x }", "close its quotes"),
    ],
)
def test_a_string_that_seems_to_end_does_not(query: str, said: str) -> None:
    with pytest.raises(QuerySyntaxError, match="a string does not end") as caught:
        parse_query(query)
    assert said in str(caught.value)
    assert ("closes none" in str(caught.value)) == ("closes none" in said)


@pytest.mark.whole
@pytest.mark.parametrize(
    "query",
    [
        'ASK { ?s ?p "\u201cniñas\u201d\u00a0\u200b" } # \u2013',
        "ASK { ?s <http://example.org/ni\u00f1as\u2013> ?o }",
        "ASK { ?\u0645\u06cc\u200c\u062e ?p ?o }",
        "PREFIX \u3042: <urn:x:> ASK { \u3042:\u00e9\u00b7 ?p '''\u2018it\u2019\n\u201d''' }",
    ],
)
def test_signs_that_a_query_may_have_are_left_alone(query: str) -> None:
    assert parse_query(query)[0] == "ASK"
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(f"{query}\n}}")
    assert "no sign" not in str(caught.value)


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


@pytest.mark.whole
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_mark_before_a_query_is_read_over_http(server: Server, encoding: str) -> None:
    sent = QUERY.encode(encoding)
    reply = server.get(
        "sparql",
        method="POST",
        body=sent,
        Content_Type="application/sparql-query",
        Accept="text/csv",
    )
    assert (reply.status, reply.text) == (200, "x\r\n1\r\n")
    if encoding.startswith("utf-8"):
        for reply in (
            server.get(f"sparql?query={quote(sent)}", Accept="text/csv"),
            server.get(
                "sparql",
                method="POST",
                body=urlencode({"query": sent}).encode(),
                Content_Type="application/x-www-form-urlencoded",
                Accept="text/csv",
            ),
        ):
            assert (reply.status, reply.text) == (200, "x\r\n1\r\n")


@pytest.mark.whole
def test_a_query_that_is_no_text_is_told(server: Server) -> None:
    for sent, words in ((b"ASK { \xf1 }", "byte 6 is not UTF-8"), (b"\xff\xfeA", "not UTF-16")):
        reply = server.get(
            "sparql", method="POST", body=sent, Content_Type="application/sparql-query"
        )
        assert reply.status == 400
        assert words in reply.text


@pytest.mark.whole
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_command_reads_a_file_and_stdin(built: Built, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "preguntas de hoy.rq"
    file.write_bytes(QUERY.encode(encoding))
    how = ("--format", "csv", "--output", built.output)
    run = command("sparql", file.name, *how, cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "x\n1\n", "")
    piped = subprocess.run(
        [sys.executable, "-m", "gapgraph", "sparql", "-", *map(str, how)],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="cp437"),
        input=file.read_bytes(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, b"x\r\n1\r\n", b"")


@pytest.mark.whole
def test_the_command_takes_a_query_or_says_what_it_takes(built: Built, tmp_path: Path) -> None:
    how = ("--format", "csv", "--output", built.output)
    run = command("sparql", QUERY, *how, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "x\n1\n")
    for given, words in (
        ("nowhere.rq", "'nowhere.rq' is no query, and no file is called so"),
        ("/tmp", "/tmp: is a folder"),
        ("SELECT", "'SELECT' is no query, and no file is called so"),
        ("x" * 5_000 + " {", "{ is not closed"),
    ):
        run = command("sparql", given, *how, cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert words in run.stderr


@pytest.mark.whole
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT (DATATYPE(?o) AS ?d) (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p", "an expression"),
        ("SELECT (STR(?o) AS ?x) (SUM(?v) AS ?y) { ?s ?p ?o, ?v } GROUP BY ?s", "an expression"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT names a variable"),
        ("SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s", "SELECT names a variable"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * cannot stand with GROUP BY"),
    ],
)
def test_what_grouping_lacks_is_told(query: str, words: str) -> None:
    with pytest.raises(QuerySyntaxError, match="GROUP BY") as caught:
        parse_query(query)
    assert words in str(caught.value)
    assert "does not belong there" not in str(caught.value)

"""Hostile values in every parameter: they come back as data or as the right error."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from conftest import ROOT, Built
from gapgraph.errors import UsageError
from gapgraph.queries.binding import MAX_CHARACTERS, MAX_VALUES, bind
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import KINDS, Parameter
from gapgraph.queries.results import ask
from gapgraph.queries.stored import StoredQuery
from gapgraph.store.embedded import EmbeddedStore, parse_query
from gapgraph.store.scan import tokens
from gapgraph.unicode import comparable, trimmed

#: What an attacker puts before, in and after a value that is otherwise harmless.
WRAPS = (
    "{}", '"{}', '{}"', "'{}'", '"""{}"""', "{}\n", "\t{}", "{}\\", "\\{}", " {} ", "{}#",
    "{}\u202e", "\ufeff{}", "{}\u200b", "e\u0301{}",
)  # fmt: skip
CORES = (
    "}", "{", "} } #", '" } UNION { ?s ?p ?o } #', '" UNDEF "', "?s ?p ?o", "<a> <b> <c>",
    "VALUES ?x { 1 }", "SERVICE <http://127.0.0.1/> {}", "FROM <file:///etc/passwd>",
    "; DROP ALL", "=cmd|' /C calc'!A0", "javascript:alert(1)", "\\u0022", "\\U00000022",
    "\\u005c\\u0022", "%22%7D", "$_GET", "<!-- -->", "<script>alert(1)</script>",
    "UNDEF", "true", "7", "-7", "http://example.org/a",
)  # fmt: skip
ALONE = (
    "", " ", "\x00", "a\x00b", "\x1b[31m", "\x0b", "\ud800", "\udfff", "\ufffe", "\uffff",
    "x" * 1_000_000, '"' * MAX_CHARACTERS, "\\" * MAX_CHARACTERS, "\\" * (MAX_CHARACTERS + 1),
    "9" * 5_000, "1e9", "0x10", "٧", "７", "+7", "7.0", "--7", "- 7", "1_000", "NaN",
    "http://a b", "http://a>b", "http://a\"b", "http://a{b}", "http://a\\u003eb", "http:",
    "http://", "https:///x", "file:///etc/passwd", "data:text/html,x", "//host/x", "urn:",
    "HTTP://EXAMPLE.ORG", "http://a|b", "http://a`b", "http://a^b", "http://a\u00a0b",
    "http://a\u2028b", "http://ejemplo.pe/niña", "urn:isbn:1", "es", "es-PE", "e" * 9, "es_PE",
    "@es", "es\n", "True", "FALSE", "true ", "1", "\u202e7", "\n7", "7\n",
)  # fmt: skip
HOSTILE = tuple(dict.fromkeys((*(wrap.format(core) for wrap in WRAPS for core in CORES), *ALONE)))


def one_of_each(folder: Path) -> Catalogue:
    """A catalogue of one query for each kind: it gives back what it is given."""
    folder.mkdir()
    for kind in KINDS:
        choices = '#+     choices: [one, "two \\" } words"]\n' if kind == "enumerated" else ""
        (folder / f"{kind}.rq").write_text(
            "#+ summary: {es: a, en: a}\n#+ description: {es: a, en: a}\n"
            "#+ sentence: {es: a, en: a}\n#+ tags: [a]\n#+ view: table\n#+ graphs: [asserted]\n"
            f"#+ parameters:\n#+   given:\n#+     type: {kind}\n#+     repeats: true\n"
            "#+     label: {es: a, en: a}\n#+     description: {es: a, en: a}\n"
            f"{choices}"
            "#+ columns:\n#+   given:\n#+     type: term\n"
            "#+     label: {es: a, en: a}\n#+     description: {es: a, en: a}\n"
            "SELECT ?given WHERE { VALUES ?given { UNDEF } } ORDER BY ?given\n",
            encoding="utf-8",
        )
    return Catalogue.load(folder)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


def every_parameter(catalogue: Catalogue) -> Iterator[tuple[StoredQuery, Parameter]]:
    for query in catalogue:
        for parameter in query.header.parameters:
            yield query, parameter


def operators(text: str) -> tuple[Any, dict[str, list[str]]]:
    """The operators of a query's algebra, nested as they are, and the data of its VALUES."""
    data: dict[str, list[str]] = {}

    def walk(part: object) -> Any:
        if isinstance(part, CompValue):
            keys = []
            for key, value in part.items():
                if part.name == "values" and key == "res":
                    for row in value:
                        for variable, term in row.items():
                            data.setdefault(str(variable), []).append(str(term))
                else:
                    keys.append((key, walk(value)))
            return (part.name, tuple(keys))
        if isinstance(part, list | tuple | set | frozenset):
            items = [walk(each) for each in part]
            return tuple(sorted(items, key=repr) if isinstance(part, set | frozenset) else items)
        return repr(part) if not isinstance(part, Variable) else f"?{part}"

    return walk(translateQuery(parseQuery(text)).algebra), data


def accepted(query: StoredQuery, parameter: Parameter) -> list[str]:
    """The hostile values a parameter takes; each other one is refused in the right words."""
    taken = []
    for value in HOSTILE:
        try:
            bind(query, {parameter.name: [value]})
        except UsageError as error:
            message = str(error)
            assert repr(parameter.name) in message
            assert "it takes" in message
            assert len(message) < 400
            assert message.isprintable()
        else:
            taken.append(value)
    return taken


def test_there_are_enough_hostile_values_and_parameters(catalogue: Catalogue) -> None:
    assert len(HOSTILE) >= 200
    assert len(list(every_parameter(catalogue))) >= 40


@pytest.mark.whole
def test_every_parameter_of_every_query(catalogue: Catalogue) -> None:
    tried = 0
    for query, parameter in every_parameter(catalogue):
        (block, *others) = [each for each in query.blocks if each.name == parameter.name]
        before, after = query.text[: block.start], query.text[block.end :]
        for value in accepted(query, parameter):
            bound = bind(query, {parameter.name: [value]})
            assert bound.startswith(before)
            assert others or bound.endswith(after)
            # One term or UNDEF, and the closing brace.
            parts = list(itertools.islice(tokens(bound[block.start :]), 3))
            end = 2 if parts[0].text == "-" else 1
            assert parts[0].kind in {"string", "iri", "word", "number", "other"}
            assert parts[end].text == "}"
            assert parse_query(bound)[0] == query.form
            tried += 1
    assert tried > 1_000


def whole(value: str) -> bool:
    """Tell whether a value is written as a whole number, as a parameter takes it."""
    return re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_comes_back_as_it_was(kind: str, tmp_path: Path, built: Built) -> None:
    query = one_of_each(tmp_path / "queries")[kind]
    store = EmbeddedStore(built.dataset)
    (parameter,) = query.header.parameters
    taken = [value for value in accepted(query, parameter) if trimmed(value)]
    least = {"string": 300, "integer": 2, "identifier": 200, "iri": 3, "lang": 2, "boolean": 1}
    assert len(taken) >= least.get(kind, 0)
    plain = operators(query.text)[0]
    for start in range(0, len(taken), MAX_VALUES):
        some = taken[start : start + MAX_VALUES]
        text = bind(query, {"given": some})
        shape, data = operators(text)
        assert shape == plain
        wanted = {
            str(int(v))
            if kind in {"integer", "identifier"} and whole(v)
            else trimmed(v).lower()
            if kind == "lang"
            else v
            for v in map(comparable if kind == "string" else trimmed, some)
        }
        assert set(data["given"]) == wanted
        assert {row[0].value for row in ask(store, text).rows if row[0]} == wanted
        assert {str(row[0]) for row in Graph().query(text)} == wanted  # type: ignore[index]


@pytest.mark.whole
def test_the_algebra_of_every_query_gains_no_operator(catalogue: Catalogue) -> None:
    checked = 0
    for query in catalogue:
        if not query.header.parameters:
            continue
        plain = operators(query.text)[0]
        given = {}
        for parameter in query.header.parameters:
            taken = [value for value in accepted(query, parameter) if trimmed(value)]
            if taken:
                given[parameter.name] = taken[:MAX_VALUES] if parameter.repeats else taken[:1]
        shape, data = operators(bind(query, given))
        assert shape == plain, query.id
        for name, values in given.items():
            assert len(set(data[name])) >= len(set(map(comparable, values))) * 0.9
            checked += 1
    assert checked >= 40


def test_enumerated_values_are_those_listed(tmp_path: Path) -> None:
    query = one_of_each(tmp_path / "queries")["enumerated"]
    for value in ("one", 'two " } words'):
        assert bind(query, {"given": [value]}).count("}") >= 2
    with pytest.raises(UsageError, match="it takes one of one, two"):
        bind(query, {"given": ["three"]})


def test_none_one_and_many(catalogue: Catalogue) -> None:
    query = catalogue["list-topics"]
    assert "VALUES ?number { UNDEF }" in bind(query, {})
    assert "VALUES ?number { UNDEF }" in bind(query, {"number": []})
    assert "VALUES ?number { UNDEF }" in bind(query, {"number": [""]})
    assert "VALUES ?number { 7 19 }" in bind(query, {"number": ["7", "019", "7"]})
    assert bind(query, {}) == query.text
    detail = catalogue["directive-detail"]
    for wrong, message in (
        ({"number": []}, "has no value"),
        ({"number": ["7", "8"]}, "has 2 values: give one"),
        (
            {"number": ["--"]},
            "'number' of 'directive-detail' is '--': it takes an identifier as printed",
        ),
        ({"numero": ["7"]}, "has no parameter 'numero': use analysis, number"),
        ({"": ["7"]}, "has no parameter ''"),
        ({"analysis": [f"http://a/{n}" for n in range(MAX_VALUES + 1)]}, "has 101 values"),
    ):
        with pytest.raises(UsageError, match=message):
            bind(detail, wrong)


def test_a_text_is_found_whatever_its_marks(catalogue: Catalogue, built: Built) -> None:
    store = EmbeddedStore(built.dataset)
    texts = ("Víctimas", "VICTIMAS", "vi\u0301ctimas", "víctimas")
    answers = [ask(store, bind(catalogue["search"], {"text": [text]})).rows for text in texts]
    assert len(answers[0]) > 20
    assert all(answer == answers[0] for answer in answers)


def test_every_pair_of_texts_is_one_answer_not_two(catalogue: Catalogue, built: Built) -> None:
    store = EmbeddedStore(built.dataset)
    for one, two in itertools.combinations(("niñas", "trata", "NIÑAS"), 2):
        both = ask(store, bind(catalogue["search"], {"text": [one, two]})).rows
        assert len(set(both)) == len(both)

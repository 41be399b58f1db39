"""Stored queries that are wrong: each is refused with its file and line, before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT
from gapgraph.errors import InputError, NotFoundError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import KINDS, RESERVED
from gapgraph.queries.header import GRAPHS, VIEWS

#: All of them are quick.
pytestmark = pytest.mark.every

GOOD = """#+ summary: {es: Temas, en: Topics}
#+ description: {es: Los temas., en: The topics.}
#+ sentence: {es: "Temas[ de {number}]", en: "Topics[ of {number}]"}
#+ tags: [temas]
#+ view: table
#+ graphs: [framework, asserted]
#+ questions: [1, 2]
#+ parameters:
#+   number:
#+     type: integer
#+     repeats: true
#+     label: {es: Número, en: Number}
#+     description: {es: El número., en: The number.}
#+   word:
#+     type: string
#+     label: {es: Palabra, en: Word}
#+     description: {es: La palabra., en: The word.}
#+ columns:
#+   topic:
#+     type: iri
#+     label: {es: Tema, en: Topic}
#+     description: {es: El tema., en: The topic.}
#+   number:
#+     type: integer
#+     label: {es: Número, en: Number}
#+     description: {es: El número., en: The number.}
PREFIX gg: <https://w3id.org/gapgraph/ontology#>
# VALUES ?number { 9 } is only a comment.
SELECT ?topic ?number
WHERE {
  VALUES ?number { 7 19 }
  VALUES ?word { "a } \\"b\\"" }
  ?directive gg:number ?number ;
    gg:hasTopic ?topic .
  FILTER(?word != "VALUES ?number { 3 }")
}
ORDER BY ?number ?topic
"""

#: What is changed, into what, the line that is blamed and what is said of it.
WRONG = [
    ("summary:", "sumary:", 1, "unknown key 'sumary'"),
    ("#+ summary: {es: Temas, en: Topics}\n", "", 1, "'summary' is missing"),
    ("{es: Temas, en: Topics}", '{es: Temas, en: ""}', 1, "is not a text"),
    ("{es: Temas, en: Topics}", "{es: Temas, en: Topics, xx: Sujets}", 1, "unknown key 'xx'"),
    ("{es: Temas, en: Topics}", "[Temas, Topics]", 1, "is not a group of keys"),
    ("{es: Los temas., en: The topics.}", "{en: The topics.}", 2, "'es' is missing"),
    ("[ of {number}]", "", 3, "different parameters"),
    ("{number}", "{numero}", 3, "'numero', which is no parameter"),
    ("[temas]", "temas", 4, "is not a list"),
    ("[temas]", "[]", 4, "is not a list"),
    ("view: table", "view: pie", 5, "'pie' is not allowed here: use one of table, bars, matrix"),
    ("#+ view: table", "#+ pagination: 20\n#+ view: table", 5, "unknown key 'pagination'"),
    ("[framework, asserted]", "[framework, asertado]", 6, "'asertado' is not allowed"),
    ("[1, 2]", "[uno]", 7, "is not a whole number"),
    ("#+ parameters:", "#+ parametres:", 8, "unknown key"),
    ("#+   number:\n#+     type", "#+   Number:\n#+     type", 9, "is no name"),
    ("#+   number:\n#+     type", "#+   limit:\n#+     type", 9, "means something to every"),
    ("type: integer", "type: float", 10, "'float' is not allowed here: use one of string"),
    ("type: integer", "kind: integer", 10, "unknown key 'kind'"),
    ("#+     type: integer\n", "", 10, "'type' is missing"),
    ("repeats: true", "repeats: yes", 11, "'yes' is not allowed"),
    ("type: string", "type: enumerated", 14, "enumerated without a list"),
    ("#+     type: string\n", "#+     type: string\n#+     choices: {query: nada}\n", 16,
     "'value' is missing"),
    ("#+     type: string\n",
     "#+     type: string\n#+     choices: {query: nada, value: topic, label: topic}\n", 14,
     "the query 'nada'"),
    ("#+     type: string\n",
     "#+     type: string\n#+     choices: {query: good, value: topic, label: nada}\n", 14,
     "the column 'nada'"),
    ("#+   word:\n", "#+   word:\n#+     type: string\n", 16, "'type' stands twice"),
    ("#+   word:", "#+  word:", 14, "not YAML"),
    ("#+   word:", "#+ \tword:", 14, "not YAML"),
    ("#+ tags: [temas]", "#+ tags: [temas", 5, "not YAML"),
    ("#+   topic:\n", "#+   theme:\n", 29, "projects topic number, the header names theme"),
    ("SELECT ?topic ?number", "SELECT ?number ?topic", 29, "projects number topic"),
    ("SELECT ?topic ?number", "SELECT *", 29, "projects *"),
    ("SELECT ?topic ?number", "SELECT DISTINCT *", 29, "projects *"),
    ("label: {es: Tema, en: Topic}", "label: {es: Número, en: Topic}", 1, "one label in 'es'"),
    ("ORDER BY ?number ?topic\n", "", 29, "has no ORDER BY"),
    ("PREFIX gg: <https://w3id.org/gapgraph/ontology#>\n", "", 32, "not valid SPARQL"),
    ("gg:hasTopic ?topic .", "gg:hasTopic ?topic . }", 36, "} closes nothing"),
    ("gg:hasTopic ?topic .", "gg:hasTopic ?topic . SERVICE <http://a> {}", 34, "uses SERVICE"),
    ("WHERE {", "FROM <http://a> WHERE {", 30, "uses FROM"),
    ('"VALUES ?number { 3 }"', '"VALUES', 35, "a string does not end"),
    ("  VALUES ?number { 7 19 }\n", "", 9, "stands in no block"),
    ("VALUES ?number { 7 19 }", "VALUES (?number) { (7) }", 9, "stands in no block"),
    ("{ 7 19 }", '{ "7" }', 31, "not written as it is bound: write { 7 }"),
    ("{ 7 19 }", "{ 007 }", 31, "not written as it is bound"),
    ("{ 7 19 }", "{ siete }", 31, "not valid SPARQL"),
    ("{ 7 19 }", "{ gg:x }", 31, "'number'"),
    ('{ "a } \\"b\\"" }', '{ "a" "b" }', 32, "has 2 values: give one"),
    ('{ "a } \\"b\\"" }', "{ 7 }", 32, 'write { "7" }'),
    ('{ "a } \\"b\\"" }', '{ "a"@es }', 32, "not written as it is bound"),
    ("  VALUES ?word", "  VALUES ?number { 8 }\n  VALUES ?word", 32, "has several defaults"),
    ("  VALUES ?word", "  VALUES ?other { 3 }\n  VALUES ?word", 32, "?other has one value and is"),
    ("  VALUES ?word", "  VALUES ?other { UNDEF }\n  VALUES ?word", 32, "?other has one value"),
    ('"Temas[ de {number}]"', '"Temas[ de {number}"', 3, "has a '[' without its other half"),
    ('"Temas[ de {number}]"', '"Temas de {number}]"', 3, "has a ']' without its other half"),
    ('"Topics[ of {number}]"', '"Topics[ of {number}] }"', 3, "has a '}' without its other half"),
    ("[1, 2]", "[0]", 7, "0 is too small: write 1 or more"),
    ("[1, 2]", "[1, 1]", 7, "'1' stands twice"),
    ("[framework, asserted]", "[framework, framework]", 6, "'framework' stands twice"),
    ("gg:hasTopic ?topic .", "gg:hasTopic ?theme .", 29, "nothing binds ?topic"),
    ("ORDER BY ?number ?topic", "ORDER BY ?numero ?topic", 37, "nothing binds ?numero"),
    ("FILTER(?word", "FILTER(?wrod", 35, "nothing binds ?wrod"),
    ("ORDER BY ?number ?topic\n", "ORDER BY ?number ?topic\nLIMIT 5\n", 38, "has LIMIT"),
    ("#+ view: table", "#+ defaults: [{nada: 1}]\n#+ view: table", 5, "'nada' is no parameter"),
    ("#+ view: table", "#+ defaults: [word]\n#+ view: table", 5, "'word' has no default here"),
    ("#+ view: table", "#+ defaults: [{number: 8}]\n#+ view: table", 32,
     "defaults gives 'number' 8, and its block another value"),
    ("#+ view: table", "#+ enumerate: [nada]\n#+ view: table", 5, "'nada' is no parameter"),
    ("#+ view: table", "#+ enumerate: [word]\n#+ view: table", 5, "enumerated without a list"),
    ("#+     type: string\n",
     "#+     type: enumerated\n#+     choices: [{a: {es: a, en: a}}, b]\n", 16,
     "some values have names"),
]  # fmt: skip


def load(folder: Path, content: str, name: str = "good") -> Catalogue:
    (folder / f"{name}.rq").write_text(content, encoding="utf-8")
    return Catalogue.load(folder)


def test_a_good_header_is_read_whole(tmp_path: Path) -> None:
    (query,) = load(tmp_path, GOOD)
    header = query.header
    assert (query.id, query.form, query.file) == ("good", "SELECT", tmp_path / "good.rq")
    assert (header.summary["es"], header.summary["en"]) == ("Temas", "Topics")
    assert (header.tags, header.view) == (("temas",), "table")
    assert (header.graphs, header.questions) == (("framework", "asserted"), (1, 2))
    number, word = header.parameters
    assert (number.name, number.kind, number.default) == ("number", "integer", ("7", "19"))
    assert (number.repeats, word.repeats, word.default) == (True, False, ('a } "b"',))
    assert [each.name for each in header.columns] == ["topic", "number"]
    assert query.text.startswith("PREFIX gg:")
    assert "#+" not in query.text
    assert header.ask({"number": ("7", "19")}, "es") == "Temas de 7, 19"
    assert header.ask({"number": ()}, "en") == "Topics"
    assert header.ask({"number": ("{number}",)}, "en") == "Topics of {number}"


def test_a_header_may_repeat_what_grlc_has(tmp_path: Path) -> None:
    """``defaults`` and ``enumerate``, in the forms that grlc takes them."""
    said = (
        "#+ defaults:\n#+   - number: [7, 19]\n#+   - word: 'a } \"b\"'\n"
        "#+ enumerate:\n#+   - number:\n#+     - 7\n#+     - 30\n#+ view: table"
    )
    (query,) = load(tmp_path, GOOD.replace("#+ view: table", said))
    number, word = query.header.parameters
    assert number.choices
    assert (number.default, number.choices.values) == (("7", "19"), ("7", "30"))
    assert (word.default, word.choices) == (('a } "b"',), None)


def test_an_error_has_one_line_number(tmp_path: Path) -> None:
    with pytest.raises(InputError) as failure:
        load(tmp_path, GOOD.replace("gg:hasTopic ?topic .", "gg:hasTopic ?topic . }"))
    assert re.findall(r"\d+", str(failure.value).split("good.rq:")[1]) == ["36"]


def test_the_version_changes_with_any_letter(tmp_path: Path) -> None:
    (one,) = load(tmp_path, GOOD)
    (again,) = load(tmp_path, GOOD)
    (two,) = load(tmp_path, GOOD.replace("Los temas.", "Los temas"))
    assert re.fullmatch(r"[0-9a-f]{16}", one.version)
    assert one.version == again.version != two.version


def test_there_are_enough_wrong_headers() -> None:
    assert len(WRONG) >= 50


@pytest.mark.parametrize(("old", "new", "line", "said"), WRONG)
def test_a_wrong_file_is_refused_with_its_line(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as failure:
        load(tmp_path, GOOD.replace(old, new))
    message = str(failure.value)
    assert said in message
    assert f"good.rq:{line}: " in message
    assert failure.value.todo


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("Good", GOOD, "its name is no id"),
        ("good_one", GOOD, "its name is no id"),
        ("good", "SELECT ?a WHERE { ?a ?b ?c } ORDER BY ?a\n", "has no header"),
        ("good", "\n" + GOOD, "has no header"),
        ("good", "#+\nSELECT", "the header is empty"),
        ("good", "", r"good\.rq:1: the file is empty: write a header and a query"),
        ("good", "x" * 70_000, "larger than"),
    ],
)
def test_a_file_that_is_no_stored_query(name: str, content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        load(tmp_path, content, name)


def test_a_folder_without_queries(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no stored queries"):
        Catalogue.load(tmp_path)


def test_a_name_that_is_not_there_tells_those_near() -> None:
    catalogue = Catalogue.load(ROOT / "queries")
    with pytest.raises(NotFoundError, match="did you mean topics-without-category"):
        catalogue["topics-without-categories"]
    with pytest.raises(NotFoundError, match="there is no stored query"):
        catalogue["zzz" * 1000]


def test_the_stored_queries_are_in_order_and_whole() -> None:
    catalogue = Catalogue.load(ROOT / "queries")
    assert list(catalogue.ids) == sorted(catalogue.ids)
    assert len(catalogue) == len(list((ROOT / "queries").glob("*.rq"))) >= 35
    used = {kind.kind for query in catalogue for kind in query.header.parameters}
    assert used <= set(KINDS)
    assert {query.header.view for query in catalogue} == set(VIEWS)
    assert {name for query in catalogue for name in query.header.graphs} <= set(GRAPHS)
    assert {query.form for query in catalogue} == {"SELECT", "CONSTRUCT", "ASK"}
    for query in catalogue:
        assert not {each.name for each in query.header.parameters} & set(RESERVED)
        for lang in ("es", "en"):
            plain = re.sub(r"\[[^\]]*\]", "", query.header.sentence[lang])
            # What is left of the sentence when nothing is given speaks of nothing left open.
            names = set(re.findall(r"\{(\w+)\}", plain))
            assert all(query.parameter(name).default for name in names), query.id

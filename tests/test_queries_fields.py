"""The dictionary of columns and parameters, and translations: each fault has its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT, Built
from gapgraph.errors import InputError, UsageError
from gapgraph.queries.api import Dataset, open_dataset
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import TYPES
from gapgraph.queries.lists import joined
from gapgraph.queries.nodes import root
from gapgraph.queries.results import run
from gapgraph.settings import Settings
from gapgraph.store.answers import Answer, Term
from gapgraph.texts import LANGUAGES, SOURCE, Text

#: All of them are quick.
pytestmark = pytest.mark.every

FIELDS = """tags: [temas, plazos]
columns:
  topic: {type: iri, label: Tema, description: El tema.}
  number: {type: integer, label: Número, description: El número.}
parameters:
  number: {type: integer, repeats: true, label: Número, description: El número.}
  stage:
    type: enumerated
    label: Etapa
    description: La etapa.
    choices: [{draft: borrador}, {final: definitiva}]
"""
ENGLISH = """tags: {temas: topics, plazos: deadlines}
columns:
  topic: {label: Topic, description: The topic.}
  number: {label: Number, description: The number.}
parameters:
  number: {label: Number, description: The number.}
  stage:
    label: Stage
    description: The stage.
    choices: {draft: draft, final: final}
queries:
  good:
    summary: Topics
    sentence: "Topics[ of {number}]"
    columns: {number: {description: The number of its directive.}}
"""
QUERY = """#+ summary: Temas
#+ description: Los temas.
#+ sentence: "Temas[ de {number}]"
#+ tags: [temas]
#+ view: table
#+ graphs: [asserted]
#+ parameters: [number]
#+ columns:
#+   - topic
#+   - number: {description: El número de su directriz.}
PREFIX gg: <https://w3id.org/gapgraph/ontology#>
SELECT ?topic ?number
WHERE {
  VALUES ?number { UNDEF }
  ?directive gg:number ?number ;
    gg:hasTopic ?topic .
}
ORDER BY ?number ?topic
"""
FILES = {"fields.yaml": FIELDS, "texts/en.yaml": ENGLISH, "good.rq": QUERY}

#: The file that is changed, what into what, the line that is blamed and what is said of it.
WRONG = [
    ("fields.yaml", "tags: [temas, plazos]\n", "", 1, "'tags' is missing"),
    ("fields.yaml", "type: iri", "type: uri", 3, "'uri' is not allowed here: use one of string"),
    ("fields.yaml", "description: El tema.", "help: El tema.", 3, "unknown key 'help'"),
    ("fields.yaml", ", description: El tema.", "", 3, "'description' is missing"),
    ("fields.yaml", "  number: {type: integer, label", "  topic: {type: integer, label", 4,
     "'topic' stands twice"),
    ("fields.yaml", "  number: {type: integer, repeats", "  sort: {type: integer, repeats", 6,
     "means something to every query"),
    ("fields.yaml", "{draft: borrador}", "draft", 11, "some values have names"),
    ("fields.yaml", "columns:\n", "columns:\n\t", 3, "the dictionary is not YAML"),
    ("texts/en.yaml", "topic: {label: Topic", "topik: {label: Topic", 3, "topik › label"),
    ("texts/en.yaml", "final: final", "last: final", 10, "choices › last translates nothing"),
    ("texts/en.yaml", "  good:", "  bad:", 13, "queries › bad › summary translates nothing"),
    ("texts/en.yaml", "plazos: deadlines", "plazo: deadlines", 1, "plazo translates nothing"),
    ("texts/en.yaml", "{number}", "{topic}", 14, "'topic', which is no parameter"),
    ("texts/en.yaml", "[ of {number}]", "", 14, "different parameters"),
    ("texts/en.yaml", "[ of {number}]", "[ of {number}", 14, "has a '[' without its other half"),
    ("texts/en.yaml", "    summary: Topics", '    summary: ""', 13, "is not a text"),
    ("texts/en.yaml", "label: Topic,", "label: Number,", 0, "two columns have one label in 'en'"),
    ("good.rq", "[temas]", "[tema]", 4, "'tema' is no tag of fields.yaml"),
    ("good.rq", "[number]", "[numero]", 7, "'numero' is not in fields.yaml"),
    ("good.rq", "- topic", "- theme", 9, "'theme' is not in fields.yaml"),
    ("good.rq", "- topic", "- theme: {label: Eje}", 9, "'type' is missing"),
    ("good.rq", "- topic", "- topic: {type: string}", 9, "is of the type 'iri' in fields.yaml"),
    ("good.rq", "[number]", "[number: {type: iri}]", 7, "is of the type 'integer' in fields"),
    ("good.rq", "- topic", "- topic\n#+   - topic", 10, "'topic' stands twice"),
    ("good.rq", "- topic", "- topic: Tema", 9, "is not a group of keys"),
]  # fmt: skip


def load(folder: Path, **changed: str) -> Catalogue:
    (folder / "texts").mkdir(exist_ok=True)
    for name, content in {**FILES, **changed}.items():
        (folder / name).write_text(content, encoding="utf-8")
    return Catalogue.load(folder)


def test_a_header_takes_what_it_does_not_say_from_the_dictionary(tmp_path: Path) -> None:
    (query,) = load(tmp_path)
    topic, number = query.header.columns
    assert (topic.type, topic.label.words) == ("iri", {"es": "Tema", "en": "Topic"})
    assert (number.type, number.label["en"]) == ("integer", "Number")
    assert number.description.words == {
        "es": "El número de su directriz.", "en": "The number of its directive.",
    }  # fmt: skip
    (parameter,) = query.header.parameters
    assert (parameter.kind, parameter.repeats, parameter.line) == ("integer", True, 7)
    assert query.header.ask({"number": ("7",)}, "en") == "Topics of 7"
    assert [each.words for each in query.header.keywords] == [{"es": "temas", "en": "topics"}]


def test_what_has_no_translation_is_spanish_and_says_so(tmp_path: Path) -> None:
    catalogue = load(tmp_path)
    header = catalogue["good"].header
    assert (header.description["en"], header.description.language("en")) == ("Los temas.", "es")
    assert (header.summary["en"], header.summary.language("en")) == ("Topics", "en")
    assert catalogue.dictionary.translations.missing("en") == (("queries", "good", "description"),)


def test_own_choices_take_their_names_from_the_dictionary(tmp_path: Path) -> None:
    own = QUERY.replace("[number]", "[number, stage: {choices: [final]}]").replace(
        "  ?directive", '  VALUES ?stage { UNDEF }\n  FILTER(?stage != "x")\n  ?directive', 1
    )
    (query,) = load(tmp_path, **{"good.rq": own})
    choices = query.parameter("stage").choices
    assert choices
    assert choices.values == ("final",)
    assert [each["es"] for each in choices.names] == ["definitiva"]


@pytest.mark.parametrize(("name", "old", "new", "line", "said"), WRONG)
def test_a_fault_has_its_file_and_line(
    name: str, old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    assert old in FILES[name]
    with pytest.raises(InputError) as failure:
        load(tmp_path, **{name: FILES[name].replace(old, new, 1)})
    assert said in str(failure.value)
    assert failure.value.todo
    if line:
        assert f"{name}:{line}: " in str(failure.value)


@pytest.mark.parametrize("name", ["es.yaml", "xx.yaml", "english.yaml"])
def test_a_catalogue_is_of_a_language_that_is_spoken(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no language to translate into"):
        load(tmp_path, **{f"texts/{name}": "tags: {temas: x}\n"})


@pytest.mark.parametrize("lang", ["en", "es", "pt", "qu"])
def test_a_text_falls_back_to_the_source(lang: str) -> None:
    text = Text({"es": "Brechas", "en": "Gaps"})
    assert text.language(lang) == (lang if lang in text.words else SOURCE)
    assert text[lang] == text.words[text.language(lang)]


@pytest.fixture(scope="module")
def stored() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


def test_every_text_of_the_stored_queries_has_its_english(stored: Catalogue) -> None:
    assert stored.dictionary.translations.missing("en") == ()
    assert LANGUAGES[0] == SOURCE


def test_a_header_repeats_nothing_of_the_dictionary(stored: Catalogue) -> None:
    """What is the same stands once, and nothing in the dictionary is without a query."""
    columns, parameters = stored.dictionary.columns, stored.dictionary.parameters
    for query in stored:
        for key, name, own in _own(query.file):
            known = columns.get(name) if key == "columns" else parameters.get(name)
            assert known, f"{query.file}: {name}"
            assert own not in {known.label["es"], known.description["es"]}, f"{query.id}: {own}"
    assert set(columns) == {each.name for query in stored for each in query.header.columns}
    assert set(parameters) == {each.name for query in stored for each in query.header.parameters}
    assert {each.type for each in columns.values()} <= set(TYPES)


def _own(file: Path) -> list[tuple[str, str, str]]:
    """Return what a header says itself of the names it lists."""
    lines = [each[3:] for each in file.read_text().splitlines() if each.startswith("#+")]
    keys = root(file, "\n".join(lines)).fields()
    return [
        (key, name.text(), value.text())
        for key in ("columns", "parameters")
        if key in keys
        for name, own in keys[key].entries()
        if own is not None
        for word, value in own.fields().items()
        if word in {"label", "description"}
    ]


@pytest.fixture(scope="module")
def dataset(built: Built) -> Dataset:
    return open_dataset(built.home, built.output, Settings())


#: What was asked in 0.1, what is asked now, and the query.
RENAMED = [
    ("gaps", {"section": ["2"]}, {"sectionNumber": ["2"]}),
    ("directives", {"section": ["3"]}, {"sectionNumber": ["3"]}),
    ("topic-mappings", {"section": ["1", "4"]}, {"sectionNumber": ["1", "4"]}),
]
#: A filter or a column to sort by in 0.1, and now.
COLUMNS = [
    ("gaps", "mitigation", "mitigations"),
    ("directives", "sectionNode", "section"),
    ("observation-statements", "topics", "concerns"),
    ("treaties-cited", "directives", "numbers"),
    ("links-to", "evidence", "seenIn"),
    ("searchable-texts", "section", "sectionNumber"),
]


@pytest.mark.parametrize(("name", "old", "new"), RENAMED)
def test_a_parameter_of_the_version_before_is_understood(
    name: str, old: dict[str, list[str]], new: dict[str, list[str]], dataset: Dataset
) -> None:
    asked = dataset.result(name, **old)
    assert asked.rows
    assert (asked.rows, asked.values) == ((now := dataset.result(name, **new)).rows, now.values)
    with pytest.raises(UsageError, match="both are given"):
        dataset.result(name, **old, **new)


@pytest.mark.parametrize(("name", "old", "new"), COLUMNS)
def test_a_column_of_the_version_before_is_understood(
    name: str, old: str, new: str, dataset: Dataset
) -> None:
    falling = dataset.result(name, sort=f"-{new}")
    assert dataset.result(name, sort=f"-{old}").rows == falling.rows
    wanted = next(cell.value for row in falling.rows if (cell := row[falling.names.index(new)]))
    narrowed = dataset.result(name, filter=f"{new}={wanted}").rows
    assert 0 < len(narrowed) <= falling.total
    assert dataset.result(name, filter=f"{old}={wanted}").rows == narrowed
    assert old not in falling.names


def test_each_cell_is_of_the_type_of_its_column(dataset: Dataset) -> None:
    node = "https://w3id.org/gapgraph/id/framework/oas-work-plan-2/directive/7"
    seen = set()
    for query in dataset.catalogue:
        if query.form != "SELECT":
            continue
        result = dataset.result(query.id, **{"node": node} if query.id.startswith("node-") else {})
        for column, cells in zip(result.columns, zip(*result.rows, strict=True), strict=False):
            found = {_type(cell) for cell in cells if cell}
            wanted = {"string" if column.list else column.type}
            if wanted == {"identifier"}:  # a number where it is a whole one, else as printed
                wanted = {"integer", "string"}
            assert wanted == {"term"} or found <= wanted, f"{query.id}: {column.name}: {found}"
            seen |= {column.name} if found else set()
    assert len(seen) > 120


def _type(term: Term) -> str:
    """Return the type of a column that holds a term."""
    return "iri" if term.kind == "uri" else term.datatype.rpartition("#")[2] or "string"


@pytest.mark.parametrize(
    ("given", "separator", "said"),
    [
        ("21\n5\n52", ", ", "5, 21, 52"),
        ("2.1\tb\n10.1\td\n2.10\tc\n1.9\ta", " · ", "a · b · c · d"),
        ("http://x/b\nhttp://x/a", " ", "http://x/a http://x/b"),
        ("2\tsame\n1\tsame", "\n", "same\nsame"),
        ("1\tcon\ttabulador", "\n", "con\ttabulador"),
        ("uno", ", ", "uno"),
        ("", ", ", ""),
    ],
)
def test_values_of_a_list_are_in_order(given: str, separator: str, said: str) -> None:
    assert joined(given, separator) == said


def test_a_list_does_not_depend_on_the_order_of_the_engine(dataset: Dataset) -> None:
    """As if the engine joined in the reverse order, and in the order of the letters."""

    class Other:
        def __init__(self, order: Callable[[list[str]], Iterable[str]]) -> None:
            self.order, self.version = order, dataset.version

        def check(self, name: str) -> None:
            pass

        def select(self, query: str) -> Answer:
            answer = dataset.store.select(query)
            rows = tuple(
                tuple(
                    cell._replace(value="\n".join(self.order(cell.value.split("\n"))))
                    if cell and name in several
                    else cell
                    for name, cell in zip(answer.variables, row, strict=True)
                )
                for row in answer.rows
            )
            return replace(answer, rows=rows)

        def ask(self, query: str) -> bool:
            return dataset.store.ask(query)

    several = {name for name, column in dataset.catalogue.dictionary.columns.items() if column.list}
    lists = [q.id for q in dataset.catalogue if any(each.list for each in q.header.columns)]
    assert len(lists) >= 18
    for name in lists:
        right = dataset.result(name).rows
        for order in (reversed, sorted):
            found = run(Other(order), dataset.catalogue, name, {})  # type: ignore[arg-type]
            assert found.rows == right, name


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("(SAMPLE(?n) AS ?number)", "uses SAMPLE: an engine may give any value: use MIN"),
        ('(GROUP_CONCAT(?n; SEPARATOR = ", ") AS ?number)', "joins with something else"),
        ("(GROUP_CONCAT(?n) AS ?number)", "joins with something else"),
        (r'(GROUP_CONCAT(STR(?n); SEPARATOR = "\n") AS ?number)', "its column is no list"),
    ],
)
def test_what_depends_on_the_engine_is_refused(select: str, said: str, tmp_path: Path) -> None:
    body = f"SELECT ?topic {select}\nWHERE {{ ?topic ?p ?n }}\nGROUP BY ?topic\nORDER BY ?topic\n"
    query = QUERY.replace("#+ parameters: [number]\n", "").replace("[ de {number}]", "")
    query = query[: query.index("PREFIX")] + body
    english = ENGLISH.replace("[ of {number}]", "")
    with pytest.raises(InputError, match=said):
        load(tmp_path, **{"good.rq": query, "texts/en.yaml": english})


def test_an_alias_is_of_what_the_query_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"good\.rq:4: 'theme' is no column or parameter"):
        load(tmp_path, **{"good.rq": QUERY.replace("#+ tags", "#+ aliases: {eje: theme}\n#+ tags")})

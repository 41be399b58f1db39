"""``analysis.toml``: what it must say, and how each slip in it is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from rdflib import URIRef

from conftest import ROOT
from gapgraph.annex.description import read_description
from gapgraph.errors import InputError

ID = "https://w3id.org/gapgraph/id/"
GOOD = f'''
[analysis]
iri = "{ID}analysis/a-1"
jurisdiction = "https://example.org/country/XX"
language = "es-419"
date = 2020-04-20

[framework]
iri = "{ID}framework/f.1"
label = "Marco"
directives = 5

[plan]
iri = "{ID}plan/p"
label = "Plan"
categories = 3

[table]
file = "table.tsv"
'''

#: What is replaced, by what, and the words that tell.
CASES: dict[str, tuple[str, str, str]] = {
    "not TOML": ("[plan]", "[plan", "is not TOML ("),
    "section missing": ('[table]\nfile = "table.tsv"\n', "", "has no section [table]: add it"),
    "section that is a value": (
        '[analysis]\niri = "',
        'table = 1\n[analysis]\niri = "',
        "is not TOML (",
    ),
    "unknown section": ("[table]", "[tables]", "has the unknown section [tables]: use analysis, f"),
    "unknown key": (
        "categories = 3",
        "categories = 3\ncategorias = 3",
        "[plan] has the unknown key 'categorias': use iri, label, categories, element_class",
    ),
    "key missing": ("directives = 5\n", "", "[framework] directives is missing: give it a whole"),
    "key empty": ('label = "Plan"', 'label = ""', "[plan] label is ''"),
    "number as text": ("directives = 5", 'directives = "5"', "[framework] directives is '5'"),
    "number as fraction": ("directives = 5", "directives = 5.0", "[framework] directives is 5.0"),
    "number as truth value": ("directives = 5", "directives = true", "directives is True"),
    "number zero": ("categories = 3", "categories = 0", "[plan] categories is 0: count from 1"),
    "number negative": ("directives = 5", "directives = -5", "[framework] directives is -5"),
    "text as number": ('label = "Plan"', "label = 7", "[plan] label is 7"),
    "time of day, UTC": (
        "date = 2020-04-20",
        "date = 2020-01-01T10:00:00Z",
        "[analysis] date is datetime.datetime(2020, 1, 1, 10, 0",
    ),
    "time of day, local": (
        "date = 2020-04-20",
        "date = 2020-01-01 10:00:00",
        "[analysis] date is datetime.datetime(2020, 1, 1, 10, 0)",
    ),
    "time alone": ("date = 2020-04-20", "date = 10:00:00", "[analysis] date is datetime.time(10"),
    "many digits": (
        "date = 2020-04-20",
        "date = 2020-04-20\nx = " + "7" * 5_000,
        "is not TOML (a number has more digits than any that is read)",
    ),
    "deep": (
        "date = 2020-04-20",
        "date = 2020-04-20\nx = " + "[" * 5_000 + "]" * 5_000,
        "is not TOML (it nests too deep)",
    ),
    "date as text": ("date = 2020-04-20", 'date = "2020"', "[analysis] date is '2020'"),
    "IRI elsewhere": (f"{ID}plan/p", "https://example.org/plan/p", "[plan] iri is 'https://exa"),
    "IRI of another family": (f"{ID}plan/p", f"{ID}framework/p", f"write {ID}plan/ and a name"),
    "IRI with a path": (f"{ID}plan/p", f"{ID}plan/p/q", "[plan] iri is"),
    "IRI with a space": (f"{ID}plan/p", f"{ID}plan/p q", "[plan] iri is"),
    "IRI in capitals": (f"{ID}plan/p", f"{ID}plan/P", "[plan] iri is"),
    "IRI with a line end": (f'"{ID}plan/p"', f'"{ID}plan/p\\n"', "[plan] iri is"),
    "IRI that breaks out": (f"{ID}plan/p", f"{ID}plan/p> <x", "[plan] iri is"),
    "IRI without name": (f"{ID}analysis/a-1", f"{ID}analysis/", "[analysis] iri is"),
    "jurisdiction a name": (
        "https://example.org/country/XX",
        "Perú",
        "[analysis] jurisdiction is 'Perú', which is no IRI (it has no scheme such as http:): give "
        "the IRI of the State or territory",
    ),
    "jurisdiction with a space": ("country/XX", "country/X X", "[analysis] jurisdiction is"),
    "language a name": ("es-419", "Spanish", "[analysis] language is 'Spanish': write es, en"),
    "language that breaks out": ("es-419", "es .", "[analysis] language is"),
    "path above": ("table.tsv", "../table.tsv", "'../table.tsv' is not a plain file name: put it"),
    "path absolute": ("table.tsv", "/etc/passwd", "'/etc/passwd' is not a plain file name"),
    "path below": ("table.tsv", "more/table.tsv", "'more/table.tsv' is not a plain file name"),
    "path a folder": ("table.tsv", "..", "'..' is not a plain file name"),
    "path with a NUL": ("table.tsv", "a\\u0000b", "is not a plain file name"),
    "instruments above": (
        'file = "table.tsv"',
        'file = "table.tsv"\ninstruments = "../x.tsv"',
        "'../x.tsv' is not a plain file name",
    ),
    "class of another kind": (
        "categories = 3",
        'categories = 3\nelement_class = "Topic"',
        "[plan] element_class is 'Topic': use PlanElement or PNATCategory",
    ),
    "word empty": (
        'file = "table.tsv"',
        'file = "table.tsv"\nnone_words = ""',
        "[table] none_words is ''",
    ),
}


def write(folder: Path, text: str) -> Path:
    (folder / "analysis.toml").write_text(text, encoding="utf-8")
    return folder


def test_cases_are_all_there() -> None:
    assert len(CASES) == 39


@pytest.mark.parametrize("name", CASES)
def test_slips_are_told(tmp_path: Path, name: str) -> None:
    old, new, words = CASES[name]
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        read_description(write(tmp_path, GOOD.replace(old, new, 1)))
    message = str(caught.value)
    assert words in message
    assert message.startswith(f"{tmp_path / 'analysis.toml'}: ")
    assert "\n" not in message
    assert caught.value.todo
    assert caught.value.exit_code == 2


def test_missing_folder_and_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: is not a folder: name a folder that holds ana"):
        read_description(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"analysis\.toml: the file is missing"):
        read_description(tmp_path)


def test_a_good_description_is_read_whole(tmp_path: Path) -> None:
    found = read_description(write(tmp_path, GOOD))
    assert (found.directives, found.categories) == (5, 3)
    assert (found.framework_label, found.plan_label) == ("Marco", "Plan")
    assert (found.language, found.date) == ("es-419", datetime.date(2020, 4, 20))
    assert found.names.analysis == URIRef(f"{ID}analysis/a-1")
    assert found.names.framework == URIRef(f"{ID}framework/f.1")
    assert found.jurisdiction == URIRef("https://example.org/country/XX")
    assert found.table == tmp_path / "table.tsv"
    assert found.instruments is None
    assert (found.category_word, found.values.words["none"]) == ("Categoría", ("No hay",))
    assert (found.framework_language, found.partial) == ("es-419", False)
    assert (found.element_class, found.rights, found.sha256) == ("PlanElement", "", "")


def test_the_project_s_own_description() -> None:
    """The numbers 67 and 29 are data of this file."""
    found = read_description(ROOT / "data" / "source")
    assert (found.directives, found.categories) == (67, 29)
    assert found.table.name == "annex.txt"
    assert found.element_class == "PNATCategory"


def test_no_number_of_the_annex_stands_in_the_code() -> None:
    """Nothing in the code knows 67 or 29."""
    files = sorted((ROOT / "src").rglob("*.py"))
    assert len(files) > 15
    for file in files:
        code = file.read_text(encoding="utf-8")
        words = code.replace("(", " ").replace(")", " ").replace(",", " ").replace(":", " ").split()
        assert not {"67", "29", "111", "125"} & set(words), file

"""Languages are files: each catalogue against the texts there are, and what a partial one shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from conftest import ROOT, Built
from gapgraph.cli import cli
from gapgraph.cli.language import paragraphs
from gapgraph.messages import COMMANDS, FOLDER, has, translate
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Home, Settings
from gapgraph.texts import COMPLETE, LANGUAGES, SOURCE
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

#: All of them are quick.
pytestmark = pytest.mark.every

PACKAGE = ROOT / "src" / "gapgraph"
#: The languages that have every text, and those that have some.
TRANSLATED = tuple(each for each in COMPLETE if each != SOURCE)
PARTIAL = tuple(each for each in LANGUAGES if each not in COMPLETE)
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(built: Built) -> FlaskClient:
    return create_app(
        ServiceConfig(Home(ROOT, checkout=True), Settings(), built.output)
    ).test_client()


def in_files(node: Any) -> Iterator[str]:
    """Yield the texts of what describes addresses in files: each a mapping of Spanish alone."""
    if isinstance(node, dict):
        if node.keys() == {SOURCE}:
            yield node[SOURCE]
        else:
            for each in node.values():
                yield from in_files(each)
    elif isinstance(node, list):
        for each in node:
            yield from in_files(each)


def used() -> set[str]:
    """The Spanish of every text of the interface."""
    options = {"**/templates/**": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    methods = [("**.py", "python"), ("**/templates/**", "jinja2")]
    keywords = {"_": None, "gettext": None, "Message": None, "ngettext": (1, 2)}
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(
            str(PACKAGE), method_map=methods, options_map=options, keywords=keywords
        )
    }
    for file in (PACKAGE / "web" / "paths").glob("*.yaml"):
        found |= set(in_files(yaml.safe_load(file.read_text(encoding="utf-8"))))
    return found


@pytest.mark.parametrize("lang", [*TRANSLATED, *PARTIAL])
def test_a_catalogue_translates_what_there_is(lang: str) -> None:
    texts = used()
    assert len(texts) > 350
    with (FOLDER / f"{lang}.po").open("rb") as file:
        catalogue = read_po(file, locale=lang, abort_invalid=True)
    known = {
        each.id if isinstance(each.id, str) else each.id[0]: each for each in catalogue if each.id
    }
    assert sorted(set(known) - texts) == []
    if lang in COMPLETE:
        assert sorted(texts - set(known)) == []
    else:
        assert 40 < len(known) < len(texts) / 2
    for each in known.values():
        words = [each.string] if isinstance(each.string, str) else list(each.string)
        assert all(words), each.id
        assert not each.fuzzy
        assert not list(each.check()), each.id
        for name in re.findall(r"\{\w+\}", str(each.id)):
            assert name in words[0], each.id


def help_of(command: click.Command) -> Iterator[str]:
    """Yield the texts of a command's help, and of the commands within it."""
    told = [command.help, *(getattr(each, "help", None) for each in command.params)]
    yield from (part for each in told if each for part in paragraphs(each))
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from help_of(inner)


@pytest.mark.parametrize("lang", [each for each in COMPLETE if each != "en"])
def test_the_commands_help_is_there_in_each_complete_language(lang: str) -> None:
    """English is its own; what else is in a catalogue, click says."""
    with (COMMANDS / f"{lang}.po").open("rb") as file:
        catalogue = read_po(file, locale=lang, abort_invalid=True)
    known = {
        each.id if isinstance(each.id, str) else each.id[0]: each for each in catalogue if each.id
    }
    texts = set(help_of(cli))
    assert len(texts) > 80
    assert sorted(texts - set(known)) == []
    clicks = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(
            str(Path(click.__file__).parent), method_map=[("**.py", "python")]
        )
    } | {"required"}  # which click keeps in a dictionary
    assert sorted(set(known) - texts - clicks) == []
    assert len(set(known) - texts) > 20
    for name, each in known.items():
        words = [each.string] if isinstance(each.string, str) else list(each.string)
        assert all(words), name
        assert not each.fuzzy
        for place in re.findall(r"\{\w+(?:!r)?\}", name):
            assert place in words[0], name
        # What is typed as it stands is the same in each language.
        for typed in re.findall(r"`[^`]+`|--[\w-]+|\b[A-Z]{2,}\w*(?:_[A-Z]+)*", name):
            assert typed in words[0] or typed == "IRIs", (name, typed)


def test_the_languages_are_those_of_the_files() -> None:
    """A language is a line of the list and its files, and nothing else."""
    assert LANGUAGES[0] == SOURCE
    assert (len(TRANSLATED), len(PARTIAL)) >= (2, 1)
    assert {file.stem for file in FOLDER.glob("*.po")} == {*TRANSLATED, *PARTIAL}
    code = [*PACKAGE.rglob("*.py")]
    assert len(code) > 150
    for file in code:
        text = re.sub(r"^ *>>>.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not re.search(r"""["'](?:pt|fr)["']""", text), file
        assert not re.search(r"""if [^\n]*(?:==|!=) ["'](?:es|en)["'] else""", text), file
        if file.relative_to(PACKAGE).parts[0] not in {"web", "queries", "validation", "cli"}:
            continue  # columns of tables of labels, which are data
        # Words by language are a catalogue's.
        assert not re.search(r"""\{\s*["']es["']: [^}]*["']en["']:""", text), file


@pytest.mark.parametrize("lang", TRANSLATED)
def test_the_queries_texts_are_complete(lang: str) -> None:
    catalogue = Catalogue.load(ROOT / "queries")
    assert catalogue.dictionary.translations.missing(lang) == ()


PAGES = ("/", "/gaps", "/matrix", "/queries", "/queries/topics-without-category", "/method",
         "/id/framework/oas-work-plan-2/directive/7.html", "/search?q=agua", "/data/", "/api",
         "/sparql", "/ontology.html", "/validation")  # fmt: skip


def texts_of(html: str) -> set[str]:
    """The words of a page that are in its own language, piece by piece."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    bare = re.sub(r'<(\w+)[^>]* lang="[^"]*"[^>]*>[^<]*</\1>', "", bare)
    return {" ".join(each.split()) for each in re.split(r"<[^>]*>", bare)}


@pytest.mark.parametrize("path", PAGES)
def test_a_complete_language_shows_no_other(client: FlaskClient, path: str) -> None:
    """No text of the interface is left in Spanish on a page in Portuguese."""
    answer = client.get(path, query_string={"lang": "pt"} if "?" not in path else None,
                        headers={**BROWSER, "Accept-Language": "pt"})  # fmt: skip
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "pt"
    assert '<html lang="pt">' in answer.text
    spanish = {each for each in used() if translate(each, "pt") != each and "%(" not in each}
    assert len(spanish) > 200
    data = client.get(path, headers={**BROWSER, "Accept-Language": "es"}).text
    shown = texts_of(answer.text) & spanish
    # A word that is both the interface's and the table's may stand as the table's.
    assert {each for each in shown if f">{each}<" in data and len(each) > 12} == set()


def test_a_partial_language_marks_what_it_lacks(client: FlaskClient) -> None:
    answer = client.get("/", query_string={"lang": "fr"}, headers=BROWSER)
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert "\ufdd0" not in answer.text
    assert "\ufdd1" not in answer.text
    marked = set(re.findall(r'<span lang="es">([^<]*)</span>', answer.text))
    lacking = {each for each in used() if not has("fr", each)}
    assert len(marked & lacking) > 5
    known = {translate(each, "fr") for each in used() if has("fr", each)}
    assert len(known & texts_of(answer.text)) > 10
    # Within an attribute, a title or an option there is no element to mark.
    assert not re.search(r'="[^"]*<span', answer.text)
    for kind in ("title", "option"):
        for inner in re.findall(rf"<{kind}\b[^>]*>(.*?)</{kind}>", answer.text, re.DOTALL):
            assert "<" not in inner


@pytest.mark.parametrize("path", ["/openapi.json", "/queries/list-statuses.json", "/matrix.svg",
                                  "/queries/gaps.csv", "/validation.md",
                                  "/queries/gaps.md", "/queries/gaps.xlsx?labels=1",
                                  "/validation.xlsx",
                                  "/queries/framework-complete.srj"])  # fmt: skip
@pytest.mark.parametrize("lang", ["fr", "pt"])
def test_data_have_no_marks(client: FlaskClient, path: str, lang: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200, path
    assert "\ufdd0".encode() not in answer.data
    assert b"\\ufdd0" not in answer.data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_statuses_have_words_and_meanings_of_their_language(client: FlaskClient, lang: str) -> None:
    rows = client.get("/queries/list-statuses.json", query_string={"lang": lang}).json
    assert rows is not None
    labels = {each["notation"]: each["statusLabel"] for each in rows["rows"]}
    spanish = client.get("/queries/list-statuses.json").json
    assert spanish is not None
    same = {each["notation"] for each in spanish["rows"]
            if each["statusLabel"] == labels[each["notation"]]}  # fmt: skip
    assert len(labels) == 7
    assert (same == set(labels)) is (lang == SOURCE)
    meanings = {each["statusMeaning"] for each in rows["rows"]}
    told = {each["statusMeaning"] for each in spanish["rows"]}
    assert (meanings == told) is (lang in {SOURCE, *PARTIAL})

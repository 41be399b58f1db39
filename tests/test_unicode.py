"""What is typed is compared as what was indexed, however it was typed; encodings by their mark."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from conftest import Built
from gapgraph.errors import InputError
from gapgraph.intake.words import fold
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.settings import Settings
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.unicode import comparable, decoded, sign, trimmed
from gapgraph.web import create_app
from gapgraph.web.fulltext import FullText
from gapgraph.web.service import ServiceConfig

#: Ways in which a text is pasted that looks as it was.
PASTED: dict[str, Callable[[str], str]] = {
    "accents apart, as in a PDF": lambda text: unicodedata.normalize("NFD", text),
    "soft hyphens, as in a page": lambda text: text.replace("i", "\u00adi"),
    "blanks that do not break": lambda text: text.replace(" ", "\u00a0"),
    "blanks at the ends": lambda text: f"\u2003{text} \t\n",
    "no width": "\u200b".join,
    "directions, as from a phone": lambda text: f"\u202a\u200e{text}\u202c",
    "a mark before it": lambda text: f"\ufeff{text}",
    "narrow and double blanks": lambda text: text.replace(" ", "\u202f\u2009"),
    "joiners": lambda text: text.replace("a", "a\u200d").replace("e", "\u200ce"),
    "all of it": lambda text: "\u2060".join(unicodedata.normalize("NFD", f"\u00a0{text}\u3000")),
}
WORDS = ("víctimas de trata", "niñas", "protección")


@pytest.fixture(scope="module")
def client(built: Built) -> Iterator[FlaskClient]:
    app = create_app(ServiceConfig(built.home, Settings(), built.output))
    yield app.test_client()
    app.extensions["gapgraph"].pool.close()


@pytest.fixture(scope="module")
def store(built: Built) -> EmbeddedStore:
    return EmbeddedStore(built.dataset)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("way", PASTED)
def test_a_pasted_text_is_the_same_text(way: str, words: str) -> None:
    pasted = PASTED[way](words)
    assert comparable(pasted) == words
    assert comparable(comparable(pasted)) == comparable(pasted)
    assert fold(pasted) == fold(words)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("way", PASTED)
def test_what_is_pasted_is_found_at_every_door(client: FlaskClient, way: str, words: str) -> None:
    pasted = PASTED[way](words)
    assert pasted != words or " " not in words
    for path, name in (
        ("/search", "q"),
        ("/queries/search.csv", "text"),
        ("/queries/searchable-texts.csv", "filter"),
    ):
        before = "text:" if name == "filter" else ""
        plain = client.get(f"{path}?{urlencode({name: before + words})}")
        assert plain.status_code == 200
        assert plain.text.count("\n") > 2, path
        told = client.get(f"{path}?{urlencode({name: before + pasted})}")
        assert told.status_code == 200
        assert _rows(told.text) == _rows(plain.text), path


def _rows(text: str) -> Any:
    """Return what is compared of an answer: of a page, what it says, not the way back to it."""
    return text.partition("<main")[2].partition("</main>")[0] if "<html" in text else text


@pytest.mark.parametrize("way", PASTED)
def test_conditions_on_columns_compare_likewise(
    built: Built, store: EmbeddedStore, way: str
) -> None:
    catalogue = Catalogue.load(built.home.queries).about(built.dataset.analyses)
    rows = run(store, catalogue, "gaps", {}).rows
    names = run(store, catalogue, "gaps", {}, limit=0).names
    place = names.index("topicLabel")
    label = next(row[place].value for row in rows if row[place] and " " in row[place].value)
    for sign_of_it in ("=", "!=", ":"):
        plain = run(store, catalogue, "gaps", {}, filters=[f"{names[place]}{sign_of_it}{label}"])
        pasted = run(
            store,
            catalogue,
            "gaps",
            {},
            filters=[f"{names[place]}{sign_of_it}{PASTED[way](label)}"],
        )
        assert pasted.rows == plain.rows
        assert 0 < len(plain.rows) < len(rows) or sign_of_it == ":"


@pytest.mark.parametrize(
    "ends", ["{}\u00a0", "\ufeff{}", "\u200b{}\u200b", " {}\n", "\u2060{}\u3000"]
)
def test_addresses_lose_what_nobody_sees_at_their_ends(client: FlaskClient, ends: str) -> None:
    uri = "http://metadata.un.org/thesaurus/1001328"
    analysis = "https://w3id.org/gapgraph/id/analysis/oas-pnat"
    for path, name, value in (
        ("/lookup", "uri", uri),
        ("/queries/links-to.csv", "uri", uri),
        ("/queries/category-usage.csv", "analysis", analysis),
        ("/queries/directive-detail.csv", "number", "7"),
    ):
        plain = client.get(f"{path}?{urlencode({name: value, 'format': 'csv'})}")
        told = client.get(f"{path}?{urlencode({name: ends.format(value), 'format': 'csv'})}")
        assert (told.status_code, told.data) == (200, plain.data), path
    # Within an address every character counts.
    inside = urlencode({"uri": uri.replace("1", "\u200b1")})
    assert client.get(f"/lookup?{inside}&format=csv").status_code == 404
    assert trimmed("a\u200bb") == "a\u200bb"


@pytest.mark.parametrize("way", PASTED)
def test_texts_that_were_brought_are_found_and_marked_where_they_are_seen(way: str) -> None:
    """The other way round: the text is the odd one, and what is typed is plain."""
    pasted = PASTED[way]("la protección de niñas")
    index = FullText(["otra cosa", pasted])
    for typed in ("protección", "proteccion niñas", unicodedata.normalize("NFD", "protección")):
        (hit,) = index.find(typed)
        assert hit.place == 1
        marked = [pasted[start:end] for start, end in hit.spans]
        assert comparable(marked[0]) == "protección"
        assert len(marked) == len(typed.split())


@pytest.mark.parametrize("way", PASTED)
def test_texts_of_added_files_are_found_by_the_stored_search(
    built: Built, tmp_path: Path, way: str
) -> None:
    pasted = PASTED[way]("registro único fronterizo")
    file = tmp_path / "more.ttl"
    file.write_text(
        "@prefix gg: <https://w3id.org/gapgraph/ontology#> .\n"
        "<urn:x:d> a gg:Directive ; gg:number 900 ; gg:text " + f'"""{pasted}"""@es ;\n'
        "  gg:ofFramework <https://w3id.org/gapgraph/id/framework/oas-work-plan-2> .\n",
        encoding="utf-8-sig",
    )
    store = EmbeddedStore(built.dataset)
    store.add_file(file, limit=10_000)
    catalogue = Catalogue.load(built.home.queries).about(built.dataset.analyses)
    result = run(store, catalogue, "search", {"text": ["Registro unico  fronterizo"]})
    assert [row[2].value for row in result.rows if row[2]] == ["900"]
    assert pasted in [row[4].value for row in result.rows if row[4]]


@pytest.mark.parametrize(
    ("query", "column"),
    [("gaps-about", "topicLabel"), ("statements-about", "statementText"),
     ("indicators-asking-for", "indicatorText")],
)  # fmt: skip
def test_words_are_found_in_added_texts_by_what_asks_for_them(
    built: Built, tmp_path: Path, query: str, column: str
) -> None:
    pasted = "Regis\u00adtro u\u0301nico\u00a0  fron\u200bterizo"
    file = tmp_path / "pasted.ttl"
    file.write_text(
        "@prefix gg: <https://w3id.org/gapgraph/ontology#> .\n"
        "@prefix a: <https://w3id.org/gapgraph/id/analysis/> .\n"
        "<urn:x:d> a gg:Directive ; gg:position 900 ; gg:identifier 900 ;\n"
        "  gg:ofFramework <https://w3id.org/gapgraph/id/framework/oas-work-plan-2> ;\n"
        "  gg:hasIndicator <urn:x:i> ; gg:hasObservation <urn:x:o> .\n"
        f'<urn:x:i> gg:position 1 ; gg:text "{pasted}"@es .\n'
        "<urn:x:o> gg:position 1 ; gg:inAnalysis a:oas-pnat ; gg:hasStatement <urn:x:s> .\n"
        "<urn:x:s> a gg:Omission ; gg:position 1 ; gg:inAnalysis a:oas-pnat ;\n"
        f'  gg:concernsTopic <urn:x:t> ; gg:text "{pasted}"@es .\n'
        "<urn:x:d> gg:hasTopic <urn:x:t> .\n"
        "a:oas-pnat gg:recordsTopic <urn:x:t> .\n"
        "<urn:x:t> gg:position 1 ; gg:inAnalysis a:oas-pnat ; gg:coverageStatus gg:none ;\n"
        '  <http://www.w3.org/2004/02/skos/core#prefLabel> "Registro"@es .\n',
        encoding="utf-8",
    )
    store = EmbeddedStore(built.dataset)
    store.add_file(file, limit=10_000)
    catalogue = Catalogue.load(built.home.queries).about(built.dataset.analyses)
    result = run(store, catalogue, query, {"text": ["ÚNICO FRONTERIZO"]})
    place = result.names.index(column)
    assert [row[place].value for row in result.rows if row[place]] == [
        "Registro" if query == "gaps-about" else pasted
    ]


def test_every_invisible_sign_of_this_pythons_unicode_is_left_out() -> None:
    seen = {0x0600, 0x06DD, 0x070F, 0x0890, 0x08E2, 0x110BD, 0x110CD, 0x13430}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) != "Cf":
            continue
        kept = comparable(f"a{character}b") != "ab"
        before = "ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN", "SHORTHAND", "MUSICAL"
        assert kept == unicodedata.name(character, "").startswith(before[:4]) or code == 0x061C
    assert all(comparable(f"a{chr(code)}b") != "ab" for code in seen)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", True),  # Persian, "I want"
        ("\u0915\u094d\u200d\u0937", True),  # Hindi, a half form
        ("a\u200cb", False),
        ("e\u0301\u200dx", False),
        ("\u200c\u0645", False),
    ],
)
def test_joiners_stay_where_a_script_spells_with_them(text: str, same: bool) -> None:
    assert ("\u200c" in comparable(text) or "\u200d" in comparable(text)) is same


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["niñas", "ASK {}\n", "𝒳 — «é»"])
def test_a_mark_tells_the_encoding(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a\n\xe9", "f:2: byte 2 is not UTF-8 (is it Latin-1?)"),
        (b"\xff\xfea", "f:1: byte 2 is not UTF-16"),
        (b"\xef\xbb\xbf\xff", "f:1: byte 0 is not UTF-8"),
    ],
)
def test_what_is_not_of_its_encoding_is_told(content: bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        decoded(content, file="f")
    assert str(caught.value).startswith(words)
    assert "save it as UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u00a0", "(U+00A0, NO-BREAK SPACE)"),
        ("\u201d", "\u201d (U+201D, RIGHT DOUBLE QUOTATION MARK)"),
        ("\ufeff", "(U+FEFF, ZERO WIDTH NO-BREAK SPACE)"),
        ("\x07", "(U+0007, a character that no text has)"),
    ],
)
def test_signs_are_named(character: str, shown: str) -> None:
    assert sign(character) == shown

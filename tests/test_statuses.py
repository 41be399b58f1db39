"""The colours of statuses: one table, which the style sheet and every picture agree with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from rdflib import Graph

from conftest import ROOT
from gapgraph.annex import values
from gapgraph.decisions import table
from gapgraph.namespaces import GG, RDFS, SKOS
from gapgraph.rdf import read_turtle
from gapgraph.statuses import (
    ADDRESSED,
    AGAINST,
    FOR,
    GAPS,
    NOT_APPLICABLE,
    NOT_ASSESSED,
    OF_TOPICS,
    PALETTE,
    UNREAD,
)

PACKAGE = ROOT / "src" / "gapgraph"
#: What the style sheet calls the colours of these.
_CALLED = {"indeterminate": "unsure", "unknown": "blank"}


def declared(block: str) -> dict[str, str]:
    """The custom properties of a block that are colours, written out."""
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * each for each in value[1:])
        for name, value in found
    }


@pytest.mark.parametrize("status", sorted(set(PALETTE) - {NOT_APPLICABLE}))
def test_the_style_sheet_says_the_same(status: str) -> None:
    style = (PACKAGE / "web" / "static" / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    name, colours = _CALLED.get(status, status), PALETTE[status]
    on_paper, on_dark = declared(light), declared(dark[: dark.index("}\n}")])
    assert (on_paper[name], on_dark[name]) == (colours.colour, colours.dark)
    if f"on-{name}" in on_paper:
        words = on_paper[f"on-{name}"], on_dark[f"on-{name}"]
        assert words == (colours.on, colours.on_dark)


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("status", sorted(set(PALETTE) - {"unknown", NOT_APPLICABLE}))
def test_words_are_read_on_their_colour(status: str) -> None:
    colours = PALETTE[status]
    large = 3  # WCAG 2.2, 1.4.3: numbers on bars are large or bold
    for under, over in ((colours.colour, colours.on), (colours.dark, colours.on_dark)):
        low, high = sorted((luminance(under), luminance(over)))
        assert (high + 0.05) / (low + 0.05) >= large


def test_no_other_file_has_a_colour_of_a_status() -> None:
    known = {each for colours in PALETTE.values() for each in (colours.colour, colours.dark)}
    files = [file for file in PACKAGE.rglob("*") if file.suffix in {".py", ".html", ".svg", ".j2"}]
    assert len(files) > 150
    for file in files:
        text = file.read_text(encoding="utf-8").lower()
        assert not [each for each in known if each in text and ">>>" not in text], file


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read_turtle(ROOT / "ontology" / "gapgraph.ttl")


def in_order(ontology: Graph, terms: Iterable[Any]) -> list[str]:
    """Local names of terms, in the order that the ontology gives them."""
    ranked = sorted((int(str(ontology.value(each, GG.position))), str(each)) for each in terms)
    return [iri.rpartition("#")[2] for _, iri in ranked]


def test_code_names_the_ontologys_statuses(ontology: Graph) -> None:
    """What code must tell apart it names; for whatever else there is, it asks."""
    known = in_order(ontology, ontology.subjects(SKOS.inScheme, GG.CoverageStatusScheme))
    assert {*GAPS, ADDRESSED, NOT_APPLICABLE, NOT_ASSESSED} <= {*known}
    # A table, a reviewer and a mapping may say of a topic whatever a topic may have.
    of_topics = {*known} - {NOT_ASSESSED}
    assert [each for each in known if each in of_topics] == [*OF_TOPICS]
    assert {*values.STATUSES} < of_topics


def test_code_names_the_ontologys_kinds(ontology: Graph) -> None:
    known = in_order(
        ontology,
        (
            each
            for each in ontology.subjects(RDFS.subClassOf, GG.Statement)
            if ontology.value(each, GG.position)
        ),
    )
    assert len(known) == 6
    assert {*table.KINDS, UNREAD} == {*known}
    assert {*AGAINST, *FOR} < {*known}


def test_no_other_module_lists_statuses_or_kinds(ontology: Graph) -> None:
    """A module that names three of them has a list; a page asks the ontology for its own."""
    schemes = {
        "statuses": list(ontology.subjects(SKOS.inScheme, GG.CoverageStatusScheme)),
        "kinds": list(ontology.subjects(RDFS.subClassOf, GG.Statement)),
    }
    homes = {
        # What each does with a status or a kind is its own: what code must tell apart; what may be
        # decided; the words of a table, and the columns of one to fill;
        # and sentences that say what was found, which each speak of one of them.
        "statuses": {"statuses.py",
                     "annex/values.py", "annex/template.py", "intake/words.py",
                     "web/pages/finding.py", "web/templates/pages/home.html",
                     "web/templates/pages/macros.html"},
        "kinds": {"statuses.py", "decisions/table.py"},
    }  # fmt: skip
    for what, terms in schemes.items():
        names = [str(each).rpartition("#")[2] for each in terms]
        found = set()
        for file in PACKAGE.rglob("*"):
            if file.suffix not in {".py", ".html", ".svg", ".js"} or "yasgui" in file.parts:
                continue
            text = file.read_text(encoding="utf-8")
            text = re.sub(r"^ *(?:>>>|\.\.\.).*$", "", text, flags=re.MULTILINE)
            named = {name for name in names if re.search(rf"""["']{name}["']""", text)}
            if len(named) >= 3:
                found.add(file.relative_to(PACKAGE).as_posix())
        assert found == homes[what], what


def test_pages_have_the_ontologys_words(ontology: Graph) -> None:
    """No catalogue and no module has a word for a status, a kind or a basis of its own."""
    schemes = (GG.CoverageStatusScheme, GG.BasisScheme, GG.LocusScheme, GG.PartialReasonScheme)
    terms = [each for scheme in schemes for each in ontology.subjects(SKOS.inScheme, scheme)]
    words = {
        str(label)
        for each in [*terms, *ontology.subjects(RDFS.subClassOf, GG.Statement)]
        for property_ in (SKOS.prefLabel, SKOS.altLabel)
        for label in ontology.objects(each, property_)
        if getattr(label, "language", "") == "es"
    }
    assert len(words) > 20
    catalogue = (PACKAGE / "translations" / "en.po").read_text(encoding="utf-8")
    # A reviewer's table says of a text that it is unread, as the reason why it is there.
    assert {each for each in words if f'msgid "{each}"' in catalogue} == {"sin leer"}

"""Search over all texts: ranked, words marked, narrowed by kind, section and status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from gapgraph.errors import UsageError
from gapgraph.messages import Message, translate
from gapgraph.namespaces import GG, SKOS
from gapgraph.queries.collation import fold
from gapgraph.texts import LANGUAGES
from gapgraph.unicode import comparable
from gapgraph.web.fulltext import FullText, Hit
from gapgraph.web.language import gettext as _
from gapgraph.web.language import language
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.links import href
from gapgraph.web.pages.lists import ELEMENT_NAMES, parts
from gapgraph.web.pages.rows import Row, ask, page, site
from gapgraph.web.pages.status import Mark, mark
from gapgraph.web.parameters import takes
from gapgraph.web.service import service
from gapgraph.web.subjects import Subjects

__all__ = ["Found", "cited_by", "find_subjects", "register", "searched"]

_SHOWN = 40
#: How many subjects are shown at once.
_SUBJECTS = 6
_LONGEST = 200


@dataclass(frozen=True)
class Found:
    """A text that was found.

    :param pieces: its words, and whether each stretch is one that was looked for
    """

    row: Row
    pieces: list[tuple[str, bool]]

    @property
    def kind(self) -> str:
        """The name of its class."""
        return self.row["kind"].removeprefix(str(GG)).removeprefix(str(SKOS))

    @property
    def mark(self) -> Mark | None:
        """How its status is shown, if it has one."""
        return mark(self.row["status"]) if self.row["status"] else None

    @property
    def language(self) -> str:
        """The language of its words."""
        term = self.row.term("text")
        return term.language if term else ""


#: What a search is narrowed by: for each, its value of a text.
_FACETS: dict[str, Callable[[Found], str]] = {
    "kind": lambda each: each.kind,
    "section": lambda each: each.row["sectionNumber"],
    "status": lambda each: each.mark.name if each.mark else "",
}


def _keeps(each: Found, asked: dict[str, str]) -> bool:
    """Tell whether a text has every value that is asked for."""
    return all(not value or _FACETS[name](each) == value for name, value in asked.items())


#: What the kinds of texts are called.
_KINDS = {
    "Directive": Message("Directriz"),
    "Topic": Message("Tema"),
    "Observation": Message("Observación"),
    "Indicator": Message("Indicador"),
    **{iri.removeprefix(GG): name for iri, name in ELEMENT_NAMES.items()},
    "Section": Message("Sección"),
    "Concept": Message("Concepto"),
    "Instrument": Message("Instrumento"),
    "Institution": Message("Institución"),
}
#: What is cited by its identifier, by the column of a text that has it.
_CITED = {"Directive": "number", "Section": "sectionNumber"}


def kinds() -> dict[str, str]:
    """Return what the kinds of texts are called in the reader's language."""
    return {kind: _(name) for kind, name in _KINDS.items()}


def _identified(words: str, rows: Sequence[Row]) -> list[Row]:
    """Return the texts of what is cited by its identifier alone, as in "directriz 58" or "58".

    A kind may be named in any language of the interface; one that is not named is a directive.

    :param words: what the reader looks for
    """
    named = {fold(translate(_KINDS[kind], lang)): kind for kind in _CITED for lang in LANGUAGES}
    first, _space, rest = fold(words).partition(" ")
    kind = named.get(first, "Directive")
    identifier = rest.strip() if first in named else fold(words)
    found: dict[str, Row] = {}
    for row in rows:
        if row["kind"] == str(GG[kind]) and identifier and fold(row[_CITED[kind]]) == identifier:
            found.setdefault(row["node"], row)
    return list(found.values())


def _index() -> tuple[FullText, list[Row]]:
    """Return the index of the reader's analysis, made when it is first asked for."""
    made: dict[str, tuple[FullText, list[Row]]]
    made = current_app.extensions.setdefault("gapgraph.fulltext", {})
    here = site().analysis
    if here not in made:
        rows: dict[tuple[str, str], Row] = {}
        for row in ask("searchable-texts"):
            rows.setdefault((row["node"], row["text"]), row)
        listed = list(rows.values())
        made[here] = FullText((row["text"] for row in listed), service().words), listed
    return made[here]


def cited_by(words: str) -> list[Row]:
    """Return the texts of what words cite by its identifier.

    :param words: what the reader looks for
    """
    return _identified(words, _index()[1])


def find_subjects(words: str, cited: Sequence[Row]) -> tuple[str, list[Shown]]:
    """Return the subjects that words lead to, the best first, a card of one topic for each.

    :param words: what the reader looks for
    :param cited: what the words name by its identifier: a directive leads to its topics
    :return: how the words are held (`gapgraph.web.fulltext.HOWS`), and the cards
    """
    shown = list(cards().values())

    def made() -> Subjects:
        concepts = {row["concept"]: row["conceptLabel"] for row in ask("list-concepts")}
        own = {row["concept"]: row["conceptLabel"] for row in ask("list-concepts", labelled=False)}
        named = (
            "\n".join(
                [
                    each.card.label.value,
                    each.row["topicLabel"],
                    concepts.get(each.row["concept"], ""),
                    own.get(each.row["concept"], ""),
                ]
            )
            for each in shown
        )
        return Subjects(named, [each.card.told for each in shown], service().words)

    directives = {row["node"] for row in cited if row["kind"] == str(GG.Directive)}
    if directives:
        return "all", [each for each in shown if each.row["directive"] in directives]
    index = service().once(("subjects", site().analysis, language()), made)
    how, places = index.find(words)
    found: dict[str, list[Shown]] = {}
    for place in places:
        found.setdefault(shown[place].row["concept"], []).append(shown[place])
    return how, [in_reading_order(each)[0] for each in found.values()]


def searched() -> dict[str, Any]:
    """Return what a search of the reader's analysis looks into, for a script that looks itself.

    :return: ``documents`` (subjects with their names, then texts, each with the link to it),
        ``meant`` and ``empty`` as in `Words`, and ``kinds``: what may be cited by its identifier,
        by its name in any language
    """
    first: dict[str, dict[str, str]] = {}
    own = {row["concept"]: row["conceptLabel"] for row in ask("list-concepts", labelled=False)}
    for each in in_reading_order(cards().values()):
        subject, label = each.row["concept"] or each.row["topic"], each.card.label
        known = first.setdefault(
            subject,
            {
                "kindLabel": _(_KINDS["Topic"]),
                "names": own.get(subject, ""),
                "told": "",
                "text": label.value,
                "lang": label.lang,
                "status": each.mark.name,
                "statusLabel": each.mark.word,
                "address": href(subject),
            },
        )
        names = f"{known['names']} {label.value} {each.row['topicLabel']}"
        known["names"] = " ".join(dict.fromkeys(names.split()))
        known["told"] += f"{each.card.told} "
    documents = list(first.values())
    named = kinds()
    for row in _index()[1]:
        found = Found(row, [])
        cited = _CITED.get(found.kind, "")
        documents.append(
            {
                "kindLabel": named.get(found.kind, found.kind),
                "number": row["number"],
                **({"cited": found.kind, "number": row[cited]} if cited else {}),
                "text": row["text"],
                "lang": found.language,
                **(
                    {"status": found.mark.name, "statusLabel": found.mark.word}
                    if found.mark
                    else {}
                ),
                "address": href(row["node"]),
            }
        )
    words = service().words
    return {
        "documents": documents,
        "meant": [list(each) for each in words.meant],
        "empty": sorted(words.empty),
        "kinds": {translate(_KINDS[kind], lang): kind for kind in _CITED for lang in LANGUAGES},
    }


def _cut(text: str, hit: Hit) -> list[tuple[str, bool]]:
    """Cut a text at the words to mark."""
    found, at = [], 0
    for start, end in hit.spans:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [each for each in (*found, (text[at:], False)) if each[0]]


def _words() -> str:
    """Return what the reader looks for."""
    return comparable(request.args.get("q", ""))


@takes("q", "page", *_FACETS, page=True)
def search() -> Response:
    """Answer a search."""
    words = _words()
    if len(words) > _LONGEST:
        raise UsageError(
            f"the parameter q has {len(words)} characters", todo=f"write up to {_LONGEST}"
        )
    index, rows = _index()
    cited = cited_by(words)
    found = [Found(row, [(row["text"], False)]) for row in cited]
    how, hits = index.nearest(words)
    found += [
        Found(rows[hit.place], _cut(rows[hit.place]["text"], hit))
        for hit in hits
        if rows[hit.place] not in cited
    ]
    asked = {name: request.args.get(name, "") for name in _FACETS}
    facets = {
        name: Counter(
            value for each in found if (value := read(each)) and _keeps(each, {**asked, name: ""})
        )
        for name, read in _FACETS.items()
    }
    kept = [each for each in found if _keeps(each, asked)]
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    last = max(1, -(-len(kept) // _SHOWN))
    number = min(max(1, number), last)
    # Once, before all texts.
    first = words and number == 1 and not any(asked.values())
    subjects_how, subjects = find_subjects(words, cited) if first else ("", [])
    return page(
        "pages/search.html",
        words=words,
        how=how,
        subjects_how=subjects_how,
        subjects=subjects,
        most=_SUBJECTS,
        asked=asked,
        facets=facets,
        kinds=kinds(),
        sections={str(part.number): part.label for part in parts([])},
        found=kept[(number - 1) * _SHOWN : number * _SHOWN],
        total=len(kept),
        number=number,
        last_page=last,
        narrowed=narrowed,
    )


def narrowed(**changed: str | int) -> str:
    """Return the address of this search with something changed; back to its first page."""
    values = {name: request.args.get(name, "") for name in _FACETS}
    values["q"] = _words()
    given: dict[str, Any] = {name: value for name, value in {**values, **changed}.items() if value}
    return url_for("pages.search", **given)


def register(blueprint: Blueprint) -> None:
    """Add the search."""
    blueprint.add_url_rule("/search", "search", search)

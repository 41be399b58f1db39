"""Stored queries asked by pages: rows with names, terms as plain text, and what a site shows."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, make_response, render_template, request
from flask.wrappers import Response

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, last_segment
from gapgraph.queries.results import run
from gapgraph.store.answers import Term
from gapgraph.web.language import language
from gapgraph.web.service import service

__all__ = ["Row", "Site", "Text", "ask", "facts", "page", "public", "site"]

#: Where an application keeps the answers that pages share, and how many: a build does not change.
_KEPT = "gapgraph.answers"
_MOST_KEPT = 256


@dataclass(frozen=True)
class Text:
    """Words in a language, which may be another than the page's.

    :param value: the words
    :param lang: their language
    """

    value: str
    lang: str = "es"

    def __str__(self) -> str:
        return self.value


class Row:
    """A row of an answer: values by the name of their column.

    :param names: the names of the columns
    :param terms: a term, or nothing where unbound, for each
    """

    def __init__(self, names: Sequence[str], terms: Sequence[Term | None]) -> None:
        self._terms = dict(zip(names, terms, strict=True))

    def __getitem__(self, name: str) -> str:
        """Return a value as text; nothing where it is unbound."""
        term = self._terms[name]
        return term.value if term else ""

    def term(self, name: str) -> Term | None:
        """Return a value as a term, with its language."""
        return self._terms[name]

    def text(self, name: str) -> Text:
        """Return a value as words in their language."""
        term = self._terms[name]
        return Text(term.value, term.language) if term else Text("", "")

    def number(self, name: str) -> int:
        """Return a value that is a whole number; 0 where it is unbound or none."""
        text = self[name]
        return int(text) if text.removeprefix("-").isdecimal() else 0

    def several(self, name: str) -> tuple[str, ...]:
        """Return the IRIs or numbers that a value holds, separated by spaces."""
        return tuple(self[name].split())

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines of a value."""
        return tuple(line for line in self[name].split("\n") if line)


def ask(
    query: str,
    given: Mapping[str, Sequence[str] | str] | None = None,
    *,
    sort: Sequence[str] = (),
    here: bool = True,
    **values: str,
) -> list[Row]:
    """Ask a stored query, with labels of its IRIs in the reader's language.

    :param query: its id
    :param given: values of its parameters; an empty one leaves the parameter open
    :param sort: columns to sort by, ``-`` before one that falls
    :param here: whether it is about the analysis that the reader is looking at
    :param values: further values of its parameters
    """
    bound = {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name, value in {**(given or {}), **values}.items()
        if value
    }
    if here:
        bound["analysis"] = (site().analysis,)
    return list(_answers()(query, tuple(bound.items()), tuple(sort), language()))


def _answers() -> Callable[..., tuple[Row, ...]]:
    """Return what asks a query of the build that is served, and keeps the last answers."""
    if _KEPT not in current_app.extensions:
        current = service()

        @functools.lru_cache(maxsize=_MOST_KEPT)
        def answer(
            query: str,
            values: tuple[tuple[str, tuple[str, ...]], ...],
            sort: tuple[str, ...],
            lang: str,
        ) -> tuple[Row, ...]:
            result = run(
                current.store,
                current.catalogue,
                query,
                dict(values),
                sort=sort,
                lang=lang,
                labels=True,
            )
            return tuple(Row(result.names, row) for row in result.rows)

        current_app.extensions[_KEPT] = answer
    return cast(Callable[..., tuple[Row, ...]], current_app.extensions[_KEPT])


@dataclass(frozen=True)
class Site:
    """The analysis that a reader is looking at.

    :param analysis: its IRI
    :param facts: its row of the query ``analyses``
    :param others: the rows of all analyses, this one among them
    """

    analysis: str
    facts: Row
    others: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The name that an address gives it: the last part of its IRI."""
        return last_segment(self.analysis)

    @property
    def framework_title(self) -> Text:
        """The framework's title, else what the table calls it."""
        return _title(self.facts["framework"]) or self.facts.text("frameworkLabel")

    @property
    def plan_title(self) -> Text:
        """The plan's title, else its short name."""
        return _title(self.facts["plan"]) or self.facts.text("planLabel")

    def __iter__(self) -> Iterator[Row]:
        return iter(self.others)


def _title(iri: str) -> Text | None:
    """Return the title of a document, in the reader's language where there is one."""
    titles = [row.text("value") for row in facts(iri).get("title", [])]
    return next((each for each in titles if each.lang == language()), titles[0] if titles else None)


def site() -> Site:
    """Return the analysis that the address names by ``analysis``; else the first.

    :raises NotFoundError: where the dataset has no such analysis, or none at all
    """
    if "site" not in g:
        found: dict[str, Row] = {}
        for row in ask("analyses", here=False):
            found.setdefault(row["analysis"], row)
        asked = request.args.get("analysis", "")
        chosen = [iri for iri in found if asked in {"", iri, last_segment(iri)}]
        if not asked:
            chosen.sort(key=lambda iri: not _about(found[iri]))
        if not chosen:
            raise NotFoundError(
                f"there is no analysis {asked[:60]!r}" if found else "the dataset has no analysis",
                todo="use one of " + ", ".join(map(last_segment, found)) if found else "build one",
            )
        g.site = Site(chosen[0], found[chosen[0]], tuple(found.values()))
    named: Site = g.site
    return named


def _about(facts: Row) -> bool:
    """Tell whether the address is that of a part of an analysis, its framework or its plan."""
    asked = f"{BASE}{request.path.lstrip('/')}"
    wholes = (facts["analysis"], facts["framework"], facts["plan"])
    return any(asked.startswith((f"{iri}/", f"{iri}.")) for iri in wholes)


def facts(iri: str) -> dict[str, list[Row]]:
    """Return what is known of a thing from outside the table, by property."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("node-facts", here=False, node=iri):
        found[row["property"].rpartition("/")[2].rpartition("#")[2]].append(row)
    return dict(found)


def page(template: str, **values: object) -> Response:
    """Return a page."""
    return public(make_response(render_template(template, **values)))


def public(response: Response) -> Response:
    """Mark an answer as the same for everybody until the next build."""
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
    response.headers["X-Dataset-Version"] = service().dataset.version
    return response

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
from gapgraph.queries.rows import Row, Text
from gapgraph.report.asking import country_of
from gapgraph.texts import SOURCE
from gapgraph.web.headers import public
from gapgraph.web.language import language
from gapgraph.web.service import service

__all__ = ["Row", "Site", "Text", "ask", "facts", "file_name", "page", "site"]

#: Where an application keeps the answers that pages share, and how many: a build does not change.
_KEPT = "gapgraph.answers"
_MOST_KEPT = 256


def ask(
    query: str,
    given: Mapping[str, Sequence[str] | str] | None = None,
    *,
    sort: Sequence[str] = (),
    here: bool = True,
    labelled: bool = True,
    **values: str,
) -> list[Row]:
    """Ask a stored query, with labels of its IRIs in the reader's language.

    :param query: its id
    :param given: values of its parameters; an empty one leaves the parameter open
    :param sort: columns to sort by, ``-`` before one that falls
    :param here: whether it is about the analysis that the reader is looking at, where none is given
    :param labelled: whether there are labels; else every text is in the language of its analysis
    :param values: further values of its parameters
    """
    bound = {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name, value in {**(given or {}), **values}.items()
        if value
    }
    if here:
        bound.setdefault("analysis", (site().analysis,))
    lang = language() if labelled else ""
    return list(_answers()(query, tuple(bound.items()), tuple(sort), lang))


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
                lang=lang or SOURCE,
                labels=bool(lang),
                own_labels=True,
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
    :param own: for each of them, its row in the words of its table and framework
    """

    analysis: str
    facts: Row
    others: tuple[Row, ...]
    own: Mapping[str, Row]

    @property
    def name(self) -> str:
        """The name that an address gives it: the last part of its IRI."""
        return last_segment(self.analysis)

    @property
    def language(self) -> str:
        """The language of the table's own words."""
        return self.own[self.analysis].text("planLabel").lang

    @property
    def framework_language(self) -> str:
        """The language of the framework's texts."""
        return self.own[self.analysis].text("frameworkLabel").lang

    @property
    def country(self) -> str:
        """The State of the plan, where it is known by a name."""
        return country_of(self.facts).value

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
    # In the reader's language, else in Spanish, else in the first that there is.
    wanted = (language(), SOURCE)
    found = [each for lang in wanted for each in titles if each.lang == lang]
    return next(iter([*found, *titles]), None)


def site() -> Site:
    """Return the analysis that the address names by ``analysis``; else the build's first.

    A table that is added later comes later, so that no address shows another analysis for it.

    :raises NotFoundError: where the dataset has no such analysis, or none at all
    """
    if "site" not in g:
        found: dict[str, Row] = {}
        listed = service().dataset.analyses
        for row in sorted(ask("analyses", here=False), key=lambda row: _rank(row, listed)):
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
        own = {row["analysis"]: row for row in ask("analyses", here=False, labelled=False)}
        g.site = Site(chosen[0], found[chosen[0]], tuple(found.values()), own)
    named: Site = g.site
    return named


def _rank(facts: Row, listed: Sequence[str]) -> int:
    """Return the place of an analysis in the build; one that was added beside it comes last."""
    return listed.index(facts["analysis"]) if facts["analysis"] in listed else len(listed)


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


def file_name(stem: str, suffix: str) -> str:
    """Return the name of a file about the reader's analysis; of several, it says which.

    :param suffix: without a dot
    """
    named = f"{stem}-{site().name}" if len(site().others) > 1 else stem
    return f"{named}.{suffix}"


def page(template: str, **values: object) -> Response:
    """Return a page."""
    return public(make_response(render_template(template, **values)))

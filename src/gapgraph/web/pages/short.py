"""Short addresses to say and print: ``/tema/indigenas``, ``/brechas``; each leads on (303)."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import concept_iri, last_segment
from gapgraph.queries.collation import fold
from gapgraph.tables import Row, read_tsv
from gapgraph.web.base import local, quoted
from gapgraph.web.pages.links import href
from gapgraph.web.pages.rows import ask

__all__ = ["addresses", "register"]


def _table() -> list[Row]:
    """Return the words that addresses begin with, where they lead, and whose words they are."""
    return read_tsv(Path(__file__).parents[1] / "short.tsv", ("path", "leads", "language"))


def short(leads: str, name: str) -> Response:
    """Lead to the page of a concept or a directive of the reader's analysis.

    :param leads: ``concept`` or ``directive``
    :param name: the last part of the concept's IRI, or words that make it; the directive's
        identifier
    :raises NotFoundError: where there is none
    """
    iri = _concept(name) if leads == "concept" else _directive(name)
    if not iri:
        raise NotFoundError(
            f"there is no {leads} {name[:40]!r}",
            todo="see /concepts" if leads == "concept" else "see /directives",
        )
    return redirect(href(iri), 303)


def page_by_name(page: str) -> Response:
    """Lead to a page by its name in a language of its readers, with what it is asked.

    :param page: the path of the page
    """
    asked = request.query_string.decode("ascii", "replace")
    return redirect(local(page.lstrip("/")) + (f"?{asked}" if asked else ""), 303)


def _concept(name: str) -> str:
    """Return the IRI of a concept that the analysis has topics of; nothing where it has none."""
    wanted = str(concept_iri(name))
    return wanted if any(row["concept"] == wanted for row in ask("topics-in-full")) else ""


def _directive(name: str) -> str:
    """Return the IRI of the directive of an identifier; nothing where there is none."""
    rows = ask("directives")
    return next((row["directive"] for row in rows if fold(row["number"]) == fold(name)), "")


def addresses() -> list[tuple[str, str]]:
    """Return every short address of the reader's analysis, with the language that its word is of.

    A word of several languages is of the first of them.
    """
    concepts = dict.fromkeys(last_segment(row["concept"]) for row in ask("topics-in-full"))
    names = {
        "concept": list(concepts),
        "directive": [row["number"] for row in ask("directives") if row["number"]],
    }
    return [
        (path, row["language"])
        for row in _table()
        for path in (
            [row["path"]]
            if row["leads"].startswith("/")
            else [f"{row['path']}/{quoted(name)}" for name in names[row["leads"]]]
        )
    ]


def register(blueprint: Blueprint) -> None:
    """Add the short addresses of the table."""
    for row in _table():
        if row["leads"].startswith("/"):
            blueprint.add_url_rule(
                f"/{row['path']}",
                f"short_{row['path']}",
                page_by_name,
                defaults={"page": row["leads"]},
            )
            continue
        blueprint.add_url_rule(
            f"/{row['path']}/<path:name>",
            f"short_{row['path']}",
            short,
            defaults={"leads": row["leads"]},
        )

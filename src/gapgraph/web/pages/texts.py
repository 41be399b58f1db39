"""Pages of text: how statuses come about, data and API, the ontology's terms."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, Response, current_app

from gapgraph.web.pages.rows import Row, ask, page
from gapgraph.web.pages.status import STATUSES, kind_mark
from gapgraph.web.pages.topics import tally, topics
from gapgraph.web.service import service

__all__ = ["register"]


def method() -> Response:
    """Answer how statuses are derived, and their limits."""
    return page(
        "pages/method.html", counted=tally(topics()), statuses=STATUSES, kind_mark=kind_mark
    )


def data() -> Response:
    """Answer where the data are, and how to ask for them."""
    current = service()
    return page(
        "pages/data.html",
        dataset=current.dataset,
        queries=len(current.catalogue),
        paths={rule.rule for rule in current_app.url_map.iter_rules()},
    )


def ontology() -> Response:
    """Answer the terms of the ontology, each at its own anchor."""
    terms: dict[str, list[Row]] = defaultdict(list)
    for row in ask("ontology-terms", here=False):
        terms[row["kind"]].append(row)
    return page("pages/ontology.html", terms=dict(terms))


def register(blueprint: Blueprint) -> None:
    """Add the pages of text."""
    blueprint.add_url_rule("/method", "method", method)
    blueprint.add_url_rule("/data", "data", data)
    blueprint.add_url_rule("/ontology", "ontology", ontology)

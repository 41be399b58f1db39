"""Pages of text: how statuses come about, how to cite, whom to tell of a mistake."""

from __future__ import annotations

from flask import Blueprint, Response

from gapgraph.web.pages.rows import page
from gapgraph.web.pages.status import STATUSES, kind_mark
from gapgraph.web.pages.topics import tally, topics

__all__ = ["register"]


def method() -> Response:
    """Answer how statuses are derived, and their limits."""
    return page(
        "pages/method.html", counted=tally(topics()), statuses=STATUSES, kind_mark=kind_mark
    )


def register(blueprint: Blueprint) -> None:
    """Add the page of text."""
    blueprint.add_url_rule("/method", "method", method)

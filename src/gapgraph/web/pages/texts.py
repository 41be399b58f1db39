"""Pages of text: how statuses come about, how to cite, whom to tell of a mistake, what to call."""

from __future__ import annotations

from flask import Blueprint, Response

from gapgraph.web.contact import link_of
from gapgraph.web.pages.rows import ask, facts, page, site
from gapgraph.web.pages.status import kinds
from gapgraph.web.pages.topics import tally, topics
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["register"]


@takes(page=True)
def method() -> Response:
    """Answer how statuses are derived, and their limits."""
    return page(
        "pages/method.html",
        account=ask("reading-account"),
        counted=tally(topics()),
        kinds=kinds().values(),
        origin=facts(site().analysis),
        contact=link_of(service().config.settings.text("contact")),
    )


@takes(page=True)
def programs() -> Response:
    """Answer by which ways a program asks, with an example of each."""
    return page("pages/programs.html")


def register(blueprint: Blueprint) -> None:
    """Add the pages of text."""
    blueprint.add_url_rule("/method", "method", method)
    blueprint.add_url_rule("/programs", "programs", programs)

"""Pages of text: how statuses come about, how to cite, whom to tell of a mistake, what to call."""

from __future__ import annotations

from flask import Blueprint, Response

from gapgraph.web.contact import link_of
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.finding import finding
from gapgraph.web.pages.reviews import reviews_of
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
        example=_example(),
        **reviews_of(ask("reviews")),
        finding=finding(tally(topics())),
        kinds=kinds().values(),
        origin=facts(site().analysis),
        contact=link_of(service().config.settings.text("contact")),
    )


def _example() -> Shown | None:
    """Return the card that shows best how a status comes about: the words alone do not make it.

    It is the first, in reading order, that the table gives an element of the plan and where a
    sentence says that something is missing; else the first that has a sentence.
    """
    said = [each for each in in_reading_order(cards().values()) if each.card.sentences]
    return next((each for each in said if each.card.gap and each.elements), next(iter(said), None))


@takes(page=True)
def programs() -> Response:
    """Answer by which ways a program asks, with an example of each."""
    return page("pages/programs.html")


def register(blueprint: Blueprint) -> None:
    """Add the pages of text."""
    blueprint.add_url_rule("/method", "method", method)
    blueprint.add_url_rule("/programs", "programs", programs)

"""The picture that a link to a page shows elsewhere, by Open Graph: of a gap, or of the whole."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.namespaces import last_segment
from gapgraph.report.model import Count
from gapgraph.report.social import Face, face
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.finding import finding
from gapgraph.web.pages.rows import site
from gapgraph.web.pages.status import marks
from gapgraph.web.pages.topics import tally, topics
from gapgraph.web.parameters import takes

__all__ = ["register"]


@takes("concept", "topic", page=True)
def picture() -> Response:
    """Answer the picture of a concept, a topic, or else of the whole analysis.

    :raises UsageError: for both at once
    :raises NotFoundError: for a concept or topic that the analysis has none of
    """
    concept, topic = request.args.get("concept", ""), request.args.get("topic", "")
    if concept and topic:
        raise UsageError("a concept and a topic are asked for", todo="ask for one of them")
    wanted, column = (topic, "topic") if topic else (concept, "concept")
    # Out of all cards: a name that is none makes no query of its own.
    shown = [each for each in cards().values() if last_segment(each.row[column]) == wanted]
    if (concept or topic) and not shown:
        raise NotFoundError(
            f"the analysis has no {'topic' if topic else 'concept'} {(topic or concept)[:40]!r}",
            todo="see /concepts",
        )
    return public(as_file(face(_of_gap(shown) if shown else _of_all()), "image/png"))


def _above() -> str:
    """Return the line above: the country, where the plan has one, and the plan."""
    here = site()
    return " · ".join(filter(None, [here.country, here.plan_title.value]))


def _of_gap(shown: list[Shown]) -> Face:
    """Return what the picture of a subject shows: the first in reading order speaks for it."""
    first = in_reading_order(shown)[0]
    sentence = first.card.sentences[0] if first.card.sentences else None
    source = [_("Directriz %(number)s", number=first.card.directive)]
    if sentence:
        source.append(_("Observación %(number)s", number=sentence.number))
    return Face(
        _above(),
        first.card.label.value,
        tuple((text, bool(kind)) for text, kind in sentence.pieces) if sentence else (),
        first.mark.name,
        first.mark.word,
        " · ".join([*source, "gapgraph"]),
    )


def _of_all() -> Face:
    """Return what the picture of the analysis shows: what was found, and a bar."""
    listed = topics()
    counted, known = tally(listed), marks()
    return Face(
        _above(),
        finding(counted),
        (),
        "unknown",
        "",
        f"{site().framework_title.value} · gapgraph",
        tuple(Count(name, known[name].word, counted[name]) for name in counted.names),
    )


def register(blueprint: Blueprint) -> None:
    """Add the picture."""
    blueprint.add_url_rule("/card.png", "picture", picture)

"""The page of a concept or a topic: what is asked beside the sentence that says what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flask import Response, url_for

from gapgraph.namespaces import last_segment
from gapgraph.web.pages.cards import Shown, cards
from gapgraph.web.pages.reviews import reviews_of
from gapgraph.web.pages.rows import Row, Text, ask, facts, page, site
from gapgraph.web.pages.status import Mark, marks
from gapgraph.web.pages.topics import topics

__all__ = ["concept_page", "topic_page", "verdicts"]


def concept_page(iri: str, rows: Sequence[Row]) -> Response:
    """Answer the page of a concept: its topics in the reader's analysis.

    :param iri: its IRI
    :param rows: its rows of the query ``node-kind``, which name it
    """
    shown = list(cards(concept=iri).values())
    if shown:
        return _subject(iri, shown, concept=iri)
    # Another analysis has topics of it; this one has none.
    first = rows[0]
    name = Text(first["label"]) if first["label"] else Text(last_segment(iri), "")
    return _page(iri, (), concept=iri, name=name, source="")


def topic_page(iri: str) -> Response | None:
    """Answer the page of a topic; nothing where the reader's analysis has none of this IRI."""
    shown = cards().get(iri)
    return _subject(iri, [shown], concept=shown.row["concept"]) if shown else None


def _subject(iri: str, shown: Sequence[Shown], concept: str) -> Response:
    """Answer the page of some topics of one concept."""
    card = shown[0].card
    return _page(iri, shown, concept, name=card.label, source=card.row["topicLabel"])


def _page(iri: str, shown: Sequence[Shown], concept: str, name: Text, source: str) -> Response:
    here = site()
    own = {each.row["topic"] for each in shown}
    numbers = {each.row["directive"] for each in shown}
    return page(
        "pages/subject.html",
        iri=iri,
        concept=concept,
        single=iri != concept,
        name=name,
        source=source,
        country=here.country,
        shown=shown,
        verdicts=verdicts(shown),
        numbers=numbers,
        siblings=[
            topic for topic in topics() if topic.directive in numbers and topic.iri not in own
        ],
        facts=facts(concept),
        **reviews_of(row for row in ask("reviews") if row["item"] in own | numbers),
        picture=url_for("pages.picture", topic=last_segment(iri))
        if iri != concept
        else url_for("pages.picture", concept=last_segment(concept)),
        document=url_for(
            "pages.report",
            form="docx",
            concept=last_segment(concept),
            directive=last_segment(shown[0].row["directive"]) if iri != concept else None,
            status=list(dict.fromkeys(each.mark.name for each in shown)),
        ),
    )


def verdicts(shown: Sequence[Shown]) -> list[tuple[Mark, list[str]]]:
    """Return each status that some topics have, with the identifiers of their directives.

    The statuses come in the order of the ontology, from what is there to what is not; the worst
    is told first.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in shown:
        if each.card.directive not in found[each.mark.name]:
            found[each.mark.name].append(each.card.directive)
    return [(marks()[name], found[name]) for name in reversed(marks()) if name in found]

"""The HTML side of IRIs: one template family for everything that has an IRI of ours."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Response

from gapgraph.namespaces import ELEMENTS, GG, SKOS
from gapgraph.web.pages.cards import Shown, cards, in_reading_order
from gapgraph.web.pages.directive import directive_page
from gapgraph.web.pages.finding import finding
from gapgraph.web.pages.lists import element_name, elements, parts
from gapgraph.web.pages.rows import Row, ask, facts, page, site
from gapgraph.web.pages.subject import concept_page, topic_page
from gapgraph.web.pages.topics import tally, topics

__all__ = ["entity_page"]


def entity_page(iri: str) -> Response | None:
    """Answer the page about a thing with an IRI of ours.

    :param iri: its IRI
    :return: the page; nothing where the dataset has no such thing, or no page for its kind
    """
    rows = ask("node-kind", here=False, node=iri)
    kinds = {row["kind"] for row in rows}
    for kind, show in _PAGES.items():
        if kind in kinds:
            return show(iri, rows)
    return None


def _directive(iri: str, rows: list[Row]) -> Response | None:
    del rows
    return directive_page(iri)


def _gaps(among: Collection[str]) -> list[Shown]:
    """Return the cards of the gaps among some topics, in reading order.

    :param among: the IRIs of the topics
    """
    shown = [each for iri, each in cards().items() if iri in among and each.card.gap]
    return in_reading_order(shown)


def _section(iri: str, rows: list[Row]) -> Response | None:
    found = next((part for part in parts(topics()) if part.iri == iri), None)
    if found is None:
        return None
    topics_of_it = {topic.iri for topic in found.topics}
    return page(
        "pages/section.html",
        iri=iri,
        rows=rows,
        part=found,
        finding=finding(found.counted),
        gaps=_gaps(topics_of_it),
    )


def _element(iri: str, rows: list[Row]) -> Response:
    # Asked whole: a topic keeps all its elements, and is kept if one of them is this one.
    every = topics()
    listed = [topic for topic in every if any(each["element"] == iri for each in topic.elements)]
    printed = [each for topic in listed for each in topic.elements if each["element"] == iri]
    return page(
        "pages/element.html",
        iri=iri,
        rows=rows,
        topics=listed,
        total=len(every),
        counted=tally(listed),
        gaps=_gaps({topic.iri for topic in listed}),
        name=element_name({row["kind"] for row in rows}),
        number=next((each["elementNumber"] for each in printed), ""),
        labels=sorted({each["literalLabel"] for each in printed}),
        facts=facts(iri),
    )


def _concept(iri: str, rows: list[Row]) -> Response:
    return concept_page(iri, rows)


def _topic(iri: str, rows: list[Row]) -> Response | None:
    del rows
    return topic_page(iri)


def _indicator(iri: str, rows: list[Row]) -> Response | None:
    every = ask("directive-indicators")
    found = [row for row in every if row["indicator"] == iri]
    if not found:
        return None
    twins = [row for row in every if row["text"] == found[0]["text"] and row["indicator"] != iri]
    return page(
        "pages/indicator.html", iri=iri, rows=rows, found=found, twins=twins, facts=facts(iri)
    )


def _instrument(iri: str, rows: list[Row]) -> Response:
    uses = ask("instrument-uses", instrument=iri)
    return page("pages/instrument.html", iri=iri, rows=rows, uses=uses, facts=facts(iri))


def _framework(iri: str, rows: list[Row]) -> Response:
    if site().facts["framework"] != iri:
        return _instrument(iri, rows)
    return page(
        "pages/framework.html",
        iri=iri,
        rows=rows,
        uses=ask("instrument-uses", instrument=iri),
        sections=parts(topics()),
        facts=facts(iri),
    )


def _plan(iri: str, rows: list[Row]) -> Response:
    if site().facts["plan"] != iri:
        return _instrument(iri, rows)
    return page(
        "pages/plan.html",
        iri=iri,
        rows=rows,
        uses=ask("instrument-uses", instrument=iri),
        elements=elements(),
        facts=facts(iri),
    )


def _analysis(iri: str, rows: list[Row]) -> Response:
    return page(
        "pages/analysis.html",
        iri=iri,
        rows=rows,
        sections=parts(topics()),
        origin=facts(iri),
    )


def _institution(iri: str, rows: list[Row]) -> Response:
    uses = ask("institution-mentions", institution=iri)
    return page("pages/institution.html", iri=iri, rows=rows, uses=uses, facts=facts(iri))


#: What shows a thing of each class; the first that fits.
_PAGES: dict[str, Callable[[str, list[Row]], Response | None]] = {
    str(GG.Directive): _directive,
    str(GG.Section): _section,
    **{str(each): _element for each in ELEMENTS},
    str(GG.Indicator): _indicator,
    str(GG.Institution): _institution,
    str(GG.GapAnalysis): _analysis,
    str(GG.Framework): _framework,
    str(GG.Plan): _plan,
    str(GG.Instrument): _instrument,
    str(GG.Topic): _topic,
    str(SKOS.Concept): _concept,
}

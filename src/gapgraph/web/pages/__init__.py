"""The pages: what a reader sees, in Spanish and English, without scripts.

Every number and text of a page comes from stored queries; a module here asks them and hands rows
to a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request, url_for

from gapgraph.messages import language_name
from gapgraph.namespaces import GG, last_segment
from gapgraph.web.language import gettext as _
from gapgraph.web.language import language
from gapgraph.web.pages import (
    compare,
    compared,
    gaps,
    home,
    lists,
    matrix,
    picture,
    report,
    review,
    search,
    short,
    texts,
)
from gapgraph.web.pages.letters import letter
from gapgraph.web.pages.links import href, sdg, segments
from gapgraph.web.pages.links import short as shown
from gapgraph.web.pages.plans import closing, lineage, states, switch
from gapgraph.web.pages.rows import site
from gapgraph.web.pages.status import kind_mark, mark, marks, topic_statuses
from gapgraph.web.pages.translated import translated, translations
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)
_ROOMS = (
    home,
    matrix,
    gaps,
    compare,
    compared,
    lists,
    picture,
    report,
    review,
    search,
    short,
    texts,
)
for module in _ROOMS:
    module.register(blueprint)


@dataclass(frozen=True)
class Room:
    """A place that the menu leads to.

    :param address: where it is
    :param name: what it is called
    :param here: whether the reader is in it
    """

    address: str
    name: str
    here: bool


def _rooms(names: dict[str, str]) -> list[Room]:
    """Return the places of a menu that the service has.

    :param names: what each is called, by its path
    """
    there: dict[str, str] = {}
    for rule in current_app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            there.setdefault(rule.rule, rule.endpoint)
    return [
        Room(
            url_for(there[path]), name, request.path == path or request.path.startswith(f"{path}/")
        )
        for path, name in names.items()
        if path in there
    ]


def _main_rooms() -> list[Room]:
    """Return the places for readers."""
    return _rooms(
        {
            "/gaps": _("Brechas"),
            "/concepts": _("Temas"),
            "/directives": _("Directrices"),
            "/categories": _("Plan"),
            **({"/compare": _("Comparar")} if switch() else {}),
            "/method": _("Método"),
        }
    )


def _data_rooms() -> list[Room]:
    """Return the places for those who take data away or ask questions of their own."""
    return _rooms(
        {
            "/matrix": _("Matriz"),
            "/queries": _("Consultas"),
            "/sparql": "SPARQL",
            "/data/": _("Datos abiertos"),
            "/programs": _("Para programas"),
            "/ontology": _("Ontología"),
            "/validation": _("Validación"),
            "/instruments": _("Instrumentos"),
            "/lookup": _("Otros conjuntos"),
        }
    )


@blueprint.app_context_processor
def helpers() -> dict[str, Any]:
    """Give templates what they draw and link with."""
    return {
        "category_name": lists.category_name,
        "closing": closing,
        "dataset_version": service().dataset.version,
        "host_of": lambda iri: urlsplit(iri).hostname or "",
        "href": href,
        "kept": {name: request.args.get(name, "") for name in ("lang", "analysis")},
        "kind_mark": lambda name: kind_mark(f"{GG}{name}"),
        "language_name": lambda code: language_name(code, language()),
        "last": last_segment,
        "letter": letter,
        "lineage": lineage,
        "translated": translated,
        "translations": translations,
        "mark": mark,
        "marks": marks,
        "previous": service().previous,
        "data_rooms": _data_rooms,
        "rooms": _main_rooms,
        "sdg": sdg,
        "segments": segments,
        "shown": shown,
        "site": site,
        "states": states,
        "switch": switch,
        "topic_statuses": topic_statuses,
    }

"""The pages: what a reader sees, in Spanish and English, without scripts.

Every number and text of a page comes from stored queries; a module here asks them and hands rows
to a template.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request, url_for

from gapgraph.namespaces import last_segment
from gapgraph.report.signs import sign_svg
from gapgraph.web.language import gettext as _
from gapgraph.web.pages import compare, compared, gaps, home, lists, matrix, report, search, texts
from gapgraph.web.pages.links import href, sdg, segments, short
from gapgraph.web.pages.plans import lineage, states, switch
from gapgraph.web.pages.rows import site
from gapgraph.web.pages.status import mark, marks, topic_statuses
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)
for module in (home, matrix, gaps, compare, compared, lists, report, search, texts):
    module.register(blueprint)


def _rooms() -> list[tuple[str, str, bool]]:
    """Return address and name of each room, and whether the reader is in it."""
    names = {
        "/gaps": _("Brechas"),
        "/matrix": _("Matriz"),
        **({"/compare": _("Comparar")} if switch() else {}),
        "/directives": _("Directrices"),
        "/categories": _("Categorías"),
        "/queries": _("Consultas"),
        "/sparql": "SPARQL",
        "/validation": _("Validación"),
        "/ontology": _("Ontología"),
        "/data/": _("Datos"),
        "/method": _("Método"),
    }
    there: dict[str, str] = {}
    for rule in current_app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            there.setdefault(rule.rule, rule.endpoint)
    return [
        (url_for(there[path]), name, request.path == path or request.path.startswith(f"{path}/"))
        for path, name in names.items()
        if path in there
    ]


@blueprint.app_context_processor
def helpers() -> dict[str, Any]:
    """Give templates what they draw and link with."""
    return {
        "dataset_version": service().dataset.version,
        "host_of": lambda iri: urlsplit(iri).hostname or "",
        "href": href,
        "kept": {name: request.args.get(name, "") for name in ("lang", "analysis")},
        "last": last_segment,
        "lineage": lineage,
        "mark": mark,
        "marks": marks,
        "previous": service().previous,
        "rooms": _rooms,
        "sdg": sdg,
        "segments": segments,
        "shown": short,
        "site": site,
        "states": states,
        "switch": switch,
        "topic_statuses": topic_statuses,
        "sign": sign_svg,
    }

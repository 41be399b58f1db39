"""``/lookup?uri=``: what this graph knows of a resource of another dataset.

The other way round of a link: who holds a concept of the UN finds what here leads to it.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, render_template, request
from rdflib import URIRef

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.iris import iri_fault
from gapgraph.namespaces import GG, RDF
from gapgraph.queries.results import FORMATS, Result, run, write
from gapgraph.store.engine import Engine
from gapgraph.unicode import trimmed
from gapgraph.web.base import local
from gapgraph.web.formats import RDF_MEDIA, rdf_response
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import HTML, chosen, gives, offers_from
from gapgraph.web.parameters import takes
from gapgraph.web.resources import Triple, about, label_of
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("lookup", __name__)

#: The stored query that answers.
_QUERY = "links-to"
_DATA = ("json", "srj", "srx", "csv", "tsv")
_OFFERS = (
    *offers_from({each: FORMATS[each].media_type for each in _DATA}),
    *offers_from(RDF_MEDIA),
    HTML,
)
_LINK_TO = str(GG.linkTo)
_ADDRESS = re.compile(r"https?://(.+)", re.IGNORECASE | re.DOTALL)


@blueprint.get("/lookup")
@gives(*_OFFERS)
@takes("uri", "format")
def lookup() -> Response:
    """Tell what links to the resource that ``uri`` names, as a page or as data.

    :raises UsageError: for data without ``uri``, or a ``uri`` that is no IRI
    :raises NotFoundError: where nothing links to it
    """
    uri = trimmed(request.args.get("uri", ""))
    wanted = chosen("the lookup").name
    if wanted == "html":
        return _page(uri)
    if not uri:
        raise UsageError("no uri is given", todo=f"ask {local('lookup')}?uri=http://…")
    uri = meant(service().store, uri)
    result = _links_to(uri)
    if wanted in RDF_MEDIA:
        return rdf_response(_triples(service().store, uri, result), wanted)
    written = b"".join(write(result, wanted, lang=language()))
    return public(as_file(written, FORMATS[wanted].media_type))


def meant(store: Engine, uri: str) -> str:
    """Return the IRI of a resource that an address names, where something here links to it.

    Datasets write ``http:`` or ``https:``, and Wikidata's pages (``/wiki/``) are not its entities.

    :param uri: the address as it was given; it is returned where no way of writing it is linked to
    :raises UsageError: where it is no IRI
    """
    if fault := iri_fault(uri):
        raise UsageError(
            f"the parameter uri is {uri[:200]!r}, which is no IRI ({fault})",
            todo="give a whole address, such as http://metadata.un.org/thesaurus/1001328",
            parameter="uri",
        )
    found = _ADDRESS.fullmatch(uri)
    if found is None:
        return uri
    bare = found[1]
    entity = re.sub(r"^(?:www\.)?wikidata\.org/(?:wiki|entity)/", "www.wikidata.org/entity/", bare)
    ways = (f"{scheme}://{way}" for way in (bare, entity) for scheme in ("http", "https"))
    return next(
        (way for way in (uri, *ways) if any(name == _LINK_TO for name, _ in store.pointing(way))),
        uri,
    )


def _triples(store: Engine, uri: str, result: Result) -> list[Triple]:
    """Return what is known of a resource, its links, and the records of these."""
    rows = [dict(zip(result.names, row, strict=True)) for row in result.rows]
    links = {
        (URIRef(row["ours"].value), URIRef(row["property"].value), URIRef(uri))
        for row in rows
        if row["ours"] and row["property"]
    }
    records = store.select(f"SELECT ?link {{ ?link <{_LINK_TO}> <{uri}> }}").rows
    told = {triple for (link,) in records if link for triple in about(store, link.value)}
    return sorted({*links, *told, *about(store, uri)}, key=lambda each: [*map(str, each)])


def _links_to(uri: str) -> Result:
    """Return what links to a resource.

    :raises NotFoundError: where nothing does
    """
    current = service()
    result = run(current.store, current.catalogue, _QUERY, {"uri": [uri]}, lang=language())
    if not result.rows:
        raise NotFoundError(
            f"nothing here links to {uri[:200]}",
            todo=f"see which datasets are linked to in {local('.well-known/void')}",
        )
    return result


def _page(uri: str) -> Response:
    """Return the page: a form, and the answer or what is wrong."""
    store, lang = service().store, language()
    result, problem, status = None, "", 200
    if uri:
        try:
            uri = meant(store, uri)
            result = _links_to(uri)
        except UsageError as error:
            problem, status = str(error), error.http_status
    rows = [dict(zip(result.names, row, strict=True)) for row in result.rows] if result else []
    page = render_template(
        "lookup.html",
        uri=uri,
        result=result,
        problem=problem,
        name=label_of(store, uri, lang) if result else None,
        rows=rows,
        sources=dict.fromkeys(
            tuple(term.value if term else "" for term in (row["seenIn"], row["note"]))
            for row in rows
        ),
        formats=(*_DATA, *RDF_MEDIA),
        kinds=[
            label_of(store, str(value), lang)
            for _, name, value in (about(store, uri) if result else [])
            if name == RDF.type
        ],
    )
    response = make_response(page, status)
    return response if status != 200 else public(response)

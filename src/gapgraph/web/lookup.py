"""``/lookup?uri=``: what this graph knows of a resource of another dataset.

The other way round of a link: who holds a concept of the UN finds what here leads to it.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.queries.results import FORMATS, Result, run, write
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.resources import label_of
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("lookup", __name__)

#: The stored query that answers.
_QUERY = "links-to"
_DATA = ("json", "srj", "srx", "csv", "tsv")


@blueprint.get("/lookup")
def lookup() -> Response:
    """Tell what links to the resource that ``uri`` names, as a page or as data.

    :raises UsageError: for data without ``uri``, or a ``uri`` that is no IRI
    :raises NotFoundError: where nothing links to it, or there is no such format
    """
    uri = request.args.get("uri", "").strip()
    wanted = _wanted()
    if wanted == "html":
        return _public(_page(uri))
    if not uri:
        raise UsageError("no uri is given", todo="ask /lookup?uri=http://…")
    result = _links_to(uri)
    response = make_response(b"".join(write(result, wanted, lang=language())))
    response.headers["Content-Type"] = FORMATS[wanted].media_type
    return _public(response)


def _wanted() -> str:
    """Return the format that ``format`` or ``Accept`` names."""
    offers = [Offer(each, FORMATS[each].media_type.partition(";")[0]) for each in _DATA]
    offers.append(Offer("html", "text/html"))
    asked = request.args.get("format")
    if asked is None:
        return best_offer(offers).name
    if asked not in {offer.name for offer in offers}:
        raise NotFoundError(
            f"the lookup has no format {asked[:20]!r}",
            todo="use one of " + ", ".join(offer.name for offer in offers),
        )
    return asked


def _links_to(uri: str) -> Result:
    """Return what links to a resource.

    :raises NotFoundError: where nothing does
    """
    current = service()
    result = run(current.store, current.catalogue, _QUERY, {"uri": [uri]}, lang=language())
    if not result.rows:
        raise NotFoundError(
            f"nothing here links to {uri[:200]}",
            todo="see which datasets are linked to in /.well-known/void",
        )
    return result


def _page(uri: str) -> Response:
    """Return the page: a form, and the answer or what is wrong."""
    store, lang = service().store, language()
    result, problem, status = None, "", 200
    if uri:
        try:
            result = _links_to(uri)
        except UsageError as error:
            problem, status = str(error), error.http_status
    page = render_template(
        "lookup.html",
        uri=uri,
        result=result,
        problem=problem,
        name=label_of(store, uri, lang) if result else None,
        rows=[dict(zip(result.names, row, strict=True)) for row in result.rows] if result else [],
        formats=_DATA,
    )
    return make_response(page, status)


def _public(response: Response) -> Response:
    """Mark an answer as the same for everybody until the next build."""
    if response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
    return response

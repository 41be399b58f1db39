"""``/queries``: the stored queries, and their answers in the format asked for."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from gapgraph.errors import NotFoundError
from gapgraph.queries.catalogue import StoredQuery
from gapgraph.queries.header import RESERVED
from gapgraph.queries.results import FORMATS, Result, formats_of, run, write
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("questions", __name__)


@blueprint.get("/queries")
def catalogue() -> str:
    """List the stored queries."""
    return render_template("catalogue.html", queries=list(service().catalogue))


@blueprint.get("/queries/<name>")
def answer(name: str) -> Response:
    """Answer a stored query, in the format that the suffix, ``format`` or ``Accept`` names."""
    query, wanted = _named(name)
    result = run(service().store, service().catalogue, query.id, _values(), lang=language())
    if wanted == "html":
        response = make_response(render_template("query.html", query=query, result=result))
    else:
        response = _file(query, result, wanted)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _values() -> dict[str, list[str]]:
    """Return the query's own parameters, as given."""
    given = request.args.to_dict(flat=False)
    return {name: values for name, values in given.items() if name not in RESERVED}


def _named(name: str) -> tuple[StoredQuery, str]:
    """Return the query that an address names, and the name of the format it takes.

    :raises NotFoundError: where no stored query has the name
    """
    known = service().catalogue
    asked = request.args.get("format")
    stem, dot, suffix = name.rpartition(".")
    if dot and stem in known.ids:
        name, asked = stem, suffix
    query = known[name]
    offers = [Offer("html", "text/html")]
    offers += [
        Offer(each, FORMATS[each].media_type.partition(";")[0]) for each in formats_of(query.form)
    ]
    if asked is None:
        return query, best_offer(offers).name
    if asked not in {offer.name for offer in offers}:
        raise NotFoundError(
            f"the query {query.id} has no format {asked[:20]!r}",
            todo="use one of " + ", ".join(offer.name for offer in offers),
        )
    return query, asked


def _file(query: StoredQuery, result: Result, wanted: str) -> Response:
    """Return an answer as a file with a useful name."""
    form = FORMATS[wanted]
    response = make_response(b"".join(write(result, wanted, lang=language())))
    response.headers["Content-Type"] = form.media_type
    response.headers["Content-Disposition"] = f'inline; filename="{query.id}{form.suffix}"'
    return response

"""``/queries``: the stored queries, and their answers in the format asked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.queries.results import Result, formats_of, run, write
from gapgraph.queries.stored import StoredQuery
from gapgraph.web import listing
from gapgraph.web.answers import answer_headers, named, offers_of, public_headers
from gapgraph.web.choices import fields
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.options import Options, page_links
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("questions", __name__)

#: Rows to a page where a person reads and has asked for no other number.
_ROWS_SHOWN = 50


@blueprint.get("/queries")
def catalogue() -> Response:
    """List the stored queries: as a page, as JSON, or as RDF."""
    return _catalogue("")


@blueprint.get("/queries.<suffix>")
def catalogue_as(suffix: str) -> Response:
    """List the stored queries in the format of a suffix."""
    return _catalogue(suffix)


def _catalogue(suffix: str) -> Response:
    offers = [*listing.OFFERS, Offer("html", "text/html")]
    wanted = _chosen(offers, suffix or request.args.get("format", ""), "the list of queries")
    if wanted.name == "html":
        page = render_template("catalogue.html", queries=list(service().catalogue))
        response = make_response(page)
    else:
        response = make_response(listing.write(service().catalogue, wanted.name))
        response.headers["Content-Type"] = wanted.media
    return _public(response)


@blueprint.get("/queries/<name>")
def answer(name: str) -> Response:
    """Answer a stored query, in the format that the suffix, ``format`` or ``Accept`` names.

    Plain questions do not come here: `gapgraph.web.plain` answers them.
    """
    query, suffix = named(service().catalogue, name)
    form = suffix or request.args.get("format", "")
    wanted = _chosen(offers_of(query.form), form, f"the query {query.id}")
    if wanted.name == "html":
        return _page(query)
    options = Options.of(request.args)
    current, arguments = service(), options.arguments(language())
    result = run(current.store, current.catalogue, query.id, options.values, **arguments)
    return _file(query, result, wanted.name, options)


def _chosen(offers: Sequence[Offer], named: str, what: str) -> Offer:
    """Return the offer that a name, or else the header ``Accept``, asks for."""
    if not named:
        return best_offer(offers)
    for offer in offers:
        if offer.name == named:
            return offer
    raise NotFoundError(
        f"{what} has no format {named[:20]!r}",
        todo="use one of " + ", ".join(offer.name for offer in offers),
    )


def _page(query: StoredQuery) -> Response:
    """Return the page of a query: the question as a form, and the answer.

    Where a parameter is wrong, the form comes again with the message, as status 400.
    """
    current, lang = service(), language()
    result: Result | None = None
    problem: UsageError | None = None
    try:
        options = Options.of(request.args)
        arguments = options.arguments(lang)
        if query.form == "SELECT":
            arguments["limit"] = options.limit or _ROWS_SHOWN
        result = run(current.store, current.catalogue, query.id, options.values, **arguments)
    except UsageError as error:
        problem = error
    given = result.values if result else request.args.to_dict(flat=False)
    page = render_template(
        "query.html",
        query=query,
        result=result,
        problem=problem,
        fields=fields(current, query, given, problem),
        formats=formats_of(query.form),
        links=page_links(request.path, request.args, result) if result else {},
        # Written anew, so that nothing in it ends the quotes of a line for a shell.
        parameters=urlencode(list(request.args.items(multi=True))),
    )
    response = make_response(page, 400 if problem else 200)
    if problem:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Accept, Accept-Language"
        return response
    return _public(response)


def _file(query: StoredQuery, result: Result, wanted: str, options: Options) -> Response:
    """Return an answer as a file with a useful name."""
    written = b"".join(write(result, wanted, lang=language(), excel=options.excel))
    links = page_links(request.path, request.args, result)
    total = result.total if result.boolean is None else None
    response = make_response(written)
    version = service().dataset.version
    told = answer_headers(query, wanted, options, version, total=total, links=links)
    # Over the type that Flask supposes.
    response.headers.update(told)
    return response


def _public(response: Response) -> Response:
    """Mark an answer as the same for everybody until the next build."""
    response.headers.extend(public_headers(service().dataset.version))
    return response

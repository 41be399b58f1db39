"""``/queries``: the stored queries, and their answers in the format asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from gapgraph.errors import NotFoundError, UsageError
from gapgraph.namespaces import CC_BY, last_segment
from gapgraph.queries.binding import bind
from gapgraph.queries.catalogue import StoredQuery
from gapgraph.queries.collation import fold
from gapgraph.queries.results import FORMATS, Result, formats_of, run, write
from gapgraph.web import listing
from gapgraph.web.choices import fields
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.options import Options, page_links
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("questions", __name__)

#: Rows to a page where a person reads and has asked for no other number.
_ROWS_SHOWN = 50
_PUBLIC = "public, max-age=60"
#: Formats that the engine writes as the standard has them, and how many rows one of them holds.
_COUNTED: dict[str, Callable[[bytes], int]] = {
    "srj": lambda written: len(json.loads(written)["results"]["bindings"]),
    # In TSV a line end within a value is escaped (SPARQL 1.1 CSV and TSV, section 4).
    "tsv": lambda written: written.count(b"\n") - 1,
    "csv": lambda written: (
        sum(1 for _ in csv.reader(io.StringIO(written.decode(), newline=""))) - 1
    ),
}


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
    """Answer a stored query, in the format that the suffix, ``format`` or ``Accept`` names."""
    query, suffix = _named(name)
    # What asks for nothing in particular is a program: it gets data, the standard's own first.
    names = sorted(formats_of(query.form), key="table".__eq__)
    offers = [Offer(each, FORMATS[each].media_type.partition(";")[0]) for each in names]
    offers.append(Offer("html", "text/html"))
    wanted = _chosen(offers, suffix or request.args.get("format", ""), f"the query {query.id}")
    if wanted.name == "html":
        return _page(query)
    options = Options.of(request.args)
    if query.form == "SELECT" and wanted.name in _COUNTED and options.plain(language()):
        written = service().store.rows_written(bind(query, options.values), wanted.name)
        return _told(query, written, wanted.name, options, total=_COUNTED[wanted.name](written))
    current, arguments = service(), options.arguments(language())
    result = run(current.store, current.catalogue, query.id, options.values, **arguments)
    return _file(query, result, wanted.name, options)


def _named(name: str) -> tuple[StoredQuery, str]:
    """Return the query that an address names, and the suffix it bears.

    :raises NotFoundError: where no stored query has the name
    """
    known = service().catalogue
    stem, dot, suffix = name.rpartition(".")
    return (known[stem], suffix) if dot and stem in known else (known[name], "")


def _chosen(offers: list[Offer], named: str, what: str) -> Offer:
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
    return _told(query, written, wanted, options, total=total, links=links)


def _told(
    query: StoredQuery,
    written: bytes,
    wanted: str,
    options: Options,
    *,
    total: int | None,
    links: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return what was written, with what its headers tell: format, name, licence, total, pages."""
    form = FORMATS[wanted]
    response = make_response(written)
    response.headers["Content-Type"] = form.media_type
    name = _file_name(query, options) + form.suffix
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Link"] = ", ".join(
        [f'<{CC_BY}>; rel="license"', *(f'<{link}>; rel="{name}"' for name, link in links.items())]
    )
    if total is not None:
        response.headers["X-Total-Count"] = str(total)
    return _public(response)


def _file_name(query: StoredQuery, options: Options) -> str:
    """Return a name that tells an answer from others in a folder of downloads."""
    given = [
        last_segment(value) if value.startswith(("http:", "https:")) else value
        for each in options.values.values()
        for value in each
    ]
    if options.limit is not None:
        given.append(f"{options.offset + 1}-{options.offset + options.limit}")
    words = "-".join([query.id, *map(fold, given)])
    return re.sub(r"[^a-z0-9.]+", "-", words)[:80].strip("-.")


def _public(response: Response) -> Response:
    """Mark an answer as the same for everybody until the next build."""
    response.headers["Cache-Control"] = _PUBLIC
    response.headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
    response.headers["X-Dataset-Version"] = service().dataset.version
    return response

"""``/queries``: the stored queries, and their answers in the format asked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WSGIResponse

from gapgraph.errors import UsageError
from gapgraph.queries.executables import executable
from gapgraph.queries.results import FORMATS, Result, formats_of, run, write
from gapgraph.queries.stored import StoredQuery
from gapgraph.texts import SOURCE
from gapgraph.web import listing
from gapgraph.web.answers import ITSELF, answer_headers, named, offers_of
from gapgraph.web.base import address, current_path, local
from gapgraph.web.choices import Field, fields
from gapgraph.web.formats import rdf_response, validated
from gapgraph.web.headers import as_file, never_kept, public, related
from gapgraph.web.language import language
from gapgraph.web.negotiate import HTML, Offer, chosen, gives
from gapgraph.web.options import Options, page_links
from gapgraph.web.parameters import takes
from gapgraph.web.question_page import as_data, excerpt, groups, pieces, table, whole
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("questions", __name__)

#: Rows to a page where a person reads and has asked for no other number.
_ROWS_SHOWN = 50
#: Fewer on a page that is a file: a script shows the rest there.
_ROWS_IN_FILES = 10
#: Rows whose values have more letters than this make too large a page: then it has fewer.
_MOST_LETTERS = 40_000
_ROWS_OF_TEXT = 20
_LIST = (*listing.OFFERS, HTML)


@blueprint.get("/queries")
@gives(*_LIST)
@takes("format")
def catalogue() -> Response:
    """List the stored queries: as a page, as JSON, or as RDF."""
    return _catalogue("")


@blueprint.get("/queries.<suffix>")
@gives(*_LIST)
@takes("format")
def catalogue_as(suffix: str) -> Response:
    """List the stored queries in the format of a suffix."""
    return _catalogue(suffix)


def _catalogue(suffix: str) -> Response:
    wanted = chosen("the list of queries", suffix)
    current = service()
    if wanted.name == "html":
        queries = list(current.catalogue)
        page = render_template(
            "catalogue.html",
            groups=groups(queries, current.catalogue.dictionary.tags),
            count=len(queries),
            formats=[(each.name, listing.LABELS[each.name]) for each in listing.OFFERS],
        )
        return public(make_response(page))
    written = listing.write(current, wanted.name)
    return public(as_file(written, wanted.media, f"queries.{wanted.name}", shown=True))


@blueprint.get("/queries/")
@takes("format")
def catalogue_folder() -> WSGIResponse:
    """Lead to the list, from the address that its queries stand under."""
    asked = request.query_string.decode("ascii", "replace")
    return redirect(url_for(".catalogue", lang=None) + (f"?{asked}" if asked else ""), code=308)


@blueprint.get("/graph/queries")
@blueprint.get("/graph/queries.<suffix>")
@blueprint.get("/queries/prefixes")
@blueprint.get("/queries/prefixes/<_name>")
@gives(*_LIST)
@takes("format")
def catalogue_graph(suffix: str = "", _name: str = "") -> Response:
    """Give the list as the named graph that it is, or where its RDF names a prefix."""
    return _catalogue(suffix)


@blueprint.get("/queries/<name>")
def answer(name: str) -> Response:
    """Answer a stored query, in the format that the suffix, ``format`` or ``Accept`` names.

    Plain questions do not come here: `gapgraph.web.plain` answers them.
    """
    query, suffix = named(service().catalogue, name)
    wanted = chosen(f"the query {query.id}", suffix, offers_of(query.form))
    if wanted.name == "html":
        return _page(query)
    if wanted in ITSELF and wanted.name not in formats_of(query.form):
        return _described(query, wanted)
    options = Options.of(request.args)
    current, arguments = service(), options.arguments(language())
    result = run(current.store, current.catalogue, query.id, options.values, **arguments)
    return _file(query, result, wanted.name, options)


def _described(query: StoredQuery, wanted: Offer) -> Response:
    """Return a query itself: its file, or what its RDF says of it."""
    if wanted == ITSELF[0]:
        media = f"{wanted.media}; charset=utf-8"
        response = validated(as_file(query.file.read_bytes(), media))
    else:
        response = rdf_response(executable(query), wanted.name)
    response.headers["Link"] = related(f'<{query.iri}>; rel="describes"')
    return response


def _page(query: StoredQuery) -> Response:
    """Return the page of a query: the question as a form, and the answer.

    Where a parameter is wrong, the form comes again with the message, as status 400.
    """
    current, lang = service(), language()
    result: Result | None = None
    problem: UsageError | None = None
    options: Options | None = None
    try:
        options = Options.of(request.args)
        arguments = options.arguments(lang)
        # People read names; who wants IRIs alone says so.
        arguments["labels"] = options.labels or "labels" not in request.args
        if query.form == "SELECT" and options.limit is None:
            arguments["limit"] = _ROWS_IN_FILES if service().config.site else _ROWS_SHOWN
        result = run(current.store, current.catalogue, query.id, options.values, **arguments)
        if options.limit is None and _letters(result) > _MOST_LETTERS:
            arguments["limit"] = min(_ROWS_OF_TEXT, result.limit or _ROWS_OF_TEXT)
            result = run(current.store, current.catalogue, query.id, options.values, **arguments)
    except UsageError as error:
        problem = error
    given = result.values if result else request.args.to_dict(flat=False)
    filled = fields(current, query, given, problem)
    spoken = query.header.spoken()
    path = current_path()
    links = page_links(local(path), request.args, result) if result else {}
    stem = path.removesuffix(".html")
    asked = [*_asked(), *_by_default(result, filled)]
    page = render_template(
        "query.html",
        query=query,
        result=result,
        problem=problem,
        pieces=pieces(query, filled, lang),
        others=[each for each in filled if each.parameter.name not in spoken and not each.settled],
        fields=filled,
        table=table(result, lang) if result and result.columns else None,
        excerpt=excerpt(result) if result and result.is_graph else None,
        whole=whole(current, query, result, options) if result and options else None,
        formats=[(local(f"{stem}.{each}"), FORMATS[each].label) for each in formats_of(query.form)],
        links=links if links.keys() & {"prev", "next"} else {},
        address=address(stem),
        # Written anew, so that nothing in it ends the quotes of a line for a shell.
        parameters=urlencode(asked),
        of_files=urlencode([*asked, *_named(query)]),
        question_data=as_data,
    )
    response = make_response(page, 400 if problem else 200)
    if problem:
        return never_kept(response)
    if result:
        response.headers["Link"] = related(*(f'<{to}>; rel="{at}"' for at, to in links.items()))
        if query.form == "SELECT":
            response.headers["X-Total-Count"] = str(result.total)
    return public(response)


def _asked() -> list[tuple[str, str]]:
    """Return what the address asks, but for the format."""
    return [pair for pair in request.args.items(multi=True) if pair[1] and pair[0] != "format"]


def _named(query: StoredQuery) -> list[tuple[str, str]]:
    """Return what gives files the names that the page shows, in a language that is not the texts'.

    Who wants IRIs alone says so.  A site has its files in the language of the texts.
    """
    lang = language()
    if lang == SOURCE or query.form != "SELECT" or service().config.site:
        return []
    given = {"lang": lang, "labels": "1"}
    return [(name, value) for name, value in given.items() if not request.args.get(name)]


def _by_default(result: Result | None, filled: Sequence[Field]) -> list[tuple[str, str]]:
    """Return what was answered without being asked: a permanent address says it.

    Another build may have another default.  A site has a file for each question in its links.
    """
    if result is None or service().config.site:
        return []
    open_ = [each.parameter.name for each in filled if not each.settled]
    return [
        (name, value)
        for name in open_
        if name not in request.args
        for value in result.values.get(name, ())
    ]


def _letters(result: Result) -> int:
    """Count the letters of the values of an answer's rows."""
    return sum(len(term.value) for row in result.rows for term in row if term is not None)


def _file(query: StoredQuery, result: Result, wanted: str, options: Options) -> Response:
    """Return an answer as a file with a useful name."""
    written = b"".join(write(result, wanted, lang=language(), excel=options.excel))
    links = page_links(local(current_path()), request.args, result)
    total = result.total if result.boolean is None else None
    response = make_response(written)
    # Over the type that Flask supposes.
    response.headers.update(answer_headers(query, wanted, options, total=total, links=links))
    return public(response)

"""The query operation of SPARQL 1.1 Protocol: a request read, a query evaluated, an answer told.

Protocol, section 2.1: GET, POST of a form, POST of the query itself.  Every query runs in a worker
process (`gapgraph.store.workers`); what would read a file or open a connection is refused before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from werkzeug.exceptions import (
    NotAcceptable,
    RequestEntityTooLarge,
    RequestURITooLarge,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Request

from gapgraph.confine import Ending
from gapgraph.errors import InputError, QuerySyntaxError, UsageError
from gapgraph.iris import iri_fault, is_iri
from gapgraph.namespaces import BASE
from gapgraph.store.embedded_write import Evaluation
from gapgraph.store.federation import answer_services
from gapgraph.store.pool import Reply
from gapgraph.store.scan import Scan, scan
from gapgraph.unicode import decoded
from gapgraph.web.formats import rdf_offers
from gapgraph.web.headers import content_type
from gapgraph.web.negotiate import HTML, Offer, best_of, choose
from gapgraph.web.rsgi import HANGUP
from gapgraph.web.service import Service

__all__ = [
    "NAMES",
    "OFFERS",
    "Asked",
    "Formats",
    "described_as",
    "evaluate",
    "read_parameters",
    "read_question",
    "told",
]

_ROW_OFFERS = (
    Offer("srj", "application/sparql-results+json"),
    Offer("srj", "application/json"),
    Offer("srx", "application/sparql-results+xml"),
    Offer("srx", "application/xml"),
    Offer("srx", "text/xml"),
    Offer("csv", "text/csv"),
    Offer("tsv", "text/tab-separated-values"),
)
_BOOLEAN_OFFERS = _ROW_OFFERS[:5]
_GRAPH_OFFERS = rdf_offers()
#: What the endpoint offers, and what ``format`` may say of it in a line of help.
OFFERS = (*_ROW_OFFERS, *_GRAPH_OFFERS, HTML)
NAMES = ("json", "xml", "csv", "tsv", "turtle", "nt", "jsonld", "rdf", "html")


class Formats(NamedTuple):
    """The format for each kind of result; nothing where none is wanted."""

    rows: Offer | None
    boolean: Offer | None
    graph: Offer | None
    page: bool = False


_SRJ, _SRX, _CSV, _TSV = (_ROW_OFFERS[place] for place in (0, 2, 5, 6))
_TTL, _NT, _JSONLD, _RDF = _GRAPH_OFFERS[:4]
_AS_JSON, _AS_XML = Formats(_SRJ, _SRJ, _JSONLD), Formats(_SRX, _SRX, _RDF)
_AS_TURTLE, _AS_NT = Formats(None, None, _TTL), Formats(None, None, _NT)
_AS_JSONLD, _AS_RDF = Formats(None, None, _JSONLD), Formats(None, None, _RDF)
#: What ``format`` may say; generic clients write these names.
_NAMED = {
    **dict.fromkeys(("json", "srj", "sparql-results+json"), _AS_JSON),
    **dict.fromkeys(("xml", "srx", "sparql-results+xml"), _AS_XML),
    "csv": Formats(_CSV, None, None),
    "tsv": Formats(_TSV, None, None),
    **dict.fromkeys(("ttl", "turtle", "n3"), _AS_TURTLE),
    **dict.fromkeys(("nt", "ntriples", "n-triples"), _AS_NT),
    **dict.fromkeys(("jsonld", "json-ld"), _AS_JSONLD),
    **dict.fromkeys(("rdf", "rdf+xml", "rdfxml", "rdf-xml"), _AS_RDF),
    "html": Formats(_SRJ, _SRJ, _TTL, page=True),
    **{offer.media: Formats(offer, None, None) for offer in _ROW_OFFERS[5:]},
    **{offer.media: Formats(offer, offer, None) for offer in _BOOLEAN_OFFERS},
    **{offer.media: Formats(None, None, offer) for offer in _GRAPH_OFFERS[:4]},
}


class Asked(NamedTuple):
    """A request, read."""

    query: str
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    formats: Formats
    seconds: float | None
    ending: Ending


def evaluate(service: Service, asked: Asked) -> Reply:
    """Return a query's result.

    :raises GapgraphError: for every error of the query, the dataset or the engine
    """
    limit = service.config.settings.number("query_depth")
    scanned = scan(asked.query, base=f"{BASE}sparql", depth=limit)
    default_graphs, named_graphs = _dataset(service, asked, scanned)
    text = asked.query
    seconds = min(asked.seconds or service.pool.limits.seconds, service.pool.limits.seconds)
    if scanned.services:
        until = time.monotonic() + seconds
        with service.pool.place(seconds):
            text = answer_services(
                scanned,
                text,
                allowed=service.config.services,
                seconds=until - time.monotonic(),
                limit=service.config.settings.number("query_bytes"),
            )
        seconds = max(0.1, until - time.monotonic())
    return service.pool.run(
        Evaluation(
            text,
            base=f"{BASE}sparql",
            rows=asked.formats.rows.name if asked.formats.rows else "",
            boolean=asked.formats.boolean.name if asked.formats.boolean else "",
            graph=asked.formats.graph.name if asked.formats.graph else "",
            limit=service.config.settings.number("query_result_bytes"),
            default_graphs=default_graphs,
            named_graphs=named_graphs,
        ),
        seconds=seconds,
        ending=asked.ending,
    )


def read_parameters(service: Service, request: Request) -> tuple[list[tuple[str, str]], str | None]:
    """Return the parameters of the address and the form, and the query a body holds.

    :raises UsageError: for what is not UTF-8
    :raises UnsupportedMediaType: for a body that is neither a form nor a query
    """
    longest = service.config.settings.number("query_bytes")
    parameters = _decoded(request.query_string)
    if request.method != "POST":
        return parameters, None
    # A form writes most characters of a query in three bytes.
    request.max_content_length = 3 * longest + 16_384
    body = request.get_data(parse_form_data=False)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype == "application/x-www-form-urlencoded":
        return [*parameters, *_decoded(body)], None
    if request.mimetype != "application/sparql-query":
        updating = request.mimetype == "application/sparql-update"
        raise UnsupportedMediaType(
            "this service is read-only and takes no updates"
            if updating
            else "send a form (application/x-www-form-urlencoded) or a query "
            "(application/sparql-query)"
        )
    if charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("send the query in UTF-8")
    try:
        return parameters, decoded(body)
    except InputError as error:
        raise UsageError(f"{error.what} in the query", todo="send it in UTF-8") from error


def _decoded(encoded: bytes) -> list[tuple[str, str]]:
    """Return the names and values of an address or a form."""
    try:
        return parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000
        )
    except ValueError as error:
        raise UsageError(
            "the parameters are not UTF-8 in percent-encoding, or are more than 1000",
            todo="encode them as a form does",
        ) from error


def read_question(
    service: Service,
    request: Request,
    parameters: Sequence[tuple[str, str]],
    body: str | None,
) -> Asked:
    """Return what a request asks.

    :raises UsageError: for parameters that are missing, repeated or wrong
    """
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise UsageError("this service is read-only and takes no updates", todo="send a query")
    # A mark before a query says nothing once it is text.
    queries = [
        each.removeprefix("\ufeff")
        for each in (*values.get("query", []), *([] if body is None else [body]))
    ]
    if len(queries) != 1:
        raise UsageError(f"the request has {len(queries)} queries", todo="send one query")
    longest = service.config.settings.number("query_bytes")
    if len(queries[0].encode()) > longest:
        too_long = RequestURITooLarge if request.method == "GET" else RequestEntityTooLarge
        raise too_long(f"the query is longer than {longest} bytes: shorten it")
    if "\0" in queries[0]:
        raise QuerySyntaxError("a character that no query has, U+0000", line=1, column=1)
    return Asked(
        queries[0],
        _graphs(values, "default-graph-uri"),
        _graphs(values, "named-graph-uri"),
        _formats(request, values.get("format", [])),
        _seconds(values.get("timeout", [])),
        request.environ.get(HANGUP, Ending()),
    )


#: What graphs are named by: addresses of the web and names, never the files of a machine.
_GRAPH_NAME = re.compile(r"(?:https?|urn|tag):", re.IGNORECASE)


def _graphs(values: dict[str, list[str]], name: str) -> list[str]:
    """Return the graphs that the protocol's parameters name.

    A value in which the next parameter stands encoded once too often is taken apart, as the
    W3C's own test ``query_multiple_dataset`` needs.

    :raises UsageError: for what is no absolute IRI on the web
    """
    graphs = [
        part
        for value in values.get(name, [])
        for part in re.split("&(?:default|named)-graph-uri=", value)
    ]
    for graph in graphs:
        if not is_iri(graph):
            raise UsageError(
                f"{name} {graph[:100]!r} is no IRI ({iri_fault(graph)})",
                todo="see /sparql for the graphs of this service; nothing is fetched",
                parameter=name,
            )
        if not _GRAPH_NAME.match(graph):
            raise UsageError(
                f"{name} {graph[:100]!r} names no graph of this service",
                todo="see /sparql for its graphs; nothing is fetched",
                parameter=name,
            )
    return graphs


def _formats(request: Request, named: Sequence[str]) -> Formats:
    """Return the formats that ``format`` names, else those that ``Accept`` wants.

    :raises UsageError: for a format that does not exist
    :raises NotAcceptable: where no format on offer is wanted
    """
    if named:
        # Some clients write a list of media types, and some leave the plus sign bare.
        names = [each.strip().lower().replace(" ", "+") for each in named[-1].split(",")]
        chosen = next((_NAMED[each] for each in names if each in _NAMED), None)
        if chosen is None:
            raise UsageError(
                f"the format {named[-1][:40]!r} is not on offer",
                todo=f"use one of {', '.join(NAMES)}",
                parameter="format",
            )
        return chosen
    return _accepted(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def _accepted(header: str) -> Formats:
    """Return the formats that a header ``Accept`` wants most for each kind of result.

    Clients write one header for all forms of query.  What fits the query, though not the header,
    serves them better than 406 (RFC 9110, section 12.4.1).

    :raises NotAcceptable: where no format on offer is wanted
    """
    if choose(OFFERS, "the result", accept=header) is HTML:
        return _NAMED["html"]
    kinds = (_ROW_OFFERS, _BOOLEAN_OFFERS, _GRAPH_OFFERS)
    rows, boolean, graph = (best_of(header, among) or among[0] for among in kinds)
    return Formats(rows, boolean, graph)


def described_as(request: Request) -> str:
    """Return the format that a description of the service is asked for in, or ``html``.

    :raises UsageError: for a format that does not exist, or holds no RDF
    :raises NotAcceptable: where no format on offer is wanted
    """
    named = [each for each in request.args.getlist("format") if each]
    if not named:
        offers = (*_GRAPH_OFFERS, HTML)
        return choose(offers, "the service", accept=request.headers.get("Accept", "")).name
    formats = _formats(request, named)
    if formats.graph is None:
        raise UsageError(
            f"the service is described in RDF, which {named[-1][:20]!r} cannot hold",
            todo="use turtle, nt, jsonld or rdf",
            parameter="format",
        )
    return "html" if formats.page else formats.graph.name


def _seconds(values: Sequence[str]) -> float | None:
    """Return the deadline a client lowers.

    :raises UsageError: for what is no time
    """
    if not values:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", values[-1]) or float(values[-1]) == 0:
        raise UsageError(f"timeout is {values[-1][:20]!r}", todo="give seconds, such as 2 or 0.5")
    return float(values[-1])


def _dataset(
    service: Service, asked: Asked, scanned: Scan
) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """Return the graphs of a query's dataset; nothing for that of the service.

    The protocol's parameters go before the query's own clauses (Protocol, section 2.1.4).

    :raises UsageError: where ``FROM`` names what is no graph here: nothing is fetched
    """
    if asked.default_graphs or asked.named_graphs:
        return asked.default_graphs, asked.named_graphs
    return scanned.dataset(service.graphs) or (None, None)


def told(service: Service, reply: Reply, asked: Asked) -> list[tuple[str, str]]:
    """Return what the headers tell of a result.

    :raises NotAcceptable: where the query is of a form that the wanted formats cannot hold
    """
    offer: Offer | None = getattr(asked.formats, reply.kind)
    if offer is None:
        holds = {"rows": "rows", "boolean": "yes or no", "graph": "RDF"}[reply.kind]
        raise NotAcceptable(f"the query answers {holds}, which the format asked for cannot hold")
    headers = [("Content-Type", content_type(offer.media))]
    absent = [
        iri for iri in (*asked.default_graphs, *asked.named_graphs) if iri not in service.graphs
    ]
    if absent:
        name = absent[0][:200].encode("ascii", "replace").decode()
        said = f'"{name} is no graph of this service and is taken as empty; nothing is fetched"'
        headers.append(("Warning", f"299 gapgraph {said}"))
    return headers

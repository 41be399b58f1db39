"""Linked data: every IRI of ours resolves, at the same path of this service.

Things (``/id/…``) are answered 303 See Other with the document about them (Cool URIs for the
Semantic Web, section 4.2); documents (ontology, shapes, graphs, dumps) are answered themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node
from werkzeug.wrappers import Response as BaseResponse

from gapgraph.assembly import labelled
from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, DCTERMS, GG, OWL, RDF, RDFS, SKOS, last_segment
from gapgraph.store.embedded_write import rewrite
from gapgraph.store.engine import Engine
from gapgraph.turtle import natural, read_turtle, write_ntriples
from gapgraph.validation.gate import shapes_graph
from gapgraph.validation.shapes import LEVELS, read_shapes
from gapgraph.web.base import address, local
from gapgraph.web.description import (
    DUMPS,
    describe_dataset,
    dump,
    node_of,
    packed_dump,
    schema_dataset,
)
from gapgraph.web.formats import DATASET_MEDIA, RDF_MEDIA, rdf_offers, rdf_response, validated
from gapgraph.web.language import language
from gapgraph.web.links import link
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.pages.entities import entity_page
from gapgraph.web.pages.place import place_of
from gapgraph.web.pages.rows import Text
from gapgraph.web.parameters import takes
from gapgraph.web.service import service
from gapgraph.web.terms import diagram, sections

__all__ = ["about", "blueprint", "label_of"]

blueprint = Blueprint("resources", __name__)

Triple = tuple[Node, Node, Node]

_HTML = Offer("html", "text/html")
_OFFERS = (*rdf_offers(), _HTML)
_DATASET_OFFERS = (*rdf_offers(DATASET_MEDIA), _HTML)
_PATH = re.compile(r"[A-Za-z0-9._~/-]{1,300}")
#: What names a thing, the best first.
_NAMES = tuple(map(str, (SKOS.prefLabel, RDFS.label, DCTERMS.title)))


@blueprint.get("/id/<path:path>")
@takes("format")
def thing(path: str) -> BaseResponse:
    """Lead to the document about a thing, or give it where the address has a suffix.

    :raises NotFoundError: for what is not ours
    """
    stem, form = _split(f"id/{path}")
    iri = BASE + stem
    triples = about(service().store, iri)
    if not triples:
        raise _unknown(stem)
    if form is None:
        form = _wanted()
        response = redirect(link(iri, f".{form}", page=form == "html"), code=303)
        response.headers["Vary"] = "Accept"
        return response
    if form == "html":
        return _page(iri, triples)
    response = rdf_response(triples, form)
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return response


@blueprint.get("/graph/<path:path>")
@takes("format")
def graph(path: str) -> Response:
    """Give a named graph, in the format that the suffix or ``Accept`` names.

    :raises NotFoundError: where there is no such graph
    """
    stem, form = _split(f"graph/{path}", DATASET_MEDIA)
    iri = BASE + stem
    if iri not in service().graphs:
        raise _unknown(stem)
    form = form or _wanted(_DATASET_OFFERS)
    if form == "html":
        triples = about(service().store, iri)
        return _page(iri, triples, files=[local(f"{stem}.{name}") for name in DATASET_MEDIA])
    return _document(dump(service(), form, iri), form)


@blueprint.get("/ontology")
@blueprint.get("/ontology.<form>")
@takes("format")
def ontology(form: str | None = None) -> Response:
    """Give the ontology, or the page generated from it.

    :raises NotFoundError: for a suffix that names no format
    """
    file = service().config.home.ontology / "gapgraph.ttl"
    if form == "ttl" or (form is None and _wanted() == "ttl"):
        return _document(file.read_bytes(), "ttl")
    return _vocabulary(form, "ontology", lambda: labelled(read_turtle(file), "ontology"))


@blueprint.get("/ontology/<version>")
@takes("format")
def ontology_version(version: str) -> Response:
    """Give the ontology at its version IRI.

    :raises NotFoundError: for a version that is not the present one
    """
    if not _is_version(f"ontology/{version}"):
        raise _unknown(f"ontology/{version}")
    return ontology()


@blueprint.get("/shapes")
@blueprint.get("/shapes.<form>")
@takes("format")
def shapes(form: str | None = None) -> Response:
    """Give the shapes that the data is checked against.

    :raises NotFoundError: for a suffix that names no format
    """
    folder = service().config.home.ontology
    return _vocabulary(form, "shapes", lambda: labelled(shapes_graph(folder), "shapes"))


@blueprint.get("/shapes/<level>")
@takes("format")
def shapes_of_level(level: str) -> Response:
    """Give the shapes of one level, or all at their version IRI.

    :raises NotFoundError: for a level or version there is none of, or a suffix that names no format
    """
    if _is_version(f"shapes/{level}"):
        return shapes()
    stem, form = _split(f"shapes/{level}")
    name = last_segment(stem)
    if name not in LEVELS:
        raise _unknown(stem)
    folder = service().config.home.ontology / "shapes"
    return _vocabulary(form, stem, lambda: labelled(read_shapes(folder, name).graph, "shapes"))


def _is_version(path: str) -> bool:
    """Tell whether a path is that of the version IRI of what is served; an earlier one is not."""
    if not _PATH.fullmatch(path):
        return False
    return any(verb == str(OWL.versionIRI) for verb, _ in service().store.pointing(BASE + path))


def _vocabulary(form: str | None, name: str, read: Callable[[], Graph]) -> Response:
    """Give the ontology or the shapes; their blank nodes stay, with a build's labels.

    :param form: the format that the suffix names
    :param name: what it is called among what is kept
    :param read: reads it
    """
    if form not in {None, "html", *RDF_MEDIA}:
        raise _unknown(request.path.strip("/"))
    form = form or _wanted()
    current = service()
    graph = current.once((name,), read)
    if form == "html":
        response = make_response(
            render_template(
                "ontology.html", sections=sections(graph), drawn=diagram(graph), title=_title(graph)
            )
        )
        response.headers["Vary"] = "Accept, Accept-Language"
        return response
    written = current.once((name, form), lambda: _written(graph, form))
    return _document(written, form)


def _written(graph: Graph, form: str) -> bytes:
    """Return a graph in a format."""
    return rewrite(write_ntriples(graph, blank=True).encode(), form)


@blueprint.get("/.well-known/void")
@takes("format", "version")
def void() -> BaseResponse:
    """Describe the dataset (RFC 8615; VoID, section 7.2); lead to a version that was replaced.

    :raises GoneError: for a version that is not kept
    :raises NotFoundError: for one this service knows nothing of
    """
    version, current = request.args.get("version"), service()
    if version is not None and current.build_of(version) is not current.dataset:
        response = redirect(local(f"data/{version}"), code=303)
        response.headers["Vary"] = "Accept"
        return response
    form = _wanted()
    triples = sorted(describe_dataset(current, address("")), key=str)
    if form == "html":
        form = "ttl"
    return rdf_response(triples, form)


@blueprint.get("/data/")
@takes("format")
def dumps() -> Response:
    """List the dumps."""
    wanted = _wanted(_DATASET_OFFERS)
    if wanted != _HTML.name:
        return rdf_response(list(describe_dataset(service(), address(""))), wanted)
    response = make_response(
        render_template(
            "data.html",
            dumps=DUMPS,
            graphs=sorted(service().graphs),
            dataset=service().dataset,
            summary=schema_dataset(service(), address(""), language()),
        )
    )
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


@blueprint.get("/data/gapgraph")
@takes("format")
def dump_wanted() -> Response:
    """Give the whole dataset in the format that ``format`` or ``Accept`` names."""
    form = _wanted(_DATASET_OFFERS)
    return dumps() if form == "html" else _document(dump(service(), form), form)


@blueprint.get("/data/gapgraph.<suffix>")
def dump_file(suffix: str) -> Response:
    """Give the whole dataset as a file.

    :raises NotFoundError: for a suffix that names no dump
    """
    form = suffix.removesuffix(".gz")
    if form not in DUMPS:
        raise NotFoundError(
            f"there is no dump gapgraph.{suffix[:40]}",
            todo="use " + ", ".join(f"gapgraph.{each}[.gz]" for each in DUMPS),
        )
    packed = suffix != form
    content = packed_dump(service(), form) if packed else dump(service(), form)
    response = make_response(content)
    response.headers["Content-Type"] = "application/gzip" if packed else _content_type(form)
    response.headers["Content-Disposition"] = f'attachment; filename="gapgraph.{suffix}"'
    return validated(response)


def about(store: Engine, iri: str) -> list[Triple]:
    """Return the triples that a thing is the subject of, sorted.

    :param iri: an IRI of ours
    """
    return sorted(
        {(node_of(s), node_of(p), node_of(o)) for s, p, o in store.about(iri)},
        key=lambda triple: [natural(str(node)) for node in triple[1:]],
    )


def label_of(store: Engine, iri: str, lang: str) -> Text:
    """Return what names a thing, in a language where there is one, else the end of its IRI."""
    found = sorted(
        (
            (value.language != lang, value.language != "es", _NAMES.index(name.value)),
            (value.value, value.language),
        )
        for _, name, value in store.about(iri)
        if name.value in _NAMES
    )
    return Text(*found[0][1]) if found else Text(last_segment(iri).rpartition("#")[2], "")


def _title_of(store: Engine, iri: str, triples: list[Triple], lang: str) -> Text:
    """Return a heading for a thing: its label, else its class and number."""
    label = label_of(store, iri, lang)
    if label.lang:
        return label
    # What is one of several kinds is called by its kind: they say more than their common class.
    classes = sorted(str(o) for _, p, o in triples if p == RDF.type and str(o).startswith(str(GG)))
    kinds = [each for each in classes if each != str(GG.Statement)] or classes
    named = label_of(store, kinds[0], lang) if kinds else Text("", "")
    return Text(f"{named.value} {label.value}", named.lang) if named.lang else label


def _split(path: str, known: Mapping[str, str] = RDF_MEDIA) -> tuple[str, str | None]:
    """Return a path without the suffix of a format, and the format.

    :param known: the formats, beside the page
    :raises NotFoundError: for a path that no IRI of ours has
    """
    if not _PATH.fullmatch(path):
        raise _unknown(path)
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in {"html", *known}:
        return stem, suffix
    return path, None


def _unknown(path: str) -> NotFoundError:
    return NotFoundError(
        f"there is nothing at {BASE}{path[:200]}",
        todo=f"start from {local('data/')} or from {local('queries')}",
    )


def _wanted(offers: Sequence[Offer] = _OFFERS) -> str:
    """Return the format that ``format`` or ``Accept`` names; a browser gets a page.

    :param offers: the formats, the page among them
    """
    asked = request.args.get("format")
    if asked in {offer.name for offer in offers}:
        return str(asked)
    return best_offer(offers).name


def _document(content: bytes, form: str) -> Response:
    """Return a document of RDF with its validator."""
    response = make_response(content)
    response.headers["Content-Type"] = _content_type(form)
    return validated(response)


def _content_type(form: str) -> str:
    media = DATASET_MEDIA[form]
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _page(iri: str, triples: list[Triple], files: list[str] | None = None) -> Response:
    """Show a thing: on a page of its kind, else its triples, each node by its name."""
    shown = entity_page(iri)
    if shown is not None:
        return shown
    store, lang = service().store, language()
    response = make_response(
        render_template(
            "resource.html",
            iri=iri,
            title=_title_of(store, iri, triples, lang),
            place=place_of(iri, {str(value) for *_, value in triples}),
            facts=[
                (
                    str(predicate),
                    str(value),
                    getattr(value, "language", None),
                    label_of(store, str(value), lang) if isinstance(value, URIRef) else None,
                )
                for _, predicate, value in triples
            ],
            incoming=store.pointing(iri),
            files=files or [local(f"{iri.removeprefix(BASE)}.{name}") for name in RDF_MEDIA],
        )
    )
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _title(read: Graph) -> dict[str, str]:
    """Return the title of a document in both languages."""
    return {
        str(title.language): str(title)
        for title in read.objects(None, DCTERMS.title)
        if isinstance(title, Literal) and title.language
    }

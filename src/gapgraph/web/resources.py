"""Linked data: every IRI of ours resolves, at the same path of this service.

Things (``/id/…``) are answered 303 See Other with the document about them (Cool URIs for the
Semantic Web, section 4.2); documents (ontology, shapes, graphs, dumps) are answered themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node
from werkzeug.wrappers import Response as BaseResponse

from gapgraph.assembly import labelled
from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, DCTERMS, GG, OWL, RDF, RDFS, SKOS, last_segment
from gapgraph.ntriples import write_ntriples
from gapgraph.rdf import read_turtle
from gapgraph.store.embedded_write import rewrite
from gapgraph.store.engine import Engine
from gapgraph.turtle import natural
from gapgraph.validation.gate import shapes_graph
from gapgraph.validation.shapes import LEVELS, read_shapes
from gapgraph.web.base import address, local
from gapgraph.web.description import (
    DUMPS,
    describe_dataset,
    dump,
    dumps_of,
    node_of,
    packed_dump,
    schema_dataset,
)
from gapgraph.web.formats import DATASET_MEDIA, RDF_MEDIA, rdf_offers, rdf_response, validated
from gapgraph.web.headers import as_file, public, related
from gapgraph.web.language import language
from gapgraph.web.links import link
from gapgraph.web.negotiate import HTML, Offer, chosen, gives, offers_from, split
from gapgraph.web.pages.entities import entity_page
from gapgraph.web.pages.place import place_of
from gapgraph.web.pages.rows import Text
from gapgraph.web.parameters import takes
from gapgraph.web.service import service
from gapgraph.web.terms import diagram, sections

__all__ = ["about", "blueprint", "label_of"]

blueprint = Blueprint("resources", __name__)

Triple = tuple[Node, Node, Node]

_DOCUMENT = (*rdf_offers(), HTML)
_DATASET = (*rdf_offers(DATASET_MEDIA), HTML)
_FILES = offers_from(
    {
        **{suffix: media for suffix, (media, _) in DUMPS.items()},
        **{f"{suffix}.gz": "application/gzip" for suffix in DUMPS},
    }
)
_PATH = re.compile(r"[A-Za-z0-9._~/-]{1,300}")
#: What names a thing, the best first.
_NAMES = tuple(map(str, (SKOS.prefLabel, RDFS.label, DCTERMS.title)))


@blueprint.get("/id/<path:path>")
@gives(*_DOCUMENT)
@takes("format")
def thing(path: str) -> BaseResponse:
    """Lead to the document about a thing, or give it where the address has a suffix.

    :raises NotFoundError: for what is not ours
    """
    stem, suffix = _split(f"id/{path}", _DOCUMENT)
    iri = BASE + stem
    triples = about(service().store, iri)
    if not triples:
        raise _unknown(stem)
    form = chosen(f"the document about {iri}", suffix).name
    if not suffix:
        return redirect(link(iri, f".{form}", page=form == "html"), code=303)
    if form == "html":
        return _page(iri, triples)
    response = rdf_response(triples, form)
    response.headers["Link"] = related(f'<{iri}>; rel="describes"')
    return response


@blueprint.get("/graph/<path:path>")
@gives(*_DATASET)
@takes("format")
def graph(path: str) -> Response:
    """Give a named graph, in the format that the suffix or ``Accept`` names.

    :raises NotFoundError: where there is no such graph
    """
    stem, suffix = _split(f"graph/{path}", _DATASET)
    iri = BASE + stem
    if iri not in service().graphs:
        raise _unknown(stem)
    form = chosen(f"the graph {stem}", suffix).name
    if form == "html":
        triples = about(service().store, iri)
        return _page(iri, triples, files=[local(f"{stem}.{name}") for name in DATASET_MEDIA])
    return _document(dump(service(), form, iri), form)


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
@gives(*_DOCUMENT)
@takes("format")
def ontology(suffix: str = "") -> Response:
    """Give the ontology, or the page generated from it."""
    file = service().config.home.ontology / "gapgraph.ttl"
    form = chosen("the ontology", suffix).name
    if form == "ttl":
        return _document(file.read_bytes(), "ttl")
    return _vocabulary(form, "ontology", lambda: labelled(read_turtle(file), "ontology"))


@blueprint.get("/ontology/<version>")
@gives(*_DOCUMENT)
@takes("format")
def ontology_version(version: str) -> Response:
    """Give the ontology at its version IRI.

    :raises NotFoundError: for a version that is not the present one
    """
    if not _is_version(f"ontology/{version}"):
        raise _unknown(f"ontology/{version}")
    return ontology()


@blueprint.get("/shapes")
@blueprint.get("/shapes.<suffix>")
@gives(*_DOCUMENT)
@takes("format")
def shapes(suffix: str = "") -> Response:
    """Give the shapes that the data is checked against."""
    folder = service().config.home.ontology
    form = chosen("the list of shapes", suffix).name
    return _vocabulary(form, "shapes", lambda: labelled(shapes_graph(folder), "shapes"))


@blueprint.get("/shapes/<level>")
@gives(*_DOCUMENT)
@takes("format")
def shapes_of_level(level: str) -> Response:
    """Give the shapes of one level, or all at their version IRI.

    :raises NotFoundError: for a level or version there is none of
    """
    if _is_version(f"shapes/{level}"):
        return shapes()
    stem, suffix = _split(f"shapes/{level}", _DOCUMENT)
    name = last_segment(stem)
    if name not in LEVELS:
        raise _unknown(stem)
    form = chosen("the list of shapes", suffix).name
    folder = service().config.home.ontology / "shapes"
    return _vocabulary(form, stem, lambda: labelled(read_shapes(folder, name).graph, "shapes"))


def _is_version(path: str) -> bool:
    """Tell whether a path is that of the version IRI of what is served; an earlier one is not."""
    if not _PATH.fullmatch(path):
        return False
    return any(verb == str(OWL.versionIRI) for verb, _ in service().store.pointing(BASE + path))


def _vocabulary(form: str, name: str, read: Callable[[], Graph]) -> Response:
    """Give the ontology or the shapes; their blank nodes stay, with a build's labels.

    :param form: the format
    :param name: what it is called among what is kept
    :param read: reads it
    """
    current = service()
    graph = current.once((name,), read)
    if form == "html":
        page = render_template(
            "ontology.html", sections=sections(graph), drawn=diagram(graph), title=_title(graph)
        )
        return public(make_response(page))
    written = current.once((name, form), lambda: _written(graph, form))
    return _document(written, form)


def _written(graph: Graph, form: str) -> bytes:
    """Return a graph in a format."""
    return rewrite(write_ntriples(graph, blank=True).encode(), form)


@blueprint.get("/.well-known/void")
@gives(*_DOCUMENT)
@takes("format", "version")
def void() -> BaseResponse:
    """Describe the dataset (RFC 8615; VoID, section 7.2); lead to a version that was replaced.

    A browser gets the page of the dataset.

    :raises GoneError: for a version that is not kept
    :raises NotFoundError: for one this service knows nothing of
    """
    version, current = request.args.get("version"), service()
    if version is not None and current.build_of(version) is not current.dataset:
        return redirect(local(f"data/{version}"), code=303)
    return dumps()


@blueprint.get("/data/")
@gives(*_DATASET)
@takes("format")
def dumps() -> Response:
    """List the dumps."""
    form = chosen("the description of the dataset").name
    if form != HTML.name:
        triples = sorted(describe_dataset(service(), address("")), key=str)
        return rdf_response(triples, form)
    page = render_template(
        "data.html",
        dumps=[(*each, DUMPS[each[0]][1]) for each in dumps_of(service())],
        graphs=sorted(service().graphs),
        dataset=service().dataset,
        summary=schema_dataset(service(), address(""), language()),
    )
    return public(make_response(page))


@blueprint.get("/data/gapgraph")
@gives(*_DATASET)
@takes("format")
def dump_wanted() -> Response:
    """Give the whole dataset in the format that ``format`` or ``Accept`` names."""
    form = chosen("the dataset").name
    return dumps() if form == "html" else _document(dump(service(), form), form)


@blueprint.get("/data/gapgraph.<suffix>")
@gives(*_FILES)
def dump_file(suffix: str) -> Response:
    """Give the whole dataset as a file."""
    wanted = chosen("the dataset", suffix)
    form = suffix.removesuffix(".gz")
    content = packed_dump(service(), form) if suffix != form else dump(service(), form)
    return validated(as_file(content, wanted.media, f"gapgraph.{suffix}"))


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


def _split(path: str, offers: Sequence[Offer]) -> tuple[str, str]:
    """Return a path without the suffix of a format, and the suffix; see `split`.

    :raises NotFoundError: for a path that no IRI of ours has
    """
    if not _PATH.fullmatch(path):
        raise _unknown(path)
    return split(path, offers)


def _unknown(path: str) -> NotFoundError:
    return NotFoundError(
        f"there is nothing at {BASE}{path[:200]}",
        todo=f"start from {local('data/')} or from {local('queries')}",
    )


def _document(content: bytes, form: str) -> Response:
    """Return a document of RDF with its validator."""
    return validated(as_file(content, DATASET_MEDIA[form]))


def _page(iri: str, triples: list[Triple], files: list[str] | None = None) -> Response:
    """Show a thing: on a page of its kind, else its triples, each node by its name."""
    shown = entity_page(iri)
    if shown is not None:
        return shown
    store, lang = service().store, language()
    page = make_response(
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
    return public(page)


def _title(read: Graph) -> dict[str, str]:
    """Return the title of a document in both languages."""
    return {
        str(title.language): str(title)
        for title in read.objects(None, DCTERMS.title)
        if isinstance(title, Literal) and title.language
    }

"""Versions of the data: each at an address of its own, and what changed from one to another.

A permanent address answers the version it cites, or says that it was never here (404) or is not
any more (410); it never answers another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request
from rdflib import Literal, URIRef
from rdflib.namespace import DCAT
from rdflib.term import Node

from gapgraph.changes import PREFIXES, Change, Changes, changes, result, triples
from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, CC_BY, DCTERMS, RDF, VOID, last_segment
from gapgraph.queries.results import FORMATS, write
from gapgraph.queries.rows import Text
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import dumped
from gapgraph.turtle import natural
from gapgraph.web.base import local
from gapgraph.web.description import DUMPS, dump
from gapgraph.web.formats import RDF_MEDIA, rdf_offers, rdf_response, validated
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.pages.lists import Line, parts
from gapgraph.web.pages.plans import plans
from gapgraph.web.pages.rows import public
from gapgraph.web.parameters import takes
from gapgraph.web.resources import dumps
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("versions", __name__)

_HTML = Offer("html", "text/html")
#: The formats that changes come in as rows.
_ROWS = ("csv", "tsv", "xlsx", "md")
_CHANGES = (
    _HTML,
    *(Offer(name, FORMATS[name].media_type.partition(";")[0]) for name in _ROWS),
    *rdf_offers(),
)
_DATA = (*rdf_offers(), _HTML)


@blueprint.get("/data/<version>")
@takes("format")
def data(version: str) -> Response:
    """Answer a version of the data: what it is of, its files, and what changed since.

    :raises NotFoundError: for a version that is not here, or not any more
    """
    current = service().dataset
    build = service().build_of(version)
    if build is current:
        return dumps()
    form = request.args.get("format") or best_offer(_DATA).name
    if form in RDF_MEDIA:
        return rdf_response(_described(build), form)
    return _page("version.html", build=build, current=current, dumps=DUMPS)


def _described(build: DatasetFile) -> Iterator[tuple[Node, Node, Node]]:
    """Yield what is known of a version that was replaced."""
    about = URIRef(f"{BASE}data/{build.version}")
    yield about, RDF.type, VOID.Dataset
    yield about, URIRef(f"{DCAT}version"), Literal(build.version)
    yield about, DCTERMS.isReplacedBy, URIRef(f"{BASE}data/{service().dataset.version}")
    yield about, DCTERMS.license, CC_BY
    for suffix in DUMPS:
        yield about, VOID.dataDump, URIRef(f"{about}/gapgraph.{suffix}")
    for analysis in build.analyses:
        yield about, DCTERMS.subject, URIRef(analysis)


@blueprint.get("/data/<version>/gapgraph.<suffix>")
@takes()
def dump_of(version: str, suffix: str) -> Response:
    """Give a version of the data as a file.

    :raises NotFoundError: for a version that is not here, or a suffix that names no dump
    """
    current = service()
    build = current.build_of(version)
    if suffix not in DUMPS:
        raise NotFoundError(
            f"there is no dump gapgraph.{suffix[:40]}",
            todo="use " + ", ".join(f"gapgraph.{each}" for each in DUMPS),
        )
    # What is served may have files added to it, which the version does not name.
    lasting = build is current.dataset and not current.config.added
    content = (
        dump(current, suffix)
        if lasting
        else current.lately(("dump", version, suffix), lambda: dumped(build.read(), suffix))
    )
    response = make_response(content)
    media = DUMPS[suffix][0]
    response.headers["Content-Type"] = (
        f"{media}; charset=utf-8" if media.startswith("text/") else media
    )
    name = f"gapgraph-{version}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return validated(response, lasting=lasting)


@dataclass(frozen=True)
class Place:
    """What changed in the row of a directive.

    :param iri: the directive's IRI
    :param number: its number
    :param line: the directive in the reader's list; nothing where it is not there
    :param statuses: the changes of statuses: its own, and its topics'
    :param sentences: what came and went of what its observations say
    """

    iri: str
    number: str
    line: Line | None
    statuses: list[Change]
    sentences: list[Change]


@dataclass(frozen=True)
class Group:
    """What changed in an analysis.

    :param label: the name of its plan
    :param name: the name that addresses give it
    :param here: whether the service has it
    """

    label: Text
    name: str
    here: bool
    places: list[Place]


@blueprint.get("/data/<old>/changes/<new>")
@takes("format")
def changed(old: str, new: str) -> Response:
    """Answer what changed from one version to another.

    :raises NotFoundError: for a version that is not here, or a suffix that names no format
    """
    version, _, suffix = new.partition(".")
    current = service()
    builds = current.build_of(old), current.build_of(version)
    form = suffix or request.args.get("format") or best_offer(_CHANGES).name
    if form not in {each.name for each in _CHANGES}:
        names = dict.fromkeys(each.name for each in _CHANGES)
        raise NotFoundError(
            f"changes have no format {form[:20]!r}", todo="use one of " + ", ".join(names)
        )
    found = current.lately(("changes", old, version), lambda: _changes(*builds))
    if form in RDF_MEDIA:
        # Which of two earlier builds is the later one is not known.
        revises = builds[1] is current.dataset and builds[0] is not builds[1]
        told = triples(found, old, version, revises=revises)
        return rdf_response(told, form, prefixes=PREFIXES)
    if form != _HTML.name:
        written = b"".join(write(result(found, version), form, lang=language(), excel=False))
        response = make_response(written)
        response.headers["Content-Type"] = FORMATS[form].media_type
        name = f"changes-{old}-{version}.{form}"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        response.headers["Link"] = f'<{CC_BY}>; rel="license"'
        return public(response)
    path = local(f"data/{old}/changes/{version}")
    labels = {plan.analysis: plan.label for plan in plans()}
    return _page(
        "changes.html",
        found=found,
        builds=builds,
        groups=_groups(found, labels),
        labels=labels,
        files=[(f"{path}.{each}", FORMATS[each].label) for each in _ROWS]
        + [(f"{path}.ttl", "Turtle"), (f"{path}.jsonld", "JSON-LD")],
    )


def _changes(old: DatasetFile, new: DatasetFile) -> Changes:
    """Compare two builds; one that is not served as it is, is loaded for that and let go."""
    current = service()
    return changes(current.store_of(old), current.store_of(new), current.catalogue)


def _groups(found: Changes, labels: Mapping[str, Text]) -> list[Group]:
    """Return what changed by analysis, and in each by directive.

    :param labels: the names of the plans that the service has, by the IRI of their analysis
    """
    lines = {line.iri: line for part in parts([]) for line in part.lines}
    by_place: dict[str, dict[str, list[Change]]] = {}
    for each in found:
        by_place.setdefault(each.analysis, {}).setdefault(each.directive, []).append(each)
    return [
        Group(
            labels.get(analysis, Text(last_segment(analysis))),
            last_segment(analysis),
            analysis in labels,
            [
                Place(
                    iri,
                    listed[0].number,
                    lines.get(iri),
                    [each for each in listed if each.kind != "sentence"],
                    [each for each in listed if each.kind == "sentence"],
                )
                for iri, listed in sorted(
                    by_directive.items(), key=lambda pair: natural(pair[1][0].number)
                )
            ],
        )
        for analysis, by_directive in by_place.items()
    ]


def _page(template: str, **values: object) -> Response:
    """Return a page of a version."""
    return public(make_response(render_template(template, **values)))

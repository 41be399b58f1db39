"""Versions of the data: each at an address of its own, and what changed from one to another.

A permanent address answers the version it cites, or says that it was never here (404) or is not
any more (410); it never answers another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template
from rdflib import Literal, URIRef
from rdflib.namespace import DCAT
from rdflib.term import Node

from gapgraph.changes import PREFIXES, Change, Changes, changes, result, triples
from gapgraph.namespaces import BASE, CC_BY, DCTERMS, RDF, VOID, last_segment
from gapgraph.queries.results import FORMATS, write
from gapgraph.queries.rows import Text
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import dumped
from gapgraph.turtle import natural
from gapgraph.web.base import local
from gapgraph.web.description import DUMPS, dump
from gapgraph.web.formats import DATASET_MEDIA, RDF_MEDIA, rdf_offers, rdf_response, validated
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import HTML, chosen, gives, offers_from
from gapgraph.web.pages.lists import Line, parts
from gapgraph.web.pages.plans import plans
from gapgraph.web.parameters import takes
from gapgraph.web.resources import dumps
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("versions", __name__)

#: The formats that changes come in as rows.
_ROWS = ("csv", "tsv", "xlsx", "md")
_CHANGES = (
    HTML,
    *offers_from({name: FORMATS[name].media_type for name in _ROWS}),
    *rdf_offers(),
)
_DATA = (*rdf_offers(DATASET_MEDIA), HTML)


@blueprint.get("/data/<version>")
@gives(*_DATA)
@takes("format")
def data(version: str) -> Response:
    """Answer a version of the data: what it is of, its files, and what changed since.

    :raises NotFoundError: for a version that is not here, or not any more
    """
    current = service().dataset
    build = service().build_of(version)
    if build is current:
        return dumps()
    form = chosen("the description of the dataset").name
    if form != HTML.name:
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
@gives(*offers_from({suffix: media for suffix, (media, _) in DUMPS.items()}))
@takes()
def dump_of(version: str, suffix: str) -> Response:
    """Give a version of the data as a file.

    :raises NotFoundError: for a version that is not here
    """
    current = service()
    build = current.build_of(version)
    wanted = chosen("the dataset", suffix)
    # What is served may have files added to it, which the version does not name.
    lasting = build is current.dataset and not current.config.added
    content = (
        dump(current, suffix)
        if lasting
        else current.lately(("dump", version, suffix), lambda: dumped(build.read(), suffix))
    )
    response = as_file(content, wanted.media, f"gapgraph-{version}.{suffix}")
    response.headers["X-Dataset-Version"] = version
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
@gives(*_CHANGES)
@takes("format")
def changed(old: str, new: str) -> Response:
    """Answer what changed from one version to another.

    :raises NotFoundError: for a version that is not here
    """
    version, _, suffix = new.partition(".")
    current = service()
    builds = current.build_of(old), current.build_of(version)
    form = chosen("the list of changes", suffix).name
    found = current.lately(("changes", old, version), lambda: _changes(*builds))
    if form in RDF_MEDIA:
        # Which of two earlier builds is the later one is not known.
        revises = builds[1] is current.dataset and builds[0] is not builds[1]
        told = triples(found, old, version, revises=revises)
        return rdf_response(told, form, prefixes=PREFIXES)
    if form != HTML.name:
        written = b"".join(write(result(found, version), form, lang=language(), excel=False))
        name = f"changes-{old}-{version}.{form}"
        return public(as_file(written, FORMATS[form].media_type, name, shown=True))
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

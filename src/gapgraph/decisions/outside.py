"""What documents of others say of the same plan: their table beside ``analysis.toml``, their graph.

Such a grade is a reading of its own, with its reader, document, page and criterion.  It stands
beside what is read here and never over it: nothing is derived from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.files import read_text
from gapgraph.iris import iri_fault
from gapgraph.namespaces import DCTERMS, GG, PROV, RDF, RDFS, SCHEMA, XSD, Names, slug
from gapgraph.ntriples import Triple
from gapgraph.statuses import OF_TOPICS
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told

__all__ = ["COLUMNS", "OutsideReading", "outside_graph", "read_outside"]

#: The columns of the table; those after them are languages in which the criterion is told.
COLUMNS = (
    "reader", "document", "issued", "language", "page", "address", "theme", "grade", "status", "on",
)  # fmt: skip
#: What stands between several topics or directives of one cell.
_BETWEEN = " · "
#: No table is nearly as large, in bytes.
_LARGEST = 16_000_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
_ISSUED = re.compile(r"\d{4}")
_ON = re.compile(r"directive/[a-z0-9-]+|topic/[a-z0-9-]+\.[1-9]\d*")


@dataclass(frozen=True)
class OutsideReading:
    """The grade that a document of others gives to a theme.

    :param issued: the year of the document
    :param language: BCP 47 tag of the document
    :param page: where in it the grade stands, as printed
    :param address: where the document is read
    :param theme: what is graded, in the document's words
    :param grade: the grade, in the document's words
    :param status: local name of the status that is nearest to the grade
    :param on: what it grades, as ``topic/15.1`` or ``directive/16``
    :param criterion: why it has that grade there, retold, by language
    """

    reader: str
    document: str
    issued: str
    language: str
    page: str
    address: str
    theme: str
    grade: str
    status: str
    on: tuple[str, ...]
    criterion: dict[str, str]

    @property
    def source(self) -> str:
        """Who graded, where, in words: ``CHS Alternativo, 2020, p. 16``."""
        return f"{self.reader}, {self.issued}, p. {self.page}"

    @property
    def told(self) -> str:
        """Its criterion, in the language of the document where it is told in that."""
        return self.criterion.get(self.language) or next(iter(self.criterion.values()))


def read_outside(path: Path | None, names: Names, asserted: Graph) -> list[OutsideReading]:
    """Return the readings of a table, if there is one, in its order.

    :param path: the table
    :param names: the IRIs of the analysis that they stand beside
    :param asserted: its asserted graph, which must hold what they grade
    :raises InputError: where it cannot be read, or a row lacks a reader, a document, a page or a
        criterion, or grades what is not there
    """
    found: dict[URIRef, OutsideReading] = {}
    for row in _rows(path) if path else ():
        one = _of(row)
        for right, what, todo in _checks(one, names, asserted):
            if not right:
                raise row.fail(what, todo)
        if found.setdefault(_iri(names, one), one) is not one:
            raise row.fail(
                told("{reader} graded {theme!r} above", reader=one.reader, theme=one.theme),
                told("keep one row"),
            )
    return list(found.values())


def _rows(path: Path) -> list[Row]:
    """Return the rows of the table, whichever languages it has."""
    head = read_text(path, limit=_LARGEST).partition("\n")[0].split("\t")
    languages = [each for each in head[len(COLUMNS) :] if _LANGUAGE.fullmatch(each)]
    return read_tsv(path, (*COLUMNS, *languages), limit=_LARGEST)


def _of(row: Row) -> OutsideReading:
    criterion = {each: row[each] for each in row.cells if each not in COLUMNS and row[each]}
    plain = {name: row[name] for name in COLUMNS if name != "on"}
    on = tuple(each.strip() for each in row["on"].split(_BETWEEN) if each.strip())
    return OutsideReading(**plain, on=on, criterion=criterion)


def _checks(
    one: OutsideReading, names: Names, asserted: Graph
) -> Iterable[tuple[object, str, str]]:
    """Yield what must hold of a reading, what is wrong where it does not, and what to do."""
    yield slug(one.reader), told("has no reader"), told("write who graded")
    yield slug(one.document), told("has no document"), told("write its title")
    yield (
        _ISSUED.fullmatch(one.issued),
        told("{issued!r} is no year", issued=one.issued),
        told("write when it came out"),
    )
    yield one.language, told("has no language"), told("write that of the document, as es")
    yield one.page, told("has no page"), told("write where in the document the grade stands")
    fault = iri_fault(one.address) if one.address else ""
    yield (
        not fault,
        told("{address!r} is no address ({fault})", address=one.address, fault=fault),
        told("mend it, or leave it out"),
    )
    yield slug(one.theme), told("has no theme"), told("write what is graded")
    yield one.grade, told("has no grade"), told("write it in the document's words")
    yield (
        one.status in OF_TOPICS,
        told("status {status!r} is unknown", status=one.status),
        told("use the nearest of {of_topics}", of_topics=", ".join(OF_TOPICS)),
    )
    yield one.criterion, told("has no criterion"), told("tell it, in the column of a language")
    yield one.on, told("grades nothing"), told("write topic/7.1 or directive/7")
    for item in one.on:
        yield (
            _ON.fullmatch(item) and any(asserted.triples((_graded(names, item), RDF.type, None))),
            told("{item!r} is not in the table", item=item),
            told("write topic/7.1 or directive/7"),
        )


def _graded(names: Names, item: str) -> URIRef:
    family, _, name = item.partition("/")
    return names.directive(name) if family == "directive" else URIRef(f"{names.analysis}/{item}")


def _iri(names: Names, one: OutsideReading) -> URIRef:
    return names.outside(slug(one.reader), slug(one.theme))


def outside_graph(readings: Iterable[OutsideReading], names: Names) -> list[Triple]:
    """Return what is said of readings, their readers and their documents.

    :param names: the IRIs of the analysis that they stand beside
    """
    triples: list[Triple] = []
    for one in readings:
        reading, reader = _iri(names, one), names.reviewer(slug(one.reader))
        document = names.document(slug(one.document))
        said: list[tuple[URIRef, Node]] = [
            (RDF.type, GG.OutsideReading),
            (GG.inAnalysis, names.analysis),
            (RDFS.label, Literal(one.theme, lang=one.language)),
            (GG.gradedAs, Literal(one.grade, lang=one.language)),
            (GG.gradeMeans, GG[one.status]),
            (GG.onPage, Literal(one.page)),
            (GG.reviewStanding, GG.outsideReading),
            (PROV.wasAssociatedWith, reader),
            (DCTERMS.source, document),
            *((GG.grades, _graded(names, item)) for item in one.on),
            *((GG.criterion, Literal(text, lang=lang)) for lang, text in one.criterion.items()),
        ]
        triples += [(reading, predicate, value) for predicate, value in said]
        triples += [
            (reader, RDF.type, PROV.Agent),
            (reader, RDFS.label, Literal(one.reader)),
            (document, RDF.type, PROV.Entity),
            (document, DCTERMS.title, Literal(one.document, lang=one.language)),
            (document, DCTERMS.issued, Literal(one.issued, datatype=XSD.gYear)),
        ]
        if one.address:
            triples.append((document, SCHEMA.url, URIRef(one.address)))
    return triples

"""RDF of others, read once and checked: every door that takes RDF takes it through here.

The engine's own parser reads it, so that nothing comes in that cannot be written again: every IRI
is one by the engine's definition, every literal a text that UTF-8 can write.  It has no loader:
no JSON-LD context, no XML entity and no file outside the content is read, however it is named.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.files import read_bytes
from gapgraph.iris import iri_fault
from gapgraph.ntriples import Quad, Triple, write_ntriples
from gapgraph.tables import read_tsv
from gapgraph.told import told
from gapgraph.turtle import empty_graph
from gapgraph.unicode import decoded, marked_encoding

__all__ = [
    "ASKED",
    "FORMATS",
    "SUFFIXES",
    "canonical",
    "format_of_file",
    "known_format",
    "read_ntriples",
    "read_quads",
    "read_rdf",
    "read_turtle",
]

#: The RDF formats that are read, by media type.
FORMATS: Mapping[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
#: What else they are called: other media types, and suffixes of file names.
_NAMES: Mapping[str, str] = {
    row["name"]: row["format"]
    for row in read_tsv(Path(__file__).parent / "rdf_formats.tsv", ("name", "format", "source"))
}
#: The media types by which a format may be asked for, with the format's own.  N-Triples was
#: text/plain until 2014 (RDF Test Cases, section 3); what is sent under that name may be any text.
ASKED: Mapping[str, str] = {
    **{name: media for name, media in _NAMES.items() if "/" in name},
    "text/plain": "application/n-triples",
}
#: The suffixes of files that are read.
SUFFIXES = tuple(name for name in _NAMES if name.startswith("."))
#: The graph of what stands in none.
_DEFAULT = URIRef("urn:x-default-graph")
_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
#: How deep a document may nest what the engine's parser recurses into, or reads ever slower.
_DEEPEST = 1_000
#: What opens a level, what closes one, and what may hold either without meaning it.
_NESTING: Mapping[ox.RdfFormat, re.Pattern[bytes]] = {
    ox.RdfFormat.JSON_LD: re.compile(
        rb'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
    ),
    ox.RdfFormat.RDF_XML: re.compile(
        rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<close></|/>)|(?P<open><)", re.DOTALL
    ),
}
_QUOTED_TRIPLES = re.compile(
    rb'\\.|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\s]*>|#[^\n]*'
    rb"|(?P<open><<)|(?P<close>>>)",
    re.DOTALL,
)
#: What an XML document says of its encoding.
_XML_ENCODING = re.compile(rb"\A<\?xml\b[^>]*?(\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*'))")


def known_format(name: str) -> str | None:
    """Return the format that a media type or a suffix of files stands for, a key of `FORMATS`.

    >>> known_format("text/rdf+n3"), known_format(".owl"), known_format("image/png")
    ('text/turtle', 'application/rdf+xml', None)
    """
    return _NAMES.get(name.lower())


def format_of_file(path: Path) -> str:
    """Return the format that a file's suffix stands for, a key of `FORMATS`.

    :raises InputError: where the file is missing, or its suffix stands for none
    """
    found = known_format(path.suffix)
    if found is None:
        if not path.exists():
            raise InputError(told("the file is missing"), todo=told("check its path"), file=path)
        raise InputError(
            (
                told("has the suffix {suffix!r}", suffix=path.suffix)
                if path.suffix
                else told("has no suffix")
            ),
            todo=told("name its format by one of {these}", these=" ".join(SUFFIXES)),
            file=path,
        )
    return found


def read_quads(
    content: bytes,
    media_type: str,
    *,
    name: Path | str = "",
    base: str = "urn:document",
    rename_blank_nodes: bool = False,
) -> list[ox.Quad]:
    """Parse RDF; nothing outside the content is read.

    :param content: the bytes
    :param media_type: a key of `FORMATS`
    :param name: what messages call the content
    :param base: the IRI that relative ones resolve against
    :param rename_blank_nodes: give blank nodes labels that no other document has
    :return: its quads, in the order of the document
    :raises InputError: with the line where it is known, where it is not RDF of this format
    """
    file = name or None
    form = FORMATS.get(media_type)
    if form is None:
        raise InputError(
            told("{media_type!r} is no RDF format that is read", media_type=media_type),
            todo=told("use one of {these}", these=", ".join(FORMATS)),
            file=file,
        )
    content = _as_utf8(content, form, file)
    declared = re.search(rb"<!(?:DOCTYPE|ENTITY)", content)
    if form == ox.RdfFormat.RDF_XML and declared:
        raise InputError(
            told("declares a document type or entities, which are not read"),
            todo=told("write the IRIs in full, or convert it to Turtle"),
            file=file,
            line=content.count(b"\n", 0, declared.start()) + 1,
        )
    _check_nesting(content, form, file)
    try:
        quads = list(
            ox.parse(
                input=io.BytesIO(content),
                format=form,
                base_iri=base,
                rename_blank_nodes=rename_blank_nodes,
                # A JSON-LD reader drops in silence what has an IRI that is none; see below.
                lenient=form == ox.RdfFormat.JSON_LD,
            )
        )
    except (SyntaxError, ValueError, OSError) as error:
        raise InputError(
            told("is not {form} ({reason})", form=form.name, reason=_reason(error)),
            todo=told("mend it, or name its format"),
            file=file,
            line=getattr(error, "lineno", None),
        ) from error
    if form == ox.RdfFormat.JSON_LD:
        for iri in dict.fromkeys(_iris(quads)):
            if fault := iri_fault(iri):
                raise InputError(
                    told("{iri!r} is no IRI: {fault}", iri=iri, fault=fault),
                    todo=told("mend it"),
                    file=file,
                )
    return quads


def read_rdf(content: bytes, media_type: str, *, name: Path | str = "") -> list[Quad]:
    """Parse RDF; nothing outside the content is read.

    :param content: the bytes
    :param media_type: a key of `FORMATS`
    :param name: what messages call the content
    :return: its quads, in the order of the document, literals as they are written
    :raises InputError: where it is not RDF 1.1 of this format
    """
    quads = read_quads(content, media_type, name=name)
    blank: dict[str, BNode] = {}
    return _converted(quads, lambda label: blank.setdefault(label, BNode()), name)


def read_ntriples(text: str) -> set[Triple]:
    """Return the triples of a text that `ntriples.write_ntriples` gave.

    :raises InputError: where it is none
    """
    return {quad[:3] for quad in read_rdf(text.encode(), "application/n-triples")}


def canonical(triples: Iterable[Triple], prefix: str) -> list[Triple]:
    """Return triples whose blank nodes have labels that only what stands in them decides.

    The labels are those of RDF Dataset Canonicalization, behind a prefix.

    :param triples: triples, each of which may have blank nodes
    :param prefix: what the labels start with
    """
    text = write_ntriples(triples, blank=True)
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad[:3] for quad in _converted(dataset, lambda label: BNode(f"{prefix}{label}"), "")]


def _converted(
    quads: Iterable[ox.Quad], blank: Callable[[str], BNode], name: Path | str
) -> list[Quad]:
    """Return quads of the engine in rdflib's terms, literals as they are written.

    :param blank: gives a blank node for a label
    :param name: what messages call what the quads are from
    :raises InputError: for a term that RDF 1.1 has not
    """

    @cache
    def node(term: object) -> Node:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return blank(term.value)
        if isinstance(term, ox.Literal) and term.direction is None:
            if term.language:
                return Literal(term.value, lang=term.language)
            datatype = None if term.datatype == _STRING else URIRef(term.datatype.value)
            return Literal(term.value, datatype=datatype, normalize=False)
        raise InputError(
            told("has a term that RDF 1.1 has not ({term})", term=str(term)[:80]),
            todo=told("say it in triples of their own"),
            file=name or None,
        )

    @cache
    def graph(name: object) -> URIRef:
        return URIRef(name.value) if isinstance(name, ox.NamedNode) else _DEFAULT

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of literals that are not what their datatype says
        return [
            (
                node(quad.subject),
                node(quad.predicate),
                node(quad.object),
                graph(quad.graph_name),
            )
            for quad in quads
        ]


def read_turtle(path: Path, *, limit: int = 64_000_000) -> Graph:
    """Read a Turtle file.

    :param limit: the most bytes that it may have
    :raises InputError: with the line, where it is missing or is not Turtle
    """
    graph = empty_graph()
    content = read_bytes(path, limit=limit)
    for subject, predicate, value, _ in read_rdf(content, "text/turtle", name=path):
        graph.add((subject, predicate, value))
    return graph


def _as_utf8(content: bytes, form: ox.RdfFormat, file: Path | str | None) -> bytes:
    """Return a document whose byte order mark tells its encoding in UTF-8, without the mark."""
    if marked_encoding(content) is None:
        return content
    content = decoded(content, file=file).encode()
    said = _XML_ENCODING.match(content) if form == ox.RdfFormat.RDF_XML else None
    return content[: said.start(1)] + content[said.end(1) :] if said else content


def _check_nesting(content: bytes, form: ox.RdfFormat, file: Path | str | None) -> None:
    """Refuse what nests so deep that the parser would end this process, or not end itself.

    :raises InputError: with the line
    """
    pattern = _NESTING.get(form)
    if pattern is None:
        if content.count(b"<<") <= _DEEPEST:
            return
        pattern = _QUOTED_TRIPLES
    depth = 0
    for token in pattern.finditer(content):
        if token.lastgroup == "open":
            depth += 1
            if depth > _DEEPEST:
                raise InputError(
                    told("nests deeper than {count} levels", count=_DEEPEST),
                    todo=told("write it flatter"),
                    file=file,
                    line=content.count(b"\n", 0, token.start()) + 1,
                )
        elif token.lastgroup == "close":
            depth -= 1


def _iris(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield the IRIs of quads, those of datatypes among them."""
    for quad in quads:
        for node in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(node, ox.NamedNode):
                yield node.value
            elif isinstance(node, ox.Literal):
                yield node.datatype.value


def _reason(error: Exception) -> str:
    """Return the parser's reason in one short line, without the place, which stands before it."""
    text = re.sub(r"^Parser error at [^:]*: | \(line \d+\)$", "", str(error))
    if "LoadDocumentCallback" in text:
        return told("it names a JSON-LD context by address, which is not fetched: write it out")
    return " ".join(text.split())[:160]

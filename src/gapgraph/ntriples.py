"""Triples as N-Triples writes them: one a line, each term the text that stands there.

A build sorts, counts and compares far more triples than it concludes something from.  Texts are
compared without being read; as one way of writing is used for all, two terms are the same where
their texts are (RDF 1.1 N-Triples, section 4, but for what is escaped there and need not be).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.iris import iri_fault
from gapgraph.namespaces import XSD
from gapgraph.told import told

__all__ = [
    "Quad",
    "Texts",
    "Triple",
    "Writer",
    "Written",
    "iri_of",
    "iri_term",
    "lexical_form",
    "nquads_of",
    "ntriples_of",
    "quoted",
    "write_ntriples",
]

#: Subject, predicate, object.
Triple = tuple[Node, Node, Node]
#: Subject, predicate, object, graph; every node is named.
Quad = tuple[Node, Node, Node, URIRef]
#: Subject, predicate and object of a triple, each as it is written.
Written = tuple[str, str, str]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = {written[1]: sign for sign, written in _ESCAPES.items()}
_TO_ESCAPE = re.compile(r'["\\\n\r\t]')
_FORBIDDEN_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})')
_STRING = XSD.string


def quoted(text: str) -> str:
    """Return a string in quotes, with what needs escaping escaped."""
    if _TO_ESCAPE.search(text):
        text = _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)
    return f'"{text}"'


def iri_term(iri: str) -> str:
    """Return an IRI as it is written: in angle brackets.

    :raises InputError: for one that cannot be written: another is never put in its place
    """
    if _FORBIDDEN_IN_IRI.search(iri):
        fault = iri_fault(str(iri)) or "it has a % without two digits"
        raise InputError(
            told("{node!r} is no IRI: {fault}", node=str(iri), fault=fault),
            todo=told("mend it where it comes from"),
        )
    return f"<{iri}>"


def iri_of(term: str) -> str:
    """Return the IRI that a term is; nothing for a literal or a blank node.

    >>> iri_of("<urn:x:a>"), iri_of('"a"')
    ('urn:x:a', '')
    """
    return term[1:-1] if term.startswith("<") else ""


def lexical_form(term: str) -> str:
    r"""Return the text of a literal.

    >>> lexical_form('"dice \\"no\\""@es')
    'dice "no"'
    """
    text = term[1 : term.rindex('"')]
    return re.sub(r"\\(.)", lambda found: _ESCAPED[found[1]], text) if "\\" in text else text


class Writer:
    """Writes triples; a node that stands in many is written once.

    :param blank: write blank nodes too, under the labels they have
    """

    def __init__(self, *, blank: bool = False) -> None:
        self._blank = blank
        self._names: dict[Node, str] = {}

    def term(self, node: Node) -> str:
        """Return a node as it is written.

        :raises InputError: for what cannot be written
        """
        if isinstance(node, Literal):
            text = quoted(str(node))
            if node.language:
                return f"{text}@{node.language}"
            if node.datatype and node.datatype != _STRING:
                return f"{text}^^{self._iri(node.datatype)}"
            return text
        if isinstance(node, URIRef):
            return self._iri(node)
        if self._blank and isinstance(node, BNode):
            return f"_:{node}"
        raise InputError(
            told("{node} is a blank node", node=f"_:{node}" if isinstance(node, BNode) else node),
            todo=told("give every node an IRI"),
        )

    def _iri(self, node: URIRef) -> str:
        found = self._names.get(node)
        if found is None:
            found = self._names[node] = iri_term(node)
        return found

    def written(self, triples: Iterable[Triple]) -> Iterator[Written]:
        """Yield triples as they are written.

        :raises InputError: for one that cannot be written
        """
        term = self.term
        for subject, predicate, value in triples:
            yield term(subject), term(predicate), term(value)


class Texts:
    """Texts of terms, each held once: many triples speak of the same."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def of(self, triples: Iterable[Written]) -> Iterator[Written]:
        """Yield triples of the texts that are held, theirs among them from now on."""
        one = self._held.setdefault
        for subject, predicate, value in triples:
            yield one(subject, subject), one(predicate, predicate), one(value, value)

    def read(self, text: str) -> set[Written]:
        """Return the triples of a text that `ntriples_of` gave."""
        return set(self.of(map(_split, text.split("\n")[:-1])))


def _split(line: str) -> Written:
    """Return the triple of a line."""
    # What is subject or predicate is an IRI or a label, neither of which has a space.
    subject, predicate, value = line[:-2].split(" ", 2)
    return subject, predicate, value


def ntriples_of(triples: Iterable[Written]) -> str:
    """Return written triples as N-Triples, one a line, sorted, each once."""
    return "".join(sorted({f"{' '.join(each)} .\n" for each in triples}))


def write_ntriples(triples: Iterable[Triple], *, blank: bool = False) -> str:
    """Return triples as N-Triples, one a line, sorted, each once.

    :param blank: write blank nodes too, under the labels they have
    :raises InputError: for a blank node, else
    """
    return ntriples_of(Writer(blank=blank).written(triples))


def nquads_of(graphs: Mapping[URIRef, Iterable[Written]]) -> Iterator[str]:
    """Yield named graphs as N-Quads, one quad a line, sorted; the lines of a subject at a time.

    The text of a large dataset is several times the size of its triples, and is never whole.

    :param graphs: written triples by named graph
    """
    subjects: dict[str, list[tuple[str, str, str]]] = {}
    for graph, triples in graphs.items():
        name = iri_term(graph)
        for subject, predicate, value in triples:
            subjects.setdefault(subject, []).append((predicate, value, name))
    # One subject is never the start of another: each ends in a sign that none has within, or, of
    # labels of blank nodes, in the space behind it.
    for subject in sorted(subjects, key=lambda each: f"{each} "):
        lines = {f"{subject} {' '.join(each)} .\n" for each in subjects.pop(subject)}
        yield "".join(sorted(lines))

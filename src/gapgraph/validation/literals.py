"""Literals that are not what their datatype says (RDF 1.1 Concepts, section 3.3).

rdflib writes some of them anew when it reads them (``"nope"^^xsd:boolean`` becomes ``false``),
tells of the others with a traceback, and compares them without end.  Here they are read as they
are written, and carry a datatype of our own while they are judged.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import rdflib
from rdflib import Literal, URIRef
from rdflib.term import Node
from rdflib.util import from_n3

__all__ = ["as_written", "is_faulty", "node_of", "restored", "settled"]

#: Before the datatype that a literal claims, where the literal is no such thing.
_FAULTY = "urn:ill-typed:"
# It writes a traceback for each; the findings tell of them.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


@contextmanager
def as_written() -> Iterator[None]:
    """Let rdflib keep literals as they are written.

    For a process that reads one thing at a time: the setting of rdflib is for the whole process.
    """
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def settled(node: Node) -> Node:
    """Return a node as it is judged: a literal in its normal form, a faulty one as such."""
    if not isinstance(node, Literal) or node.datatype is None:
        return node
    if node.ill_typed:
        return Literal(str(node), datatype=URIRef(f"{_FAULTY}{node.datatype}"))
    return Literal(str(node), datatype=node.datatype)


def is_faulty(node: Node) -> bool:
    """Tell whether a node is a literal that is not what its datatype says."""
    return isinstance(node, Literal) and str(node.datatype).startswith(_FAULTY)


def restored(node: Node) -> Node:
    """Return a node as it was written."""
    if isinstance(node, Literal) and is_faulty(node):
        claimed = URIRef(str(node.datatype).removeprefix(_FAULTY))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Literal(str(node), datatype=claimed, normalize=False)
    return node


def node_of(text: str) -> Node:
    """Read a node in N-Triples, a faulty literal as it is written.

    :param text: what ``n3()`` wrote
    """
    quoted, typed, datatype = text.rpartition('"^^<')
    if typed and text.startswith('"'):
        lexical = from_n3(f'{quoted}"')
        faulty = Literal(str(lexical), datatype=URIRef(f"{_FAULTY}{datatype[:-1]}"))
        return restored(faulty)
    node = from_n3(text)
    assert isinstance(node, Node)
    return node

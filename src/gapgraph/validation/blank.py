"""Names for blank nodes, in work that grows with the graph and no faster.

Naming nodes so that equal graphs get equal names, whatever they are called and in whatever order
they stand, is as hard as comparing graphs.  A report needs less: a node is named by what is said
of it, a few steps far, and nodes that this does not tell apart by the order of the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rdflib import BNode, URIRef
from rdflib.term import Node

from gapgraph.files import sha256
from gapgraph.ntriples import Triple
from gapgraph.validation.prepare import BLANK

__all__ = ["named"]

#: How many steps away what is said counts.
_STEPS = 3


def named(triples: Iterable[Triple]) -> list[Triple]:
    """Return triples with their blank nodes named.

    :param triples: the triples, in the order of the document
    """
    ordered = list(dict.fromkeys(triples))
    names = _names(ordered)
    if not names:
        return ordered

    def name(node: Node) -> Node:
        return names.get(node, node)

    return [(name(subject), predicate, name(value)) for subject, predicate, value in ordered]


def _names(triples: list[Triple]) -> dict[Node, URIRef]:
    """Return the names of the blank nodes of triples."""
    about = [each for each in triples if isinstance(each[0], BNode) or isinstance(each[2], BNode)]
    known: dict[Node, str] = {
        node: "" for triple in about for node in triple if isinstance(node, BNode)
    }
    for _ in range(_STEPS):
        said: dict[Node, list[str]] = {node: [] for node in known}
        for subject, predicate, value in about:
            if isinstance(subject, BNode):
                said[subject].append(f"{predicate} > {known.get(value) or _text(value)}")
            if isinstance(value, BNode):
                said[value].append(f"{predicate} < {known.get(subject) or _text(subject)}")
        known = {
            node: sha256("\n".join([known[node], *sorted(lines)])) for node, lines in said.items()
        }
    alike: Counter[str] = Counter()
    names: dict[Node, URIRef] = {}
    for node, digest in known.items():
        alike[digest] += 1
        again = f"-{alike[digest]}" if alike[digest] > 1 else ""
        names[node] = URIRef(f"{BLANK}{digest[:32]}{again}")
    return names


def _text(node: Node) -> str:
    """Return what a node is called in the description of another."""
    return "_:" if isinstance(node, BNode) else node.n3()

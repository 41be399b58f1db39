"""What an IRI is: what the engine takes for one, at every parameter, header and RDF term.

Libraries and patterns of our own draw the line elsewhere (rdflib reads spaces, a pattern does not
see a port that is no number), and what passes one of them fails in the next.  So there is one
definition: RFC 3987 as the engine's own parser reads it, absolute, and in characters that UTF-8
can write.
"""

from __future__ import annotations

import functools

import pyoxigraph as ox

from gapgraph.told import told
from gapgraph.unicode import sign

__all__ = ["iri_fault", "is_iri"]


def is_iri(value: str) -> bool:
    """Tell whether a text is an absolute IRI.

    >>> is_iri("https://example.org/niñas"), is_iri("http://example.org/a b"), is_iri("niñas")
    (True, False, False)
    """
    return not iri_fault(value)


@functools.lru_cache(maxsize=4_096)
def iri_fault(value: str) -> str:
    """Return why a text is no absolute IRI, as a clause; nothing where it is one.

    >>> iri_fault("http://example.org/a b")
    'it has a space (U+0020)'
    >>> iri_fault("example.org/a")
    'it has no scheme such as http:'
    """
    try:
        ox.NamedNode(value)
    except UnicodeEncodeError as error:
        return told("it has {sign}", sign=sign(value[error.start]))
    except ValueError as error:
        return _clause(value, str(error))
    return ""


def _clause(value: str, reason: str) -> str:
    """Return the engine's reason as a clause that names signs by their code points.

    :param reason: such as ``Invalid IRI code point ' '``
    """
    if not value:
        return told("it is empty")
    if "No scheme" in reason:
        return told("it has no scheme such as http:")
    if "code point" in reason:
        return told("it has {sign}", sign=sign(reason[-2]))
    shown = "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in reason)
    return shown[:1].lower() + shown[1:]

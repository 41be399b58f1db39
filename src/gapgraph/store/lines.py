"""Sorted N-Quads, looked up by subject without reading them through.

The engine writes every kind of integer as ``xsd:integer``; what is published as data comes from the
lines themselves, as they were built.
"""

from __future__ import annotations

__all__ = ["lines_about"]


def lines_about(content: bytes, iri: str) -> bytes:
    r"""Return the lines whose subject is an IRI.

    :param content: N-Quads, one a line, sorted by their bytes
    :param iri: an IRI without characters that N-Quads escapes

    >>> lines_about(b"<a> <p> <b> .\n<b> <p> <a> .\n<b> <q> <a> .\n", "b")
    b'<b> <p> <a> .\n<b> <q> <a> .\n'
    """
    start = f"<{iri}> ".encode()
    # "!" follows the space that ends the subject.
    return content[_place(content, start) : _place(content, start[:-1] + b"!")]


def _place(content: bytes, key: bytes) -> int:
    """Return where the first line starts that does not sort before a key."""
    low, high = 0, len(content)
    while low < high:
        middle = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = content.find(b"\n", middle) + 1 or len(content)
        if content[middle:end] < key:
            low = end
        else:
            high = middle
    return low

"""Sorted N-Quads, looked up by subject without reading them through.

The engine writes every kind of integer as ``xsd:integer``; what is published as data comes from the
lines themselves, as they were built.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator

__all__ = ["lines_about", "lines_ending"]


def lines_about(content: bytes | mmap.mmap, iri: str) -> bytes:
    r"""Return the lines whose subject is an IRI.

    :param content: N-Quads, one a line, sorted by their bytes
    :param iri: an IRI without characters that N-Quads escapes

    >>> lines_about(b"<a> <p> <b> .\n<b> <p> <a> .\n<b> <q> <a> .\n", "b")
    b'<b> <p> <a> .\n<b> <q> <a> .\n'
    """
    start = f"<{iri}> ".encode()
    # "!" follows the space that ends the subject.
    return content[_place(content, start) : _place(content, start[:-1] + b"!")]


def lines_ending(content: bytes | mmap.mmap, end: bytes) -> Iterator[bytes]:
    r"""Yield the lines that end so.

    :param content: whole lines
    :param end: the end of a line, its line feed with it

    >>> list(lines_ending(b"<a> <g> .\n<b> <h> .\n", b" <h> .\n"))
    [b'<b> <h> .\n']
    """
    at = content.find(end)
    while at >= 0:
        after = at + len(end)
        yield content[content.rfind(b"\n", 0, at) + 1 : after]
        at = content.find(end, after)


def _place(content: bytes | mmap.mmap, key: bytes) -> int:
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

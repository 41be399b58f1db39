"""The text of a SPARQL query, read just far enough to find where its parameters stand.

Tokens follow SPARQL 1.1 Query, section 19.8; strings, IRIs and comments are passed over whole,
so that nothing inside them is taken for syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Block", "Token", "tokens", "values_blocks"]

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<word>\w+)
    | (?P<space>\s+)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token that is neither white space nor comment.

    :param kind: ``iri``, ``string``, ``variable``, ``word`` or ``mark``
    :param text: its characters
    :param start: where it starts, in characters from 0
    :param end: where it ends
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """A block ``VALUES ?name { … }``.

    :param name: the variable, without question mark
    :param start: where the content between the braces starts
    :param end: where it ends
    """

    name: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, comments and white space left out."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in {"comment", "space"}:
            yield Token(kind, match[0], match.start(), match.end())


def values_blocks(text: str) -> tuple[Block, ...]:
    """Return the VALUES blocks over one variable, in order.

    >>> [(block.name, block.start, block.end) for block in values_blocks("VALUES ?n { 7 }")]
    [('n', 11, 14)]
    """
    found = []
    parts = list(tokens(text))
    for place, part in enumerate(parts[:-2]):
        name, brace = parts[place + 1], parts[place + 2]
        if part.text.upper() == "VALUES" and name.kind == "variable" and brace.text == "{":
            close = next((each for each in parts[place + 3 :] if each.text == "}"), None)
            if close is not None:
                found.append(Block(name.text[1:], brace.end, close.start))
    return tuple(found)

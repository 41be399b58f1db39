"""Where the parameters of a query stand in its text."""

from __future__ import annotations

from dataclasses import dataclass

from gapgraph.store.scan import tokens

__all__ = ["Block", "values_blocks"]


@dataclass(frozen=True)
class Block:
    """A block ``VALUES ?name { … }``.

    :param name: the variable, without question mark
    :param start: where the content between the braces starts, in characters from 0
    :param end: where it ends
    """

    name: str
    start: int
    end: int


def values_blocks(text: str) -> tuple[Block, ...]:
    """Return the VALUES blocks over one variable, in order.

    Nothing inside strings, IRIs and comments is taken for one.

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
                found.append(Block(name.text[1:], brace.start + 1, close.start))
    return tuple(found)

"""What stands where in the text of a query: its parameters, and variables that nothing binds."""

from __future__ import annotations

from dataclasses import dataclass

from gapgraph.store.scan import Token, tokens

__all__ = ["Block", "loose_variables", "values_blocks"]


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


def loose_variables(text: str) -> tuple[Token, ...]:
    """Return the variables that are projected, compared or sorted by, and that nothing binds.

    A pattern, ``VALUES`` and ``AS`` bind; the scopes of sub-queries are not told apart.

    >>> [each.text for each in loose_variables("SELECT ?s ?x { ?s ?p ?o FILTER(?o > ?q) }")]
    ['?x', '?q']
    """
    bound: set[str] = set()
    used: list[Token] = []
    #: What is open: each bracket, whether it holds patterns, and whether it heads a VALUES block.
    opened: list[tuple[str, bool]] = [("", False)]
    before = ""
    for part in tokens(text):
        bracket, binds = opened[-1]
        if part.kind == "open":
            opened.append((part.text, part.text != "(" or before == "VALUES"))
        elif part.kind == "close" and len(opened) > 1:
            opened.pop()
        elif part.text.upper() == "SELECT":
            opened[-1] = (bracket, False)
        elif part.kind == "variable":
            if binds or before == "AS":
                bound.add(part.text[1:])
            else:
                used.append(part)
        before = part.text.upper()
    return tuple(each for each in used if each.text[1:] not in bound)

"""Where a person cuts an observation into statements: its text, with bars between them.

White space counts for nothing.  A bar that the text itself has stands there too.
"""

from __future__ import annotations

__all__ = ["MARK", "pieces"]

#: What stands where a statement begins.
MARK = "|"


def pieces(text: str, cut: str) -> list[tuple[int, int]] | None:
    """Return where the pieces of a text begin and end, by its marked copy.

    :return: nothing where the copy is not of that text, or a piece of it is empty

    >>> pieces("No hay leyes, pero hay jueces.", "No hay leyes, | pero hay jueces.")
    [(0, 13), (14, 30)]
    >>> pieces("No hay leyes.", "No hay | jueces.") is None
    True
    """
    at = _next(text, 0)
    starts = [at]
    for sign in cut:
        if sign.isspace():
            continue
        if at < len(text) and text[at] == sign:
            at = _next(text, at + 1)
        elif sign == MARK and at < len(text) and at != starts[-1]:
            starts.append(at)
        else:
            return None
    if at < len(text) or not text.strip():
        return None
    ends = [*starts[1:], len(text)]
    return [(start, len(text[:end].rstrip())) for start, end in zip(starts, ends, strict=True)]


def _next(text: str, at: int) -> int:
    """Return the place of the next sign that is no white space."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at

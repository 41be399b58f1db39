"""Who else read what a page shows: decisions of people on it, and readings by others."""

from __future__ import annotations

from collections.abc import Iterable

from gapgraph.namespaces import GG
from gapgraph.web.pages.rows import Row

__all__ = ["reviews_of"]


def reviews_of(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows of the query ``reviews`` as pages take them: ``decisions`` and ``outside``."""
    found: dict[str, list[Row]] = {"decisions": [], "outside": []}
    for row in rows:
        of_others = row["standing"] == str(GG.outsideReading)
        found["outside" if of_others else "decisions"].append(row)
    return found

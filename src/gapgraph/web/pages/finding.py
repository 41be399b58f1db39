"""What was found, in one sentence: the title of the first page, its picture and its description."""

from __future__ import annotations

from gapgraph.report.document import share
from gapgraph.statuses import NOT_APPLICABLE
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.topics import Tally

__all__ = ["applicable", "finding", "lacking", "share_lacking"]


def lacking(counted: Tally) -> int:
    """Return how many topics have no plan element, or are only partly addressed."""
    return counted["none"] + counted["partial"]


def applicable(counted: Tally) -> int:
    """Return how many topics apply, as the table has it: what shares are of."""
    return counted.total - counted[NOT_APPLICABLE]


def share_lacking(counted: Tally) -> int:
    """Return how many of a hundred applicable topics are lacking, to the nearest."""
    return share(lacking(counted), applicable(counted))


def finding(counted: Tally) -> str:
    """Return what was found, in one sentence; nothing is said of a table without topics.

    Where of more topics nothing is known but that they have an element than that they are
    addressed, that is said in the same breath: what was not read is not covered.
    """
    total = applicable(counted)
    if not total:
        return _("Lo que las directrices piden y lo que el plan dice")
    found = _(
        "%(lacking)s de los %(total)s temas que piden las directrices faltan en el plan o están a "
        "medias",
        lacking=lacking(counted),
        total=total,
    )
    if counted["mapped"] <= counted["addressed"]:
        return found
    return found + _("; de %(mapped)s con elemento no consta nada más", mapped=counted["mapped"])

"""The cards of topics on pages: what is asked, the whole sentence that decides, what eases it.

They are those of the report (`gapgraph.report.cards`): a sentence is never quoted in two ways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gapgraph.report.cards import Card, alike, card_of, reading_place
from gapgraph.statuses import GAPS
from gapgraph.web.language import language
from gapgraph.web.pages.rows import Row, ask
from gapgraph.web.pages.status import Mark, mark, reason_words
from gapgraph.web.pages.translated import translations

__all__ = ["Shown", "cards", "in_reading_order"]


@dataclass(frozen=True)
class Shown:
    """A card on a page.

    :param card: the card
    :param also: the identifiers of the other directives where a topic of its concept has its status
    :param elements: the plan's elements that the table gives it, each a row
    """

    card: Card
    also: tuple[str, ...] = ()
    elements: tuple[Row, ...] = ()

    @property
    def row(self) -> Row:
        """Its topic's row of the query ``topics-in-full``."""
        return self.card.row

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        return mark(self.row["status"])

    @property
    def reasons(self) -> list[str]:
        """Why it is partial, in words."""
        return reason_words(self.row.several("partialReason"))


def cards(**values: str) -> dict[str, Shown]:
    """Return the cards of the topics of the reader's analysis, by the topic's IRI, in their order.

    :param values: values of parameters of the query ``topics-in-full``, which narrow them
    """
    said: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("statements-in-full"):
        said[row["directive"]].append(row)
    elements: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("topic-mappings"):
        if row["element"]:
            elements[row["topic"]].append(row)
    also = alike(ask("topics-in-full"))
    translated = translations()
    found = {}
    for row in ask("topics-in-full", values) if values else ask("topics-in-full"):
        status = mark(row["status"]).name
        card = card_of(
            row,
            said[row["directive"]],
            language(),
            gap=status in GAPS,
            translations=translated,
        )
        found[row["topic"]] = Shown(card, also[row["topic"]], tuple(elements[row["topic"]]))
    return found


def in_reading_order(shown: Iterable[Shown]) -> list[Shown]:
    """Return cards in the order in which to read them: that of `report.cards.reading_place`."""
    return sorted(shown, key=lambda each: reading_place(each.card, each.also))

"""The cards of topics on pages: what is asked, the whole sentence that decides, what eases it.

They are those of the report (`gapgraph.report.cards`): a sentence is never quoted in two ways.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gapgraph.report.cards import Card, card_of
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
    alike: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in ask("topics-in-full"):
        alike[row["concept"], row["status"]].append(row["directiveIdentifier"])
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
        others = dict.fromkeys(alike[row["concept"], row["status"]])
        found[row["topic"]] = Shown(
            card,
            tuple(each for each in others if each != row["directiveIdentifier"]),
            tuple(elements[row["topic"]]),
        )
    return found


def in_reading_order(shown: Iterable[Shown]) -> list[Shown]:
    """Return cards in the order in which to read them; what it goes by stands on each card.

    Topics without a plan element come before those that are partly addressed, and these before
    what is doubtful; then those that nothing eases; then those that more directives ask for; then
    those of which more sentences speak.  A card without a sentence comes after all of its status.
    It is an order for reading: what is missing is not weighed against what else is missing.
    """
    order = {name: place for place, name in enumerate(GAPS)}
    return sorted(
        shown,
        key=lambda each: (
            order.get(each.mark.name, len(order)),
            not each.card.sentences,
            bool(each.card.easing),
            -len(each.also),
            -len(each.card.sentences),
        ),
    )

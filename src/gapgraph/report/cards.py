"""The card of a topic: its status, and the whole sentences that bear it.

One for every door: pages, reports and pictures show what is made here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gapgraph.namespaces import GG, last_segment
from gapgraph.queries.rows import Row, Text
from gapgraph.report.sentences import NO_TEXT, Sentence, decides, sentences_of
from gapgraph.statuses import GAPS

__all__ = ["Card", "alike", "card_of", "label_of", "reading_place"]


@dataclass(frozen=True)
class Card:
    """A topic: its status, the sentences that decide it, and what eases what is missing.

    :param row: its row of the query ``topics-in-full``
    :param label: its label in the reader's language, where it has one
    :param gap: whether it is a gap
    :param unread: the words of its directive's observations that nobody has read
    :param asked: our translation of its directive's text into the reader's language, where there
        is one
    """

    row: Row
    label: Text
    gap: bool
    unread: tuple[Text, ...]
    sentences: tuple[Sentence, ...]
    easing: tuple[Sentence, ...]
    asked: Text = NO_TEXT

    @property
    def status(self) -> str:
        """Its status, in words."""
        return self.row["statusLabel"]

    @property
    def reason(self) -> str:
        """Why it is partial, in words; empty where it is not."""
        return self.row["partialReasonLabel"]

    @property
    def directive(self) -> str:
        """The identifier of its directive, as printed; else the last part of its IRI."""
        return self.row["directiveIdentifier"] or last_segment(self.row["directive"])

    @property
    def told(self) -> str:
        """What is said of it: what its directive asks for, and the sentences."""
        said = (each.text for each in (*self.sentences, *self.easing))
        return "\n".join([self.row["directiveText"], *said, *map(str, self.unread)])

    @property
    def cell(self) -> Text:
        """What the table's cell says of it."""
        return self.row.text("categories")


def label_of(row: Row, lang: str) -> Text:
    """Return a topic's label: its concept's in the reader's language, else the table's own.

    :param row: a row with the columns ``topicLabel`` and, where there is one, ``conceptLabel``
    :param lang: the language of the reader
    """
    source = row.text("topicLabel")
    named = row.text("conceptLabel") if row.has("conceptLabel") else Text("", "")
    return named if named.value and named.lang == lang != source.lang else source


def card_of(
    row: Row,
    statements: Sequence[Row],
    lang: str,
    *,
    gap: bool,
    translations: Mapping[str, Text] = MappingProxyType({}),
) -> Card:
    """Return the card of a topic.

    :param row: its row of the query ``topics-in-full``
    :param statements: the rows of the query ``statements-in-full`` of its directive
    :param lang: the language of the reader
    :param gap: whether its status is a gap: then what is missing decides, else what is there
    :param translations: our translations into that language, by the IRI of what they are of
    """
    own = [each for each in statements if row["topic"] in each.several("concerns")]
    missing = decides(own, gap=True)
    easing = {
        each["statement"]
        for each in statements
        if not missing.isdisjoint(each.several("mitigates"))
    }
    return Card(
        row,
        label_of(row, lang),
        gap,
        tuple(
            each.text("statementText")
            for each in statements
            if each["kind"] == str(GG.UnreadStatement)
        ),
        tuple(sentences_of(statements, decides(own, gap=gap), translations)),
        tuple(sentences_of(statements, easing, translations)),
        translations.get(row["directive"], NO_TEXT),
    )


def alike(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Return the other directives where a topic of the same concept has the same status.

    :param rows: the rows of the query ``topics-in-full`` of all topics of an analysis
    :return: their identifiers, by the topic's IRI
    """
    listed = list(rows)
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in listed:
        found[row["concept"], row["status"]][row["directiveIdentifier"]] = None
    return {
        row["topic"]: tuple(
            each
            for each in found[row["concept"], row["status"]]
            if each != row["directiveIdentifier"]
        )
        for row in listed
    }


def reading_place(card: Card, also: Sequence[str]) -> tuple[int, bool, bool, int, int]:
    """Return by what cards are sorted into the order in which to read them.

    What it goes by stands on each card.  Topics without a plan element come before those that are
    partly addressed, and these before what is doubtful; then those that nothing eases; then those
    that more directives ask for; then those of which more sentences speak.  A card without a
    sentence comes after all of its status.  It is an order for reading: what is missing is not
    weighed against what else is missing.

    :param also: the other directives that ask for it, as `alike` gives them
    """
    status = card.row["status"].removeprefix(str(GG))
    return (
        GAPS.index(status) if status in GAPS else len(GAPS),
        not card.sentences,
        bool(card.easing),
        -len(also),
        -len(card.sentences),
    )

"""Which topics of its row a statement speaks of, and by which rule that is known.

The rules, in the order in which they are asked; `Link.rule` says which one answered:

- ``only-topic``: the row has one topic.
- ``own-row``: the table has a row for each topic, and the observation stands in this one's.
- ``answers-omission``: the statement mitigates omissions, and speaks of what they speak of.
- ``label-words``, ``element-words``: the statement holds most words, or synonyms, of a topic's
  label, or of the plan element in its cell.
- ``some-label-words``: it holds some words of one label, and more than of any other.
- ``invoked-element``: it invokes the instrument that a topic's plan element is named after.
- ``clause-before``: a clause or sentence that goes on with what was said before.
- ``same-words``: what the plan provides stands in the same words in a row of one topic, and a
  topic here has the same plan element.

What a statement is about stands before its means and lists.  Where no rule answers, no topic is
given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gapgraph.reading.words import Found, Lexicon
from gapgraph.statuses import FOR

__all__ = ["Link", "Part", "RowTopic", "TopicRules"]

#: A label is spoken of if this share of its words is found …
_MOST = 0.6
#: … and perhaps if this one is, where no other label has as much.
_SOME = 0.25


@dataclass(frozen=True)
class RowTopic:
    """A topic of a row.

    :param position: its place in the row, from 1
    :param label: its label
    :param elements: labels of the plan elements in its cell, by their IRIs; none if the cell
        says that nothing was found
    """

    position: int
    label: str
    elements: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """A statement, as far as its topics are concerned.

    :param paragraph: place of its observation in the row, from 1
    :param position: its place in the observation, from 1
    :param inside: whether it begins within a sentence
    :param mitigates: paragraph and position of the omissions it mitigates
    :param invokes: names of the instruments it invokes
    :param beside: the position of the topic in whose own row of the table its observation
        stands; 0 where the table does not tell
    """

    paragraph: int
    position: int
    text: str
    kind: str
    inside: bool
    mitigates: tuple[tuple[int, int], ...] = ()
    invokes: tuple[re.Pattern[str], ...] = ()
    beside: int = 0


@dataclass(frozen=True)
class Link:
    """A topic's position in the row, and the rule that gives it."""

    topic: int
    rule: str


@dataclass
class TopicRules:
    """The rules, with what they need to know.

    :param goes_on: how a sentence opens that goes on with what was said before
    :param contrast: how a clause opens that stays with the subject of its sentence
    :param repeated: plan elements by text: those of the one-topic rows in which it stands
    """

    lexicon: Lexicon
    goes_on: re.Pattern[str]
    contrast: re.Pattern[str]
    repeated: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def row(self, topics: Sequence[RowTopic], parts: Iterable[Part]) -> list[tuple[Link, ...]]:
        """Return the topics of each statement of a row, in order.

        :param topics: the row's topics
        :param parts: its statements, in order, those of all its paragraphs
        :return: for each statement its links, by the topic's position
        """
        done: dict[tuple[int, int], tuple[Link, ...]] = {}
        for part in parts:
            links = self._links(topics, part, done) if topics else {}
            done[part.paragraph, part.position] = tuple(
                Link(topic, rule) for topic, rule in sorted(links.items())
            )
        return list(done.values())

    def _links(
        self,
        topics: Sequence[RowTopic],
        part: Part,
        done: Mapping[tuple[int, int], tuple[Link, ...]],
    ) -> dict[int, str]:
        if len(topics) == 1:
            return {topics[0].position: "only-topic"}
        if part.beside:
            return {part.beside: "own-row"}
        answered = {link.topic for place in part.mitigates for link in done.get(place, ())}
        if answered:
            return dict.fromkeys(answered, "answers-omission")
        before = {link.topic for link in done.get((part.paragraph, part.position - 1), ())}
        for text in (self.lexicon.head(part.text), part.text):
            found = self._by_words(topics, part, text)
            if found:
                stays = before & set(found) if self.contrast.match(part.text) else set()
                return {topic: rule for topic, rule in found.items() if not stays or topic in stays}
        return self._otherwise(topics, part, before)

    def _otherwise(
        self, topics: Sequence[RowTopic], part: Part, before: Iterable[int]
    ) -> dict[int, str]:
        """Return the topics of a statement whose own words tell none."""
        invoked = {
            topic.position: "invoked-element"
            for topic in topics
            for label in topic.elements.values()
            if any(name.search(label) for name in part.invokes)
        }
        if invoked:
            return invoked
        if part.inside or self.goes_on.match(part.text):
            return dict.fromkeys(before, "clause-before")
        if part.kind == "Omission":
            return {}  # in a row of one topic it is tied to that topic, whatever it speaks of
        elements = self.repeated.get(part.text, frozenset())
        return {
            topic.position: "same-words" for topic in topics if elements & topic.elements.keys()
        }

    def _by_words(self, topics: Sequence[RowTopic], part: Part, text: str) -> dict[int, str]:
        """Return the topics whose label or plan element a text speaks of."""
        labels = {topic.position: self.lexicon.look(topic.label, text) for topic in topics}
        most: dict[int, tuple[str, Found]] = {}
        for topic in topics:
            found = labels[topic.position]
            if found.share >= _MOST:
                most[topic.position] = ("label-words", found)
                continue
            for label in topic.elements.values():
                element = self.lexicon.look(label, text)
                if element.share >= _MOST:
                    most[topic.position] = ("element-words", element)
        if not most:
            best = max(found.share for found in labels.values())
            ties = [position for position, found in labels.items() if found.share == best]
            return {ties[0]: "some-label-words"} if best >= _SOME and len(ties) == 1 else {}
        # The more specific label wins: «Mapeo de refugios» over «Alojamiento».
        kept = {
            position: rule
            for position, (rule, found) in most.items()
            if not any(found.places < other.places for _, other in most.values())
        }
        # What the plan provides is not what its cell says it lacks.
        if part.kind in FOR:
            valued = {topic.position for topic in topics if topic.elements} & kept.keys()
            kept = {each: rule for each, rule in kept.items() if not valued or each in valued}
        return kept

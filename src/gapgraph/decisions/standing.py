"""Which decisions hold: the first person's of a text counts, a second's stands beside it.

A decision on a text that has changed holds no more, nor one on a topic that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from gapgraph.decisions.table import NONE, Decided, read_decided
from gapgraph.namespaces import GG, RDF, SKOS, Names
from gapgraph.unicode import comparable

__all__ = ["UNDECIDED", "Decisions", "SetAside"]


@dataclass(frozen=True)
class SetAside:
    """A decision that does not hold any more.

    :param why: ``text``, where its text is not there; ``topics``, where a topic that it names is
        not
    """

    decided: Decided
    why: str


@dataclass(frozen=True)
class Decisions:
    """The decisions on one analysis, of which each text has those that were made of it.

    :param given: all of them, in the order of the table
    :param astray: those that name a topic that is not there
    """

    given: tuple[Decided, ...] = ()
    astray: tuple[Decided, ...] = ()
    _by_text: Mapping[tuple[str, str], list[Decided]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None, names: Names, asserted: Graph) -> Decisions:
        """Return the decisions of a table, if there is one, as they stand to an analysis.

        :param path: the table of decisions
        :raises InputError: where it cannot be read
        """
        return cls.of(read_decided(path) if path else (), names, asserted)

    @classmethod
    def of(cls, given: Iterable[Decided], names: Names, asserted: Graph) -> Decisions:
        """Return decisions as they stand to a table.

        :param names: the IRIs of the analysis
        :param asserted: its asserted graph, whose topics they name by number and label
        """
        given = tuple(given)
        astray = tuple(each for each in given if not _are_there(each, names, asserted))
        by_text: dict[tuple[str, str], list[Decided]] = {}
        for each in given:
            if each not in astray:
                by_text.setdefault((each.place, each.key), []).append(each)
        return cls(given, astray, by_text)

    def on(self, item: str, key: str) -> list[Decided]:
        """Return the decisions on a text, one of each person, the first one first.

        A person's decision on the very item goes before one on the same words beside it, as
        they stood before the statements were numbered otherwise.

        :param item: the end of the IRI of a statement or a topic
        :param key: the key of its text
        """
        place = item.rpartition(".")[0] if item.startswith("statement/") else item
        chosen: dict[str, Decided] = {}
        for each in self._by_text.get((place, key), ()):
            if each.person not in chosen or each.item == item:
                chosen[each.person] = each
        return list(chosen.values())

    def first(self, item: str, key: str) -> Decided | None:
        """Return the decision that counts, if there is one."""
        return next(iter(self.on(item, key)), None)

    def set_aside(self, holding: Mapping[str, Sequence[Decided]]) -> list[SetAside]:
        """Return the decisions that hold for nothing that is there.

        :param holding: those that do hold, by what they hold for
        """
        standing = {id(one) for people in holding.values() for one in people}
        return [
            SetAside(each, "topics" if each in self.astray else "text")
            for each in self.given
            if id(each) not in standing
        ]


#: Where nobody has decided anything.
UNDECIDED = Decisions()


def _are_there(one: Decided, names: Names, asserted: Graph) -> bool:
    """Tell whether the topics that a decision names are there, under the labels that it read."""
    directive = one.name.partition(".")[0]
    for number, label in one.topics:
        if number in {NONE, directive}:
            continue
        topic = URIRef(f"{names.analysis}/topic/{number}")
        labels = {
            comparable(str(each)).casefold()
            for each in asserted.objects(topic, SKOS.prefLabel)
            if isinstance(each, Literal)
        }
        known = (topic, RDF.type, GG.Topic) in asserted and number.partition(".")[0] == directive
        if not known or comparable(label).casefold() not in labels:
            return False
    return True

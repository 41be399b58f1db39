"""One row of a table, read whole: the statements of its paragraphs, with all they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.reading.measures import Item, MeasureRules
from gapgraph.reading.names import ALL, Institution, Instrument, Known, NameRules, read_name_rules
from gapgraph.reading.packs import Pack
from gapgraph.reading.patterns import read_patterns
from gapgraph.reading.statements import Span, StatementRules, read_statement_rules
from gapgraph.reading.topics import Link, Part, RowTopic, TopicRules
from gapgraph.reading.words import read_lexicon
from gapgraph.statuses import AGAINST, UNREAD

__all__ = ["ReadRow", "Row", "Rules", "Ruling", "Said", "read_rules"]


@dataclass(frozen=True)
class Ruling:
    """What a person decided of a statement, of what rules would say.

    :param kind: its kind; empty where the rules' is left
    :param mitigates: paragraph and position of what it mitigates; nothing where it is left to them
    """

    kind: str = ""
    mitigates: tuple[tuple[int, int], ...] | None = None


def _undecided(*_: object) -> Ruling:
    return Ruling()


def _uncut(*_: object) -> tuple[Span, ...]:
    return ()


@dataclass(frozen=True)
class Row:
    """What a row gives to read.

    :param topics: its topics, in order
    :param paragraphs: the texts of its observations, in order
    :param beside: for each of these the position of the topic in whose own row it stands; nothing
        where the table does not tell
    :param ruling: gives what was decided of a statement, by its paragraph, position and text
    :param cut: gives the statements of a paragraph, by its number and text, where a person cut it
    """

    topics: tuple[RowTopic, ...]
    paragraphs: tuple[str, ...]
    beside: tuple[int, ...] = ()
    ruling: Callable[[int, int, str], Ruling] = _undecided
    cut: Callable[[int, str], tuple[Span, ...]] = _uncut


@dataclass(frozen=True)
class Said:
    """A statement and what it says.

    :param paragraph: place of its observation in the row, from 1
    :param position: its place in the observation, from 1
    :param span: where it stands in the observation's text
    :param rule: id of the rule that decides its kind; empty where none does, or a person did
    :param overruled: the kind that the rules give it, where a person gave it another
    :param named: the instruments that it names
    :param instruments: those of them that it invokes
    :param loci: local names of the places in the plan that it says it speaks of
    :param mitigates: paragraph and position of the omissions it mitigates
    :param links: the topics it concerns
    """

    paragraph: int
    position: int
    span: Span
    text: str
    kind: str
    rule: str
    mitigates: tuple[tuple[int, int], ...]
    links: tuple[Link, ...]
    items: tuple[Item, ...]
    institutions: tuple[Institution, ...]
    instruments: tuple[Instrument, ...]
    named: tuple[Instrument, ...] = ()
    loci: tuple[str, ...] = ()
    overruled: str = ""


ReadRow = tuple[Said, ...]

# A sentence has ended before a statement that begins a new one.
_ENDED = re.compile(r"[.!?…][»”\"’')\]]*\s*$")


@dataclass(frozen=True)
class Rules:
    """All rules about one language, read from their tables."""

    statements: StatementRules
    measures: MeasureRules
    names: NameRules
    topics: TopicRules
    however: re.Pattern[str]

    def read(self, rows: Sequence[Row]) -> list[ReadRow]:
        """Read rows; those of one topic tell what their words are about elsewhere.

        :param rows: all rows of one table
        :return: for each row its statements, in order
        """
        parts = [self._parts(row) for row in rows]
        repeated: dict[str, frozenset[str]] = {}
        for row, said in zip(rows, parts, strict=True):
            if len(row.topics) == 1:
                for part, _ in said:
                    known = repeated.get(part.text, frozenset())
                    repeated[part.text] = known | row.topics[0].elements.keys()
        topics = replace(self.topics, repeated=repeated)
        return [
            tuple(
                replace(said, links=links)
                for (_, said), links in zip(
                    row_parts, topics.row(row.topics, [part for part, _ in row_parts]), strict=True
                )
            )
            for row, row_parts in zip(rows, parts, strict=True)
        ]

    def _parts(self, row: Row) -> list[tuple[Part, Said]]:
        """Return a row's statements, their topics still open."""
        parts: list[tuple[Part, Said]] = []
        for paragraph, text in enumerate(row.paragraphs, start=1):
            spans = row.cut(paragraph, text) or self.statements.split(text)
            for position, span in enumerate(spans, start=1):
                words = text[span.start : span.end]
                ruling = row.ruling(paragraph, position, words)
                by_rule, rule = self.statements.kind_of(words)
                kind, rule = (ruling.kind, "") if ruling.kind else (by_rule, rule)
                instruments = self.names.invoked(words) if kind == "Invocation" else []
                mitigates = ruling.mitigates
                if mitigates is None:
                    mitigates = self._mitigates(words, kind, [said for _, said in parts])
                said = Said(
                    paragraph,
                    position,
                    span,
                    words,
                    kind,
                    rule,
                    mitigates,
                    (),
                    tuple(self.measures.items(words)),
                    tuple(self.names.mentioned(words)),
                    tuple(instruments),
                    tuple(self.names.named(words)),
                    tuple(self.names.loci_of(words)),
                    by_rule if kind != by_rule else "",
                )
                part = Part(
                    paragraph,
                    position,
                    words,
                    kind,
                    position > 1 and not _ENDED.search(text[: span.start]),
                    mitigates,
                    tuple(each.pattern for each in instruments),
                    row.beside[paragraph - 1] if row.beside else 0,
                )
                parts.append((part, said))
        return parts

    def _mitigates(
        self, words: str, kind: str, before: Iterable[Said]
    ) -> tuple[tuple[int, int], ...]:
        """Return the omissions just before a statement that opens with "Sin embargo".

        It says where the thing is found after all; so it is no
        omission, nor a doubt, and it was read.
        """
        if kind in {*AGAINST, UNREAD} or not self.however.match(words):
            return ()
        run: list[tuple[int, int]] = []
        for said in before:
            run = [*run, (said.paragraph, said.position)] if said.kind == "Omission" else []
        return tuple(run)


def read_rules(data: Path, pack: Pack, known: Known = ALL) -> Rules:
    """Read every table of rules.

    :param data: the project's data folder
    :param pack: the tables of a language
    :param known: what the analysis knows of institutions and instruments; all there is if left out
    :raises InputError: where a table cannot be read, or holds what is no rule
    """
    patterns = read_patterns(pack)
    return Rules(
        read_statement_rules(pack, patterns),
        MeasureRules.of(patterns),
        read_name_rules(data, pack, patterns, known),
        TopicRules(
            read_lexicon(pack, patterns), patterns.named("goeson"), patterns.named("contrast")
        ),
        patterns.named("however"),
    )

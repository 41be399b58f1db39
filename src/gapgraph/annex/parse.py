"""Rows → typed records: paragraphs, indicators, topics with their values, observations."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from gapgraph.annex.description import Description
from gapgraph.annex.paragraphs import MARK, Chunk, chunks, texts
from gapgraph.annex.records import (
    Citation,
    ColumnHeading,
    Directive,
    Element,
    Observation,
    Section,
    Table,
    Topic,
    Value,
)
from gapgraph.annex.table import Cell, Heading, Row, read_rows, squeeze, title_of
from gapgraph.annex.values import RELATIONS, STATUSES, VALUE_CLASSES, Unknown, unknown_values
from gapgraph.errors import InputError
from gapgraph.files import read_text, sha256
from gapgraph.namespaces import slug
from gapgraph.tables import read_tsv
from gapgraph.told import one_of, told

__all__ = ["name_key", "read_table"]

#: The words between a category's number and its name: dashes, a colon, a full stop.
_SEPARATOR = re.compile(r"\s*[-–—:.]?\s*")
_ARTICLES = frozenset(("el", "la", "los", "las"))


def name_key(name: str) -> tuple[str, ...]:
    """Return what two forms of one category's name have in common.

    Forms may differ in capitals, articles, dashes, full stops and a final plural; in nothing
    else.

    >>> name_key("Defensa Legal y Protección de las Víctimas.") == name_key(
    ...     "Defensa legal y Protección de Víctimas")
    True
    """
    words = re.findall(r"\w+", name.casefold())
    return tuple(word.removesuffix("s") for word in words if word not in _ARTICLES)


class _Parser:
    """Reads the rows of one table, with its description for the words and limits."""

    def __init__(self, description: Description, instruments: Sequence[Citation]) -> None:
        self.description = description
        self.file = description.table
        self.instruments = sorted(instruments, key=lambda each: -len(each.literal))
        word = re.escape(description.category_word)
        nothing = sorted(description.values.words["none"], key=len, reverse=True)
        none = "|".join(map(re.escape, nothing))
        self.value_start = re.compile(
            rf"(?<!\w)(?:{word}\s+(?=\d)" + (rf"|(?:{none})(?!\w))" if none else ")")
        )
        self.category = re.compile(rf"{word}\s+(\d+)(?!\d)(.*)")
        self.word = slug(description.category_word)
        self.unknown: list[Unknown] = []

    def fail(self, line: int, what: str, todo: str) -> InputError:
        return InputError(what, todo=todo, file=self.file, line=line)

    def directive(self, row: Row) -> Directive:
        _, text, indicators, topics, observations = row.cells
        paragraphs = texts(text)
        if not paragraphs:
            raise self.fail(
                row.line,
                told("directive {number} has no text", number=row.number),
                told("fill its second cell"),
            )
        whole = "\n".join(each.text for each in paragraphs)
        return Directive(
            notation=str(row.number),
            position=row.number,
            section=str(row.heading + 1),
            paragraphs=tuple(each.text for each in paragraphs),
            indicators=texts(indicators),
            topics=tuple(self.topics(row.number, topics)),
            observations=tuple(Observation(each.text, each.lines) for each in texts(observations)),
            citations=tuple(self.citations(whole)),
            lines=_union(row.cells[0].lines, text.lines),
        )

    def topics(self, number: int, cell: Cell) -> Iterator[Topic]:
        """Yield the topics of a cell; each takes the values up to the next label."""
        label: Chunk | None = None
        words: list[Chunk] = []
        for chunk in chunks(cell):
            if not chunk.label:
                words.append(chunk)
                if label is None:
                    raise self.fail(
                        chunk.line,
                        told(
                            "directive {number}: the value {text!r} has no topic",
                            number=number,
                            text=chunk.text[:40],
                        ),
                        told("put an underlined topic (<u>…</u>) before it"),
                    )
                continue
            if label is not None:
                yield self.topic(number, label, words)
            if not chunk.text:
                raise self.fail(
                    chunk.line,
                    told("directive {number} has an empty topic", number=number),
                    told("fill or remove it"),
                )
            label, words = chunk, []
        if label is not None:
            yield self.topic(number, label, words)

    def topic(self, number: int, label: Chunk, words: list[Chunk]) -> Topic:
        values = tuple(self.values(words))
        where = told("directive {number}, topic {topic!r}", number=number, topic=label.text[:40])
        if not values:
            raise self.fail(
                label.line,
                told("{where} has no value", where=where),
                told(
                    "write a category, or {none}",
                    none=one_of(map(repr, self.description.values.words["none"] or ()))
                    or told("a word of it"),
                ),
            )
        alone = [value for value in values if value.says in {"none", "notApplicable"}]
        statuses = [value for value in values if value.says in STATUSES]
        for some in (alone, statuses[1:]):
            if some and len(values) > 1:
                raise self.fail(
                    some[0].lines[0],
                    told(
                        "{where} has {literal!r} beside another value",
                        where=where,
                        literal=some[0].literal,
                    ),
                    told("keep one of the two"),
                )
        if all(value.says in RELATIONS for value in values):
            raise self.fail(
                label.line,
                told(
                    "{where} has the relation {literal!r}, and nothing that it leads to",
                    where=where,
                    literal=values[0].literal,
                ),
                told("write the part of the plan too"),
            )
        lines = _union((label.line,), *(value.lines for value in values))
        return Topic(label.text, values, lines)

    def values(self, words: list[Chunk]) -> Iterator[Value]:
        """Yield the values of one topic.

        A value starts at a category, at "No hay", or at a boundary; words that only a page
        break parts from a value go on it.
        """
        literals: list[tuple[str, tuple[int, ...]]] = []
        for chunk in words:
            starts = [found.start() for found in self.value_start.finditer(chunk.text)]
            cuts = sorted({0, *starts, len(chunk.text)})
            for start, stop in itertools.pairwise(cuts):
                literal = chunk.text[start:stop].strip()
                if literals and start == 0 and chunk.glued and 0 not in starts:
                    before, lines = literals[-1]
                    literals[-1] = (f"{before} {literal}", _union(lines, (chunk.line,)))
                elif literal:
                    literals.append((literal, (chunk.line,)))
        for literal, lines in literals:
            yield self.value(literal, lines)

    def value(self, literal: str, lines: tuple[int, ...]) -> Value:
        found = self.category.fullmatch(literal)
        if not found:
            if self.word and f"{slug(literal)}-".startswith(f"{self.word}-"):
                raise self.fail(
                    lines[0],
                    told("the value {literal!r} has no category number", literal=literal[:40]),
                    told(
                        "write it as {category_word} 1 – …",
                        category_word=self.description.category_word,
                    ),
                )
            says = self.description.values.class_of(literal)
            near = "" if says else self.description.values.near(literal)
            if near:
                raise self.fail(
                    lines[0],
                    told(
                        "the value {literal!r} is nearly {near!r}", literal=literal[:40], near=near
                    ),
                    told("write {near}", near=near),
                )
            if not says:
                self.unknown.append(Unknown(literal, lines[0]))
            name = literal.removesuffix(".") if says == "element" else ""
            return Value(literal, "", says, lines, name)
        number = int(found[1])
        if not 1 <= number <= self.description.categories:
            raise self.fail(
                lines[0],
                told(
                    "category {number} is outside the plan, which has {categories}",
                    number=number,
                    categories=self.description.categories,
                ),
                told("mend the number, or the plan's categories in analysis.toml"),
            )
        if not _SEPARATOR.sub("", found[2], count=1):
            raise self.fail(
                lines[0],
                told("category {number} has no name", number=number),
                told("write the name behind the number"),
            )
        return Value(literal, str(number), "element", lines)

    def check_known(self) -> None:
        """Refuse a table with values that nobody classified: none of them is an element."""
        if self.unknown:
            raise self.fail(
                self.unknown[0].line,
                told(
                    "it is not known what these values say: {values}",
                    values=unknown_values(self.unknown),
                ),
                told(
                    "list each in analysis.toml under [values], in one of {classes}",
                    classes=", ".join(VALUE_CLASSES),
                ),
            )

    def citations(self, text: str) -> Iterator[Citation]:
        """Yield the instruments a text names, in the order of the text, longest literal first."""
        flat, found = squeeze(text), {}
        for instrument in self.instruments:
            start = flat.find(instrument.literal)
            if start >= 0:
                found[start] = instrument
                flat = flat.replace(instrument.literal, "\0" * len(instrument.literal))
        for start in sorted(found):
            yield found[start]

    def elements(self, directives: Sequence[Directive]) -> Iterator[Element]:
        """Yield the plan's categories with the names their values give them.

        :raises InputError: where a number's name contradicts its other occurrences
        """
        named: dict[int, list[tuple[str, Value]]] = {}
        for directive in directives:
            for topic in directive.topics:
                for value in topic.values:
                    if value.notation:
                        found = self.category.fullmatch(value.literal)
                        assert found is not None, value
                        name = _SEPARATOR.sub("", found[2], count=1)
                        named.setdefault(int(value.notation), []).append((name, value))
        for number, uses in sorted(named.items()):
            keys = Counter(name_key(name) for name, _ in uses)
            usual = keys.most_common(1)[0][0]
            usual_name = next(name for name, _ in uses if name_key(name) == usual)
            for name, value in uses:
                if name_key(name) != usual:
                    raise self.fail(
                        value.lines[0],
                        told(
                            "category {number} is {name!r} here and {usual_name!r} elsewhere",
                            number=number,
                            name=name,
                            usual_name=usual_name,
                        ),
                        told("mend the number or the name"),
                    )
            # Most frequent first; on a tie the form without full stop, then as first written.
            counts = Counter(name for name, _ in uses)
            order = sorted(counts, key=lambda name: (-counts[name], name.endswith(".")))
            lines = _union(*(value.lines for _, value in uses))
            yield Element(str(number), number, tuple(order), lines)


def _union(*groups: tuple[int, ...]) -> tuple[int, ...]:
    """Return all lines of several groups, sorted, each once."""
    return tuple(sorted({line for group in groups for line in group}))


def _section(number: int, heading: Heading) -> Section:
    title = title_of(heading.literal)
    return Section(
        notation=str(number),
        position=number,
        heading=heading.literal,
        title=title,
        columns=tuple(
            ColumnHeading(squeeze(MARK.sub("", part.raw)), (part.line,)) for part in heading.columns
        ),
        lines=(heading.line,),
    )


def _read_instruments(path: Path | None, *, limit: int) -> list[Citation]:
    """Read the reviewed names of instruments."""
    if path is None:
        return []
    citations = []
    for row in read_tsv(path, ("slug", "literal", "note"), limit=limit):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["slug"]) or not row["literal"]:
            raise row.fail(told("has no slug or no literal"), told("write both"))
        citations.append(Citation(row["slug"], squeeze(row["literal"])))
    return citations


def read_table(
    description: Description, *, source_limit: int = 16_000_000, cell_limit: int = 50_000
) -> Table:
    """Read the table that a description names.

    :param source_limit: the largest source that is read, in bytes
    :param cell_limit: the longest cell that is read, in characters
    :raises InputError: with file, line, what is wrong and what to do
    """
    file = description.table
    text = read_text(file, limit=source_limit)
    headings, rows = read_rows(text, file=file, cell_limit=cell_limit, partial=description.partial)
    count = headings[-1].last if description.partial else len(rows)
    if count != description.directives:
        raise InputError(
            told(
                "has {count} directives, not the {directives} that the framework has: is a "
                "section or the end missing?",
                count=count,
                directives=description.directives,
            ),
            todo=told(
                "give the whole table, or mend [framework] directives in analysis.toml; a "
                "table of some directives says so there: [table] partial = true"
            ),
            file=file,
            line=rows[-1].line,
        )
    parser = _Parser(description, _read_instruments(description.instruments, limit=source_limit))
    directives = tuple(parser.directive(row) for row in rows)
    parser.check_known()
    table = Table(
        file=file.name,
        sha256=sha256(text),
        sections=tuple(_section(place, each) for place, each in enumerate(headings, start=1)),
        directives=directives,
        elements=tuple(parser.elements(directives)),
    )
    if description.sha256 not in ("", table.sha256):
        raise InputError(
            told(
                "the file ends here with the SHA-256 {sha256}, and analysis.toml declares "
                "{declared}: it was cut or changed",
                sha256=table.sha256,
                declared=description.sha256,
            ),
            todo=told("restore it; if the change is meant, write the new sum there"),
            file=file,
            line=text.rstrip("\n").count("\n") + 1,
        )
    return table

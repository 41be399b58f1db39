"""Rows → typed records: paragraphs, indicators, topics with their values, observations.

Page breaks: what a cell holds on the next page goes on the last paragraph of the page before,
unless that one had ended (see `_ends`); nothing else is joined.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapgraph.annex.description import Description
from gapgraph.annex.records import (
    Citation,
    ColumnHeading,
    Directive,
    Element,
    Observation,
    Section,
    Table,
    Text,
    Topic,
    Value,
)
from gapgraph.annex.table import Cell, Heading, Part, Row, read_rows, squeeze, title_of
from gapgraph.annex.values import RELATIONS, STATUSES, VALUE_CLASSES, Unknown, unknown_values
from gapgraph.errors import InputError
from gapgraph.files import read_text, sha256
from gapgraph.namespaces import slug
from gapgraph.tables import read_tsv

__all__ = ["name_key", "read_table"]

_LABEL = re.compile(r"<u>(.*?)</u>", re.DOTALL)
_INLINE = re.compile(r"</?[ub]>")
_MARK = re.compile(r"</?[pub]>")
_BLOCK = re.compile(r"</?p>")
#: A paragraph has ended when it closes with one of these, quotes and brackets aside.
_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
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


def _ends(paragraph: str) -> bool:
    """Tell whether a paragraph's last sentence is closed."""
    return bool(_END.search(paragraph))


def _paragraphs(part: Part) -> list[str]:
    """Return the paragraphs of one page's piece of a cell.

    Where the piece has ``<p>`` marks they part it; where it has none, two spaces or more do.
    """
    pieces = _BLOCK.split(part.raw) if "<p>" in part.raw else re.split(r"\s{2,}", part.raw)
    texts = (squeeze(_INLINE.sub("", piece)) for piece in pieces)
    return [text for text in texts if text]


def _texts(cell: Cell) -> tuple[Text, ...]:
    """Return the paragraphs of a cell, joined where a page break cut one."""
    texts: list[Text] = []
    for part in cell.parts:
        for place, paragraph in enumerate(_paragraphs(part)):
            last = texts[-1] if texts else None
            if place == 0 and last and part.line != last.lines[-1] and not _ends(last.text):
                texts[-1] = Text(f"{last.text} {paragraph}", (*last.lines, part.line))
            else:
                texts.append(Text(paragraph, (part.line,)))
    return tuple(texts)


@dataclass(frozen=True)
class _Chunk:
    """A piece of a topics cell: a topic's label, or words up to the next boundary.

    :param glued: whether only a page break parts it from what stands before
    """

    label: bool
    text: str
    line: int
    glued: bool


def _chunks(cell: Cell) -> Iterator[_Chunk]:
    """Yield labels and words in order; marks, double spaces and page breaks part the words."""
    for part in cell.parts:
        glued = part is not cell.parts[0]
        for piece in re.split(r"(<u>.*?</u>)|</?p>|\s{2,}", part.raw):
            if piece is None or not piece.strip():
                continue
            found = _LABEL.fullmatch(piece)
            text = squeeze(_MARK.sub("", found[1] if found else piece))
            yield _Chunk(bool(found), text, part.line, glued)
            glued = False


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
        paragraphs = _texts(text)
        if not paragraphs:
            raise self.fail(row.line, f"directive {row.number} has no text", "fill its second cell")
        whole = "\n".join(each.text for each in paragraphs)
        return Directive(
            notation=str(row.number),
            position=row.number,
            section=str(row.heading + 1),
            paragraphs=tuple(each.text for each in paragraphs),
            indicators=_texts(indicators),
            topics=tuple(self.topics(row.number, topics)),
            observations=tuple(Observation(each.text, each.lines) for each in _texts(observations)),
            citations=tuple(self.citations(whole)),
            lines=_union(row.cells[0].lines, text.lines),
        )

    def topics(self, number: int, cell: Cell) -> Iterator[Topic]:
        """Yield the topics of a cell; each takes the values up to the next label."""
        label: _Chunk | None = None
        words: list[_Chunk] = []
        for chunk in _chunks(cell):
            if not chunk.label:
                words.append(chunk)
                if label is None:
                    raise self.fail(
                        chunk.line,
                        f"directive {number}: the value {chunk.text[:40]!r} has no topic",
                        "put an underlined topic (<u>…</u>) before it",
                    )
                continue
            if label is not None:
                yield self.topic(number, label, words)
            if not chunk.text:
                raise self.fail(
                    chunk.line, f"directive {number} has an empty topic", "fill or remove it"
                )
            label, words = chunk, []
        if label is not None:
            yield self.topic(number, label, words)

    def topic(self, number: int, label: _Chunk, words: list[_Chunk]) -> Topic:
        values = tuple(self.values(words))
        where = f"directive {number}, topic {label.text[:40]!r}"
        if not values:
            raise self.fail(
                label.line,
                f"{where} has no value",
                "write a category, or "
                + (" or ".join(map(repr, self.description.values.words["none"])) or "a word of it"),
            )
        alone = [value for value in values if value.says in {"none", "notApplicable"}]
        statuses = [value for value in values if value.says in STATUSES]
        for some in (alone, statuses[1:]):
            if some and len(values) > 1:
                raise self.fail(
                    some[0].lines[0],
                    f"{where} has {some[0].literal!r} beside another value",
                    "keep one of the two",
                )
        if all(value.says in RELATIONS for value in values):
            raise self.fail(
                label.line,
                f"{where} has the relation {values[0].literal!r}, and nothing that it leads to",
                "write the part of the plan too",
            )
        lines = _union((label.line,), *(value.lines for value in values))
        return Topic(label.text, values, lines)

    def values(self, words: list[_Chunk]) -> Iterator[Value]:
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
                    f"the value {literal[:40]!r} has no category number",
                    f"write it as {self.description.category_word} 1 – …",
                )
            says = self.description.values.class_of(literal)
            near = "" if says else self.description.values.near(literal)
            if near:
                raise self.fail(
                    lines[0], f"the value {literal[:40]!r} is nearly {near!r}", f"write {near}"
                )
            if not says:
                self.unknown.append(Unknown(literal, lines[0]))
            name = literal.removesuffix(".") if says == "element" else ""
            return Value(literal, "", says, lines, name)
        number = int(found[1])
        if not 1 <= number <= self.description.categories:
            raise self.fail(
                lines[0],
                f"category {number} is outside the plan, which has {self.description.categories}",
                "mend the number, or the plan's categories in analysis.toml",
            )
        if not _SEPARATOR.sub("", found[2], count=1):
            raise self.fail(
                lines[0], f"category {number} has no name", "write the name behind the number"
            )
        return Value(literal, str(number), "element", lines)

    def check_known(self) -> None:
        """Refuse a table with values that nobody classified: none of them is an element."""
        if self.unknown:
            raise self.fail(
                self.unknown[0].line,
                "it is not known what these values say: " + unknown_values(self.unknown),
                "list each in analysis.toml under [values], in one of " + ", ".join(VALUE_CLASSES),
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
                        f"category {number} is {name!r} here and {usual_name!r} elsewhere",
                        "mend the number or the name",
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
            ColumnHeading(squeeze(_MARK.sub("", part.raw)), (part.line,))
            for part in heading.columns
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
            raise row.fail("has no slug or no literal", "write both")
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
            f"has {count} directives, not the {description.directives} that the framework has:"
            " is a section or the end missing?",
            todo="give the whole table, or mend [framework] directives in analysis.toml; a table "
            "of some directives says so there: [table] partial = true",
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
            f"the file ends here with the SHA-256 {table.sha256}, and analysis.toml declares "
            f"{description.sha256}: it was cut or changed",
            todo="restore it; if the change is meant, write the new sum there",
            file=file,
            line=text.rstrip("\n").count("\n") + 1,
        )
    return table

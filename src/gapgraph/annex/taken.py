"""What intake read of a table → typed records: the same that the five columns give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gapgraph.annex.description import Description
from gapgraph.annex.records import (
    ColumnHeading,
    Directive,
    Element,
    Observation,
    Section,
    Table,
    Text,
    Topic,
    Value,
    whole_number,
)
from gapgraph.annex.table import title_of
from gapgraph.annex.values import RELATIONS, STATUSES
from gapgraph.intake.catalogue import KnownFramework
from gapgraph.intake.command import Intake
from gapgraph.intake.records import ReadDirective, ReadText, ReadTopic
from gapgraph.intake.values import Value as ReadValue
from gapgraph.intake.words import fold
from gapgraph.namespaces import last_segment, slug

__all__ = ["records_of"]

#: An identifier of a section: a number, or letters and a number, in parts.
_CODE = re.compile(r"[^\W\d_]{0,6}[.-]?\d+(?:[.-]\d+)*[a-z]?|[IVXLC]{1,7}")

#: An identifier before words: letters and a number, a number in parts, or one with a mark.  Years,
#: and numbers with thousands apart, are none.
_LEADING = re.compile(
    r"(?:(?P<word>[^\W\d_]+) )?"
    r"(?P<code>[A-Z]{1,4}[.-]?\d+(?:[.-]\d+)*[a-z]?|\d{1,3}(?:[.-]\d{1,2})+|\d{1,3}(?=[:.)]))"
    r"(?:[:.)]|\s[–—-])?\s+(?=[^\W\d_])"
)


def records_of(
    intake: Intake, description: Description, checksum: str
) -> tuple[Description, Table]:
    """Return the records of a table, and its description with what the table shows.

    :param intake: the table, without a problem that must be mended
    :param checksum: SHA-256 of the file
    """
    known = intake.framework
    parties = intake.mapping.parties
    language = description.language or parties.language or "und"
    described = replace(
        description,
        language=language,
        framework_language=known.language if known else description.framework_language or language,
        framework_label=(
            known.label
            if known
            else description.framework_label
            or parties.framework_label
            or last_segment(description.names.framework)
        ),
        plan_label=(
            description.plan_label or parties.plan_label or last_segment(description.names.plan)
        ),
        directives=len(known.texts) if known else len(intake.table.directives),
    )
    sections = _Sections(intake)
    headings = intake.table.reader.words.headings
    called = {word for word, role in headings.items() if role == "indicator"}
    directives = tuple(
        _directive(each, position, sections, known, called)
        for each, position in _placed(intake.table.directives, known)
    )
    return described, Table(
        file=description.table.name,
        sha256=checksum,
        sections=() if known else tuple(sections.records()),
        directives=directives,
        elements=tuple(_elements(intake.table.directives)),
        framework=known,
    )


def _placed(
    directives: Sequence[ReadDirective], known: KnownFramework | None
) -> Iterator[tuple[ReadDirective, int]]:
    """Yield directives with their places in the framework.

    A table may leave some out: those it has follow each other by their numbers, where all are
    whole numbers, else as their rows do.
    """
    numbers = [whole_number(each.notation) for each in directives]
    ranked = sorted(number for number in numbers if number)
    in_rows = len(set(ranked)) < len(directives)
    for position, (directive, number) in enumerate(zip(directives, numbers, strict=True), start=1):
        if known is not None:
            yield directive, known.positions[directive.notation]
        else:
            yield directive, position if in_rows or not number else ranked.index(number) + 1


def _directive(
    read: ReadDirective,
    position: int,
    sections: _Sections,
    known: KnownFramework | None,
    called: Container[str],
) -> Directive:
    texts = [each.text for each in read.texts] or [read.notation]
    return Directive(
        notation=read.notation,
        position=position,
        section="" if known else sections.key_of(read.section),
        paragraphs=tuple(texts),
        indicators=tuple(
            Text(each.text, (each.row,), _leading_code(each.text, called))
            for each in read.indicators
        ),
        topics=tuple(_topic(each) for each in read.topics),
        observations=tuple(Observation(each.text, (each.row,)) for each in read.observations),
        citations=(),
        lines=(read.row,),
    )


def _leading_code(text: str, called: Container[str]) -> str:
    """Return the identifier that is printed before a text: what follows it begins anew.

    :param called: what an indicator is called, folded: no other word stands before an identifier

    >>> called = {"indicador"}
    >>> printed = ("I.1: Pozos", "Indicador 2.3 Ríos", "INDICADOR I.2 – Mares", "4) Redes")
    >>> [_leading_code(each, called) for each in printed]
    ['I.1', '2.3', 'I.2', '4']
    >>> others = ("3 Pozos", "1.5 millones de pozos", "Al 2030: Reducir la pesca")
    >>> others += ("2030: Reducir la pesca", "2024-2030 Plan", "Indicador 2030: Redes")
    >>> others += ("Ley 29.985 Pesca", "29.985 Pesca", "ODS 14.4 Pesca", "Pozos")
    >>> {_leading_code(each, called) for each in others}
    {''}
    """
    found = _LEADING.match(text)
    if found is None or not text[found.end()].isupper():
        return ""
    word = found["word"]
    return found["code"] if not word or fold(word) in called else ""


@dataclass
class _Level:
    """A section that is being put together."""

    code: str
    heading: str
    parent: tuple[str, ...]
    row: int
    position: int
    notation: str = ""


class _Sections:
    """The sections of a table: each in those that stand before it in a directive's path."""

    def __init__(self, intake: Intake) -> None:
        self.levels: dict[tuple[str, ...], _Level] = {}
        self.intake = intake
        for directive in intake.table.directives:
            path: tuple[str, ...] = ()
            for code, heading, row in _levels(directive.section):
                parent, path = path, (*path, code or heading)
                place = len(self.levels) + 1
                self.levels.setdefault(path, _Level(code, heading, parent, row, place))
        taken: set[str] = set()
        for level in self.levels.values():
            if level.code and slug(level.code) not in taken:
                level.notation = level.code
                taken.add(slug(level.code))
        for level in self.levels.values():
            if not level.notation:
                numbers = range(level.position, level.position + len(self.levels) + 1)
                level.notation = next(str(n) for n in numbers if str(n) not in taken)
                taken.add(level.notation)

    def key_of(self, texts: Iterable[ReadText]) -> str:
        """Return the key of the narrowest section of a path; nothing where there is none."""
        path = tuple(code or heading for code, heading, _ in _levels(texts))
        return slug(self.levels[path].notation) if path else ""

    def records(self) -> Iterator[Section]:
        """Yield the sections, wider ones first."""
        for level in self.levels.values():
            parent = slug(self.levels[level.parent].notation) if level.parent else ""
            heading = level.heading
            if level.code and not heading.startswith(level.code):
                heading = f"{level.code} {heading}".strip()
            yield Section(
                notation=level.notation,
                position=level.position,
                heading=heading,
                title=title_of(level.heading),
                columns=() if parent else tuple(self.columns(level.row)),
                lines=(level.row,),
                parent=parent,
            )

    def columns(self, row: int) -> Iterator[ColumnHeading]:
        """Yield the headings printed over a section: under its title, else over the table."""
        mapping, table = self.intake.mapping, self.intake.table
        printed = table.headings.get(row)
        for column in mapping.columns:
            text = printed[column.index] if printed else column.heading
            if column.role != "ignore" and text:
                yield ColumnHeading(text, (row + 1 if printed else max(1, mapping.header_row),))


def _levels(texts: Iterable[ReadText]) -> Iterator[tuple[str, str, int]]:
    """Yield code, heading and row of each section of a path: a code may have a cell of its own."""
    waiting: ReadText | None = None
    for each in texts:
        is_code = bool(_CODE.fullmatch(each.text))
        if waiting is not None:
            heading = waiting.text if is_code else each.text
            yield waiting.text, heading, waiting.row
        elif not is_code:
            yield "", each.text, each.row
        waiting = each if is_code else None
    if waiting is not None:
        yield waiting.text, waiting.text, waiting.row


def _topic(read: ReadTopic) -> Topic:
    """Return a topic with its values; a status of its own column stands as one more."""
    values = [_value(each) for each in read.values if each.kind]
    if any(value.says != "none" for value in values):
        # What is said not to correspond beside what does is no gap.
        values = [value for value in values if value.says != "none"]
    status = read.status
    if status is not None and (status.kind in STATUSES or not values):
        values.append(Value(status.literal, "", status.kind, (status.row,)))
    lines = sorted({read.row, *(value.lines[0] for value in values)})
    return Topic(read.label, tuple(values), tuple(lines))


def _value(read: ReadValue) -> Value:
    """Return a value; that nothing is related to an element says that there is nothing."""
    element = read.element
    says = "none" if read.relation == "none" else read.kind
    named = element if says == "element" else None
    return Value(
        literal=read.literal or "∅",
        notation=named.code if named else "",
        says=says,
        lines=(read.row,),
        name=(named.label or read.literal) if named and not named.code else "",
        # Nothing is related to nothing, whatever the predicate of a row.
        relation=read.relation if read.relation in RELATIONS and says != "none" else "",
        status=read.relation if read.relation in STATUSES else "",
        degree=read.degree,
    )


def _elements(directives: Iterable[ReadDirective]) -> Iterator[Element]:
    """Yield the parts of the plan that have an identifier, with all names that values give them.

    A part whose code goes on another's, ``1.2.3`` on ``1.2``, belongs to it.  Whole numbers are
    places, as those of directives are; else the order of the values counts.
    """
    codes: dict[str, str] = {}
    names: dict[str, Counter[str]] = {}
    rows: dict[str, list[int]] = {}
    for directive in directives:
        for topic in directive.topics:
            for value in topic.values:
                element = value.element
                if element is None or not element.code or value.relation == "none":
                    continue
                key = slug(element.code)
                codes.setdefault(key, element.code)
                named = names.setdefault(key, Counter())
                if element.label:
                    named[element.label] += 1
                rows.setdefault(key, []).append(value.row)
    numbers = [whole_number(code) for code in codes.values()]
    for position, (key, code) in enumerate(codes.items(), start=1):
        number = numbers[position - 1]
        found = [name for name, _ in names[key].most_common()] or [code]
        yield Element(
            code,
            number if number and None not in numbers else position,
            tuple(found),
            tuple(sorted(set(rows[key]))),
            _parent(code, codes),
        )


def _parent(code: str, codes: dict[str, str]) -> str:
    """Return the key of the part whose code another goes on; the nearest one that there is."""
    while cut := max(code.rfind("."), code.rfind("-"), code.rfind("(")) + 1:
        code = code[: cut - 1]
        if slug(code) in codes:
            return slug(code)
    return ""

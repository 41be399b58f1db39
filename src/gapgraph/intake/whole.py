"""What is wrong with a table as a whole: shared addresses, topics without a value, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gapgraph.grid import Grid
from gapgraph.intake.problems import Problem
from gapgraph.intake.records import ReadDirective
from gapgraph.intake.values import Value, ValueReader
from gapgraph.intake.words import fold
from gapgraph.namespaces import slug

__all__ = ["whole_problems"]

#: What spreadsheets show in place of a value.
_ERRORS = frozenset({"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"})


def whole_problems(
    grid: Grid, directives: Sequence[ReadDirective], reader: ValueReader, *, texts: bool
) -> Iterator[Problem]:
    """Yield what is wrong with a table as a whole.

    :param directives: its directives, as they were read
    :param reader: its values
    :param texts: whether a column holds the directives' texts
    """
    for row in grid.rows:
        for cell in row:
            if cell.text in _ERRORS and not cell.covered:
                yield Problem(
                    cell.place,
                    cell.text,
                    "the cell holds an error of the spreadsheet",
                    "mend its formula, or write the value",
                )
    slugs: dict[str, ReadDirective] = {}
    for directive in directives:
        name = slug(directive.notation)
        other = slugs.setdefault(name, directive)
        if not name or other is not directive:
            yield Problem(
                directive.place,
                directive.notation,
                "has no letter or digit to make an address of"
                if not name
                else f"would have the address of {other.notation!r} ({other.place})",
                "give each directive an identifier of its own",
            )
        if not directive.texts and texts:
            yield Problem(
                directive.place,
                directive.notation,
                "the directive has no text",
                "write it, or name the framework that has it (--framework)",
            )
        for topic in directive.topics:
            nones = [value for value in topic.values if value.kind == "none"]
            if nones and len(topic.values) > len(nones):
                yield Problem(
                    nones[0].place,
                    nones[0].literal,
                    f"topic {topic.label[:40]!r} has this beside another value",
                    "keep one of the two",
                )
            if not topic.values and topic.status is None:
                yield Problem(
                    topic.cell or topic.place,
                    topic.label,
                    "the topic has no value",
                    "write an element of the plan, or the words for nothing; -v none= takes every "
                    "empty cell for nothing",
                )
    yield from _elements(reader)


def _elements(reader: ValueReader) -> Iterator[Problem]:
    """Yield codes that have two names, and addresses that two elements would share."""
    named: dict[str, Value] = {}
    slugs: dict[str, Value] = {}
    for value in reader.first.values():
        element = value.element
        if element is None:
            continue
        if element.label:
            known = named.setdefault(element.key, value)
            assert known.element is not None
            if fold(known.element.label) != fold(element.label):
                yield Problem(
                    value.place,
                    value.literal,
                    f"{element.code} is {known.element.label!r} at {known.place}",
                    "mend the code or the name",
                    blocking=False,
                )
        name = slug(element.code or element.label)
        other = slugs.setdefault(name, value)
        assert other.element is not None
        if other.element.key != element.key or not name:
            yield Problem(
                value.place,
                value.literal,
                f"would have the address of {other.literal!r} ({other.place})",
                "give each element a code or name of its own",
            )

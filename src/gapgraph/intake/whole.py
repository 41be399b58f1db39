"""What is wrong with a table as a whole: shared addresses, topics without a value, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gapgraph.grid import Grid, place_told
from gapgraph.intake.problems import Problem
from gapgraph.intake.records import ReadDirective
from gapgraph.intake.values import Value, ValueReader
from gapgraph.intake.words import fold
from gapgraph.namespaces import slug
from gapgraph.told import told

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
                    told("the cell holds an error of the spreadsheet"),
                    told("mend its formula, or write the value"),
                )
    slugs: dict[str, ReadDirective] = {}
    for directive in directives:
        name = slug(directive.notation)
        other = slugs.setdefault(name, directive)
        if not name or other is not directive:
            yield Problem(
                directive.place,
                directive.notation,
                (
                    told("has no letter or digit to make an address of")
                    if not name
                    else told(
                        "would have the address of {notation!r} ({place})",
                        notation=other.notation,
                        place=place_told(other.place),
                    )
                ),
                told("give each directive an identifier of its own"),
            )
        if not directive.texts and texts:
            yield Problem(
                directive.place,
                directive.notation,
                told("the directive has no text"),
                told("write it, or name the framework that has it (--framework)"),
            )
        for topic in directive.topics:
            nones = [value for value in topic.values if value.kind == "none"]
            if nones and len(topic.values) > len(nones):
                yield Problem(
                    nones[0].place,
                    nones[0].literal,
                    told("topic {label!r} has this beside another value", label=topic.label[:40]),
                    told("keep one of the two"),
                )
            if not topic.values and topic.status is None:
                yield Problem(
                    topic.cell or topic.place,
                    topic.label,
                    told("the topic has no value"),
                    told(
                        "write an element of the plan, or the words for nothing; -v none= takes "
                        "every empty cell for nothing"
                    ),
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
                    told(
                        "{code} is {label!r} at {place}",
                        code=element.code,
                        label=known.element.label,
                        place=place_told(known.place),
                    ),
                    told("mend the code or the name"),
                    blocking=False,
                )
        name = slug(element.code or element.label)
        other = slugs.setdefault(name, value)
        assert other.element is not None
        if other.element.key != element.key or not name:
            yield Problem(
                value.place,
                value.literal,
                told(
                    "would have the address of {literal!r} ({place})",
                    literal=other.literal,
                    place=place_told(other.place),
                ),
                told("give each element a code or name of its own"),
            )

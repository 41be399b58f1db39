"""Several tables in one build: what they share they must describe in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdflib import URIRef

from gapgraph.annex.description import FILE_NAME, Description
from gapgraph.annex.parse import name_key
from gapgraph.annex.records import Table
from gapgraph.errors import InputError

__all__ = ["check_together"]


def check_together(sources: Sequence[tuple[Description, Table]]) -> None:
    """Refuse tables that contradict one another.

    :param sources: each table with its description, in the order they are read
    :raises InputError: for two analyses of one IRI, and for a framework or plan that two tables
        describe in two ways; the later one is blamed
    """
    seen: dict[URIRef, tuple[Path, object]] = {}
    for description, table in sources:
        file = description.folder / FILE_NAME
        for iri, facts in (
            (description.names.analysis, None),
            (description.names.framework, (description.framework_label, description.directives)),
            (
                description.names.plan,
                (description.plan_label, description.categories, description.element_class),
            ),
        ):
            if iri not in seen:
                seen[iri] = (file, facts)
            elif facts is None:
                raise InputError(
                    f"the analysis {iri} is also that of {seen[iri][0]}",
                    todo="give each analysis an IRI of its own",
                    file=file,
                )
            elif seen[iri][1] != facts:
                raise InputError(
                    f"describes {iri} otherwise than {seen[iri][0]}",
                    todo="give it the same label, numbers and class in both",
                    file=file,
                )
        for other, before in sources:
            if other is description:
                break
            if other.names.framework == description.names.framework:
                _same_framework(before, table, other.table, description.table)
            if other.names.plan == description.names.plan:
                _same_plan(before, table, other.table, description.table)


def _same_framework(before: Table, table: Table, other: Path, file: Path) -> None:
    """Refuse a directive or section whose words or place differ from an earlier table's."""
    for old, new in zip(before.sections, table.sections, strict=False):
        if (old.heading, old.first, old.last) != (new.heading, new.first, new.last):
            raise InputError(
                f"section {new.number} is {new.heading!r} here and {old.heading!r} in {other}",
                todo="give the framework the same sections in both",
                file=file,
                line=new.lines[0],
            )
    for directive, twin in zip(before.directives, table.directives, strict=True):
        ours, theirs = ([each.text for each in one.indicators] for one in (twin, directive))
        if (twin.text, twin.section, ours) != (directive.text, directive.section, theirs):
            raise InputError(
                f"directive {twin.number} differs from that of {other}",
                todo="give the framework the same sections, texts and indicators in both",
                file=file,
                line=twin.lines[0],
            )


def _same_plan(before: Table, table: Table, other: Path, file: Path) -> None:
    """Refuse a category whose name contradicts an earlier table's."""
    names = {category.number: category.names[0] for category in before.categories}
    for category in table.categories:
        name = names.get(category.number, category.names[0])
        if name_key(name) != name_key(category.names[0]):
            raise InputError(
                f"category {category.number} is {category.names[0]!r} here and {name!r} in {other}",
                todo="mend the number or the name",
                file=file,
                line=category.lines[0],
            )

"""Several tables in one build: what they share they must describe in the same way."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from rdflib import URIRef

from gapgraph.annex.description import FILE_NAME, Description
from gapgraph.annex.parse import name_key
from gapgraph.annex.records import Directive, Section, Table
from gapgraph.errors import InputError
from gapgraph.namespaces import GG, Names
from gapgraph.ntriples import Written, iri_term
from gapgraph.told import told

__all__ = ["Framework", "check_together", "framework_of_others", "frameworks_of"]

#: What is said of the nodes of a framework, by the node.
Framework = Mapping[str, Collection[Written]]


def check_together(sources: Sequence[tuple[Description, Table]]) -> None:
    """Refuse tables that contradict one another.

    :param sources: each table with its description, in the order they are read
    :raises InputError: for two analyses of one IRI, and for a framework or plan that two tables
        describe in two ways; the later one is blamed
    """
    seen: dict[URIRef, tuple[Path, object]] = {}
    known: defaultdict[URIRef, _Known] = defaultdict(_Known)
    for description, table in sources:
        file = description.folder / FILE_NAME
        for iri, facts in (
            (description.names.analysis, None),
            (
                description.names.framework,
                (
                    description.framework_label,
                    description.directives,
                    description.framework_language,
                ),
            ),
            (
                description.names.plan,
                (description.plan_label, description.categories, description.element_class),
            ),
        ):
            if iri not in seen:
                seen[iri] = (file, facts)
            elif facts is None:
                raise InputError(
                    told("the analysis {iri} is also that of {other}", iri=iri, other=seen[iri][0]),
                    todo=told("give each analysis an IRI of its own"),
                    file=file,
                )
            elif seen[iri][1] != facts:
                raise InputError(
                    told("describes {iri} otherwise than {other}", iri=iri, other=seen[iri][0]),
                    todo=told(
                        "give it the same label, numbers, class and language in both; texts that "
                        "are in another language than the table's name it in [framework] language"
                    ),
                    file=file,
                )
        # A framework that is known from elsewhere is not said otherwise by a table.
        if table.framework is None:
            _same_framework(known[description.names.framework], table, description.table)
        _same_plan(known[description.names.plan], table, description.table)


class _Known:
    """What tables have said of a framework or a plan: each part by the first that has it.

    With each the file of that table is noted.  Parts are compared with these alone, since what
    later tables said of them is the same.
    """

    def __init__(self) -> None:
        self.sections: dict[int, tuple[Section, Path]] = {}
        self.directives: dict[str, tuple[Directive, Path]] = {}
        self.names: dict[str, tuple[str, Path]] = {}


def frameworks_of(
    tables: Sequence[tuple[Names, Iterable[Written]]],
) -> Mapping[URIRef, Framework]:
    """Return what all tables say of each framework, by its IRI and the node described.

    :param tables: the IRIs of each table, and its asserted graph as it is written
    """
    found: dict[URIRef, dict[str, set[Written]]] = {}
    line = iri_term(GG.sourceLine)
    for names, triples in tables:
        family, own = f"<{names.framework}/", f"<{names.analysis}/"
        said = found.setdefault(names.framework, {})
        for triple in triples:
            subject, predicate, value = triple
            if subject.startswith(family) and not value.startswith(own) and predicate != line:
                said.setdefault(subject, set()).add(triple)
    return found


def framework_of_others(asserted: Iterable[Written], said: Framework) -> set[Written]:
    """Return what other tables say of the framework of one: a partial table has not all of it.

    :param asserted: the asserted graph of the one, as it is written
    :param said: what all tables say of its framework
    """
    own = {subject for subject, _, _ in asserted}
    return {triple for subject, triples in said.items() if subject not in own for triple in triples}


def _same_framework(known: _Known, table: Table, file: Path) -> None:
    """Refuse a directive or section whose words or place differ from an earlier table's."""
    for place, new in enumerate(table.sections):
        old, other = known.sections.setdefault(place, (new, file))
        if (old.key, old.heading, old.parent) != (new.key, new.heading, new.parent):
            raise InputError(
                told(
                    "section {notation} is {heading!r} here and {theirs!r} in {other}",
                    notation=new.notation,
                    heading=new.heading,
                    theirs=old.heading,
                    other=other,
                ),
                todo=told("give the framework the same sections in both"),
                file=file,
                line=new.lines[0],
            )
    for twin in table.directives:
        directive, other = known.directives.setdefault(twin.key, (twin, file))
        ours, theirs = ([each.text for each in one.indicators] for one in (twin, directive))
        if (twin.text, twin.section, ours) != (directive.text, directive.section, theirs):
            raise InputError(
                told(
                    "directive {notation} differs from that of {other}{difference}",
                    notation=twin.notation,
                    other=other,
                    difference=_difference(directive, twin),
                ),
                todo=told("give the framework the same sections, texts and indicators in both"),
                file=file,
                line=twin.lines[0],
            )


def _difference(ours: Directive, theirs: Directive) -> str:
    """Show the first words in which two texts of one directive differ."""
    texts = [
        " ".join([one.text, *(each.text for each in one.indicators)]).split()
        for one in (ours, theirs)
    ]
    for place, pair in enumerate(itertools.zip_longest(*texts)):
        if pair[0] != pair[1]:
            there, here = (" ".join(words[place : place + 4]) for words in texts)
            return told(": “{here}” here, “{there}” there", here=here, there=there)
    return ""


def _same_plan(known: _Known, table: Table, file: Path) -> None:
    """Refuse a part of the plan whose name contradicts an earlier table's."""
    for element in table.elements:
        if not element.names or not element.names[0]:
            continue
        here = element.names[0]
        name, other = known.names.setdefault(element.key, (here, file))
        if name_key(name) != name_key(here):
            raise InputError(
                told(
                    "category {notation} is {here!r} here and {name!r} in {other}",
                    notation=element.notation,
                    here=here,
                    name=name,
                    other=other,
                ),
                todo=told("mend the number or the name"),
                file=file,
                line=element.lines[0],
            )

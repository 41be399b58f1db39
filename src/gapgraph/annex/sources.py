"""The tables of a build, each read by the form that it has."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Graph

from gapgraph.annex.description import FILE_NAME, Description
from gapgraph.annex.graph import graph_of, turtle_of
from gapgraph.annex.parse import read_table
from gapgraph.annex.records import Table
from gapgraph.annex.taken import records_of
from gapgraph.annex.together import check_together
from gapgraph.annex.values import Vocabulary
from gapgraph.errors import ViolationError
from gapgraph.files import read_bytes, sha256
from gapgraph.grid import GridLimits
from gapgraph.intake.catalogue import KnownFramework, known_frameworks
from gapgraph.intake.command import guess, read_folder
from gapgraph.intake.left_out import LeftOut
from gapgraph.intake.problems import problems_as_text, to_mend
from gapgraph.kept import Kept
from gapgraph.namespaces import ID, last_segment
from gapgraph.ntriples import Texts, Written, ntriples_of, write_ntriples
from gapgraph.rdf import read_ntriples, read_turtle
from gapgraph.settings import Settings
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["Source", "read_sources"]

#: How many problems a message shows; `gapgraph intake` shows them all.
_SHOWN = 40


@dataclass(frozen=True)
class Source:
    """One table, read.

    :param written: its asserted graph, as it is written
    :param turtle: the same as Turtle
    :param left_out: columns with words in them that nobody gave a role
    """

    description: Description
    table: Table
    written: frozenset[Written]
    turtle: str
    left_out: tuple[LeftOut, ...] = ()

    @functools.cached_property
    def asserted(self) -> Graph:
        """Its asserted graph; of a table that did not change, few ask for it."""
        graph = empty_graph()
        for triple in read_ntriples(ntriples_of(self.written)):
            graph.add(triple)
        return graph


def read_sources(
    descriptions: Sequence[Description],
    data: Path,
    settings: Settings,
    *,
    annex: bool = True,
    kept: Kept | None = None,
) -> list[Source]:
    """Read the tables of a build, in order; a framework that one gives, the next ones know.

    :param data: the project's ``data/``
    :param annex: whether the project's own table is the first; else its framework is known from
        the graph of the last build
    :param kept: what was computed before; what is computed now is added
    :raises InputError: for what cannot be read, and for tables that contradict one another
    :raises ViolationError: where something in a table must be mended or decided first
    :raises EnvironmentFailure: where the folder of what is kept cannot be written
    """
    known: dict[str, KnownFramework] = {}
    if not annex and any(each.free for each in descriptions):
        known = known_frameworks(read_turtle(data / "annex.ttl"))
    texts = Texts()
    sources = []
    fresh: list[_Graph] = []
    for description in descriptions:
        unread: tuple[LeftOut, ...] = ()
        if description.free:
            described, table, unread = _read_free(description, data, settings, known)
        else:
            described = description
            table = read_table(
                description,
                source_limit=settings.number("max_source_bytes"),
                cell_limit=settings.number("max_cell_characters"),
            )
        basis = _basis(described, table)
        graph = _Graph.kept_in(kept, basis) if kept else None
        if graph is None:
            graph = _Graph.of(described, table, basis)
            fresh.append(graph)
        written = frozenset(texts.read(graph.ntriples))
        sources.append(Source(described, table, written, graph.turtle, unread))
        if last_segment(described.names.framework) not in known:
            known |= known_frameworks(sources[-1].asserted)
    check_together([(each.description, each.table) for each in sources])
    if kept:
        # Not before: where tables contradict one another, nothing is written.
        for graph in fresh:
            graph.keep(kept)
    return sources


@dataclass(frozen=True)
class _Graph:
    """The graph that a table asserts, as texts.

    :param basis: what it depends on, as `Kept` takes it
    """

    basis: tuple[str, ...]
    ntriples: str
    turtle: str

    @classmethod
    def of(cls, description: Description, table: Table, basis: tuple[str, ...]) -> _Graph:
        graph = graph_of(table, description)
        return cls(basis, write_ntriples(graph), turtle_of(graph, description))

    @classmethod
    def kept_in(cls, kept: Kept, basis: tuple[str, ...]) -> _Graph | None:
        """Return the graph that a table gave before; nothing where it is not there whole."""
        ntriples, turtle = kept.found("asserted", basis), kept.found("turtle", basis)
        return None if ntriples is None or turtle is None else cls(basis, ntriples, turtle)

    def keep(self, kept: Kept) -> None:
        """Keep the graph for the next build.

        :raises EnvironmentFailure: where the folder cannot be written
        """
        kept.keep("asserted", self.basis, self.ntriples)
        kept.keep("turtle", self.basis, self.turtle)


def _basis(description: Description, table: Table) -> tuple[str, ...]:
    """Return what the graph that a table asserts depends on, as `Kept` takes it."""
    # Where the files lie decides nothing, and what they are read by has decided the records.
    said = {
        name: value
        for name, value in vars(description).items()
        if not isinstance(value, Path | Vocabulary)
    }
    framework = write_ntriples(table.framework.triples) if table.framework else ""
    return (repr(said), description.table.name, repr(replace(table, framework=None)), framework)


def _read_free(
    description: Description,
    data: Path,
    settings: Settings,
    known: dict[str, KnownFramework],
) -> tuple[Description, Table, tuple[LeftOut, ...]]:
    """Read a table of any form; what it leaves out comes with it."""
    limits = GridLimits(
        file_bytes=settings.number("max_source_bytes"),
        cell_characters=settings.number("max_cell_characters"),
    )
    alone = description.described == description.table
    if alone:
        intake = guess(description.table, data, limits=limits, catalogue=known)
    else:
        intake = read_folder(description.folder, data, limits=limits, catalogue=known)
    blocking = [problem for problem in intake.table.problems if problem.blocking]
    if blocking:
        left = len(blocking) - _SHOWN
        more = told("… and {count} more\n", count=left) if left > 0 else ""
        todo = (
            told(
                "run gapgraph intake {table} --to DIR, and say there what is asked",
                table=description.table,
            )
            if alone
            else told(
                "mend the table or {file}; gapgraph intake {folder} --check says it again",
                file=FILE_NAME,
                folder=description.folder,
            )
        )
        raise ViolationError(
            told(
                "{table}: {to_mend} before it can be built\n{problems}{more}{todo}",
                table=description.table,
                to_mend=to_mend(len(blocking)),
                problems=problems_as_text(blocking[:_SHOWN]),
                more=more,
                todo=todo,
            )
        )
    content = read_bytes(description.table, limit=limits.file_bytes)
    if alone and intake.framework:
        # The table names a known framework by its IRI, whatever its file is called.
        framework = ID[f"framework/{intake.framework.slug}"]
        description = replace(description, names=replace(description.names, framework=framework))
    return *records_of(intake, description, sha256(content)), intake.table.left_out

"""The tables of a build, each read by the form that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Graph

from gapgraph.annex.description import FILE_NAME, Description
from gapgraph.annex.graph import graph_of
from gapgraph.annex.parse import read_table
from gapgraph.annex.records import Table
from gapgraph.annex.taken import records_of
from gapgraph.annex.together import check_together
from gapgraph.errors import ViolationError
from gapgraph.files import read_bytes, sha256
from gapgraph.grid import GridLimits
from gapgraph.intake.catalogue import KnownFramework, known_frameworks
from gapgraph.intake.command import guess, read_folder
from gapgraph.intake.left_out import LeftOut
from gapgraph.intake.problems import problems_as_text, to_mend
from gapgraph.namespaces import ID, last_segment
from gapgraph.rdf import read_turtle
from gapgraph.settings import Settings
from gapgraph.turtle import Nodes

__all__ = ["Source", "read_sources"]

#: How many problems a message shows; `gapgraph intake` shows them all.
_SHOWN = 40


@dataclass(frozen=True)
class Source:
    """One table, read.

    :param left_out: columns with words in them that nobody gave a role
    """

    description: Description
    table: Table
    asserted: Graph
    left_out: tuple[LeftOut, ...] = ()


def read_sources(
    descriptions: Sequence[Description],
    data: Path,
    settings: Settings,
    *,
    annex: bool = True,
) -> list[Source]:
    """Read the tables of a build, in order; a framework that one gives, the next ones know.

    :param data: the project's ``data/``
    :param annex: whether the project's own table is the first; else its framework is known from
        the graph of the last build
    :raises InputError: for what cannot be read, and for tables that contradict one another
    :raises ViolationError: where something in a table must be mended or decided first
    """
    nodes = Nodes()
    known: dict[str, KnownFramework] = {}
    if not annex and any(each.free for each in descriptions):
        known = known_frameworks(read_turtle(data / "annex.ttl"))
    sources = []
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
        asserted = graph_of(table, described, nodes)
        sources.append(Source(described, table, asserted, unread))
        if last_segment(described.names.framework) not in known:
            known |= known_frameworks(asserted)
    check_together([(each.description, each.table) for each in sources])
    return sources


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
        more = f"… and {len(blocking) - _SHOWN} more\n" if len(blocking) > _SHOWN else ""
        todo = (
            f"run gapgraph intake {description.table} --to DIR, and say there what is asked"
            if alone
            else f"mend the table or {FILE_NAME}; gapgraph intake {description.folder} --check "
            "says it again"
        )
        raise ViolationError(
            f"{description.table}: {to_mend(len(blocking))} before it can be "
            f"built\n{problems_as_text(blocking[:_SHOWN])}{more}{todo}"
        )
    content = read_bytes(description.table, limit=limits.file_bytes)
    if alone and intake.framework:
        # The table names a known framework by its IRI, whatever its file is called.
        framework = ID[f"framework/{intake.framework.slug}"]
        description = replace(description, names=replace(description.names, framework=framework))
    return *records_of(intake, description, sha256(content)), intake.table.left_out

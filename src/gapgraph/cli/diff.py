"""The command ``diff``: what changed between two builds."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.changes import PREFIXES, changes, lines, result, triples
from gapgraph.cli.context import Context, say, write_out
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import write
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.told import told
from gapgraph.turtle import write_turtle

__all__ = ["diff"]

_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "tsv", "xlsx", "md", "ttl"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
def diff(old: Path, new: Path, form: str) -> None:
    """Say what changed between two builds: plans, statuses, and sentences added and gone.

    OLD and NEW are the folders of builds. Of a plan that was added, and that followed another or is
    of the same State, it says what it closes of the other's gaps.
    """
    catalogue = Catalogue.load(Context().home.queries)
    builds = [DatasetFile.find(folder) for folder in (old, new)]
    found = changes(EmbeddedStore(builds[0]), EmbeddedStore(builds[1]), catalogue)
    if form == "text":
        write_out("".join(f"{line}\n" for line in lines(found)))
    elif form == "ttl":
        names = builds[0].version, builds[1].version
        # Who asks says which is the earlier one.
        graph = triples(found, *names, revises=names[0] != names[1])
        write_out(write_turtle(graph, prefixes=PREFIXES))
    else:
        for piece in write(result(found, builds[1].version), form, lang="es", excel=False):
            write_out(piece)
    statuses = found.count("directive") + found.count("topic")
    came = sum(each.added for each in found.plans)
    say(
        told(
            "{old} -> {new}: plans added: {came}, gone: {gone}; in the plans of both, statuses "
            "changed: {statuses} of {all}; sentences added: {added} of {after}, gone: {lost} of "
            "{before}",
            old=builds[0].version,
            new=builds[1].version,
            came=came,
            gone=len(found.plans) - came,
            statuses=statuses,
            all=found.directives + found.topics,
            added=found.count("sentence", side="new"),
            after=found.sentences[1],
            lost=found.count("sentence", side="old"),
            before=found.sentences[0],
        )
    )

"""The command ``diff``: what changed between two builds."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.changes import changes, lines, result
from gapgraph.cli.context import Context, say, write_out
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import write
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore

__all__ = ["diff"]

_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "tsv", "xlsx", "md"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
def diff(old: Path, new: Path, form: str) -> None:
    """Say what changed between two builds: statuses, and sentences added and gone.

    OLD and NEW are the folders of builds.
    """
    catalogue = Catalogue.load(Context().home.queries)
    builds = [DatasetFile.find(folder) for folder in (old, new)]
    found = changes(EmbeddedStore(builds[0]), EmbeddedStore(builds[1]), catalogue)
    if form == "text":
        write_out("".join(f"{line}\n" for line in lines(found)))
    else:
        for piece in write(result(found, builds[1].version), form, lang="es", excel=False):
            write_out(piece)
    said = [each for each in found if each.kind == "sentence"]
    say(
        f"{builds[0].version} -> {builds[1].version}: statuses changed: "
        f"{len(found) - len(said)}; sentences added: {sum(bool(each.new) for each in said)}, "
        f"gone: {sum(bool(each.old) for each in said)}"
    )

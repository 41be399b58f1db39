"""What every command needs: settings, the project's files, the build's folder, messages."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gapgraph.queries.api import open_store
from gapgraph.settings import Home, Settings, find_home
from gapgraph.store.embedded import EmbeddedStore

__all__ = ["Context", "added_option", "file_type", "folder_type", "output_option", "say"]

folder_type = click.Path(file_okay=False, path_type=Path)
file_type = click.Path(path_type=Path)


class Context:
    """What every command needs: settings, the project's files and the build's folder."""

    def __init__(self) -> None:
        self.settings = Settings.of(os.environ)
        self.home: Home = find_home(Path.cwd(), self.settings.text("home"))

    def output(self, named: Path | None) -> Path:
        """Return the folder of the build."""
        return named or Path(self.settings.text("output"))

    def store(self, named: Path | None, added: tuple[Path, ...]) -> EmbeddedStore:
        """Return the dataset of the build, with further files beside it."""
        limit = self.settings.number("max_data_bytes")
        return open_store(self.output(named), added, limit=limit)


def say(message: str) -> None:
    """Write a message for a person."""
    click.echo(message, err=True)


output_option = click.option(
    "--output", type=folder_type, help="Folder of the build (default: build, or GAPGRAPH_OUTPUT)."
)
added_option = click.option(
    "--with",
    "added",
    type=file_type,
    multiple=True,
    metavar="FILE",
    help="RDF beside the build, as a named graph; may be repeated.",
)

"""What every command needs: settings, the project's files, the build's folder, messages."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gapgraph.settings import Home, Settings, find_home

__all__ = ["Context", "file_type", "folder_type", "output_option", "say"]

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


def say(message: str) -> None:
    """Write a message for a person."""
    click.echo(message, err=True)


output_option = click.option(
    "--output", type=folder_type, help="Folder of the build (default: build, or GAPGRAPH_OUTPUT)."
)

"""gapgraph: from a published comparison table to a queryable knowledge graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gapgraph.queries.api import Dataset

__all__ = ["__version__", "open"]

__version__ = "0.2.0"


def open(  # noqa: A001
    output: str | Path = "build", home: str | Path = "", added: Iterable[str | Path] = ()
) -> Dataset:
    """Open the dataset that ``gapgraph build`` wrote.

    :param output: the folder of the build
    :param home: the folder holding ``queries/``; found if empty
    :param added: RDF files to have beside it, each as a named graph
    :raises gapgraph.errors.NotBuiltError: where there is no build
    :raises gapgraph.errors.InputError: for a file that cannot be added
    """
    # Not at the top: reading the version must not load an engine.
    from gapgraph.queries.api import open_dataset  # noqa: PLC0415
    from gapgraph.settings import Settings, find_home  # noqa: PLC0415

    limit = Settings.of({}).number("max_data_bytes")
    files = [Path(each) for each in added]
    return open_dataset(find_home(Path.cwd(), str(home)), Path(output), files, limit=limit)

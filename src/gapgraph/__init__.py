"""gapgraph: from a published comparison table to a queryable knowledge graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gapgraph.queries.api import Dataset

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def open(output: str | Path = "build", home: str | Path = "") -> Dataset:  # noqa: A001
    """Open the dataset that ``gapgraph build`` wrote.

    :param output: the folder of the build
    :param home: the folder holding ``queries/``; found if empty
    :raises gapgraph.errors.NotBuiltError: where there is no build
    """
    # Not at the top: reading the version must not load an engine.
    from gapgraph.queries.api import open_dataset  # noqa: PLC0415
    from gapgraph.settings import find_home  # noqa: PLC0415

    return open_dataset(find_home(Path.cwd(), str(home)), Path(output))

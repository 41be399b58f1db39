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
    output: str | Path = "build",
    home: str | Path = "",
    added: Iterable[str | Path] = (),
    engine: str = "",
    credentials: tuple[str, str] | None = None,
) -> Dataset:
    """Open the dataset that ``gapgraph build`` wrote, or that ``gapgraph load`` put in an engine.

    :param output: the folder of the build
    :param home: the folder holding ``queries/``; found if empty
    :param added: RDF files to have beside it, each as a named graph
    :param engine: where an engine takes queries: it is asked, and not the folder
    :param credentials: the name and password of who asks it
    :raises gapgraph.errors.NotBuiltError: where there is no build
    :raises gapgraph.errors.InputError: for a file that cannot be added
    :raises gapgraph.errors.EngineError: where the engine cannot be asked, or holds no dataset
    """
    # Not at the top: reading the version must not load an engine.
    from gapgraph.queries.api import Dataset, open_dataset, open_engine, unaddable  # noqa: PLC0415
    from gapgraph.settings import Settings, find_home  # noqa: PLC0415

    settings = Settings.of({})
    files = [Path(each) for each in added]
    found = find_home(Path.cwd(), str(home))
    if not engine:
        return open_dataset(found, Path(output), settings, files)
    if files:
        raise unaddable()
    user, password = credentials or ("", "")
    own = {**settings.values, "engine_user": user, "engine_password": password}
    return Dataset.over(found, open_engine(engine, Settings(own)))

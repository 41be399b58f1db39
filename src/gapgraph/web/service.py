"""What the service serves: one build, loaded, with the stored queries over it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app

from gapgraph.errors import EnvironmentFailure, GoneError, NotBuiltError, NotFoundError
from gapgraph.queries.api import open_engine, unaddable
from gapgraph.queries.catalogue import Catalogue
from gapgraph.settings import Home, Settings, find_home
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.disk import store_for
from gapgraph.store.embedded import EmbeddedStore, dumped
from gapgraph.store.engine import Engine
from gapgraph.store.pool import Limits, Pool
from gapgraph.store.workers import WorkerPool
from gapgraph.texts import LANGUAGES
from gapgraph.web.base import local
from gapgraph.web.fulltext import Words
from gapgraph.web.once import Once

__all__ = ["Service", "ServiceConfig", "service"]

_Made = TypeVar("_Made")

#: How many things that are made of other versions are kept: each may be as large as a build.
_LATELY = 8


@dataclass(frozen=True)
class ServiceConfig:
    """What a service is made from; small and picklable, so that every worker can have it.

    :param home: where the project's files lie
    :param settings: the settings in force
    :param output: the folder of the build
    :param added: RDF files to serve beside the build, each as a named graph
    :param base: the address that those of the service start with; that of the request if empty
    :param services: the endpoints that ``SERVICE`` may ask
    :param previous: the folders of earlier builds; of one that is gone its manifest is enough
    :param engine: where an engine takes queries, which holds the build; this process if empty
    :param site: the languages of a site of files, where its pages are for one
    """

    home: Home
    settings: Settings
    output: Path
    added: tuple[Path, ...] = ()
    base: str = ""
    services: tuple[str, ...] = ()
    previous: tuple[Path, ...] = ()
    engine: str = ""
    site: tuple[str, ...] = ()

    @classmethod
    def of_environment(cls) -> ServiceConfig:
        """Return the configuration that a WSGI server's environment and folder give."""
        settings = Settings.of(os.environ)
        home = find_home(Path.cwd(), settings.text("home"))
        return cls(home, settings, Path(settings.text("output")))


@dataclass(frozen=True)
class Service:
    """One build, in memory, on disk or in an engine.

    :param config: what it was made from
    :param dataset: the build
    :param store: the build and the added files, in the engine
    :param catalogue: the stored queries
    :param pool: what answers queries of others
    :param graphs: the IRIs of the named graphs
    :param previous: the builds that this one replaced, by their version; nothing for one that is
        gone
    :param started: when it was made, in UTC
    :param kept: what was made once from the build, see `once`
    :param recent: what was made last from other versions, see `lately`
    """

    config: ServiceConfig
    dataset: DatasetFile
    store: Engine
    catalogue: Catalogue
    pool: Pool
    graphs: frozenset[str]
    previous: Mapping[str, DatasetFile | None] = field(default_factory=dict)
    started: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    )
    kept: Once = field(default_factory=Once)
    recent: Once = field(default_factory=lambda: Once(_LATELY))

    def once(self, key: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """Return what is made once and goes with the build, since it depends on nothing else.

        :param key: what it is, and what else it depends on
        :param make: makes it
        """
        return self.kept(key, make)

    def lately(self, key: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """Return what depends on other versions too; only what was asked for last is kept.

        :param key: what it is, and what it depends on
        :param make: makes it
        """
        return self.recent(key, make)

    def build_of(self, version: str) -> DatasetFile:
        """Return the build that a version names: the one that is served, or an earlier one.

        :raises GoneError: where it was replaced, and is not kept
        :raises NotFoundError: where this service knows nothing of it
        """
        if version == self.dataset.version:
            return self.dataset
        served = local(f"data/{self.dataset.version}")
        if version not in self.previous:
            raise NotFoundError(
                f"this service knows no version {version[:40]!r} of the data",
                todo=f"the one it serves is at {served}",
            )
        found = self.previous[version]
        if found is None:
            raise GoneError(
                f"version {version} of the data was replaced, and is not kept here any more",
                todo=f"the one that is served is at {served}",
            )
        return found

    def store_of(self, build: DatasetFile) -> Engine:
        """Return a build in the engine, without the added files: a version names nothing else."""
        if build is self.dataset and not self.config.added:
            return self.store
        return EmbeddedStore(build)

    def dump(self, form: str, graph: str = "") -> bytes:
        """Return all quads as they were built, or the triples of one graph.

        :param form: the suffix of a format; those that know no graphs get the union
        :param graph: IRI of a named graph; all graphs if empty
        """
        if isinstance(self.store, EmbeddedStore):
            return self.store.dump(form, graph)
        return dumped(self.dataset.read(), form, graph)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its pages: those of a site, where they are for one."""
        return self.config.site or LANGUAGES

    @property
    def words(self) -> Words:
        """What readers say and what the texts call it, read once."""
        table = self.config.home.data / "search" / "words.tsv"
        return self.once(("words",), lambda: Words.read(table))

    @classmethod
    def open(cls, config: ServiceConfig) -> Service:
        """Load a build, its stored queries and the added files.

        :raises NotBuiltError: where there is no build, or no earlier one in a folder named
        :raises EnvironmentFailure: where one of them is damaged, or the engine holds another
        :raises EngineError: where the engine cannot be asked, or holds no whole dataset
        :raises InputError: where a stored query or an added file cannot be read
        """
        dataset = DatasetFile.find(config.output)
        folder = None if config.engine else store_for(config.settings, dataset, config.added)
        dataset.check(vouched=folder is not None)
        previous = _previous(config.previous, dataset.version)
        store, pool = _engine(config, dataset, folder)
        catalogue = Catalogue.load(config.home.queries).about(dataset.analyses)
        return cls(config, dataset, store, catalogue, pool, frozenset(store.graphs()), previous)


def _engine(
    config: ServiceConfig, dataset: DatasetFile, folder: Path | None
) -> tuple[Engine, Pool]:
    """Return what answers stored queries, and what answers those of others.

    :param folder: the engine's files of the build, where it is served from disk
    """
    limits = Limits.of(config.settings)
    if not config.engine:
        store = EmbeddedStore(dataset, folder)
        for path in config.added:
            store.add_file(path, limit=config.settings.number("max_data_bytes"))
        return store, WorkerPool(dataset, config.added, limits, folder)
    if config.added:
        raise unaddable()
    # What speaks to engines at a distance waits until there is one.
    from gapgraph.store.remote import RemotePool  # noqa: PLC0415

    remote = open_engine(config.engine, config.settings)
    if remote.version != dataset.version:
        raise EnvironmentFailure(
            f"the engine at {config.engine} holds dataset {remote.version}, and "
            f"{dataset.path.parent} dataset {dataset.version}: run `gapgraph load`"
        )
    return remote, RemotePool(remote, limits)


def _previous(folders: Iterable[Path], served: str) -> dict[str, DatasetFile | None]:
    """Return the earlier builds in some folders, by their version.

    :param served: the version that is served: a folder that holds it again is left aside
    :return: nothing for a version of which only the manifest is left in each of its folders
    :raises NotBuiltError: where a folder holds no build
    """
    found: dict[str, DatasetFile | None] = {}
    for folder in folders:
        try:
            build = DatasetFile.find(folder)
        except NotBuiltError:
            raise NotBuiltError(
                f"{folder} holds no build: give --previous the folder of an earlier one, or leave "
                "it out"
            ) from None
        if build.version == served or found.get(build.version):
            continue
        there = build.path.exists()
        if there:
            build.read()
        found[build.version] = build if there else None
    return found


def service() -> Service:
    """Return the service of the application that answers the current request."""
    return cast(Service, current_app.extensions["gapgraph"])

"""The dataset from Python: ``gapgraph.open()``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph

from gapgraph.errors import UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.formats import write
from gapgraph.queries.formats.sparql import value_of
from gapgraph.queries.result import Result
from gapgraph.queries.results import ask, run
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.disk import find_store, kept_on_disk
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.store.engine import Engine
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.told import one_of, told

if TYPE_CHECKING:
    from gapgraph.store.remote import RemoteEngine

__all__ = ["Dataset", "Value", "open_dataset", "open_engine", "open_store", "unaddable"]

#: What a parameter takes from Python; several in a list, ``None`` for left open.
Value = str | int | bool | None | Iterable[str | int]
#: A row: plain values by column; ``None`` where unbound.
Row = dict[str, str | int | float | bool | None]


def _wrong(name: str, value: object, todo: str) -> UsageError:
    """Return the error for a value of a wrong type."""
    return UsageError(
        told("the parameter {name!r} is of the type {kind}", name=name, kind=type(value).__name__),
        todo=todo,
        parameter=name,
    )


def _text(name: str, value: object) -> str:
    """Return one value as the text that binding takes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    raise _wrong(name, value, "give a text, a whole number, True or False, or a list of these")


def _texts(name: str, value: Value) -> tuple[str, ...]:
    """Return a value as the texts that binding takes.

    :raises UsageError: naming the parameter, for a value of another type
    """
    if value is None:
        return ()
    if isinstance(value, str | int) or not isinstance(value, Iterable):
        return (_text(name, value),)
    if isinstance(value, bytes | bytearray | Mapping):
        raise _wrong(name, value, "give a text, or a list of texts")
    return tuple(_text(name, each) for each in value)


def _count(name: str, value: object) -> int:
    """Return a count.

    :raises UsageError: for what is no whole number from 0
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(
            told("the parameter {name!r} is {value!r:.40}", name=name, value=value),
            todo=told("give a whole number from 0"),
            parameter=name,
        )
    return value


def _words(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple.

    :raises UsageError: for what is neither
    """
    if isinstance(value, str):
        return (value,)
    found = tuple(value) if isinstance(value, Iterable) else (value,)
    for each in found:
        if not isinstance(each, str):
            raise _wrong(name, each, "give a text, or a list of texts")
    return found


class Dataset:
    """A built dataset, its stored queries, and SPARQL over it.

    :param store: the dataset, in memory or in an engine
    :param catalogue: the stored queries
    """

    def __init__(self, store: Engine, catalogue: Catalogue) -> None:
        self.store = store
        self.catalogue = catalogue

    @classmethod
    def over(cls, home: Home, store: Engine) -> Dataset:
        """Return a dataset with the stored queries about its analyses.

        :param home: where they lie
        """
        return cls(store, Catalogue.load(home.queries).about(store.analyses))

    @property
    def version(self) -> str:
        """The dataset's version."""
        return self.store.version

    def result(
        self,
        name: str,
        *,
        limit: int | None = None,
        offset: int = 0,
        sort: str | Iterable[str] = (),
        filter: str | Iterable[str] = (),  # noqa: A002
        lang: str = SOURCE,
        labels: bool = False,
        **values: Value,
    ) -> Result:
        """Ask a stored query.

        :param name: its id
        :param limit: how many rows to give; all if none
        :param offset: how many rows to leave out first
        :param sort: columns to sort by, ``-`` before one that falls
        :param filter: conditions that all hold: ``column:words`` (contains, accents and case
            aside), ``column=value``, and likewise ``!= < > <= >=``
        :param lang: the language of labels
        :param labels: whether to put a column of labels beside each column of IRIs
        :param values: values by parameter; those left out keep their defaults
        :raises NotFoundError: where there is no such query
        :raises UsageError: naming the parameter, for a value that it does not take
        """
        if lang not in LANGUAGES:
            raise UsageError(
                told("the parameter 'lang' is {lang!r:.40}", lang=lang),
                todo=told("use {these}", these=one_of(LANGUAGES)),
                parameter="lang",
            )
        return run(
            self.store,
            self.catalogue,
            name,
            {key: _texts(key, value) for key, value in values.items()},
            limit=None if limit is None else _count("limit", limit),
            offset=_count("offset", offset),
            sort=_words("sort", sort),
            filters=_words("filter", filter),
            lang=lang,
            labels=labels,
        )

    def query(self, name: str, /, **options: object) -> list[Row]:
        """Ask a stored query for rows of plain values.

        ``gapgraph.open().query("directive-detail", number=7)`` has a row for each topic of that
        directive.

        :param options: as `result` takes them
        :raises UsageError: for a query that builds RDF: ask `construct` then
        """
        result = self.result(name, **options)  # type: ignore[arg-type]
        if result.is_graph or result.boolean is not None:
            raise UsageError(
                told("the query {name!r} gives no rows", name=name), todo=told("use result()")
            )
        return _rows(result)

    def construct(self, name: str, /, **values: Value) -> Graph:
        """Ask a stored query that builds RDF for an rdflib graph."""
        return _graph(self.result(name, **values))  # type: ignore[arg-type]

    def sparql(self, text: str) -> list[Row] | bool | Graph:
        """Answer a query of one's own.

        :return: rows of plain values for SELECT, the truth for ASK, and an rdflib graph for
            CONSTRUCT and DESCRIBE
        :raises UsageError: for a query that is not valid SPARQL
        """
        result = ask(self.store, text)
        if result.boolean is not None:
            return result.boolean
        return _graph(result) if result.is_graph else _rows(result)

    def graph(self) -> Graph:
        """Return an rdflib graph over the same store: the union of the named graphs.

        :raises UsageError: where the store is an engine at a distance
        """
        if not isinstance(self.store, EmbeddedStore):
            raise UsageError(
                told("an engine at a distance is no rdflib graph"),
                todo=told("use sparql() or construct()"),
            )
        return self.store.graph()


def _rows(result: Result) -> list[Row]:
    """Return rows of plain values."""
    return [
        {
            name: None if term is None else value_of(term)
            for name, term in zip(result.names, row, strict=True)
        }
        for row in result.rows
    ]


def _graph(result: Result) -> Graph:
    """Return the triples of a result as an rdflib graph.

    :raises UsageError: for a result that has none
    """
    return Graph().parse(data=b"".join(write(result, "nt")), format="nt")


def open_store(output: Path, settings: Settings, added: Iterable[Path] = ()) -> EmbeddedStore:
    """Open a build, with further files beside it: from disk where that is there, else in memory.

    :param output: the folder of the build
    :param settings: where builds are served from, and the largest file that is added
    :param added: RDF files, each taken as a named graph
    :raises NotBuiltError: where there is no build
    :raises InputError: for a file that cannot be added
    """
    dataset, files = DatasetFile.find(output), list(added)
    folder = find_store(dataset) if kept_on_disk(settings, dataset, files) else None
    store = EmbeddedStore(dataset, folder)
    for path in files:
        store.add_file(path, limit=settings.number("max_data_bytes"))
    return store


def open_engine(url: str, settings: Settings) -> RemoteEngine:
    """Open a dataset that an engine was loaded with.

    :param url: where the engine takes queries
    :param settings: who asks, for how long, and how much
    :raises UsageError: where that is no address
    :raises EngineError: where the engine cannot be asked, or holds no dataset, or half of one
    """
    # What speaks to engines at a distance waits until there is one.
    from gapgraph.store.remote import RemoteEngine  # noqa: PLC0415
    from gapgraph.store.wire import Wire  # noqa: PLC0415

    return RemoteEngine(Wire.of(url, settings, "engine_seconds"))


def unaddable() -> UsageError:
    """Return the error for files beside an engine at a distance, which is only read."""
    return UsageError(
        told("files cannot be added to an engine"), todo=told("load them into it yourself")
    )


def open_dataset(
    home: Home, output: Path, settings: Settings, added: Iterable[Path] = ()
) -> Dataset:
    """Open a build.

    :param home: where the stored queries lie
    :param output: the folder of the build
    :param settings: see `open_store`
    :param added: RDF files, each taken as a named graph
    :raises NotBuiltError: where there is no build
    :raises InputError: for a file that cannot be added
    """
    return Dataset.over(home, open_store(output, settings, added))

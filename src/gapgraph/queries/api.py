"""The dataset from Python: ``gapgraph.open()``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from gapgraph.errors import UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.formats import write
from gapgraph.queries.formats.sparql import value_of
from gapgraph.queries.result import Result
from gapgraph.queries.results import ask, run
from gapgraph.settings import Home
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore

__all__ = ["Dataset", "Value", "open_dataset"]

#: What a parameter takes from Python; several in a list, ``None`` for left open.
Value = str | int | bool | None | Iterable[str | int]
#: A row: plain values by column; ``None`` where unbound.
Row = dict[str, str | int | float | bool | None]


def _texts(value: Value) -> tuple[str, ...]:
    """Return a value as the texts that binding takes."""
    if value is None:
        return ()
    if isinstance(value, bool):
        return (str(value).lower(),)
    if isinstance(value, str | int):
        return (str(value),)
    return tuple(map(str, value))


class Dataset:
    """A built dataset, its stored queries, and SPARQL over it.

    :param store: the dataset in memory
    :param catalogue: the stored queries
    """

    def __init__(self, store: EmbeddedStore, catalogue: Catalogue) -> None:
        self.store = store
        self.catalogue = catalogue

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
        sort: Iterable[str] = (),
        filter: Iterable[str] = (),  # noqa: A002
        lang: str = "es",
        labels: bool = False,
        **values: Value,
    ) -> Result:
        """Ask a stored query; the options are those of `gapgraph.queries.results.run`.

        :param values: values by parameter
        :raises NotFoundError: where there is no such query
        :raises UsageError: for a value that the parameter does not take
        """
        return run(
            self.store,
            self.catalogue,
            name,
            {key: _texts(value) for key, value in values.items()},
            limit=limit,
            offset=offset,
            sort=(sort,) if isinstance(sort, str) else tuple(sort),
            filters=(filter,) if isinstance(filter, str) else tuple(filter),
            lang=lang,
            labels=labels,
        )

    def query(self, name: str, /, **options: object) -> list[Row]:
        """Ask a stored query for rows of plain values.

        >>> import gapgraph                                               # doctest: +SKIP
        >>> gapgraph.open().query("directive-detail", number=7)           # doctest: +SKIP

        :param options: as `result` takes them
        :raises UsageError: for a query that builds RDF: ask `construct` then
        """
        result = self.result(name, **options)  # type: ignore[arg-type]
        if result.is_graph or result.boolean is not None:
            raise UsageError(f"the query {name!r} gives no rows", todo="use result()")
        return _rows(result)

    def construct(self, name: str, /, **values: Value) -> Graph:
        """Ask a stored query that builds RDF for an rdflib graph."""
        result = self.result(name, **values)  # type: ignore[arg-type]
        return Graph().parse(data=b"".join(write(result, "nt")), format="nt")

    def sparql(self, text: str) -> list[Row]:
        """Answer a SELECT query of one's own with rows of plain values.

        :raises UsageError: for a query that is not valid SPARQL
        """
        return _rows(ask(self.store, text))

    def graph(self) -> Graph:
        """Return an rdflib graph over the same store: the union of the named graphs."""
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


def open_dataset(home: Home, output: Path) -> Dataset:
    """Open a build.

    :param home: where the stored queries lie
    :param output: the folder of the build
    :raises NotBuiltError: where there is no build
    """
    return Dataset(EmbeddedStore(DatasetFile.find(output)), Catalogue.load(home.queries))

"""The stored queries of a folder, each by the name of its file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from gapgraph.errors import InputError, NotFoundError
from gapgraph.queries.fields import Dictionary
from gapgraph.queries.reading import check_choices, read_query
from gapgraph.queries.stored import StoredQuery
from gapgraph.told import one_of, told

__all__ = ["Catalogue"]


class Catalogue:
    """The stored queries, in the order of their ids.

    :param queries: the queries by id
    :param dictionary: the columns, parameters and keywords that they share
    """

    def __init__(self, queries: dict[str, StoredQuery], dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self._queries = dict(sorted(queries.items()))

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read every ``.rq`` file of a folder, its dictionary and its translations.

        :raises InputError: with file and line, for any fault
        """
        files = sorted(folder.glob("*.rq"))
        if not files:
            raise InputError(
                told("holds no stored queries"), todo=told("put .rq files there"), file=folder
            )
        dictionary = Dictionary.load(folder)
        found = {file.stem: read_query(file, dictionary) for file in files}
        for query in found.values():
            check_choices(query, found)
        dictionary.translations.check()
        return cls(found, dictionary)

    def about(self, analyses: Sequence[str]) -> Catalogue:
        """Return the queries with the default analysis of a build: its first.

        :param analyses: the analyses of the build, in order
        """
        if not analyses:
            return self
        queries = {query.id: query.about(analyses[0]) for query in self}
        return Catalogue(queries, self.dictionary)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def __iter__(self) -> Iterator[StoredQuery]:
        return iter(self._queries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._queries

    def __getitem__(self, name: str) -> StoredQuery:
        """Return a query by its id.

        :raises NotFoundError: naming those that are near
        """
        if name in self._queries:
            return self._queries[name]
        near = difflib.get_close_matches(name[:100], self._queries, n=3, cutoff=0.5)
        raise NotFoundError(
            told("there is no stored query {name!r}", name=name[:100]),
            todo=(
                told("did you mean {near}?", near=one_of(near))
                if near
                else told("list them all to choose one")
            ),
        )

"""A stored query: its header, its SPARQL, and where its parameters stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import query_iri
from gapgraph.queries.header import Header, Parameter
from gapgraph.queries.text import Block

__all__ = ["StoredQuery"]


@dataclass(frozen=True)
class StoredQuery:
    """A stored query.

    :param id: the file's name without suffix
    :param file: the file it was read from
    :param text: its SPARQL, without header
    :param version: the first 16 hexadecimal digits of the file's SHA-256
    :param form: ``SELECT``, ``CONSTRUCT`` or ``ASK``
    :param blocks: where its parameters stand in the text
    """

    id: str
    file: Path
    header: Header
    text: str
    version: str
    form: str
    blocks: tuple[Block, ...]

    @property
    def iri(self) -> str:
        """Its IRI."""
        return str(query_iri(self.id))

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by its name.

        :raises NotFoundError: where there is none
        """
        for each in self.header.parameters:
            if each.name == name:
                return each
        raise NotFoundError(f"the query {self.id!r} has no parameter {name!r}", todo="mend it")

"""A stored query: its header, its SPARQL, and where its parameters stand in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, query_iri
from gapgraph.queries.fields import Parameter
from gapgraph.queries.header import Header
from gapgraph.queries.text import Block, values_blocks
from gapgraph.told import told

__all__ = ["ANALYSIS", "StoredQuery"]

#: The parameter that says which analyses a query is about.
ANALYSIS = "analysis"


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

    @property
    def target(self) -> str:
        """The IRI of the endpoint that it is asked of (``schema:target``)."""
        return f"{BASE}sparql"

    def about(self, analysis: str) -> StoredQuery:
        """Return the query with another default analysis, in its text as in its header."""
        parameters = tuple(
            replace(each, default=(analysis,)) if each.name == ANALYSIS and each.default else each
            for each in self.header.parameters
        )
        if parameters == self.header.parameters:
            return self
        pieces, end = [], 0
        for block in self.blocks:
            if block.name == ANALYSIS:
                pieces += [self.text[end : block.start], f" <{analysis}> "]
                end = block.end
        text = "".join((*pieces, self.text[end:]))
        header = replace(self.header, parameters=parameters)
        # Other blocks of values, such as a table of names, are the query's own.
        names = {each.name for each in self.blocks}
        blocks = tuple(each for each in values_blocks(text) if each.name in names)
        return replace(self, header=header, text=text, blocks=blocks)

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by its name.

        :raises NotFoundError: where there is none
        """
        for each in self.header.parameters:
            if each.name == name:
                return each
        raise NotFoundError(
            told("the query {id!r} has no parameter {name!r}", id=self.id, name=name),
            todo=told("mend it"),
        )

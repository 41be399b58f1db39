"""What answers questions of a dataset, wherever it is: the interface of every engine."""

from __future__ import annotations

from typing import Protocol

from gapgraph.store.answers import Answer, Term

__all__ = ["Engine"]


class Engine(Protocol):
    """What answers queries: the engine in this process, or one at a distance.

    The default graph is the union of the named graphs.
    """

    @property
    def version(self) -> str:
        """The version of its dataset."""

    @property
    def analyses(self) -> tuple[str, ...]:
        """The IRIs of the analyses of its dataset; the first is the default."""

    def __hash__(self) -> int:
        """Return what tells it from others: it does not change."""

    def __len__(self) -> int:
        """Return the number of quads."""

    def check(self, name: str) -> None:
        """Let pass a stored query, by its id, that it is not known to answer wrong."""

    def select(self, query: str) -> Answer:
        """Answer a SELECT."""

    def construct(self, query: str) -> tuple[tuple[Term, Term, Term], ...]:
        """Answer a CONSTRUCT or DESCRIBE."""

    def ask(self, query: str) -> bool:
        """Answer an ASK."""

    def about(self, iri: str) -> tuple[tuple[Term, Term, Term], ...]:
        """Return the triples of all graphs that an IRI is the subject of."""

    def pointing(self, iri: str) -> list[tuple[str, int]]:
        """Return the properties that point at an IRI, and how many subjects each has, sorted."""

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""

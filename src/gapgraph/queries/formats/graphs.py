"""RDF formats for the result of a CONSTRUCT; written sorted, so equal results have equal bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gapgraph.namespaces import CC_BY, PREFIXES
from gapgraph.queries.result import Result
from gapgraph.store.embedded import write_triples

__all__ = ["graph_writer"]


def graph_writer(suffix: str) -> Callable[[Result, str, bool], Iterator[bytes]]:
    """Return the writer of an RDF format, by its suffix."""

    def write(result: Result, lang: str, excel: bool) -> Iterator[bytes]:  # noqa: ARG001
        triples = result.triples or ()
        iris = {term.value for triple in triples for term in triple if term.kind == "uri"}
        used = {
            name: base
            for name, base in PREFIXES.items()
            if any(iri.startswith(base) for iri in iris)
        }
        if suffix in {".ttl", ".nt"} and result.query:
            # A comment, so that a file that is passed on says what it is.
            told = f"{result.query.iri} · dataset {result.dataset} · CC BY 4.0 {CC_BY}"
            yield f"# {told}\n".encode()
        yield write_triples(triples, suffix.removeprefix("."), used)

    return write

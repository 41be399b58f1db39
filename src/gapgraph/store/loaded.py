"""What an engine was loaded with, as it stands in the engine itself, in a graph of its own.

`gapgraph.store.load` writes it, the last of all graphs; `gapgraph.store.remote` reads it, and asks
of the graphs that it names and of no others: an engine may hold other data too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gapgraph.errors import EngineError
from gapgraph.files import sha256
from gapgraph.namespaces import RDF, graph_iri

__all__ = ["RECORD", "Loaded", "LoadedGraph"]

#: The graph that says what was loaded. No question is asked of it but that one.
RECORD = str(graph_iri("loaded"))
_TODO = "run `gapgraph load`"


@dataclass(frozen=True)
class LoadedGraph:
    """A named graph of an engine.

    :param triples: how many triples it has
    :param sha256: the checksum of its N-Triples, as the build has them
    """

    triples: int
    sha256: str


@dataclass(frozen=True)
class Loaded:
    """What an engine was loaded with.

    :param version: the version of the dataset
    :param analyses: the IRIs of the analyses that are there, in the order of the build
    :param graphs: the named graphs that are there, by their IRIs
    :param pending: the graphs that are being replaced
    """

    version: str = ""
    analyses: tuple[str, ...] = ()
    graphs: Mapping[str, LoadedGraph] = field(default_factory=dict)
    pending: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of quads."""
        return sum(each.triples for each in self.graphs.values())

    @classmethod
    def of_text(cls, text: str) -> Loaded:
        """Read a record.

        :raises EngineError: for what is none
        """
        try:
            read: dict[str, Any] = json.loads(text)
            return cls(
                str(read["version"]),
                tuple(map(str, read["analyses"])),
                {
                    str(iri): LoadedGraph(int(each["triples"]), str(each["sha256"]))
                    for iri, each in read["graphs"].items()
                },
                tuple(map(str, read["pending"])),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EngineError(
                f"the engine's record of what was loaded cannot be read: {_TODO}"
            ) from error

    def text(self) -> str:
        """Return the record as it is kept."""
        record = {
            "version": self.version,
            "analyses": self.analyses,
            "graphs": {iri: vars(each) for iri, each in sorted(self.graphs.items())},
            "pending": sorted(self.pending),
        }
        return json.dumps(record, ensure_ascii=True, separators=(",", ":"))

    def triples(self) -> bytes:
        """Return the record as N-Triples: one triple, whose value is the text."""
        return f"<{RECORD}> <{RDF.value}> {json.dumps(self.text())} .\n".encode()

    def named(self, build: Mapping[str, LoadedGraph], version: str) -> Loaded:
        """Return the record with its version: that of a build, where this is all of it.

        A part of a build, or parts of several, are named by what they are.

        :param build: the graphs of the build
        :param version: its version
        """
        if dict(self.graphs) != dict(build):
            listed = sorted((iri, each.sha256) for iri, each in self.graphs.items())
            version = sha256(json.dumps(listed))[:16]
        return Loaded(version, self.analyses, self.graphs, self.pending)

    def check(self, url: str) -> None:
        """Let pass a dataset that is there whole, as far as its record says.

        :param url: where the engine is, for the message
        :raises EngineError: where a load is under way, or broke off
        """
        if self.pending:
            raise EngineError(
                f"the engine at {url} is half loaded ({len(self.pending)} graphs are missing, "
                f"{min(self.pending)} among them): wait for the load, or run it again"
            )
        if not self.graphs:
            raise EngineError(f"the engine at {url} holds no dataset of gapgraph: {_TODO}")

"""What an engine was loaded with, as it stands in the engine itself, in graphs of their own.

`gapgraph.store.load` writes it, the last of all graphs; `gapgraph.store.remote` reads it, and asks
of the graphs that it names and of no others: an engine may hold other data too.

There is a record of what analyses share, and one of each analysis, which names what it shares with
others again: loads side by side write different records, and none undoes what another wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gapgraph.errors import EngineError
from gapgraph.files import sha256
from gapgraph.namespaces import RDF, graph_iri, last_segment
from gapgraph.told import told

__all__ = ["RECORD", "Loaded", "LoadedGraph", "record_of"]

#: The graph that says what was loaded; those of analyses stand under it. No question is asked of
#: them but that one.
RECORD = str(graph_iri("loaded"))


def record_of(analysis: str) -> str:
    """Return the graph that says what was loaded of an analysis."""
    return f"{RECORD}/{last_segment(analysis)}"


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
    :param whole: the checksum of the list of all graphs of the build; of a record of one analysis
        nothing
    """

    version: str = ""
    analyses: tuple[str, ...] = ()
    graphs: Mapping[str, LoadedGraph] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    whole: str = ""

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
                str(read["whole"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EngineError(
                told("the engine's record of what was loaded cannot be read: run `gapgraph load`")
            ) from error

    def text(self) -> str:
        """Return the record as it is kept."""
        record = {
            "version": self.version,
            "analyses": self.analyses,
            "graphs": {iri: vars(each) for iri, each in sorted(self.graphs.items())},
            "pending": sorted(self.pending),
            "whole": self.whole,
        }
        return json.dumps(record, ensure_ascii=True, separators=(",", ":"))

    def triples(self, graph: str) -> bytes:
        """Return the record as N-Triples: one triple, whose value is the text.

        :param graph: the graph that it is for
        """
        return f"<{graph}> <{RDF.value}> {json.dumps(self.text())} .\n".encode()

    @staticmethod
    def sum_of(graphs: Mapping[str, LoadedGraph]) -> str:
        """Return the checksum of a list of graphs."""
        return sha256(json.dumps(sorted((iri, each.sha256) for iri, each in graphs.items())))

    @classmethod
    def together(cls, records: Sequence[Loaded], counts: Mapping[str, int] | None = None) -> Loaded:
        """Return what all records say.

        A graph that analyses of different builds share is as the one says that was loaded last:
        that whose triples the engine has, where they were counted.  The version is that of the
        build where this is all of it; a part, or parts of several, are named by what they are.

        :param counts: how many triples each graph has in the engine
        """
        graphs: dict[str, LoadedGraph] = {}
        first = next((each for each in records if each.whole), cls())
        for each in (first, *records):
            for iri, graph in each.graphs.items():
                known = graphs.setdefault(iri, graph)
                if counts and counts.get(iri, 0) != known.triples:
                    graphs[iri] = graph
        there = {one for each in records if not each.whole for one in each.analyses}
        listed = dict.fromkeys((*first.analyses, *sorted(there)))
        summed = cls.sum_of(graphs)
        return cls(
            first.version if summed == first.whole else summed[:16],
            tuple(each for each in listed if each in there),
            graphs,
            tuple(sorted({graph for each in records for graph in each.pending})),
            first.whole,
        )

    def check(self, url: str) -> None:
        """Let pass a dataset that is there whole, as far as its record says.

        :param url: where the engine is, for the message
        :raises EngineError: where a load is under way, or broke off
        """
        if self.pending:
            raise EngineError(
                told(
                    "the engine at {url} is half loaded ({count} graphs are missing, {pending} "
                    "among them): wait for the load, or run it again",
                    url=url,
                    count=len(self.pending),
                    pending=min(self.pending),
                )
            )
        if not self.graphs:
            raise EngineError(
                told(
                    "the engine at {url} holds no dataset of gapgraph: run `gapgraph load`",
                    url=url,
                )
            )

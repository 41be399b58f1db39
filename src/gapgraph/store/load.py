"""A build put into an engine, by SPARQL 1.1 Graph Store HTTP Protocol.

Each named graph is replaced as a whole, and what is there already is left alone.  The records of
what is there (`gapgraph.store.loaded`) name a graph as missing for as long as it is being
replaced: a load that breaks off is seen, and run again it puts what was missing.  Loads of several
analyses may run side by side: what they share each of them may put, and it is the same.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.errors import EngineError, EnvironmentFailure, InputError
from gapgraph.files import system_fault
from gapgraph.namespaces import analysis_named, graph_iri, last_segment
from gapgraph.rdf import read_rdf
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.loaded import RECORD, Loaded, LoadedGraph, record_of
from gapgraph.store.wire import Method, Received, Wire
from gapgraph.told import told

__all__ = ["load"]

#: What is sent: each line of it is Turtle too.
_MEDIA = "application/n-triples"
#: Seconds to wait before each further attempt.
_PAUSES = (0.5, 1.0, 2.0, 4.0)
#: How much of a graph is gathered before it is written to disk.
_GATHERED = 65_536


@dataclass(frozen=True)
class _Parts:
    """The graphs of a build, each in a file of N-Triples.

    :param files: the file of each graph
    :param graphs: what each graph is
    """

    files: Mapping[str, Path]
    graphs: Mapping[str, LoadedGraph]


def load(
    build: DatasetFile,
    wire: Wire,
    analyses: Sequence[str] = (),
    *,
    progress: Callable[[str], None] = lambda _: None,
    pauses: Sequence[float] = _PAUSES,
) -> Loaded:
    """Put a build, or some of its analyses with what all share, into an engine.

    :param build: the build
    :param wire: the way to the engine's graph store
    :param analyses: the analyses, by their IRIs or the last parts of these; all if none.  A graph
        of another analysis is left as it is.
    :param progress: is told of each graph
    :param pauses: how long to wait before each further attempt, in seconds
    :return: what the engine holds then
    :raises NotFoundError: for an analysis that the build does not have
    :raises EnvironmentFailure: where the build is damaged
    :raises EngineError: where the engine does not take a graph
    """
    chosen = [analysis_named(build.analyses, name) for name in analyses]
    store = _GraphStore(wire, pauses)
    with tempfile.TemporaryDirectory(prefix="gapgraph-load-") as folder:
        parts = _split(build, Path(folder))
        shared = store.record(RECORD)
        listed = dict.fromkeys((*build.analyses, *shared.analyses))
        before = {RECORD: shared, **{name: store.record(name) for name in map(record_of, listed)}}
        after = _records(build, parts, chosen, tuple(listed))
        waiting = [graph for graph in _graphs(after) if _waits(graph, parts.graphs[graph], before)]
        kept = after if not chosen else {**before, **after}
        gone = sorted(_graphs(before) - _graphs(kept))
        changed = [name for name in after if after[name] != before.get(name)]
        if gone or waiting:
            for name, record in after.items():
                pending = [each for each in waiting if each in record.graphs]
                if name == RECORD:
                    pending += gone
                if pending:
                    store.put(name, replace(record, pending=tuple(pending)).triples(name))
                    changed.append(name)
        for place, graph in enumerate(sorted(waiting), 1):
            progress(f"{place}/{len(waiting)} {graph}")
            store.put(graph, parts.files[graph].read_bytes())
        for graph in gone:
            progress(told("removes {graph}", graph=graph))
            store.delete(graph)
        for name in sorted(set(before) - set(kept)):
            if before[name].graphs:
                store.delete(name)
        for name in sorted(set(changed), reverse=True):  # that of all comes last
            store.put(name, after[name].triples(name))
    return Loaded.together([each for each in kept.values() if each.graphs])


def _records(
    build: DatasetFile, parts: _Parts, chosen: Sequence[str], listed: tuple[str, ...]
) -> dict[str, Loaded]:
    """Return the records of a build, or of some of its analyses, once it is there.

    :param listed: the analyses that may be there beside those chosen
    """
    own = {
        analysis: {graph for graph in parts.graphs if _is_of(graph, analysis)}
        for analysis in build.analyses
    }
    shared = parts.graphs.keys() - {graph for each in own.values() for graph in each}
    records = {
        RECORD: Loaded(
            build.version,
            listed if chosen else build.analyses,
            {graph: parts.graphs[graph] for graph in sorted(shared)},
            whole=Loaded.sum_of(parts.graphs),
        )
    }
    for each in chosen or build.analyses:
        graphs = {graph: parts.graphs[graph] for graph in sorted(shared | own[each])}
        records[record_of(each)] = Loaded(build.version, (each,), graphs)
    return records


def _graphs(records: Mapping[str, Loaded]) -> set[str]:
    """Return the graphs that records name."""
    return {graph for each in records.values() for graph in each.graphs}


def _waits(graph: str, wanted: LoadedGraph, records: Mapping[str, Loaded]) -> bool:
    """Tell whether a graph is to be put: it is not known to be there, or not as it is wanted."""
    told = {each.graphs[graph] for each in records.values() if graph in each.graphs}
    return told != {wanted} or any(graph in each.pending for each in records.values())


def _is_of(graph: str, analysis: str) -> bool:
    """Tell whether a graph is one analysis's own."""
    return graph.startswith(f"{graph_iri('analysis', last_segment(analysis))}/")


def _split(build: DatasetFile, folder: Path) -> _Parts:
    """Write each graph of a build into a file, as N-Triples.

    :param folder: takes the files
    :raises EnvironmentFailure: where the build is missing, or is not what its manifest vouches for
    """
    whole = hashlib.sha256()
    sums: dict[str, hashlib._Hash] = {}
    counts: dict[str, int] = {}
    gathered: dict[str, bytearray] = {}
    files: dict[str, Path] = {}

    def write(graph: str) -> None:
        sums[graph].update(gathered[graph])
        with files[graph].open("ab") as file:
            file.write(gathered[graph])
        gathered[graph].clear()

    try:
        with build.path.open("rb") as lines:
            for line in lines:
                whole.update(line)
                triple, _, end = line.rpartition(b" <")
                graph = end.removesuffix(b"> .\n").decode()
                if graph not in files:
                    files[graph] = folder / str(len(files))
                    sums[graph], counts[graph] = hashlib.sha256(), 0
                    gathered[graph] = bytearray()
                gathered[graph] += triple + b" .\n"
                counts[graph] += 1
                if len(gathered[graph]) > _GATHERED:
                    write(graph)
    except OSError as error:
        raise EnvironmentFailure(
            told(
                "{path}: cannot be read ({reason}): run `gapgraph build` again",
                path=build.path,
                reason=system_fault(error),
            )
        ) from error
    if whole.hexdigest() != build.sha256:
        raise EnvironmentFailure(
            told(
                "{path}: differs from what its manifest vouches for: run `gapgraph build` again",
                path=build.path,
            )
        )
    for graph in files:
        write(graph)
    ordered = sorted(files)
    return _Parts(
        {graph: files[graph] for graph in ordered},
        {graph: LoadedGraph(counts[graph], sums[graph].hexdigest()) for graph in ordered},
    )


class _GraphStore:
    """The named graphs of an engine, each read or replaced as a whole.

    :param wire: the way to them
    :param pauses: how long to wait before each further attempt
    """

    def __init__(self, wire: Wire, pauses: Sequence[float]) -> None:
        self._wire, self._pauses = wire, pauses

    def record(self, graph: str) -> Loaded:
        """Return what the engine says it was loaded with; an empty record where it says nothing.

        :param graph: the graph of the record
        :raises EngineError: where it cannot be read
        """
        answer = self._send("GET", graph, {"Accept": f"{_MEDIA}, text/turtle;q=0.9"})
        if answer.status == 404 or not answer.body.strip():
            return Loaded()
        try:
            media = "text/turtle" if answer.media != _MEDIA else _MEDIA
            texts = [str(value) for _, _, value, _ in read_rdf(answer.body, media)]
        except InputError as error:
            raise EngineError(
                told(
                    "the engine at {url} answers what is no RDF ({what}): give the address of "
                    "its graph store",
                    url=self._wire.url,
                    what=error.what,
                )
            ) from error
        try:
            return Loaded.of_text(texts[0]) if texts else Loaded()
        except EngineError:  # of another version of gapgraph, or of nobody's: written anew
            return Loaded()

    def put(self, graph: str, triples: bytes) -> None:
        """Replace a graph.

        :raises EngineError: where the engine does not take it
        """
        self._send("PUT", graph, {"Content-Type": _MEDIA}, triples)

    def delete(self, graph: str) -> None:
        """Remove a graph, where it is there."""
        self._send("DELETE", graph, {})

    def _send(
        self, method: Method, graph: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Received:
        """Send a request, several times where the engine fails.

        :raises EngineError: where it fails each time, or refuses the request
        """
        answer = self._wire.send(method, {"graph": graph}, headers, body, pauses=self._pauses)
        absent = answer.status in {404, 410} and method != "PUT"
        if not absent and not 200 <= answer.status < 300:
            raise EngineError(
                told(
                    "the graph store at {url} refuses {method} of {graph} ({said}): check its "
                    "address",
                    url=self._wire.url,
                    method=method,
                    graph=graph,
                    said=answer.said,
                )
            )
        return answer

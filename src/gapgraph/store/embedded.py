"""Oxigraph, embedded: the engine that answers in this process.

With `gapgraph.store.embedded_write` the only place that imports ``pyoxigraph``.  A result is read
in the thread that asked for it (another thread's reading ends the process), so every answer leaves
here complete.
"""

from __future__ import annotations

import functools
import mmap
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset

from gapgraph.errors import (
    EnvironmentFailure,
    GapgraphError,
    InputError,
    UnsupportedFunctionError,
    UsageError,
)
from gapgraph.files import read_bytes
from gapgraph.namespaces import BASE, GRAPH, graph_iri, slug
from gapgraph.rdf import format_of_file, read_quads
from gapgraph.store.answers import Answer, Term
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded_write import (
    GRAPH_FORMATS,
    ROW_FORMATS,
    Evaluation,
    check_written,
    evaluate,
    reason,
    rewrite,
    syntax,
    unsupported,
)
from gapgraph.store.lines import lines_about, lines_ending
from gapgraph.store.mistakes import refusal
from gapgraph.store.scan import scan

__all__ = [
    "EmbeddedStore",
    "Form",
    "dumped",
    "names_graphs",
    "parse_query",
    "term_of",
    "write_triples",
]

#: What a query asks for: rows, RDF, or yes or no.
Form = Literal["SELECT", "CONSTRUCT", "ASK"]

#: ``FROM``, with or without a blank around it, or an escape of one of its letters, or of the
#: backslash of one: other escapes are common in what a query compares with.
_NAMES_GRAPHS = re.compile(r"from|\\u(?:0000)?00(?:4[6DF]|52|6[6DF]|72|5C)", re.IGNORECASE)
#: How deep brackets may nest in a query that names graphs.
_DEEPEST = 100
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class EmbeddedStore:
    """A dataset in memory or on disk, with SPARQL 1.1 over it.

    The default graph is the union of the named graphs.

    :param dataset: the build to load
    :param folder: the engine's files of it (`gapgraph.store.disk`), which are opened instead of
        loading it; nothing can be added then
    :raises EnvironmentFailure: where the build is damaged
    """

    def __init__(self, dataset: DatasetFile, folder: Path | None = None) -> None:
        self.version = dataset.version
        self.analyses = dataset.analyses
        self._dataset = dataset
        self._folder = folder
        self._added = b""
        if folder is None:
            self._store = ox.Store()
            self._store.bulk_load(input=self._lines[:], format=ox.RdfFormat.N_QUADS)
            return
        try:
            self._store = ox.Store.read_only(str(folder))
        except (OSError, RuntimeError) as error:
            raise EnvironmentFailure(
                f"{folder}: cannot be opened ({error}): remove it, and it is made again"
            ) from error

    @functools.cached_property
    def _lines(self) -> bytes | mmap.mmap:
        """The quads as they were built: in memory, or the file itself."""
        if self._folder is None:
            return self._dataset.read()
        with self._dataset.path.open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        """Return the number of quads; on disk the engine would count them one by one."""
        return len(self._store) if self._folder is None else self._dataset.quads

    def add_file(self, path: Path, *, limit: int) -> str:
        """Add an RDF file as a named graph; a file of named graphs keeps its own.

        Nothing outside the file is read: no JSON-LD context, no XML entity.

        :param limit: the largest file that is read, in bytes
        :return: IRI of the graph that took the triples without a graph of their own
        :raises InputError: with file and line, for a file that is not RDF of its suffix, is over
            the limit or names a graph of the build's; the dataset is left as it was
        """
        media_type = format_of_file(path)
        content = read_bytes(path, limit=limit)
        graph = ox.NamedNode(graph_iri("added", slug(path.stem) or "data"))
        # Everything is parsed before the first quad is added: nothing is served half.
        # Two files may call different nodes _:a.
        quads = read_quads(
            content, media_type, name=path, base=f"{graph.value}/", rename_blank_nodes=True
        )
        default = ox.DefaultGraph()
        names = {
            name.value
            for name in (quad.graph_name for quad in quads)
            if isinstance(name, ox.NamedNode)
        }
        if own := sorted(name for name in names if name.startswith(str(GRAPH))):
            raise InputError(
                f"adds to the graph {own[0]}, whose name is the build's own",
                todo="give its graphs names of another namespace",
                file=path,
            )
        quads = [
            ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            if quad.graph_name == default
            else quad
            for quad in quads
        ]
        self._store.extend(quads)
        lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        every = {*self._added.splitlines(keepends=True), *lines.splitlines(keepends=True)}
        self._added = b"".join(sorted(every))
        return graph.value

    def check(self, name: str) -> None:
        """Let pass every stored query: they are written for this engine."""

    def select(self, query: str) -> Answer:
        """Answer a SELECT query over the union of the named graphs.

        :raises UsageError: for a query that is not valid SPARQL, or not a SELECT
        """
        solutions = self._query(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise UsageError("the query is not a SELECT", todo="ask for rows")
        variables = tuple(each.value for each in solutions.variables)
        try:
            rows = tuple(
                tuple(map(term_of, (solution[each] for each in range(len(variables)))))
                for solution in solutions
            )
        except (OSError, RuntimeError) as error:
            raise _failure(error) from error
        return Answer(variables, rows)

    def rows_written(self, query: str, name: str) -> bytes:
        """Answer a SELECT query in a standard format, written by the engine itself.

        :param name: ``srj``, ``srx``, ``csv`` or ``tsv``
        :raises UsageError: for a query that is not valid SPARQL, or not a SELECT
        :raises UnwritableError: where the format cannot hold a value
        """
        solutions = self._query(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise UsageError("the query is not a SELECT", todo="ask for rows")
        try:
            written = solutions.serialize(format=ROW_FORMATS[name])
        except (OSError, RuntimeError) as error:
            raise _failure(error) from error
        assert written is not None  # nothing else was given to write to
        return check_written(written, name)

    def construct(self, query: str) -> tuple[tuple[Term, Term, Term], ...]:
        """Answer a CONSTRUCT or DESCRIBE query over the union of the named graphs.

        :raises UsageError: for a query that is not valid SPARQL, or gives no triples
        """
        triples = self._query(query)
        if not isinstance(triples, ox.QueryTriples):
            raise UsageError("the query gives no triples", todo="write CONSTRUCT")
        try:
            return tuple(
                (_bound(each.subject), _bound(each.predicate), _bound(each.object))
                for each in triples
            )
        except (OSError, RuntimeError) as error:
            raise _failure(error) from error

    def graph(self) -> Dataset:
        """Return an rdflib view of this dataset, whose default graph is the union of all.

        It is for reading: rdflib evaluates what it is asked as a prepared query, and only a query
        given as text is this engine's.
        """
        return Dataset(store=OxigraphStore(store=self._store), default_union=True)

    def ask(self, query: str) -> bool:
        """Answer an ASK query over the union of the named graphs.

        :raises UsageError: for a query that is not valid SPARQL, or not an ASK
        """
        answer = self._query(query)
        if not isinstance(answer, ox.QueryBoolean):
            raise UsageError("the query is not an ASK", todo="write ASK")
        return bool(answer)

    def about(self, iri: str) -> tuple[tuple[Term, Term, Term], ...]:
        """Return the triples of all graphs that an IRI is the subject of, as they were built."""
        lines = lines_about(self._lines, iri) + lines_about(self._added, iri)
        return tuple(
            (_bound(each.subject), _bound(each.predicate), _bound(each.object))
            for each in ox.parse(lines, format=ox.RdfFormat.N_QUADS)
        )

    def pointing(self, iri: str) -> list[tuple[str, int]]:
        """Return the properties that point at an IRI, and how many subjects each has, sorted."""
        found = self._store.quads_for_pattern(None, None, ox.NamedNode(iri), None)
        return sorted(Counter(each.predicate.value for each in found).items())

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""
        return tuple(sorted(str(getattr(each, "value", "")) for each in self._store.named_graphs()))

    def _query(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Put a query to the graphs it names, else to the union of all.

        :raises UsageError: for a query that is not valid SPARQL, or that names no graph of ours
        """
        return _query(self._store, query, names_graphs(query, self.graphs()))

    def dump(self, form: str, graph: str = "") -> bytes:
        """Return all quads as they were built, or the triples of one graph.

        :param form: a name of `GRAPH_FORMATS`; those that know no graphs get the union
        :param graph: IRI of a named graph; all graphs if empty
        """
        return dumped(self._lines, form, graph, added=self._added)

    def evaluate(self, evaluation: Evaluation) -> tuple[dict[str, Any], bytes]:
        """Answer a query of any form; see `embedded_write.evaluate`."""
        return evaluate(self._store, evaluation)


def dumped(quads: bytes | mmap.mmap, form: str, graph: str = "", *, added: bytes = b"") -> bytes:
    """Return N-Quads in a format, sorted; see `EmbeddedStore.dump`.

    :param quads: whole lines
    :param added: further ones
    """
    if graph:
        end = f" <{graph}> .\n".encode()
        found = {line for part in (quads, added) for line in lines_ending(part, end)}
        if form not in {"trig", "nq"}:
            found = {line.removesuffix(end) + b" .\n" for line in found}
    else:
        found = {*quads[:].splitlines(keepends=True), *added.splitlines(keepends=True)}
    return rewrite(b"".join(sorted(found)), form)


def names_graphs(query: str, graphs: Iterable[str]) -> tuple[list[str], list[str]] | None:
    """Return the default graphs and the named graphs that a query names; nothing where it does not.

    :param graphs: the graphs that there are
    :raises UsageError: where it names another
    """
    if not _NAMES_GRAPHS.search(query):
        return None
    return scan(query, base=BASE, depth=_DEEPEST).dataset(frozenset(graphs))


def parse_query(query: str) -> tuple[Form, tuple[str, ...]]:
    """Tell what a query asks for, without any data.

    :return: its form (a DESCRIBE counts as CONSTRUCT), and the columns of a SELECT in order
    :raises UsageError: for a query that is not valid SPARQL
    """
    results = _query(ox.Store(), query)
    if isinstance(results, ox.QuerySolutions):
        return "SELECT", tuple(each.value for each in results.variables)
    return ("ASK" if isinstance(results, ox.QueryBoolean) else "CONSTRUCT"), ()


def write_triples(
    triples: Iterable[tuple[Term, Term, Term]], form: str, prefixes: Mapping[str, str]
) -> bytes:
    """Write triples in an RDF format, a name of `GRAPH_FORMATS`, in the order given."""
    written = ox.serialize(
        (ox.Triple(*map(_node, each)) for each in triples),  # type: ignore[arg-type]
        format=GRAPH_FORMATS[form],
        prefixes=dict(prefixes),
    )
    return check_written(written or b"", form)


def _node(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a term of ours as the engine's."""
    if term.kind == "uri":
        return ox.NamedNode(term.value)
    if term.kind == "bnode":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or _XSD_STRING))


def _query(
    store: ox.Store, query: str, dataset: tuple[list[str], list[str]] | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Put a query to a store.

    :param dataset: its default graphs and its named graphs; by default the union of all, and all
    """
    asked: dict[str, Any] = {"use_default_graph_as_union": True}
    if dataset is not None:
        default, named = (list(map(ox.NamedNode, dict.fromkeys(each))) for each in dataset)
        asked = {"default_graph": default, "named_graphs": named}
    try:
        return store.query(query, base_iri=BASE, **asked)
    except SyntaxError as error:
        told = syntax(error)
        raise refusal(query, told["what"], line=told["line"], column=told["column"]) from error
    except RuntimeError as error:
        raise _failure(error) from error


def _failure(error: Exception) -> GapgraphError:
    """Return the error of ours for one that the engine raised while it answered."""
    if function := unsupported(error):
        return UnsupportedFunctionError(function)
    return GapgraphError(f"the engine failed ({reason(error)})")


def term_of(node: object) -> Term | None:
    """Return an engine's term as ours."""
    if node is None:
        return None
    if isinstance(node, ox.NamedNode):
        return Term("uri", node.value)
    if isinstance(node, ox.Literal):
        if node.language:
            return Term("literal", node.value, language=node.language)
        datatype = node.datatype.value
        return Term("literal", node.value, datatype="" if datatype == _XSD_STRING else datatype)
    if isinstance(node, ox.BlankNode):
        return Term("bnode", node.value)
    raise UsageError("the query answers quoted triples", todo="project their parts instead")


def _bound(node: object) -> Term:
    """Return an engine's term, which is there, as ours."""
    term = term_of(node)
    assert term is not None
    return term

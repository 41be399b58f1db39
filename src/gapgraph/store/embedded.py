"""Oxigraph, embedded: the engine that answers in this process.

With `gapgraph.store.embedded_write` the only place that imports ``pyoxigraph``.  A result is read
in the thread that asked for it (another thread's reading ends the process), so every answer leaves
here complete.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset

from gapgraph.errors import GapgraphError, InputError, UsageError
from gapgraph.files import read_bytes
from gapgraph.namespaces import BASE, GRAPH, graph_iri, slug
from gapgraph.store.answers import Answer, Term
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded_write import (
    ROW_FORMATS,
    Evaluation,
    evaluate,
    reason,
    rewrite,
    syntax,
)
from gapgraph.store.lines import lines_about
from gapgraph.store.mistakes import refusal
from gapgraph.store.scan import scan

__all__ = ["DATA_SUFFIXES", "EmbeddedStore", "Form", "parse_query", "write_triples"]

#: What a query asks for: rows, RDF, or yes or no.
Form = Literal["SELECT", "CONSTRUCT", "ASK"]

#: ``FROM``, or what may be it once escapes are read.
_NAMES_GRAPHS = re.compile(r"(?<![A-Za-z])from|\\u", re.IGNORECASE)
#: How deep brackets may nest in a query that names graphs.
_DEEPEST = 100
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

#: The RDF formats that can be added, by file name suffix.
DATA_SUFFIXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}


class EmbeddedStore:
    """A dataset in memory, with SPARQL 1.1 over it.

    The default graph is the union of the named graphs.

    :param dataset: the build to load
    :raises EnvironmentFailure: where the build is damaged
    """

    def __init__(self, dataset: DatasetFile) -> None:
        self.version = dataset.version
        self._store = ox.Store()
        self._lines = dataset.read()
        self._added = b""
        self._store.bulk_load(input=self._lines, format=ox.RdfFormat.N_QUADS)

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def add_file(self, path: Path, *, limit: int) -> str:
        """Add an RDF file as a named graph; a file of named graphs keeps its own.

        Nothing outside the file is read: no JSON-LD context, no XML entity.

        :param limit: the largest file that is read, in bytes
        :return: IRI of the graph that took the triples without a graph of their own
        :raises InputError: with file and line, for a file that is not RDF of its suffix, is over
            the limit or names a graph of the build's; the dataset is left as it was
        """
        form = DATA_SUFFIXES.get(path.suffix.lower())
        if form is None:
            raise InputError(
                f"has the suffix {path.suffix or 'nothing'!r}, which names no RDF format",
                todo=f"use one of {' '.join(DATA_SUFFIXES)}",
                file=path,
            )
        content = read_bytes(path, limit=limit)
        if form == ox.RdfFormat.RDF_XML and re.search(rb"<!(?:DOCTYPE|ENTITY)", content):
            raise InputError(
                "declares a document type or entities, which are not read",
                todo="write the IRIs in full, or convert the file to Turtle",
                file=path,
                line=content[: content.index(b"<!")].count(b"\n") + 1,
            )
        graph = ox.NamedNode(graph_iri("added", slug(path.stem) or "data"))
        try:
            # Everything is parsed before the first quad is added: nothing is served half.
            quads = list(
                ox.parse(
                    input=io.BytesIO(content),
                    format=form,
                    base_iri=f"{graph.value}/",
                    # Two files may call different nodes _:a.
                    rename_blank_nodes=True,
                )
            )
        except (SyntaxError, ValueError, OSError) as error:
            raise InputError(
                f"is not {form.name} ({reason(error)})",
                todo="mend the file, or give it the suffix of its format",
                file=path,
                line=getattr(error, "lineno", None),
            ) from error
        default = ox.DefaultGraph()
        names = {quad.graph_name.value for quad in quads if quad.graph_name != default}
        if own := sorted(name for name in names if name.startswith(str(GRAPH))):
            raise InputError(
                f"adds to the graph {own[0]}, whose name is the build's own",
                todo="give its graphs names of another namespace",
                file=path,
            )
        self._store.extend(
            ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            if quad.graph_name == default
            else quad
            for quad in quads
        )
        return graph.value

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
                tuple(map(_term, (solution[each] for each in range(len(variables)))))
                for solution in solutions
            )
        except (OSError, RuntimeError) as error:
            raise GapgraphError(f"the engine failed ({reason(error)})") from error
        return Answer(variables, rows)

    def rows_written(self, query: str, name: str) -> bytes:
        """Answer a SELECT query in a standard format, written by the engine itself.

        :param name: ``srj``, ``srx``, ``csv`` or ``tsv``
        :raises UsageError: for a query that is not valid SPARQL, or not a SELECT
        """
        solutions = self._query(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise UsageError("the query is not a SELECT", todo="ask for rows")
        try:
            written = solutions.serialize(format=ROW_FORMATS[name])
        except (OSError, RuntimeError) as error:
            raise GapgraphError(f"the engine failed ({reason(error)})") from error
        assert written is not None  # nothing else was given to write to
        return written

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
            raise GapgraphError(f"the engine failed ({reason(error)})") from error

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
        dataset = None
        if _NAMES_GRAPHS.search(query):
            dataset = scan(query, base=BASE, depth=_DEEPEST).dataset(frozenset(self.graphs()))
        return _query(self._store, query, dataset)

    def dump(self, form: str, graph: str = "") -> bytes:
        """Return all quads as they were built, or the triples of one graph.

        :param form: a name of `GRAPH_FORMATS`; those that know no graphs get the union
        :param graph: IRI of a named graph; all graphs if empty
        """
        lines = {*self._lines.splitlines(keepends=True), *self._added.splitlines(keepends=True)}
        if graph:
            end = f" <{graph}> .\n".encode()
            lines = {line.removesuffix(end) + b" .\n" for line in lines if line.endswith(end)}
        return rewrite(b"".join(sorted(lines)), form)

    def evaluate(self, evaluation: Evaluation) -> tuple[dict[str, Any], bytes]:
        """Answer a query of any form; see `embedded_write.evaluate`."""
        return evaluate(self._store, evaluation)


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
    triples: Iterable[tuple[Term, Term, Term]], suffix: str, prefixes: Mapping[str, str]
) -> bytes:
    """Write triples in the RDF format of a suffix of `DATA_SUFFIXES`, in the order given."""
    return (
        ox.serialize(
            (ox.Triple(*map(_node, each)) for each in triples),  # type: ignore[arg-type]
            format=DATA_SUFFIXES[suffix],
            prefixes=dict(prefixes),
        )
        or b""
    )


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


def _term(node: object) -> Term | None:
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
    term = _term(node)
    assert term is not None
    return term

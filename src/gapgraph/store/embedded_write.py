"""Oxigraph's answers and data, written in every format.

With `gapgraph.store.embedded` the only place that imports ``pyoxigraph``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gapgraph.errors import UnwritableError
from gapgraph.namespaces import PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "GRAPH_FORMATS",
    "ROW_FORMATS",
    "Evaluation",
    "check_written",
    "engine_version",
    "evaluate",
    "reason",
    "rewrite",
    "unsupported",
    "write_store",
]

#: The formats of rows and of yes or no, by suffix.
ROW_FORMATS = {
    "srj": ox.QueryResultsFormat.JSON,
    "srx": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
#: The formats of RDF, by suffix.
GRAPH_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}
#: Characters that XML 1.0 cannot hold, section 2.2; nothing the engine writes escapes them.
_NOT_XML = re.compile(b"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]|\\xef\\xbf[\\xbe\\xbf]")
_FUNCTION = re.compile(r"^The custom function <(.*)> is not supported$", re.DOTALL)
_NO_FORMAT = re.compile("does not support")
#: What the parser names among all that it would have taken, and what people are told of it.
_CAUSES = {
    "Prefix not found": "Prefix not found",
    "The SELECT contains a variable that is unbound": "SELECT names a variable that is in no "
    "GROUP BY and in no aggregate such as COUNT",
    "The SELECT contains an expression with a variable that is unbound": "an expression of SELECT "
    "has a variable that is in no GROUP BY and in no aggregate such as COUNT",
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot stand with GROUP BY: name the "
    "columns",
}
_PLACE = re.compile(r"^error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Evaluation:
    """A query, and how it is answered.

    :param query: SPARQL 1.1
    :param base: the IRI that relative ones resolve against
    :param rows: the format of rows, a name of `ROW_FORMATS`; empty if none is wanted
    :param boolean: the format of yes or no, likewise
    :param graph: the format of RDF, a name of `GRAPH_FORMATS`
    :param limit: the largest result, in bytes
    :param default_graphs: the graphs whose union is the default graph; all if neither list is given
    :param named_graphs: the graphs for ``GRAPH``
    """

    query: str
    base: str
    rows: str
    boolean: str
    graph: str
    limit: int
    default_graphs: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None


class _TooLarge(Exception):
    """A result grew over its limit."""


class _Sink(io.BytesIO):
    """Takes what an engine writes, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: Buffer) -> int:
        """Take bytes.

        :raises _TooLarge: over the limit
        """
        if self.tell() + memoryview(data).nbytes > self.limit:
            raise _TooLarge
        return super().write(data)


def evaluate(store: ox.Store, evaluation: Evaluation) -> tuple[dict[str, Any], bytes]:
    """Answer a query of any form, in the format wanted for what it answers.

    :return: what came of it, and the result: ``status`` is ``ok`` (with ``kind`` and
        ``form``), ``syntax`` (with ``what``, ``line`` and ``column``), ``large``,
        ``unwritable``, ``function`` (with its IRI) or ``failed``
    """
    asked: dict[str, Any] = {"use_default_graph_as_union": True}
    if evaluation.default_graphs is not None or evaluation.named_graphs is not None:
        asked = {
            "default_graph": [
                ox.NamedNode(iri) for iri in dict.fromkeys(evaluation.default_graphs or ())
            ],
            "named_graphs": [
                ox.NamedNode(iri) for iri in dict.fromkeys(evaluation.named_graphs or ())
            ],
        }
    try:
        result = store.query(evaluation.query, base_iri=evaluation.base, **asked)
        sink = _Sink(evaluation.limit)
        kind, form = _write(result, evaluation, sink)
    except SyntaxError as error:
        return syntax(error), b""
    except _TooLarge:
        return {"status": "large", "limit": evaluation.limit}, b""
    except (OSError, RuntimeError, ValueError) as error:
        return _failed(error), b""
    content = sink.getvalue()
    try:
        check_written(content, form)
    except UnwritableError as error:
        return {"status": "unwritable", "what": error.what, "todo": error.todo}, b""
    return {"status": "ok", "kind": kind, "form": form}, content


def _failed(error: Exception) -> dict[str, Any]:
    """Return what came of a query that the engine raised an error for, as `evaluate` tells it."""
    if function := unsupported(error):
        return {"status": "function", "function": function}
    if isinstance(error, OSError) and _NO_FORMAT.search(str(error)):
        what = f"the format cannot hold the result ({reason(error)})"
        return {"status": "unwritable", "what": what, "todo": "ask for another format"}
    return {"status": "failed", "what": reason(error)}


def check_written(content: bytes, form: str) -> bytes:
    """Return what an engine wrote, where its format holds it whole.

    :param content: what was written
    :param form: a name of `ROW_FORMATS` or `GRAPH_FORMATS`
    :raises UnwritableError: for XML that has characters XML cannot hold, or a property without a
        local name; no other character is put in the place of one, and nothing is left out
    """
    if form not in {"srx", "rdf"}:
        return content
    todo = "ask for Turtle or N-Triples" if form == "rdf" else "ask for JSON, CSV or TSV"
    found = _NOT_XML.search(content)
    if found:
        sign = f"U+{ord(found[0].decode()):04X}"
        raise UnwritableError(f"a value has the character {sign}, which XML cannot hold", todo=todo)
    if form == "rdf" and b"<oxprefix: " in content:
        raise UnwritableError("a property has no local name, which RDF/XML needs", todo=todo)
    return content


def _write(
    result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, wanted: Evaluation, sink: _Sink
) -> tuple[str, str]:
    """Write a result in the format wanted for its kind, and return both; nothing if none is."""
    if isinstance(result, ox.QueryTriples):
        if wanted.graph:
            ox.serialize(result, sink, GRAPH_FORMATS[wanted.graph], prefixes=PREFIXES)
        return "graph", wanted.graph
    boolean = isinstance(result, ox.QueryBoolean)
    form = wanted.boolean if boolean else wanted.rows
    if form:
        result.serialize(sink, ROW_FORMATS[form])
    return ("boolean" if boolean else "rows"), form


def syntax(error: SyntaxError) -> dict[str, Any]:
    """Return the parser's place and reason; its list of what it would have taken is cut.

    :return: ``what``, ``line`` and ``column``, with the ``status`` of `evaluate`
    """
    found = _PLACE.match(str(error))
    what = " ".join((found[3] if found else str(error)).split())
    for cause, said in _CAUSES.items():
        what = said if cause in what else what
    return {
        "status": "syntax",
        "what": what if len(what) <= 200 else f"{what[:200]}…",
        "line": int(found[1]) if found else None,
        "column": int(found[2]) if found else None,
    }


def rewrite(content: bytes, form: str) -> bytes:
    """Return N-Quads or N-Triples in another format, with our prefixes.

    :param form: a name of `GRAPH_FORMATS`
    :raises UnwritableError: where the format cannot hold a value
    """
    chosen = GRAPH_FORMATS[form]
    if form == "nq":
        return content
    quads = ox.parse(content, format=ox.RdfFormat.N_QUADS)
    sink = io.BytesIO()
    if chosen.supports_datasets:
        ox.serialize(quads, sink, chosen, prefixes=PREFIXES)
    else:
        triples = {str(each.triple): each.triple for each in quads}
        ox.serialize((triples[key] for key in sorted(triples)), sink, chosen, prefixes=PREFIXES)
    return check_written(sink.getvalue(), form)


def unsupported(error: Exception) -> str:
    """Return the IRI of the function that an engine's error says it lacks; empty for others."""
    found = _FUNCTION.match(str(error)) if isinstance(error, RuntimeError) else None
    return found[1] if found else ""


def reason(error: Exception) -> str:
    """Return an engine's reason in one short line."""
    return " ".join(str(error).split())[:200]


def engine_version() -> str:
    """Return the version of the engine, whose files another may not read."""
    return version("pyoxigraph")


def write_store(folder: Path, quads: Path) -> None:
    """Write quads as the engine's own files.

    :param folder: an empty folder
    :param quads: N-Quads that were checked
    :raises OSError: where the folder or disk does not take it
    """
    store = ox.Store(str(folder))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.flush()
    store.optimize()

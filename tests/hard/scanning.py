"""The scan of queries held against the engine: mutated queries, and what both make of each."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Container
from typing import Any

import pyoxigraph as ox

from gapgraph.errors import UsageError
from gapgraph.store.scan import scan

GRAPHS = ("urn:x:1", "urn:x:2", "urn:x:from", "urn:x:")
#: The pattern tells which graphs a query reads: the triple of each graph names it.
_PATTERN = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
#: What queries grow from.
SEEDS = (
    "SELECT * FROM <urn:x:1> {}",
    "SELECT * FROM NAMED <urn:x:1> FROM <urn:x:2> WHERE {}",
    "PREFIX g: <urn:x:> SELECT ?s ?o ?g FROM g:1 FROM NAMED g:2 {}",
    "PREFIX : <urn:x:> SELECT * FROM :1 FROM NAMED :2 {}",
    "PREFIX from: <http://www.w3.org/2001/XMLSchema#> SELECT * FROM <urn:x:1> {} "
    "ORDER BY from:string(?s) LIMIT 9",
    "PREFIX fromg: <urn:x:> PREFIX g: <urn:x:> SELECT * FROM fromg:from FROM g:from {}",
    "PREFIX named: <urn:x:> PREFIX NAMEDg: <urn:x:> SELECT * FROM named:1 FROM NAMEDg:2 {}",
    "BASE <urn:x:> SELECT * FROM <urn:x:1> {}",
    "PREFIX g: <urn:x:> ASK FROM g:1 {}",
    "PREFIX g: <urn:x:> ASK FROM NAMED g:2 {}",
    "PREFIX g: <urn:x:> CONSTRUCT { ?s ?p ?o } FROM g:1 FROM NAMED g:2 WHERE {}",
    "PREFIX g: <urn:x:> DESCRIBE ?s FROM g:1 WHERE {}",
    "PREFIX fromg: <urn:x:> PREFIX g: <urn:x:> DESCRIBE g:s fromg:2 FROM g:1 {}",
    "SELECT ('FROM <urn:x:1>' AS ?a) FROM <urn:x:2> # FROM <urn:x:1>\n{}",
    "SELECT (1 AS ?from) FROM <urn:x:1>{}",
    "PREFIX g: <urn:x:> SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    "PREFIX g: <http://127.0.0.1:9/> SELECT * FROM <urn:x:1> { SERVICE g: {} }",
    "PREFIX service: <http://127.0.0.1:9/> SELECT * { ?s ?p ?o SERVICE service:x {} }",
)
_PIECES = (
    "FROM", "from", "FROM NAMED", "NAMED", "FROMNAMED", "FROMg:", "FROM:1", "FROMg:1 ",
    "NAMEDg:2 ", "fromg:1", "fRoM", "g:1", ":2", "<urn:x:2>", "<urn:x:from>", " ", "\n", "\t", "",
    "", "#\n", "#x", "'", '"', "\\u0046ROM", "PREFIX g: <urn:x:> ", "PREFIXfromg:<urn:x:> ",
    "PREFIX NAMEDg: <urn:x:>", "BASE<urn:x:>", "*", "?from", "?x", "DESCRIBE", "SERVICE",
    "SERVICE ", "service:", "SERVICEg:", "ORDER BY", "LIMIT 1", "(1 AS ?z)", "DISTINCT ", "{",
    "}", "WHERE", "\xa0", "_", "-", ".", "1",
)  # fmt: skip


class _Every(Container[str]):
    """Holds every graph."""

    def __contains__(self, _: object) -> bool:
        return True


def store() -> ox.Store:
    """Return a store whose graphs say their names; the graph without a name too."""
    made = ox.Store()
    for name in (*GRAPHS, ""):
        node = ox.NamedNode(name or "urn:x:none")
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        made.add(ox.Quad(ox.NamedNode("urn:x:s"), ox.NamedNode("urn:x:p"), node, graph))
    return made


def mutate(chance: random.Random) -> str:
    """Return a query with some changes, most of which leave it readable."""
    query = chance.choice(SEEDS).replace("{}", _PATTERN, 1)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        spots = [found.span() for found in re.finditer(r"\s+|[\w:]+|<[^<>]*>|\W", query)]
        start, end = chance.choice(spots[: max(4, len(spots) * 2 // 3)])
        piece = chance.choice(_PIECES)
        changed = chance.choice(
            (
                query[:start] + query[end:],
                query[:start] + piece + query[end:],
                query[:start] + piece + query[start:],
                query[:end] + piece + query[end:],
                query[:start] + query[start:end].swapcase() + query[end:],
                query[:start] + query[start:end] + query[start:],
            )
        )
        query = changed if len(changed) < 2_000 else query
    return query


def answer(made: ox.Store, query: str, **dataset: Any) -> object:
    """Return what the engine answers, in a form to compare."""
    try:
        result = made.query(query, base_iri="urn:x:", **dataset)
        if isinstance(result, ox.QueryBoolean):
            return bool(result)
        if isinstance(result, ox.QuerySolutions):
            names = [each.value for each in result.variables]
            return Counter(tuple(str(row[name]) for name in names) for row in result)
        return Counter(map(str, result))
    except SyntaxError:
        return None
    except (OSError, RuntimeError, ValueError) as error:
        return f"failed: {error}"


def compare(made: ox.Store, query: str) -> str:
    """Say how the scan and the engine agree on a query.

    :return: ``same``, ``no query``, ``refused`` where the scan refuses what the engine answers,
        ``service`` where it found one, else what is wrong
    """
    own = answer(made, query)
    if own is None:
        return "no query"
    try:
        scanned = scan(query, base="urn:x:", depth=100)
        dataset = scanned.dataset(_Every())
    except UsageError as error:
        return f"refused: {error}"
    if scanned.services:
        return "service" if isinstance(own, str) else f"suspected: {scanned.services}"
    if isinstance(own, str) and "custom function" not in own:
        return f"a way out that was not seen: {own}"
    default, named = dataset or ([], GRAPHS)
    graphs: dict[str, Any] = {
        "default_graph": [ox.NamedNode(each) for each in default],
        "named_graphs": [ox.NamedNode(each) for each in named],
    }
    if dataset is None:
        graphs["default_graph"] = ox.DefaultGraph()
    return "same" if answer(made, query, **graphs) == own else f"another dataset: {dataset}"


def compared(count: int, seed: int) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Compare so many queries; return how often what came, and the queries with what is wrong."""
    made, chance = store(), random.Random(seed)
    counts: Counter[str] = Counter()
    wrong = []
    for _ in range(count):
        query = mutate(chance)
        told = compare(made, query)
        kind = told.partition(":")[0]
        counts[kind] += 1
        if kind not in {"same", "no query", "service"}:
            wrong.append((told, query))
    return counts, wrong

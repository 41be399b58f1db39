"""Terms of ours that a query names and nobody defines: it has no answer, and no error either."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Collection, Iterator

from gapgraph.namespaces import BASE, GG, graph_iri
from gapgraph.store.engine import Engine
from gapgraph.store.scan import resolve, tokens

__all__ = ["defined", "mistyped"]

#: What the ontology's graph says anything of, within its namespace.
_DEFINED = (
    f"SELECT DISTINCT ?term {{ GRAPH <{graph_iri('ontology')}> {{ ?term ?property ?value }} "
    f'FILTER(STRSTARTS(STR(?term), "{GG}")) }}'
)


def defined(store: Engine) -> frozenset[str]:
    """Return the local names of the terms that the ontology defines."""
    rows = store.select(_DEFINED).rows
    return frozenset(row[0].value.removeprefix(str(GG)) for row in rows if row[0])


def mistyped(query: str, known: Collection[str]) -> dict[str, str]:
    """Return the terms of our namespace that a query names and that are not defined.

    :param query: a query that an engine has read
    :param known: the local names of the terms that are defined
    :return: by local name, in the query's order, the one that may be meant; empty where none is
        like it

    >>> mistyped("PREFIX x: <https://w3id.org/gapgraph/ontology#> ASK { ?t a x:Topc }", {"Topic"})
    {'Topc': 'Topic'}
    """
    folded = {each.casefold(): each for each in sorted(known)}
    return {
        name: next(
            (folded[each] for each in difflib.get_close_matches(name.casefold(), folded, 1)), ""
        )
        for name in _named(query)
        if name not in known
    }


def _named(query: str) -> Iterator[str]:
    """Yield the local names of the terms of our namespace that a query names."""
    prefixes: dict[str, str] = {}
    declared = ""
    base = f"{BASE}sparql"
    words = ["", "", *(each.text.upper() for each in tokens(query))]
    for token, (earlier, before) in zip(tokens(query), itertools.pairwise(words), strict=False):
        iri = resolve(token, prefixes, base)
        if before == "BASE":
            base = iri or base
        elif earlier == "PREFIX":
            prefixes[declared] = iri or ""
        elif before == "PREFIX":
            declared = token.text.removesuffix(":")
        elif iri and iri.startswith(str(GG)) and iri != str(GG):
            yield iri.removeprefix(str(GG))

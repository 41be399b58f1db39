"""What States and territories are called, where nobody has written it down for this project.

The names are those of the Unicode CLDR.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from gapgraph.messages import territory
from gapgraph.namespaces import COUNTRY, DCTERMS, SKOS
from gapgraph.texts import LANGUAGES
from gapgraph.turtle import empty_graph

__all__ = ["state_labels"]

#: Where the names come from.
_SOURCE = Literal("Unicode CLDR, nombres de territorios", lang="es")


def state_labels(states: Iterable[URIRef], known: Graph) -> Graph:
    """Return the names of States that have none yet, in every language of the interface.

    :param states: the States or territories that analyses are of; one that is named otherwise than
        by its code of three letters is left out
    :param known: what is known of them
    """
    graph = empty_graph()
    for state in states:
        code = str(state).removeprefix(COUNTRY)
        if code == str(state) or (state, SKOS.prefLabel, None) in known:
            continue
        for language in LANGUAGES:
            name = territory(code, language)
            if name:
                graph.add((state, DCTERMS.source, _SOURCE))
                graph.add((state, SKOS.prefLabel, Literal(name, lang=language)))
    return graph

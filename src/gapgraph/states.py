"""What States and territories are called, where nobody has written it down for this project.

The names are those of the Unicode CLDR, which knows territories by their codes of two letters, and
those of three (ISO 3166-1) as aliases of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from babel.core import Locale, get_global
from rdflib import Graph, Literal, URIRef

from gapgraph.namespaces import COUNTRY, DCTERMS, SKOS
from gapgraph.texts import LANGUAGES

__all__ = ["state_labels"]

#: Where the names come from.
_SOURCE = Literal("Unicode CLDR, nombres de territorios", lang="es")


def state_labels(states: Iterable[URIRef], known: Graph) -> Graph:
    """Return the names of States that have none yet, in every language of the interface.

    :param states: the States or territories that analyses are of; one that is named otherwise than
        by its code of three letters is left out
    :param known: what is known of them
    """
    graph = Graph(bind_namespaces="none")
    for state in states:
        code = str(state).removeprefix(COUNTRY)
        aliases = get_global("territory_aliases").get(code, [])
        if code == str(state) or len(aliases) != 1 or (state, SKOS.prefLabel, None) in known:
            continue
        graph.add((state, DCTERMS.source, _SOURCE))
        for language in LANGUAGES:
            name = Locale.parse(language).territories.get(aliases[0])
            if name:
                graph.add((state, SKOS.prefLabel, Literal(name, lang=language)))
    return graph

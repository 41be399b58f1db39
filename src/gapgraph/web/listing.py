"""The catalogue of stored queries as data: JSON, and RDF that SPARQL editors read."""

from __future__ import annotations

import json

from gapgraph.namespaces import CC_BY, graph_iri
from gapgraph.queries.description import describe
from gapgraph.queries.results import FORMATS
from gapgraph.web.description import dump
from gapgraph.web.formats import DATASET_MEDIA
from gapgraph.web.negotiate import Offer
from gapgraph.web.service import Service

__all__ = ["LABELS", "OFFERS", "write"]

_MEDIA = {"json": "application/json", **DATASET_MEDIA}

#: The formats the catalogue comes in, beside the page.
OFFERS = tuple(Offer(name, media) for name, media in _MEDIA.items())


#: What people call these formats.
LABELS = {name: FORMATS[name].label if name in FORMATS else name for name in _MEDIA}


def write(current: Service, name: str) -> bytes:
    """Return the catalogue in a format of `OFFERS`; its RDF is the graph of the dataset.

    :param current: the build and its stored queries
    """
    if name != "json":
        return dump(current, name, str(graph_iri("queries")))
    listed = {
        "license": str(CC_BY),
        "dataset": current.dataset.version,
        "queries": [describe(query) for query in current.catalogue],
    }
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()

"""An answer to a stored query: its address, the formats it comes in, what its headers tell."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from gapgraph.files import sha256
from gapgraph.namespaces import last_segment
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.collation import fold
from gapgraph.queries.results import FORMATS, formats_of
from gapgraph.queries.stored import StoredQuery
from gapgraph.web.formats import RDF_MEDIA
from gapgraph.web.headers import related
from gapgraph.web.negotiate import HTML, Offer, offers_from
from gapgraph.web.options import Options

__all__ = ["ITSELF", "answer_headers", "named", "offers_of"]

_QUERY = Offer("rq", "application/sparql-query")
#: The formats of a query itself, rather than of its answer.
ITSELF = (_QUERY, *offers_from(RDF_MEDIA))

#: The longest name of a file, in characters, before its number.
_LONGEST = 80


def named(catalogue: Catalogue, name: str) -> tuple[StoredQuery, str]:
    """Return the query that an address names, and the suffix it bears.

    :param name: what follows ``/queries/``
    :raises NotFoundError: where no stored query has the name
    """
    stem, dot, suffix = name.rpartition(".")
    return (catalogue[stem], suffix) if dot and stem in catalogue else (catalogue[name], "")


@functools.cache
def offers_of(form: str) -> tuple[Offer, ...]:
    """Return what is on offer at the address of a query of a form (``SELECT`` …).

    It is the formats of its answer, the page, and the formats of the query itself.

    What asks for nothing in particular is a program: it gets data, the standard's own first.
    """
    names = sorted(formats_of(form), key="table".__eq__)
    offers = offers_from({each: FORMATS[each].media_type for each in names})
    # RDF is that of the answer, where it is RDF.
    known = {*names}
    return (*offers, HTML, *(each for each in ITSELF if each.name not in known))


def answer_headers(
    query: StoredQuery,
    wanted: str,
    options: Options,
    *,
    total: int | None,
    links: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """Return what the headers of an answer tell: format, file name, total, other pages.

    :param wanted: the name of the format
    :param total: how many rows there are on all pages together; nothing where there are none
    :param links: addresses of other pages, by relation (RFC 8288)
    """
    form = FORMATS[wanted]
    links_told = [f'<{link}>; rel="{name}"' for name, link in links.items()]
    if wanted == "csv":
        # Beside the file, whatever prefix it stands under.
        described = f"{query.id}.csv-metadata.json"
        links_told.append(f'<{described}>; rel="describedby"; type="application/csvm+json"')
    told = [
        ("Content-Type", form.media_type),
        (
            "Content-Disposition",
            f'inline; filename="{_file_name(query, options)}{form.suffix}"',
        ),
        ("Link", related(*links_told)),
    ]
    if total is not None:
        told.append(("X-Total-Count", str(total)))
    return told


def _file_name(query: StoredQuery, options: Options) -> str:
    """Return a name that tells an answer from others in a folder of downloads."""
    given = [
        last_segment(value) if value.startswith(("http:", "https:")) else value
        for each in options.values.values()
        for value in each
    ]
    if options.limit is not None:
        given.append(f"{options.offset + 1}-{options.offset + options.limit}")
    elif options.offset:
        given.append(f"{options.offset + 1}-")
    if options.lang not in {"", "es"}:
        given.append(options.lang)
    given += ["labels"] * options.labels + ["excel"] * options.excel
    words = re.sub(r"[^a-z0-9.]+", "-", "-".join([query.id, *map(fold, given)])).strip("-.")
    if options.sort or options.filters or len(words) > _LONGEST:
        # What is too much for a name, or has no letters to tell it by, has a number of its own.
        asked = repr((sorted(options.values.items()), options.sort, options.filters))
        words = f"{words[:_LONGEST].strip('-.')}-{sha256(asked)[:8]}"
    return words

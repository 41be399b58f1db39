"""Where an answer of the service stands in a site of files (`gapgraph.site`), and back.

A site has no parameters: the language is a folder, and each other parameter a part of the path.
The service leads from such an address to its own, so that addresses go on where it takes over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlencode

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.web.base import local, quoted

__all__ = ["address_of", "file_of", "has_suffix", "register"]

#: What a page without a suffix is as a file.
_INDEX = "index.html"
#: Pages whose file has a name of its own.
_NAMED = {"sparql": "sparql.html"}
#: Files whose name has no suffix.
_BARE = frozenset({".well-known/void"})
#: The suffixes of files; the last part of an IRI may have a dot without one (topic 19.2).
_SUFFIX = re.compile(
    r"\.(?:css|csv|docx|gz|html|ico|js|json|jsonld|md|n3|nq|nt|png|rdf|rq|srj|srx|svg|trig|tsv"
    r"|ttl|txt|wasm|xlsx|xml|zip)$"
)
_PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=(.*)", re.DOTALL)
#: What stands as it is in a part of a path that is a parameter.
_SAFE = ",;:@ "


def has_suffix(path: str) -> bool:
    """Tell whether a path ends in the suffix of a file."""
    return path in _BARE or bool(_SUFFIX.search(path))


def file_of(path: str, pairs: Iterable[tuple[str, str]] = (), lang: str = SOURCE) -> str:
    """Return the file of an answer, from the site's folder.

    >>> file_of("gaps", [("status", "none")], "en")
    'en/gaps/status=none/index.html'
    >>> file_of("report.docx", [("directive", "7")]), file_of("id/concept/victim.html")
    ('report/directive=7.docx', 'id/concept/victim.html')

    :param path: the path within the service, without a leading slash, not percent-encoded
    :param pairs: its parameters without the language; empty ones count as none
    :param lang: the language; that of the texts has no folder
    """
    folder = "" if lang == SOURCE else f"{lang}/"
    parts = [f"{name}={quote(value, safe=_SAFE)}" for name, value in sorted(pairs) if value]
    path = path.rstrip("/")
    if path in _BARE and not parts:
        return folder + path
    if path in _NAMED:
        path = _NAMED[path]
    suffix = _SUFFIX.search(path)
    if suffix:
        return folder + "/".join([path.removesuffix(suffix[0]), *parts]) + suffix[0]
    return folder + "/".join([*filter(None, [path]), *parts, _INDEX])


def address_of(file: str) -> str | None:
    """Return the address of what a file of a site holds; nothing for an address that is no file's.

    >>> address_of("en/gaps/status=none/"), address_of("report/directive=7.docx")
    ('gaps?lang=en&status=none', 'report.docx?directive=7')
    >>> address_of("gaps") is None
    True

    :param file: its path from the site's folder, not percent-encoded; an index may be left out
    """
    parts = file.split("/")
    pairs = []
    if parts[0] in LANGUAGES and parts[0] != SOURCE:
        pairs.append(("lang", parts[0]))
        parts = parts[1:] or [""]
    index = parts[-1] == _INDEX
    if index or (parts[-1] == "" and len(parts) > 1 and "=" in parts[-2]):
        parts.pop()
    suffix = "" if index or not parts else (_SUFFIX.search(parts[-1]) or [""])[0]
    given: list[tuple[str, str]] = []
    while parts and (found := _PAIR.fullmatch(parts[-1].removesuffix(suffix if not given else ""))):
        given.append((found[1], unquote(found[2])))
        parts.pop()
    path = "/".join(parts) + (suffix if given and parts else "")
    named = {name: own for own, name in _NAMED.items()}
    if not (pairs or index or given or path in named):
        return None
    query = urlencode([*pairs, *reversed(given)])
    return named.get(path, path) + (f"?{query}" if query else "")


def register(app: Flask) -> None:
    """Lead from each address of a site's file to the service's own, with its parameters."""

    @app.before_request
    def from_file() -> Response | None:
        """Lead to the service's own address, where this one is a file's."""
        found = address_of(request.path.lstrip("/"))
        if found is None or request.method not in {"GET", "HEAD"}:
            return None
        path, mark, query = found.partition("?")
        target = local(quoted(path))
        asked = "&".join(filter(None, [query, request.query_string.decode("ascii", "replace")]))
        return redirect(target + (f"?{asked}" if asked else mark), code=308)

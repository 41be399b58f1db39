"""``SERVICE``, for the endpoints that the service's owner lists.

A worker never gets a way out.  What a SERVICE clause asks is asked here, before the query runs, of
exactly the endpoint listed: no redirect is followed, nothing else is opened, and time and bytes
are limited.  The answer takes the clause's place as ``VALUES`` (SPARQL 1.1 Federated Query,
section 4: the clause's solutions are joined with the rest), and the query then runs as any other.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from gapgraph.errors import DeadlineError, EngineError, TooMuchError, UsageError
from gapgraph.iris import iri_fault
from gapgraph.store.scan import Scan, Token, resolve

__all__ = ["answer_services"]

#: The largest answer of an endpoint, in bytes.
_LARGEST = 8_000_000
_MOST_CLAUSES = 8
#: A blank node of an endpoint gets an IRI here (RDF 1.1 Concepts, section 3.5: Skolemization).
_SKOLEM = "urn:gapgraph:bnode:"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: an answer that points elsewhere is an error."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Make no request."""


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def answer_services(
    scanned: Scan, query: str, *, allowed: Collection[str], seconds: float, limit: int
) -> str:
    """Return a query with the answers of its SERVICE clauses in their places.

    :param scanned: the query, scanned
    :param allowed: the endpoints that may be asked
    :param seconds: how long all of it may take
    :param limit: the longest query that is sent, in bytes
    :raises UsageError: where an endpoint is not listed, or none is named
    :raises EngineError: where an endpoint fails and the clause is not SILENT
    :raises DeadlineError: where the endpoints take too long
    """
    clauses = [_clause(scanned, query, place, allowed) for place in scanned.services]
    if len(clauses) > _MOST_CLAUSES:
        raise UsageError(f"the query has {len(clauses)} SERVICE", todo=f"use {_MOST_CLAUSES}")
    prologue = f"BASE <{scanned.base}>\n" + "".join(
        f"PREFIX {name}: <{iri}>\n" for name, iri in scanned.prefixes.items()
    )
    deadline = time.monotonic() + seconds
    done = 0
    parts: list[str] = []
    for start, end, endpoint, silent, pattern in clauses:
        if start < done:
            raise UsageError("a SERVICE stands within another", todo="ask them side by side")
        asked = f"{prologue}SELECT * WHERE {pattern}"
        if len(asked.encode()) > limit:
            raise UsageError(f"a SERVICE clause is longer than {limit} bytes", todo="shorten it")
        try:
            values = _values(_ask(endpoint, asked, deadline))
        except (EngineError, TooMuchError):
            if not silent:
                raise
            values = "{}"  # one empty solution (Federated Query, section 2.3)
        parts += [query[done:start], values]
        done = end
    return "".join([*parts, query[done:]])


def _clause(
    scanned: Scan, query: str, place: int, allowed: Collection[str]
) -> tuple[int, int, str, bool, str]:
    """Return where a clause starts and ends, its endpoint, whether it is silent, its pattern."""
    tokens = scanned.tokens
    following = place + 1
    silent = following < len(tokens) and tokens[following].text.upper() == "SILENT"
    following += silent
    if tokens[place].text.upper() != "SERVICE" or following + 1 >= len(tokens):
        _refuse("", allowed)
    endpoint = resolve(tokens[following], scanned.prefixes, scanned.base)
    if endpoint is None or endpoint not in allowed:
        _refuse(endpoint or tokens[following].text, allowed)
    opening = tokens[following + 1]
    closing = _closing(tokens, following + 1)
    if opening.text != "{" or closing is None:
        raise UsageError("a SERVICE has no pattern in braces", todo="write SERVICE <…> { … }")
    end = tokens[closing].start + 1
    return tokens[place].start, end, endpoint, silent, query[opening.start : end]


def _closing(tokens: list[Token], opening: int) -> int | None:
    """Return the place of the bracket that closes another."""
    depth = tokens[opening].depth
    for place in range(opening + 1, len(tokens)):
        if tokens[place].kind == "close" and tokens[place].depth == depth:
            return place
    return None


def _refuse(endpoint: str, allowed: Collection[str]) -> NoReturn:
    """Say that an endpoint may not be asked."""
    what = f"SERVICE {endpoint[:200]}".strip()
    raise UsageError(
        f"{what} is refused: this service opens no connection to others",
        todo=(
            "ask one of " + ", ".join(sorted(allowed))
            if allowed
            else "take SERVICE out, and join the answers yourself"
        ),
    )


def _ask(endpoint: str, query: str, deadline: float) -> dict[str, Any]:
    """Ask an endpoint and return its answer as SPARQL JSON."""
    request = urllib.request.Request(  # noqa: S310 (the endpoint is one that was listed)
        endpoint,
        data=urllib.parse.urlencode({"query": query}).encode(),
        headers={"Accept": "application/sparql-results+json"},
    )
    content = bytearray()
    try:
        with _opener.open(request, timeout=max(0.001, deadline - time.monotonic())) as answer:
            while chunk := answer.read1(65_536):
                content += chunk
                if len(content) > _LARGEST:
                    raise TooMuchError(
                        f"the answer of {endpoint} is larger than {_LARGEST} bytes",
                        todo="narrow the pattern of SERVICE",
                    )
                if time.monotonic() > deadline:
                    raise TimeoutError
        read = json.loads(content)
        if not isinstance(read["results"]["bindings"], list):
            raise TypeError
    except TimeoutError as error:
        raise DeadlineError(f"{endpoint} did not answer in time") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise DeadlineError(f"{endpoint} did not answer in time") from error
        told = f"status {error.code}" if isinstance(error, urllib.error.HTTPError) else "no answer"
        raise EngineError(f"SERVICE {endpoint} failed ({told})") from error
    return dict(read)


def _values(answer: Mapping[str, Any]) -> str:
    """Return an answer as an inline table.

    :raises EngineError: where it is not SPARQL 1.1 Query Results JSON
    """
    try:
        names = [name for name in answer["head"]["vars"] if re.fullmatch(r"\w+", name)]
        rows = [
            " ".join(_term(row[name]) if name in row else "UNDEF" for name in names)
            for row in answer["results"]["bindings"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise EngineError("the answer of a SERVICE is not SPARQL JSON") from error
    columns = " ".join(f"?{name}" for name in names)
    return f"{{ VALUES ({columns}) {{ {' '.join(f'({row})' for row in rows)} }} }}"


def _term(term: Mapping[str, str]) -> str:
    """Return a term as SPARQL writes it.

    :raises TypeError: for what is no term
    :raises EngineError: for an IRI that is none
    """
    kind, value = term["type"], str(term["value"])
    if kind == "bnode":
        return f"<{_SKOLEM}{urllib.parse.quote(value, safe='')}>"
    if kind == "uri":
        if fault := iri_fault(value):
            raise EngineError(
                f"the answer of a SERVICE has {value[:200]!r}, which is no IRI ({fault})"
            )
        return f"<{value}>"
    if kind not in {"literal", "typed-literal"}:
        raise TypeError
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    language = term.get("xml:lang")
    if language and re.fullmatch(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*", language):
        return f"{text}@{language}"
    datatype = term.get("datatype")
    return f"{text}^^{_term({'type': 'uri', 'value': datatype})}" if datatype else text

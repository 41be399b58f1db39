"""The headers of answers: the one place that names their licence, version, caching and readers.

Every answer goes through `complete`, or, where Flask is not asked, takes `every_answer`.  A view
says only how long its answer may be kept, where that differs from the usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from flask import Response, make_response
from werkzeug.wrappers import Response as BaseResponse

from gapgraph.namespaces import CC_BY
from gapgraph.web import policy

__all__ = [
    "as_file",
    "complete",
    "content_type",
    "every_answer",
    "for_good",
    "never_kept",
    "proven",
    "public",
    "related",
]

_Answer = TypeVar("_Answer", bound=BaseResponse)

#: What negotiation reads (RFC 9110, section 12.5.5).
_VARY = "Accept, Accept-Language, Accept-Encoding"
_LICENCE = f'<{CC_BY}>; rel="license"'
#: How long an answer that is the same for everybody is kept without asking, in seconds.
_A_WHILE = 60


def public(response: _Answer, *, seconds: int = _A_WHILE) -> _Answer:
    """Mark an answer as the same for everybody until the next build."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def proven(response: _Answer) -> _Answer:
    """Mark an answer as one to ask about again, by its validator."""
    response.headers["Cache-Control"] = "no-cache"
    return response


def never_kept(response: _Answer) -> _Answer:
    """Mark an answer as one that nobody keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response


def for_good(response: _Answer, *, exact: bool) -> _Answer:
    """Mark a file of the service's own, which is no part of the dataset.

    :param exact: whether its address names its content (RFC 8246)
    """
    public(response, seconds=31_536_000 if exact else _A_WHILE)
    if exact:
        response.headers["Cache-Control"] += ", immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def content_type(media: str) -> str:
    """Return a media type as a header has it: texts are in UTF-8.

    >>> content_type("text/turtle"), content_type("application/n-quads")
    ('text/turtle; charset=utf-8', 'application/n-quads')
    """
    return f"{media}; charset=utf-8" if media.startswith("text/") and ";" not in media else media


def as_file(content: bytes | str, media: str, name: str = "", *, shown: bool = False) -> Response:
    """Return content with its media type, as a file with a name.

    :param media: its media type
    :param name: what a browser calls the file; none where it is empty
    :param shown: whether a browser shows it where it can, rather than keeping it
    """
    response = make_response(content)
    response.headers["Content-Type"] = content_type(media)
    if name:
        way = "inline" if shown else "attachment"
        response.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    return response


def related(*links: str) -> str:
    """Return a header ``Link``: the licence, then others as RFC 8288 writes them."""
    return ", ".join([_LICENCE, *links])


def complete(response: Response, version: str) -> Response:
    """Give an answer the headers that every one has, as far as it has none of its own.

    :param version: that of the dataset; what is of another one has said so
    """
    headers = response.headers
    headers.setdefault("X-Dataset-Version", version)
    # Files of the service's own are code, under other licences, and vary by coding alone.
    if headers.setdefault("Vary", _VARY) == _VARY:
        links = [each for each in headers.getlist("Link") if _LICENCE not in each]
        if links or "Link" not in headers:
            headers["Link"] = related(*links)
    headers.extend(policy.EVERY_ANSWER)
    headers.setdefault("Content-Security-Policy", policy.PAGE)
    return response


def every_answer(
    version: str, own: Iterable[tuple[str, str]], *, shared: bool
) -> list[tuple[str, str]]:
    """Return the headers of an answer that Flask was not asked for.

    :param version: that of the dataset
    :param own: what the answer itself says
    :param shared: whether it is the same for everybody until the next build
    """
    named = dict(own)
    return [
        *named.items(),
        *([] if "Link" in named else [("Link", _LICENCE)]),
        ("Cache-Control", f"public, max-age={_A_WHILE}" if shared else "no-cache"),
        ("X-Dataset-Version", version),
        ("Vary", _VARY),
        *policy.EVERY_ANSWER.items(),
        ("Content-Security-Policy", policy.PAGE),
    ]

"""Content codings (RFC 9110, section 8.4): which a request wants, and bodies in them."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable

import brotli
from werkzeug.http import parse_accept_header

__all__ = [
    "CODINGS",
    "IDENTITY",
    "coding_of",
    "compressible",
    "encode",
    "encoding_for",
    "tag_of",
]

#: The content as it is.
IDENTITY = "identity"
#: Bodies smaller than this are not worth compressing.
_SMALLEST = 500
#: ``Accept-Encoding`` of more characters than this is read each time.
_LONGEST_HEADER = 100
_COMPRESSIBLE = (
    "text/",
    "application/javascript",
    "application/json",
    "application/n-quads",
    "application/n-triples",
    "application/trig",
    "image/svg",
)
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=5),
    "gzip": functools.partial(gzip.compress, compresslevel=6, mtime=0),
}
#: For what is sent once.
_QUICK: dict[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=1),
    "gzip": functools.partial(gzip.compress, compresslevel=1, mtime=0),
}
#: The codings on offer beside the content as it is.
CODINGS = tuple(_ENCODERS)


def _read_coding(accepted: str) -> str:
    wanted = {value.lower(): quality for value, quality in parse_accept_header(accepted)}
    star = wanted.get("*", 0.0)
    best = max(_ENCODERS, key=lambda name: wanted.get(name, star))
    quality = wanted.get(best, star)
    # The content as it is counts as wanted unless its quality says how much (section 12.5.3).
    return best if quality > 0 and quality >= wanted.get(IDENTITY, 0.0) else IDENTITY


_known_coding = functools.lru_cache(maxsize=256)(_read_coding)


def encoding_for(accepted: str) -> str:
    """Return the content coding that a header ``Accept-Encoding`` wants: br, gzip or identity.

    >>> encoding_for("gzip, br;q=0.5"), encoding_for("*"), encoding_for("gzip;q=0")
    ('gzip', 'br', 'identity')
    """
    return (_known_coding if len(accepted) <= _LONGEST_HEADER else _read_coding)(accepted)


def compressible(media: str, length: int) -> bool:
    """Tell whether a body is worth compressing.

    :param media: its media type, with or without parameters
    :param length: how many bytes it has
    """
    return length >= _SMALLEST and (
        media.startswith(_COMPRESSIBLE)
        or "+xml" in media
        or "+json" in media
        or media.startswith("application/xml")
    )


def coding_of(accepted: str, media: str, length: int) -> str:
    """Return the coding that a body is sent in.

    :param accepted: the header ``Accept-Encoding``
    :param media: the media type of the body
    :param length: how many bytes it has
    """
    return encoding_for(accepted) if compressible(media, length) else IDENTITY


def encode(body: bytes, coding: str, *, quick: bool = False) -> bytes:
    """Return a body in a coding that `encoding_for` gives.

    :param quick: whether it is sent once, so that time counts more than length
    """
    if coding == IDENTITY:
        return body
    return (_QUICK if quick else _ENCODERS)[coding](body)


def tag_of(tag: str, coding: str) -> str:
    """Return the entity tag, without quotes, of a coding of what has another tag as it is."""
    return tag if coding == IDENTITY else f"{tag}-{coding}"

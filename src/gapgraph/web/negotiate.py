"""Which of the formats on offer an answer takes (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

__all__ = ["Offer", "best_of", "best_offer", "quality"]


#: A longer header is read anew each time, so that none fills the memory.
_LONGEST = 500


@dataclass(frozen=True)
class Offer:
    """A format on offer.

    :param name: its short name, which is also its suffix in addresses
    :param media: its media type, without parameters
    """

    name: str
    media: str


def quality(accepted: MIMEAccept, media: str) -> float:
    """Return how much a media type is wanted, from 0 (not at all) to 1.

    The most specific range that matches decides: ``text/html;q=0, */*`` refuses HTML.

    :param accepted: the header ``Accept``; an empty one takes everything
    """
    if not accepted:
        return 1.0
    kind = media.partition("/")[0]
    decided = (-1, 0.0)
    for value, wanted in accepted:
        pattern = value.partition(";")[0].strip().lower()
        rank = {media: 2, f"{kind}/*": 1, "*/*": 0, "*": 0}.get(pattern, -1)
        if rank > decided[0] or (rank == decided[0] and wanted > decided[1]):
            decided = (rank, wanted)
    return decided[1] if decided[0] >= 0 else 0.0


def best_offer(offers: Sequence[Offer]) -> Offer:
    """Return the offer that the request's ``Accept`` wants most; the first of equals.

    :param offers: the formats, the service's own preference first
    :raises NotAcceptable: where none is wanted
    """
    best = best_of(request.headers.get("Accept", ""), tuple(offers))
    if best is None:
        own = {offer.name: offer.media for offer in reversed(offers)}
        names = ", ".join(reversed(own.values()))
        raise NotAcceptable(f"none of the wanted formats is on offer: use one of {names}")
    return best


def best_of(header: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Return the offer that a header ``Accept`` wants most; nothing where it wants none."""
    return (_known_best if len(header) <= _LONGEST else _best)(header, offers)


def _best(header: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Read a header, and return the best offer."""
    accepted = parse_accept_header(header, MIMEAccept)
    best = max(offers, key=lambda offer: quality(accepted, offer.media))
    return best if quality(accepted, best.media) > 0 else None


#: Programs of one kind send one header, again and again.
_known_best = functools.lru_cache(maxsize=256)(_best)

"""Which of the formats on offer an answer takes (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable

__all__ = ["Offer", "best_offer", "quality"]


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
    accepted = request.accept_mimetypes
    best = max(offers, key=lambda offer: quality(accepted, offer.media))
    if quality(accepted, best.media) <= 0:
        names = ", ".join(offer.media for offer in offers)
        raise NotAcceptable(f"none of the wanted formats is on offer: use one of {names}")
    return best

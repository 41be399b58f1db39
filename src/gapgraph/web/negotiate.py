"""The format of an answer: the one reader of suffix, ``format`` and ``Accept``, for every address.

A view declares what it offers (`gives`) and asks which of it is wanted (`chosen`); the description
of the service (`gapgraph.web.openapi`) reads the same declarations.  A suffix that names nothing
on offer is 404, a ``format`` that does 400, an ``Accept`` that wants none of it 406 (RFC 9110,
section 12.5.1).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from flask import current_app, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from gapgraph.errors import NotFoundError, UsageError

__all__ = [
    "HTML",
    "Given",
    "Offer",
    "best_of",
    "choose",
    "chosen",
    "given",
    "gives",
    "offers_from",
    "prefers_page",
    "split",
    "takes_page",
]

_View = TypeVar("_View", bound=Callable[..., Any])

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


HTML = Offer("html", "text/html")


class Given(NamedTuple):
    """What a view offers.

    :param offers: the formats, its own preference first; one of several media types several times
    :param names: what ``format`` may say
    :param media: the media types that answers bear
    """

    offers: tuple[Offer, ...] = ()
    names: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


_GIVEN: dict[Callable[..., Any], Given] = {}


def offers_from(media: Mapping[str, str]) -> tuple[Offer, ...]:
    """Return formats as offers.

    :param media: their media types by name; parameters of a type are left out
    """
    return tuple(Offer(name, each.partition(";")[0]) for name, each in media.items())


def gives(*offers: Offer, names: Sequence[str] = ()) -> Callable[[_View], _View]:
    """Declare what a view offers, its own preference first.

    :param offers: the formats; one of several media types stands several times
    :param names: what ``format`` may say, where that is not the offers' names: each answer then
        bears the media type that was asked for, and else the first of its name
    """
    known = _first(offers)
    media = (each.media for each in (offers if names else known.values()))

    def declare(view: _View) -> _View:
        _GIVEN[view] = Given(offers, tuple(names or known), tuple(dict.fromkeys(media)))
        return view

    return declare


def given(view: Callable[..., Any]) -> Given:
    """Return what a view offers; nothing where it declares none."""
    return _GIVEN.get(view, Given())


def chosen(what: str, suffix: str = "", offers: Sequence[Offer] = ()) -> Offer:
    """Return the offer that the current request asks for, see `choose`.

    :param what: what is asked for, as a message calls it
    :param suffix: the suffix of the address; none if empty
    :param offers: the formats, where they depend on more than the view; else what it declares
    """
    view = current_app.view_functions[str(request.endpoint)]
    return choose(
        offers or given(view).offers,
        what,
        suffix=suffix,
        asked=request.args.get("format", ""),
        accept=request.headers.get("Accept", ""),
    )


def choose(
    offers: Sequence[Offer], what: str, *, suffix: str = "", asked: str = "", accept: str = ""
) -> Offer:
    """Return the offer that a suffix, ``format`` or the header ``Accept`` asks for.

    :param offers: the formats, the service's own preference first
    :param what: what is asked for, as a message calls it
    :param suffix: the suffix of the address; none if empty
    :param asked: the parameter ``format``; none if empty
    :param accept: the header
    :raises NotFoundError: for a suffix that names no format
    :raises UsageError: for a ``format`` that names none, or another than the suffix
    :raises NotAcceptable: where the header wants none
    """
    if not suffix and not asked:
        best = best_of(accept, tuple(offers))
        if best is None:
            media = ", ".join(dict.fromkeys(_first(offers)[offer.name].media for offer in offers))
            raise NotAcceptable(f"none of the wanted formats is on offer: use one of {media}")
        return best
    known = _first(offers)
    told = "use one of " + ", ".join(known)
    if suffix and suffix not in known:
        raise NotFoundError(f"{what} has no format {suffix[:20]!r}", todo=told)
    if asked and asked not in known:
        raise UsageError(f"{what} has no format {asked[:20]!r}", todo=told, parameter="format")
    if suffix and asked and asked != suffix:
        raise UsageError(
            f"the address ends in .{suffix} and the parameter format is {asked!r}",
            todo="ask for one format",
            parameter="format",
        )
    return known[suffix or asked]


def _first(offers: Iterable[Offer]) -> dict[str, Offer]:
    """Return the first offer of each name, under its own media type."""
    known: dict[str, Offer] = {}
    for offer in offers:
        known.setdefault(offer.name, offer)
    return known


def split(path: str, offers: Sequence[Offer]) -> tuple[str, str]:
    """Return a path without the suffix that names a format on offer, and the suffix.

    A last part with a dot may be a name of its own (``topic/7.1``): it is left whole.
    """
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and suffix in _first(offers) else (path, "")


def best_of(header: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Return the offer that a header ``Accept`` wants most, the first of equals.

    :return: nothing where it wants none
    """
    return (_known_best if len(header) <= _LONGEST else _best)(header, offers)


def takes_page(header: str) -> bool:
    """Tell whether a header ``Accept`` takes a page at all."""
    return best_of(header, (HTML,)) is not None


def prefers_page(header: str, others: Iterable[str]) -> bool:
    """Tell whether a header ``Accept`` wants a page more than anything else on offer.

    :param others: the media types of what else there is
    """
    return best_of(header, (*(Offer("", each) for each in others), HTML)) is HTML


def _best(header: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Read a header, and return the best offer."""
    accepted = parse_accept_header(header, MIMEAccept)
    best = max(offers, key=lambda offer: _quality(accepted, offer.media))
    return best if _quality(accepted, best.media) > 0 else None


#: Programs of one kind send one header, again and again.
_known_best = functools.lru_cache(maxsize=256)(_best)


def _quality(accepted: MIMEAccept, media: str) -> float:
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

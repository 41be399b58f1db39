"""Addresses of pages for IRIs, and the figures that templates draw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from gapgraph.namespaces import BASE, GG, ID, last_segment
from gapgraph.web.links import link
from gapgraph.web.pages.topics import Tally

__all__ = ["Segment", "href", "sdg", "segments", "short"]

#: Outside addresses that a page may link to; all others are shown as text.
_WEB = ("http://", "https://")
#: A goal or a target, as the UN names them.
_SDG = re.compile(r"http://metadata\.un\.org/sdg/([0-9]+(?:\.[0-9a-z]+)?)")


def href(iri: str) -> str:
    """Return the address of the page about an IRI; nothing for one that cannot be followed.

    Ours lead to this service; others lead away, over HTTP only.
    """
    if iri.startswith(str(ID)):
        return link(iri, ".html", page=True)
    if iri.startswith(str(GG)):
        return url_for("resources.ontology", _anchor=iri.removeprefix(str(GG)))
    if iri.startswith(f"{BASE}queries/"):
        return url_for("questions.answer", name=last_segment(iri))
    return iri if iri.startswith(_WEB) else ""


def sdg(iri: str) -> str:
    """Return the number of a goal or target of the Sustainable Development Goals.

    >>> sdg("http://metadata.un.org/sdg/16.2")
    '16.2'
    >>> sdg("http://metadata.un.org/sdg/C160202")
    ''
    """
    found = _SDG.fullmatch(iri)
    return found[1] if found else ""


def short(iri: str) -> str:
    """Return an IRI with the base of ours left out."""
    return f"…/{iri.removeprefix(BASE)}" if iri.startswith(BASE) else iri


@dataclass(frozen=True)
class Segment:
    """A piece of a stacked bar, in percent of its width.

    :param name: the status it stands for
    """

    name: str
    count: int
    start: float
    width: float

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return round(self.start + self.width / 2, 3)


def segments(counted: Tally, names: Sequence[str] = ()) -> list[Segment]:
    """Return the pieces of a stacked bar.

    :param counted: topics by status
    :param names: the statuses to draw; all if none
    """
    found, start = [], 0.0
    for name, count in counted.counts.items():
        if count and (not names or name in names):
            width = round(100 * count / counted.total, 3)
            found.append(Segment(name, count, round(start, 3), width))
            start += width
    return found

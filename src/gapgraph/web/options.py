"""How an answer is given: the reserved parameters, read and checked; links to other pages of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from gapgraph.errors import UsageError
from gapgraph.queries.fields import RESERVED
from gapgraph.queries.results import Result
from gapgraph.web.language import lookup

__all__ = ["Options", "page_links"]

#: Parameters that are given at most once.
_SINGLE = ("limit", "offset", "format", "lang", "labels", "excel")
#: Parameters that say which page.
_PAGE = ("limit", "offset")
_TRUE = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class Options:
    """How an answer is given.

    :param values: the query's own parameters, each with its values
    :param limit: rows to a page; all if none
    :param offset: rows left out first
    :param sort: columns to sort by
    :param filters: conditions on columns
    :param form: the format asked for by name
    :param labels: whether labels stand beside IRIs
    :param excel: whether a spreadsheet will open it
    :param lang: the language that ``lang`` finds; none if empty
    """

    values: Mapping[str, Sequence[str]]
    limit: int | None
    offset: int
    sort: tuple[str, ...]
    filters: tuple[str, ...]
    form: str
    labels: bool
    excel: bool
    lang: str = ""

    @classmethod
    def of(cls, given: MultiDict[str, str]) -> Options:
        """Read the parameters of an address.

        An empty value is one that was not given, as a form sends a field left empty; but a switch
        that is named says which way.

        :raises UsageError: naming the parameter, for one given twice or of a wrong kind
        """
        for name in _SINGLE:
            if len(given.getlist(name)) > 1:
                raise UsageError(
                    f"the parameter {name} is given more than once", todo="give one", parameter=name
                )
        own: dict[str, list[str]] = {}
        for name, values in given.lists():
            kept = [value for value in values if value]
            if name not in RESERVED and (kept or name == ""):
                own[name] = kept
        sort = [key for value in given.getlist("sort") for key in value.split(",") if key]
        return cls(
            values=own,
            limit=_count(given, "limit"),
            offset=_count(given, "offset") or 0,
            sort=tuple(sort),
            filters=tuple(value for value in given.getlist("filter") if value),
            form=given.get("format", ""),
            labels=_flag(given, "labels"),
            excel=_flag(given, "excel"),
            lang=lookup(given.get("lang", "")) or "",
        )

    def plain(self) -> bool:
        """Tell whether every row is wanted just as the query gives it."""
        asked = (self.offset, self.sort, self.filters, self.labels, self.excel)
        return self.limit is None and not any(asked)

    def arguments(self, lang: str) -> dict[str, Any]:
        """Return what `gapgraph.queries.results.run` takes beside the query and its values."""
        return {
            "limit": self.limit,
            "offset": self.offset,
            "sort": self.sort,
            "filters": self.filters,
            "labels": self.labels,
            "lang": lang,
        }


def _count(given: MultiDict[str, str], name: str) -> int | None:
    """Read a count."""
    text = given.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UsageError(
            f"the parameter {name} is {text[:20]!r}",
            todo="give a whole number from 0",
            parameter=name,
        )
    return int(text)


def _flag(given: MultiDict[str, str], name: str) -> bool:
    """Read a switch."""
    text = given.get(name, "0")
    if text not in _TRUE:
        raise UsageError(
            f"the parameter {name} is {text[:20]!r}", todo="give 1 or 0", parameter=name
        )
    return _TRUE[text]


def page_links(path: str, given: MultiDict[str, str], result: Result) -> dict[str, str]:
    """Return the addresses of the first, previous, next and last page (RFC 8288, RFC 5988 names).

    Pages meet without overlap: before a page that starts within the first ones comes a shorter one.

    :param path: the path of the answer
    :param given: its parameters
    :param result: the page at hand
    :return: addresses by relation; none where all rows are on one page
    """
    if not result.limit:
        return {}
    size, start = result.limit, result.offset
    # The grid of pages that this one is on; past the end, that of the first page.
    rest = start % size if start < result.total else 0
    last = max(0, (result.total - 1 - rest) // size * size + rest)
    places = {"first": (0, size), "last": (last, size)}
    if start >= result.total > 0:
        places["prev"] = (last, size)
    elif start > 0:
        places["prev"] = (max(0, start - size), min(start, size))
    if start + size < result.total:
        places["next"] = (start + size, size)
    kept = [(name, value) for name, value in given.items(multi=True) if name not in _PAGE]
    return {
        relation: f"{path}?{urlencode([*kept, ('limit', str(many)), ('offset', str(place))])}"
        for relation, (place, many) in sorted(places.items())
    }

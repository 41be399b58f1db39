"""The parameters of an address, read once, before anything else reads them.

People pass links on, and platforms append names of their own to them.  A page leaves those aside:
neither the cache's key nor a line that it offers to copy has them.  A program's mistake in a name
is told: data goes on refusing what it does not know.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, quote, unquote_plus

from flask import Flask
from werkzeug.exceptions import HTTPException

from gapgraph.queries.results import FORMATS
from gapgraph.tables import read_tsv
from gapgraph.web.formats import DATASET_MEDIA
from gapgraph.web.negotiate import prefers_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from gapgraph.web.cache import AnswerCache

__all__ = ["Parameters", "is_platforms", "takes", "takes_parameter"]

_View = TypeVar("_View", bound=Callable[..., Any])

#: What every page takes.
_COMMON = {"analysis", "embed", "lang"}
#: What the views take that say so, and whether their answers are always for people.
_TAKEN: dict[Callable[..., Any], tuple[frozenset[str], bool]] = {}
_PLATFORMS = tuple(
    row["name"] for row in read_tsv(Path(__file__).parent / "platforms.tsv", ("name", "source"))
)
#: The media types of data.
_DATA = (
    *(each.media_type.partition(";")[0] for each in FORMATS.values()),
    *DATASET_MEDIA.values(),
    *("application/json", "application/xml", "text/plain", "text/xml"),
)
_SUFFIX = re.compile(r"\.([A-Za-z]+)/?")
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
#: Longer requests are read anew each time, so that none fills the memory.
_LONGEST = 1_500


def takes(*names: str, page: bool = False) -> Callable[[_View], _View]:
    """Declare the parameters that a view's page takes, beside those that every page does.

    Of a view that declares none, a page leaves aside only what platforms append.

    :param names: the parameters
    :param page: whether every answer of the view is for people
    """

    def declare(view: _View) -> _View:
        _TAKEN[view] = (frozenset({*names, *_COMMON}), page)
        return view

    return declare


def takes_parameter(view: Callable[..., Any], name: str) -> bool:
    """Tell whether a view takes a parameter; one that declares none takes what it likes."""
    return view not in _TAKEN or name in _TAKEN[view][0]


def is_platforms(name: str) -> bool:
    """Tell whether a parameter is one that platforms append to links.

    >>> is_platforms("utm_source"), is_platforms("fbclid"), is_platforms("section")
    (True, True, False)
    """
    return any(fnmatchcase(name, pattern) for pattern in _PLATFORMS)


class Parameters:
    """Gives an application query strings in ASCII, and for pages without what is left aside.

    :param application: what answers
    :param app: the views, which say what they take
    :param within: returns the path within the service, of a path as it is asked
    :param longest: query strings of more characters are left as they are
    """

    def __init__(
        self,
        application: AnswerCache,
        app: Flask,
        *,
        within: Callable[[str], str],
        longest: int,
    ) -> None:
        self.application = application
        self._adapter, self._views = app.url_map.bind("localhost"), app.view_functions
        self._within, self._longest = within, longest
        self._remembered = functools.lru_cache(maxsize=4096)(self._read)

    def known(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes] | None:
        """Return the answer to what was asked before, see `AnswerCache.known`."""
        self._rewrite(environ)
        return self.application.known(environ)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        self._rewrite(environ)
        return self.application(environ, start_response)

    def _rewrite(self, environ: WSGIEnvironment) -> None:
        """Put the query string that counts in the place of the one that came."""
        asked = environ.get("QUERY_STRING", "")
        if not asked or len(asked) > self._longest:
            return
        path, accepted = environ.get("PATH_INFO", ""), environ.get("HTTP_ACCEPT", "")
        short = len(path) + len(asked) + len(accepted) <= _LONGEST
        environ["QUERY_STRING"] = (self._remembered if short else self._read)(path, asked, accepted)

    def _read(self, path: str, asked: str, accepted: str) -> str:
        """Return the query string that counts.

        :param path: the path, as WSGI has it
        :param asked: the query string, as WSGI has it
        :param accepted: the header ``Accept``
        """
        if not asked.isascii():
            asked = quote(asked.encode("latin-1"), safe=_VISIBLE)
        try:
            own = self._within(path).encode("latin-1").decode()
            endpoint, _ = self._adapter.match(own, method="GET")
        except (HTTPException, UnicodeDecodeError):
            return asked
        names, page = _TAKEN.get(self._views[endpoint], (None, False))
        if not (page or _is_page(own, asked, accepted)):
            return asked
        kept = []
        for each in asked.split("&"):
            name = unquote_plus(each.partition("=")[0])
            if not is_platforms(name) and (names is None or name in names):
                kept.append(each)
        return "&".join(kept)


def _is_page(path: str, asked: str, accepted: str) -> bool:
    """Tell whether a page is asked for: by the suffix, else by ``format``, else by ``Accept``."""
    suffix = _SUFFIX.fullmatch(path, max(0, path.rfind(".")))
    named = suffix[1] if suffix else parse_qs(asked).get("format", [""])[0]
    if named:
        return named == "html"
    return prefers_page(accepted, _DATA)

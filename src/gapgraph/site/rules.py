"""What of the service becomes a file of a site: ``rules.toml`` beside this module."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from gapgraph.texts import SOURCE
from gapgraph.web.base import quoted
from gapgraph.web.site_address import file_of, has_suffix

__all__ = ["NOT_FOUND", "Place", "place_of", "unoffered"]

#: The page that hosts give where an address has no file, in a folder of a language too.
NOT_FOUND = "404.html"

#: A file system takes no longer name of a file (NAME_MAX).
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Place:
    """Where a site has what an address of the service names.

    :param file: the file, from the site's folder
    :param address: the address that gives it, within the service
    :param asked: what a script answers there, as a query string; often empty
    :param scripted: whether a script answers there what an address asks for
    """

    file: str
    address: str
    asked: str = ""
    scripted: bool = False

    @property
    def anywhere(self) -> bool:
        """Whether the file is shown at any address: its links cannot go by where it stands."""
        return self.address.partition("?")[0] == NOT_FOUND


@functools.cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def _fits(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, each) for each in patterns)


@functools.lru_cache(maxsize=65_536)
def place_of(address: str, languages: tuple[str, ...]) -> Place | None:
    """Return where a site has what an address names.

    :param address: the address within the service, without a leading slash
    :param languages: the languages of the site
    :return: nothing for what is not in a site
    """
    rules = _rules()
    parts = urlsplit(address)
    path = unquote(parts.path).rstrip("/")
    pairs = parse_qsl(parts.query)
    lang = dict(pairs).get("lang", SOURCE)
    pairs = [
        (name, value)
        for name, value in pairs
        if name not in {"lang", *rules["parameters"]["dropped"]} and value
    ]
    path = rules["instead"].get(path, path)
    if lang not in languages or _is_left(path, {name for name, _value in pairs}):
        return None
    if not has_suffix(path):
        path += next((end for each, end in rules["suffix"].items() if _fits(path, (each,))), "")
    asked, scripted = "", _fits(path, rules["asked"]) and not has_suffix(path)
    if scripted:
        pairs, asked = [], urlencode(pairs)
    if _is_once(path, pairs):
        lang = SOURCE
    given = [("lang", lang)] if lang != SOURCE else []
    if form := rules["format"].get(path):
        given.append(("format", form))
    file = file_of(path, pairs, lang)
    if any(len(part.encode()) > _LONGEST_NAME for part in file.split("/")):
        return None
    query = urlencode([*given, *sorted(pairs)])
    return Place(file, quoted(path) + (f"?{query}" if query else ""), asked, scripted)


def _is_left(path: str, names: Collection[str]) -> bool:
    """Tell whether a site leaves out what a path names, with parameters of some names."""
    rules = _rules()
    return _fits(path, rules["left"]) or any(
        path == each["path"] and set(each["parameters"]) <= set(names)
        for each in rules["left_with"]
    )


def _is_once(path: str, pairs: Collection[tuple[str, str]]) -> bool:
    """Tell whether a path is that of a file which is in one language."""
    once = _rules()["once"]
    if not has_suffix(path):
        return False
    if _fits(path, once["narrowed"]) and {name for name, _value in pairs} - {*once["ordered"]}:
        return True
    return _fits(path, once["files"]) and not _fits(path, once["but"])


def unoffered() -> frozenset[str]:
    """Return the names of what forms offer, and a site has no file for."""
    return frozenset(_rules()["parameters"]["unoffered"])

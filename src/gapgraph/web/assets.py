"""Static files, named by their content: a browser that has one does not ask for it again.

What is sent is compressed, and has its validator, as every public answer (`gapgraph.web.cache`).
"""

from __future__ import annotations

import functools
import mimetypes
import re
from pathlib import Path

from flask import Flask, Response

from gapgraph.errors import NotFoundError
from gapgraph.files import sha256
from gapgraph.web.base import local
from gapgraph.web.headers import as_file, for_good

__all__ = ["asset", "has_asset", "register"]

_FOLDER = Path(__file__).parent / "static"
#: A name with what tells its content, before the suffix.
_TAGGED = re.compile(r"(.+)\.([0-9a-f]{12})(\.[a-z]+)")


def register(app: Flask) -> None:
    """Serve the static files, and let templates name them by their content."""
    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=_static)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a static file, for links in pages.

    :param name: its path in the folder of static files
    """
    stem, _, suffix = name.rpartition(".")
    return local(f"static/{stem}.{_files()[name][1]}.{suffix}")


def has_asset(name: str) -> bool:
    """Tell whether there is a static file, by its path in their folder."""
    return name in _files()


@functools.cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Return the content of each static file, and what tells it in its name."""
    read = {
        file.relative_to(_FOLDER).as_posix(): file.read_bytes()
        for file in sorted(_FOLDER.rglob("*"))
        if file.is_file()
    }
    return {name: (content, sha256(content)[:12]) for name, content in read.items()}


def _static(name: str) -> Response:
    """Give a static file, by its name with or without what tells its content.

    A page of the version before names another content; it gets the present one, for a while.

    :raises NotFoundError: where there is none
    """
    tagged = _TAGGED.fullmatch(name)
    plain = tagged[1] + tagged[3] if tagged else name
    if plain not in _files():
        raise NotFoundError(f"there is no file /static/{name[:100]}", todo="start from /")
    content, tag = _files()[plain]
    media = mimetypes.guess_type(plain)[0] or "application/octet-stream"
    exact = tagged is not None and tagged[2] == tag
    return for_good(as_file(content, media), exact=exact)

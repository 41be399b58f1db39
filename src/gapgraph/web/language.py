"""The language of a page: the address says it, then the browser; Spanish where neither does.

Pages are written in Spanish; ``translations/en.po`` holds their English.  It is compiled in
memory when an application is made, so that no compiled catalogue lies beside it.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain  # type: ignore[import-untyped]
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from gapgraph.errors import UsageError

__all__ = [
    "LANGUAGES",
    "Language",
    "check_language",
    "gettext",
    "kept",
    "language",
    "ngettext",
    "register_language",
    "spoken",
    "switched",
]

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")

#: A longer header is read anew each time, so that none fills the memory.
_LONGEST = 500
#: The English of the pages.
_ENGLISH = Path(__file__).parent / "translations" / "en.po"


def language() -> Language:
    """Return the language of the current request: ``lang``, else the browser's, else Spanish."""
    return spoken(request.args.get("lang"), request.headers.get("Accept-Language", ""))


def spoken(asked: str | None, accepted: str) -> Language:
    """Return the language that is asked for.

    :param asked: the parameter ``lang``
    :param accepted: the header ``Accept-Language``
    """
    if asked in LANGUAGES:
        return asked
    return (_known_best if len(accepted) <= _LONGEST else _best)(accepted)


def _best(accepted: str) -> Language:
    """Read a header ``Accept-Language``, and return the language it wants most."""
    read = parse_accept_header(accepted, LanguageAccept)
    return cast(Language, read.best_match(LANGUAGES, default="es"))


#: Browsers of one kind send one header, again and again.
_known_best = functools.lru_cache(maxsize=256)(_best)


def check_language() -> None:
    """Refuse a parameter ``lang`` that names a language the service does not speak.

    :raises UsageError: for any but ``es`` and ``en``
    """
    asked = request.args.get("lang", "es")
    if asked not in LANGUAGES:
        raise UsageError(
            f"the parameter lang is {asked[:20]!r}", todo="use es or en", parameter="lang"
        )


def gettext(spanish: str, **values: object) -> str:
    """Return a text of the pages in the reader's language.

    :param spanish: the text in Spanish, by which the catalogue knows it
    :param values: what goes into its places, as ``%(name)s``
    """
    return str(_gettext(spanish, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """Return a text with a number, ``%(num)s``, in the reader's language.

    :param one: the text in Spanish for one
    :param many: the text in Spanish for any other number
    """
    return str(_ngettext(one, many, number))


def _translations() -> Translations:
    """Return the English catalogue, compiled."""
    compiled = io.BytesIO()
    with _ENGLISH.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


def kept(*, page: bool) -> dict[str, str]:
    """Return what the current address says that the next one shall say too.

    :param page: whether the next one is a page about an analysis, as this one may be
    """
    here = str(request.endpoint)
    among_pages = page and (here.startswith("pages.") or here == "resources.thing")
    given = {name: request.args.get(name, "") for name in ("lang", "analysis")}
    return {
        name: value for name, value in given.items() if value and (name == "lang" or among_pages)
    }


def _keep(endpoint: str, values: dict[str, object]) -> None:
    """Carry the reader's choice of language and analysis on to an address of ours."""
    if endpoint != "static" and request:
        for name, value in kept(page=endpoint.startswith("pages.")).items():
            values.setdefault(name, value)


def _label(response: Response) -> Response:
    """Say which language a page is in."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language())
    return response


def register_language(app: Flask) -> None:
    """Let templates and pages mark texts for translation with ``_()`` and ``ngettext()``."""
    babel = Babel()
    babel.init_app(app, default_locale="es", locale_selector=language)
    domain = Domain(domain="messages", translation_directories=[])
    domain.cache["en", "messages"] = _translations()
    babel.domain_instance = domain
    app.before_request(check_language)
    app.after_request(_label)
    app.url_defaults(_keep)
    app.jinja_env.globals["switched"] = switched


def switched(lang: Language) -> str:
    """Return the current address in another language."""
    return "?" + urlencode({**request.args.to_dict(flat=False), "lang": [lang]}, doseq=True)

"""The language of a page: the address says it, then the browser; Spanish where neither does.

Pages are written in Spanish, and their texts in other languages stand in the catalogues of
`gapgraph.messages`.  A text that a catalogue lacks is shown in Spanish, and marked so: it goes
through a page between two signs that no text holds, which become an element with its language, or
nothing where an element cannot stand.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Flask, Response, request
from flask_babel import Babel, Domain  # type: ignore[import-untyped]
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from gapgraph.errors import UsageError
from gapgraph.messages import catalogue, has
from gapgraph.namespaces import last_segment
from gapgraph.texts import COMPLETE, LANGUAGES, SOURCE, Text
from gapgraph.web.service import service

__all__ = [
    "LANGUAGES",
    "Language",
    "check_language",
    "gettext",
    "kept",
    "language",
    "lookup",
    "ngettext",
    "register_language",
    "said",
    "spoken",
    "switched",
]

#: One of `LANGUAGES`.
Language = str

_RANGE = re.compile(r"([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*")
_ANALYSIS = re.compile(r"^/id/analysis/([^/]+?)(?:\.html)?(?:/|$)")
#: A longer header is read anew each time, so that none fills the memory.
_LONGEST = 500
#: What stands before and after a text in Spanish on a page that is in another language: two
#: noncharacters, which no text is interchanged with (Unicode, section 23.7).
_BEFORE, _AFTER = "\ufdd0", "\ufdd1"
#: A tag, or an element within which no element may stand.
_NO_ELEMENT = re.compile(
    r"<(title|option|script|style|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE
)


def language() -> Language:
    """Return the language of the current request: ``lang``, else the browser's, else Spanish."""
    return spoken(request.args.get("lang"), request.headers.get("Accept-Language", ""))


def spoken(asked: str | None, accepted: str) -> Language:
    """Return the language that is asked for.

    :param asked: the parameter ``lang``
    :param accepted: the header ``Accept-Language``
    """
    found = lookup(asked or "")
    return found or (_known_best if len(accepted) <= _LONGEST else _best)(accepted)


def lookup(wanted: str) -> Language | None:
    """Return the language that a language range finds (RFC 4647, section 3.4, "Lookup").

    The range is shortened from its end until it names a language that the service speaks.

    >>> lookup("es-PE"), lookup("EN"), lookup("quz"), lookup("es_PE")
    ('es', 'en', None, None)
    """
    found = _RANGE.fullmatch(wanted)
    first = found[1].lower() if found else ""
    return next((each for each in LANGUAGES if each == first), None)


def _best(accepted: str) -> Language:
    """Read a header ``Accept-Language``, and return the complete language it wants most.

    Where its ranges find none, it is the first that the header does not refuse.
    """
    ranges = list(parse_accept_header(accepted, LanguageAccept))
    for wanted, weight in ranges:
        found = lookup(wanted)
        if found in COMPLETE and weight > 0:
            return found
    refused = {wanted.lower() for wanted, _ in ranges}
    return next((each for each in COMPLETE if each not in refused), SOURCE)


#: Browsers of one kind send one header, again and again.
_known_best = functools.lru_cache(maxsize=256)(_best)


def check_language() -> None:
    """Refuse a parameter ``lang`` that names a language the service does not speak.

    :raises UsageError: for a range that finds none; an empty value is one that was not given
    """
    asked = request.args.get("lang")
    if asked and lookup(asked) is None:
        raise UsageError(
            f"the parameter lang is {asked[:20]!r}",
            todo=f"use {' or '.join(LANGUAGES)}",
            parameter="lang",
        )


def gettext(spanish: str, **values: object) -> str:
    """Return a text of the pages in the reader's language.

    :param spanish: the text in Spanish, by which the catalogue knows it
    :param values: what goes into its places, as ``%(name)s``
    """
    return _marked(str(_gettext(spanish, **values)), spanish)


def ngettext(one: str, many: str, number: int) -> str:
    """Return a text with a number, ``%(num)s``, in the reader's language.

    :param one: the text in Spanish for one
    :param many: the text in Spanish for any other number
    """
    return _marked(str(_ngettext(one, many, number)), one)


def said(text: Text | Mapping[str, str]) -> str:
    """Return a text of several languages in the reader's, else in Spanish and marked so."""
    words = text.words if isinstance(text, Text) else text
    lang = language()
    return words[lang] if lang in words else f"{_BEFORE}{words.get(SOURCE, '')}{_AFTER}"


def _marked(words: str, spanish: str) -> str:
    """Return words, marked where a catalogue lacks the text that they are."""
    return words if has(language(), spanish) else f"{_BEFORE}{words}{_AFTER}"


def _with_language(text: str) -> str:
    """Return a page in which texts that are marked are in Spanish.

    >>> _with_language('<p title="\ufdd0a\ufdd1">\ufdd0b\ufdd1</p>')
    '<p title="a"><span lang="es">b</span></p>'
    """
    place, parts = 0, []
    for found in _NO_ELEMENT.finditer(text):
        parts += [_spans(text[place : found.start()]), _bare(found[0])]
        place = found.end()
    return "".join([*parts, _spans(text[place:])])


def _spans(text: str) -> str:
    opened = f'<span lang="{SOURCE}">'
    return text.replace(_BEFORE, opened).replace(_AFTER, "</span>")


def _bare(text: str) -> str:
    return text.replace(_BEFORE, "").replace(_AFTER, "")


def kept(*, page: bool) -> dict[str, str]:
    """Return what the current address says that the next one shall say too.

    :param page: whether the next one is a page about an analysis, as this one may be
    """
    here = str(request.endpoint)
    among_pages = page and (here.startswith("pages.") or here == "resources.thing")
    given = {name: request.args.get(name, "") for name in ("lang", "analysis")}
    if among_pages and not given["analysis"]:
        given["analysis"] = _within()
    return {
        name: value for name, value in given.items() if value and (name == "lang" or among_pages)
    }


def _within() -> str:
    """Return the name of the analysis that the path is within; nothing for the build's first."""
    found = _ANALYSIS.match(request.path)
    if not found:
        return ""
    later = map(last_segment, service().dataset.analyses[1:])
    return found[1] if found[1] in later else ""


def _keep(endpoint: str, values: dict[str, object]) -> None:
    """Carry the reader's choice of language and analysis on to an address of ours."""
    if endpoint != "static" and request:
        for name, value in kept(page=endpoint.startswith("pages.")).items():
            values.setdefault(name, value)


def _label(response: Response) -> Response:
    """Say which language a page is in, and which of its texts are in another."""
    html = response.mimetype == "text/html"
    if html:
        response.headers.setdefault("Content-Language", language())
    whole = not response.direct_passthrough and not response.is_streamed
    # What is coded or packed holds the marks by chance at most, and is no text.
    if language() != SOURCE and whole and "Content-Encoding" not in response.headers:
        data = response.get_data()
        if _BEFORE.encode() in data:
            with contextlib.suppress(UnicodeDecodeError):
                response.set_data((_with_language if html else _bare)(data.decode("utf-8")))
    return response


def register_language(app: Flask) -> None:
    """Let templates and pages mark texts for translation with ``_()`` and ``ngettext()``."""
    babel = Babel()
    babel.init_app(app, default_locale=SOURCE, locale_selector=language)
    domain = Domain(domain="messages", translation_directories=[])
    for each in LANGUAGES:
        domain.cache[each, "messages"] = catalogue(each)
    babel.domain_instance = domain
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda spanish: _marked(str(_gettext(spanish)), spanish),
        lambda one, many, number: _marked(str(_ngettext(one, many, number)), one),
        newstyle=True,
    )
    app.jinja_env.filters["said"] = said
    app.jinja_env.globals.update(source_language=SOURCE)
    app.before_request(check_language)
    app.after_request(_label)
    app.url_defaults(_keep)
    app.jinja_env.globals["switched"] = switched


def switched(lang: Language) -> str:
    """Return the current address in another language."""
    return "?" + urlencode({**request.args.to_dict(flat=False), "lang": [lang]}, doseq=True)

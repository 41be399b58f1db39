"""The language of a page: the address says it, then the browser; Spanish where neither does."""

from __future__ import annotations

from typing import Literal, cast

from flask import Flask, request

from gapgraph.errors import UsageError

__all__ = ["LANGUAGES", "Language", "check_language", "language", "register_language"]

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")


def language() -> Language:
    """Return the language of the current request: ``lang``, else the browser's, else Spanish."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    return cast(Language, request.accept_languages.best_match(LANGUAGES, default="es"))


def check_language() -> None:
    """Refuse a parameter ``lang`` that names a language the service does not speak.

    :raises UsageError: for any but ``es`` and ``en``
    """
    asked = request.args.get("lang", "es")
    if asked not in LANGUAGES:
        raise UsageError(f"the parameter lang is {asked[:20]!r}", todo="use es or en")


def register_language(app: Flask) -> None:
    """Let templates write a text in both languages: ``{{ say("Consultas", "Queries") }}``."""

    def say(spanish: str, english: str) -> str:
        """Return the text in the language of the request."""
        return english if language() == "en" else spanish

    app.jinja_env.globals["say"] = say
    app.before_request(check_language)

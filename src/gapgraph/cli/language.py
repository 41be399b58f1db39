"""The command line in the reader's language, which the environment names as for gettext.

Its texts are English in the code.  Messages know what they were made of (`gapgraph.told`), and are
put into the reader's language where they are written to the console.  The texts of help are the
commands' own (docstrings and ``help=``), and click's, which it looks up in its modules by ``_`` and
``ngettext``: the catalogues of the standard library behind these are compiled files, and ours are
compiled in memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from gapgraph.messages import COMMANDS, command_texts, message_texts
from gapgraph.texts import LANGUAGES

__all__ = ["language_of", "paragraphs", "speak", "translator"]

#: The language of the code.
_OWN = "en"
#: What names the locale, the weightiest first; LANGUAGE then says what is rather read.
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_UNTRANSLATED = {"", "C", "POSIX"}


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language in which the command line speaks to somebody.

    It is chosen as GNU gettext chooses it: ``LANGUAGE`` is a list, and counts for nothing in the
    locale ``C``.

    :param environment: the variables of the environment
    :return: the first that there is a catalogue of; English for none

    >>> language_of({"LANG": "es_PE.UTF-8"}), language_of({"LANG": "es_PE", "LC_ALL": "C.UTF-8"})
    ('es', 'en')
    >>> language_of({"LANG": "en_US.UTF-8", "LANGUAGE": "qu:es_PE:en"})
    'es'
    """
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    if _first(locale, ".@") in _UNTRANSLATED:
        return _OWN
    for named in (*environment.get("LANGUAGE", "").split(":"), locale):
        language = _first(named, ".@_").lower()
        if language == _OWN or (language in LANGUAGES and (COMMANDS / f"{language}.po").is_file()):
            return language
    return _OWN


def _first(name: str, marks: str) -> str:
    """Return the part of a locale's name that stands before any of some marks."""
    for mark in marks:
        name = name.partition(mark)[0]
    return name


def speak(language: str, command: click.Command) -> None:
    """Put the help of a command, and of those within it, and click's own words into a language.

    :param language: what `language_of` returns
    """
    if language == _OWN:
        return
    catalogue = command_texts(language)
    for name, module in list(sys.modules.items()):
        if name.startswith("click.") and hasattr(module, "_"):
            vars(module).update({"_": catalogue.gettext})
            if hasattr(module, "ngettext"):
                vars(module).update({"ngettext": catalogue.ngettext})
    _translate(command, catalogue.gettext)


def translator(language: str) -> Callable[[str], str]:
    """Return what gives the template of a message in a language; the same where it has none.

    :param language: what `language_of` returns
    """
    return str if language == _OWN else message_texts(language).gettext


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each as one line: as catalogues have them."""
    return [" ".join(each.split()) for each in text.split("\n\n")]


def _translate(command: click.Command, text: Callable[[str], str]) -> None:
    """Translate the help of a command and its options, and of the commands within it."""

    def said(help_text: str | None) -> str | None:
        return help_text and "\n\n".join(map(text, paragraphs(help_text)))

    command.help = said(command.help)
    for each in command.params:
        if isinstance(each.type, click.Path):
            # click named it before there was a language: "Path 'x' does not exist."
            each.type.name = text(each.type.name)
    options: list[Any] = [each for each in command.params if isinstance(each, click.Option)]
    for option in options:
        option.help = said(option.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _translate(inner, text)

"""Texts of the interface: Spanish in the code, other languages in ``translations/{language}.po``.

Those of the command line are English in the code: its help, whose other languages are in
``translations/commands/``, and messages, whose are in ``translations/messages/``.

Catalogues are compiled in memory when they are first needed, so that no compiled one lies beside
them.  A text that a catalogue lacks is Spanish.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path

from babel.core import Locale, UnknownLocaleError, get_global
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from gapgraph.texts import LANGUAGES, SOURCE

__all__ = [
    "COMMANDS",
    "FOLDER",
    "MESSAGES",
    "Message",
    "catalogue",
    "command_texts",
    "has",
    "language_name",
    "message_texts",
    "territory",
    "translate",
]

#: The folder of the catalogues.
FOLDER = Path(__file__).parent / "translations"
#: That of the command line's.
COMMANDS = FOLDER / "commands"
#: That of the catalogues of what it says of errors and of its work.
MESSAGES = FOLDER / "messages"


class Message(str):
    """A text of the interface in Spanish, which is translated when it is shown.

    The name also lets the test of the catalogues find it.
    """

    __slots__ = ()


@functools.cache
def catalogue(language: str) -> Translations:
    """Return the catalogue of a language; an empty one for Spanish, and where there is no file.

    :param language: one of `texts.LANGUAGES`
    """
    spoken = language != SOURCE and language in LANGUAGES
    return _compiled(FOLDER / f"{language}.po") if spoken else Translations()


def command_texts(language: str) -> Translations:
    """Return the catalogue of the command line's texts; an empty one where there is none.

    :param language: one of `texts.LANGUAGES`
    """
    return _compiled(COMMANDS / f"{language}.po")


@functools.cache
def message_texts(language: str) -> Translations:
    """Return the catalogue of messages, which is read for the first of them alone.

    :param language: one of `texts.LANGUAGES`
    """
    return _compiled(MESSAGES / f"{language}.po")


def _compiled(file: Path) -> Translations:
    """Return the catalogue of a file; an empty one where there is no file."""
    if not file.is_file():
        return Translations()
    compiled = io.BytesIO()
    with file.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=file.stem))
    compiled.seek(0)
    return Translations(compiled)


def has(language: str, spanish: str) -> bool:
    """Tell whether a text is there in a language, and not only in Spanish."""
    known = catalogue(language)._catalog  # noqa: SLF001 - gettext tells it in no other way
    return language == SOURCE or spanish in known or (spanish, 0) in known


def language_name(code: str, language: str) -> str:
    """Return what the Unicode CLDR calls a language; its code where it knows none of it.

    :param code: its tag (BCP 47)
    :param language: the language of the name

    >>> language_name("es", "en"), language_name("qux", "en")
    ('Spanish', 'qux')
    """
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (UnknownLocaleError, ValueError):
        return code


def territory(code: str, language: str) -> str:
    """Return what the Unicode CLDR calls a State or territory; nothing where it knows none.

    :param code: its code of three letters (ISO 3166-1), an alias of CLDR's own of two
    :param language: one of `texts.LANGUAGES`

    >>> territory("BRA", "pt"), territory("XQX", "es")
    ('Brasil', '')
    """
    aliases = get_global("territory_aliases").get(code, [])
    names = Locale.parse(language).territories
    return str(names.get(aliases[0], "")) if len(aliases) == 1 else ""


def translate(spanish: str, language: str) -> str:
    """Return a text in a language, else in Spanish.

    :param language: one of `texts.LANGUAGES`

    >>> translate("Temas", "en"), translate("Temas", "es")
    ('Topics', 'Temas')
    """
    return str(catalogue(language).ugettext(spanish))

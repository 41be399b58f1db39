r"""Text at the door: encodings told by their mark, and what is typed compared as what was indexed.

People paste from PDFs, word processors and phones: accents come apart from their letters, soft
hyphens and zero-width signs come along, blanks do not break.  Nothing of it is seen, and all of it
keeps equal texts from being equal.  What is looked for, and what it is looked for in, are compared
as `comparable` gives them; what is shown and written stays as it was.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from gapgraph.errors import InputError
from gapgraph.told import told

__all__ = ["INVISIBLE", "comparable", "decoded", "marked_encoding", "sign", "trimmed"]

#: Byte order marks, with the codec and the name of what each tells; the longer ones first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
#: What Unicode shows as nothing (DerivedCoreProperties.txt, Default_Ignorable_Code_Point), and the
#: anchors of annotations; to be put between brackets of a pattern.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ENDS = re.compile(rf"\A[\s{INVISIBLE}]+|[\s{INVISIBLE}]+\Z")
_JOINERS = {"\u200c", "\u200d"}
#: The scripts whose letters joiners do not change, and the marks upon them.
_UNJOINED = ("LATIN", "GREEK", "CYRILLIC", "COMBINING")


def comparable(text: str) -> str:
    r"""Return a text in the one form in which texts are compared.

    Unicode form C; what is invisible is left out; every run of white space is one blank, and none
    stands at the ends.  A zero-width joiner or non-joiner stays behind a letter of the scripts that
    spell with it (Persian, Hindi and others).

    >>> comparable(" protec\u00adcio\u0301n\u00a0 de\u200b nin\u0303as\n")
    'protección de niñas'
    """
    if text.isascii():
        return " ".join(text.split())
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub(_left_of_it, text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _left_of_it(found: re.Match[str]) -> str:
    """Return what is left of an invisible sign."""
    if found[0] not in _JOINERS:
        return ""
    before = found.string[: found.start()][-1:]
    spells = before and unicodedata.category(before)[0] in "LM"
    return found[0] if spells and not unicodedata.name(before, "").startswith(_UNJOINED) else ""


def trimmed(text: str) -> str:
    r"""Return a text without white space and invisible signs at its ends, and else as it is.

    >>> trimmed("\ufeff http://example.org/a\u00a0\u200b")
    'http://example.org/a'
    """
    return _ENDS.sub("", text)


def marked_encoding(content: bytes) -> tuple[str, str] | None:
    r"""Return the codec and the name of the encoding that a byte order mark tells, if there is one.

    >>> marked_encoding(b"\xff\xfea\0"), marked_encoding(b"a")
    (('utf-16', 'UTF-16'), None)
    """
    marks = (each for each in _MARKS if content.startswith(each[0]))
    return next(((codec, name) for _, codec, name in marks), None)


def decoded(content: bytes, *, file: Path | str | None = None) -> str:
    r"""Return bytes as the text that they are: by their mark, which is left out, else as UTF-8.

    :param content: the bytes
    :param file: where they come from, for messages
    :raises InputError: with the line, where they are not of that encoding

    >>> decoded("\ufeffñ".encode()), decoded("ñ".encode("utf-16"))
    ('ñ', 'ñ')
    """
    codec, name = marked_encoding(content) or ("utf-8", "UTF-8")
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise InputError(
            told("byte {start} is not UTF-8 (is it Latin-1?)", start=error.start)
            if name == "UTF-8"
            else told("byte {start} is not {name}", start=error.start, name=name),
            todo=told("save it as UTF-8"),
            file=file,
            line=content.count(b"\n", 0, error.start) + 1,
        ) from None


def sign(character: str) -> str:
    r"""Return a character as messages name it: itself where it is seen, its code point, its name.

    >>> sign("|"), sign("\u200b"), sign(" ")
    ('| (U+007C, VERTICAL LINE)', '(U+200B, ZERO WIDTH SPACE)', 'a space (U+0020)')
    """
    if character == " ":
        return told("a space (U+0020)")
    name = unicodedata.name(character, "a character that no text has")
    shown = f"{character} " if character.isprintable() and character not in _JOINERS else ""
    return f"{shown}(U+{ord(character):04X}, {name})"

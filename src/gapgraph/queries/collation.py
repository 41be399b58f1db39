"""The order of Spanish words, and text compared accents and case aside.

A key of our own: the table's languages need the letter ñ after n and accents that decide only
between equal words, which twenty lines give; PyICU needs a compiler and a system library, and
pyuca brings 1.4 MB of weights without the Spanish tailoring (it sorts ñ as an accented n).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold", "sort_key"]

#: Letters that are not a plain one with a mark, as Spanish catalogues file them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "þ": "th"}
    | {"œ": "oe", "æ": "ae", "ŋ": "n", "ĸ": "k", "ƒ": "f", "ƀ": "b"}
)
# Above every letter that can follow an n, so that ñ comes after all of them.
_AFTER_N = "n\uffff"
#: Signs, which count for nothing but between two numbers.
_SIGNS = re.compile(r"(?<=[0-9])[^\w\s\uffff]+(?=[0-9])|([^\w\s\uffff]+)")


def fold(text: str) -> str:
    """Return a text for comparison, accents and case aside.

    >>> fold("Niñas y Víctimas de Łódź")
    'ninas y victimas de lodz'
    """
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(each for each in parts if not unicodedata.combining(each))


def sort_key(text: str) -> tuple[tuple[tuple[int, int, str], ...], str, str]:
    """Return a key that sorts as a Spanish dictionary does; runs of digits count as numbers.

    Letters decide first (ñ after n), then accents, then capitals; signs such as « and ¿ do not.

    >>> sorted(["nube", "ñandú", "Ana", "aún", "aun", "2 b", "10 a"], key=sort_key)
    ['2 b', '10 a', 'Ana', 'aun', 'aún', 'nube', 'ñandú']
    """
    composed = unicodedata.normalize("NFC", text)
    letters = fold(composed.replace("ñ", _AFTER_N).replace("Ñ", _AFTER_N))
    letters = " ".join(_SIGNS.sub(lambda found: "" if found[1] else found[0], letters).split())
    parts = tuple(
        (0, int(part), "") if part.isascii() and part.isdecimal() else (1, 0, part)
        for part in re.split(r"([0-9]{1,18})", letters)
        if part
    )
    return parts, composed.casefold(), composed.swapcase()

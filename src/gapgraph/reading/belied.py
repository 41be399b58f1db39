"""Texts that are in another language than their table says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from gapgraph.reading.packs import plain_language

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["belied"]

#: A shorter text is not judged: few words are alike in many languages.
_SHORTEST = 60
#: What a table says is belied where it is less likely than this, from 0 to 1.  Languages that
#: are near to one another share what is likely, so that of the best answer alone tells little.
_UNLIKELY = 0.01


@cache
def _identifier() -> LanguageIdentifier:
    """Load the model of languages; only what has texts to judge waits for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def belied(texts: Iterable[str], language: str) -> dict[str, int]:
    """Count the texts that are plainly in another language than they are said to be.

    :param texts: the texts of a table
    :param language: the BCP 47 tag that the table gives them
    :return: the number of such texts by their language, the most frequent first; nothing for a
        language that cannot be told from others
    """
    plain = plain_language(language)
    long = [text for text in texts if len(text) >= _SHORTEST]
    if not long or plain not in _identifier().labels:
        return {}
    found: Counter[str] = Counter()
    for text in long:
        likely = dict(_identifier().rank(text))
        if likely[plain] < _UNLIKELY:
            found[max(likely, key=likely.__getitem__)] += 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

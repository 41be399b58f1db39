"""Messages for people: English in the code, and in their own language where they are shown.

A message is its English text, so that logs, files and answers have it as it is.  It also knows
what it was made of; the command line looks that up in ``translations/messages/{language}.po``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

__all__ = ["Told", "in_words", "joined", "one_of", "told"]


class Told(str):
    """A message in English, with its template and what was put into that.

    :param template: the English text, with places as of `str.format`
    :param values: what stands in each place; messages among them are translated with it
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any]) -> Self:
        """Return the message."""
        self = super().__new__(cls, template.format(**values))
        self.template, self.values = template, values
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process may be the one that shows it; few exceptions can go there whole.
        values = {
            name: str(value) if isinstance(value, BaseException) else value
            for name, value in self.values.items()
        }
        return Told, (self.template, values)

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Return the message in another language.

        :param translate: gives a template in that language; the same where it has none
        """
        return translate(self.template).format(**self._values(translate))

    def _values(self, translate: Callable[[str], str]) -> dict[str, Any]:
        """Return what stands in each place, in another language."""
        return {
            name: value.in_words(translate) if isinstance(value, Told) else value
            for name, value in self.values.items()
        }


class _Joined(Told):
    """Messages in a row; what is between them is the same in each language."""

    def in_words(self, translate: Callable[[str], str]) -> str:
        """Return them in another language."""
        return self.template.format(**self._values(translate))


def told(template: str, /, **values: Any) -> Told:
    """Return a message; the test of the catalogues finds it by the name of this function.

    :param template: the English text, with places as of `str.format`
    :param values: what stands in each place

    >>> told("has {count} cells", count=told("no {kind}", kind="usual"))
    'has no usual cells'
    """
    return Told(template, values)


def joined(between: str, messages: Iterable[str]) -> Told:
    """Return messages as one, with something between each and the next.

    >>> joined("; ", [told("is empty"), "is {new}"])
    'is empty; is {new}'
    """
    values = {f"p{number}": message for number, message in enumerate(messages)}
    places = (f"{{{name}}}" for name in values)
    return _Joined(between.replace("{", "{{").replace("}", "}}").join(places), values)


def one_of(choices: Iterable[str]) -> str:
    """Return what may be chosen, with "or" between each and the next.

    >>> one_of(["xlsx", "tsv", "csv"])
    'xlsx or tsv or csv'
    """
    first, *others = choices
    for other in others:
        first = told("{first} or {other}", first=first, other=other)
    return first


def in_words(text: str, translate: Callable[[str], str]) -> str:
    """Return a message in another language; any other text as it is.

    :param translate: gives a template in that language; the same where it has none
    """
    return text.in_words(translate) if isinstance(text, Told) else text

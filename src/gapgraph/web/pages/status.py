"""Coverage statuses and kinds of statements, as pages name and draw them.

Statuses and kinds, their order, words and meanings are the ontology's; the style sheet and
the drawing of the matrix give each a sign and a colour by its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g

from gapgraph.namespaces import GG
from gapgraph.statuses import NOT_APPLICABLE, NOT_ASSESSED, UNREAD
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.rows import ask

__all__ = [
    "Mark",
    "kind_mark",
    "kinds",
    "mark",
    "marks",
    "reason_words",
    "topic_statuses",
    "worst",
]

_NAMESPACE = str(GG)


@dataclass(frozen=True)
class Mark:
    """How a status is shown.

    :param name: the local name of its IRI, which is also its class in the style sheet
    :param word: what it is called, as the ontology names it
    :param meaning: what it says, in one sentence
    """

    name: str
    word: str
    meaning: str

    @property
    def iri(self) -> str:
        """The IRI of the status."""
        return f"{_NAMESPACE}{self.name}"


class _Marks(dict[str, Mark]):
    """Marks by name; a status without a word of ours gets an open one."""

    def __missing__(self, name: str) -> Mark:
        return Mark("unknown", _("sin estado"), _("El grafo no le da estado."))


def marks() -> dict[str, Mark]:
    """Return every status by its name, in the order and words of the ontology."""
    # A page asks for each of its topics.
    if "marks" not in g:
        g.marks = _Marks(
            (row["notation"], Mark(row["notation"], row["statusLabel"], row["statusMeaning"]))
            for row in ask("list-statuses", here=False)
        )
    found: dict[str, Mark] = g.marks
    return found


def topic_statuses() -> list[str]:
    """Return the names of the statuses that a topic may have, in the order of the ontology."""
    return [name for name in marks() if name != NOT_ASSESSED]


def mark(iri: str) -> Mark:
    """Return the mark of a status by its IRI; one without a word of ours gets an open mark."""
    return marks()[iri.removeprefix(_NAMESPACE)]


def reason_words(iris: Iterable[str]) -> list[str]:
    """Return the words of the reasons for which a thing is partial."""
    words = {
        row["partialReason"]: row["partialReasonLabel"]
        for row in ask("list-partial-reasons", here=False)
    }
    return [words[iri] for iri in iris if iri in words]


def kinds() -> dict[str, Mark]:
    """Return every kind of statement by its name, in the order and words of the ontology."""
    # A page asks for each of its sentences.
    if "kinds" not in g:
        g.kinds = {
            row["notation"]: Mark(row["notation"], row["kindPhrase"], row["kindMeaning"])
            for row in ask("list-kinds", here=False)
        }
    found: dict[str, Mark] = g.kinds
    return found


def kind_mark(iri: str) -> Mark:
    """Return the mark of a kind of statement by its IRI; of none, that of what nobody read."""
    known = kinds()
    return known.get(iri.removeprefix(_NAMESPACE), known[UNREAD])


def worst(statuses: Iterable[str]) -> str:
    """Return the IRI of the worst of some statuses; nothing where none is known.

    The scheme goes from the best to the worst; that a topic does not apply is no lack.
    """
    names = topic_statuses()
    ranked = {
        f"{_NAMESPACE}{name}": -1 if name == NOT_APPLICABLE else rank
        for rank, name in enumerate(names)
    }
    return max((each for each in statuses if each in ranked), key=ranked.__getitem__, default="")

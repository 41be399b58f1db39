"""Our translations of the texts, which stand below them on pages in another language."""

from __future__ import annotations

from flask import g

from gapgraph.report.sentences import translations_of
from gapgraph.web.language import language
from gapgraph.web.pages.rows import Text, ask

__all__ = ["translated", "translations"]


def translations(*analyses: str) -> dict[str, Text]:
    """Return our translations into the reader's language, by the IRI of what they are of.

    :param analyses: the IRIs of the analyses whose texts they are of; else the reader's
    """
    # A page asks for each of its texts.
    known: dict[tuple[str, ...], dict[str, Text]] = g.setdefault("translations", {})
    if analyses not in known:
        rows = ask("translations", {"analysis": analyses}, labelled=False)
        known[analyses] = translations_of(rows, language())
    return known[analyses]


def translated(iri: str) -> Text:
    """Return our translation of a text into the reader's language; empty where there is none."""
    return translations().get(iri, Text("", ""))

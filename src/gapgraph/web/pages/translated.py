"""Our translations of the texts, which stand below them on pages in another language."""

from __future__ import annotations

from gapgraph.report.sentences import translations_of
from gapgraph.web.language import language
from gapgraph.web.pages.rows import Text, ask

__all__ = ["translated", "translations"]


def translations(*analyses: str) -> dict[str, Text]:
    """Return our translations into the reader's language, by the IRI of what they are of.

    :param analyses: the IRIs of the analyses whose texts they are of; else the reader's
    """
    rows = ask("translations", {"analysis": analyses}, labelled=False)
    return translations_of(rows, language())


def translated(iri: str) -> Text:
    """Return our translation of a text into the reader's language; empty where there is none."""
    return translations().get(iri, Text("", ""))

"""What the header of a stored query says: as data for programs, and as a text for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

from gapgraph.messages import Message, translate
from gapgraph.queries.binding import takes
from gapgraph.queries.fields import LISTS
from gapgraph.queries.formats import FORMATS, formats_of
from gapgraph.queries.stored import StoredQuery
from gapgraph.texts import Text

__all__ = ["describe", "described"]

_WORDS = {
    "parameters": Message("Parámetros"),
    "columns": Message("Columnas"),
    "default": Message("si falta"),
    "open": Message("todo"),
    "formats": Message("Formatos"),
}


def describe(query: StoredQuery) -> dict[str, Any]:
    """Return what a query's header says, for JSON."""
    header = query.header

    def both(text: Text) -> dict[str, str]:
        return dict(text.words)

    return {
        "id": query.id,
        "iri": query.iri,
        "version": query.version,
        "target": query.target,
        "form": query.form,
        "summary": both(header.summary),
        "description": both(header.description),
        "sentence": both(header.sentence),
        "tags": list(header.tags),
        "keywords": [both(each) for each in header.keywords],
        "view": header.view,
        "graphs": list(header.graphs),
        "questions": list(header.questions),
        "whole": header.whole and {"query": header.whole.query, "label": both(header.whole.label)},
        "needs": [{"pattern": each.pattern, "text": both(each.text)} for each in header.needs],
        "parameters": [
            {
                "name": each.name,
                "type": each.kind,
                "repeats": each.repeats,
                "optional": each.optional,
                "default": list(each.default),
                "label": both(each.label),
                "description": both(each.description),
                "choices": list(each.choices.values) if each.choices else [],
                "choicesQuery": each.choices.query if each.choices else "",
                "choiceNames": [both(name) for name in each.choices.names] if each.choices else [],
            }
            for each in header.parameters
        ],
        "columns": [
            {
                "name": each.name,
                "type": each.type,
                "separator": LISTS.get(each.list, ""),
                "label": both(each.label),
                "description": both(each.description),
            }
            for each in header.columns
        ],
        "formats": {name: FORMATS[name].media_type for name in formats_of(query.form)},
        "query": query.text,
    }


def described(query: StoredQuery, lang: str) -> str:
    """Return what a query asks, takes and gives, as lines for a terminal.

    :param lang: the language of its texts
    """
    header = query.header
    words = {name: translate(text, lang) for name, text in _WORDS.items()}
    lines = [query.id, header.summary[lang], "", *textwrap.wrap(header.description[lang], 88), ""]
    lines += [header.sentence[lang]]
    if header.parameters:
        lines += ["", f"{words['parameters']}:"]
    for each in header.parameters:
        default = ", ".join(each.default) or words["open"]
        lines += [
            f"  -p {each.name}=…",
            *_indented(each.description[lang]),
            *_indented(takes(each)),
            f"      {words['default']}: {default}",
        ]
    if header.columns:
        lines += ["", f"{words['columns']}:"]
        wide = max(len(each.name) for each in header.columns) + 2
        lines += [f"  {each.name.ljust(wide)}{each.description[lang]}" for each in header.columns]
    lines += ["", f"{words['formats']}: {', '.join(formats_of(query.form))}"]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, 88, initial_indent=" " * 6, subsequent_indent=" " * 6)

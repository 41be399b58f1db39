"""The report as one HTML file, its picture and its style within it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path

from gapgraph.report.blocks import Block, Document, Figure, Heading, Items, Paragraph, Run

__all__ = ["write_html"]

_STYLE = Path(__file__).parent / "report.css"


def write_html(document: Document[Block]) -> str:
    """Return a document as HTML."""
    body = "\n".join(_block(each, document.lang) for each in document.blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{document.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n"
        f'<meta name="description" content="{escape(document.subject)}">\n'
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block, lang: str) -> str:
    """Return a block as an element."""
    match block:
        case Heading(level, runs):
            return f"<h{level}>{_words(runs, lang)}</h{level}>"
        case Paragraph(role, runs):
            name = "blockquote" if role == "said" else "p"
            return f'<{name} class="{role}">{_words(runs, lang)}</{name}>'
        case Items(items):
            return f"<ul>{''.join(f'<li>{_words(runs, lang)}</li>' for runs in items)}</ul>"
        case Figure(png, alt, caption):
            data = base64.b64encode(png).decode()
            return (
                f'<figure><img src="data:image/png;base64,{data}" alt="{escape(alt)}">'
                f"<figcaption>{escape(caption)}</figcaption></figure>"
            )


def _words(runs: Iterable[Run], lang: str) -> str:
    """Return words, each run with its language and look."""
    pieces = []
    for each in runs:
        words = escape(each.text)
        spoken = f' lang="{each.lang}"' if each.lang and each.lang != lang else ""
        name = {"mark": "mark", "code": "code"}.get(each.look, "span" if spoken else "")
        pieces.append(f"<{name}{spoken}>{words}</{name}>" if name else words)
    return "".join(pieces)

"""The report as Markdown; the picture is said in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gapgraph.report.blocks import Block, Document, Figure, Heading, Items, Paragraph, Run

__all__ = ["write_markdown"]

#: What Markdown would read as a sign of its own.
_SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")
#: At the beginning of a line: a list or a heading.
_POINTS = " \t\n,;:.-–—…()"
_BEGINS = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def write_markdown(document: Document[Block]) -> str:
    """Return a document as Markdown."""
    return "\n\n".join(_block(each) for each in document.blocks) + "\n"


def _block(block: Block) -> str:
    """Return a block as Markdown."""
    match block:
        case Heading(level, runs):
            return f"{'#' * level} {_words(runs)}"
        case Paragraph(role, runs):
            return f"> {_words(runs)}" if role == "said" else _words(runs)
        case Items(items):
            return "\n".join(f"- {_words(runs)}" for runs in items)
        case Figure(_, alt, _):
            return f"*{_escaped(alt)}*"


def _words(runs: Iterable[Run]) -> str:
    """Return words, each run with its look."""
    pieces = []
    for each in runs:
        if each.look == "code":
            pieces.append(f"`{each.text}`")
        elif each.look == "mark":
            # Signs of emphasis open only before a letter.
            begins = len(each.text) - len(each.text.lstrip(_POINTS))
            inner = each.text[begins:].rstrip()
            after = each.text[begins + len(inner) :]
            pieces.append(f"{_escaped(each.text[:begins])}**{_escaped(inner)}**{after}")
        else:
            pieces.append(_escaped(each.text))
    return _BEGINS.sub(r"\1\\\2", " ".join("".join(pieces).split()))


def _escaped(text: str) -> str:
    """Return a text whose signs are themselves."""
    return _SIGNS.sub(r"\\\1", text)

"""The marks ``<p>``, ``<u>`` and ``<b>`` of a cell: what is wrong with them."""

from __future__ import annotations

import re

from gapgraph.told import told

__all__ = ["MARK", "fault_of"]

#: A mark, whether it is known or not.
MARK = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_KNOWN = ("p", "u", "b")


def fault_of(raw: str) -> tuple[str, str] | None:
    """Return why a mark is unknown, unclosed, or closed without being open, and what to do.

    :param raw: the text of a cell, with its marks
    """
    stack: list[str] = []
    for found in MARK.finditer(raw):
        closing, name = bool(found[1]), found[2].lower()
        if name not in _KNOWN or found[0] != f"<{found[1]}{name}>":
            return told("unknown mark {found}", found=found[0]), told("use only <p>, <u> and <b>")
        if not closing:
            stack.append(name)
            if name in stack[:-1]:
                break
        elif name not in stack:
            what = told("{found} closes no <{name}>", found=found[0], name=name)
            return what, told("mend the tags")
        elif stack.pop() != name:
            return told("unclosed tag before {found}", found=found[0]), told("mend the tags")
    if stack:
        name = stack[-1]
        return told("unclosed tag <{name}>", name=name), told("add </{name}>", name=name)
    # A mark cut in two by the end of the file or by a lost character: "<p", "</u".
    broken = re.search(r"</?(?:p|u|b)?$|</?(?:p|u|b)(?=[^>a-z0-9])", raw.strip())
    if broken:
        return told("broken tag {broken!r}", broken=broken[0]), told("close it with >")
    return None

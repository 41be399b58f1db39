"""Nodes of a YAML text: each read as what it must be, with its file and line where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from gapgraph.errors import InputError

__all__ = ["Node", "root"]

_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_Value = TypeVar("_Value")
#: libyaml's loader where it is there: ten times faster, the same nodes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Node:
    """A YAML node, and the file that errors about it name.

    Each way of reading raises `InputError` where the node is of another kind.
    """

    file: Path
    node: yaml.Node

    @property
    def line(self) -> int:
        """Where it stands in its file, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def is_text(self) -> bool:
        """Whether it is one text."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def fail(self, what: str, todo: str) -> NoReturn:
        """Raise `InputError` at its line."""
        raise InputError(what, todo=todo, file=self.file, line=self.line)

    def text(self) -> str:
        """Return its text, white space made single."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail("is not a text", "write one")
        return " ".join(str(self.node.value).split())

    def one_of(self, allowed: Iterable[str]) -> str:
        """Return its text, which must be one of those allowed."""
        value, known = self.text(), tuple(allowed)
        if value not in known:
            self.fail(f"{value!r} is not allowed here", f"use one of {', '.join(known)}")
        return value

    def matching(self, pattern: re.Pattern[str], what: str) -> str:
        """Return its text, which must match; ``what`` says what is wanted."""
        value = self.text()
        if not pattern.fullmatch(value):
            self.fail(f"{value!r} is not {what}", f"write {what}")
        return value

    def number(self, least: int = 0) -> int:
        """Return a whole number, not less than ``least``."""
        number = int(self.matching(re.compile(r"[0-9]{1,6}"), "a whole number"))
        if number < least:
            self.fail(f"{number} is too small", f"write {least} or more")
        return number

    def items(self) -> list[Node]:
        """Return the items of a list that is not empty."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.fail("is not a list", "write [one, two]")
        return [Node(self.file, each) for each in self.node.value]

    def fields(self) -> dict[str, Node]:
        """Return values by key, no key twice."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("is not a group of keys", "write key: value")
        found: dict[str, Node] = {}
        for key, value in self.node.value:
            name = Node(self.file, key)
            if name.text() in found:
                name.fail(f"{name.text()!r} stands twice", "keep one")
            found[name.text()] = Node(self.file, value)
        return found

    def different(self) -> list[Node]:
        """Return the items of a list, no two of which say the same."""
        found: dict[str, Node] = {}
        for each in self.items():
            if each.text() in found:
                each.fail(f"{each.text()!r} stands twice", "keep one")
            found[each.text()] = each
        return list(found.values())

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts, or one text as such a list."""
        if isinstance(self.node, yaml.ScalarNode):
            return (self.text(),)
        return tuple(each.text() for each in self.items())

    def grouped(self) -> list[tuple[str, Node | None]]:
        """Return what grlc writes as a list of names, each alone or with what is said of it."""
        if isinstance(self.node, yaml.MappingNode):
            return list(self.fields().items())
        found: list[tuple[str, Node | None]] = []
        for each in self.items():
            if isinstance(each.node, yaml.MappingNode):
                found += each.fields().items()
            else:
                found.append((each.text(), None))
        return found

    def entries(self) -> list[tuple[Node, Node | None]]:
        """Return names, each with what is said of it: a list, or values by key; no name twice."""
        pairs: list[tuple[Node, Node | None]] = []
        if isinstance(self.node, yaml.MappingNode):
            pairs = [(Node(self.file, k), Node(self.file, v)) for k, v in self.node.value]
        else:
            for each in self.items():
                if isinstance(each.node, yaml.MappingNode):
                    pairs += each.entries()
                else:
                    pairs.append((each, None))
        seen = set()
        for name, _ in pairs:
            if not _NAME.fullmatch(name.text()):
                name.fail(
                    f"{name.text()!r} is no name", "use letters and digits, a small letter first"
                )
            if name.text() in seen:
                name.fail(f"{name.text()!r} stands twice", "keep one")
            seen.add(name.text())
        return pairs

    def keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Node]:
        """Return values by key, where every key is known and those required are there."""
        found, needed = self.fields(), tuple(required)
        known = (*needed, *optional)
        assert isinstance(self.node, yaml.MappingNode)
        for key, _ in self.node.value:
            if key.value not in known:
                Node(self.file, key).fail(
                    f"unknown key {key.value!r}", f"use one of {', '.join(known)}"
                )
        for name in needed:
            if name not in found:
                self.fail(f"{name!r} is missing", "write it")
        return found

    def named(self, make: Callable[[str, Node], _Value]) -> tuple[_Value, ...]:
        """Return what is made of each value and its key, which must be a name."""
        made = []
        for name, value in self.fields().items():
            if not _NAME.fullmatch(name):
                value.fail(f"{name!r} is no name", "use letters and digits, a small letter first")
            made.append(make(name, value))
        return tuple(made)


def root(file: Path, text: str, what: str = "the header") -> Node:
    """Return the node of a whole text.

    :param what: what the text is, for messages
    :raises InputError: for what is not YAML, or says nothing
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"{what} is not YAML ({getattr(error, 'problem', None) or 'unreadable'})",
            todo="mend the indentation, quotes or colons",
            file=file,
            line=mark.line + 1 if mark else 1,
        ) from error
    if node is None:
        raise InputError(f"{what} is empty", todo="write key: value", file=file, line=1)
    return Node(file, node)

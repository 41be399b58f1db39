"""The dictionary of columns and parameters: ``fields.yaml`` beside the stored queries.

A name has one type, one meaning and one wording in all queries.  A header lists the names, and
says itself only what is its own: a narrower description, other choices, one value for many.
Every key is checked: one that is unknown, missing or twice there is an error at its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.files import read_text
from gapgraph.queries.nodes import Node, root
from gapgraph.queries.translations import MAX_BYTES, Translations
from gapgraph.texts import SOURCE, Text

__all__ = ["KINDS", "LISTS", "RESERVED", "TYPES", "Choices", "Column", "Dictionary", "Parameter"]

#: The types a parameter may have.
KINDS = ("string", "integer", "identifier", "iri", "lang", "boolean", "enumerated")
#: The types a column may have; a ``term`` may be any of the others.
TYPES = ("string", "integer", "identifier", "decimal", "iri", "boolean", "date", "term")
#: What stands between the values of a column that holds several.
LISTS = {"commas": ", ", "spaces": " ", "lines": "\n", "dots": " · "}
#: Names that mean something to every query, so that no parameter may bear them.
RESERVED = ("limit", "offset", "sort", "filter", "format", "lang", "labels", "excel")

_FILE = "fields.yaml"
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Choices:
    """The values offered for a parameter.

    :param values: the values, where they are written out
    :param names: their names, in the same order; none where a value is its own name
    :param query: else the id of the stored query that lists them
    :param value: that query's column of values
    :param label: that query's column of labels
    :param number: that query's column of numbers, which come before the labels; none if empty
    """

    values: tuple[str, ...] = ()
    names: tuple[Text, ...] = ()
    query: str = ""
    value: str = ""
    label: str = ""
    number: str = ""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a stored query.

    :param name: its name, which is also its variable's
    :param kind: one of `KINDS`
    :param default: the values bound where none are given; none means that it may stay open
    :param repeats: whether it takes more than one value
    :param choices: the values offered, where there are any
    :param line: where the header names it
    """

    name: str
    kind: str
    default: tuple[str, ...]
    repeats: bool
    label: Text
    description: Text
    choices: Choices | None
    line: int

    @property
    def listed(self) -> Choices | None:
        """The choices that another query lists, where it takes no other value."""
        listed = self.kind == "enumerated" and self.choices and self.choices.query
        return self.choices if listed else None

    @property
    def optional(self) -> bool:
        """Whether it may be left open, so that it narrows nothing."""
        return not self.default


@dataclass(frozen=True)
class Column:
    """A column of a result.

    :param type: one of `TYPES`; of each value, where it holds several
    :param list: one of `LISTS`, where it holds several values; else empty
    """

    name: str
    label: Text
    description: Text
    type: str = "term"
    list: str = ""


class Dictionary:
    """The columns and parameters that queries share, and the keywords they are grouped by.

    :param translations: the texts in other languages
    :param columns: the columns by name
    :param parameters: the parameters by name
    :param tags: the keywords, in the order of their groups
    """

    def __init__(
        self,
        translations: Translations,
        columns: Mapping[str, Column],
        parameters: Mapping[str, Parameter],
        tags: Mapping[str, Text],
    ) -> None:
        self.translations = translations
        self.columns, self.parameters, self.tags = columns, parameters, tags

    @classmethod
    def load(cls, folder: Path) -> Dictionary:
        """Read the dictionary beside the queries of a folder; an empty one where there is none.

        :raises InputError: with file and line, for anything that is not as it must be
        """
        translations = Translations.load(folder)
        empty = cls(translations, {}, {}, {})
        file = folder / _FILE
        if not file.exists():
            return empty
        keys = root(file, read_text(file, limit=MAX_BYTES), "the dictionary").keys(
            ("tags", "columns", "parameters")
        )
        tags = {
            node.text(): translations.text(node, "tags", node.text())
            for node in keys["tags"].different()
        }
        columns = keys["columns"].named(lambda name, given: empty.column(given, name, given))
        parameters = keys["parameters"].named(
            lambda name, given: empty.parameter(given, name, given)
        )
        return cls(
            translations,
            {each.name: each for each in columns},
            {each.name: each for each in parameters},
            tags,
        )

    def tag(self, given: Node) -> Text:
        """Return a keyword in each language.

        :raises InputError: for one that is not in the dictionary, where there is one
        """
        name = given.text()
        if self.tags and name not in self.tags:
            given.fail(f"{name!r} is no tag of {_FILE}", f"use one of {', '.join(self.tags)}")
        return self.tags.get(name) or Text({SOURCE: name})

    def column(self, at: Node, name: str, own: Node | None, *path: str) -> Column:
        """Return a column that a header names.

        :param at: where it is named
        :param own: what the header says of it itself
        :param path: where translations of that stand, such as ``queries gaps``
        :raises InputError: for one that is not in the dictionary and not described whole
        """
        known = self.columns.get(name)
        path = (*path, "columns", name)
        if own is None:
            if known is None:
                at.fail(f"{name!r} is not in {_FILE}", "describe it there")
            return known
        words = ("type", "label", "description")
        more = ("list",)
        keys = own.keys((), (*words, *more)) if known else own.keys(words, more)
        kind = keys["type"].one_of(TYPES) if "type" in keys else ""
        listed = keys["list"].one_of(LISTS) if "list" in keys else known.list if known else ""
        if known is None:
            label, description = (
                self.translations.text(keys[key], *path, key) for key in words[1:]
            )
            return Column(name, label, description, kind, listed)
        if kind not in {"", known.type}:
            keys["type"].fail(
                f"{name!r} is of the type {known.type!r} in {_FILE}", "give it another name"
            )
        texts = {
            key: self.translations.text(keys[key], *path, key) for key in words[1:] if key in keys
        }
        return replace(known, **texts, list=listed)  # type: ignore[arg-type]

    def parameter(self, at: Node, name: str, own: Node | None, *path: str) -> Parameter:
        """Return a parameter that a header names; its default is read from the query later.

        :param at: where it is named
        :param own: what the header says of it itself
        :param path: where translations of that stand, such as ``queries gaps``
        :raises InputError: for one that is not in the dictionary and not described whole
        """
        known = self.parameters.get(name)
        path = (*path, "parameters", name)
        if name in RESERVED:
            at.fail(f"{name!r} means something to every query", "choose another name")
        if own is None:
            if known is None:
                at.fail(f"{name!r} is not in {_FILE}", "describe it there")
            return replace(known, line=at.line)
        words, more = ("type", "label", "description"), ("repeats", "choices")
        keys = own.keys((), (*words, *more)) if known else own.keys(words, more)
        kind = keys["type"].one_of(KINDS) if "type" in keys else ""
        texts = {
            key: self.translations.text(keys[key], *path, key) for key in words[1:] if key in keys
        }
        if known is None:
            known = Parameter(name, kind, (), False, texts["label"], texts["description"], None, 0)
        elif kind not in {"", known.kind}:
            keys["type"].fail(
                f"{name!r} is of the type {known.kind!r} in {_FILE}", "give it another name"
            )
        made = replace(known, **texts, line=at.line)  # type: ignore[arg-type]
        if "repeats" in keys:
            made = replace(made, repeats=keys["repeats"].one_of(("true", "false")) == "true")
        if "choices" in keys:
            made = replace(made, choices=self._choices(keys["choices"], known.choices, *path))
        return made

    def _choices(self, given: Node, known: Choices | None, *path: str) -> Choices | None:
        """Return the values offered: a list, the query that lists them, or ``none``.

        Values without names take those that the dictionary has.
        """
        if given.is_text:
            given.one_of(("none",))
            return None
        if not given.is_list:
            keys = given.keys(("query", "value", "label"), ("number",))
            return Choices(
                query=keys["query"].matching(_ID, "the id of a stored query"),
                value=keys["value"].text(),
                label=keys["label"].text(),
                number=keys["number"].text() if "number" in keys else "",
            )
        listed = given.grouped()
        values = tuple(value for value, _ in listed)
        names = tuple(
            self.translations.text(name, *path, "choices", value)
            for value, name in listed
            if name is not None
        )
        if names and len(names) < len(listed):
            given.fail("some values have names, others none", "name all or none")
        if known and not names:
            called = dict(zip(known.values, known.names, strict=False))
            if all(value in called for value in values):
                names = tuple(called[value] for value in values)
        return Choices(values=values, names=names)
